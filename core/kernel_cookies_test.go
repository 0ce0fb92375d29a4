package core_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/origin"
)

// sessionCookie signs a new user up over a request to host and returns the Set-Cookie line of the session.
func sessionCookie(t *testing.T, change func(o *auth.Options), host, from string) string {
	t.Helper()
	s := newServer(t, change)
	res := s.client().do(request{Path: "/sign-up/email", Host: host, Header: http.Header{"Origin": {from}},
		Body: `{"name":"N","email":"cookie@example.com","password":"` + testPassword + `"}`})
	if res.Status != http.StatusOK || len(res.Header["Set-Cookie"]) != 1 {
		t.Fatalf("sign-up: %d %s %v", res.Status, res.Body, res.Header["Set-Cookie"])
	}
	return res.Header["Set-Cookie"][0]
}

// shown is a Set-Cookie line with the value left out.
func shown(line string) string {
	pair, rest, _ := strings.Cut(line, ";")
	name, _, _ := strings.Cut(pair, "=")
	return name + ";" + rest
}

func TestCookiesHaveTheNamesAndAttributesOfTheOptions(t *testing.T) {
	at := func(url string) func(o *auth.Options) { return func(o *auth.Options) { o.BaseURL = url } }
	https := at("https://app.example.com")
	with := func(first, then func(o *auth.Options)) func(o *auth.Options) {
		return func(o *auth.Options) { first(o); then(o) }
	}
	const life = " Max-Age=604800; Path=/; HttpOnly;"
	cases := map[string]struct {
		change func(o *auth.Options)
		want   string
	}{
		"http":  {at("http://app.example.com"), "better-auth.session_token;" + life + " SameSite=Lax"},
		"https": {https, "__Secure-better-auth.session_token;" + life + " Secure; SameSite=Lax"},
		"https in development": {with(https, func(o *auth.Options) { o.Mode = auth.Development }),
			"__Secure-better-auth.session_token;" + life + " Secure; SameSite=Lax"},
		"secure turned off": {with(https, func(o *auth.Options) { o.Advanced.UseSecureCookies = option.Off }),
			"better-auth.session_token;" + life + " SameSite=Lax"},
		"secure turned on": {with(at("http://app.example.com"), func(o *auth.Options) { o.Advanced.UseSecureCookies = option.On }),
			"__Secure-better-auth.session_token;" + life + " Secure; SameSite=Lax"},
		"a prefix": {with(https, func(o *auth.Options) { o.Advanced.CookiePrefix = "mine" }),
			"__Secure-mine.session_token;" + life + " Secure; SameSite=Lax"},
		"a name": {with(https, func(o *auth.Options) {
			o.Advanced.Cookies = map[string]auth.CookieOptions{"session_token": {Name: "sid"}}
		}),
			"__Secure-sid;" + life + " Secure; SameSite=Lax"},
		"default attributes": {with(https, func(o *auth.Options) {
			o.Advanced.DefaultCookieAttributes = auth.CookieAttributes{SameSite: new("none"), Partitioned: new(true)}
		}), "__Secure-better-auth.session_token;" + life + " Secure; SameSite=None; Partitioned"},
		"own attributes over the default": {with(https, func(o *auth.Options) {
			o.Advanced.DefaultCookieAttributes = auth.CookieAttributes{SameSite: new("none"), Path: new("/app")}
			o.Advanced.Cookies = map[string]auth.CookieOptions{"session_token": {Attributes: auth.CookieAttributes{SameSite: new("strict")}}}
		}), "__Secure-better-auth.session_token; Max-Age=604800; Path=/app; HttpOnly; Secure; SameSite=Strict"},
		"shared with the host's subdomains": {with(https, func(o *auth.Options) { o.Advanced.CrossSubDomainCookies.Enabled = true }),
			"__Secure-better-auth.session_token; Max-Age=604800; Domain=app.example.com; Path=/; HttpOnly; Secure; SameSite=Lax"},
		"shared with a domain": {with(https, func(o *auth.Options) {
			o.Advanced.CrossSubDomainCookies = auth.CrossSubDomainCookies{Enabled: true, Domain: "example.com"}
		}), "__Secure-better-auth.session_token; Max-Age=604800; Domain=example.com; Path=/; HttpOnly; Secure; SameSite=Lax"},
	}
	for name, tt := range cases {
		line := sessionCookie(t, tt.change, "app.example.com", "")
		if got := shown(line); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, tt.want)
		}
	}
}

func TestWithoutABaseURLProductionCookiesAreSecure(t *testing.T) {
	for mode, secure := range map[auth.Mode]bool{auth.Production: true, auth.Development: false} {
		line := sessionCookie(t, func(o *auth.Options) { o.BaseURL, o.Mode = "", mode }, "app.example.com", "http://app.example.com")
		if got := strings.HasPrefix(line, "__Secure-") && strings.Contains(line, "; Secure"); got != secure {
			t.Errorf("mode %d: %s", mode, line)
		}
	}
}

func TestADynamicBaseURLSharesCookiesWithTheRequestsOwnHost(t *testing.T) {
	change := func(o *auth.Options) {
		o.BaseURL = ""
		o.DynamicBaseURL = &origin.Dynamic{AllowedHosts: []string{"one.example", "two.example:8443"}, Protocol: "https"}
		o.Advanced.CrossSubDomainCookies.Enabled = true
	}
	for host, domain := range map[string]string{"one.example": "one.example", "two.example:8443": "two.example"} {
		line := sessionCookie(t, change, host, "https://"+host)
		if !strings.Contains(line, "; Domain="+domain+";") || !strings.HasPrefix(line, "__Secure-") {
			t.Errorf("%s: %s", host, line)
		}
	}
	if line := sessionCookie(t, func(o *auth.Options) {
		change(o)
		o.Advanced.CrossSubDomainCookies.Domain = "example"
	}, "one.example", "https://one.example"); !strings.Contains(line, "; Domain=example;") {
		t.Errorf("with a domain: %s", line)
	}
}

func TestEveryCookieOfASignOutIsTheOneThatWasSet(t *testing.T) {
	s := newServer(t, func(o *auth.Options) {
		o.Session.CookieCache.Enabled = option.On
		o.Advanced.CookiePrefix = "mine"
		o.Advanced.DefaultCookieAttributes.Path = new("/api")
	})
	c := s.client()
	c.signUp("out@example.com")
	res := c.post("/sign-out", nil)
	names := map[string]bool{}
	for _, line := range res.Header["Set-Cookie"] {
		name, _, _ := strings.Cut(line, "=")
		names[name] = strings.Contains(line, "Max-Age=0; Path=/api;")
	}
	for _, name := range []string{"mine.session_token", "mine.session_data", "mine.dont_remember"} {
		if !names[name] {
			t.Errorf("%s is not expired at its path: %v", name, res.Header["Set-Cookie"])
		}
	}
	if body := c.get("/get-session").Body; body != "null" {
		t.Errorf("after the sign-out: %s", body)
	}
}
