// Package admin lets chosen users manage the others: list, create, change, ban and remove them, set roles and passwords,
// end sessions, and act as somebody else. Who may do what comes from roles, see package access. Upstream: admin.
package admin

import (
	"errors"

	"github.com/goauth-dev/goauth/core/auth"
)

// plugin is one configured instance.
type plugin struct{ Options }

// New returns the plugin.
func New(o Options) auth.Plugin {
	given := o.AdminRoles != nil
	o.setDefaults()
	p := &plugin{o}
	return auth.Plugin{
		ID:        "admin",
		Endpoints: p.endpoints(),
		Schema:    o.Schema.Apply(tables),
		After:     []auth.AfterHook{{Match: isListSessions, Run: hideImpersonations}},
		DatabaseHooks: auth.DatabaseHooks{
			User:    auth.ModelHooks{BeforeCreate: p.giveRole},
			Session: auth.ModelHooks{BeforeCreate: p.refuseBanned, AfterCreate: p.endIfBanned},
		},
		CheckUser: p.checkUser,
		Codes:     codes,
		Cookies:   []string{adminCookie},
		Init:      func(*auth.Context) error { return errors.Join(o.Schema.Check(tables), o.check(given)) },
	}
}

// endpoints are the operations, bound to the instance.
func (p *plugin) endpoints() []auth.AnyEndpoint {
	setRole, get, create, update, list := SetRole, GetUser, CreateUser, UpdateUser, ListUsers
	setRole.Handle, get.Handle, create.Handle, update.Handle, list.Handle = p.setRole, p.getUser, p.createUser, p.updateUser, p.listUsers
	ban, unban, remove, setPassword := BanUser, UnbanUser, RemoveUser, SetUserPassword
	ban.Handle, unban.Handle, remove.Handle, setPassword.Handle = p.banUser, p.unbanUser, p.removeUser, p.setUserPassword
	sessions, revoke, revokeAll := ListUserSessions, RevokeUserSession, RevokeUserSessions
	sessions.Handle, revoke.Handle, revokeAll.Handle = p.listUserSessions, p.revokeUserSession, p.revokeUserSessions
	impersonate, stop, permission := ImpersonateUser, StopImpersonating, HasPermission
	impersonate.Handle, stop.Handle, permission.Handle = p.impersonateUser, p.stopImpersonating, p.hasPermission
	return []auth.AnyEndpoint{
		setRole, get, create, update, list, sessions, unban, ban, impersonate, stop, revoke, revokeAll, remove, setPassword, permission,
	}
}
