// Package access says who may do what: statements list the actions of each resource, a role holds some of them, and a
// check asks whether a role holds the ones that are needed. The plugins admin and organization share it. Upstream:
// better-auth/plugins/access.
//
//	var statements = access.Statements{"project": {"create", "share", "delete"}}
//	var editor = access.Role{"project": {"create", "share"}}
//
//	editor.Allows(access.Permissions{"project": {"create"}})           // true
//	editor.Allows(access.Permissions{"project": {"create", "delete"}}) // false
package access

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Statements lists what there is to allow: the actions of each resource. Upstream: createAccessControl, ac.
type Statements map[string][]string

// Role is what its holders may do: some of the actions of some resources. Upstream: ac.newRole.
type Role map[string][]string

// Permissions is what somebody needs: all of these actions.
type Permissions map[string][]string

// Need is what somebody needs of one resource.
type Need struct {
	Resource string
	Actions  []string
	// Any: one of the actions is enough. Upstream: connector "OR" of a resource.
	Any bool
}

// ErrDenied is what [Role.Authorize] and [Role.AuthorizeAny] wrap when the role does not allow something.
var ErrDenied = errors.New("access: not allowed")

// Allows reports whether the role holds every action of p. Nothing is not a permission: it is false for no resources and
// for a resource without actions.
func (r Role) Allows(p Permissions) bool {
	for resource, actions := range p {
		if r.check(Need{Resource: resource, Actions: actions}) != nil {
			return false
		}
	}
	return len(p) > 0
}

// Authorize returns nil when the role meets every need, and otherwise an error that wraps [ErrDenied] and names the
// resource. Upstream: role.authorize(request).
func (r Role) Authorize(needs ...Need) error {
	for _, n := range needs {
		if err := r.check(n); err != nil {
			return err
		}
	}
	if len(needs) == 0 {
		return fmt.Errorf("%w: nothing was asked for", ErrDenied)
	}
	return nil
}

// AuthorizeAny returns nil when the role meets one of the needs. A resource that the role does not know ends the check.
// Upstream: role.authorize(request, "OR").
func (r Role) AuthorizeAny(needs ...Need) error {
	for _, n := range needs {
		if _, known := r[n.Resource]; !known {
			return r.check(n)
		}
		if r.check(n) == nil {
			return nil
		}
	}
	return fmt.Errorf("%w: none of what was asked for", ErrDenied)
}

// check is upstream's rule for one resource, save that an empty list of actions is refused (UP-111).
func (r Role) check(n Need) error {
	allowed, known := r[n.Resource]
	if !known {
		return fmt.Errorf("%w: the role has no resource %q", ErrDenied, n.Resource)
	}
	denied := func(action string) bool { return !slices.Contains(allowed, action) }
	refused := slices.ContainsFunc(n.Actions, denied)
	if n.Any {
		refused = !slices.ContainsFunc(n.Actions, func(action string) bool { return !denied(action) })
	}
	if refused || len(n.Actions) == 0 {
		return fmt.Errorf("%w: %q of %q", ErrDenied, n.Actions, n.Resource)
	}
	return nil
}

// With returns a role that holds what either holds.
func (r Role) With(more Role) Role {
	merged := maps.Clone(r)
	if merged == nil {
		merged = Role{}
	}
	for resource, actions := range more {
		held := slices.Clone(merged[resource])
		for _, action := range actions {
			if !slices.Contains(held, action) {
				held = append(held, action)
			}
		}
		merged[resource] = held
	}
	return merged
}

// Check returns an error that names what a role holds and the statements do not list. In upstream that is a matter of
// types.
func (s Statements) Check(r Role) error {
	for _, resource := range slices.Sorted(maps.Keys(r)) {
		listed, known := s[resource]
		if !known {
			return fmt.Errorf("access: the statements have no resource %q", resource)
		}
		for _, action := range r[resource] {
			if !slices.Contains(listed, action) {
				return fmt.Errorf("access: the statements have no action %q of %q", action, resource)
			}
		}
	}
	return nil
}

// Roles are roles by name.
type Roles map[string]Role

// Allow reports whether one of the roles that names lists, joined by commas, holds every action of p. A name that is no
// role holds nothing.
func (roles Roles) Allow(names string, p Permissions) bool {
	for name := range strings.SplitSeq(names, ",") {
		if role, known := roles[name]; known && role.Allows(p) {
			return true
		}
	}
	return false
}
