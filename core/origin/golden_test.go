package origin_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/origin"
)

// golden reads a table that testdata/golden.mjs wrote.
func golden[T any](t *testing.T, name string) []T {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var rows []T
	if err := json.Unmarshal(text, &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) == 0 {
		t.Fatalf("%s has no rows", name)
	}
	return rows
}

func parse(raw, base string) (*origin.URL, error) {
	if base == "" {
		return origin.ParseURL(raw)
	}
	return origin.ResolveURL(raw, base)
}

// fields lists the parts of a URL as the golden table has them.
func fields(u *origin.URL) []string {
	o, ok := u.Origin()
	if !ok {
		o = "null"
	}
	return []string{u.Href(), o, u.Protocol, u.Username, u.Password, u.Hostname, u.Port, u.Pathname, u.Search, u.Hash}
}

func TestURLsParseAsInNode(t *testing.T) {
	type row struct {
		In   string
		Base string
		Out  []string
	}
	for _, r := range golden[row](t, "urls.json") {
		u, err := parse(r.In, r.Base)
		if international(r.In, r.Out) {
			continue // TestGO002_InternationalHostsAreRefused
		}
		if (err == nil) != (r.Out != nil) {
			t.Errorf("%q on %q: error %v, Node gives %q", r.In, r.Base, err, r.Out)
			continue
		}
		if err != nil {
			continue
		}
		if diff := cmp.Diff(r.Out, fields(u)); diff != "" {
			t.Errorf("%q on %q (-node +ours):\n%s", r.In, r.Base, diff)
		}
	}
}

// international reports whether a row of urls.json is about a host outside ASCII.
func international(in string, out []string) bool {
	return strings.ContainsAny(in, "。ｅü") || (strings.Contains(in, "%C3%A9.com") && out != nil)
}

func TestGO002_InternationalHostsAreRefused(t *testing.T) {
	type row struct {
		In, Base string
		Out      []string
	}
	seen := 0
	for _, r := range golden[row](t, "urls.json") {
		if !international(r.In, r.Out) {
			continue
		}
		u, err := parse(r.In, r.Base)
		if strings.HasPrefix(r.In, "blob:") { // the host is inside an opaque path
			if o, ok := u.Origin(); ok {
				t.Errorf("%q has the origin %s", r.In, o)
			}
			continue
		}
		if seen++; !errors.Is(err, origin.ErrInvalidURL) {
			// %C3%A9 is ASCII as it stands where hosts are opaque.
			if err != nil || !strings.Contains(u.Hostname, "%C3%A9") || !strings.Contains(r.In, "%C3%A9") {
				t.Errorf("%q on %q gave %v, want a refusal", r.In, r.Base, u)
			}
		}
	}
	if seen < 20 {
		t.Errorf("%d international hosts tried, want 20 or more", seen)
	}
}

func TestSettingAQueryParameterRewritesTheQuery(t *testing.T) {
	type row struct{ In, Name, Value, Out string }
	for _, r := range golden[row](t, "params.json") {
		u, err := origin.ParseURL(r.In)
		if err != nil {
			t.Fatal(err)
		}
		u.SetParam(r.Name, r.Value)
		if got := u.Href(); got != r.Out {
			t.Errorf("%s set %q=%q\n got %s\nwant %s", r.In, r.Name, r.Value, got, r.Out)
		}
		if got, _ := u.Param(r.Name); got != r.Value {
			t.Errorf("%s: parameter %q reads back as %q, want %q", r.In, r.Name, got, r.Value)
		}
	}
}

func TestTrustedOriginsMatchAsIn169(t *testing.T) {
	for _, r := range golden[[4]any](t, "matches.json") {
		url, pattern, relative, want := r[0].(string), r[1].(string), r[2].(bool), r[3].(bool)
		if got := origin.Match(url, pattern, relative); got != want {
			t.Errorf("Match(%q, %q, %t) = %t, 1.6.9 says %t", url, pattern, relative, got, want)
		}
		if got := origin.NewList("https://unrelated.example", pattern).Match(url, relative); got != origin.Match(url, pattern, relative) {
			t.Errorf("a list with %q disagrees with the pattern about %q", pattern, url)
		}
	}
}

func TestWildcardsMatchAsUpstreams(t *testing.T) {
	for _, r := range golden[[3]any](t, "wildcards.json") {
		text, pattern, want := r[0].(string), r[1].(string), r[2].(bool)
		if got := origin.Wildcard(pattern).Match(text); got != want {
			t.Errorf("Wildcard(%q).Match(%q) = %t, want %t", pattern, text, got, want)
		}
	}
}

func TestHostsAreReadAsUpstreamReadsThem(t *testing.T) {
	type row struct {
		Host            string
		Matches         []string
		Valid, Loopback bool
	}
	patterns := golden[string](t, "hostpatterns.json")
	for _, r := range golden[row](t, "hosts.json") {
		kelvin := strings.Contains(r.Host, "\u212a") // JavaScript lower-cases it to k; see GO-004
		matches := slices.DeleteFunc(slices.Clone(patterns), func(p string) bool { return !origin.MatchHost(r.Host, p) })
		if !kelvin && !slices.Equal(matches, r.Matches) {
			t.Errorf("host %q matches %q, want %q", r.Host, matches, r.Matches)
		}
		if got := origin.ValidProxyHost(r.Host); got != r.Valid {
			t.Errorf("ValidProxyHost(%q) = %t, want %t", r.Host, got, r.Valid)
		}
		if got := origin.IsLoopbackHost(r.Host); got != r.Loopback {
			t.Errorf("IsLoopbackHost(%q) = %t, want %t", r.Host, got, r.Loopback)
		}
	}
}

func TestAPathIsPutBehindABaseURLThatHasNone(t *testing.T) {
	type row struct{ URL, Path, OK, Error string }
	for _, r := range golden[row](t, "baseurls.json") {
		got, err := origin.WithPath(r.URL, r.Path)
		message := ""
		if err != nil {
			message = err.Error()
		}
		if got != r.OK || message != r.Error {
			t.Errorf("WithPath(%q, %q) = %q, %q; want %q, %q", r.URL, r.Path, got, message, r.OK, r.Error)
		}
	}
}

func TestPathsLoseTheBasePathAndTrailingSlashes(t *testing.T) {
	for _, r := range golden[[3]string](t, "paths.json") {
		if got := origin.NormalizePath(r[0], r[1]); got != r[2] {
			t.Errorf("NormalizePath(%q, %q) = %q, want %q", r[0], r[1], got, r[2])
		}
	}
}
