package origin_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/origin"
)

func TestGO002_AMatchedURLNeverLeavesTheTrustedOrigin(t *testing.T) {
	trusted := origin.NewList("https://app.example.com", "*.good.example", "https://*.wild.example")
	hostile := []string{
		"https:evil.com", "https:/evil.com", "https:\\evil.com", "https:\\\\evil.com", "https:///evil.com", "https:app.example.com", "https:/app.example.com",
		"https://app.example.com\\@evil.com", "https://evil.com\\@app.example.com", "https://evil.com\\.app.example.com", "https://app.example.com@evil.com",
		"https://app.example.com:x@evil.com", "https://user@app.example.com", "https://user:pw@app.example.com/", "https://@app.example.com", "https://:@app.example.com",
		"https://app.example.com\t.evil.com", "https://app.example.com\n", "\thttps://app.example.com", " https://app.example.com", "https://app.example.com ", "https://app.example.com/a b",
		"https://app.example.com/\x00", "https://app.example.com/\x7f", "https://app.example.com/\\evil.com", "ht\ntps://app.example.com", "https://\u212a.good.example",
		"https://app。example.com", "https://ａpp.example.com", "https://app.example.com。evil.com", "https://x.good.example。evil.com", "https://%65vil.com", "https://app.example.com%2eevil.com",
		"https://app.example.com%23.evil.com", "https://app.example.com%40evil.com", "https://evil.com%2f.good.example", "https://evil.com#.good.example", "https://evil.com?.good.example", "https://evil.com/.good.example",
		"javascript:alert(1)", "javascript://x.good.example/%0aalert(1)", "JaVaScRiPt://x.good.example/%0aalert(1)", "data:text/html,x", "data://x.good.example/,x", "vbscript://x.good.example/x", "blob:https://app.example.com/x",
		"http://app.example.com", "https://app.example.com:444", "https://app.example.com.", "https://app.example.com.evil.com", "https://evilapp.example.com", "//app.example.com", "///app.example.com", "/\\app.example.com",
		"", "app.example.com", "://app.example.com", "https://", "https://[::1", "https://0x7f.1", "ftp://app.example.com", "file:///etc/passwd", "view-source:https://app.example.com",
	}
	for _, url := range hostile {
		if trusted.Match(url, true) {
			t.Errorf("%q is trusted", url)
		}
	}
	for _, url := range []string{"https://app.example.com", "https://APP.EXAMPLE.COM:443/x?y#z", "https://a.b.good.example/x", "http://a.good.example", "https://x.wild.example/é"} {
		if !trusted.Match(url, false) {
			t.Errorf("%q is not trusted", url)
		}
	}
}

func TestGO002_BackslashesAndMissingSlashesNameTheHostThatBrowsersGoTo(t *testing.T) {
	for raw, host := range map[string]string{
		"https:evil.com": "evil.com", "https:/evil.com": "evil.com", "https:\\\\evil.com": "evil.com", "https://good.com\\@evil.com": "good.com",
		"https://good.com@evil.com": "evil.com", "ht\ttps://ev\nil.com": "evil.com", "https://0x7f.1/": "127.0.0.1", "https://2130706433": "127.0.0.1",
	} {
		u, err := origin.ParseURL(raw)
		if err != nil || u.Hostname != host {
			t.Errorf("%q: host %v, %v; want %s", raw, u, err, host)
		}
	}
}

func TestGO004_OnlyASCIIFoldsInHosts(t *testing.T) {
	if origin.MatchHost("\u212aelvin.com", "kelvin.com") || origin.MatchHost("kelvin.com", "\u212aelvin.com") {
		t.Error("the Kelvin sign folds to k")
	}
	if !origin.MatchHost("KELVIN.com", "kelvin.COM") {
		t.Error("ASCII case counts")
	}
	if origin.IsLoopbackHost("localho\u017ft") {
		t.Error("the long s folds to s")
	}
}

func TestOLD002_SchemelessURLsAreNotRelativePaths(t *testing.T) {
	for _, url := range []string{
		"//evil.tld", "/\\evil.tld", "/%5cevil.tld", "/%5Cevil.tld", "/%2fevil.tld", "/%2Fevil.tld", "///evil", "/\t/evil", "/\n/evil", "/\r\\evil", "\\\\evil.tld", "\\/evil.tld",
		"/%09/evil.tld", "/x:y", "/x#y", "/x?y#z", "/x?\\", "/é", "/a%20b", "/x?y\n", "evil.tld", "", "/a\x00",
	} {
		if origin.Match(url, "https://app.example.com", true) {
			t.Errorf("%q is taken for a path of this server", url)
		}
	}
	for _, url := range []string{"/", "/a/b.c-d_e", "/@me", "/a+b", "/x?a=b&c=%2F@", "/x?", "/a//b"} {
		if !origin.Match(url, "https://app.example.com", true) {
			t.Errorf("%q is refused", url)
		}
		if origin.Match(url, "https://app.example.com", false) {
			t.Errorf("%q matches where relative paths are not allowed", url)
		}
	}
}

func TestOLD003_OriginsAreComparedWholeAndWildcardsStayInTheHost(t *testing.T) {
	cases := []struct {
		pattern string
		refused []string
		matched []string
	}{
		{"https://a.com", []string{"https://a.com.evil.tld", "https://a.com@evil.tld", "https://evil.tld/?https://a.com", "http://a.com", "https://a.co", "https://xa.com"}, []string{"https://a.com/x"}},
		{"*.a.com", []string{"https://a.com.evil", "https://x.a.com.evil", "https://evil.tld#.a.com", "https://evil.tld/.a.com", "https://evil.tld?.a.com", "https://evil.tld:80.a.com", "https://a.com", "https://x.a.com:8080"}, []string{"https://x.a.com", "https://x.y.a.com/p"}},
		{"https://*.a.com", []string{"https://evil.tld#.a.com", "https://evil.tld/x.a.com", "http://x.a.com", "https://x.a.com@evil.tld", "https://xa.com"}, []string{"https://x.a.com"}},
		{"myapp://*.a.com", []string{"myapp://evil.tld?.a.com", "myapp://evil.tld#.a.com", "myapp://evil.tld#x.a.com", "myapp://x.a.com@evil.tld", "myapp:x.a.com"}, []string{"myapp://x.a.com"}},
	}
	for _, c := range cases {
		for _, url := range c.refused {
			if origin.Match(url, c.pattern, true) {
				t.Errorf("%q matches %q", url, c.pattern)
			}
		}
		for _, url := range c.matched {
			if !origin.Match(url, c.pattern, true) {
				t.Errorf("%q does not match %q", url, c.pattern)
			}
		}
	}
}

func TestUP084_CustomSchemesMatchByAuthorityAndPathBoundary(t *testing.T) {
	cases := []struct {
		pattern string
		refused []string
		matched []string
	}{
		{"myapp://callback", []string{"myapp://callback.evil.tld", "myapp://callbackevil", "myapp://callback:99", "myapp://callback@evil", "myapp:callback", "otherapp://callback", "myapp:/callback", "myapp:///callback", "MYAPP://CALLBACK?x"}, []string{"myapp://callback", "myapp://callback/", "myapp://callback/x?y#z"}},
		{"myapp://callback/done", []string{"myapp://callback/../x", "myapp://callback/done/../x", "myapp://callback/done/%2e%2e/x", "myapp://callback/done/%2E%2E%2Fx", "myapp://callback/doneevil", "myapp://callback/done/..", "myapp://callback", "myapp://callback/x?/done", "myapp://callback/done/%2e%2e/x%zz", "myapp://callback/x/../done", "myapp://callback//done/./x"}, []string{"myapp://callback/done", "myapp://callback/done/", "myapp://callback/done?x=../y"}},
		{"myapp://", []string{"myapp2://x", "my://app", "xmyapp://", "myapp:x"}, []string{"myapp://anything/at/all", "myapp://"}},
		{"exp://192.168.*.*:*/**", []string{"exp://evil.tld/192.168.1.1:80/x", "exp://192.168.1.5:8081/../x", "exp://192.168.1.5.evil.tld/x", "exp://evil.tld?192.168.1.1:80/x"}, []string{"exp://192.168.1.5:8081/--/x"}},
	}
	for _, c := range cases {
		for _, url := range c.refused {
			if origin.Match(url, c.pattern, false) {
				t.Errorf("%q matches %q", url, c.pattern)
			}
		}
		for _, url := range c.matched {
			if !origin.Match(url, c.pattern, false) {
				t.Errorf("%q does not match %q", url, c.pattern)
			}
		}
	}
	if origin.NewList("").Match("myapp://x", false) {
		t.Error("an empty entry trusts a custom scheme")
	}
}

func TestUP083_ForwardedHostCountsOnlyBehindATrustedProxy(t *testing.T) {
	d := origin.Dynamic{AllowedHosts: []string{"a.example", "b.example"}}
	forwarded := http.Header{"X-Forwarded-Host": {"b.example"}, "X-Forwarded-Proto": {"http"}}
	source := origin.Source{Host: "a.example", Scheme: "https", Header: forwarded}
	for trust, want := range map[bool]string{false: "https://a.example/api/auth", true: "http://b.example/api/auth"} {
		got, err := d.Resolve(source, "/api/auth", trust)
		if err != nil || got != want {
			t.Errorf("trusting proxies %t: %q, %v; want %q", trust, got, err, want)
		}
	}
}

func TestADynamicBaseURLFollowsTheHost(t *testing.T) {
	const unknown = "Could not determine host from request headers. Please provide a fallback URL in your baseURL config."
	notAllowed := func(host string) string {
		return fmt.Sprintf(`Host "%s" is not in the allowed hosts list. Allowed hosts: app.example, *.vercel.app, localhost:*. Add this host to your allowedHosts config or provide a fallback URL.`, host)
	}
	hosts := []string{"app.example", "*.vercel.app", "localhost:*"}
	cases := []struct {
		name              string
		host, scheme      string
		header            http.Header
		trust             bool
		fallback, forced  string
		want, wantMessage string
	}{
		{name: "the connection's scheme", host: "app.example", scheme: "http", want: "http://app.example/api/auth"},
		{name: "https when nothing is known", host: "app.example", want: "https://app.example/api/auth"},
		{name: "http for loopback when nothing is known", host: "localhost:3000", want: "http://localhost:3000/api/auth"},
		{name: "the configured protocol wins", host: "app.example", scheme: "http", forced: "https", want: "https://app.example/api/auth"},
		{name: "auto is no protocol", host: "app.example", scheme: "http", forced: "auto", want: "http://app.example/api/auth"},
		{name: "wildcards", host: "x-1.vercel.app", scheme: "https", want: "https://x-1.vercel.app/api/auth"},
		{name: "another host", host: "evil.example", scheme: "https", wantMessage: notAllowed("evil.example")},
		{name: "another host with a fallback", host: "evil.example", scheme: "https", fallback: "https://fb.example", want: "https://fb.example/api/auth"},
		{name: "no host", wantMessage: unknown},
		{name: "a host that smuggles", host: "app.example/../evil", wantMessage: unknown},
		{name: "a host with a user name", host: "x@app.example", wantMessage: unknown},
		{name: "a malformed forwarded host", host: "app.example", scheme: "https", trust: true, header: http.Header{"X-Forwarded-Host": {"<x>"}}, want: "https://app.example/api/auth"},
		{name: "two forwarded hosts", host: "app.example", scheme: "https", trust: true, header: http.Header{"X-Forwarded-Host": {"x.vercel.app", "y.vercel.app"}}, want: "https://app.example/api/auth"},
		{name: "an odd forwarded protocol", host: "app.example", scheme: "https", trust: true, header: http.Header{"X-Forwarded-Proto": {"javascript"}}, want: "https://app.example/api/auth"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := origin.Dynamic{AllowedHosts: hosts, Fallback: c.fallback, Protocol: c.forced}
			got, err := d.Resolve(origin.Source{Host: c.host, Scheme: c.scheme, Header: c.header}, "/api/auth", c.trust)
			message := ""
			if err != nil {
				message = err.Error()
			}
			if got != c.want || message != c.wantMessage {
				t.Errorf("got %q, %q\nwant %q, %q", got, message, c.want, c.wantMessage)
			}
			if err != nil && !errors.Is(err, origin.ErrBaseURL) {
				t.Errorf("%v is not an ErrBaseURL", err)
			}
		})
	}
}

func TestTheEnvironmentGivesTheBaseURL(t *testing.T) {
	cases := []struct {
		env  map[string]string
		want string
		fail bool
	}{
		{env: nil},
		{env: map[string]string{"BASE_URL": "/"}},
		{env: map[string]string{"BASE_URL": "https://b"}, want: "https://b/api/auth"},
		{env: map[string]string{"BASE_URL": "https://b", "NUXT_PUBLIC_AUTH_URL": "https://n"}, want: "https://n/api/auth"},
		{env: map[string]string{"BETTER_AUTH_URL": "https://a/x", "NEXT_PUBLIC_BETTER_AUTH_URL": "https://n"}, want: "https://a/x"},
		{env: map[string]string{"BETTER_AUTH_URL": "a.com"}, fail: true},
	}
	for _, c := range cases {
		got, err := origin.FromEnv(func(name string) string { return c.env[name] }, "/api/auth")
		if got != c.want || (err != nil) != c.fail {
			t.Errorf("%v: %q, %v; want %q", c.env, got, err, c.want)
		}
	}
}

func TestAllowedHostsAreTrustedOrigins(t *testing.T) {
	d := origin.Dynamic{AllowedHosts: []string{"a.com", "localhost:3000", "*.b.com", "http://c.com", "127.0.0.1"}, Fallback: "https://fb.com/x"}
	want := []string{"https://a.com", "https://localhost:3000", "http://localhost:3000", "https://*.b.com", "http://c.com", "https://127.0.0.1", "http://127.0.0.1", "https://fb.com"}
	if diff := cmp.Diff(want, d.TrustedOrigins()); diff != "" {
		t.Error(diff)
	}
}

func TestForwardedOriginNeedsBothHeadersWellFormed(t *testing.T) {
	for _, c := range []struct{ host, scheme, want string }{
		{"a.com", "https", "https://a.com"}, {"a.com:8080", "http", "http://a.com:8080"}, {"a.com", "", ""}, {"", "https", ""}, {"a b", "https", ""}, {"a.com", "ftp", ""},
	} {
		h := http.Header{}
		h.Set("X-Forwarded-Host", c.host)
		h.Set("X-Forwarded-Proto", c.scheme)
		if got, ok := origin.ForwardedOrigin(h); got != c.want || ok != (c.want != "") {
			t.Errorf("%q, %q: %q, %t; want %q", c.host, c.scheme, got, ok, c.want)
		}
	}
}

func TestWildcardsTakeLinearTime(t *testing.T) {
	m := origin.Wildcard(strings.Repeat("*a", 40) + "/**/**/**/x")
	if m.Match(strings.Repeat("a", 100_000) + "b") {
		t.Error("matched")
	}
}

func TestSettingAParameterKeepsTheOthers(t *testing.T) {
	p := origin.ParseParams("?a=1&b=2&a=3")
	p.Append("c", "4")
	p.Delete("b")
	p.Set("a", "9")
	if got := p.Encode(); got != "a=9&c=4" {
		t.Errorf("got %s", got)
	}
	if names := slices.Collect(func(yield func(string) bool) {
		for _, x := range p {
			if !yield(x.Name) {
				return
			}
		}
	}); !slices.Equal(names, []string{"a", "c"}) {
		t.Errorf("names %q", names)
	}
}
