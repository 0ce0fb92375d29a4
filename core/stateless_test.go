package core_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store/memory"
)

// stateless takes the database away.
func stateless(o *auth.Options) { o.Database = nil }

// restarted is another process with the same secret, and its memory empty.
func (s *server) restarted(t *testing.T, change func(o *auth.Options)) *server {
	t.Helper()
	return newServer(t, func(o *auth.Options) {
		stateless(o)
		o.Clock = s.Clock.Now
		if change != nil {
			change(o)
		}
	})
}

func TestStatelessSessionsOutliveTheProcess(t *testing.T) {
	for _, strategy := range []string{"", "compact", "jwt", "jwe"} {
		t.Run("strategy "+strategy, func(t *testing.T) {
			change := func(o *auth.Options) { o.Session.CookieCache.Strategy = strategy }
			s := newServer(t, func(o *auth.Options) {
				stateless(o)
				change(o)
			})
			c := s.client()
			c.signUp(flowEmail)
			if sealed := strings.Count(c.cookie(sessionData), ".") == 4; sealed != (strategy == "" || strategy == "jwe") {
				t.Errorf("the copy is %s", c.cookie(sessionData))
			}
			next := s.restarted(t, change)
			found := next.direct(request{Path: "/get-session", Header: c.cookies()}).session(t)
			if found == nil || found.User["email"] != flowEmail || found.Session["token"] != c.token() {
				t.Fatalf("after a restart the session is %+v", found)
			}
			if res := next.direct(request{Path: "/list-accounts", Header: c.cookies()}); res.Status != http.StatusOK {
				t.Errorf("after a restart a guard answers %d %s", res.Status, res.Body)
			}
			other := s.restarted(t, func(o *auth.Options) {
				change(o)
				o.Secret = "another-secret-0123456789-abcdefghijklmnop"
			})
			if found := other.direct(request{Path: "/get-session", Header: c.cookies()}).session(t); found != nil {
				t.Errorf("another secret takes the session %+v", found)
			}
		})
	}
}

func TestStatelessSessionsChangeInTheirCookies(t *testing.T) {
	change := func(o *auth.Options) {
		o.Session.AdditionalFields = schema.Fields{{Name: "theme", Type: schema.String, Required: option.Off}}
	}
	s := newServer(t, func(o *auth.Options) {
		stateless(o)
		change(o)
	})
	c := s.client()
	c.signUp(flowEmail)
	next := s.restarted(t, change)
	c.server = next
	c.browser.HTTP.Jar = moved(c, s.URL, next.URL)
	c.post("/update-user", map[string]any{"name": "Renamed"}).want(t, http.StatusOK)
	c.post("/update-session", map[string]any{"theme": "dark"}).want(t, http.StatusOK)
	if got := c.session(); got == nil || got.User["name"] != "Renamed" || got.Session["theme"] != "dark" {
		t.Errorf("the session became %+v", got)
	}
	c.post("/sign-out", map[string]any{}).want(t, http.StatusOK)
	if got := c.session(); got != nil || len(c.names()) > 0 {
		t.Errorf("after the sign-out: %+v, %v", got, c.names())
	}
}

// moved returns a jar in which a client's cookies belong to another origin.
func moved(c *client, from, to string) http.CookieJar {
	old, _ := http.NewRequest(http.MethodGet, from, nil)
	target, _ := http.NewRequest(http.MethodGet, to, nil)
	jar := c.server.client().browser.HTTP.Jar
	jar.SetCookies(target.URL, c.browser.HTTP.Jar.Cookies(old.URL))
	return jar
}

func TestRefreshCacheRenewsAStatelessSessionInTime(t *testing.T) {
	for _, test := range []struct {
		name    string
		cache   auth.CookieCache
		expires time.Duration
		after   time.Duration
		renewed bool
		ended   bool
	}{
		{"the default waits for the last fifth", auth.CookieCache{}, 0, 5*day + 14*time.Hour + 23*time.Minute, false, false},
		{"the default renews in the last fifth", auth.CookieCache{}, 0, 5*day + 14*time.Hour + 25*time.Minute, true, false},
		{"the default ends with the session", auth.CookieCache{}, 0, 7*day + time.Minute, false, true},
		{"maxAge", auth.CookieCache{MaxAge: time.Hour}, 0, 49 * time.Minute, true, false},
		{"maxAge ends it", auth.CookieCache{MaxAge: time.Hour}, 0, time.Hour + time.Minute, false, true},
		{"updateAge", auth.CookieCache{MaxAge: time.Hour, Refresh: &auth.RefreshCache{UpdateAge: 50 * time.Minute}}, 0, 11 * time.Minute, true, false},
		{"updateAge waits", auth.CookieCache{MaxAge: time.Hour, Refresh: &auth.RefreshCache{UpdateAge: 50 * time.Minute}}, 0, 9 * time.Minute, false, false},
		{"updateAge 0 never", auth.CookieCache{MaxAge: time.Hour, Refresh: &auth.RefreshCache{UpdateAge: -1}}, 0, 59 * time.Minute, false, false},
		{"off", auth.CookieCache{MaxAge: time.Hour, RefreshCache: option.Off}, 0, 59 * time.Minute, false, false},
		{"expiresIn is the copy's life", auth.CookieCache{}, time.Hour, 49 * time.Minute, true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			change := func(o *auth.Options) { o.Session.CookieCache, o.Session.ExpiresIn = test.cache, test.expires }
			s := newServer(t, func(o *auth.Options) {
				stateless(o)
				change(o)
			})
			c := s.client()
			c.signUp(flowEmail)
			s.Clock.Advance(test.after)
			next := s.restarted(t, change)
			res := next.direct(request{Path: "/get-session", Header: c.cookies()})
			found := res.session(t)
			if ended := found == nil; ended != test.ended {
				t.Fatalf("the session is %+v", found)
			}
			line := res.setsCookie(sessionData)
			if renewed := line != "" && !res.expires(sessionData); renewed != test.renewed {
				t.Errorf("renewed: %t", renewed)
			}
			if test.renewed {
				life := test.cache.MaxAge
				if life == 0 {
					life = max(test.expires, 0)
				}
				if life == 0 {
					life = 7 * day
				}
				if want := s.Clock.Now().Add(life).Format("2006-01-02T15:04:05.000Z"); found.Session["expiresAt"] != want {
					t.Errorf("the session ends at %v, want %s", found.Session["expiresAt"], want)
				}
			}
		})
	}
}

func TestWithAStoreTheCopyIsNotRenewedByItself(t *testing.T) {
	db := memory.New()
	s := newServer(t, func(o *auth.Options) {
		withCache("jwe")(o)
		o.Database, o.Session.CookieCache.RefreshCache = db, option.On
	})
	c := s.client()
	c.signUp(flowEmail)
	s.Clock.Advance(5*time.Minute - time.Second)
	if res := c.get("/get-session"); res.setsCookie(sessionData) != "" {
		t.Error("the copy was renewed without a look at the store")
	}
}
