package organization

import (
	"context"
	"net/http"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/plugins/access"
)

// Options configures the plugin. A limit that can be a function has a field of its own for that, which wins.
type Options struct {
	// AllowUserToCreateOrganization: Off lets only calls of the server create organizations. Default: on.
	AllowUserToCreateOrganization option.Toggle `option:"allowUserToCreateOrganization"`
	// AllowUserToCreateOrganizationFunc decides for one user.
	AllowUserToCreateOrganizationFunc func(ctx context.Context, u *auth.User) (bool, error) `option:"-"`
	// OrganizationLimit is the number of organizations that a user may be in and still create one. Nil: no limit.
	OrganizationLimit *int `option:"organizationLimit"`
	// OrganizationLimitReached reports whether a user has too many organizations to create one.
	OrganizationLimitReached func(ctx context.Context, u *auth.User) (bool, error) `option:"-"`
	// CreatorRole is the role of who creates an organization; an organization keeps at least one member with it.
	// Default: "owner".
	CreatorRole string `option:"creatorRole"`
	// MembershipLimit is the number of members of an organization. Default: 100.
	MembershipLimit int `option:"membershipLimit"`
	// MembershipLimitFunc gives the limit for an organization that a user is about to join.
	MembershipLimitFunc func(ctx context.Context, u *auth.User, o *Organization) (int, error) `option:"-"`
	// AC lists what there is to permit. Dynamic access control needs it. Default: [Statements].
	AC access.Statements `option:"ac"`
	// Roles are the roles of every organization. Default: [DefaultRoles].
	Roles access.Roles `option:"roles"`
	// DynamicAccessControl lets organizations have roles of their own.
	DynamicAccessControl DynamicAccessControl `option:"dynamicAccessControl"`
	// Teams are groups of members.
	Teams Teams `option:"teams"`
	// InvitationExpiresIn is the life of an invitation, in seconds in files. Default: 48 h.
	InvitationExpiresIn time.Duration `option:"invitationExpiresIn"`
	// InvitationLimit is the number of pending invitations of an organization. Default: 100.
	InvitationLimit *int `option:"invitationLimit"`
	// InvitationLimitFunc gives the limit for an inviter.
	InvitationLimitFunc func(ctx context.Context, u *auth.User, o *Organization, m *Member) (int, error) `option:"-"`
	// CancelPendingInvitationsOnReInvite changes nothing, as in 1.6.9: who has a pending invitation is not invited again, and
	// with "resend" the invitation itself lives longer.
	CancelPendingInvitationsOnReInvite bool `option:"cancelPendingInvitationsOnReInvite"`
	// RequireEmailVerificationOnInvitation lets only users with a verified address see, accept and reject invitations.
	// It is always so where ids can be guessed (UP-004). Default: off.
	RequireEmailVerificationOnInvitation bool `option:"requireEmailVerificationOnInvitation"`
	// SendInvitationEmail delivers an invitation, in the background.
	SendInvitationEmail func(ctx context.Context, m InvitationMail) error `option:"-"`
	// DisableOrganizationDeletion answers a deletion with 404. Default: off.
	DisableOrganizationDeletion bool `option:"disableOrganizationDeletion"`
	// Schema renames tables and columns, and adds fields.
	Schema Schema `option:"schema"`
	// Hooks run around what happens to organizations. Upstream: organizationHooks.
	Hooks Hooks `option:"-"`
}

// DynamicAccessControl configures roles that an organization makes itself. Upstream: dynamicAccessControl.
type DynamicAccessControl struct {
	// Enabled adds the table and the operations. Default: off.
	Enabled bool `option:"enabled"`
	// MaximumRolesPerOrganization is their number. Nil: no limit.
	MaximumRolesPerOrganization *int `option:"maximumRolesPerOrganization"`
	// MaximumRolesPerOrganizationFunc gives it for one organization.
	MaximumRolesPerOrganizationFunc func(ctx context.Context, organizationID string) (int, error) `option:"-"`
}

// Teams configures teams. Upstream: teams.
type Teams struct {
	// Enabled adds the tables and the operations. Default: off.
	Enabled bool `option:"enabled"`
	// DefaultTeam is made with every organization.
	DefaultTeam DefaultTeam `option:"defaultTeam"`
	// MaximumTeams is the number of teams of an organization. 0: no limit.
	MaximumTeams int `option:"maximumTeams"`
	// MaximumTeamsFunc gives it; s is nil in a call of the server.
	MaximumTeamsFunc func(ctx context.Context, organizationID string, s *auth.SignedIn) (int, error) `option:"-"`
	// MaximumMembersPerTeam is the number of members of a team. Nil: no limit.
	MaximumMembersPerTeam *int `option:"maximumMembersPerTeam"`
	// MaximumMembersPerTeamFunc gives it; s is nil in a call of the server.
	MaximumMembersPerTeamFunc func(ctx context.Context, t *Team, s *auth.SignedIn) (int, error) `option:"-"`
	// AllowRemovingAllTeams lets the last team go too. Default: off.
	AllowRemovingAllTeams bool `option:"allowRemovingAllTeams"`
}

// DefaultTeam configures the team that is made with an organization. Upstream: teams.defaultTeam.
type DefaultTeam struct {
	// Enabled: Off makes none. Default: on.
	Enabled option.Toggle `option:"enabled"`
	// Create makes the team instead; nil, nil leaves it to the plugin. Upstream: customCreateDefaultTeam.
	Create func(ctx context.Context, c *auth.Call, o *Organization) (*Team, error) `option:"-"`
}

// InvitationMail is what a sender of invitations needs. The link is the application's: it carries ID and ends in a call of
// accept-invitation.
type InvitationMail struct {
	// ID is the invitation's id; Role and Email are its role and address.
	ID, Role, Email string
	Organization    *Organization
	Invitation      *Invitation
	// Inviter is the member who invites, and InviterUser that member's user.
	Inviter     *Member
	InviterUser *auth.User
	// Request is the request that caused it, nil in process. Its body is consumed.
	Request *http.Request
}

// Schema changes the plugin's tables. Upstream: schema.
type Schema struct {
	Session          Naming `option:"session"`
	Organization     Naming `option:"organization"`
	Member           Naming `option:"member"`
	Invitation       Naming `option:"invitation"`
	Team             Naming `option:"team"`
	TeamMember       Naming `option:"teamMember"`
	OrganizationRole Naming `option:"organizationRole"`
}

// Naming renames a table and its columns, and adds fields to it. The session's and the team members' take columns only.
type Naming struct {
	// ModelName is the table's name in the database.
	ModelName string `option:"modelName"`
	// Fields are column names by the fields' own names.
	Fields map[string]string `option:"fields"`
	// AdditionalFields are the application's. The operations that create and update take them, unless Input is Off. One that
	// has the name of a field of the plugin takes its place, for example to keep the logo out of answers; its type must be
	// the plugin's.
	AdditionalFields schema.Fields `option:"additionalFields"`
}
