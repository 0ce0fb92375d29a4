package organization

import (
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/plugins/access"
)

// Choice is an id that may be missing, which is not the same as null. It is an [auth.Value].
type Choice struct {
	// ID is the id, or "" when it is missing.
	ID string
	// Null says that it is null.
	Null bool
}

// ByID is the id of what to make active.
func ByID(id string) Choice { return Choice{ID: id} }

// None makes nothing active.
func None() Choice { return Choice{Null: true} }

// DecodeInput implements [auth.Value].
func (o *Choice) DecodeInput(v any, present bool) []auth.Issue {
	id, text := v.(string)
	if !text && v != nil {
		return []auth.Issue{{Text: auth.WrongType("string", v, present)}}
	}
	*o = Choice{id, v == nil}
	return nil
}

// InputTree implements [auth.Value].
func (o *Choice) InputTree() any {
	if o.Null {
		return nil
	}
	return o.ID
}

// RoleRef names a role that an organization made, by its name or its id. It is an [auth.Value].
type RoleRef struct {
	Name, ID string
}

// DecodeInput implements [auth.Value]. Upstream: a union of the two, the first that fits.
func (r *RoleRef) DecodeInput(v any, _ bool) []auth.Issue {
	obj, _ := v.(*auth.Object)
	name, hasName := textOf(obj, "roleName")
	id, hasID := textOf(obj, "roleId")
	switch {
	case name != "":
		r.Name = name
	case id != "":
		r.ID = id
	case hasName && !hasID:
		return []auth.Issue{{Path: "roleName", Text: auth.TooShort()}}
	case hasID && !hasName:
		return []auth.Issue{{Path: "roleId", Text: auth.TooShort()}}
	default:
		return []auth.Issue{{Text: auth.InvalidInput}}
	}
	return nil
}

// InputTree implements [auth.Value].
func (r *RoleRef) InputTree() any {
	obj := option.NewObject()
	if r.Name != "" {
		obj.Set("roleName", r.Name)
	}
	if r.ID != "" {
		obj.Set("roleId", r.ID)
	}
	return obj
}

func textOf(obj *auth.Object, key string) (string, bool) {
	if obj == nil {
		return "", false
	}
	v, _ := obj.Get(key)
	s, text := v.(string)
	return s, text
}

// Wanted is the permissions that [HasPermission] asks about. It is an [auth.Value].
type Wanted struct {
	Permissions access.Permissions
}

// DecodeInput implements [auth.Value]. One of "permissions" and "permission" must be there; only the first counts.
func (w *Wanted) DecodeInput(v any, _ bool) []auth.Issue {
	obj, _ := v.(*auth.Object)
	now, old := grantsIn(obj, "permissions"), grantsIn(obj, "permission")
	if (now == nil) == (old == nil) {
		return []auth.Issue{{Text: auth.InvalidInput}}
	}
	if now != nil {
		w.Permissions = now.Permissions()
	}
	return nil
}

func grantsIn(obj *auth.Object, key string) *access.Grants {
	if obj == nil {
		return nil
	}
	var g access.Grants
	v, present := obj.Get(key)
	if len(g.DecodeInput(v, present)) > 0 {
		return nil
	}
	return &g
}

// InputTree implements [auth.Value].
func (w *Wanted) InputTree() any {
	g, obj := access.GrantsOf(w.Permissions), option.NewObject()
	obj.Set("permissions", g.InputTree())
	return obj
}
