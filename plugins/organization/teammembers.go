package organization

import (
	"errors"
	"net/http"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/store"
)

// SetActiveTeamIn is the input of [SetActiveTeam].
type SetActiveTeamIn struct {
	// TeamID: null forgets the active team.
	TeamID Choice `body:"teamId,optional" doc:"The team to make active; null makes none active"`
}

// SetActiveTeam makes a team of the caller's, in the active organization (UP-112), the active one of the session.
var SetActiveTeam = auth.Endpoint[SetActiveTeamIn, *Team]{
	Key: "setActiveTeam", Method: auth.POST, Path: "/organization/set-active-team", Doc: "Set the active team", NeedsHeader: true,
	Use: requireSession, Handle: handle((*Service).setActiveTeam),
}

func (s *Service) setActiveTeam(c *auth.Call, in SetActiveTeamIn) (*Team, error) {
	now, id := active(c.Session, activeTeam), in.TeamID.ID
	switch {
	case in.TeamID.Null && now == "":
		return nil, nil
	case in.TeamID.Null:
		return nil, activate(c, activeTeam, "")
	case id == "" && now == "":
		return nil, nil
	case id == "":
		id = now
	}
	rec, err := c.FindOne(one(TeamModel, store.Is("id", id)))
	t := teamOf(c, rec)
	if err != nil || t == nil {
		return nil, failOr(err, http.StatusBadRequest, TeamNotFound)
	}
	if here := active(c.Session, activeOrganization); here != "" && here != t.OrganizationID {
		return nil, fail(http.StatusBadRequest, TeamNotFound)
	}
	if err := s.mustBeInTeam(c, t.ID, http.StatusForbidden); err != nil {
		return nil, err
	}
	return t, activate(c, activeTeam, t.ID)
}

// mustBeInTeam fails unless the caller is in a team.
func (s *Service) mustBeInTeam(c *auth.Call, teamID string, status int) error {
	m, err := s.teamMember(c, teamID, c.Session.User.ID)
	if err != nil || m == nil {
		return failOr(err, status, UserIsNotAMemberOfTheTeam)
	}
	return nil
}

// ListUserTeams returns the teams that the caller is in, at most advanced.database.defaultFindManyLimit. It is one query.
var ListUserTeams = auth.Endpoint[struct{}, []*Team]{
	Key: "listUserTeams", Method: auth.GET, Path: "/organization/list-user-teams", Doc: "List all teams that the current user is a part of.",
	NeedsHeader: true, Use: requireSession, Handle: handle((*Service).listUserTeams),
}

func (s *Service) listUserTeams(c *auth.Call, _ struct{}) ([]*Team, error) {
	q := one(TeamMemberModel, store.Is("userId", c.Session.User.ID))
	q.Join = TeamModel
	recs, err := c.Find(q)
	teams := []*Team{}
	for _, rec := range recs {
		if t, _ := rec[TeamModel].(store.Record); t != nil {
			teams = append(teams, teamOf(c, t))
		}
	}
	return teams, err
}

// ListTeamMembersIn is the input of [ListTeamMembers].
type ListTeamMembersIn struct {
	TeamID string `query:"teamId,optional" doc:"The team. Default: the active one"`
}

// ListTeamMembers returns who is in a team of the caller's, at most advanced.database.defaultFindManyLimit.
var ListTeamMembers = auth.Endpoint[ListTeamMembersIn, []*TeamMember]{
	Key: "listTeamMembers", Method: auth.GET, Path: "/organization/list-team-members", Doc: "List the members of the given team.",
	NeedsHeader: true, Use: requireSession, Handle: handle((*Service).listTeamMembers),
}

func (s *Service) listTeamMembers(c *auth.Call, in ListTeamMembersIn) ([]*TeamMember, error) {
	id := in.TeamID
	if id == "" {
		id = active(c.Session, activeTeam)
	}
	if id == "" {
		return nil, fail(http.StatusBadRequest, YouDoNotHaveAnActiveTeam)
	}
	if err := s.mustBeInTeam(c, id, http.StatusBadRequest); err != nil {
		return nil, err
	}
	recs, err := c.Find(one(TeamMemberModel, store.Is("teamId", id)))
	return all(c, recs, teamMemberOf), err
}

// TeamMemberIn names a user and a team.
type TeamMemberIn struct {
	TeamID         string `body:"teamId" doc:"The team"`
	UserID         string `body:"userId" is:"coerced" doc:"The user"`
	OrganizationID string `body:"organizationId,optional" doc:"The organization. Default: the active one"`
}

// AddTeamMember puts a member of the organization into a team. The caller needs the permission member:update. It fails with
// TEAM_MEMBER_LIMIT_REACHED (UP-108).
var AddTeamMember = auth.Endpoint[TeamMemberIn, *TeamMember]{
	Key: "addTeamMember", Method: auth.POST, Path: "/organization/add-team-member", Doc: "The newly created member", NeedsHeader: true,
	Use: requireSession, Handle: handle((*Service).addTeamMember),
}

// placing is a change of who is in a team.
type placing struct {
	m *Member
	t *Team
	o *Organization
	u *auth.User
}

func (s *Service) addTeamMember(c *auth.Call, in TeamMemberIn) (*TeamMember, error) {
	p, err := s.placing(c, in, "update", YouAreNotAllowedToCreateANewTeamMember)
	if err != nil {
		return nil, err
	}
	limit, err := s.teamLimit(c, p.t)
	if err != nil {
		return nil, err
	}
	e := Event{Data: store.Record{"teamId": in.TeamID, "userId": in.UserID}, Team: p.t, User: p.u, Organization: p.o}
	if _, err := s.o.Hooks.BeforeAddTeamMember.before(c, e); err != nil {
		return nil, err
	}
	err = s.locked(c, p.o, func() error {
		if err := s.still(c, &p.m); err != nil { // who left meanwhile is in no team
			return err
		}
		e.TeamMember, err = s.sit(c, seat{p.t, limit}, in.UserID)
		if errors.Is(err, TeamMemberLimitReached) {
			return fail(http.StatusBadRequest, TeamMemberLimitReached)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	e.Data = nil
	return e.TeamMember, s.o.Hooks.AfterAddTeamMember.after(c, e)
}

// placing checks the caller's permission and that team and user are of the organization.
func (s *Service) placing(c *auth.Call, in TeamMemberIn, action string, denied auth.Code) (*placing, error) {
	id := chosen(c, in.OrganizationID)
	if id == "" {
		return nil, fail(http.StatusBadRequest, NoActiveOrganization)
	}
	if _, err := s.acting(c, id, need("member", action), denied); err != nil {
		return nil, err
	}
	p := &placing{}
	var err error
	if p.m, err = s.Member(c, id, in.UserID); err != nil || p.m == nil {
		return nil, failOr(err, http.StatusBadRequest, UserIsNotAMemberOfTheOrganization)
	}
	if p.t, err = s.team(c, id, in.TeamID); err != nil {
		return nil, err
	}
	if p.o, err = s.organization(c, id); err != nil {
		return nil, err
	}
	p.u, err = account.FindUserByID(c, in.UserID)
	if err == nil && p.u == nil {
		return nil, auth.FailText(http.StatusBadRequest, "User not found")
	}
	return p, err
}

// RemoveTeamMember takes a user out of a team. The caller needs the permission member:delete.
var RemoveTeamMember = auth.Endpoint[TeamMemberIn, *Message]{
	Key: "removeTeamMember", Method: auth.POST, Path: "/organization/remove-team-member", Doc: "Remove a member from a team", NeedsHeader: true,
	Use: requireSession, Handle: handle((*Service).removeTeamMember),
}

func (s *Service) removeTeamMember(c *auth.Call, in TeamMemberIn) (*Message, error) {
	p, err := s.placing(c, in, "delete", YouAreNotAllowedToRemoveATeamMember)
	if err != nil {
		return nil, err
	}
	there, err := s.teamMember(c, p.t.ID, p.u.ID)
	if err != nil || there == nil {
		return nil, failOr(err, http.StatusBadRequest, UserIsNotAMemberOfTheTeam)
	}
	e := Event{TeamMember: there, Team: p.t, User: p.u, Organization: p.o}
	if _, err := s.o.Hooks.BeforeRemoveTeamMember.before(c, e); err != nil {
		return nil, err
	}
	err = c.Delete(TeamMemberModel, store.Where{store.Is("teamId", p.t.ID), store.Is("userId", p.u.ID)})
	if err != nil {
		return nil, err
	}
	return &Message{"Team member removed successfully."}, s.o.Hooks.AfterRemoveTeamMember.after(c, e)
}
