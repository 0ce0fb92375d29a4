package admin

import (
	"net/http"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/plugins/access"
)

// signedIn guards operations of admins: the session and the user are the store's, so that somebody who was demoted or banned
// has no power left (UP-060). Upstream's answer has no body.
func signedIn(c *auth.Call) error {
	s, err := session.Confirmed(c)
	if err != nil {
		return err
	}
	if s == nil {
		return auth.FailStatus(http.StatusUnauthorized)
	}
	return nil
}

var admins = []auth.Guard{signedIn}

// may reports whether the caller may do something with users or sessions.
func (p *plugin) may(c *auth.Call, resource, action string) bool {
	return p.allows(c.Session.User.ID, roleOf(c.Session.User), access.Permissions{resource: {action}})
}

// need refuses a caller who may not.
func (p *plugin) need(c *auth.Call, resource, action string, refusal auth.Code) error {
	if p.may(c, resource, action) {
		return nil
	}
	return auth.Fail(http.StatusForbidden, refusal)
}

// roleOf is the roles of a user, joined by commas.
func roleOf(u *auth.User) string {
	role, _ := u.Extra["role"].(string)
	return role
}
