package authtest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/core/store"
)

// Want ends the test unless the answer has the status; it returns the answer.
func (a Answer) Want(t testing.TB, status int) Answer {
	t.Helper()
	if a.Status != status {
		t.Fatalf("answered %d %s, want %d", a.Status, a.Body, status)
	}
	return a
}

// Object returns the answer's body, which must be a JSON object.
func (a Answer) Object(t testing.TB) map[string]any {
	t.Helper()
	var body map[string]any
	if err := json.Unmarshal([]byte(a.Body), &body); err != nil {
		t.Fatalf("answer %d %q: %v", a.Status, a.Body, err)
	}
	return body
}

// SetsCookie returns the answer's Set-Cookie line for a name, or "".
func (a Answer) SetsCookie(name string) string {
	for _, line := range a.Header["Set-Cookie"] {
		if strings.HasPrefix(line, name+"=") {
			return line
		}
	}
	return ""
}

// SignedIn is what get-session answers.
type SignedIn struct {
	Session, User map[string]any
}

// Session returns the browser's session as get-session answers it, or nil. query is put behind the path.
func (c *Client) Session(query ...string) *SignedIn {
	c.t.Helper()
	res := c.Get("/get-session"+strings.Join(query, "")).Want(c.t, http.StatusOK)
	var found *SignedIn
	if err := res.Decode(&found); err != nil {
		c.t.Fatalf("get-session answered %q: %v", res.Body, err)
	}
	return found
}

// SetCookie puts a cookie into the browser, or takes it away when value is empty.
func (c *Client) SetCookie(name, value string) {
	u, _ := url.Parse(c.URL)
	age := 0
	if value == "" {
		age = -1
	}
	c.HTTP.Jar.SetCookies(u, []*http.Cookie{{Name: name, Value: value, Path: "/", MaxAge: age}})
}

// CookieNames returns the names of the browser's cookies, sorted.
func (c *Client) CookieNames() []string {
	u, _ := url.Parse(c.URL)
	var names []string
	for _, ck := range c.HTTP.Jar.Cookies(u) {
		names = append(names, ck.Name)
	}
	slices.Sort(names)
	return names
}

// Header returns the Cookie header that the browser would send, for calls from Go on its behalf.
func (c *Client) Header() http.Header {
	var pairs []string
	for _, name := range c.CookieNames() {
		pairs = append(pairs, name+"="+c.Cookie(name))
	}
	return http.Header{"Cookie": {strings.Join(pairs, "; ")}}
}

// With returns the server for a test inside the one it was made for.
func (s *Server) With(t testing.TB) *Server {
	inner := *s
	inner.t = t
	return &inner
}

// Rows returns the matching rows of a model as stored.
func (s *Server) Rows(model string, where ...store.Cond) []store.Record {
	s.t.Helper()
	rows, err := s.Context().Store.Find(s.t.Context(), store.Query{Model: model, Where: where})
	if err != nil {
		s.t.Fatalf("find %s: %v", model, err)
	}
	return rows
}

// Row returns the only matching row; it ends the test when there is not exactly one.
func (s *Server) Row(model string, where ...store.Cond) store.Record {
	s.t.Helper()
	rows := s.Rows(model, where...)
	if len(rows) != 1 {
		s.t.Fatalf("%s %v: %d rows, want 1", model, where, len(rows))
	}
	return rows[0]
}

// Change sets fields of the matching rows, past every rule; it ends the test when none matches.
func (s *Server) Change(model string, set store.Record, where ...store.Cond) {
	s.t.Helper()
	if n, err := s.Context().Store.UpdateAll(s.t.Context(), model, where, set); err != nil || n == 0 {
		s.t.Fatalf("change %s: %d rows, %v", model, n, err)
	}
}
