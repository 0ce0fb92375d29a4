package session

import (
	"net/http"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/internal/js"
)

// unauthorized is the answer to a caller without a session.
var unauthorized = auth.Code{ID: "UNAUTHORIZED", Message: "Unauthorized"}

// Required guards an operation that needs a session. Upstream: sessionMiddleware.
func Required(c *auth.Call) error { return require(current(c, LookupOptions{})) }

// Sensitive guards an operation that needs a session which the store confirms: a revoked one does not pass, although the
// client's copy may live on (UP-061). Without a store the copy is all there is. Upstream: sensitiveSessionMiddleware.
func Sensitive(c *auth.Call) error { return require(Confirmed(c)) }

// Fresh guards an operation that needs a recent sign-in, confirmed by the store. Upstream: freshSessionMiddleware.
func Fresh(c *auth.Call) error {
	if err := Sensitive(c); err != nil {
		return err
	}
	if !IsFresh(c, c.Session.Session) {
		return auth.Fail(http.StatusForbidden, auth.SessionNotFresh)
	}
	return nil
}

// IsFresh reports whether a session began recently enough for sensitive changes.
func IsFresh(c *auth.Call, s *auth.Session) bool {
	age := c.Options.Session.FreshAge
	return age < 0 || c.Now().Sub(s.CreatedAt) < age
}

func require(s *auth.SignedIn, err error) error {
	if err != nil {
		return err
	}
	if s == nil {
		return auth.Fail(http.StatusUnauthorized, unauthorized)
	}
	return nil
}

func truthy(query *auth.Object, name string) bool {
	v, ok := query.Get(name)
	return ok && js.Truthy(v)
}
