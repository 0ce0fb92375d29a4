package goauth

import (
	"context"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
)

// Auth is one configured server: an http.Handler, and middleware for the application's own routes. It is safe for
// concurrent use.
type Auth = core.Auth

// New builds a server. The zero Options work in development: without a database, users are kept in memory and sessions in
// cookies. An error is one sentence for each thing that is wrong. End the server with [Auth.Close].
func New(o Options) (*Auth, error) { return core.New(o) }

// SessionFrom returns the session and user that [Auth.RequireSession] found, or nil for a context that did not pass it.
func SessionFrom(ctx context.Context) *SignedIn { return core.SessionFrom(ctx) }

// Fail returns the error by which a hook answers with a status, and a code and its text.
func Fail(status int, code Code) *Error { return auth.Fail(status, code) }

// Redirect returns the error by which a hook sends the client to url with status 302.
func Redirect(url string) *Error { return auth.Redirect(url) }
