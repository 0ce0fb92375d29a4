package organization

import (
	"net/http"
	"slices"
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/access"
)

// UpdateMemberRoleIn is the input of [UpdateMemberRole].
type UpdateMemberRoleIn struct {
	Role           auth.Texts `body:"role" doc:"The new role or roles"`
	MemberID       string     `body:"memberId" doc:"The member to change"`
	OrganizationID string     `body:"organizationId,optional" doc:"The organization. Default: the active one"`
}

// UpdateMemberRole gives a member other roles. Each must be a role of the organization (UP-109). Only a member with the
// creator's role gives or takes that role, and the last one keeps it.
var UpdateMemberRole = auth.Endpoint[UpdateMemberRoleIn, *Member]{
	Key: "updateMemberRole", Method: auth.POST, Path: "/organization/update-member-role", OperationID: "updateOrganizationMemberRole",
	Doc: "Update the role of a member in an organization", NeedsHeader: true, Use: requireSession, Handle: handle((*Service).updateMemberRole),
}

func (s *Service) updateMemberRole(c *auth.Call, in UpdateMemberRoleIn) (*Member, error) {
	if len(in.Role) == 1 && in.Role[0] == "" {
		return nil, auth.FailStatus(http.StatusBadRequest)
	}
	id := chosen(c, in.OrganizationID)
	m, err := s.caller(c, id)
	if err != nil {
		return nil, err
	}
	target := m
	if in.MemberID != m.ID {
		if target, err = s.memberByID(c, in.MemberID); err != nil || target == nil {
			return nil, failOr(err, http.StatusBadRequest, MemberNotFound)
		}
	}
	if err := s.mayChangeRole(c, m, target, in.Role); err != nil {
		return nil, err
	}
	if err := s.checkNewRoles(c, id, in.Role); err != nil {
		return nil, err
	}
	o, u, err := s.about(c, id, target.UserID)
	if err != nil {
		return nil, err
	}
	e := Event{Member: target, User: u, Organization: o, NewRole: strings.Join(in.Role, ",")}
	changed, err := s.o.Hooks.BeforeUpdateMemberRole.before(c, e)
	if err != nil {
		return nil, err
	}
	if role, _ := changed["role"].(string); role != "" {
		e.NewRole = role
	}
	e.PreviousRole = target.Role
	if e.Member, err = s.changeRole(c, o, m, target, e.NewRole); err != nil {
		return nil, err
	}
	e.NewRole = ""
	return e.Member, s.o.Hooks.AfterUpdateMemberRole.after(c, e)
}

// checkNewRoles wants at least one role, and every one known.
func (s *Service) checkNewRoles(c *auth.Call, organizationID string, roles []string) error {
	if len(roles) == 0 {
		return fail(http.StatusBadRequest, RoleNotFound)
	}
	return s.checkRoles(c, organizationID, roles)
}

// mayChangeRole checks whether a member may give another, or itself, roles.
func (s *Service) mayChangeRole(c *auth.Call, m, target *Member, roles []string) error {
	denied := fail(http.StatusForbidden, YouAreNotAllowedToUpdateThisMember)
	if target.OrganizationID != m.OrganizationID {
		return denied
	}
	creator, had, gets := hasRole(m.Role, s.o.CreatorRole), hasRole(target.Role, s.o.CreatorRole), slices.Contains(roles, s.o.CreatorRole)
	if (had || gets) && !creator {
		return denied
	}
	if had && !gets {
		if err := s.notLast(c, target, YouCannotLeaveTheOrganizationWithoutAnOwner); err != nil {
			return err
		}
	}
	if creator {
		return nil
	}
	ok, err := s.HasPermission(c, m.OrganizationID, m.Role, access.Permissions{"member": {"update"}})
	if err == nil && !ok {
		return denied
	}
	return err
}

// changeRole stores the roles, once nobody else can change the two members.
func (s *Service) changeRole(c *auth.Call, o *Organization, m, target *Member, roles string) (updated *Member, err error) {
	err = s.locked(c, o, func() error {
		if err := s.still(c, &m, &target); err != nil {
			return err
		}
		if err := s.mayChangeRole(c, m, target, tokens(roles)); err != nil {
			return err
		}
		rec, err := c.Update(MemberModel, store.Where{store.Is("id", target.ID)}, store.Record{"role": roles})
		if err != nil || rec == nil {
			return failOr(err, http.StatusBadRequest, MemberNotFound)
		}
		updated = memberOf(c, rec)
		return nil
	})
	return updated, err
}
