package core_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/memory"
)

// cookieHeader is what the client's next request to the server carries.
func (c *client) cookieHeader() http.Header {
	c.t.Helper()
	req := httptest.NewRequest(http.MethodGet, c.URL+"/", nil)
	for _, ck := range c.browser.HTTP.Jar.Cookies(req.URL) {
		req.AddCookie(ck)
	}
	return req.Header
}

// toApplication is a request of the client to a path that is the application's own.
func (c *client) toApplication() *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/dashboard?disableCookieCache=true", nil)
	r.Header = c.cookieHeader()
	return r
}

func copiesBy(strategy string) func(*auth.Options) {
	return func(o *auth.Options) {
		o.Session.CookieCache = auth.CookieCache{Enabled: option.On, Strategy: strategy, MaxAge: 5 * time.Minute}
	}
}

func TestSessionIsTheCallersOnAnyPath(t *testing.T) {
	s := newServer(t, nil)
	c := s.client()
	c.signUp("ada@example.com")
	found, err := s.Session(c.toApplication())
	if err != nil || found == nil || found.User.Email != "ada@example.com" || found.Session.Token == "" {
		t.Fatalf("session %+v, error %v", found, err)
	}
	if found, err := s.Session(s.client().toApplication()); found != nil || err != nil {
		t.Errorf("without cookies: %+v, %v; want nothing", found, err)
	}
	c.post("/sign-out", map[string]any{})
	if found, err := s.Session(c.toApplication()); found != nil || err != nil {
		t.Errorf("after sign-out: %+v, %v; want nothing", found, err)
	}
}

func TestSessionIsExtendedAsByAGuard(t *testing.T) {
	s := newServer(t, nil)
	c := s.client()
	c.signUp("ada@example.com")
	s.Clock.Advance(25 * time.Hour)
	found, err := s.Session(c.toApplication())
	if err != nil || found == nil {
		t.Fatalf("session %+v, error %v", found, err)
	}
	if want := s.Clock.Now().Add(7 * 24 * time.Hour); !found.Session.ExpiresAt.Equal(want) {
		t.Errorf("expires at %s, want %s", found.Session.ExpiresAt, want)
	}
}

func TestSessionOfAHostThatTheRoutesRefuse(t *testing.T) {
	s := newServer(t, nil)
	c := s.client()
	c.signUp("ada@example.com")
	r := c.toApplication()
	r.Host = "internal.example"
	if found, err := s.Session(r); found == nil || err != nil {
		t.Errorf("session %+v, error %v; want the caller's", found, err)
	}
}

// brokenReads is a memory database whose reads fail when told to, or when the context has ended, and whose rows are gone
// by the time they are updated when told so.
type brokenReads struct {
	store.Database
	store.Adapter
	err  error
	gone bool
}

func (f *brokenReads) Bind(s *schema.Schema) (store.Adapter, error) {
	a, err := f.Database.Bind(s)
	f.Adapter = a
	return f, err
}

func (f *brokenReads) FindOne(ctx context.Context, q store.Query) (store.Record, error) {
	if err := errors.Join(f.err, ctx.Err()); err != nil {
		return nil, err
	}
	return f.Adapter.FindOne(ctx, q)
}

func (f *brokenReads) UpdateOne(ctx context.Context, model string, where store.Where, set store.Record) (store.Record, error) {
	if f.gone {
		return nil, nil
	}
	return f.Adapter.UpdateOne(ctx, model, where, set)
}

func TestSessionThatIsRevokedWhileItIsExtendedIsNone(t *testing.T) {
	db := &brokenReads{Database: memory.New()}
	s := newServer(t, func(o *auth.Options) { o.Database = db })
	c := s.client()
	c.signUp("ada@example.com")
	s.Clock.Advance(25 * time.Hour)
	db.gone = true
	if found, err := s.Session(c.toApplication()); found != nil || err != nil {
		t.Errorf("session %+v, error %v; want nothing", found, err)
	}
}

func TestSessionIsLookedUpToTheEndAlthoughTheClientLeaves(t *testing.T) {
	s := newServer(t, func(o *auth.Options) { o.Database = &brokenReads{Database: memory.New()} })
	c := s.client()
	c.signUp("ada@example.com")
	left, leave := context.WithCancel(t.Context())
	leave()
	if found, err := s.Session(c.toApplication().WithContext(left)); found == nil || err != nil {
		t.Errorf("session %+v, error %v; want the caller's", found, err)
	}
}

func TestSessionFailsOnlyWhenTheStorageDoes(t *testing.T) {
	db := &brokenReads{Database: memory.New()}
	s := newServer(t, func(o *auth.Options) { o.Database = db })
	c := s.client()
	c.signUp("ada@example.com")
	db.err = errors.New("the disk is gone")
	if _, err := s.Session(c.toApplication()); !errors.Is(err, db.err) {
		t.Errorf("error %v, want the storage's", err)
	}
	garbage := httptest.NewRequest(http.MethodGet, "/", nil)
	garbage.Header.Set("Cookie", "better-auth.session_token=%zz.AAAA; better-auth.session_data=!")
	if found, err := s.Session(garbage); found != nil || err != nil {
		t.Errorf("with broken cookies: %+v, %v; want nothing", found, err)
	}
	res := httptest.NewRecorder()
	s.RequireSession(http.NotFoundHandler()).ServeHTTP(res, c.toApplication())
	if res.Code != http.StatusInternalServerError || res.Body.Len() > 0 {
		t.Errorf("middleware answers %d %q, want an empty 500", res.Code, res.Body)
	}
	if !strings.Contains(s.Log.String(), "the disk is gone") {
		t.Error("the cause is not in the log")
	}
}

func TestRequireSessionPassesCallersWithASession(t *testing.T) {
	s := newServer(t, nil)
	c := s.client()
	c.signUp("ada@example.com")
	guarded := s.RequireSession(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(core.SessionFrom(r.Context()).User.Email))
	}))
	type got struct {
		Status  int
		Type    string
		Cookies []string
		Body    string
	}
	ask := func(r *http.Request) got {
		res := httptest.NewRecorder()
		guarded.ServeHTTP(res, r)
		return got{res.Code, res.Header().Get("Content-Type"), res.Header().Values("Set-Cookie"), res.Body.String()}
	}
	const refused = `{"message":"Unauthorized","code":"UNAUTHORIZED"}`
	stranger := got{http.StatusUnauthorized, "application/json", nil, refused}
	for range 2 { // the refusal is one value for all requests
		if diff := cmp.Diff(stranger, ask(s.client().toApplication())); diff != "" {
			t.Errorf("without a session (-want +got):\n%s", diff)
		}
	}
	s.Clock.Advance(25 * time.Hour) // the session is extended, and its cookies would be renewed
	if diff := cmp.Diff(got{http.StatusOK, "text/plain; charset=utf-8", nil, "ada@example.com"}, ask(c.toApplication())); diff != "" {
		t.Errorf("with a session (-want +got):\n%s", diff)
	}
	if res := c.get("/list-accounts"); res.Status != http.StatusOK {
		t.Fatalf("list-accounts: %d", res.Status)
	}
	if same := s.client().get("/list-accounts"); same.Body != refused {
		t.Errorf("a guard answers %q, the middleware %q", same.Body, refused)
	}
}

func TestSessionFromAContextThatDidNotPass(t *testing.T) {
	if s := core.SessionFrom(t.Context()); s != nil {
		t.Errorf("session %+v, want nil", s)
	}
}

func TestCachedSessionReadsNoStore(t *testing.T) {
	for _, strategy := range []string{"compact", "jwt", "jwe"} {
		t.Run(strategy, func(t *testing.T) {
			db := &brokenReads{Database: memory.New()}
			s := newServer(t, func(o *auth.Options) { copiesBy(strategy)(o); o.Database = db })
			c := s.client()
			c.signUp("ada@example.com")
			db.err = errors.New("asked")
			found := s.CachedSession(c.cookieHeader())
			if found == nil || found.User.Email != "ada@example.com" {
				t.Fatalf("session %+v, want the copy's", found)
			}
		})
	}
}

func TestCachedSessionNeedsAGoodCopy(t *testing.T) {
	for _, strategy := range []string{"compact", "jwt", "jwe"} {
		t.Run(strategy, func(t *testing.T) {
			s := newServer(t, copiesBy(strategy))
			c := s.client()
			c.signUp("ada@example.com")
			good := c.cookie("better-auth.session_data")
			for name, value := range map[string]string{
				"absent": "", "garbage": "garbage", "cut short": good[:len(good)-8], "another's": "x" + good,
			} {
				h := http.Header{"Cookie": {"better-auth.session_data=" + value}}
				if found := s.CachedSession(h); found != nil {
					t.Errorf("%s: %+v, want nil", name, found.User)
				}
			}
			if s.CachedSession(nil) != nil {
				t.Error("without headers: want nil")
			}
		})
	}
}

func TestCachedSessionIsNilWhenCopiesAreOffOrOfAnotherVersion(t *testing.T) {
	for name, change := range map[string]func(o *auth.Options){
		"off":             func(o *auth.Options) { o.Session.CookieCache.Enabled = option.Off },
		"another version": func(o *auth.Options) { o.Session.CookieCache.Version = "2" },
		"no version": func(o *auth.Options) {
			o.Session.CookieCache.VersionFunc = func(context.Context, *auth.Session, *auth.User) (string, error) {
				return "", errors.New("no version")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			maker := newServer(t, copiesBy("compact"))
			c := maker.client()
			c.signUp("ada@example.com")
			s := newServer(t, func(o *auth.Options) { copiesBy("compact")(o); change(o) })
			if maker.CachedSession(c.cookieHeader()) == nil {
				t.Fatal("the copy is not good where it was made")
			}
			if found := s.CachedSession(c.cookieHeader()); found != nil {
				t.Errorf("session of %s, want nil", found.User.Email)
			}
		})
	}
}

// An expired copy, or the copy of an expired session, is no session, although its signature is right.
func TestUP064_CachedSessionOfAnExpiredCopyIsNil(t *testing.T) {
	for _, strategy := range []string{"compact", "jwt", "jwe"} {
		t.Run(strategy, func(t *testing.T) {
			s := newServer(t, copiesBy(strategy))
			c := s.client()
			c.signUp("ada@example.com")
			h := c.cookieHeader()
			s.Clock.Advance(5*time.Minute - time.Second)
			if s.CachedSession(h) == nil {
				t.Fatal("nil a second before the copy ends")
			}
			s.Clock.Advance(2 * time.Second)
			if found := s.CachedSession(h); found != nil {
				t.Errorf("session of %s a second after the copy ended, want nil", found.User.Email)
			}
		})
		t.Run(strategy+", of an expired session", func(t *testing.T) {
			s := newServer(t, func(o *auth.Options) {
				copiesBy(strategy)(o)
				o.Session.CookieCache.MaxAge, o.Session.ExpiresIn = time.Hour, time.Minute
			})
			c := s.client()
			c.signUp("ada@example.com")
			h := c.cookieHeader()
			s.Clock.Advance(2 * time.Minute)
			if found := s.CachedSession(h); found != nil {
				t.Errorf("session of %s, want nil", found.User.Email)
			}
		})
	}
}

func TestBasePathIsWhereTheOperationsAre(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(o *auth.Options)
		want   string
	}{
		{"by default", func(*auth.Options) {}, "/api/auth"},
		{"by the option", func(o *auth.Options) { o.BasePath = "/identity/" }, "/identity"},
		{"at the root", func(o *auth.Options) { o.BasePath = "/" }, ""},
		{"by the base URL", func(o *auth.Options) { o.BaseURL = "https://example.com/custom" }, "/custom"},
		{"without a base URL", func(o *auth.Options) { o.BaseURL = "" }, "/api/auth"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t, c.change)
			if got := s.BasePath(); got != c.want {
				t.Errorf("base path %q, want %q", got, c.want)
			}
			res := httptest.NewRecorder()
			s.ServeHTTP(res, httptest.NewRequest(http.MethodGet, c.want+"/ok", nil))
			if res.Code != http.StatusOK {
				t.Errorf("GET %s/ok: %d", c.want, res.Code)
			}
		})
	}
}
