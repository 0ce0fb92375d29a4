package tests_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
)

// redeem lets all callers redeem one value, and fails unless one got a 200 and all others the refusal.
func (p *pair) redeem(t *testing.T, sum *total, j job, refusal string) {
	t.Helper()
	j.Callers = rivals
	ours, theirs := p.both(t, []job{j}, []job{j})
	round := sum.add(ours[0], theirs[0])
	sum.here += ours[0].Answers["200"]
	if round["200"] != 1 || round[refusal] != 2*rivals-1 {
		t.Errorf("round %d: the answers were %v", sum.rounds, round)
	}
}

func TestRACE006_OneResetTokenSetsOnePassword(t *testing.T) {
	p := startPair(t, false)
	var sum total
	for round := range rounds(t) {
		p.ask(t, job{Method: auth.POST, Path: "/request-password-reset", Body: fmt.Sprintf(`{"email":%q}`, email(round))})
		body := `{"newPassword":"another long password","token":"` + p.mailed(t) + `"}`
		p.redeem(t, &sum, job{Method: auth.POST, Path: "/reset-password", Body: body}, "400")
	}
	t.Log(&sum)
}

func TestRACE006_OneDeletionTokenDeletesOnce(t *testing.T) {
	p := startPair(t, false)
	var sum total
	for round := range rounds(t) {
		cookie, _ := p.signIn(t, round)
		p.ask(t, job{Method: auth.POST, Path: "/delete-user", Body: "{}", Cookie: cookie})
		p.redeem(t, &sum, job{Method: auth.GET, Path: "/delete-user/callback?token=" + p.mailed(t), Cookie: cookie}, "404")
	}
	t.Log(&sum)
}

// TestRACE011_GAP012_ABurstOnTwoServersGetsExactlyTheLimit: 200 sign-ins of one address, of which 3 may be tried in 10 seconds.
func TestRACE011_GAP012_ABurstOnTwoServersGetsExactlyTheLimit(t *testing.T) {
	p := startPair(t, true)
	var sum total
	for round := range rounds(t) {
		j := job{
			Method: auth.POST, Path: "/sign-in/email", Body: credentials(round, "wrong password"), Callers: 100,
			Address: fmt.Sprintf("192.0.2.%d", round+1),
		}
		ours, theirs := p.both(t, []job{j}, []job{j})
		if answers := sum.add(ours[0], theirs[0]); answers["401"] != 3 || answers["429"] != 197 {
			t.Errorf("round %d: the answers were %v, want 3 × 401 and 197 × 429", round, answers)
		}
	}
	t.Log(&sum)
}

// TestRACE003_GuessesFromEverywherePassNoBudget: 50 addresses guess one account's password at once on two servers.
func TestRACE003_GuessesFromEverywherePassNoBudget(t *testing.T) {
	p := startPair(t, true)
	var sum total
	for round := range rounds(t) {
		var here, there []job
		for i := range rivals {
			j := job{Method: auth.POST, Path: "/sign-in/email", Body: credentials(round, "wrong password"), Callers: 1}
			j.Address = fmt.Sprintf("198.51.%d.%d", round, i)
			here = append(here, j)
			j.Address = fmt.Sprintf("198.51.%d.%d", round, 100+i)
			there = append(there, j)
		}
		ours, theirs := p.both(t, here, there)
		if answers := sum.add(append(ours, theirs...)...); answers["401"] != guesses || answers["429"] != 2*rivals-guesses {
			t.Errorf("round %d: the answers were %v, want %d × 401", round, answers, guesses)
		}
	}
	t.Log(&sum)
}

// TestRACE017_ARevokedSessionIsNotRevived: both servers look at a session, each look refreshes it, while one ends it.
func TestRACE017_ARevokedSessionIsNotRevived(t *testing.T) {
	p := startPair(t, false)
	ends := []struct{ path, body string }{
		{"/revoke-session", `{"token":"%s"}`}, {"/sign-out", "{}"}, {"/revoke-other-sessions", "{}"}, {"/revoke-sessions", "{}"},
	}
	var sum total
	refreshed := 0
	for round := range rounds(t) {
		owner, _ := p.signIn(t, 0)
		victim, token := p.signIn(t, 0)
		end := ends[round%len(ends)]
		stop := job{
			Method: auth.POST, Path: end.path, Body: end.body, Cookie: owner, Callers: 1, At: rand.Int64N(int64(15 * time.Millisecond)),
		}
		switch end.path {
		case "/revoke-session":
			stop.Body = fmt.Sprintf(end.body, token)
		case "/sign-out":
			stop.Cookie = victim
		}
		look := job{Method: auth.GET, Path: "/get-session", Cookie: victim, Callers: rivals, Times: 3}
		here, there := []job{look}, []job{look}
		if round%2 == 0 {
			here = append(here, stop)
		} else {
			there = append(there, stop)
		}
		ours, theirs := p.both(t, here, there)
		stopped := append(ours[1:], theirs[1:]...)[0]
		if stopped.Answers["200"] != 1 {
			t.Fatalf("round %d: %s answered %v", round, end.path, stopped.Answers)
		}
		for _, looks := range []tally{ours[0], theirs[0]} {
			refreshed += looks.Refreshed
			if looks.LastWin > stopped.Done {
				t.Errorf("round %d: alive %v after %s was answered", round, time.Duration(looks.LastWin-stopped.Done), end.path)
			}
		}
		sum.add(ours[0], theirs[0])
		sum.here += ours[0].Answers["200"]
		look.Callers, look.Times = 1, 1
		ours, theirs = p.both(t, []job{look}, []job{look})
		if ours[0].Answers["null"] != 1 || theirs[0].Answers["null"] != 1 {
			t.Errorf("round %d: after %s the servers answer %v and %v", round, end.path, ours[0].Answers, theirs[0].Answers)
		}
	}
	if refreshed == 0 {
		t.Error("no look refreshed the session: the race did not take place")
	}
	t.Logf("%s; %d looks refreshed the session", &sum, refreshed)
}

// TestRACE018_OfFiftySignInsNoneSurvivesRevokingAll: the list of a user's sessions loses none, however many begin at once.
func TestRACE018_OfFiftySignInsNoneSurvivesRevokingAll(t *testing.T) {
	p := startPair(t, false)
	client := open(t, p.log.url)
	var sum total
	for round := range rounds(t) {
		in := job{Method: auth.POST, Path: "/sign-in/email", Body: credentials(round, password), Callers: rivals}
		ours, theirs := p.both(t, []job{in}, []job{in})
		sum.add(ours[0], theirs[0])
		sum.here += ours[0].Answers["200"]
		all := append(ours[0].Cookies, theirs[0].Cookies...)
		if len(all) != 2*rivals {
			t.Fatalf("round %d: %d of %d sign-ins gave a session", round, len(all), 2*rivals)
		}
		p.ask(t, job{Method: auth.POST, Path: "/revoke-sessions", Body: "{}", Cookie: all[0]})
		for _, cookie := range all {
			if tally := do(p, []job{{Method: auth.GET, Path: "/get-session", Cookie: cookie, Callers: 1}}); tally[0].Answers["null"] != 1 {
				t.Errorf("round %d: a session lives on: %v", round, tally[0].Answers)
			}
		}
		if n := client.Exists(t.Context(), fmt.Sprintf("%sactive-sessions-person-%d", p.log.prefix, round)).Val(); n != 0 {
			t.Errorf("round %d: the list of sessions is still there", round)
		}
	}
	t.Log(&sum)
}
