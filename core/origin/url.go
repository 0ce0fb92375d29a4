package origin

import (
	"errors"
	"strings"
)

// ErrInvalidURL is text that is no URL: where JavaScript's new URL would throw, and
// where the host has characters outside ASCII, which are refused (a name that
// looks like another must be written as xn--…).
var ErrInvalidURL = errors.New("invalid URL")

// URL is a parsed URL with the parts and names of the WHATWG URL class. Parts are
// read only, set by [ParseURL] and [ResolveURL]; the query changes through
// [URL.SetParam] and [URL.SetParams].
type URL struct {
	Protocol string // scheme in lower case with its colon: "https:"
	Username string // percent-encoded
	Password string // percent-encoded
	Hostname string // lower case, IPv6 in brackets, without port
	Port     string // "" for the default port of the scheme
	Pathname string // percent-encoded, dot segments resolved
	Search   string // "?…", or "" when empty
	Hash     string // "#…", or "" when empty

	authority bool // there is a host, be it empty: "//" is written
	opaque    bool // the path is one opaque text, as in mailto:
	bareQuery bool // "?" without anything behind it
	bareHash  bool // "#" without anything behind it
}

// ParseURL parses an absolute URL as new URL(raw) does.
func ParseURL(raw string) (*URL, error) { return parseURL(raw, nil) }

// ResolveURL parses raw against base as new URL(raw, base) does.
func ResolveURL(raw, base string) (*URL, error) {
	b, err := ParseURL(base)
	if err != nil {
		return nil, err
	}
	return parseURL(raw, b)
}

// Host returns the host with its port, unless that is the scheme's default.
func (u *URL) Host() string {
	if u.Port == "" {
		return u.Hostname
	}
	return u.Hostname + ":" + u.Port
}

// Origin returns the serialised origin, "https://example.com:8443". ok is false for
// schemes whose origin is opaque ("null"): all but http, https, ws, wss, ftp, and
// blob of the first two.
func (u *URL) Origin() (origin string, ok bool) {
	if u.Protocol == "blob:" {
		inner, err := ParseURL(u.Pathname)
		if err != nil || (inner.Protocol != "http:" && inner.Protocol != "https:") {
			return "", false
		}
		return inner.Origin()
	}
	if u.Protocol == "file:" || !isSpecial(u.Protocol) {
		return "", false
	}
	return u.Protocol + "//" + u.Host(), true
}

// Href returns the whole URL in its serialised form.
func (u *URL) Href() string {
	var b strings.Builder
	b.WriteString(u.Protocol)
	if u.authority {
		b.WriteString("//")
		b.WriteString(u.userinfo())
		b.WriteString(u.Host())
	} else if !u.opaque && strings.HasPrefix(u.Pathname, "//") {
		b.WriteString("/.") // else the path would read as a host
	}
	b.WriteString(u.Pathname)
	b.WriteString(u.Search)
	if u.bareQuery {
		b.WriteByte('?')
	}
	b.WriteString(u.Hash)
	if u.bareHash {
		b.WriteByte('#')
	}
	return b.String()
}

func (u *URL) userinfo() string {
	switch {
	case u.Password != "":
		return u.Username + ":" + u.Password + "@"
	case u.Username != "":
		return u.Username + "@"
	}
	return ""
}

// Param returns the first value of a query parameter, decoded.
func (u *URL) Param(name string) (string, bool) { return u.Params().Get(name) }

// SetParam does url.searchParams.set(name, value): the first parameter of that name
// gets the value, others of the name go, a new one is added at the end, and the
// whole query is written anew in form encoding.
func (u *URL) SetParam(name, value string) {
	p := u.Params()
	p.Set(name, value)
	u.SetParams(p)
}

// Params returns the query, decoded.
func (u *URL) Params() Params { return ParseParams(u.Search) }

// SetParams replaces the query.
func (u *URL) SetParams(p Params) {
	u.bareQuery = false
	u.Search = ""
	if len(p) > 0 {
		u.Search = "?" + p.Encode()
	}
}
