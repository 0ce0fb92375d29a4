package routes

import (
	"errors"
	"net/http"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
)

// GetSessionIn is the input of [GetSession].
type GetSessionIn struct {
	DisableCookieCache bool `query:"disableCookieCache,optional" is:"coerced" doc:"Disable cookie cache and fetch session from database"`
	DisableRefresh     bool `query:"disableRefresh,optional" is:"coerced" doc:"Disable session refresh. Useful for checking session status, without updating the session"`
}

// GetSessionOut is the output of [GetSession].
type GetSessionOut struct {
	Session *auth.Session `json:"session"`
	User    *auth.User    `json:"user"`
	// NeedsRefresh is set with deferSessionRefresh: whether a POST would extend the session.
	NeedsRefresh *bool `json:"needsRefresh,omitempty"`
}

// GetSession returns the caller's session, or nil without one. It extends the session when that is due; with
// deferSessionRefresh only POST does. It is one query, or none with a good cookie cache.
var GetSession = auth.Endpoint[GetSessionIn, *GetSessionOut]{
	Key: "getSession", OperationID: "getSession", Methods: []string{auth.GET, auth.POST}, Path: "/get-session", Doc: "Get the current session",
	NeedsHeader: true, Handle: getSession,
}

func getSession(c *auth.Call, in GetSessionIn) (*GetSessionOut, error) {
	deferred, post := c.Options.Session.DeferSessionRefresh, c.Method == auth.POST
	if post && !deferred {
		return nil, auth.Fail(http.StatusMethodNotAllowed, auth.MethodNotAllowedDeferSessionRequired)
	}
	noStore(c)
	found, err := session.Lookup(c, session.LookupOptions{
		NoCache: in.DisableCookieCache, NoRefresh: in.DisableRefresh, Write: post,
	})
	if err != nil {
		if _, ok := errors.AsType[*auth.Error](err); ok || errors.Is(err, store.ErrUnavailable) {
			return nil, err
		}
		return nil, auth.Fail(http.StatusInternalServerError, auth.FailedToGetSession).Because(err)
	}
	if found == nil {
		return nil, nil
	}
	out := &GetSessionOut{Session: c.VisibleSession(found.Session), User: c.VisibleUser(found.User)}
	if deferred && !post && !in.DisableRefresh {
		out.NeedsRefresh = &found.NeedsRefresh
	}
	return out, nil
}

// noStore keeps the answer out of caches (UP-098).
func noStore(c *auth.Call) {
	c.Reply.Header.Set("Cache-Control", "no-store")
	c.Reply.Header.Set("Pragma", "no-cache")
}

// ListSessions returns the live sessions of the caller, who must have signed in recently (UP-065). It fails with
// SESSION_NOT_FRESH.
var ListSessions = auth.Endpoint[struct{}, []*auth.Session]{
	Key: "listSessions", Method: auth.GET, Path: "/list-sessions", OperationID: "listUserSessions",
	Doc: "List all active sessions for the user", NeedsHeader: true, Use: []auth.Guard{session.Fresh}, Handle: listSessions,
}

func listSessions(c *auth.Call, _ struct{}) ([]*auth.Session, error) {
	return session.List(c, c.Session.User.ID)
}

// RevokeSessionIn is the input of [RevokeSession].
type RevokeSessionIn struct {
	Token string `body:"token" doc:"The token to revoke"`
}

// RevokeSession ends one of the caller's sessions. A token of somebody else's is ignored.
var RevokeSession = auth.Endpoint[RevokeSessionIn, *Status]{
	Key: "revokeSession", Method: auth.POST, Path: "/revoke-session", Doc: "Revoke a single session",
	NeedsHeader: true, Use: []auth.Guard{session.Sensitive}, Handle: revokeSession,
}

func revokeSession(c *auth.Call, in RevokeSessionIn) (*Status, error) {
	s, err := session.Find(c, in.Token)
	if err != nil {
		return nil, err
	}
	if s != nil && s.Session.UserID == c.Session.User.ID {
		if err := session.Delete(c, in.Token); err != nil {
			return nil, err
		}
	}
	return done, nil
}

// RevokeSessions ends every session of the caller.
var RevokeSessions = auth.Endpoint[struct{}, *Status]{
	Key: "revokeSessions", Method: auth.POST, Path: "/revoke-sessions", Doc: "Revoke all sessions for the user",
	NeedsHeader: true, Use: []auth.Guard{session.Sensitive}, Handle: revokeSessions,
}

func revokeSessions(c *auth.Call, _ struct{}) (*Status, error) {
	return done, session.DeleteAll(c, c.Session.User.ID)
}

// RevokeOtherSessions ends every session of the caller but this one.
var RevokeOtherSessions = auth.Endpoint[struct{}, *Status]{
	Key: "revokeOtherSessions", Method: auth.POST, Path: "/revoke-other-sessions",
	Doc:         "Revoke all other sessions for the user except the current one",
	NeedsHeader: true, Use: []auth.Guard{session.Sensitive}, Handle: revokeOtherSessions,
}

func revokeOtherSessions(c *auth.Call, _ struct{}) (*Status, error) {
	return done, session.DeleteOthers(c, c.Session.User.ID, c.Session.Session.Token)
}
