package cookies

import (
	"iter"
	"strings"
)

// Jar is a Cookie header. It is a view of the header's text: making one costs
// nothing, and each lookup is one pass over the text without allocation unless
// the value has percent escapes. Copy it freely.
type Jar struct{ header string }

// Pair is a cookie's name and value.
type Pair struct{ Name, Value string }

// Parse returns the cookies of a Cookie header; join several headers with "; ".
// It accepts any text: separators need no space, parts without "=" are skipped,
// and of several cookies with one name the first counts. Bound the header's size
// before. Upstream: parseCookies.
func Parse(header string) Jar { return Jar{header} }

// Get returns the named cookie's value, without one pair of double quotes and
// percent-decoded; a value that does not decode is returned as it is. The empty
// value is found like any other, though upstream treats it as an absent cookie.
func (j Jar) Get(name string) (value string, ok bool) {
	raw, ok := j.Raw(name)
	if decoded, valid := DecodeComponent(raw); valid {
		return decoded, ok
	}
	return raw, ok
}

// GetPreferSecure returns the cookie __Secure-name, or name when there is none,
// so that a cookie set over plain HTTP cannot shadow the secure one.
func (j Jar) GetPreferSecure(name string) (value string, ok bool) {
	if value, ok = j.Get(securePrefix + name); ok {
		return value, ok
	}
	return j.Get(name)
}

// Raw is Get without percent-decoding.
func (j Jar) Raw(name string) (value string, ok bool) {
	for n, v := range j.pairs() {
		if n == name {
			return v, true
		}
	}
	return "", false
}

// All yields each cookie's name and decoded value in header order, the first of
// each name only.
func (j Jar) All() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		seen := make(map[string]struct{})
		for name, raw := range j.pairs() {
			if _, again := seen[name]; again {
				continue
			}
			seen[name] = struct{}{}
			value, ok := DecodeComponent(raw)
			if !ok {
				value = raw
			}
			if !yield(name, value) {
				return
			}
		}
	}
}

// pairs yields every named cookie with its raw value, duplicates included.
func (j Jar) pairs() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for part := range strings.SplitSeq(j.header, ";") {
			name, value, found := strings.Cut(part, "=")
			if name = strings.TrimSpace(name); !found || name == "" {
				continue
			}
			if !yield(name, unquote(strings.TrimSpace(value))) {
				return
			}
		}
	}
}

// unquote drops the first and the last character of a value that starts with a
// quote, whatever the last one is, as upstream does.
func unquote(value string) string {
	if len(value) < 2 || value[0] != '"' {
		return strings.TrimPrefix(value, `"`)
	}
	return value[1 : len(value)-1]
}
