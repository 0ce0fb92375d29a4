package origin_test

import (
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/core/origin"
)

func FuzzURL(f *testing.F) {
	for _, seed := range [][2]string{
		{"https://u:p@h.example:8443/a/../b?c=d#e", ""}, {"https:evil.com", "http://h/"}, {"//[::1]:80/", "https://h/x"}, {"file:///c|/../x", ""}, {"foo:bar?x#y", ""}, {"foo:/..//p", ""}, {"https://0x7f.1", ""}, {"\\\\h\\x", "http://b/"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, raw, base string) {
		u, err := parse(raw, base)
		if err != nil {
			return
		}
		href := u.Href()
		again, err := origin.ParseURL(href)
		if err != nil {
			t.Fatalf("%q on %q gives %q, which does not parse: %v", raw, base, href, err)
		}
		if again.Hostname != u.Hostname || again.Port != u.Port || again.Protocol != u.Protocol {
			t.Fatalf("%q on %q gives %q, which has the host %s://%s", raw, base, href, again.Protocol, again.Host())
		}
		if strings.ContainsAny(u.Hostname, "/\\?#@ ") {
			t.Fatalf("%q on %q has the host %q", raw, base, u.Hostname)
		}
	})
}

func FuzzMatch(f *testing.F) {
	for _, seed := range []string{"/a?b", "//evil", "/\\evil", "https://app.example.com/x", "https:evil", "https://x.good.example", "myapp://cb/x/../y", "javascript://x.good.example"} {
		f.Add(seed)
	}
	trusted := origin.NewList("https://app.example.com", "https://*.good.example", "myapp://cb/x")
	f.Fuzz(func(t *testing.T, url string) {
		if !trusted.Match(url, true) {
			return
		}
		u, err := origin.ResolveURL(url, "https://app.example.com/dir/")
		if err != nil {
			t.Fatalf("%q is trusted and no URL: %v", url, err)
		}
		web := u.Protocol == "https:" && u.Port == "" && (u.Hostname == "app.example.com" || strings.HasSuffix(u.Hostname, ".good.example"))
		app := u.Protocol == "myapp:" && strings.EqualFold(u.Hostname, "cb")
		if !web && !app {
			t.Fatalf("%q is trusted and goes to %s", url, u.Href())
		}
	})
}
