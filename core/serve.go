package core

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/internal/js"
)

// requestTimeout bounds the work for one request. A client that goes away does not end it: a write that has begun is
// finished or rolled back.
const requestTimeout = 15 * time.Second

// exchange is one request on its way through the stages. Each stage fills fields that later ones read.
type exchange struct {
	auth *Auth
	req  *http.Request
	// rawPath is the request's path, dot segments resolved; path is the part below the base path, trailing slash removed.
	rawPath, path string
	call          *auth.Call
	// thrown says that the connection is to be aborted instead of answered. Upstream: onAPIError.throw.
	thrown bool
}

// stage does one thing to every request: it may answer, fail, or let the request pass.
type stage struct {
	name string
	run  func(*exchange) (*response, error)
}

// stages are what happens to a request, in order.
var stages = []stage{
	{"base URL", (*exchange).resolveBaseURL},
	{"disabled", (*exchange).refuseDisabled},
	{"rate limit", (*exchange).limitRate},
	{"onRequest", (*exchange).callPlugins},
	{"route", (*exchange).findRoute},
	{"body", (*exchange).readBody},
	{"origin", (*exchange).checkOrigin},
	{"path", (*exchange).runMiddleware},
	{"dispatch", (*exchange).dispatch},
}

// ServeHTTP implements http.Handler. It answers every request: paths outside the base path with 404.
func (a *Auth) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), requestTimeout)
	defer cancel()
	x := &exchange{auth: a, req: r, call: a.context.NewCall(ctx)}
	x.call.Request, x.call.Header, x.call.Method = r, r.Header, r.Method
	res := x.answer()
	if x.thrown {
		panic(http.ErrAbortHandler)
	}
	if len(r.TransferEncoding) > 0 {
		// net/http drops a Content-Length beside Transfer-Encoding, so what a proxy took for the body may stand next on the
		// connection: nothing more is read from it (RFC 9112 §6.1, FAULT-016).
		w.Header().Set("Connection", "close")
	}
	res.write(w)
}

// answer serves the request and shows the answer to the plugins.
func (x *exchange) answer() (res *response) {
	defer func() {
		if p := recover(); p != nil {
			res = x.renderError(&panicError{p, debug.Stack()})
		}
	}()
	res = x.serve()
	if err := x.onResponse(res); err != nil {
		res = x.renderError(err)
	}
	return res
}

// serve runs the stages until one answers.
func (x *exchange) serve() (res *response) {
	defer func() {
		if p := recover(); p != nil {
			res = x.renderError(&panicError{p, debug.Stack()})
		}
	}()
	for _, s := range stages {
		res, err := s.run(x)
		if err != nil {
			return x.renderError(err)
		}
		if res != nil {
			return res
		}
	}
	return notFound()
}

// panicError is a panic of a handler, a hook or a plugin.
type panicError struct {
	value any
	stack []byte
}

// Error implements error.
func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

// refuseDisabled answers disabled paths.
func (x *exchange) refuseDisabled() (*response, error) {
	if x.auth.paths.disabled[x.path] {
		return textResponse(http.StatusNotFound, "Not Found"), nil
	}
	return nil, nil
}

// limitRate counts the request and refuses it when there were too many.
func (x *exchange) limitRate() (*response, error) {
	if x.auth.limits == nil {
		return nil, nil
	}
	return x.auth.limits.check(x.call.Ctx(), x.req, x.path)
}

// callPlugins lets plugins replace the request or answer it.
func (x *exchange) callPlugins() (*response, error) {
	for i := range x.call.Options.Plugins {
		p := &x.call.Options.Plugins[i]
		if p.OnRequest == nil {
			continue
		}
		r, answer, err := p.OnRequest(x.call, x.req)
		if err != nil {
			return nil, err
		}
		if answer != nil {
			x.call.Reply.Status = answer.Status
			return x.render(answer.Value)
		}
		if r != nil {
			x.req, x.call.Request, x.call.Header, x.call.Method = r, r, r.Header, r.Method
			x.readPath()
		}
	}
	return nil, nil
}

// findRoute matches the method and the path.
func (x *exchange) findRoute() (*response, error) {
	below, ok := x.auth.paths.below(x.rawPath)
	if !ok {
		return notFound(), nil
	}
	route, params := x.auth.routes.find(x.req.Method, below)
	if route == nil {
		return notFound(), nil
	}
	x.call.Route, x.call.Params = route, params
	x.call.Query = js.ParseQuery(x.req.URL.RawQuery)
	return nil, nil
}

// checkOrigin refuses requests from, and redirects to, places that are not trusted. Reads change nothing and pass.
func (x *exchange) checkOrigin() (*response, error) {
	switch x.req.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return nil, nil
	}
	if err := x.call.CheckRequestOrigin(false); err != nil {
		return nil, err
	}
	return nil, x.call.CheckRedirects()
}

// runMiddleware runs the plugins' middleware for the path.
func (x *exchange) runMiddleware() (*response, error) {
	for i := range x.call.Options.Plugins {
		for _, m := range x.call.Options.Plugins[i].Middleware {
			if !matchesPath(m.Path, x.path) {
				continue
			}
			if err := m.Run(x.call); err != nil {
				return nil, err
			}
		}
	}
	return nil, nil
}

// dispatch runs the operation and renders its result.
func (x *exchange) dispatch() (*response, error) {
	value, err := x.call.Run()
	if err != nil {
		return nil, err
	}
	return x.render(value)
}

// onResponse lets plugins change the answer's status and headers.
func (x *exchange) onResponse(res *response) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &panicError{p, debug.Stack()}
		}
	}()
	reply := &auth.Reply{Status: res.status, Header: res.header}
	for i := range x.call.Options.Plugins {
		if h := x.call.Options.Plugins[i].OnResponse; h != nil {
			if err := h(x.call, reply); err != nil {
				return err
			}
		}
	}
	res.status, res.header = reply.Status, reply.Header
	return nil
}

// Run implements [auth.Caller]: it enters the stages at dispatch, on behalf of a client when there are headers.
func (a *Auth) Run(ctx context.Context, key string, in auth.Input) (res *auth.Result, err error) {
	route := a.byKey[key]
	if route == nil {
		return nil, fmt.Errorf("auth: no operation %q: is its plugin configured?", key)
	}
	c := a.context.NewCall(ctx)
	c.Route, c.Request, c.Header, c.Params, c.Path = route, in.Request, in.Header, in.Params, route.Path
	c.Body, c.HasBody, c.Query = in.Body, in.Body != nil, in.Query
	if c.Query == nil {
		c.Query = js.NewObject()
	}
	if c.Method = in.Method; c.Method == "" {
		c.Method = route.Methods[0]
	}
	defer func() {
		if p := recover(); p != nil {
			a.context.Logger.Error("operation panicked", "operation", key, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("auth: operation %s panicked", key)
		}
	}()
	if err := a.resolveForCall(c); err != nil {
		return nil, err
	}
	value, err := c.Run()
	return &auth.Result{Value: value, Reply: c.Reply}, err
}
