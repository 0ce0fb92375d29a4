// Package customsession replaces what get-session answers by what a function of the application makes of the session.
// Upstream: custom-session.
package customsession

import (
	"errors"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/session"
)

// Options configures the plugin.
type Options struct {
	// ShouldMutateListDeviceSessionsEndpoint applies the function to each session that list-device-sessions of the plugin
	// multi-session answers. Default: off.
	ShouldMutateListDeviceSessionsEndpoint bool `option:"shouldMutateListDeviceSessionsEndpoint"`
}

// Func makes the answer of a session; it is rendered as JSON. Its error is the answer of the request.
type Func func(c *auth.Call, s *auth.SignedIn) (any, error)

// New returns the plugin. Go code that wants the session itself still has core.Auth.SessionFrom and the like: only the
// operation getSession answers what fn returns.
func New(fn Func, o Options) auth.Plugin {
	p := auth.Plugin{
		ID: "custom-session",
		Endpoints: []auth.AnyEndpoint{auth.Endpoint[GetSessionIn, any]{
			Key: "getSession", OperationID: "getSession", Method: auth.GET, Path: "/get-session", Doc: "Get custom session data",
			NeedsHeader: true, Replaces: true, Handle: fn.getSession,
		}},
	}
	if o.ShouldMutateListDeviceSessionsEndpoint {
		p.After = []auth.AfterHook{{Match: listsSessions, Run: fn.mapList}}
	}
	return p
}

// GetSessionIn is the input of the operation getSession.
type GetSessionIn struct {
	DisableCookieCache bool `query:"disableCookieCache,optional" is:"coerced" doc:"Disable cookie cache and fetch session from database"`
	DisableRefresh     bool `query:"disableRefresh,optional" is:"coerced" doc:"Disable session refresh. Useful for checking session status, without updating the session"`
}

func (fn Func) getSession(c *auth.Call, in GetSessionIn) (any, error) {
	c.Reply.Header.Set("Cache-Control", "no-store") // (UP-098)
	c.Reply.Header.Set("Pragma", "no-cache")
	found, err := session.Lookup(c, session.LookupOptions{NoCache: in.DisableCookieCache, NoRefresh: in.DisableRefresh})
	if err != nil {
		if _, ended := errors.AsType[*auth.Error](err); ended {
			return nil, nil
		}
		return nil, err
	}
	if found == nil {
		return nil, nil
	}
	return fn(c, &auth.SignedIn{Session: c.VisibleSession(found.Session), User: c.VisibleUser(found.User)})
}

func listsSessions(c *auth.Call) bool { return c.Route.Path == "/multi-session/list-device-sessions" }

// mapList applies the function to each session of a list.
func (fn Func) mapList(c *auth.Call) error {
	list, ok := c.Returned.([]*auth.SignedIn)
	if !ok {
		return nil
	}
	answers := make([]any, len(list))
	for i, s := range list {
		answer, err := fn(c, s)
		if err != nil {
			return err
		}
		answers[i] = answer
	}
	c.Returned = answers
	return nil
}
