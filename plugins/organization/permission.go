package organization

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/access"
)

func fail(status int, code auth.Code) error { return auth.Fail(status, code) }

// hasRole reports whether roles joined by commas have one, letter by letter: blanks around a role make it another.
func hasRole(roles, role string) bool {
	return slices.Contains(strings.Split(roles, ","), role)
}

// tokens are the roles of a text, without blanks around and empty ones.
func tokens(roles string) []string {
	var list []string
	for role := range strings.SplitSeq(roles, ",") {
		if role = strings.TrimSpace(role); role != "" {
			list = append(list, role)
		}
	}
	return list
}

// staticRoles are the roles of every organization.
func (s *Service) staticRoles() access.Roles {
	if s.o.Roles != nil {
		return s.o.Roles
	}
	return DefaultRoles
}

// Roles returns the roles of an organization: the options' and those it made itself. It is one query with dynamic access
// control, else none.
func (s *Service) Roles(c *auth.Call, organizationID string) (access.Roles, error) {
	if !s.o.DynamicAccessControl.Enabled || s.o.AC == nil {
		return s.staticRoles(), nil
	}
	recs, err := c.Store.Find(c.Ctx(), one(RoleModel, store.Is("organizationId", organizationID)))
	if err != nil {
		return nil, err
	}
	roles := make(access.Roles, len(recs)+len(s.staticRoles()))
	for name, role := range s.staticRoles() {
		roles[name] = role
	}
	for _, rec := range recs {
		made := roleOf(c, rec)
		var more access.Role
		if err := json.Unmarshal([]byte(made.Permission), &more); err != nil {
			return nil, auth.FailText(http.StatusInternalServerError, "Invalid permissions for role "+made.Role).Because(err)
		}
		roles[made.Role] = roles[made.Role].With(more)
	}
	return roles, nil
}

// HasPermission reports whether roles joined by commas hold permissions in an organization. Upstream: hasPermission.
func (s *Service) HasPermission(c *auth.Call, organizationID, roles string, p access.Permissions) (bool, error) {
	all, err := s.Roles(c, organizationID)
	if err != nil {
		return false, err
	}
	return all.Allow(roles, p), nil
}

// standing is the plugin's [access.Memberships].
func (s *Service) standing(c *auth.Call, userID, organizationID string, p access.Permissions) (access.Standing, error) {
	m, err := s.Member(c, organizationID, userID)
	if m == nil || err != nil {
		return access.Stranger, err
	}
	if hasRole(m.Role, s.o.CreatorRole) {
		return access.Permitted, nil
	}
	ok, err := s.HasPermission(c, organizationID, m.Role, p)
	if !ok || err != nil {
		return access.Member, err
	}
	return access.Permitted, nil
}

// need is one permission.
func need(resource, action string) access.Permissions {
	return access.Permissions{resource: {action}}
}

// require fails with status and code unless a member holds a permission.
func (s *Service) require(c *auth.Call, m *Member, p access.Permissions, status int, code auth.Code) error {
	ok, err := s.HasPermission(c, m.OrganizationID, m.Role, p)
	if err != nil {
		return err
	}
	if !ok {
		return fail(status, code)
	}
	return nil
}

// unknownRoles returns those of some roles that an organization does not have.
func (s *Service) unknownRoles(c *auth.Call, organizationID string, roles []string) ([]string, error) {
	unknown := slices.DeleteFunc(slices.Clone(roles), func(role string) bool {
		_, builtIn := DefaultRoles[role]
		_, given := s.o.Roles[role]
		return builtIn || given
	})
	if len(unknown) == 0 || !s.o.DynamicAccessControl.Enabled {
		return unknown, nil
	}
	recs, err := c.Store.Find(c.Ctx(), one(RoleModel, store.Is("organizationId", organizationID), store.Cond{Field: "role", Op: store.In, Value: unknown}))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(unknown, func(role string) bool {
		return slices.ContainsFunc(recs, func(rec store.Record) bool { return rec["role"] == role })
	}), nil
}

// checkRoles refuses roles that an organization does not have.
func (s *Service) checkRoles(c *auth.Call, organizationID string, roles []string) error {
	unknown, err := s.unknownRoles(c, organizationID, roles)
	if err != nil || len(unknown) == 0 {
		return err
	}
	return auth.FailText(http.StatusBadRequest, fmt.Sprintf("%s: %s", RoleNotFound.ID, strings.Join(unknown, ", ")))
}
