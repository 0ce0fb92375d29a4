// Package multisession keeps the sessions of several users in one browser, each in a signed cookie of its own, and changes
// between them. Upstream: multi-session.
package multisession

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/session"
)

// Options configures the plugin.
type Options struct {
	// MaximumSessions is how many sessions one browser keeps. A further one is signed in and replaces the active session, but
	// cannot be changed back to. Default: 5.
	MaximumSessions int `option:"maximumSessions"`
}

// InvalidSessionToken is the answer to a token that the browser has no good cookie of.
var InvalidSessionToken = auth.Code{ID: "INVALID_SESSION_TOKEN", Message: "Invalid session token"}

// New returns the plugin.
func New(o Options) auth.Plugin {
	o.MaximumSessions = cmp.Or(o.MaximumSessions, 5)
	return auth.Plugin{
		ID:        "multi-session",
		Endpoints: []auth.AnyEndpoint{ListDeviceSessions, SetActiveSession, RevokeDeviceSession},
		After:     []auth.AfterHook{{Run: o.remember}, {Match: signsOut, Run: forgetAll}},
		Codes:     []auth.Code{InvalidSessionToken},
	}
}

// infix marks the cookies of this plugin: the session cookie's name, the infix, the token in lower case.
const infix = "_multi-"

// kept is one remembered session: the name of its cookie, and the token that the signature vouches for, or "" when it does
// not.
type kept struct{ name, token string }

// cookieOf returns the cookie that remembers a session.
func cookieOf(c *auth.Call, token string) auth.Cookie {
	return c.CookieSet.SessionToken.WithName(c.CookieSet.SessionToken.Name + infix + strings.ToLower(token))
}

// remembered returns the cookies of this plugin in the request's order.
func remembered(c *auth.Call) []kept {
	var list []kept
	for name := range c.Jar().All() {
		if strings.Contains(name, infix) {
			token, _, _ := c.SignedCookie(name)
			list = append(list, kept{name, token})
		}
	}
	return list
}

// tokensOf returns the tokens whose signature is right.
func tokensOf(list []kept) []string {
	var tokens []string
	for _, k := range list {
		if k.token != "" {
			tokens = append(tokens, k.token)
		}
	}
	return tokens
}

// holds reports whether the browser's cookie of a token is signed, and for that very token: a good cookie under the name of
// another session opens nothing (UP-063).
func holds(c *auth.Call, token string) bool {
	signed, ok, _ := c.SignedCookie(cookieOf(c, token).Name)
	return ok && auth.SameText(signed, token)
}

// remember gives the browser a cookie of a session that began, in place of that user's earlier ones here.
func (o *Options) remember(c *auth.Call) error {
	began := c.NewSession
	if began == nil || len(c.Reply.SetCookies()) == 0 {
		return nil
	}
	ck := cookieOf(c, began.Session.Token)
	if _, sent := c.Jar().Raw(ck.Name); sent || sets(c, ck.Name) {
		return nil
	}
	before := remembered(c)
	ended, err := endOthers(c, before, began.User.ID)
	if err != nil {
		return err
	}
	count := len(before) - ended
	if sets(c, c.CookieSet.SessionToken.Name) {
		count++
	}
	if count > o.MaximumSessions {
		return nil
	}
	return c.SetSignedCookie(ck, began.Session.Token)
}

// sets reports whether the answer sets a cookie whose line begins with a name.
func sets(c *auth.Call, name string) bool {
	for _, line := range c.Reply.SetCookies() {
		if strings.HasPrefix(line, name) {
			return true
		}
	}
	return false
}

// endOthers ends the remembered sessions of a user, and returns how many there were.
func endOthers(c *auth.Call, list []kept, userID string) (int, error) {
	ended := 0
	for _, k := range list {
		if k.token == "" {
			continue
		}
		found, err := session.Find(c, k.token)
		if err != nil {
			return ended, err
		}
		if found == nil || found.User.ID != userID {
			continue
		}
		if err := c.ExpireCookie(c.CookieSet.SessionToken.WithName(k.name)); err != nil {
			return ended, err
		}
		if err := session.Delete(c, k.token); err != nil {
			return ended, err
		}
		ended++
	}
	return ended, nil
}

func signsOut(c *auth.Call) bool { return c.Route.Path == "/sign-out" }

// forgetAll ends every session that the browser has a signed cookie of (OLD-007).
func forgetAll(c *auth.Call) error {
	for _, k := range remembered(c) {
		if k.token == "" {
			continue
		}
		if err := c.ExpireCookie(c.CookieSet.SessionToken.WithName(k.name)); err != nil {
			return err
		}
		if err := session.Delete(c, k.token); err != nil {
			return err
		}
	}
	return nil
}

// ListDeviceSessions returns the live sessions that the browser remembers, one a user.
var ListDeviceSessions = auth.Endpoint[struct{}, []*auth.SignedIn]{
	Key: "listDeviceSessions", Method: auth.GET, Path: "/multi-session/list-device-sessions",
	Doc: "List the sessions that the browser remembers", NeedsHeader: true, Handle: listDeviceSessions,
}

func listDeviceSessions(c *auth.Call, _ struct{}) ([]*auth.SignedIn, error) {
	found, err := session.FindAll(c, tokensOf(remembered(c)))
	if err != nil {
		return nil, err
	}
	list, seen := []*auth.SignedIn{}, map[string]bool{}
	for _, s := range found {
		if !seen[s.User.ID] {
			seen[s.User.ID] = true
			list = append(list, s)
		}
	}
	return list, nil
}

// SetActiveSessionIn is the input of [SetActiveSession].
type SetActiveSessionIn struct {
	SessionToken string `body:"sessionToken" doc:"The session token to set as active"`
}

// SetActiveSession makes a remembered session the browser's session. It fails with INVALID_SESSION_TOKEN.
var SetActiveSession = auth.Endpoint[SetActiveSessionIn, *auth.SignedIn]{
	Key: "setActiveSession", Method: auth.POST, Path: "/multi-session/set-active", Doc: "Set the active session",
	NeedsHeader: true, Handle: setActiveSession,
}

func setActiveSession(c *auth.Call, in SetActiveSessionIn) (*auth.SignedIn, error) {
	invalid := auth.Fail(http.StatusUnauthorized, InvalidSessionToken)
	if !holds(c, in.SessionToken) {
		return nil, invalid
	}
	found, err := session.Find(c, in.SessionToken)
	if err != nil {
		return nil, err
	}
	if found == nil || session.Expired(c, found.Session) {
		if err := c.ExpireCookie(cookieOf(c, in.SessionToken)); err != nil {
			return nil, err
		}
		return nil, invalid
	}
	return found, session.SetCookie(c, found, option.Unset)
}

// RevokeDeviceSessionIn is the input of [RevokeDeviceSession].
type RevokeDeviceSessionIn struct {
	SessionToken string `body:"sessionToken" doc:"The session token to revoke"`
}

// Status says that an operation was done.
type Status struct {
	Status bool `json:"status"`
}

// RevokeDeviceSession ends a remembered session. When it was the active one, the next that lives becomes active. It fails
// with INVALID_SESSION_TOKEN.
var RevokeDeviceSession = auth.Endpoint[RevokeDeviceSessionIn, *Status]{
	Key: "revokeDeviceSession", Method: auth.POST, Path: "/multi-session/revoke", Doc: "Revoke a device session",
	NeedsHeader: true, Use: []auth.Guard{session.Required}, Handle: revokeDeviceSession,
}

func revokeDeviceSession(c *auth.Call, in RevokeDeviceSessionIn) (*Status, error) {
	if !holds(c, in.SessionToken) {
		return nil, auth.Fail(http.StatusUnauthorized, InvalidSessionToken)
	}
	if err := session.Delete(c, in.SessionToken); err != nil {
		return nil, err
	}
	if err := c.ExpireCookie(cookieOf(c, in.SessionToken)); err != nil {
		return nil, err
	}
	done := &Status{true}
	if c.Session.Session.Token != in.SessionToken {
		return done, nil
	}
	left, err := session.FindAll(c, tokensOf(remembered(c)))
	if err != nil {
		return nil, err
	}
	if len(left) == 0 {
		return done, session.DeleteCookie(c)
	}
	return done, session.SetCookie(c, left[0], option.Unset)
}
