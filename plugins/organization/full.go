package organization

import (
	"net/http"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// GetFullOrganizationIn is the input of [GetFullOrganization].
type GetFullOrganizationIn struct {
	OrganizationID   string     `query:"organizationId,optional" doc:"The organization. Default: the active one"`
	OrganizationSlug string     `query:"organizationSlug,optional" doc:"The slug of the organization"`
	MembersLimit     auth.Count `query:"membersLimit,optional" doc:"The number of members to return. Default: 100"`
}

// FullOrganization is an organization with what is in it. Teams is nil where teams are off.
type FullOrganization struct {
	*Organization
	Invitations []*Invitation
	Members     []*Member
	Teams       []*Team
}

// AppendJSON implements the JSON rendering that clients see.
func (o *FullOrganization) AppendJSON(dst []byte) ([]byte, error) {
	if o == nil {
		return append(dst, "null"...), nil
	}
	obj := o.object()
	obj.Set("invitations", o.Invitations)
	obj.Set("members", o.Members)
	if o.Teams != nil {
		obj.Set("teams", o.Teams)
	}
	return appendObject(dst, obj)
}

// GetFullOrganization returns an organization of the caller's with members, invitations and teams, at most
// advanced.database.defaultFindManyLimit of each, or nil when none is active. The number of queries does not depend on theirs.
var GetFullOrganization = auth.Endpoint[GetFullOrganizationIn, *FullOrganization]{
	Key: "getFullOrganization", Method: auth.GET, Path: "/organization/get-full-organization", OperationID: "getOrganization",
	Doc: "Get the full organization", NeedsHeader: true, Use: requireSession, Handle: handle((*Service).getFullOrganization),
}

func (s *Service) getFullOrganization(c *auth.Call, in GetFullOrganizationIn) (*FullOrganization, error) {
	o, err := s.named(c, in)
	if o == nil || err != nil {
		return nil, err
	}
	if err := s.mustBeMember(c, o.ID); err != nil {
		return nil, err
	}
	return s.full(c, o, in.MembersLimit.Rows())
}

// named is the organization that a request names or that is active, or nil when there is neither.
func (s *Service) named(c *auth.Call, in GetFullOrganizationIn) (o *Organization, err error) {
	if in.OrganizationSlug != "" {
		o, err = s.OrganizationBySlug(c, in.OrganizationSlug)
	} else if id := chosen(c, in.OrganizationID); id != "" {
		o, err = s.Organization(c, id)
	} else {
		return nil, nil
	}
	if err == nil && o == nil {
		return nil, fail(http.StatusBadRequest, OrganizationNotFound)
	}
	return o, err
}

func (s *Service) full(c *auth.Call, o *Organization, limit int) (*FullOrganization, error) {
	members := one(MemberModel, store.Is("organizationId", o.ID))
	members.Join, members.Limit = schema.UserModel, limit
	found, err := c.Find(members)
	if err != nil {
		return nil, err
	}
	invitations, err := c.Find(one(InvitationModel, store.Is("organizationId", o.ID)))
	if err != nil {
		return nil, err
	}
	f := &FullOrganization{Organization: o, Invitations: all(c, invitations, invitationOf), Members: all(c, found, memberOf)}
	if !s.o.Teams.Enabled {
		return f, nil
	}
	teams, err := c.Find(one(TeamModel, store.Is("organizationId", o.ID)))
	f.Teams = all(c, teams, teamOf)
	return f, err
}
