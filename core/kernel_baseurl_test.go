package core_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/origin"
)

// baseURLs is a plugin that tells the call's base URL.
func baseURLs(o *auth.Options) {
	o.Plugins = append(o.Plugins, auth.Plugin{ID: "base", Endpoints: []auth.AnyEndpoint{auth.Endpoint[struct{}, string]{
		Key: "base", Method: auth.GET, Path: "/base", Handle: func(c *auth.Call, _ struct{}) (string, error) { return c.BaseURL, nil },
	}}})
}

// baseCase is a request and the base URL that it finds; "400" and "404" are statuses.
type baseCase struct {
	path, host, forwardedHost, forwardedProto, want string
}

func checkBases(t *testing.T, name string, change func(o *auth.Options), cases []baseCase) {
	t.Helper()
	s := newServer(t, func(o *auth.Options) {
		baseURLs(o)
		change(o)
	})
	for _, tt := range cases {
		h := http.Header{}
		if tt.forwardedHost != "" {
			h.Set("X-Forwarded-Host", tt.forwardedHost)
		}
		if tt.forwardedProto != "" {
			h.Set("X-Forwarded-Proto", tt.forwardedProto)
		}
		path := tt.path
		if path == "" {
			path = "/api/auth/base"
		}
		c := s.client()
		res := c.getAt(path, tt.host, h)
		got := strings.Trim(res.Body, `"`)
		if res.Status != http.StatusOK {
			got = itoa(res.Status)
		}
		if got != tt.want {
			t.Errorf("%s, %+v: %s (%s)", name, tt, got, res.Body)
		}
	}
}

// getAt is get with a path that is not below the kit's base path, and another Host.
func (c *client) getAt(path, host string, h http.Header) answer {
	c.t.Helper()
	r, err := http.NewRequest(http.MethodGet, c.URL+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	r.Host, r.Header = host, h
	w := newRecorder()
	c.ServeHTTP(w, r)
	return answer{w.Code, w.Header(), w.Body.String()}
}

func TestBaseURLOfARequest(t *testing.T) {
	dynamic := func(d origin.Dynamic, trust bool) func(o *auth.Options) {
		return func(o *auth.Options) {
			o.BaseURL, o.DynamicBaseURL, o.Advanced.TrustedProxyHeaders = "", &d, trust
		}
	}
	none := func(trust bool) func(o *auth.Options) {
		return func(o *auth.Options) { o.BaseURL, o.Advanced.TrustedProxyHeaders = "", trust }
	}
	static := func(url, path string) func(o *auth.Options) {
		return func(o *auth.Options) { o.BaseURL, o.BasePath = url, path }
	}
	checkBases(t, "static", static("https://app.example.com", ""), []baseCase{
		{host: "evil.tld", want: "https://app.example.com/api/auth"},
		{host: "evil.tld", forwardedHost: "worse.tld", forwardedProto: "http", want: "https://app.example.com/api/auth"},
	})
	checkBases(t, "static with a path", static("https://app.example.com/own/auth", "/ignored"), []baseCase{
		{path: "/own/auth/base", want: "https://app.example.com/own/auth"}, {path: "/ignored/base", want: "404"}, {path: "/api/auth/base", want: "404"},
	})
	checkBases(t, "another base path", static("https://app.example.com", "/v1"), []baseCase{
		{path: "/v1/base", want: "https://app.example.com/v1"}, {want: "404"},
	})
	checkBases(t, "at the root", static("https://app.example.com", "/"), []baseCase{
		{path: "/base", want: "https://app.example.com"}, {want: "404"}, {path: "//base", want: "404"},
	})
	checkBases(t, "none", none(false), []baseCase{
		{host: "one.example", want: "http://one.example/api/auth"}, {host: "two.example:81", want: "http://two.example:81/api/auth"},
		{host: "one.example", forwardedHost: "evil.tld", forwardedProto: "https", want: "http://one.example/api/auth"},
		{host: "a b", want: "400"}, {host: "one.example/x", want: "400"}, {host: "user@one.example", want: "400"},
	})
	checkBases(t, "none behind a proxy", none(true), []baseCase{
		{host: "inner", forwardedHost: "outer.example", forwardedProto: "https", want: "https://outer.example/api/auth"},
		{host: "inner", forwardedHost: "outer.example", want: "http://inner/api/auth"},
		{host: "inner", forwardedHost: "a.example, b.example", forwardedProto: "https", want: "http://inner/api/auth"},
		{host: "inner", forwardedHost: "outer.example", forwardedProto: "javascript", want: "http://inner/api/auth"},
	})
	hosts := origin.Dynamic{AllowedHosts: []string{"one.example", "*.many.example", "localhost:3000"}}
	checkBases(t, "dynamic", dynamic(hosts, false), []baseCase{
		{host: "one.example", want: "http://one.example/api/auth"}, {host: "ONE.example", want: "http://ONE.example/api/auth"},
		{host: "x.many.example", want: "http://x.many.example/api/auth"}, {host: "many.example", want: "400"}, {host: "x.many.example.evil.tld", want: "400"},
		{host: "one.example:8080", want: "400"}, {host: "localhost:3000", want: "http://localhost:3000/api/auth"}, {host: "evil.tld", want: "400"},
		{host: "evil.tld", forwardedHost: "one.example", want: "400"}, {host: "one.example", forwardedProto: "https", want: "http://one.example/api/auth"},
		{host: "one.example@evil.tld", want: "400"}, {host: "evil.tld/one.example", want: "400"},
	})
	checkBases(t, "dynamic behind a proxy", dynamic(hosts, true), []baseCase{
		{host: "inner", forwardedHost: "one.example", forwardedProto: "https", want: "https://one.example/api/auth"},
		{host: "inner", forwardedHost: "evil.tld", want: "400"}, {host: "one.example", forwardedHost: "evil.tld", want: "400"},
	})
	withFallback := hosts
	withFallback.Fallback = "https://fall.example"
	checkBases(t, "dynamic with a fallback", dynamic(withFallback, false), []baseCase{
		{host: "evil.tld", want: "https://fall.example/api/auth"}, {host: "one.example", want: "http://one.example/api/auth"},
	})
	secure := hosts
	secure.Protocol = "https"
	checkBases(t, "dynamic over https", dynamic(secure, false), []baseCase{{host: "one.example", want: "https://one.example/api/auth"}})
	insecure := hosts
	insecure.Protocol = "http"
	checkBases(t, "dynamic over http", dynamic(insecure, true), []baseCase{{host: "one.example", forwardedProto: "https", want: "http://one.example/api/auth"}})
}

func TestAnUnknownHostIsToldNothing(t *testing.T) {
	s := newServer(t, func(o *auth.Options) {
		o.BaseURL, o.DynamicBaseURL = "", &origin.Dynamic{AllowedHosts: []string{"secret-name.example"}}
	})
	res := s.client().getAt("/api/auth/ok", "evil.tld", http.Header{})
	if res.Status != 400 || res.Body != `{"message":"This host is not served"}` {
		t.Errorf("%d %s", res.Status, res.Body)
	}
}

func TestDynamicHostsAreTrustedOrigins(t *testing.T) {
	s := newServer(t, func(o *auth.Options) {
		o.BaseURL, o.DynamicBaseURL = "", &origin.Dynamic{AllowedHosts: []string{"one.example", "*.many.example"}, Fallback: "https://fall.example"}
	})
	for target, trusted := range map[string]bool{
		"https://one.example/x": true, "https://a.many.example": true, "https://fall.example": true, "http://one.example": false, "https://evil.tld": false,
	} {
		res := s.client().do(request{Path: "/sign-in/email", Host: "one.example", Header: http.Header{"Origin": {"https://one.example"}},
			Body: jsonText(t, map[string]any{"email": "a@example.com", "password": "x", "callbackURL": target})})
		if got := res.code() != "INVALID_CALLBACK_URL"; got != trusted || res.Status == 400 {
			t.Errorf("%s: %d %s; trusted should be %t", target, res.Status, res.Body, trusted)
		}
	}
}

func TestBaseURLsThatCannotBeUsedAreRefused(t *testing.T) {
	cases := map[string]struct {
		change func(o *auth.Options)
		want   string
	}{
		"no URL":         {func(o *auth.Options) { o.BaseURL = "app.example.com" }, "Invalid base URL: app.example.com. Please provide a valid base URL."},
		"another scheme": {func(o *auth.Options) { o.BaseURL = "ftp://app.example.com" }, "Invalid base URL: ftp://app.example.com. URL must include 'http://' or 'https://'"},
		"no hosts": {func(o *auth.Options) { o.BaseURL, o.DynamicBaseURL = "", &origin.Dynamic{} },
			`option baseURL.allowedHosts cannot be empty: give at least one host pattern, such as "myapp.com" or "*.myapp.com"`},
		"shared cookies without a host": {func(o *auth.Options) { o.BaseURL, o.Advanced.CrossSubDomainCookies.Enabled = "", true },
			"option advanced.crossSubDomainCookies: set baseURL or the domain to share cookies with"},
	}
	for name, tt := range cases {
		if _, err := core.New(bare(tt.change)); err == nil || err.Error() != tt.want {
			t.Errorf("%s: %v; want %s", name, err, tt.want)
		}
	}
}

func TestDisabledPathsAreNotFound(t *testing.T) {
	s := newServer(t, func(o *auth.Options) { o.DisabledPaths = []string{"/ok", "/sign-up/email"} })
	for path, want := range map[string]string{"/ok": "404 Not Found", "/ok/": "404 Not Found", "/sign-up/email": "404 Not Found", "/okay": "404 ", "/get-session": "200 null"} {
		res := s.client().get(path)
		if got := itoa(res.Status) + " " + res.Body; got != want {
			t.Errorf("%s: %s; want %s", path, got, want)
		}
	}
}

func TestTrailingSlashesCountUnlessTheyAreSkipped(t *testing.T) {
	for skip, want := range map[bool]int{false: 404, true: 200} {
		s := newServer(t, func(o *auth.Options) { o.Advanced.SkipTrailingSlashes = skip })
		if res := s.client().get("/ok/"); res.Status != want {
			t.Errorf("skipTrailingSlashes %t: /ok/ is %d; want %d", skip, res.Status, want)
		}
		for path, status := range map[string]int{"/ok": 200, "/ok//": 404, "/": 404} {
			if res := s.client().get(path); res.Status != status {
				t.Errorf("skipTrailingSlashes %t: %s is %d; want %d", skip, path, res.Status, status)
			}
		}
		res := s.client().get("/reset-password/token/?callbackURL=" + url.QueryEscape("/done"))
		if found := res.Status == http.StatusFound; found != skip {
			t.Errorf("skipTrailingSlashes %t: a path with a parameter is %d", skip, res.Status)
		}
	}
}
