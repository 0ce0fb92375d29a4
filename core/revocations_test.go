package core_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/memory"
)

// fleet is two instances on one database, one secondary storage and one log of ended sessions.
type fleet struct {
	one, two *server
	db       *probe
	cache    *cacheProbe // nil without secondary storage
	logs     [2]*wire    // the instances' own connections to the log
}

// newFleet serves them with the cookie cache on.
func newFleet(t *testing.T, storage string) *fleet {
	t.Helper()
	f := &fleet{db: &probe{Database: memory.New()}}
	shared, clock := memory.NewRevocations(nil), authtest.NewClock()
	if storage != "database only" {
		f.cache = newCacheProbe(clock.Now)
	}
	serve := func(i int) *server {
		f.logs[i] = &wire{Revocations: shared}
		s := newServer(t, func(o *auth.Options) {
			withCache("compact")(o)
			o.Database, o.Clock, o.Revocations, o.Random = f.db, clock.Now, f.logs[i], nil
			o.EmailAndPassword.RevokeSessionsOnPasswordReset = true
			if f.cache != nil {
				o.SecondaryStorage = f.cache
				storages[storage](o)
			}
		})
		s.Clock = clock
		return s
	}
	f.one, f.two = serve(0), serve(1)
	f.await(t, f.one)
	f.await(t, f.two)
	return f
}

// await waits until an instance hears the log.
func (f *fleet) await(t *testing.T, s *server) {
	t.Helper()
	for start := time.Now(); s.Context().Revoked.Doubts("nobody", "nobody"); time.Sleep(time.Millisecond) {
		if time.Since(start) > 5*time.Second {
			t.Fatal("the instance does not hear the log")
		}
	}
}

// asked counts what the stores were asked while fn ran.
func (f *fleet) asked(fn func()) int {
	var mu sync.Mutex
	commands := 0
	f.db.watch(nil)
	if f.cache != nil {
		f.cache.watch(func(string, string) error { mu.Lock(); commands++; mu.Unlock(); return nil })
		defer f.cache.watch(nil)
	}
	fn()
	return len(f.db.statements()) + commands
}

// wire is a connection to the log that can be cut.
type wire struct {
	store.Revocations
	mu        sync.Mutex
	deaf      bool // nothing is heard
	mute      bool // nothing can be published
	following []context.CancelCauseFunc
}

var errWire = errors.New("the wire is cut")

func (w *wire) cut(deaf, mute bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.deaf, w.mute = deaf, mute
	if deaf {
		for _, cancel := range w.following {
			cancel(errWire)
		}
		w.following = nil
	}
}

func (w *wire) Publish(ctx context.Context, ids []string, keep time.Duration) error {
	w.mu.Lock()
	mute := w.mute
	w.mu.Unlock()
	if mute {
		return errWire
	}
	return w.Revocations.Publish(ctx, ids, keep)
}

func (w *wire) Follow(ctx context.Context, heard func([]string), ready func()) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	w.mu.Lock()
	if w.deaf {
		w.mu.Unlock()
		return errWire
	}
	w.following = append(w.following, cancel)
	w.mu.Unlock()
	return w.Revocations.Follow(ctx, heard, ready)
}

// alive reports whether an instance takes somebody's cookies for a session.
func alive(t *testing.T, s *server, cookies http.Header) bool {
	t.Helper()
	return s.with(t).direct(request{Path: "/get-session", Header: cookies}).session(t) != nil
}

// endings are the ways to end the sessions of somebody, called as the first of two clients; others says that the caller's own
// session stays.
var endings = []struct {
	name   string
	others bool
	end    func(t *testing.T, f *fleet, victim, caller *client)
}{
	{"sign-out", true, func(t *testing.T, _ *fleet, victim, _ *client) {
		victim.post("/sign-out", map[string]any{}).want(t, http.StatusOK)
	}},
	{"revoke-session", true, func(t *testing.T, _ *fleet, victim, caller *client) {
		caller.post("/revoke-session", map[string]any{"token": victim.token()}).want(t, http.StatusOK)
	}},
	{"revoke-sessions", false, func(t *testing.T, _ *fleet, _, caller *client) {
		caller.post("/revoke-sessions", map[string]any{}).want(t, http.StatusOK)
	}},
	{"revoke-other-sessions", true, func(t *testing.T, _ *fleet, _, caller *client) {
		caller.post("/revoke-other-sessions", map[string]any{}).want(t, http.StatusOK)
	}},
	{"change-password with revocation", true, func(t *testing.T, _ *fleet, _, caller *client) {
		caller.post("/change-password", map[string]any{
			"currentPassword": testPassword, "newPassword": newPassword, "revokeOtherSessions": true,
		}).want(t, http.StatusOK)
	}},
	{"reset-password", false, func(t *testing.T, f *fleet, _, _ *client) {
		f.one.direct(post("/request-password-reset", map[string]any{"email": flowEmail})).want(t, http.StatusOK)
		f.one.direct(post("/reset-password", map[string]any{"token": f.one.waitMail(1).Token, "newPassword": newPassword})).want(t, http.StatusOK)
	}},
	{"delete-user", false, func(t *testing.T, _ *fleet, _, caller *client) {
		caller.post("/delete-user", map[string]any{"password": testPassword}).want(t, http.StatusOK)
	}},
}

// TestARevokedSessionIsOverEverywhereWithinASecond ends a session on one instance and shows its good copy to the other.
func TestARevokedSessionIsOverEverywhereWithinASecond(t *testing.T) {
	for _, storage := range []string{"database only", "secondary storage only", "with storeSessionInDatabase", "with preserveSessionInDatabase"} {
		for _, e := range endings {
			t.Run(storage+"/"+e.name, func(t *testing.T) {
				f := newFleet(t, storage)
				victim, caller := f.one.client(), f.one.client()
				victim.signUp(flowEmail)
				caller.signIn(flowEmail)
				cookies := victim.cookies()
				if n := f.asked(func() {
					if !alive(t, f.one, cookies) || !alive(t, f.two, cookies) {
						t.Error("the copy is not taken")
					}
				}); n != 0 {
					t.Fatalf("%d commands for two looks at a good copy; the test needs copies to count", n)
				}
				e.end(t, f, victim, caller)
				start := time.Now()
				for alive(t, f.two, cookies) {
					if time.Since(start) > time.Second {
						t.Fatal("a second later the other instance still takes the copy")
					}
					time.Sleep(time.Millisecond)
				}
				if alive(t, f.one, cookies) {
					t.Error("the instance itself still takes the copy")
				}
				if got := alive(t, f.two, caller.cookies()); got != e.others {
					t.Errorf("the caller's own session is alive: %t, want %t", got, e.others)
				}
			})
		}
	}
}

func TestWithRevocationsALookAtACopyCostsNoCommand(t *testing.T) {
	for _, storage := range []string{"database only", "secondary storage only"} {
		f := newFleet(t, storage)
		c, other := f.one.client(), f.one.client()
		c.signUp(flowEmail)
		other.signUp("bob@example.com")
		other.post("/sign-out", map[string]any{}).want(t, http.StatusOK) // the memory holds something
		cookies := c.cookies()
		const looks = 100
		n := f.asked(func() {
			for range looks {
				if !alive(t, f.one, cookies) || !alive(t, f.two, cookies) {
					t.Fatal("the copy is not taken")
				}
			}
		})
		if n != 0 {
			t.Errorf("%s: %d commands for %d looks, want none", storage, n, 2*looks)
		}
	}
}

func TestFAULT005_AnInstanceThatCannotHearAsksTheStore(t *testing.T) {
	f := newFleet(t, "database only")
	c, other := f.one.client(), f.one.client()
	c.signUp(flowEmail)
	other.signIn(flowEmail)
	f.logs[1].cut(true, false)
	for !f.two.Context().Revoked.Doubts("nobody", "nobody") {
		time.Sleep(time.Millisecond)
	}
	if n := f.asked(func() {
		if !alive(t, f.two, other.cookies()) {
			t.Error("a live session does not count while the log cannot be heard")
		}
	}); n != 1 {
		t.Errorf("%d statements for a look, want one", n)
	}
	cookies := c.cookies()
	c.post("/sign-out", map[string]any{}).want(t, http.StatusOK)
	if alive(t, f.two, cookies) {
		t.Error("an instance that cannot hear took the copy of an ended session")
	}
	f.logs[1].cut(false, false)
	f.await(t, f.two)
	if alive(t, f.two, cookies) {
		t.Error("what was published meanwhile was not caught up on")
	}
	if n := f.asked(func() { alive(t, f.two, other.cookies()) }); n != 0 {
		t.Errorf("%d statements for a look after the outage, want none", n)
	}
	if log := f.two.Log.String(); strings.Count(log, "cannot be heard") != 1 || strings.Count(log, "is heard again") != 1 {
		t.Errorf("the log does not tell of the outage and its end once each:\n%s", log)
	}
}

func TestFAULT005_AnEndThatCannotBePublishedIsPublishedLater(t *testing.T) {
	f := newFleet(t, "database only")
	c := f.one.client()
	c.signUp(flowEmail)
	cookies := c.cookies()
	f.logs[0].cut(false, true)
	c.post("/sign-out", map[string]any{}).want(t, http.StatusOK)
	if alive(t, f.one, cookies) {
		t.Error("the instance that ended the session takes its copy")
	}
	if !alive(t, f.two, cookies) {
		t.Error("nothing was to be heard yet; the test tests nothing")
	}
	f.logs[0].cut(false, false)
	start := time.Now()
	for alive(t, f.two, cookies) {
		if time.Since(start) > time.Second {
			t.Fatal("a second after the log can be written again, the other instance still takes the copy")
		}
		time.Sleep(time.Millisecond)
	}
}

func TestCloseTellsWhatCouldNotBeTold(t *testing.T) {
	for _, mute := range []bool{false, true} {
		f := newFleet(t, "database only")
		c := f.one.client()
		c.signUp(flowEmail)
		cookies := c.cookies()
		f.logs[0].cut(false, true)
		c.post("/sign-out", map[string]any{}).want(t, http.StatusOK)
		f.logs[0].cut(false, mute)
		err := f.one.Close(context.Background())
		if mute != errors.Is(err, errWire) {
			t.Errorf("mute %t: Close returned %v", mute, err)
		}
		if !mute && f.two.Context().Revoked.Ended(c.token()) {
			continue
		}
		for start := time.Now(); !mute && alive(t, f.two, cookies); time.Sleep(time.Millisecond) {
			if time.Since(start) > time.Second {
				t.Fatal("the other instance was not told")
			}
		}
	}
}

func TestCachedSessionLeavesOutWhatIsKnownToHaveEnded(t *testing.T) {
	f := newFleet(t, "database only")
	c := f.one.client()
	c.signUp(flowEmail)
	cookies := c.cookies()
	if f.two.CachedSession(cookies) == nil {
		t.Fatal("there is no copy")
	}
	c.post("/sign-out", map[string]any{}).want(t, http.StatusOK)
	for start := time.Now(); f.two.CachedSession(cookies) != nil; time.Sleep(time.Millisecond) {
		if time.Since(start) > time.Second {
			t.Fatal("a second later the copy still counts")
		}
	}
}

func TestNothingOnTheLogTellsTokensOrUsers(t *testing.T) {
	f := newFleet(t, "database only")
	c, other := f.one.client(), f.one.client()
	c.signUp(flowEmail)
	other.signIn(flowEmail)
	var mu sync.Mutex
	var seen []string
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = f.logs[1].Follow(ctx, func(ids []string) { mu.Lock(); seen = append(seen, ids...); mu.Unlock() }, func() {})
	}()
	secrets := []string{c.token(), other.token(), f.one.user(flowEmail)["id"].(string)}
	other.post("/sign-out", map[string]any{}).want(t, http.StatusOK)
	c.post("/revoke-sessions", map[string]any{}).want(t, http.StatusOK)
	time.Sleep(50 * time.Millisecond)
	stop()
	<-done
	if len(seen) != 2 {
		t.Errorf("two endings are %d ids", len(seen))
	}
	for _, secret := range secrets {
		if strings.Contains(fmt.Sprint(seen), secret) {
			t.Errorf("%q is on the log: %v", secret, seen)
		}
	}
}

func TestRevocationsNeedSomethingToAsk(t *testing.T) {
	o := authtest.NewUnserved(t, nil).Options()
	o.Database, o.Revocations = nil, memory.NewRevocations(nil)
	if _, err := core.New(o); err == nil || !strings.Contains(err.Error(), "Revocations") {
		t.Errorf("New without any store returned %v", err)
	}
	o.SecondaryStorage, o.Session.CookieCache.Enabled = memory.NewSecondary(nil), option.On
	if _, err := core.New(o); err != nil {
		t.Errorf("New with secondary storage: %v", err)
	}
}
