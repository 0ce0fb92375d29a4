package tests_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/store/memory"
)

// TestFAULT005_AFailoverOfASentinelGroup kills the primary amid the traffic of two instances, and with it the sentinel that stands
// first in their URL. Nothing is answered but what would be without it, and 503; what the replica had is there; and both
// instances go on by themselves.
func TestFAULT005_AFailoverOfASentinelGroup(t *testing.T) {
	inRounds(t)
	for _, tc := range []struct {
		name             string
		inDatabase, wait bool
	}{
		{"sessions in Redis alone", false, false},
		{"sessions in the database too", true, false},
		{"every write waits for a replica", false, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if !tc.wait {
				g := startGroup(t, 1, 3)
				f := startFailover(t, g, g.url(), tc.inDatabase)
				f.serveThrough(func() {
					if g.replicated(t) != 1 {
						t.Fatal("the replica does not follow")
					}
					g.kill()
				})
				f.check(false)
				return
			}
			g := startGroup(t, 2, 3) // who waits for a replica needs one after the failover too
			f := startFailover(t, g, g.url()+"&wait_replicas=1", tc.inDatabase)
			f.serveThrough(g.kill)
			f.check(true)
		})
	}
}

// kill ends the primary and a sentinel, as when they share a machine.
func (g *group) kill() {
	g.primary.kill()
	g.sentinels[0].kill()
}

// inRounds leaves out what takes long.
func inRounds(t *testing.T) {
	t.Helper()
	if os.Getenv(roundsEnv) == "" {
		t.Skip("SKIPPED: it waits for elections; set " + roundsEnv)
	}
	t.Parallel()
}

// failover is two instances on one group and one database, and what their clients were told.
type failover struct {
	t         *testing.T
	g         *group
	instances [2]*core.Auth
	mails     sync.Map // the last token by address
	people    atomic.Int64
	addresses atomic.Int64
	// kept is a session that lives, ended one that does not; both have a copy that would be good for minutes.
	kept, ended string
	inDatabase  bool
	// killed is set when the primary is: what was answered before is replicated, what begins afterwards is the replica's.
	began, killed atomic.Bool

	mu      sync.Mutex
	in      []promise // sessions whose sign-in was answered 200
	out     []promise // sessions whose end was answered 200
	used    []promise // reset tokens whose use was answered 200
	served  [2]int
	answers map[string]int
}

// promise is something that was answered 200. It is sure unless it was answered just when the primary was killed.
type promise struct {
	what string
	sure bool
}

func startFailover(t *testing.T, g *group, url string, inDatabase bool) *failover {
	t.Helper()
	f := &failover{t: t, g: g, inDatabase: inDatabase, answers: map[string]int{}}
	database, prefix := memory.New(), fresh(t).KeyPrefix
	for i := range f.instances {
		a, stop, err := build(url, prefix, func(o *auth.Options) {
			o.Database = database
			o.Session.StoreSessionInDatabase = inDatabase
			o.Session.CookieCache.Enabled = option.On
			o.RateLimit.Enabled = option.On
			o.EmailAndPassword.SendResetPassword = func(_ context.Context, m auth.Mail) error {
				f.mails.Store(m.User.Email, m.Token)
				return nil
			}
			o.Advanced.Background.Await = true
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(stop)
		f.instances[i] = a
	}
	f.kept, f.ended = f.enter(0), f.enter(0)
	f.must(0, job{Method: auth.POST, Path: "/sign-out", Body: "{}", Cookie: f.ended})
	f.hear()
	return f
}

// send makes a request from an address that nobody else has, unless the job has one.
func (f *failover) send(at int, j job) *httptest.ResponseRecorder {
	if j.Address == "" {
		n := f.addresses.Add(1)
		j.Address = fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255)
	}
	res := httptest.NewRecorder()
	f.instances[at].ServeHTTP(res, j.request())
	if set := res.Header()["Set-Cookie"]; res.Code == http.StatusServiceUnavailable && len(set) > 0 {
		f.t.Errorf("%s: 503, and cookies were set or expired: %q", j.Path, set)
	}
	return res
}

func (f *failover) must(at int, j job) *httptest.ResponseRecorder {
	f.t.Helper()
	res := f.send(at, j)
	if res.Code != http.StatusOK {
		f.t.Fatalf("%s answered %d %s", j.Path, res.Code, res.Body)
	}
	return res
}

// enter signs somebody new up and returns the cookies of the session.
func (f *failover) enter(at int) string {
	f.t.Helper()
	return cookies(f.must(at, signUp(f.person())))
}

func (f *failover) person() int { return int(f.people.Add(1)) }

func signUp(person int) job {
	body := fmt.Sprintf(`{"name":"Ada","email":%q,"password":%q}`, email(person), password)
	return job{Method: auth.POST, Path: "/sign-up/email", Body: body}
}

func look(cookie string) job { return job{Method: auth.GET, Path: "/get-session", Cookie: cookie} }

// withoutCopy leaves out the copy of the session, so that the store is asked.
func withoutCopy(cookie string) string {
	return strings.Join(slices.DeleteFunc(strings.Split(cookie, "; "), func(pair string) bool {
		return strings.Contains(pair, "session_data")
	}), "; ")
}

// hear waits until both instances believe copies.
func (f *failover) hear() {
	f.t.Helper()
	for _, s := range f.instances {
		eventually(f.t, "the log is heard", 30*time.Second, func() bool { return !s.Context().Revoked.Doubts("nobody", "nobody") })
	}
}

// serveThrough serves people on both instances before something happens, meanwhile and afterwards.
func (f *failover) serveThrough(happens func()) {
	f.t.Helper()
	ctx, cancel := context.WithCancel(f.t.Context())
	var callers sync.WaitGroup
	for i := range 6 {
		callers.Go(func() {
			for ctx.Err() == nil {
				f.visit(i % 2)
			}
		})
	}
	for i := range 2 {
		callers.Go(func() {
			for ctx.Err() == nil {
				f.guess(i)
			}
		})
	}
	defer callers.Wait()
	defer cancel()
	f.servesMore(10)
	f.began.Store(true)
	happens()
	f.killed.Store(true)
	began := time.Now()
	f.servesMore(10)
	f.t.Logf("both instances served again %v after the kill", time.Since(began).Round(10*time.Millisecond))
}

// servesMore waits until both instances have served so many more visits.
func (f *failover) servesMore(visits int) {
	f.t.Helper()
	served := func() [2]int {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.served
	}
	before := served()
	eventually(f.t, "both instances serve", time.Minute, func() bool {
		now := served()
		return now[0] >= before[0]+visits && now[1] >= before[1]+visits
	})
}

// visit is somebody who signs up, in and out, and resets a password, at both instances.
func (f *failover) visit(at int) {
	n := f.person()
	for _, cookie := range []string{f.kept, withoutCopy(f.kept)} {
		f.expect(f.state(at, cookie), "a session that lives", "alive")
	}
	f.expect(f.state(at, f.ended), "a session that has ended", "ended")
	up, sure := f.promised(at, signUp(n), "sign-up", 200)
	if up == nil {
		time.Sleep(20 * time.Millisecond)
		return
	}
	cookie := cookies(up)
	f.note(&f.in, cookie, sure)
	for _, cookie := range []string{cookie, withoutCopy(cookie)} {
		f.expectIf(sure, f.state(1-at, cookie), "a new session at the other instance", "alive")
	}
	if in, sure := f.promised(at, job{Method: auth.POST, Path: "/sign-in/email", Body: credentials(n, password)}, "sign-in", 200); in != nil {
		leaving := cookies(in)
		end := job{Method: auth.POST, Path: "/sign-out", Body: "{}", Cookie: leaving}
		if n%2 == 0 {
			var answer struct{ Token string }
			_ = json.Unmarshal(in.Body.Bytes(), &answer)
			end.Path, end.Cookie, end.Body = "/revoke-session", withoutCopy(cookie), fmt.Sprintf(`{"token":%q}`, answer.Token)
		}
		if sure {
			if gone, sure := f.promised(1-at, end, end.Path, 200); gone != nil {
				f.note(&f.out, leaving, sure)
			}
		}
	}
	f.reset(at, n)
	f.mu.Lock()
	f.served[at]++
	f.mu.Unlock()
}

// reset asks for a reset of a password at one instance, and makes it at both at once.
func (f *failover) reset(at, n int) {
	asked, sure := f.promised(at, job{Method: auth.POST, Path: "/request-password-reset", Body: fmt.Sprintf(`{"email":%q}`, email(n))}, "asking for a reset", 200)
	token, _ := f.mails.Load(email(n))
	if asked == nil || token == nil || !sure {
		return
	}
	j := job{Method: auth.POST, Path: "/reset-password", Body: fmt.Sprintf(`{"newPassword":"another password","token":%q}`, token)}
	var won atomic.Int64
	var both sync.WaitGroup
	for i := range 2 {
		both.Go(func() {
			if done, sure := f.promised(i, j, "reset", 200, 400); done != nil && done.Code == 200 {
				won.Add(1)
				f.note(&f.used, fmt.Sprint(token), sure)
			}
		})
	}
	both.Wait()
	if won.Load() > 1 {
		f.t.Error("one token has set two passwords")
	}
}

// guess tries wrong passwords from one address, of which three may be judged in ten seconds.
func (f *failover) guess(at int) {
	j := job{Method: auth.POST, Path: "/sign-in/email", Body: credentials(1, "wrong password"), Address: "192.0.2.1"}
	f.promised(at, j, "guess", 401, 429)
	time.Sleep(10 * time.Millisecond)
}

// promised sends a request and returns its answer, nil for a 503, and whether it is sure: it was answered before the
// primary was killed and everything replicated, or was made afterwards.
func (f *failover) promised(at int, j job, what string, allowed ...int) (res *httptest.ResponseRecorder, sure bool) {
	afterwards := f.killed.Load()
	res = f.send(at, j)
	sure = afterwards || !f.began.Load()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers[fmt.Sprint(what, ": ", res.Code)]++
	switch {
	case slices.Contains(allowed, res.Code):
		return res, sure
	case res.Code != http.StatusServiceUnavailable:
		f.t.Errorf("%s at instance %d: %d %s", what, at, res.Code, res.Body)
	}
	return nil, false
}

func (f *failover) note(list *[]promise, what string, sure bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	*list = append(*list, promise{what, sure})
}

// state is "alive", "ended" or another status.
func (f *failover) state(at int, cookie string) string {
	switch res := f.send(at, look(cookie)); {
	case res.Code != http.StatusOK:
		return fmt.Sprint(res.Code)
	case res.Body.String() == "null":
		return "ended"
	default:
		return "alive"
	}
}

// expect wants an answer; a 503 is the only other.
func (f *failover) expect(got, what, want string) { f.expectIf(true, got, what, want) }

func (f *failover) expectIf(sure bool, got, what, want string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers[what+": "+got]++
	if sure && got != want && got != "503" {
		f.t.Errorf("%s: %s", what, got)
	}
}

// check compares what clients were told with what there is afterwards: all of it, or what is sure.
func (f *failover) check(all bool) {
	f.t.Helper()
	f.hear()
	ended := func(cookie string) bool {
		return f.state(0, cookie) == "ended" && f.state(1, cookie) == "ended" && f.state(0, withoutCopy(cookie)) == "ended"
	}
	f.hold(f.in, "a session", func(p string) bool { return f.state(0, withoutCopy(p)) == "alive" && f.state(1, p) == "alive" }, all || f.inDatabase)
	f.hold(f.out, "an end of a session", ended, all)
	f.hold(f.used, "a token's use", func(token string) bool {
		j := job{Method: auth.POST, Path: "/reset-password", Body: fmt.Sprintf(`{"newPassword":"a third password","token":%q}`, token)}
		return f.send(0, j).Code == 400 && f.send(1, j).Code == 400
	}, all)
	f.expect(f.state(0, f.kept), "a session that lives", "alive")
	f.expect(f.state(1, f.ended), "a session that has ended", "ended")
	for at := range f.instances {
		cookie := f.enter(at)
		f.must(1-at, job{Method: auth.POST, Path: "/sign-out", Body: "{}", Cookie: cookie})
		eventually(f.t, "the session has ended at the first instance", 5*time.Second, func() bool { return f.state(at, cookie) == "ended" })
	}
	for _, answer := range slices.Sorted(maps.Keys(f.answers)) {
		f.t.Logf("%s × %d", answer, f.answers[answer])
	}
}

// hold expects that all sure promises are kept, or all at all, and counts the others.
func (f *failover) hold(list []promise, what string, kept func(string) bool, all bool) {
	f.t.Helper()
	unsure, broken := 0, 0
	for _, p := range list {
		is := kept(p.what)
		if !is && (p.sure || all) {
			f.t.Errorf("%s was answered 200 and is not so (sure %t)", what, p.sure)
		}
		if !p.sure {
			unsure++
			if !is {
				broken++
			}
		}
	}
	f.t.Logf("%s: %d promised, %d of them just then, of which %d were lost", what, len(list), unsure, broken)
}
