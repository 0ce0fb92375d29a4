package origin

import (
	"slices"
	"strings"

	"github.com/goauth-dev/goauth/core/internal/js"
)

// Match reports whether a URL matches one pattern of the trusted origins; see
// [Pattern.Match]. Compile patterns that are used again.
func Match(url, pattern string, allowRelative bool) bool {
	if strings.HasPrefix(url, "/") {
		return allowRelative && IsSafePath(url)
	}
	return Compile(pattern).Match(url)
}

// Pattern is one compiled entry of the trusted origins.
type Pattern struct {
	text      string
	wild      bool    // has * or ?
	hostOnly  bool    // wild and without a scheme
	whole     Matcher // of a wild pattern
	authority Matcher // of a wild pattern with a scheme: the part between "//" and the next slash
}

// Compile reads an entry of the trusted origins:
//
//   - "https://app.example.com": that origin exactly.
//   - "myapp://", "exp://": every URL of that scheme. "myapp://callback": with that
//     authority exactly. "myapp://callback/done": with that path or one below it.
//   - "https://*.example.com": wildcards over the origin, or over the whole URL for
//     schemes that have none; "*.example.com": over host and port. See [Wildcard].
func Compile(pattern string) Pattern {
	p := Pattern{text: pattern, wild: strings.ContainsAny(pattern, "*?")}
	if !p.wild {
		return p
	}
	p.whole = Wildcard(pattern)
	_, rest, hasScheme := strings.Cut(pattern, "://")
	if p.hostOnly = !hasScheme; hasScheme {
		authority, _, _ := strings.Cut(rest, "/")
		p.authority = Wildcard(authority)
	}
	return p
}

// Match reports whether an absolute URL matches. Upstream: matchesOriginPattern. It
// is stricter than that for text that no honest caller sends: backslashes, control
// characters, blanks, user names, hosts outside ASCII, http and https without "//",
// the schemes javascript, data, vbscript and blob, and dot segments under a pattern
// that names a path never match. Relative URLs do not match; see [IsSafePath].
func (p Pattern) Match(url string) bool {
	c, ok := newCandidate(url)
	if !ok {
		return false
	}
	switch {
	case p.hostOnly:
		return c.parsed.Hostname != "" && p.whole.Match(c.parsed.Host())
	case p.wild && c.origin != "":
		return p.whole.Match(c.origin)
	case p.wild:
		return !c.climbs() && p.authority.Match(c.authority) && p.whole.Match(url)
	case c.web():
		return p.text == c.origin
	}
	return strings.HasPrefix(url, p.text) && p.matchScheme(c)
}

// matchScheme compares scheme, authority and path of a URL that starts like the pattern and whose scheme is not for
// the web. Where the pattern names no host, the scheme alone is trusted: the system
// gives it to one application.
func (p Pattern) matchScheme(c candidate) bool {
	own, ok := splitURL(p.text)
	if !ok || own.scheme != c.scheme || (own.authority != "" && own.authority != c.authority) {
		return false
	}
	prefix := strings.Join(own.segments(), "/")
	if prefix == "" {
		return true
	}
	path := strings.Join(c.segments(), "/")
	return !c.climbs() && (path == prefix || strings.HasPrefix(path, prefix+"/"))
}

// List is a set of compiled trusted origins.
type List []Pattern

// NewList compiles patterns. Empty ones are left out.
func NewList(patterns ...string) List {
	list := make(List, 0, len(patterns))
	for _, p := range patterns {
		if p != "" {
			list = append(list, Compile(p))
		}
	}
	return list
}

// Match reports whether a URL matches any of the patterns, or, with allowRelative,
// is a safe path on this server. Upstream: isTrustedOrigin.
func (l List) Match(url string, allowRelative bool) bool {
	if strings.HasPrefix(url, "/") {
		return allowRelative && IsSafePath(url)
	}
	return slices.ContainsFunc(l, func(p Pattern) bool { return p.Match(url) })
}

// IsSafePath reports whether s is a path on this server, with a query perhaps, that
// no browser reads as another host: one slash, then letters, digits and _-.+/@, and
// after a question mark =&% too.
func IsSafePath(s string) bool {
	if !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") {
		return false
	}
	path, query, _ := strings.Cut(s[1:], "?")
	return only(path, "_-.+/@") && only(query, "_-.+/=&%@")
}

// only reports whether s is made of ASCII letters, digits and the given signs.
func only(s, signs string) bool {
	for i := range len(s) {
		if !isAlnum(s[i]) && strings.IndexByte(signs, s[i]) < 0 {
			return false
		}
	}
	return true
}

// candidate is a URL that is asked about, once as the browser parses it and once
// cut up as text.
type candidate struct {
	parts
	parsed *URL
	origin string // "" when opaque
}

// scripts are the schemes whose URLs run or carry content instead of naming a place.
var scripts = []string{"javascript", "data", "vbscript", "blob"}

// newCandidate refuses what only an attacker writes.
func newCandidate(raw string) (candidate, bool) {
	if strings.ContainsFunc(raw, func(r rune) bool { return r <= ' ' || r == 0x7F || r == '\\' }) {
		return candidate{}, false
	}
	cut, ok := splitURL(raw)
	if !ok || slices.Contains(scripts, cut.scheme) || strings.Contains(cut.authority, "@") || !isASCII(cut.authority) {
		return candidate{}, false
	}
	parsed, err := ParseURL(raw)
	if err != nil {
		return candidate{}, false
	}
	c := candidate{parts: cut, parsed: parsed}
	c.origin, _ = parsed.Origin()
	return c, c.origin == "" || cut.authority != ""
}

// web reports whether the URL is compared by its origin.
func (c candidate) web() bool { return c.scheme == "http" || c.scheme == "https" }

// parts is a URL cut up as text, for schemes whose URLs parsers treat differently.
// Scheme and authority are in lower case.
type parts struct{ scheme, authority, path string }

func splitURL(s string) (parts, bool) {
	scheme, rest, ok := cutScheme(s)
	if !ok {
		return parts{}, false
	}
	p := parts{scheme: lower(scheme)}
	if after, ok := strings.CutPrefix(rest, "//"); ok {
		end := strings.IndexAny(after, "/?#")
		if end < 0 {
			end = len(after)
		}
		p.authority, rest = lower(after[:end]), after[end:]
	}
	if end := strings.IndexAny(rest, "?#"); end >= 0 {
		rest = rest[:end]
	}
	p.path = rest
	return p, true
}

// segments returns the decoded path without empty and dot segments, with those
// resolved that climb.
func (p parts) segments() []string {
	var kept []string
	for segment := range strings.SplitSeq(p.decoded(), "/") {
		switch segment {
		case "", ".":
		case "..":
			kept = kept[:max(len(kept)-1, 0)]
		default:
			kept = append(kept, segment)
		}
	}
	return kept
}

// climbs reports whether the decoded path has a ".." segment.
func (p parts) climbs() bool {
	return slices.Contains(strings.FieldsFunc(p.decoded(), func(r rune) bool { return r == '/' || r == '\\' }), "..")
}

func (p parts) decoded() string { return js.PercentDecode(p.path) }
