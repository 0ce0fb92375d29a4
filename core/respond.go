package core

import (
	"cmp"
	"errors"
	"net/http"
	"runtime/debug"
	"strconv"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/store"
)

// response is an answer, written once.
type response struct {
	status  int
	header  http.Header
	cookies []string
	body    []byte
}

const (
	typeJSON = "application/json"
	typeText = "text/plain;charset=UTF-8"
)

func notFound() *response { return &response{status: http.StatusNotFound, header: http.Header{}} }

func textResponse(status int, text string) *response {
	return &response{status: status, header: http.Header{"Content-Type": {typeText}}, body: []byte(text)}
}

var nosniff = []string{"nosniff"}

// write sends the answer.
func (r *response) write(w http.ResponseWriter) {
	h := w.Header()
	for name, values := range r.header {
		h[name] = values
	}
	if len(r.cookies) > 0 {
		h["Set-Cookie"] = append(h["Set-Cookie"], r.cookies...)
	}
	if r.header["Content-Type"] == nil {
		h["Content-Type"] = nil // no guessing, neither here
	}
	h["X-Content-Type-Options"] = nosniff // nor by a browser (HTTP-05)
	h["Content-Length"] = []string{strconv.Itoa(len(r.body))}
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body) // a client that went away is nobody's error
}

// render turns an operation's result into an answer.
func (x *exchange) render(value any) (*response, error) {
	if raw, ok := value.(*auth.Raw); ok {
		res := &response{cmp.Or(raw.Status, http.StatusOK), raw.Header, x.call.Reply.SetCookies(), raw.Body}
		if res.header == nil {
			res.header = http.Header{}
		}
		return res, nil
	}
	body, err := js.Marshal(value)
	if err != nil {
		return nil, err
	}
	res := &response{http.StatusOK, x.call.Reply.Header, x.call.Reply.SetCookies(), body}
	if x.call.Reply.Status != 0 {
		res.status = x.call.Reply.Status
	}
	res.header["Content-Type"] = []string{typeJSON}
	return res, nil
}

// renderError turns an error into an answer: an [auth.Error] as it says, anything else without a body.
func (x *exchange) renderError(err error) *response {
	x.report(err)
	failure, ok := errors.AsType[*auth.Error](err)
	if !ok {
		return emptyFailure(err)
	}
	res := &response{failure.Status, x.call.Reply.Header, x.call.Reply.SetCookies(), nil}
	for name, values := range failure.Header {
		res.header[name] = values
	}
	res.header["Content-Type"] = []string{typeJSON}
	if payload := failure.Payload(); payload != nil {
		if res.body, err = js.Marshal(payload); err != nil {
			x.call.Logger.Error("error body cannot be rendered", "error", err)
		}
	}
	return res
}

// emptyFailure is the answer to an error that is nobody's answer: 503 while storage is not available (FAULT-005), else 500.
func emptyFailure(err error) *response {
	if errors.Is(err, store.ErrUnavailable) {
		return &response{status: http.StatusServiceUnavailable, header: http.Header{"Retry-After": {"1"}}}
	}
	return &response{status: http.StatusInternalServerError, header: http.Header{}}
}

// report tells the log, or the application's observer, about an error. Redirects are not errors.
func (x *exchange) report(err error) {
	failure, isAnswer := errors.AsType[*auth.Error](err)
	if isAnswer && failure.Status == http.StatusFound {
		return
	}
	o := &x.call.Options.OnAPIError
	if o.OnError != nil {
		x.observe(err)
	} else {
		x.log(err, failure)
	}
	x.thrown = x.thrown || o.Throw && !isAnswer
}

// observe tells the application's observer, whose own failure is only logged.
func (x *exchange) observe(err error) {
	defer func() {
		if p := recover(); p != nil {
			x.call.Logger.Error("onAPIError.onError panicked", "panic", p, "stack", string(debug.Stack()))
		}
	}()
	x.call.Options.OnAPIError.OnError(err, x.call)
}

func (x *exchange) log(err error, failure *auth.Error) {
	logger, where := x.call.Logger, []any{"method", x.req.Method, "path", x.routePath(), "error", err}
	if p, ok := errors.AsType[*panicError](err); ok {
		where = append(where, "stack", string(p.stack))
	}
	_, clientFault := errors.AsType[*unreadable](err)
	switch {
	case clientFault, failure != nil && failure.Status < http.StatusInternalServerError:
		logger.Debug("request refused", where...)
	default:
		logger.Error("request failed", where...)
	}
}

// routePath is the route's pattern: a path may hold a token.
func (x *exchange) routePath() string {
	if x.call.Route != nil {
		return x.call.Route.Path
	}
	return "?"
}
