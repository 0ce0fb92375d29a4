package auth

import (
	"net/http"
	"slices"
	"strings"
)

// Reply is the answer's metadata.
type Reply struct {
	// Status is the HTTP status of a success. 0 means 200.
	Status int
	// Header is the answer's headers but Set-Cookie.
	Header http.Header

	cookies []setCookie
}

type setCookie struct {
	name, domain, path, line string
}

// NewReply returns an empty reply.
func NewReply() *Reply { return &Reply{Header: http.Header{}} }

// SetCookies returns the Set-Cookie lines in order, the last of each cookie only.
func (r *Reply) SetCookies() []string {
	lines := make([]string, len(r.cookies))
	for i := range r.cookies {
		lines[i] = r.cookies[i].line
	}
	return lines
}

const exposed = "Access-Control-Expose-Headers"

// Expose lets scripts of other origins read a header of the answer (Fetch standard, Access-Control-Expose-Headers).
func (r *Reply) Expose(name string) {
	var names []string
	for item := range strings.SplitSeq(strings.Join(r.Header.Values(exposed), ","), ",") {
		if item = strings.TrimSpace(item); item != "" && !slices.Contains(names, item) {
			names = append(names, item)
		}
	}
	if !slices.Contains(names, name) {
		names = append(names, name)
	}
	r.Header.Set(exposed, strings.Join(names, ", "))
}

// setCookie adds a line in place of an earlier one for the same cookie.
func (r *Reply) setCookie(ck Cookie, line string) {
	set := setCookie{ck.Name, ck.Attributes.Domain, ck.Attributes.Path, line}
	for i, old := range r.cookies {
		if old.name == set.name && old.domain == set.domain && old.path == set.path {
			r.cookies = append(r.cookies[:i], r.cookies[i+1:]...)
			break
		}
	}
	r.cookies = append(r.cookies, set)
}

// Drop forgets the cookies set so far whose name matches.
func (r *Reply) Drop(match func(name string) bool) {
	r.cookies = slices.DeleteFunc(r.cookies, func(ck setCookie) bool { return match(ck.name) })
}

// Discard runs fn and forgets the cookies it set.
func (r *Reply) Discard(fn func() error) error {
	kept := append([]setCookie(nil), r.cookies...)
	err := fn()
	r.cookies = kept
	return err
}

// Raw is an answer that is not JSON. Upstream: a Response; after-hooks are skipped for it.
type Raw struct {
	Status int
	Header http.Header
	Body   []byte
}

// Sets reports whether the reply has a cookie of this name.
func (r *Reply) Sets(name string) bool {
	return slices.ContainsFunc(r.cookies, func(ck setCookie) bool { return ck.name == name })
}
