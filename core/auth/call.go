package auth

import (
	"context"
	"net/http"

	"github.com/goauth-dev/goauth/core/crypto"
	"github.com/goauth-dev/goauth/core/internal/ip"
	"github.com/goauth-dev/goauth/core/origin"
)

// Call is one run of an operation, for a request or from Go. It belongs to one goroutine.
// Upstream: GenericEndpointContext.
type Call struct {
	*Context

	// Route is the operation.
	Route *Route
	// Method is the request's method.
	Method string
	// Request is the request, or nil for a call from Go. Its body is consumed.
	Request *http.Request
	// Header is the request's headers. Nil: the server itself calls, on nobody's behalf.
	Header http.Header
	// Body is the decoded body: nil, bool, js number, string, []any or *Object.
	Body any
	// HasBody says that there was one.
	HasBody bool
	// Query is the decoded query; a repeated key holds a []any.
	Query *Object
	// Params are the route's parameters.
	Params map[string]string

	// BaseURL is the public URL of the routes, base path included.
	BaseURL string
	// Path is the request's path below the base path, without a trailing slash; for a call from Go the route's.
	Path string
	// TrustedOrigins are the origins and patterns that this call trusts; Origins are the same, compiled.
	TrustedOrigins []string
	Origins        origin.List
	// CookieSet are the core's cookies for this call.
	CookieSet *Cookies

	// Session is the caller's session once a guard or a service has looked it up.
	Session *SignedIn
	// SessionCopied says that Session is the client's own copy, which no store has confirmed.
	SessionCopied bool
	// NewSession is the session that this call created or changed. Upstream: ctx.context.newSession.
	NewSession *SignedIn
	// Returned is the operation's result while after-hooks run: its value, or the *Error.
	Returned any
	// OAuthState is the data of the sign-in through a provider that this call begins or ends, additionalData among it, once
	// it is known. Upstream: getOAuthState.
	OAuthState *Object
	// Reply collects the answer's status, headers and cookies.
	Reply *Reply

	ctx        context.Context
	tx         *transaction
	deferring  bool
	ownHost    string
	deferred   []func()
	staleToken string
}

// NewCall returns a call of the server itself, for services that run outside a request.
func (x *Context) NewCall(ctx context.Context) *Call {
	return &Call{Context: x, CookieSet: x.Cookies, Reply: NewReply(), ctx: ctx}
}

// Ctx returns the context to pass on: it carries the transaction inside [Call.InTx].
func (c *Call) Ctx() context.Context { return c.ctx }

// SetCtx replaces the context.
func (c *Call) SetCtx(ctx context.Context) { c.ctx = ctx }

// ClientIP returns the client's address in its normal form, or "" when it is unknown or must not be tracked.
func (c *Call) ClientIP() string {
	if c.Header == nil {
		return ""
	}
	return c.Context.ClientIP(c.Header)
}

// ClientIP returns the address that headers give, or "" when it is unknown or must not be tracked. In development and
// test an unknown address is 127.0.0.1. Upstream: getIp.
func (x *Context) ClientIP(h http.Header) string {
	return ip.Client(h, x.ips)
}

// PeerIP returns the address that a connection comes from, in the same form, given http.Request.RemoteAddr: the client's, or
// that of a proxy which tells nothing about the client. It is "" when there is none.
func (x *Context) PeerIP(remoteAddr string) string { return ip.Peer(remoteAddr, x.ips) }

// NewID returns the id of a new row of model, or "" when the database makes it.
func (c *Call) NewID(model string) (string, error) {
	db := &c.Options.Advanced.Database
	switch {
	case db.GenerateIDFunc != nil:
		return db.GenerateIDFunc(model), nil
	case db.GenerateID == "uuid":
		return crypto.UUIDv4(c.Random)
	case db.GenerateID == "serial", db.GenerateID == "false":
		return "", nil
	default:
		return c.RandomID(idLength)
	}
}

// idLength is the length of ids and session tokens.
const idLength = 32

// RandomID returns n random letters and digits. Upstream: generateId.
func (c *Call) RandomID(n int) (string, error) {
	return crypto.RandomString(c.Random, n, crypto.AlphaNumeric)
}

// Send queues a sender's work; its errors are logged. Upstream: runInBackgroundOrAwait.
func (c *Call) Send(name string, send func(ctx context.Context) error) {
	c.later(func() { c.Background.Go(c.ctx, name, send) })
}

// ShareCookies gives the call cookies for the host's subdomains, when cross-subdomain cookies are on and no domain is set.
func (c *Call) ShareCookies(host string) {
	shared := &c.Options.Advanced.CrossSubDomainCookies
	if !shared.Enabled || shared.Domain != "" || host == c.cookieHost {
		return
	}
	c.CookieSet = NewCookies(&c.Options, c.Secure, host)
	c.ownHost = host
}
