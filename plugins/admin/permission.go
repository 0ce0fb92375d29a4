package admin

import (
	"net/http"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/plugins/access"
)

// HasPermissionIn is the input of [HasPermission].
type HasPermissionIn struct {
	// UserID and Role say, for Go code, whose permissions are asked for.
	UserID string `body:"userId,optional" is:"coerced" doc:"The user's id; server only"`
	Role   string `body:"role,optional" doc:"A role; server only"`
	// Need is what is asked for.
	Need Need `body:"*"`
}

// Need is the permissions of a body, under one of two names.
type Need struct{ Permissions access.Permissions }

// DecodeInput implements [auth.Value]: exactly one of two forms, of which the older one asks for nothing.
func (n *Need) DecodeInput(v any, _ bool) []auth.Issue {
	body, _ := v.(*auth.Object)
	old, hasOld := body.Get("permission")
	current, has := body.Get("permissions")
	var ignored access.Permissions
	oldFits := hasOld && len(ignored.DecodeInput(old, true)) == 0
	fits := has && len(n.Permissions.DecodeInput(current, true)) == 0
	if oldFits == fits {
		return []auth.Issue{{Text: auth.InvalidInput}}
	}
	if !fits {
		n.Permissions = nil
	}
	return nil
}

// InputTree implements [auth.Value].
func (n *Need) InputTree() any {
	o := option.NewObject()
	o.Set("permissions", n.Permissions.InputTree())
	return o
}

// HasPermissionOut is the output of [HasPermission].
type HasPermissionOut struct {
	Error   *string `json:"error"`
	Success bool    `json:"success"`
}

// HasPermission says whether the caller may do something; Go code may ask for a user or a role. Upstream: userHasPermission.
var HasPermission = auth.Endpoint[HasPermissionIn, *HasPermissionOut]{
	Key: "userHasPermission", Method: auth.POST, Path: "/admin/has-permission", Doc: "Check the permissions of a user",
}

func (p *plugin) hasPermission(c *auth.Call, in HasPermissionIn) (*HasPermissionOut, error) {
	bad := func(text string) error { return auth.FailText(http.StatusBadRequest, text) }
	if in.Need.Permissions == nil {
		return nil, bad("invalid permission check. no permission(s) were passed.")
	}
	s, err := session.Confirmed(c)
	if err != nil {
		return nil, err
	}
	id, roles := in.UserID, in.Role
	switch {
	case s != nil: // a client learns of its own permissions only (OLD-032)
		id, roles = s.User.ID, roleOf(s.User)
	case c.Header != nil:
		return nil, auth.FailStatus(http.StatusUnauthorized)
	case id == "" && roles == "":
		return nil, bad("user id or role is required")
	case roles == "":
		u, err := account.FindUserByID(c, id)
		if err != nil {
			return nil, err
		}
		if u == nil {
			return nil, bad("user not found")
		}
		roles = roleOf(u)
	}
	return &HasPermissionOut{Success: p.allows(id, roles, in.Need.Permissions)}, nil
}
