package organization

import (
	"maps"
	"net/http"
	"strings"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
)

// AddMemberIn is the input of [AddMember].
type AddMemberIn struct {
	UserID         string       `body:"userId" is:"coerced" doc:"The user to add"`
	Role           auth.Texts   `body:"role" doc:"The role or roles of the new member"`
	OrganizationID string       `body:"organizationId,optional" doc:"The organization. Default: the active one"`
	TeamID         string       `body:"teamId,optional" doc:"The team to add the member to"`
	Extra          store.Record `body:"+" model:"member"`
}

// AddMember adds a user to an organization. It is for the server only, and checks no permission.
var AddMember = auth.Endpoint[AddMemberIn, *Member]{
	Key: "addMember", Method: auth.POST, OperationID: "addOrganizationMember", Doc: "Add a member to an organization",
	Handle: handle((*Service).addMember),
}

func (s *Service) addMember(c *auth.Call, in AddMemberIn) (*Member, error) {
	session.Current(c, session.LookupOptions{})
	id := chosen(c, in.OrganizationID)
	if id == "" {
		return nil, fail(http.StatusBadRequest, NoActiveOrganization)
	}
	if in.TeamID != "" && !s.o.Teams.Enabled {
		return nil, auth.FailText(http.StatusBadRequest, "Teams are not enabled")
	}
	u, err := account.FindUserByID(c, in.UserID)
	if err != nil || u == nil {
		return nil, failOr(err, http.StatusBadRequest, auth.UserNotFound)
	}
	if err := s.notMember(c, id, u.ID); err != nil {
		return nil, err
	}
	var teams []*Team
	if in.TeamID != "" {
		t, err := s.team(c, id, in.TeamID)
		if err != nil {
			return nil, err
		}
		teams = []*Team{t}
	}
	o, err := s.organization(c, id)
	if err != nil {
		return nil, err
	}
	data := store.Record{"organizationId": id, "userId": u.ID, "role": strings.Join(in.Role, ",")}
	maps.Copy(data, in.Extra)
	return s.Add(c, o, u, data, teams)
}

func (s *Service) notMember(c *auth.Call, organizationID, userID string) error {
	n, err := s.count(c, MemberModel, store.Is("organizationId", organizationID), store.Is("userId", userID))
	if err != nil || n > 0 {
		return failOr(err, http.StatusBadRequest, UserIsAlreadyAMemberOfThisOrganization)
	}
	return nil
}

// Add makes a user a member with data, and a member of teams, in one transaction. The limits hold, whoever else joins at the
// same time: it fails with ORGANIZATION_MEMBERSHIP_LIMIT_REACHED, TEAM_MEMBER_LIMIT_REACHED and
// USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION, and then changes nothing. The hooks around new members run.
func (s *Service) Add(c *auth.Call, o *Organization, u *auth.User, data store.Record, teams []*Team) (*Member, error) {
	a, err := s.admission(c, o, u, teams)
	if err != nil {
		return nil, err
	}
	if err := a.room(c); err != nil {
		return nil, err
	}
	data, err = s.o.Hooks.BeforeAddMember.before(c, Event{Data: data, User: u, Organization: o})
	if err != nil {
		return nil, err
	}
	var m *Member
	err = s.locked(c, o, func() (err error) {
		m, err = a.admit(c, data)
		return err
	})
	if err != nil {
		return nil, err
	}
	return m, s.o.Hooks.AfterAddMember.after(c, Event{Member: m, User: u, Organization: o})
}

// admission is what must hold for a user to join an organization and some of its teams.
type admission struct {
	s     *Service
	o     *Organization
	u     *auth.User
	limit int
	teams []seat
}

// seat is a place in a team; limit is negative without a limit.
type seat struct {
	team  *Team
	limit int
}

// admission asks the options for the limits, before anything is held.
func (s *Service) admission(c *auth.Call, o *Organization, u *auth.User, teams []*Team) (*admission, error) {
	a := &admission{s: s, o: o, u: u, limit: s.o.MembershipLimit}
	if f := s.o.MembershipLimitFunc; f != nil {
		var err error
		if a.limit, err = f(c.Ctx(), u, o); err != nil {
			return nil, err
		}
	}
	for _, t := range teams {
		limit, err := s.teamLimit(c, t)
		if err != nil {
			return nil, err
		}
		a.teams = append(a.teams, seat{t, limit})
	}
	return a, nil
}

// teamLimit is the number of members that a team may have, or -1.
func (s *Service) teamLimit(c *auth.Call, t *Team) (int, error) {
	switch o := &s.o.Teams; {
	case o.MaximumMembersPerTeamFunc != nil:
		return o.MaximumMembersPerTeamFunc(c.Ctx(), t, c.Session)
	case o.MaximumMembersPerTeam != nil:
		return *o.MaximumMembersPerTeam, nil
	default:
		return -1, nil
	}
}

// room fails when the organization is full.
func (a *admission) room(c *auth.Call) error {
	n, err := a.s.count(c, MemberModel, store.Is("organizationId", a.o.ID))
	if err != nil || n >= a.limit {
		return failOr(err, http.StatusForbidden, OrganizationMembershipLimitReached)
	}
	return nil
}

// admit adds the rows; the organization is held.
func (a *admission) admit(c *auth.Call, data store.Record) (*Member, error) {
	if err := a.s.notMember(c, a.o.ID, a.u.ID); err != nil {
		return nil, err
	}
	if err := a.room(c); err != nil {
		return nil, err
	}
	for _, place := range a.teams {
		if _, err := a.s.sit(c, place, a.u.ID); err != nil {
			return nil, err
		}
	}
	rec, err := c.Create(MemberModel, merged(store.Record{"createdAt": c.Now()}, data))
	return memberOf(c, rec), err
}

// sit puts a user into a team that has room, unless it is there already; the organization is held (UP-108).
func (s *Service) sit(c *auth.Call, place seat, userID string) (*TeamMember, error) {
	if there, err := s.teamMember(c, place.team.ID, userID); there != nil || err != nil {
		return there, err
	}
	if err := s.teamRoom(c, place); err != nil {
		return nil, err
	}
	return s.joinTeam(c, place.team.ID, userID)
}

func (s *Service) teamRoom(c *auth.Call, place seat) error {
	if place.limit < 0 {
		return nil
	}
	n, err := s.count(c, TeamMemberModel, store.Is("teamId", place.team.ID))
	if err != nil || n >= place.limit {
		return failOr(err, http.StatusForbidden, TeamMemberLimitReached)
	}
	return nil
}

// RemoveMemberIn is the input of [RemoveMember].
type RemoveMemberIn struct {
	MemberIDOrEmail string `body:"memberIdOrEmail" doc:"The id or the address of the member to remove"`
	OrganizationID  string `body:"organizationId,optional" doc:"The organization. Default: the active one"`
}

// RemovedMember is the output of [RemoveMember].
type RemovedMember struct {
	Member *Member `json:"member"`
}

// RemoveMember takes a member out of an organization and its teams. The last one with the creator's role stays.
var RemoveMember = auth.Endpoint[RemoveMemberIn, *RemovedMember]{
	Key: "removeMember", Method: auth.POST, Path: "/organization/remove-member", Doc: "Remove a member from an organization",
	NeedsHeader: true, Use: requireSession, Handle: handle((*Service).removeMember),
}

func (s *Service) removeMember(c *auth.Call, in RemoveMemberIn) (*RemovedMember, error) {
	id := chosen(c, in.OrganizationID)
	m, err := s.caller(c, id)
	if err != nil {
		return nil, err
	}
	target, err := s.target(c, id, in.MemberIDOrEmail)
	if err != nil {
		return nil, err
	}
	if err := s.mayRemove(c, m, target); err != nil {
		return nil, err
	}
	o, u, err := s.about(c, id, target.UserID)
	if err != nil {
		return nil, err
	}
	e := Event{Member: target, User: u, Organization: o}
	if _, err := s.o.Hooks.BeforeRemoveMember.before(c, e); err != nil {
		return nil, err
	}
	err = s.locked(c, o, func() error {
		if err := s.still(c, &m, &target); err != nil {
			return err
		}
		if err := s.mayRemove(c, m, target); err != nil {
			return err
		}
		return s.drop(c, target)
	})
	if err != nil {
		return nil, err
	}
	return &RemovedMember{target}, s.o.Hooks.AfterRemoveMember.after(c, e)
}

// caller is the caller as a member of the organization that an operation chose.
func (s *Service) caller(c *auth.Call, organizationID string) (*Member, error) {
	if organizationID == "" {
		return nil, fail(http.StatusBadRequest, NoActiveOrganization)
	}
	m, err := s.Member(c, organizationID, c.Session.User.ID)
	if err != nil || m == nil {
		return nil, failOr(err, http.StatusBadRequest, MemberNotFound)
	}
	return m, nil
}

// target is the member with an id, without its user, or with an address.
func (s *Service) target(c *auth.Call, organizationID, idOrEmail string) (m *Member, err error) {
	if strings.Contains(idOrEmail, "@") {
		m, err = s.memberByEmail(c, organizationID, idOrEmail)
	} else if m, err = s.memberByID(c, idOrEmail); m != nil {
		m.User = nil
	}
	if err != nil || m == nil {
		return nil, failOr(err, http.StatusBadRequest, MemberNotFound)
	}
	return m, nil
}

// mayRemove checks whether a member may remove another, or itself.
func (s *Service) mayRemove(c *auth.Call, m, target *Member) error {
	if hasRole(target.Role, s.o.CreatorRole) {
		if !hasRole(m.Role, s.o.CreatorRole) {
			return fail(http.StatusBadRequest, YouCannotLeaveTheOrganizationAsTheOnlyOwner)
		}
		leaving := target
		if target.OrganizationID != m.OrganizationID {
			leaving = m
		}
		if err := s.notLast(c, leaving, YouCannotLeaveTheOrganizationAsTheOnlyOwner); err != nil {
			return err
		}
	}
	if err := s.require(c, m, need("member", "delete"), http.StatusUnauthorized, YouAreNotAllowedToDeleteThisMember); err != nil {
		return err
	}
	if target.OrganizationID != m.OrganizationID {
		return fail(http.StatusBadRequest, MemberNotFound)
	}
	return nil
}

// notLast fails for the last member with the creator's role.
func (s *Service) notLast(c *auth.Call, m *Member, code auth.Code) error {
	other, err := s.otherCreator(c, m.OrganizationID, m.ID)
	if err != nil || !other {
		return failOr(err, http.StatusBadRequest, code)
	}
	return nil
}

// still reads members again, now that nobody can change them; what they were when they were read first may be past.
func (s *Service) still(c *auth.Call, members ...**Member) error {
	for _, m := range members {
		now, err := s.memberByID(c, (*m).ID)
		if err != nil || now == nil {
			return failOr(err, http.StatusBadRequest, MemberNotFound)
		}
		now.User = (*m).User
		*m = now
	}
	return nil
}

// about finds the organization and the user that a change is about.
func (s *Service) about(c *auth.Call, organizationID, userID string) (*Organization, *auth.User, error) {
	o, err := s.organization(c, organizationID)
	if err != nil {
		return nil, nil, err
	}
	u, err := account.FindUserByID(c, userID)
	if err == nil && u == nil {
		return nil, nil, auth.FailText(http.StatusBadRequest, "User not found")
	}
	return o, u, err
}

// drop removes a member and its places in teams; the organization is held. The caller's session forgets the organization that
// the caller left.
func (s *Service) drop(c *auth.Call, m *Member) error {
	if err := c.Delete(MemberModel, store.Where{store.Is("id", m.ID)}); err != nil {
		return err
	}
	if s.o.Teams.Enabled {
		if err := s.leaveTeams(c, m); err != nil {
			return err
		}
	}
	if c.Session == nil || c.Session.User.ID != m.UserID {
		return nil
	}
	return forget(c, activeOrganization, m.OrganizationID)
}

// LeaveOrganizationIn is the input of [LeaveOrganization].
type LeaveOrganizationIn struct {
	OrganizationID string `body:"organizationId" doc:"The organization to leave"`
}

// LeaveOrganization ends the caller's membership. The last one with the creator's role stays.
var LeaveOrganization = auth.Endpoint[LeaveOrganizationIn, *Member]{
	Key: "leaveOrganization", Method: auth.POST, Path: "/organization/leave", Doc: "Leave an organization", NeedsHeader: true,
	Use: requireSession, Handle: handle((*Service).leaveOrganization),
}

func (s *Service) leaveOrganization(c *auth.Call, in LeaveOrganizationIn) (*Member, error) {
	m, err := s.Member(c, in.OrganizationID, c.Session.User.ID)
	if err != nil || m == nil {
		return nil, failOr(err, http.StatusBadRequest, MemberNotFound)
	}
	o, err := s.organization(c, in.OrganizationID)
	if err != nil {
		return nil, err
	}
	err = s.locked(c, o, func() error {
		if err := s.still(c, &m); err != nil {
			return err
		}
		if hasRole(m.Role, s.o.CreatorRole) {
			if err := s.notLast(c, m, YouCannotLeaveTheOrganizationAsTheOnlyOwner); err != nil {
				return err
			}
		}
		return s.drop(c, m)
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}
