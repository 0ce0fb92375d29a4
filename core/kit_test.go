package core_test

import (
	"net/http"
	"testing"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/store"
)

const (
	testSecret   = authtest.Secret
	testPassword = authtest.Password
	apiBase      = authtest.BasePath
)

type (
	request = authtest.Request
	mail    = authtest.Mail
	// answer has methods of these tests beside the kit's.
	answer authtest.Answer
)

// server is the kit's, with what these tests ask of it.
type server struct {
	*authtest.Server
	t testing.TB
}

// newServer is [authtest.New].
func newServer(t testing.TB, change func(o *auth.Options)) *server {
	t.Helper()
	return &server{authtest.New(t, change), t}
}

// count returns how many rows of a model match.
func (s *server) count(model string, where ...store.Cond) int {
	s.t.Helper()
	return s.Server.With(s.t).Count(model, where...)
}

// waitMail returns the n-th mail, from 1, waiting for the background runner.
func (s *server) waitMail(n int) mail {
	s.t.Helper()
	return s.Outbox.Wait(n)
}

// client is the kit's browser.
type client struct {
	*server
	browser *authtest.Client
}

// client returns a browser without cookies.
func (s *server) client() *client { return &client{s, s.Server.With(s.t).Client()} }

func (c *client) do(r request) answer { c.t.Helper(); return answer(c.browser.Do(r)) }

func (c *client) get(path string) answer { c.t.Helper(); return c.do(request{Path: path}) }

func (c *client) post(path string, body any) answer {
	c.t.Helper()
	return c.do(request{Method: http.MethodPost, Path: path, Body: body})
}

func (c *client) cookie(name string) string { return c.browser.Cookie(name) }

func (c *client) signUp(email string) { c.t.Helper(); c.browser.SignUp(email) }

func (c *client) signIn(email string) { c.t.Helper(); c.browser.SignIn(email) }

// code returns the answer's error code.
func (a answer) code() string { return authtest.Answer(a).Code() }
