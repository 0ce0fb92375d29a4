package auth

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
)

// The methods that endpoints serve.
const (
	GET  = http.MethodGet
	POST = http.MethodPost
)

// Media types that an endpoint may accept.
const (
	MediaJSON = "application/json"
	MediaForm = "application/x-www-form-urlencoded"
)

// Endpoint is one operation: a route, and a typed function that Go code may call too.
//
// In is a struct whose tags say where each field comes from and what is accepted; see [Endpoint.Call] for calls and the
// package documentation for the tags. Out is what the operation answers, rendered as JSON.
type Endpoint[In, Out any] struct {
	// Key is upstream's name of the operation in auth.api.
	Key string
	// Path is the route below the base path; segments that start with ":" are parameters. Empty: callable from Go only.
	Path string
	// Method is GET or POST. Methods lists several, the first being the default of calls from Go.
	Method  string
	Methods []string
	// Doc says what the operation does, for OpenAPI.
	Doc string
	// OperationID is its name in OpenAPI; empty where upstream's document gives it none.
	OperationID string
	// Hidden keeps it out of OpenAPI.
	Hidden bool
	// ServerOnly keeps it off HTTP. Upstream: metadata.SERVER_ONLY.
	ServerOnly bool
	// NeedsHeader refuses calls from Go without request headers. Upstream: requireHeaders.
	NeedsHeader bool
	// NeedsRequest refuses calls from Go without a request. Upstream: requireRequest.
	NeedsRequest bool
	// Replaces puts the operation in the place of the core's with the same key, whose routes are then gone.
	Replaces bool
	// Media lists the accepted media types of a body. Default: JSON.
	Media []string
	// Use lists the guards, in order.
	Use []Guard
	// Handle does the work.
	Handle func(c *Call, in In) (Out, error)
}

// AnyEndpoint is an [Endpoint] of any types.
type AnyEndpoint interface {
	// Route erases the endpoint's types. It fails when a tag of In is wrong.
	Route() (*Route, error)
}

// Route is an endpoint without its types, as the server keeps it.
type Route struct {
	Key, Path, Doc, OperationID     string
	Methods                         []string
	Hidden, ServerOnly, NeedsHeader bool
	NeedsRequest, Replaces          bool
	Media                           []string
	Use                             []Guard
	// In and Out are the endpoint's types.
	In, Out reflect.Type

	binding *binding
	handle  func(c *Call, in any) (any, error)
}

// Route implements [AnyEndpoint].
func (e Endpoint[In, Out]) Route() (*Route, error) {
	in, out := reflect.TypeFor[In](), reflect.TypeFor[Out]()
	b, err := newBinding(in)
	if err != nil {
		return nil, fmt.Errorf("endpoint %q: %w", e.Key, err)
	}
	r := &Route{
		Key: e.Key, Path: e.Path, Doc: e.Doc, OperationID: e.OperationID, Methods: e.Methods,
		Hidden: e.Hidden, ServerOnly: e.ServerOnly || e.Path == "", NeedsHeader: e.NeedsHeader,
		NeedsRequest: e.NeedsRequest, Replaces: e.Replaces,
		Media: e.Media, Use: e.Use, In: in, Out: out, binding: b,
		handle: func(c *Call, in any) (any, error) { return e.Handle(c, *in.(*In)) },
	}
	if len(r.Methods) == 0 {
		r.Methods = []string{e.Method}
	}
	if len(r.Media) == 0 {
		r.Media = []string{MediaJSON}
	}
	return r, nil
}

// Caller runs operations in process; *core.Auth is one.
type Caller interface {
	// Run runs the operation with the key, hooks and guards included.
	Run(ctx context.Context, key string, call Input) (*Result, error)
}

// Input is what a call from Go passes to an operation.
type Input struct {
	// Body, Query and Params are what a request would carry, as trees; a typed call fills them from its input.
	Body   any
	Query  *Object
	Params map[string]string
	// Header is the request headers on whose behalf the call is made; nil for a call of the server itself.
	Header http.Header
	// Request is the request on whose behalf the call is made, if there is one.
	Request *http.Request
	// Method chooses among several. Default: the first.
	Method string
}

// Result is what a call returns.
type Result struct {
	// Value is the operation's answer.
	Value any
	// Reply holds the status, headers and cookies that a client would have got.
	Reply *Reply
}

// CallOption changes one call from Go.
type CallOption func(*callOptions)

type callOptions struct {
	input Input
	reply **Reply
}

// WithHeader makes the call on behalf of a client with these request headers: its cookies identify the session.
func WithHeader(h http.Header) CallOption { return func(o *callOptions) { o.input.Header = h } }

// WithRequest makes the call on behalf of a request. The request's origin is not checked again.
func WithRequest(r *http.Request) CallOption {
	return func(o *callOptions) { o.input.Request, o.input.Header = r, r.Header }
}

// WithMethod chooses the method of an endpoint that serves several.
func WithMethod(method string) CallOption { return func(o *callOptions) { o.input.Method = method } }

// WithReply stores the status, headers and cookies of the answer in *reply, also when the call fails.
func WithReply(reply **Reply) CallOption { return func(o *callOptions) { o.reply = reply } }

// Call runs the operation in process. Hooks, validation and guards run as for a request; the origin check and the rate
// limit do not. It fails with an [*Error] where a client would have got one.
func (e Endpoint[In, Out]) Call(ctx context.Context, a Caller, in In, opts ...CallOption) (Out, error) {
	var zero Out
	var o callOptions
	for _, opt := range opts {
		opt(&o)
	}
	b, err := newBinding(reflect.TypeFor[In]())
	if err != nil {
		return zero, err
	}
	b.fill(&o.input, reflect.ValueOf(&in).Elem())
	res, err := a.Run(ctx, e.Key, o.input)
	if res != nil && o.reply != nil {
		*o.reply = res.Reply
	}
	if err != nil {
		return zero, err
	}
	out, ok := res.Value.(Out)
	if !ok && res.Value != nil {
		return zero, fmt.Errorf("auth: a hook replaced the result of %s by a %T", e.Key, res.Value)
	}
	return out, nil
}
