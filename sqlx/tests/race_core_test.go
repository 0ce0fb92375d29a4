package tests

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/ratelimit"
	"github.com/goauth-dev/goauth/core/store"
)

// Two servers in two processes share one database and one secret, and get the same requests at the same moment.

const (
	raceFileEnv   = "GOAUTH_RACE_FILE"   // set in the second process only: the place to serve
	raceRoundsEnv = "GOAUTH_RACE_ROUNDS" // how often each race is run
)

// raceRounds is few by default: a round costs about 50 ms, on a server of its own more.
func raceRounds(t *testing.T) int {
	if text := os.Getenv(raceRoundsEnv); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("%s: %v", raceRoundsEnv, err)
		}
		return n
	}
	if testing.Short() {
		return 3
	}
	if strings.HasSuffix(t.Name(), "/"+sqliteServer.name) {
		return 15
	}
	return 4
}

// raceJob is a request that several callers make at once.
type raceJob struct {
	// At is when they start, in Unix nanoseconds; each makes the request Times times.
	At             int64
	Callers, Times int
	// The request. Cookie may be empty, and so may Body.
	Method, Path, Body, Cookie string
	// Address is where it comes from; empty for one that is not limited.
	Address string
}

// raceTally is what came of a job.
type raceTally struct {
	// Answers counts by status; "null" is a 200 that says null.
	Answers map[string]int
	// Cookies counts the 200s that set a cookie.
	Cookies int
	// LastWin is when the last request that was answered 200 began, Done when the last one ended, in Unix nanoseconds.
	LastWin, Done int64
}

// add counts one answer.
func (r *raceTally) add(began time.Time, res *httptest.ResponseRecorder) {
	answer := strconv.Itoa(res.Code)
	if res.Code == http.StatusOK && res.Body.String() == "null" {
		answer = "null"
	}
	r.Answers[answer]++
	r.Done = max(r.Done, time.Now().UnixNano())
	if answer == "200" {
		r.LastWin = max(r.LastWin, began.UnixNano())
		if res.Header().Get("Set-Cookie") != "" {
			r.Cookies++
		}
	}
}

// raceDo runs jobs side by side.
func raceDo(server http.Handler, jobs []raceJob) []raceTally {
	tallies := make([]raceTally, len(jobs))
	var callers sync.WaitGroup
	var mu sync.Mutex
	for i, job := range jobs {
		tallies[i].Answers = map[string]int{}
		for range job.Callers {
			callers.Go(func() {
				time.Sleep(time.Until(time.Unix(0, job.At)))
				for range job.Times {
					began, res := time.Now(), httptest.NewRecorder()
					server.ServeHTTP(res, job.request())
					mu.Lock()
					tallies[i].add(began, res)
					mu.Unlock()
				}
			})
		}
	}
	callers.Wait()
	return tallies
}

func (j *raceJob) request() *http.Request {
	r := corePost(j.Path, j.Body)
	r.Method = j.Method
	if j.Cookie != "" {
		r.Header.Set("Cookie", j.Cookie)
	}
	if j.Address != "" {
		r.Header.Set("X-Forwarded-For", j.Address)
	}
	return r
}

// racer is a server here, another in a second process, and the mail that this one sends.
type racer struct {
	*core.Auth
	mail  chan string
	other *process
	path  string
}

// raceOptions makes every look at a session refresh it.
func raceOptions(o auth.Options) auth.Options {
	o.Session.UpdateAge = time.Nanosecond
	o.User.DeleteUser.Enabled = true
	o.RateLimit = auth.RateLimitOptions{Enabled: option.On, Storage: "database", CustomRules: auth.RateLimitRules{
		{Pattern: "/ok", Rule: ratelimit.Rule{Window: time.Hour, Max: raceLimitMax}}, {Pattern: "/**", Off: true},
	}}
	return o
}

func startRace(t *testing.T, place string) *racer {
	t.Helper()
	r := &racer{mail: make(chan string, 1), path: place}
	db := openPlace(t, r.path)
	o := raceOptions(coreOptions(db))
	keep := func(_ context.Context, m auth.Mail) error {
		r.mail <- m.Token
		return nil
	}
	o.EmailAndPassword.SendResetPassword, o.User.DeleteUser.SendDeleteAccountVerification = keep, keep
	o.EmailVerification.SendVerificationEmail = keep
	r.Auth = startCore(t, o, db)
	r.other = startSecond(t, r.path)
	return r
}

// startSecond runs this test binary again as the second server; see [TestSecondServer].
func startSecond(t *testing.T, path string) *process {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, "-test.run=^TestSecondServer$")
	cmd.Env, cmd.Stderr = append(os.Environ(), raceFileEnv+"="+path), os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd, in, bufio.NewScanner(out)}
	t.Cleanup(func() { in.Close(); _ = cmd.Wait() })
	if line := p.hear(t); line != "ready" {
		t.Fatalf("the second server said %q", line)
	}
	return p
}

// TestSecondServer is the second process of the races: it does the jobs that it reads and prints what came of them.
func TestSecondServer(t *testing.T) {
	path := os.Getenv(raceFileEnv)
	if path == "" {
		t.Skip("it is the second process of the race tests")
	}
	db := openPlace(t, path)
	a := startCore(t, raceOptions(coreOptions(db)), db)
	fmt.Println("ready")
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		var jobs []raceJob
		if err := json.Unmarshal(in.Bytes(), &jobs); err != nil {
			t.Fatal(err)
		}
		answer, err := json.Marshal(raceDo(a, jobs))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println(string(answer))
	}
}

// both runs jobs here and in the second process at one moment.
func (r *racer) both(t *testing.T, here, there []raceJob) (ours, theirs []raceTally) {
	t.Helper()
	start := time.Now().Add(3 * time.Millisecond).UnixNano()
	for _, jobs := range [][]raceJob{here, there} {
		for i := range jobs {
			jobs[i].At += start
		}
	}
	line, err := json.Marshal(there)
	if err != nil {
		t.Fatal(err)
	}
	r.other.say(t, string(line))
	ours = raceDo(r, here)
	if err := json.Unmarshal([]byte(r.other.hear(t)), &theirs); err != nil {
		t.Fatal(err)
	}
	return ours, theirs
}

// ask makes one request that must succeed, and returns the answer.
func (r *racer) ask(t *testing.T, job raceJob) *httptest.ResponseRecorder {
	t.Helper()
	res := httptest.NewRecorder()
	r.ServeHTTP(res, job.request())
	if res.Code != http.StatusOK {
		t.Fatalf("%s answered %d %s", job.Path, res.Code, res.Body)
	}
	return res
}

// signIn signs up, or in, and returns the client's cookies and its session's token.
func (r *racer) signIn(t *testing.T, path string, person int) (cookie, token string) {
	t.Helper()
	res := r.ask(t, raceJob{Method: auth.POST, Path: path, Body: benchPerson(person)})
	var answer struct{ Token string }
	if err := json.Unmarshal(res.Body.Bytes(), &answer); err != nil || answer.Token == "" {
		t.Fatalf("%s gave no token: %s", path, res.Body)
	}
	for _, ck := range res.Result().Cookies() {
		cookie += ck.Name + "=" + ck.Value + "; "
	}
	return strings.TrimSuffix(cookie, "; "), answer.Token
}

// mailed waits for the token of the next mail.
func (r *racer) mailed(t *testing.T) string {
	t.Helper()
	select {
	case token := <-r.mail:
		return token
	case <-time.After(10 * time.Second):
		t.Fatal("no mail was sent")
		return ""
	}
}

// redeem lets 25 callers in each process redeem one token and adds up how they were answered. It fails unless exactly one
// got a 200 and all others one of the refusals.
func (r *racer) redeem(t *testing.T, total *raceTotal, job raceJob, refusals ...string) {
	t.Helper()
	job.Callers, job.Times = rivals, 1
	ours, theirs := r.both(t, []raceJob{job}, []raceJob{job})
	round := map[string]int{}
	for _, tally := range append(ours, theirs...) {
		total.add(round, tally)
	}
	for answer, n := range round {
		if answer == "200" && n == 1 || answer != "200" && slices.Contains(refusals, answer) {
			continue
		}
		t.Errorf("round %d: the answers were %v", total.rounds, round)
	}
	if round["200"] == 0 {
		t.Errorf("round %d: nobody won: %v", total.rounds, round)
	}
	total.rounds++
	total.here += ours[0].Answers["200"]
}

// raceTotal adds up all rounds of a race.
type raceTotal struct {
	rounds, here int
	answers      map[string]int
}

func (r *raceTotal) add(round map[string]int, tally raceTally) {
	if r.answers == nil {
		r.answers = map[string]int{}
	}
	for answer, n := range tally.Answers {
		round[answer] += n
		r.answers[answer] += n
	}
}

// String lists the answers.
func (r *raceTotal) String() string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%d rounds of %d callers in two processes:", r.rounds, 2*rivals)
	for _, answer := range slices.Sorted(maps.Keys(r.answers)) {
		fmt.Fprintf(&b, " %s ×%d", answer, r.answers[answer])
	}
	fmt.Fprintf(&b, "; %d won in this process, %d in the other", r.here, r.answers["200"]-r.here)
	return b.String()
}

func TestRACE006_OneResetTokenSetsOnePasswordAmongTwoServers(t *testing.T) { onEvery(t, raceReset) }

func raceReset(t *testing.T, place string) {
	r := startRace(t, place)
	r.signIn(t, "/sign-up/email", 0)
	var total raceTotal
	for range raceRounds(t) {
		r.ask(t, raceJob{Method: auth.POST, Path: "/request-password-reset", Body: `{"email":"ada0@example.com"}`})
		body := `{"newPassword":"another long password","token":"` + r.mailed(t) + `"}`
		r.redeem(t, &total, raceJob{Method: auth.POST, Path: "/reset-password", Body: body}, "400")
	}
	t.Log(&total)
}

func TestRACE006_OneDeletionTokenDeletesOnceAmongTwoServers(t *testing.T) { onEvery(t, raceDeletion) }

func raceDeletion(t *testing.T, place string) {
	r := startRace(t, place)
	var total raceTotal
	for round := range raceRounds(t) {
		cookie, _ := r.signIn(t, "/sign-up/email", round)
		r.ask(t, raceJob{Method: auth.POST, Path: "/delete-user", Body: "{}", Cookie: cookie})
		path := "/delete-user/callback?token=" + r.mailed(t)
		r.redeem(t, &total, raceJob{Method: auth.GET, Path: path, Cookie: cookie}, "404")
	}
	t.Log(&total)
}

func TestRACE017_ARevokedSessionIsNotRevivedByARefreshOnAnotherServer(t *testing.T) {
	onEvery(t, raceRevoke)
}

func raceRevoke(t *testing.T, place string) {
	r := startRace(t, place)
	owner, _ := r.signIn(t, "/sign-up/email", 0)
	var total raceTotal
	refreshed := 0
	for round := range raceRounds(t) {
		victim, token := r.signIn(t, "/sign-in/email", 0)
		look := raceJob{Method: auth.GET, Path: "/get-session", Cookie: victim, Callers: rivals, Times: 3}
		looks, revoked := r.revokeAmid(t, round%2 == 0, look, raceJob{
			Method: auth.POST, Path: "/revoke-session", Body: `{"token":"` + token + `"}`, Cookie: owner, Callers: 1, Times: 1,
			At: rand.Int64N(int64(20 * time.Millisecond)),
		})
		answers := map[string]int{}
		for _, tally := range looks {
			total.add(answers, tally)
			refreshed += tally.Cookies
			if tally.LastWin > revoked.Done {
				t.Errorf("round %d: the session was alive %s after it was revoked", round, time.Duration(tally.LastWin-revoked.Done))
			}
		}
		if answers["200"]+answers["null"]+answers["401"] != 2*rivals*look.Times || revoked.Answers["200"] != 1 {
			t.Errorf("round %d: the answers were %v, to revoking %v", round, answers, revoked.Answers)
		}
		r.confirmGone(t, look, token)
		total.rounds, total.here = total.rounds+1, total.here+looks[0].Answers["200"]
	}
	if refreshed == 0 {
		t.Error("no look refreshed the session: the race did not take place")
	}
	t.Logf("%s; %d refreshed the session", &total, refreshed)
}

// revokeAmid has both servers look at a session while one of them revokes it.
func (r *racer) revokeAmid(t *testing.T, here bool, look, revoke raceJob) (looks []raceTally, revoked raceTally) {
	t.Helper()
	if here {
		ours, theirs := r.both(t, []raceJob{look, revoke}, []raceJob{look})
		return []raceTally{ours[0], theirs[0]}, ours[1]
	}
	ours, theirs := r.both(t, []raceJob{look}, []raceJob{look, revoke})
	return []raceTally{ours[0], theirs[0]}, theirs[1]
}

// confirmGone fails when the database or one of the servers still knows a session.
func (r *racer) confirmGone(t *testing.T, look raceJob, token string) {
	t.Helper()
	look.Callers, look.Times = 1, 1
	ours, theirs := r.both(t, []raceJob{look}, []raceJob{look})
	if ours[0].Answers["null"] != 1 || theirs[0].Answers["null"] != 1 {
		t.Errorf("a revoked session is alive: the servers answer %v and %v", ours[0].Answers, theirs[0].Answers)
	}
	rows, err := r.Context().Store.Count(t.Context(), "session", store.Where{store.Is("token", token)})
	if err != nil || rows != 0 {
		t.Errorf("a revoked session has %d rows (%v)", rows, err)
	}
}
