package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/goauth-dev/goauth/reference/internal/format"
	"github.com/goauth-dev/goauth/reference/internal/harness"
	"github.com/goauth-dev/goauth/reference/internal/wire"
)

// talk is a check told as a conversation. The first answer that is not as it should be is kept, and nothing more is sent.
type talk struct {
	ctx context.Context
	err error
}

// told makes a check of a conversation.
func told(tell func(t *talk, here, there *harness.Server)) func(ctx context.Context, d direction) error {
	return func(ctx context.Context, d direction) error {
		t := &talk{ctx: ctx}
		tell(t, d.issuer, d.other)
		return t.err
	}
}

// expect sends and wants a status.
func (t *talk) expect(status int, b *browser, s *harness.Server, method, path string, body any) answer {
	if t.err != nil {
		return answer{}
	}
	a, err := b.must(t.ctx, s, status, method, path, body)
	t.err = err
	return a
}

// post sends a body and wants a 200.
func (t *talk) post(b *browser, s *harness.Server, path string, body obj) answer {
	return t.expect(200, b, s, "POST", path, body)
}

// get asks and wants a 200.
func (t *talk) get(b *browser, s *harness.Server, path string) answer {
	return t.expect(200, b, s, "GET", path, nil)
}

// refused sends a body and wants an error of the caller's.
func (t *talk) refused(b *browser, s *harness.Server, path string, body obj) {
	if t.err != nil {
		return
	}
	a, err := b.send(t.ctx, s, "POST", path, body)
	if t.err = err; err == nil && (a.status < 400 || a.status >= 500) {
		t.err = fmt.Errorf("%s: POST %s answered %d, want a refusal: %v", s.Kind, path, a.status, a.body)
	}
}

// call runs an operation of the server's own code and returns its answer, whatever its status.
func (t *talk) call(s *harness.Server, name string, body obj) answer {
	if t.err != nil {
		return answer{}
	}
	text, err := format.JSON(obj{"name": name, "body": body})
	if err != nil {
		t.err = fmt.Errorf("encode the call of %s: %w", name, err)
		return answer{}
	}
	res, err := wire.Do(t.ctx, s.Addr(), wire.Request{
		Method: "POST", Target: "/__conformance/call", Body: text, Headers: []wire.Header{{Name: "content-type", Value: "application/json"}},
	})
	if err != nil {
		t.err = err
		return answer{}
	}
	var out struct {
		Status int `json:"status"`
		Body   any `json:"body"`
	}
	if err := json.Unmarshal(res.Body, &out); err != nil {
		t.err = fmt.Errorf("%s: %s answered %q: %w", s.Kind, name, res.Body, err)
	}
	return answer{status: out.Status, body: out.Body}
}

// mailed is a field of the newest message of a kind.
func (t *talk) mailed(s *harness.Server, kind, field string) string {
	if t.err != nil {
		return ""
	}
	text, err := mail(s, kind, field)
	t.err = err
	return text
}

// exec changes the rows that both servers read.
func (t *talk) exec(s *harness.Server, statement string, args ...any) {
	if t.err == nil {
		t.err = s.Exec(t.ctx, statement, args...)
	}
}

// count wants a number of rows.
func (t *talk) count(s *harness.Server, want int, query string, args ...any) {
	if t.err != nil {
		return
	}
	n, err := s.Count(t.ctx, query, args...)
	if t.err = err; err == nil && n != want {
		t.err = fmt.Errorf("%s gives %d, want %d", query, n, want)
	}
}

// same wants two values, as they are printed, to be one.
func (t *talk) same(what string, got, want any) {
	if l, r := fmt.Sprint(got), fmt.Sprint(want); t.err == nil && l != r {
		t.err = fmt.Errorf("%s is %s, want %s", what, l, r)
	}
}

// agree asks both servers the same, and wants one answer.
func (t *talk) agree(b *browser, here, there *harness.Server, path string) answer {
	l, r := t.get(b, here, path), t.get(b, there, path)
	t.same(fmt.Sprintf("%s of %s", path, there.Kind), r.body, l.body)
	return l
}

// signedIn wants a session and returns it.
func (t *talk) signedIn(b *browser, s *harness.Server) answer {
	a := t.get(b, s, "/get-session")
	if t.err == nil && a.body == nil {
		t.err = fmt.Errorf("%s does not accept the session", s.Kind)
	}
	return a
}

// signedOut wants no session.
func (t *talk) signedOut(b *browser, s *harness.Server) {
	a := t.get(b.copy(), s, "/get-session")
	if t.err == nil && a.body != nil {
		t.err = fmt.Errorf("%s accepts the session: %v", s.Kind, a.body)
	}
}

// member signs a new user up and returns the browser and the user's id.
func (t *talk) member(s *harness.Server, name string) (b *browser, id string) {
	b = newBrowser()
	a := t.post(b, s, "/sign-up/email", obj{"name": name, "email": name + "@example.com", "password": password})
	return b, a.text("user.id")
}

// enter signs a user in with a password.
func (t *talk) enter(b *browser, s *harness.Server, name string) answer {
	return t.post(b, s, "/sign-in/email", obj{"email": name + "@example.com", "password": password})
}
