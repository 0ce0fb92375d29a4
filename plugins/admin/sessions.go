package admin

import (
	"net/http"
	"slices"
	"strings"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
)

// SessionsOut is the output of [ListUserSessions].
type SessionsOut struct {
	Sessions []*auth.Session `json:"sessions"`
}

// ListUserSessions returns the live sessions of a user. Upstream: listUserSessions.
var ListUserSessions = auth.Endpoint[UserIn, *SessionsOut]{
	Key: "listUserSessions", OperationID: "adminListUserSessions", Method: auth.POST, Path: "/admin/list-user-sessions",
	Doc: "List the sessions of a user", Use: admins,
}

func (p *plugin) listUserSessions(c *auth.Call, in UserIn) (*SessionsOut, error) {
	if err := p.need(c, "session", "list", NotAllowedToListSessions); err != nil {
		return nil, err
	}
	sessions, err := session.List(c, in.UserID)
	return &SessionsOut{sessions}, err
}

// RevokeUserSessionIn is the input of [RevokeUserSession].
type RevokeUserSessionIn struct {
	SessionToken string `body:"sessionToken" doc:"The session's token"`
}

// RevokeUserSession ends a session. Upstream: revokeUserSession.
var RevokeUserSession = auth.Endpoint[RevokeUserSessionIn, *SuccessOut]{
	Key: "revokeUserSession", OperationID: "revokeUserSession", Method: auth.POST, Path: "/admin/revoke-user-session", Doc: "End a session", Use: admins,
}

func (p *plugin) revokeUserSession(c *auth.Call, in RevokeUserSessionIn) (*SuccessOut, error) {
	if err := p.need(c, "session", "revoke", NotAllowedToRevoke); err != nil {
		return nil, err
	}
	return &SuccessOut{Success: true}, session.Delete(c, in.SessionToken)
}

// RevokeUserSessions ends all sessions of a user. Upstream: revokeUserSessions.
var RevokeUserSessions = auth.Endpoint[UserIn, *SuccessOut]{
	Key: "revokeUserSessions", OperationID: "revokeUserSessions", Method: auth.POST, Path: "/admin/revoke-user-sessions", Doc: "End all sessions of a user", Use: admins,
}

func (p *plugin) revokeUserSessions(c *auth.Call, in UserIn) (*SuccessOut, error) {
	if err := p.need(c, "session", "revoke", NotAllowedToRevoke); err != nil {
		return nil, err
	}
	return &SuccessOut{Success: true}, session.DeleteAll(c, in.UserID)
}

// adminCookie keeps the admin's own session while impersonating.
const adminCookie = "admin_session"

// SessionOut answers a session with its user.
type SessionOut struct {
	Session *auth.Session `json:"session"`
	User    *auth.User    `json:"user"`
}

// ImpersonateUser signs the caller in as another user. Upstream: impersonateUser.
var ImpersonateUser = auth.Endpoint[UserIn, *SessionOut]{
	Key: "impersonateUser", OperationID: "impersonateUser", Method: auth.POST, Path: "/admin/impersonate-user", Doc: "Act as another user", Use: admins,
}

func (p *plugin) impersonateUser(c *auth.Call, in UserIn) (*SessionOut, error) {
	if err := p.need(c, "user", "impersonate", NotAllowedToImpersonate); err != nil {
		return nil, err
	}
	target, err := account.FindUserByID(c, in.UserID)
	if err != nil {
		return nil, err
	}
	if target == nil {
		return nil, auth.Fail(http.StatusNotFound, auth.UserNotFound)
	}
	if p.isAdmin(target) && !p.AllowImpersonatingAdmins && !p.may(c, "user", "impersonate-admins") {
		return nil, auth.Fail(http.StatusForbidden, CannotImpersonateAdmins)
	}
	own := c.Session.Session
	s, err := session.Create(c, target.ID, true, store.Record{
		"impersonatedBy": c.Session.User.ID, "expiresAt": c.Now().Add(p.ImpersonationSessionDuration),
	})
	if err != nil {
		return nil, err
	}
	if err := p.keepOwn(c, own.Token); err != nil {
		return nil, err
	}
	if err := session.SetCookie(c, &auth.SignedIn{Session: s, User: target}, option.On); err != nil {
		return nil, err
	}
	return &SessionOut{c.VisibleSession(s), c.VisibleUser(target)}, nil
}

// isAdmin reports whether a user has one of the admins' roles, or is listed.
func (p *plugin) isAdmin(u *auth.User) bool {
	roles := roleOf(u)
	if roles == "" {
		roles = p.DefaultRole
	}
	for role := range strings.SplitSeq(roles, ",") {
		if slices.ContainsFunc(p.AdminRoles, func(name string) bool { return strings.TrimSpace(name) == role }) {
			return true
		}
	}
	return slices.Contains(p.AdminUserIDs, u.ID)
}

// keepOwn takes the session cookies away and keeps the admin's own session in a cookie of its own.
func (p *plugin) keepOwn(c *auth.Call, token string) error {
	forget, _, _ := c.SignedCookie(c.CookieSet.DontRemember.Name)
	if err := session.DeleteCookie(c); err != nil {
		return err
	}
	kept := c.NewCookie(adminCookie, nil)
	kept.Attributes = c.CookieSet.SessionToken.Attributes
	return c.SetSignedCookie(kept, token+":"+forget)
}

// StopImpersonating ends an impersonation and gives the caller the own session back. Upstream: stopImpersonating.
var StopImpersonating = auth.Endpoint[struct{}, *SessionOut]{
	Key: "stopImpersonating", Method: auth.POST, Path: "/admin/stop-impersonating", Doc: "Stop acting as another user", NeedsHeader: true,
}

func (p *plugin) stopImpersonating(c *auth.Call, _ struct{}) (*SessionOut, error) {
	if err := signedIn(c); err != nil {
		return nil, err
	}
	current := c.Session
	by, _ := current.Session.Extra["impersonatedBy"].(string)
	if by == "" {
		return nil, auth.FailText(http.StatusBadRequest, "You are not impersonating anyone")
	}
	admin, err := account.FindUserByID(c, by)
	if err != nil {
		return nil, err
	}
	if admin == nil {
		return nil, auth.FailText(http.StatusInternalServerError, "Failed to find user")
	}
	kept := c.NewCookie(adminCookie, nil)
	value, ok, _ := c.SignedCookie(kept.Name)
	token, forget, _ := strings.Cut(value, ":")
	own, err := session.Find(c, token)
	if err != nil {
		return nil, err
	}
	if !ok || own == nil || own.Session.UserID != admin.ID {
		return nil, auth.FailText(http.StatusInternalServerError, "Failed to find admin session")
	}
	ended, err := session.Take(c, current.Session.Token)
	if err != nil {
		return nil, err
	}
	if !ended { // another call stopped it (RACE-027)
		return nil, auth.FailStatus(http.StatusUnauthorized)
	}
	if err := session.SetCookie(c, own, option.Of(forget != "")); err != nil {
		return nil, err
	}
	kept.Attributes = c.CookieSet.SessionToken.Attributes
	return &SessionOut{own.Session, own.User}, c.ExpireCookie(kept)
}

func isListSessions(c *auth.Call) bool { return c.Path == "/list-sessions" }

// hideImpersonations leaves sessions of admins out of what their users see.
func hideImpersonations(c *auth.Call) error {
	sessions, ok := c.Returned.([]*auth.Session)
	if !ok {
		return nil
	}
	c.Returned = slices.DeleteFunc(slices.Clone(sessions), func(s *auth.Session) bool {
		by, _ := s.Extra["impersonatedBy"].(string)
		return by != ""
	})
	return nil
}
