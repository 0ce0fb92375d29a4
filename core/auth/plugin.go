package auth

import (
	"context"
	"errors"
	"net/http"

	"github.com/goauth-dev/goauth/core/ratelimit"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// Plugin is everything that an extension adds, in one value. New refuses two owners of an endpoint, a field or a cookie,
// and two texts of one code, with a sentence that names both. Upstream: BetterAuthPlugin.
type Plugin struct {
	// ID names the plugin, as upstream does.
	ID string
	// Endpoints are the operations it serves.
	Endpoints []AnyEndpoint
	// Schema lists tables it adds, and fields it adds to existing ones. A field is not writable by the generic update
	// routes unless its Input is On.
	Schema []schema.Table
	// Before and After run around endpoints, after the application's own [Hooks].
	Before []BeforeHook
	After  []AfterHook
	// OnRequest may replace the request, path included, or answer it; it runs before routing and after the rate limit.
	OnRequest func(c *Call, r *http.Request) (*http.Request, *Answer, error)
	// OnResponse sees every answer before it is written, and may change it.
	OnResponse func(c *Call, reply *Reply) error
	// Middleware runs before the endpoints whose path matches.
	Middleware []Middleware
	// RateLimits replace the default limit of the paths they match.
	RateLimits []ratelimit.Matcher
	// Codes are the error codes it can answer.
	Codes []Code
	// Cookies are the logical names of the cookies it sets.
	Cookies []string
	// TrustedOrigins are added to the configuration's.
	TrustedOrigins []string
	// CheckPassword refuses a password that is about to be stored, whichever operation stores it: it runs in
	// [Call.HashPassword].
	CheckPassword func(c *Call, password string) error
	// RevokeAccess removes what the plugin keeps that lets somebody into a user's account. It runs in the transaction in
	// which the account's rightful owner first proves an address or a number: whoever set it up before may be somebody
	// else (UP-068).
	RevokeAccess func(c *Call, userID string) error
	// CheckUser refuses a user at every use of what stands for one: a session found in a store, an API key, a token. A
	// credential of a refused user counts as none. It runs often and reads nothing but the user.
	CheckUser func(c *Call, u *User) error
	// Services are what the plugin does for others: values of types that a shared package declares; see [Service].
	Services []any
	// DatabaseHooks run before the application's own.
	DatabaseHooks DatabaseHooks
	// Init runs once in New, when the context is complete.
	Init func(x *Context) error
}

// Hooks run around every endpoint. Upstream: hooks.
type Hooks struct {
	// Before may change c.Body, c.Query and c.Header, answer instead of the endpoint, or fail.
	Before func(c *Call) (*Answer, error)
	// After may change c.Returned and the reply, or fail.
	After func(c *Call) error
}

// BeforeHook runs before the endpoints that it matches, ahead of validation.
type BeforeHook struct {
	// Match says which calls; nil means all.
	Match func(c *Call) bool
	// Run may change c.Body, c.Query and c.Header; an answer ends the call; an error fails it.
	Run func(c *Call) (*Answer, error)
}

// AfterHook runs after the endpoints that it matches, also when they failed: c.Returned is then the *Error.
type AfterHook struct {
	// Match says which calls; nil means all.
	Match func(c *Call) bool
	// Run may change c.Returned and the reply; an error becomes the answer.
	Run func(c *Call) error
}

// Middleware runs for paths, after the origin check and before the hooks.
type Middleware struct {
	// Path is a route's path, or a prefix that ends in "/**".
	Path string
	// Run fails the call when it returns an error.
	Run func(c *Call) error
}

// Guard is a precondition of an endpoint, checked after validation.
type Guard func(c *Call) error

// Answer ends a call early with a value.
type Answer struct {
	// Status is the HTTP status; 0 means 200.
	Status int
	// Value is rendered as an endpoint's result is.
	Value any
}

// DatabaseHooks run around writes of the core tables. Upstream: databaseHooks.
type DatabaseHooks struct {
	User         ModelHooks
	Session      ModelHooks
	Account      ModelHooks
	Verification ModelHooks
}

// Model returns the hooks of a core model, or none.
func (h *DatabaseHooks) Model(name string) *ModelHooks {
	switch name {
	case "user":
		return &h.User
	case "session":
		return &h.Session
	case "account":
		return &h.Account
	case "verification":
		return &h.Verification
	default:
		return &noHooks
	}
}

var noHooks ModelHooks

// ErrAbort is what a Before hook returns to make the write not happen; the operation then fails as upstream's does when a
// hook returns false.
var ErrAbort = errors.New("auth: a database hook aborted the write")

// ModelHooks run around writes of one table. Before hooks run inside the transaction of the write: their error rolls it
// back. After hooks run once it is committed: their error is logged and changes nothing. The record that a Before hook
// returns is merged into the data.
type ModelHooks struct {
	BeforeCreate func(ctx context.Context, c *Call, data store.Record) (store.Record, error)
	AfterCreate  func(ctx context.Context, c *Call, row store.Record) error
	BeforeUpdate func(ctx context.Context, c *Call, data store.Record) (store.Record, error)
	AfterUpdate  func(ctx context.Context, c *Call, row store.Record) error
	BeforeDelete func(ctx context.Context, c *Call, row store.Record) error
	AfterDelete  func(ctx context.Context, c *Call, row store.Record) error
}
