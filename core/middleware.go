package core

import (
	"context"
	"errors"
	"net/http"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/routes"
	"github.com/goauth-dev/goauth/core/session"
)

// BasePath returns the path below which the operations are served, without a trailing slash; "" is the root. It is the
// path of the static base URL where that has one, else the option basePath.
func (a *Auth) BasePath() string { return a.paths.base }

// Session returns the session of whoever sent a request, which may be to any path of the application, or nil for a
// caller without one. It is the lookup of the guards: from the cookie cache when that is on and good, else from the
// store, extending the session when that is due. The cookies that the lookup would change are not written, so a browser
// learns of the extension when it next asks get-session. The hooks that run before get-session run here too, so that a
// plugin's way to say who calls works on the application's own routes. An *auth.Error is a hook's refusal, such as of a key
// that was used too often; any other error means that the storage or a hook failed.
// Upstream: auth.api.getSession.
func (a *Auth) Session(r *http.Request) (*auth.SignedIn, error) {
	// As for the routes: a write that has begun is finished, although the client goes away.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), requestTimeout)
	defer cancel()
	c := a.applicationCall(ctx, r)
	if answer, err := c.RunBefore(); err != nil || answer != nil {
		return c.Session, err
	}
	found, err := session.Lookup(c, session.LookupOptions{})
	if _, ended := errors.AsType[*auth.Error](err); ended { // revoked while it was being extended
		return nil, nil
	}
	if err != nil || found == nil {
		return nil, err
	}
	return found.SignedIn, nil
}

// applicationCall is a call on behalf of a request to the application's own routes. Its query is the application's and
// changes nothing here; a host that the routes would refuse leaves the base URL empty.
func (a *Auth) applicationCall(ctx context.Context, r *http.Request) *auth.Call {
	c := a.context.NewCall(ctx)
	c.Route, c.Method, c.Path = a.byKey[routes.GetSession.Key], auth.GET, routes.GetSession.Path
	c.Request, c.Header, c.Query = r, r.Header, js.NewObject()
	c.BaseURL, c.TrustedOrigins, c.Origins = a.baseURL, a.trusted.texts, a.trusted.compiled
	if a.baseURL == "" {
		if err := a.resolveURL(c, source(r)); err != nil {
			a.context.Logger.Debug("base URL of a request to the application", "error", err)
		}
	}
	return c
}

// CachedSession returns the session that the signed copy in the cookies holds, or nil when there is none, when it is
// broken or has expired, or when session.cookieCache is off. No store is asked: it is for quick decisions at the edge,
// such as which page to show, and a session that was revoked may pass until its copy ends. Upstream: getCookieCache.
func (a *Auth) CachedSession(h http.Header) *auth.SignedIn {
	c := a.context.NewCall(context.Background())
	c.Header = h
	return session.Cached(c)
}

// unauthorized is the guards' answer to a caller without a session.
var unauthorized = auth.Code{ID: "UNAUTHORIZED", Message: "Unauthorized"}

// RequireSession passes requests with a session on, with the session in the context for [SessionFrom], and answers the
// others 401 with {"message":"Unauthorized","code":"UNAUTHORIZED"}. When the storage fails it answers an empty 500, or 503
// while it is not available, and logs the cause. It does not ask where a request comes from: that session cookies are SameSite=Lax keeps other sites'
// forms out, and a route that writes on GET is not protected.
func (a *Auth) RequireSession(next http.Handler) http.Handler {
	refusal := failure(auth.Fail(http.StatusUnauthorized, unauthorized))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, err := a.Session(r)
		own, refused := errors.AsType[*auth.Error](err)
		switch {
		case refused:
			failure(own).write(w)
		case err != nil:
			a.context.Logger.Error("session lookup failed", "error", err)
			emptyFailure(err).write(w)
		case s == nil:
			refusal.write(w)
		default:
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), sessionKey{}, s)))
		}
	})
}

// failure renders an error without a call.
func failure(e *auth.Error) *response {
	body, _ := js.Marshal(e.Payload()) // two texts can always be rendered
	return &response{status: e.Status, header: http.Header{"Content-Type": {typeJSON}}, body: body}
}

type sessionKey struct{}

// SessionFrom returns the session that [Auth.RequireSession] found, or nil for a context that did not pass it.
func SessionFrom(ctx context.Context) *auth.SignedIn {
	s, _ := ctx.Value(sessionKey{}).(*auth.SignedIn)
	return s
}
