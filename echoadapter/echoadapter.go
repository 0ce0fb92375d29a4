package echoadapter

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
)

// Mount serves every operation of a below its base path, which is "/api/auth" unless the options say otherwise.
// Middleware runs for these routes only. The path is the whole one, so mount on the Echo itself, not in a group.
func Mount(e *echo.Echo, a *core.Auth, middleware ...echo.MiddlewareFunc) {
	e.Any(a.BasePath()+"/*", echo.WrapHandler(a), middleware...)
}

// RequireSession passes requests with a session on, and answers the others 401 with
// {"message":"Unauthorized","code":"UNAUTHORIZED"}; when the storage fails, with an empty 500. Behind it [Session] is not
// nil. See [core.Auth.RequireSession] for what it does not check.
func RequireSession(a *core.Auth) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) (err error) {
			a.RequireSession(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				c.SetRequest(r)
				err = next(c)
			})).ServeHTTP(c.Response(), c.Request())
			return err
		}
	}
}

// Session returns the caller's session and user, or nil on a route without [RequireSession]. Where a session is optional
// ask [core.Auth.Session].
func Session(c echo.Context) *auth.SignedIn {
	return core.SessionFrom(c.Request().Context())
}
