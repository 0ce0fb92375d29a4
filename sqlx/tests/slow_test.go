package tests

import (
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/option"
)

// ailing is what a provider answers with, whatever it is asked.
type ailing func(r *http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (a ailing) RoundTrip(r *http.Request) (*http.Response, error) { return a(r) }

// says answers with a status and a body.
func says(status int, body io.Reader) (*http.Response, error) {
	header := http.Header{"Content-Type": {"application/json"}}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(body), ProtoMajor: 1, ProtoMinor: 1}, nil
}

// endless is a body that does not end.
type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	return len(b), nil
}

// ailments are the ways in which another service fails.
func ailments(asked chan<- struct{}) map[string]ailing {
	return map[string]ailing{
		"hangs": func(r *http.Request) (*http.Response, error) {
			select {
			case asked <- struct{}{}:
			default:
			}
			<-r.Context().Done()
			return nil, r.Context().Err()
		},
		"fails": func(*http.Request) (*http.Response, error) {
			return says(http.StatusInternalServerError, strings.NewReader("{}"))
		},
		"answers nonsense": func(*http.Request) (*http.Response, error) { return says(http.StatusOK, strings.NewReader("<html>")) },
		"answers without end": func(*http.Request) (*http.Response, error) {
			return says(http.StatusOK, io.LimitReader(endless{}, 64<<20))
		},
		"cannot be reached": func(*http.Request) (*http.Response, error) { return nil, errDown },
	}
}

// TestFAULT020_AProviderThatAilsHoldsUpItsOwnUsersOnly: while a provider hangs, a pool of one connection serves everybody
// else, since no connection is held for the wait; and a sign-in through an ailing provider ends in an error page and writes
// nothing.
func TestFAULT020_AProviderThatAilsHoldsUpItsOwnUsersOnly(t *testing.T) {
	onServers(t, func(t *testing.T, s server) {
		place := s.place(t)
		pool := s.pool(t, place)
		pool.SetMaxOpenConns(1)
		asked := make(chan struct{}, 1)
		for name, ails := range ailments(asked) {
			t.Run(name, func(t *testing.T) { viaAiling(t, s, pool, ails, asked, name == "hangs") })
		}
	})
}

func viaAiling(t *testing.T, s server, pool *sql.DB, ails ailing, asked <-chan struct{}, hangs bool) {
	db := s.wrap(pool)
	o := coreOptions(db)
	o.HTTPClient = &http.Client{Transport: ails, Timeout: 700 * time.Millisecond}
	o.SocialProviders = map[string]oauth2.Options{"github": {ClientID: "id", ClientSecret: "secret"}}
	a := startCore(t, o, db)
	c := &coreClient{t, a, map[string]string{}, &coreMails{}}
	others := c.another()
	others.do("POST", "/sign-up/email", person(coreEmail))
	others.ok("POST", "/sign-in/email", person(coreEmail))
	users := c.rows("user")
	at, err := url.Parse(c.ok("POST", "/sign-in/social", map[string]any{"provider": "github", "callbackURL": "/"})["url"].(string))
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan string, 1)
	go func() {
		_, _, header := c.do("GET", "/callback/github?code=c&state="+url.QueryEscape(at.Query().Get("state")), nil)
		done <- header.Get("Location")
	}()
	if hangs {
		<-asked
		for range 5 {
			others.signedIn("while the provider hangs")
			others.another().ok("POST", "/sign-in/email", person(coreEmail))
		}
		select {
		case at := <-done:
			t.Errorf("the provider did not hang: %s", at)
		default:
		}
	}
	if where := <-done; !strings.Contains(where, "error=") {
		t.Errorf("the browser is sent to %s", where)
	}
	if n := c.rows("user"); n != users {
		t.Errorf("%d users, want %d", n, users)
	}
}

// TestFAULT021_MemoryDoesNotGrowWithRequests makes two lots of requests from ever new addresses, users and tokens, and compares
// the heap and the goroutines after each. GOAUTH_RACE_ROUNDS makes the lots so many times larger.
func TestFAULT021_MemoryDoesNotGrowWithRequests(t *testing.T) {
	c := newCoreClient(t, func(o *auth.Options) {
		o.RateLimit = auth.RateLimitOptions{Enabled: option.On}
		o.EmailAndPassword.SignInThrottle.MaxFailures = 3
		o.Session.CookieCache = auth.CookieCache{Enabled: option.On}
	})
	c.ok("POST", "/sign-up/email", person(coreEmail))
	lot := max(1, raceRounds(t)/15) * 400
	n := 0
	requests := func() (heap uint64, goroutines int) {
		for range lot {
			n++
			c.mixed(n)
		}
		time.Sleep(20 * time.Millisecond) // what is done in the background
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc, runtime.NumGoroutine()
	}
	requests() // pools and caches fill
	before, had := requests()
	after, has := requests()
	t.Logf("after %d requests %d KB and %d goroutines, after %d more %d KB and %d", 8*lot, before>>10, had, 4*lot, after>>10, has)
	if grown := int64(after) - int64(before); grown > 512<<10 || has > had+8 {
		t.Errorf("%d requests have left %d bytes and %d goroutines", 4*lot, grown, has-had)
	}
}

// mixed makes four requests that no request before was like.
func (c *coreClient) mixed(n int) {
	from := fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255)
	for _, one := range []struct{ method, path, body, cookie string }{
		{"GET", "/ok", "", ""},
		{"GET", "/get-session", "", fmt.Sprintf("better-auth.session_token=unknown%d.c2lnbmF0dXJl", n)},
		{"POST", "/sign-in/email", fmt.Sprintf(`{"email":"nobody%d@example.com","password":"a long password"}`, n), ""},
		{"GET", fmt.Sprintf("/reset-password/token%d?callbackURL=/", n), "", ""},
	} {
		r := corePost(one.path, one.body)
		if one.method == "GET" {
			r = corePostGet(one.path)
		}
		r.Header.Set("X-Forwarded-For", from)
		if one.cookie != "" {
			r.Header.Set("Cookie", one.cookie)
		}
		c.ServeHTTP(httptest.NewRecorder(), r)
	}
}
