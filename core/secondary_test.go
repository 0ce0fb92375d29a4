package core_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/memory"
)

// cacheProbe is a secondary storage that remembers its keys, and lets tests step between its operations.
type cacheProbe struct {
	store.Secondary
	mu   sync.Mutex
	keys map[string]bool
	on   func(op, key string) error // before each operation
}

func newCacheProbe(now func() time.Time) *cacheProbe {
	return &cacheProbe{Secondary: memory.NewSecondary(now), keys: map[string]bool{}}
}

func (p *cacheProbe) step(op, key string) error {
	p.mu.Lock()
	on := p.on
	p.keys[key] = true
	p.mu.Unlock()
	if on != nil {
		return on(op, key)
	}
	return nil
}

func (p *cacheProbe) watch(on func(op, key string) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.on = on
}

func (p *cacheProbe) Get(ctx context.Context, key string) (string, bool, error) {
	if err := p.step("get", key); err != nil {
		return "", false, err
	}
	return p.Secondary.Get(ctx, key)
}

func (p *cacheProbe) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	if err := p.step("set", key); err != nil {
		return err
	}
	return p.Secondary.Set(ctx, key, value, ttl)
}

func (p *cacheProbe) Delete(ctx context.Context, key string) error {
	if err := p.step("delete", key); err != nil {
		return err
	}
	return p.Secondary.Delete(ctx, key)
}

func (p *cacheProbe) Take(ctx context.Context, key string) (string, bool, error) {
	if err := p.step("take", key); err != nil {
		return "", false, err
	}
	return p.Secondary.Take(ctx, key)
}

func (p *cacheProbe) Swap(ctx context.Context, key string, old, value *string, ttl time.Duration) (bool, error) {
	if err := p.step("swap", key); err != nil {
		return false, err
	}
	return p.Secondary.Swap(ctx, key, old, value, ttl)
}

// held returns what is stored, by key.
func (p *cacheProbe) held() map[string]string {
	p.mu.Lock()
	keys := make([]string, 0, len(p.keys))
	for key := range p.keys {
		keys = append(keys, key)
	}
	p.mu.Unlock()
	held := map[string]string{}
	for _, key := range keys {
		if value, ok, _ := p.Secondary.Get(context.Background(), key); ok {
			held[key] = value
		}
	}
	return held
}

// flush loses everything, as a restarted Redis does.
func (p *cacheProbe) flush() {
	for key := range p.held() {
		_ = p.Secondary.Delete(context.Background(), key)
	}
}

// newCached serves an instance with secondary storage.
func newCached(t testing.TB, change func(o *auth.Options)) (*server, *cacheProbe) {
	t.Helper()
	var p *cacheProbe
	s := newServer(t, func(o *auth.Options) {
		p = newCacheProbe(o.Clock)
		o.SecondaryStorage = p
		if change != nil {
			change(o)
		}
	})
	return s, p
}

func storesBoth(o *auth.Options) { o.Session.StoreSessionInDatabase = true }

func preserves(o *auth.Options) {
	o.Session.StoreSessionInDatabase, o.Session.PreserveSessionInDatabase = true, true
}

var storages = map[string]func(o *auth.Options){
	"secondary storage only":         func(*auth.Options) {},
	"with storeSessionInDatabase":    storesBoth,
	"with preserveSessionInDatabase": preserves,
}

func (s *server) sessionRows() int {
	if s.Context().Schema.Table(schema.SessionModel) == nil {
		return 0
	}
	return s.count(schema.SessionModel)
}

func TestSecondaryStorageKeepsSessions(t *testing.T) {
	for name, change := range storages {
		t.Run(name, func(t *testing.T) {
			s, p := newCached(t, change)
			c := s.client()
			c.signUp(flowEmail)
			both, kept := name != "secondary storage only", name == "with preserveSessionInDatabase"
			if (s.sessionRows() == 1) != both {
				t.Errorf("%d rows after a sign-up", s.sessionRows())
			}
			id := s.user(flowEmail)["id"].(string)
			var held signedIn
			if err := json.Unmarshal([]byte(p.held()[c.token()]), &held); err != nil || held.User["email"] != flowEmail || held.Session["userId"] != id {
				t.Errorf("the record is %s, %v", p.held()[c.token()], err)
			}
			want := fmt.Sprintf(`[{"token":"%s","expiresAt":%d}]`, c.token(), s.Clock.Now().Add(7*day).UnixMilli())
			if got := p.held()["active-sessions-"+id]; got != want {
				t.Errorf("the list is %s, want %s", got, want)
			}
			s.Clock.Advance(2 * day)
			if found := c.session(); found == nil || found.Session["expiresAt"] != s.Clock.Now().Add(7*day).Format("2006-01-02T15:04:05.000Z") {
				t.Errorf("the session is %+v", found)
			}
			c.post("/update-user", map[string]any{"name": "Renamed"}).want(t, http.StatusOK)
			if found := c.session(); found.User["name"] != "Renamed" {
				t.Errorf("the user became %+v", found.User)
			}
			other := s.client()
			other.signIn(flowEmail)
			var listed []map[string]any
			if err := json.Unmarshal([]byte(other.get("/list-sessions").Body), &listed); err != nil || len(listed) != 2 {
				t.Errorf("list-sessions: %v, %v", listed, err)
			}
			c.post("/sign-out", map[string]any{}).want(t, http.StatusOK)
			if _, ok := p.held()[c.token()]; ok {
				t.Error("the record stays after the sign-out")
			}
			if got := strings.Count(p.held()["active-sessions-"+id], "token"); got != 1 {
				t.Errorf("the list has %d entries", got)
			}
			if want := map[bool]int{true: 2, false: s.sessionRows()}[kept]; s.sessionRows() != want || both && !kept && s.sessionRows() != 1 {
				t.Errorf("%d rows after the sign-out", s.sessionRows())
			}
			s.Clock.Advance(8 * day)
			if other.session() != nil || len(p.held()) != 0 {
				t.Errorf("after a week there is %v", p.held())
			}
		})
	}
}

// TestUP003_DeletingAUserEndsEverySession covers UP-002's principle too.
func TestUP003_DeletingAUserEndsEverySession(t *testing.T) {
	for name, change := range storages {
		t.Run(name, func(t *testing.T) {
			s, p := newCached(t, change)
			c, other, bob := s.client(), s.client(), s.client()
			c.signUp(flowEmail)
			other.signIn(flowEmail)
			bob.signUp("bob@example.com")
			old := []http.Header{c.cookies(), other.cookies()}
			id := s.user(flowEmail)["id"].(string)
			c.post("/delete-user", map[string]any{"password": testPassword}).want(t, http.StatusOK)
			for _, cookies := range old {
				if found := s.direct(request{Path: "/get-session", Header: cookies}).session(t); found != nil {
					t.Errorf("a session lives on: %+v", found)
				}
			}
			for key, value := range p.held() {
				if strings.Contains(key+value, id) {
					t.Errorf("%s holds %s", key, value)
				}
			}
			if bob.session() == nil {
				t.Error("another user's session has ended")
			}
		})
	}
}

func TestGAP017_ConcurrentSignInsAreAllRevoked(t *testing.T) {
	for name, change := range storages {
		t.Run(name, func(t *testing.T) {
			s, _ := newCached(t, change)
			first := s.client()
			first.signUp(flowEmail)
			const signIns = 50
			cookies := make([]http.Header, signIns)
			var all sync.WaitGroup
			for i := range signIns {
				all.Go(func() {
					c := s.client()
					c.signIn(flowEmail)
					cookies[i] = c.cookies()
				})
			}
			all.Wait()
			first.post("/revoke-sessions", map[string]any{}).want(t, http.StatusOK)
			for i, header := range cookies {
				if s.direct(request{Path: "/get-session", Header: header}).session(t) != nil {
					t.Errorf("session %d lives on", i)
				}
			}
		})
	}
}

func TestGAP017_ARefreshNeverBringsBackARevokedSession(t *testing.T) {
	for name, change := range storages {
		t.Run(name, func(t *testing.T) { refreshAgainstRevoke(t, 1000, change) })
	}
}

func refreshAgainstRevoke(t *testing.T, rounds int, change func(o *auth.Options)) {
	s, _ := newCached(t, func(o *auth.Options) {
		o.Session.UpdateAge = -1
		change(o)
	})
	user := s.client()
	user.signUp(flowEmail)
	id := s.user(flowEmail)["id"].(string)
	for range rounds {
		started, err := session.Create(s.Context().NewCall(t.Context()), id, false, nil)
		if err != nil {
			t.Fatal(err)
		}
		header := http.Header{"Cookie": {sessionToken + "=" + started.Token + "." + s.Context().Keys.Sign(started.Token)}}
		var both sync.WaitGroup
		both.Go(func() { s.direct(request{Path: "/get-session", Header: header}) })
		both.Go(func() {
			if err := session.Delete(s.Context().NewCall(t.Context()), started.Token); err != nil {
				t.Error(err)
			}
		})
		both.Wait()
		if found, err := session.Find(s.Context().NewCall(t.Context()), started.Token); found != nil || err != nil {
			t.Fatalf("a revoked session came back: %v, %v", found, err)
		}
	}
}

// TestGAP017_ASessionThatBeginsDuringARevocationIsInTheList stops a sign-in at each of its steps while everything is revoked.
func TestGAP017_ASessionThatBeginsDuringARevocationIsInTheList(t *testing.T) {
	for at := 1; ; at++ {
		s, p := newCached(t, nil)
		c := s.client()
		c.signUp(flowEmail)
		id := s.user(flowEmail)["id"].(string)
		steps, inside := 0, false
		p.watch(func(string, string) error {
			if inside {
				return nil
			}
			if steps++; steps == at {
				inside = true
				if err := session.DeleteAll(s.Context().NewCall(context.Background()), id); err != nil {
					t.Error(err)
				}
				inside = false
			}
			return nil
		})
		started, err := session.Create(s.Context().NewCall(t.Context()), id, false, nil)
		p.watch(nil)
		if err != nil {
			t.Fatal(err)
		}
		if steps < at {
			return
		}
		if err := session.DeleteAll(s.Context().NewCall(t.Context()), id); err != nil {
			t.Fatal(err)
		}
		if found, _ := session.Find(s.Context().NewCall(t.Context()), started.Token); found != nil {
			t.Errorf("stopped at step %d, the session is in no list: revoking all of them leaves it alive", at)
		}
	}
}

func TestALostSecondaryStorageSignsNobodyOutWhoseSessionIsInTheDatabase(t *testing.T) {
	s, p := newCached(t, func(o *auth.Options) {
		storesBoth(o)
		themed(o)
	})
	c, other := s.client(), s.client()
	c.signUp(flowEmail)
	other.signIn(flowEmail)
	p.flush()
	if c.session() == nil {
		t.Fatal("signed out")
	}
	if res := c.post("/update-session", map[string]any{"theme": "dark"}); res.Status != http.StatusOK {
		t.Errorf("update-session answered %d %s", res.Status, res.Body)
	}
	s.Clock.Advance(2 * day)
	if found := c.session(); found == nil || found.Session["theme"] != "dark" {
		t.Errorf("after two days the session is %+v", found)
	}
	c.post("/revoke-other-sessions", map[string]any{}).want(t, http.StatusOK)
	if other.session() != nil {
		t.Error("revoke-other-sessions misses a session that only the database has")
	}
	if c.session() == nil {
		t.Error("revoke-other-sessions ended the caller's")
	}
	c.post("/revoke-sessions", map[string]any{}).want(t, http.StatusOK)
	if c.session() != nil {
		t.Error("revoke-sessions misses a session that only the database has")
	}
}

func TestAPreservedRowIsNoSession(t *testing.T) {
	s, p := newCached(t, preserves)
	c := s.client()
	c.signUp(flowEmail)
	p.flush()
	if found := c.session(); found != nil || s.sessionRows() != 1 {
		t.Errorf("the session is %+v, %d rows", found, s.sessionRows())
	}
}

// TestFAULT005_AnUnavailableStorageIs503 fails every operation of the storage that has the sessions.
func TestFAULT005_AnUnavailableStorageIs503(t *testing.T) {
	down := fmt.Errorf("connection refused: %w", store.ErrUnavailable)
	cached, p := newCached(t, nil)
	db := &probe{Database: memory.New()}
	plain := newServer(t, func(o *auth.Options) { o.Database = db })
	for name, s := range map[string]*server{"secondary storage": cached, "database": plain} {
		c := s.client()
		c.signUp(flowEmail)
		p.watch(func(string, string) error { return down })
		db.watch(func(int, string) error { return down })
		for _, r := range []request{
			{Path: "/get-session"}, {Path: "/list-accounts"}, {Path: "/list-sessions"}, post("/update-user", map[string]any{"name": "x"}),
			post("/sign-out", map[string]any{}), post("/sign-in/email", map[string]any{"email": flowEmail, "password": testPassword}),
			post("/sign-up/email", map[string]any{"name": "B", "email": "bob@example.com", "password": testPassword}),
		} {
			r.Header = c.cookies()
			res := s.direct(r)
			if res.Status != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" || res.Body != "" || len(res.Header["Set-Cookie"]) > 0 {
				t.Errorf("%s: %s answered %d %s %v", name, r.Path, res.Status, res.Body, res.Header)
			}
		}
		w := httptest.NewRecorder()
		req := httptest.NewRequest(http.MethodGet, "/private", nil)
		req.Header = c.cookies()
		s.RequireSession(http.NotFoundHandler()).ServeHTTP(w, req)
		if w.Code != http.StatusServiceUnavailable {
			t.Errorf("%s: RequireSession answered %d", name, w.Code)
		}
		p.watch(nil)
		db.watch(nil)
		if c.session() == nil {
			t.Errorf("%s: the session is lost", name)
		}
	}
}

// TestFAULT005_AFailingSecondaryStorageSignsNobodyOut fails every operation of it.
func TestFAULT005_AFailingSecondaryStorageSignsNobodyOut(t *testing.T) {
	s, p := newCached(t, nil)
	c := s.client()
	c.signUp(flowEmail)
	down := errors.New("redis: connection refused")
	p.watch(func(string, string) error { return down })
	for _, r := range []request{
		{Path: "/get-session"}, {Path: "/list-accounts"}, {Path: "/list-sessions"}, post("/update-user", map[string]any{"name": "x"}),
		post("/sign-out", map[string]any{}), post("/sign-in/email", map[string]any{"email": flowEmail, "password": testPassword}),
	} {
		r.Header = c.cookies()
		res := s.direct(r)
		if res.Status < 500 || len(res.Header["Set-Cookie"]) > 0 || strings.Contains(res.Body, "redis") {
			t.Errorf("%s answered %d %s %q", r.Path, res.Status, res.Body, res.Header["Set-Cookie"])
		}
	}
	p.watch(nil)
	if c.session() == nil {
		t.Error("the session is lost")
	}
	for _, broken := range []string{"", "null", "[]", "{", `{"session":1,"user":2}`, `{"session":{}}`, strings.Repeat("[", 1<<12)} {
		if err := p.Secondary.Set(t.Context(), c.token(), broken, time.Hour); err != nil {
			t.Fatal(err)
		}
		if res := s.direct(request{Path: "/get-session", Header: c.cookies()}); res.Status != http.StatusOK || res.Body != "null" {
			t.Errorf("a record %.20q is answered %d %s", broken, res.Status, res.Body)
		}
	}
}

// TestGAP004_ATokenInSecondaryStorageIsUsedOnce has two servers on one storage.
func TestGAP004_ATokenInSecondaryStorageIsUsedOnce(t *testing.T) {
	for name, change := range map[string]func(o *auth.Options){
		"secondary only":   func(*auth.Options) {},
		"in the database":  func(o *auth.Options) { o.Verification.StoreInDatabase = true },
		"hashed":           func(o *auth.Options) { o.Verification.StoreIdentifier = "hashed" },
		"without database": stateless,
	} {
		t.Run(name, func(t *testing.T) {
			db := memory.New()
			var shared store.Secondary
			serve := func() *server {
				return newServer(t, func(o *auth.Options) {
					o.Database = db
					change(o)
					if shared == nil {
						shared = memory.NewSecondary(o.Clock)
					}
					o.SecondaryStorage = shared
				})
			}
			one, two := serve(), serve()
			if name == "without database" {
				two = one
			}
			one.client().signUp(flowEmail)
			one.direct(post("/request-password-reset", map[string]any{"email": flowEmail})).want(t, http.StatusOK)
			token := one.waitMail(1).Token
			if name != "in the database" && one.Context().Schema.Table(schema.VerificationModel) != nil {
				t.Error("there is a table for what is stored elsewhere")
			}
			statuses := make([]int, 50)
			var all sync.WaitGroup
			for i := range statuses {
				all.Go(func() {
					s := []*server{one, two}[i%2]
					statuses[i] = s.direct(post("/reset-password", map[string]any{"token": token, "newPassword": newPassword})).Status
				})
			}
			all.Wait()
			slices.Sort(statuses)
			if statuses[0] != http.StatusOK || statuses[1] != http.StatusBadRequest || statuses[49] != http.StatusBadRequest {
				t.Errorf("answered %v", statuses)
			}
		})
	}
}

func TestVerificationValuesInSecondaryStorage(t *testing.T) {
	s, p := newCached(t, func(o *auth.Options) { o.Verification.StoreIdentifier = "hashed" })
	s.client().signUp(flowEmail)
	s.direct(post("/request-password-reset", map[string]any{"email": flowEmail})).want(t, http.StatusOK)
	token := s.waitMail(1).Token
	var keys []string
	for key := range p.held() {
		if strings.HasPrefix(key, "verification:") {
			keys = append(keys, key)
		}
	}
	want := []string{"verification:" + hashedIdentifier("reset-password:"+token)}
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	s.Clock.Advance(time.Hour + time.Second)
	res := s.direct(post("/reset-password", map[string]any{"token": token, "newPassword": newPassword}))
	if res.Status != http.StatusBadRequest || len(p.held()) != 2 { // the session and its list
		t.Errorf("an expired token answered %d; %v", res.Status, p.held())
	}
}

func TestUpdatesKeepHiddenFieldsInSecondaryStorage(t *testing.T) {
	s, p := newCached(t, func(o *auth.Options) {
		themed(o)
		o.User.AdditionalFields = schema.Fields{{Name: "note", Type: schema.String, Default: "private note", Returned: option.Off}}
	})
	c := s.client()
	c.signUp(flowEmail)
	c.post("/update-session", map[string]any{"theme": "dark"}).want(t, http.StatusOK)
	c.post("/update-user", map[string]any{"name": "Renamed"}).want(t, http.StatusOK)
	if !strings.Contains(p.held()[c.token()], "private note") {
		t.Errorf("the record is %s", p.held()[c.token()])
	}
	for _, path := range []string{"/get-session", "/list-sessions"} {
		if body := c.get(path).Body; strings.Contains(body, "private note") {
			t.Errorf("%s shows %s", path, body)
		}
	}
}
