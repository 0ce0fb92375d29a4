package organization

import (
	"net/http"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
)

const (
	activeOrganization = "activeOrganizationId"
	activeTeam         = "activeTeamId"
)

// active returns a text that the caller's session keeps, or "".
func active(s *auth.SignedIn, field string) string {
	if s == nil {
		return ""
	}
	id, _ := s.Session.Extra[field].(string)
	return id
}

// chosen is the organization that an operation is about: the one it names, else the session's.
func chosen(c *auth.Call, named string) string {
	if named != "" {
		return named
	}
	return active(c.Session, activeOrganization)
}

// setActive keeps ids in the caller's session; "" forgets one. The result is the session as stored, or nil when it has ended.
func setActive(c *auth.Call, ids map[string]string) (*auth.Session, error) {
	set := store.Record{}
	for field, id := range ids {
		set[field] = nil
		if id != "" {
			set[field] = id
		}
	}
	return session.Update(c, c.Session.Session.Token, set)
}

// activate is [setActive] and gives the client the new session.
func activate(c *auth.Call, field, id string) error {
	s, err := setActive(c, map[string]string{field: id})
	if err != nil {
		return err
	}
	if s == nil {
		return auth.Fail(http.StatusUnauthorized, auth.FailedToGetSession)
	}
	return session.SetCookie(c, &auth.SignedIn{Session: s, User: c.Session.User}, option.Unset)
}

// callerOrServer looks the caller's session up; without one it fails, unless the server itself calls.
func callerOrServer(c *auth.Call) error {
	if session.Current(c, session.LookupOptions{}) == nil && c.Header != nil {
		return auth.FailStatus(http.StatusUnauthorized)
	}
	return nil
}

// onlyRequests is [session.Required] for calls on somebody's behalf. Upstream: requestOnlySessionMiddleware.
func onlyRequests(c *auth.Call) error {
	if c.Header == nil {
		return nil
	}
	return session.Required(c)
}
