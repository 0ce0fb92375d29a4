// Package organization adds tenants to an application: organizations with members, roles and invitations, and, when they are
// switched on, teams and roles that an organization makes itself. The session knows the active organization and team.
// Upstream: organization.
package organization

import (
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/plugins/access"
)

// ID is the plugin's id.
const ID = "organization"

// Statements is what there is to permit unless the options say otherwise. Upstream: defaultStatements.
var Statements = access.Statements{
	"organization": {"update", "delete"},
	"member":       {"create", "update", "delete"},
	"invitation":   {"create", "cancel"},
	"team":         {"create", "update", "delete"},
	"ac":           {"create", "read", "update", "delete"},
}

// DefaultRoles are the roles unless the options have others. Upstream: defaultRoles.
var DefaultRoles = access.Roles{
	"owner": access.Role(Statements),
	"admin": {
		"organization": {"update"}, "member": Statements["member"], "invitation": Statements["invitation"],
		"team": Statements["team"], "ac": Statements["ac"],
	},
	"member": {"organization": {}, "member": {}, "invitation": {}, "team": {}, "ac": {"read"}},
}

const (
	defaultInvitationLife = 48 * time.Hour
	defaultLimit          = 100
)

// Service is the plugin at work. Its methods are the rules: they hold for the plugin's own operations and for whatever else
// calls them.
type Service struct {
	o Options
}

// From returns the service of an instance, or nil when it has no such plugin.
func From(x *auth.Context) *Service {
	s, _ := auth.Service[*Service](x)
	return s
}

// New returns the plugin.
func New(o Options) auth.Plugin {
	if o.CreatorRole == "" {
		o.CreatorRole = "owner"
	}
	if o.MembershipLimit == 0 {
		o.MembershipLimit = defaultLimit
	}
	if o.InvitationExpiresIn == 0 {
		o.InvitationExpiresIn = defaultInvitationLife
	}
	s := &Service{o}
	return auth.Plugin{
		ID: ID, Endpoints: endpoints(&o), Schema: tables(&o), Codes: codes(),
		Services: []any{s, access.Memberships(s.standing)},
		Init:     func(*auth.Context) error { return checkFields(&o) },
	}
}

// endpoints are the operations that the options switch on.
func endpoints(o *Options) []auth.AnyEndpoint {
	list := []auth.AnyEndpoint{
		CreateOrganization, UpdateOrganization, DeleteOrganization, SetActiveOrganization, GetFullOrganization, ListOrganizations,
		CheckOrganizationSlug, CreateInvitation, CancelInvitation, AcceptInvitation, GetInvitation, RejectInvitation, ListInvitations,
		ListUserInvitations, GetActiveMember, AddMember, RemoveMember, UpdateMemberRole, LeaveOrganization, ListMembers,
		GetActiveMemberRole, HasPermission,
	}
	if o.Teams.Enabled {
		list = append(list, CreateTeam, ListOrganizationTeams, RemoveTeam, UpdateTeam, SetActiveTeam, ListUserTeams, ListTeamMembers,
			AddTeamMember, RemoveTeamMember)
	}
	if o.DynamicAccessControl.Enabled {
		list = append(list, CreateOrgRole, DeleteOrgRole, ListOrgRoles, GetOrgRole, UpdateOrgRole)
	}
	return list
}

// handle makes the handler of an operation of a method of the service.
func handle[In, Out any](method func(s *Service, c *auth.Call, in In) (Out, error)) func(c *auth.Call, in In) (Out, error) {
	return func(c *auth.Call, in In) (Out, error) { return method(From(c.Context), c, in) }
}
