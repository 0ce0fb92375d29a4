package tests

import (
	"fmt"
	"testing"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/store"
)

func TestRACE015_OneAddressIsOneAccountAmongTwoServers(t *testing.T) { onEvery(t, raceSignUp) }

func raceSignUp(t *testing.T, place string) {
	r := startRace(t, place)
	var total raceTotal
	for round := range raceRounds(t) {
		r.redeem(t, &total, raceJob{Method: auth.POST, Path: "/sign-up/email", Body: benchPerson(round)}, "422")
		email := fmt.Sprintf("ada%d@example.com", round)
		users, err := r.Context().Store.Find(t.Context(), store.Query{Model: "user", Where: store.Where{store.Is("email", email)}})
		if err != nil || len(users) != 1 {
			t.Fatalf("round %d: %d users, %v", round, len(users), err)
		}
		for model, want := range map[string]int64{"account": 1, "session": 1} {
			if n, err := r.Context().Store.Count(t.Context(), model, store.Where{store.Is("userId", users[0]["id"])}); err != nil || n != want {
				t.Errorf("round %d: %d rows in %s, %v, want %d", round, n, model, err, want)
			}
		}
	}
	orphans(t, r)
	t.Log(&total)
}

// orphans fails when there are more accounts than users.
func orphans(t *testing.T, r *racer) {
	t.Helper()
	users, err := r.Context().Store.Count(t.Context(), "user", nil)
	if err != nil {
		t.Fatal(err)
	}
	if accounts, err := r.Context().Store.Count(t.Context(), "account", nil); err != nil || accounts != users {
		t.Errorf("%d accounts of %d users, %v", accounts, users, err)
	}
}

func TestRACE019_AnOldPasswordSignsNobodyInAfterItsChange(t *testing.T) { onEvery(t, racePassword) }

// racePassword changes a password, revoking the other sessions, while callers sign in with the old one: none of the
// sessions that they got may outlive the change.
func racePassword(t *testing.T, place string) {
	r := startRace(t, place)
	owner, _ := r.signIn(t, "/sign-up/email", 0)
	passwords := [2]string{"correct horse battery", "another long password"}
	total := raceTotal{}
	for round := range raceRounds(t) {
		old, fresh := passwords[round%2], passwords[(round+1)%2]
		body := func(password string) string { return `{"email":"ada0@example.com","password":"` + password + `"}` }
		in := raceJob{Method: auth.POST, Path: "/sign-in/email", Body: body(old), Callers: rivals, Times: 2}
		change := raceJob{Method: auth.POST, Path: "/change-password", Cookie: owner, Callers: 1, Times: 1, At: 2e6,
			Body: `{"currentPassword":"` + old + `","newPassword":"` + fresh + `","revokeOtherSessions":true}`}
		ours, theirs := r.both(t, []raceJob{in, change}, []raceJob{in})
		if ours[1].Answers["200"] != 1 {
			t.Fatalf("round %d: the change was answered %v", round, ours[1].Answers)
		}
		answers := map[string]int{}
		total.add(answers, ours[0])
		total.add(answers, theirs[0])
		if answers["200"]+answers["401"] != 4*rivals {
			t.Errorf("round %d: the answers were %v", round, answers)
		}
		if n, err := r.Context().Store.Count(t.Context(), "session", nil); err != nil || n != 1 {
			t.Errorf("round %d: %d sessions are alive after the change, %v; want the one that it made", round, n, err)
		}
		res := r.ask(t, raceJob{Method: auth.POST, Path: "/sign-in/email", Body: body(fresh)})
		owner = ""
		for _, ck := range res.Result().Cookies() {
			owner += ck.Name + "=" + ck.Value + "; "
		}
		total.rounds++
		total.here += ours[0].Answers["200"]
	}
	t.Log(&total)
}

func TestRACE011_GAP012_LimitsInTheDatabaseHoldForTwoServers(t *testing.T) { onEvery(t, raceLimit) }

// raceLimitMax is how many requests from one address the limited path takes.
const raceLimitMax = 40

// raceLimit counts from one address with both servers' limiters, which share a table.
func raceLimit(t *testing.T, place string) {
	r := startRace(t, place)
	const limit = raceLimitMax
	var total raceTotal
	for round := range raceRounds(t) {
		job := raceJob{Method: auth.GET, Path: "/ok", Callers: rivals, Times: 2, Address: fmt.Sprintf("198.51.100.%d", round+1)}
		ours, theirs := r.both(t, []raceJob{job}, []raceJob{job})
		answers := map[string]int{}
		total.add(answers, ours[0])
		total.add(answers, theirs[0])
		if answers["200"] != limit || answers["429"] != 4*rivals-limit {
			t.Errorf("round %d: the answers were %v, want %d of 200", round, answers, limit)
		}
		total.rounds++
		total.here += ours[0].Answers["200"]
	}
	t.Log(&total)
}

func TestRACE022_AChangeOfAddressIsConfirmedOnce(t *testing.T) { onEvery(t, raceVerify) }

// raceVerify follows one link that confirms an address.
func raceVerify(t *testing.T, place string) {
	r := startRace(t, place)
	var total raceTotal
	for round := range raceRounds(t) {
		r.signIn(t, "/sign-up/email", round)
		r.ask(t, raceJob{Method: auth.POST, Path: "/send-verification-email", Body: fmt.Sprintf(`{"email":"ada%d@example.com"}`, round)})
		token := r.mailed(t)
		job := raceJob{Method: auth.GET, Path: "/verify-email?token=" + token, Callers: rivals, Times: 1}
		ours, theirs := r.both(t, []raceJob{job}, []raceJob{job})
		answers := map[string]int{}
		total.add(answers, ours[0])
		total.add(answers, theirs[0])
		for answer := range answers {
			if answer != "200" && answer != "401" {
				t.Errorf("round %d: the answers were %v", round, answers)
			}
		}
		user, err := r.Context().Store.FindOne(t.Context(), store.Query{Model: "user", Where: store.Where{store.Is("email", fmt.Sprintf("ada%d@example.com", round))}})
		if err != nil || user["emailVerified"] != true {
			t.Errorf("round %d: the user is %v, %v", round, user, err)
		}
		total.rounds++
		total.here += ours[0].Answers["200"]
	}
	t.Log(&total)
}

func TestRACE029_TwoServersMigrateOneDatabase(t *testing.T) {
	onEvery(t, func(t *testing.T, place string) {
		done := make(chan *process)
		go func() { done <- startSecond(t, place) }()
		db := openPlace(t, place)
		a := startCore(t, raceOptions(coreOptions(db)), db)
		<-done
		plan, err := db.Plan(t.Context(), a.Context().Schema)
		if err != nil || !plan.Empty() {
			t.Errorf("not up to date: %v, %v", plan, err)
		}
		applied, err := db.Migrations(t.Context())
		if err != nil || len(applied) != 1 {
			t.Errorf("the ledger has %d entries, %v, want 1", len(applied), err)
		}
	})
}
