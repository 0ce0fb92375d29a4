package oidcpeer

import (
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/cli/config"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/schema"
)

type obj = map[string]any

// site is our server on SQLite with the provider beside it.
type site struct {
	*authtest.Server
	t    *testing.T
	peer *peer
	// ahead is how far the server's clock is ahead.
	ahead atomic.Int64
}

// newSite serves what configure sets up, tells the provider the callback address, and starts it.
func newSite(t *testing.T, p *peer, callback string, configure func(o *auth.Options)) *site {
	t.Helper()
	db, err := config.OpenDatabase("sqlite:" + filepath.Join(t.TempDir(), "site.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s := &site{t: t, peer: p}
	s.Server = authtest.New(t, func(o *auth.Options) {
		o.Database = db
		o.Clock = func() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())) }
		o.HTTPClient = &http.Client{Transport: p} // the provider is at a private address
		configure(o)
	})
	if _, _, err := config.Migrate(t.Context(), db, s.Context().Schema); err != nil {
		t.Fatal(err)
	}
	p.redirects = s.URL + authtest.BasePath + callback
	p.start(0)
	return s
}

// written counts what a sign-in writes.
func (s *site) written() int {
	return s.Count(schema.UserModel) + s.Count(schema.AccountModel) + s.Count(schema.SessionModel)
}

// RoundTrip implements [http.RoundTripper]: every request goes to the provider, whatever host it names.
func (p *peer) RoundTrip(r *http.Request) (*http.Response, error) {
	own := r.Clone(r.Context())
	own.URL.Scheme, own.URL.Host, own.Host = "http", p.addr, ""
	return http.DefaultTransport.RoundTrip(own)
}

// person is somebody in a browser, with an account at the provider.
type person struct {
	*authtest.Client
	site *site
	// account is theirs at the provider. Without one they refuse.
	account string
	// tamper changes the request for a code on its way through the browser.
	tamper func(query url.Values)
}

func (s *site) person(account string) *person {
	return &person{Client: s.Client(), site: s, account: account}
}

// maxHops bounds the way through the provider's pages.
const maxHops = 12

// consent goes through the provider's pages and returns where the provider sends the browser at last.
func (p *person) consent(page string) string {
	p.site.t.Helper()
	at := p.site.parse(page)
	if p.tamper != nil {
		query := at.Query()
		p.tamper(query)
		at.RawQuery = query.Encode()
	}
	for range maxHops {
		at.Scheme, at.Host = "http", p.site.peer.addr
		res, err := p.ask(at)
		if err != nil {
			p.site.t.Fatal(err)
		}
		_ = res.Body.Close()
		to, err := at.Parse(res.Header.Get("Location"))
		if err != nil || res.Header.Get("Location") == "" {
			p.site.t.Fatalf("%s answered %d without a way on (%v)\n%s", at, res.StatusCode, err, p.site.peer.output)
		}
		if strings.HasPrefix(to.String(), p.URL) {
			return to.String()
		}
		at = to
	}
	p.site.t.Fatalf("no end after %d pages", maxHops)
	return ""
}

// ask opens a page of the provider, or answers its question.
func (p *person) ask(at *url.URL) (*http.Response, error) {
	if !strings.HasPrefix(at.Path, "/interaction/") {
		return p.HTTP.Get(at.String())
	}
	answer := url.Values{"account": {p.account}}
	if p.account == "" {
		answer = url.Values{"refuse": {"1"}}
	}
	return p.HTTP.PostForm(at.String(), answer)
}

func (s *site) parse(text string) *url.URL {
	s.t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		s.t.Fatal(err)
	}
	return u
}

// flow goes all the way: begins by a request, consents, comes back, and returns where the browser ends.
func (p *person) flow(begin string, body obj) string {
	p.site.t.Helper()
	body["callbackURL"], body["errorCallbackURL"] = "/welcome", "/oops"
	page, _ := p.Post(begin, body).Want(p.site.t, http.StatusOK).Object(p.site.t)["url"].(string)
	return p.arrive(p.consent(page))
}

// arrive follows the provider back.
func (p *person) arrive(back string) string {
	p.site.t.Helper()
	path := strings.TrimPrefix(back, p.URL+authtest.BasePath)
	return p.Get(path).Want(p.site.t, http.StatusFound).Header.Get("Location")
}

// wantUser wants a session of the account's own user.
func (p *person) wantUser() string {
	p.site.t.Helper()
	found := p.Session()
	if found == nil || found.User["email"] != p.account+"@example.com" {
		p.site.t.Fatalf("session %v, want %s's", found, p.account)
	}
	return fmt.Sprint(found.User["id"])
}
