package organization

import (
	"maps"
	"net/http"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/access"
)

// Message says what was done.
type Message struct {
	Message string `json:"message"`
}

// CreateTeamIn is the input of [CreateTeam].
type CreateTeamIn struct {
	Name           string       `body:"name" doc:"The name of the team"`
	OrganizationID string       `body:"organizationId,optional" doc:"The organization. Default: the active one"`
	Extra          store.Record `body:"+" model:"team"`
}

// CreateTeam makes a team. The caller needs the permission team:create; the server needs none. It fails with
// YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_TEAMS.
var CreateTeam = auth.Endpoint[CreateTeamIn, *Team]{
	Key: "createTeam", Method: auth.POST, Path: "/organization/create-team", Doc: "Create a new team within an organization",
	Handle: handle((*Service).createTeam),
}

func (s *Service) createTeam(c *auth.Call, in CreateTeamIn) (*Team, error) {
	if err := callerOrServer(c); err != nil {
		return nil, err
	}
	id := chosen(c, in.OrganizationID)
	if id == "" {
		return nil, fail(http.StatusBadRequest, NoActiveOrganization)
	}
	err := s.onTeams(c, id, "create", YouAreNotAllowedToInviteUsersToThisOrganization, YouAreNotAllowedToCreateTeamsInThisOrganization)
	if err != nil {
		return nil, err
	}
	limit := s.o.Teams.MaximumTeams
	if f := s.o.Teams.MaximumTeamsFunc; f != nil {
		if limit, err = f(c.Ctx(), id, c.Session); err != nil {
			return nil, err
		}
	}
	if err := s.roomForTeam(c, id, limit); err != nil {
		return nil, err
	}
	o, err := s.organization(c, id)
	if err != nil {
		return nil, err
	}
	e := Event{User: user(c), Organization: o, Data: store.Record{"name": in.Name, "organizationId": id}}
	maps.Copy(e.Data, in.Extra)
	if e.Data, err = s.o.Hooks.BeforeCreateTeam.before(c, e); err != nil {
		return nil, err
	}
	if e.Team, err = s.insertTeam(c, o, e.Data, limit); err != nil {
		return nil, err
	}
	e.Data = nil
	return e.Team, s.o.Hooks.AfterCreateTeam.after(c, e)
}

// user is the caller, or nil in a call of the server.
func user(c *auth.Call) *auth.User {
	if c.Session == nil {
		return nil
	}
	return c.Session.User
}

// onTeams checks that the caller, unless it is the server, is a member who may do something with teams.
func (s *Service) onTeams(c *auth.Call, organizationID, action string, stranger, denied auth.Code) error {
	if c.Session == nil {
		return nil
	}
	m, err := s.Member(c, organizationID, c.Session.User.ID)
	if err != nil || m == nil {
		return failOr(err, http.StatusForbidden, stranger)
	}
	return s.require(c, m, access.Permissions{"team": {action}}, http.StatusForbidden, denied)
}

// roomForTeam fails when an organization has as many teams as it may have; 0 is no limit.
func (s *Service) roomForTeam(c *auth.Call, organizationID string, limit int) error {
	if limit <= 0 {
		return nil
	}
	n, err := s.count(c, TeamModel, store.Is("organizationId", organizationID))
	if err != nil || n >= limit {
		return failOr(err, http.StatusBadRequest, YouHaveReachedTheMaximumNumberOfTeams)
	}
	return nil
}

func (s *Service) insertTeam(c *auth.Call, o *Organization, data store.Record, limit int) (t *Team, err error) {
	now := c.Now()
	err = s.locked(c, o, func() error {
		if err := s.roomForTeam(c, o.ID, limit); err != nil {
			return err
		}
		rec, err := c.Create(TeamModel, merged(store.Record{"createdAt": now, "updatedAt": now}, data))
		t = teamOf(c, rec)
		return err
	})
	return t, err
}

// RemoveTeamIn is the input of [RemoveTeam].
type RemoveTeamIn struct {
	TeamID         string `body:"teamId" doc:"The team to remove"`
	OrganizationID string `body:"organizationId,optional" doc:"The organization. Default: the active one"`
}

// RemoveTeam removes a team with its members' places. The last team stays unless the options let it go.
var RemoveTeam = auth.Endpoint[RemoveTeamIn, *Message]{
	Key: "removeTeam", Method: auth.POST, Path: "/organization/remove-team", Doc: "Remove a team from an organization",
	Handle: handle((*Service).removeTeam),
}

func (s *Service) removeTeam(c *auth.Call, in RemoveTeamIn) (*Message, error) {
	signedOut := callerOrServer(c)
	id := chosen(c, in.OrganizationID)
	if id == "" {
		return nil, fail(http.StatusBadRequest, NoActiveOrganization)
	}
	if signedOut != nil {
		return nil, signedOut
	}
	if c.Session != nil && active(c.Session, activeTeam) == in.TeamID {
		return nil, fail(http.StatusForbidden, YouAreNotAllowedToDeleteThisTeam)
	}
	err := s.onTeams(c, id, "delete", YouAreNotAllowedToDeleteThisTeam, YouAreNotAllowedToDeleteTeamsInThisOrganization)
	if err != nil {
		return nil, err
	}
	t, err := s.team(c, id, in.TeamID)
	if err != nil {
		return nil, err
	}
	if err := s.notLastTeam(c, id); err != nil {
		return nil, err
	}
	o, err := s.organization(c, id)
	if err != nil {
		return nil, err
	}
	e := Event{Team: t, User: user(c), Organization: o}
	if _, err := s.o.Hooks.BeforeDeleteTeam.before(c, e); err != nil {
		return nil, err
	}
	if err := s.deleteTeam(c, o, t); err != nil {
		return nil, err
	}
	return &Message{"Team removed successfully."}, s.o.Hooks.AfterDeleteTeam.after(c, e)
}

func (s *Service) notLastTeam(c *auth.Call, organizationID string) error {
	if s.o.Teams.AllowRemovingAllTeams {
		return nil
	}
	n, err := s.count(c, TeamModel, store.Is("organizationId", organizationID))
	if err != nil || n <= 1 {
		return failOr(err, http.StatusBadRequest, UnableToRemoveLastTeam)
	}
	return nil
}

func (s *Service) deleteTeam(c *auth.Call, o *Organization, t *Team) error {
	return s.locked(c, o, func() error {
		if err := s.notLastTeam(c, o.ID); err != nil {
			return err
		}
		if err := c.Delete(TeamMemberModel, store.Where{store.Is("teamId", t.ID)}); err != nil {
			return err
		}
		return c.Delete(TeamModel, store.Where{store.Is("id", t.ID)})
	})
}

// teamIDs are the ids of an organization's teams.
func (s *Service) teamIDs(c *auth.Call, organizationID string) ([]string, error) {
	recs, err := c.Store.Find(c.Ctx(), one(TeamModel, store.Is("organizationId", organizationID)))
	ids := make([]string, len(recs))
	for i, rec := range recs {
		ids[i], _ = rec["id"].(string)
	}
	return ids, err
}

// deleteTeams removes every team of an organization.
func (s *Service) deleteTeams(c *auth.Call, organizationID string) error {
	ids, err := s.teamIDs(c, organizationID)
	if err != nil || len(ids) == 0 {
		return err
	}
	if err := c.Delete(TeamMemberModel, store.Where{{Field: "teamId", Op: store.In, Value: ids}}); err != nil {
		return err
	}
	return c.Delete(TeamModel, store.Where{store.Is("organizationId", organizationID)})
}

// leaveTeams takes a member out of the organization's teams.
func (s *Service) leaveTeams(c *auth.Call, m *Member) error {
	ids, err := s.teamIDs(c, m.OrganizationID)
	if err != nil || len(ids) == 0 {
		return err
	}
	return c.Delete(TeamMemberModel, store.Where{store.Is("userId", m.UserID), {Field: "teamId", Op: store.In, Value: ids}})
}

// UpdateTeamIn is the input of [UpdateTeam].
type UpdateTeamIn struct {
	TeamID string      `body:"teamId" doc:"The team to update"`
	Data   *TeamChange `body:"data"`
}

// TeamChange is what [UpdateTeam] changes.
type TeamChange struct {
	// ID is accepted and ignored.
	ID   *string `body:"id,optional"`
	Name *string `body:"name,optional" is:"nonempty" doc:"The name of the team"`
	// OrganizationID says which organization the team is in; it is not changed.
	OrganizationID string       `body:"organizationId,optional" doc:"The organization. Default: the active one"`
	CreatedAt      *time.Time   `body:"createdAt,optional"`
	UpdatedAt      *time.Time   `body:"updatedAt,optional"`
	Extra          store.Record `body:"+,optional" model:"team"`
}

// UpdateTeam changes a team. The caller needs the permission team:update.
var UpdateTeam = auth.Endpoint[UpdateTeamIn, *Team]{
	Key: "updateTeam", Method: auth.POST, Path: "/organization/update-team", Doc: "Update an existing team in an organization",
	NeedsHeader: true, Use: requireSession, Handle: handle((*Service).updateTeam),
}

func (s *Service) updateTeam(c *auth.Call, in UpdateTeamIn) (*Team, error) {
	id := chosen(c, in.Data.OrganizationID)
	if id == "" {
		return nil, fail(http.StatusBadRequest, NoActiveOrganization)
	}
	err := s.onTeams(c, id, "update", YouAreNotAllowedToUpdateThisTeam, YouAreNotAllowedToUpdateThisTeam)
	if err != nil {
		return nil, err
	}
	t, err := s.team(c, id, in.TeamID)
	if err != nil {
		return nil, err
	}
	o, err := s.organization(c, id)
	if err != nil {
		return nil, err
	}
	e := Event{Team: t, User: user(c), Organization: o, Data: in.Data.record()}
	set, err := s.o.Hooks.BeforeUpdateTeam.replaced(c, e)
	if err != nil {
		return nil, err
	}
	set = merged(store.Record{"updatedAt": c.Now()}, set)
	delete(set, "id")
	rec, err := c.Update(TeamModel, store.Where{store.Is("id", t.ID), store.Is("organizationId", id)}, set)
	if err != nil {
		return nil, err
	}
	e.Team, e.Data = teamOf(c, rec), nil
	return e.Team, s.o.Hooks.AfterUpdateTeam.after(c, e)
}

func (d *TeamChange) record() store.Record {
	rec := store.Record{}
	maps.Copy(rec, d.Extra)
	if d.Name != nil {
		rec["name"] = *d.Name
	}
	if d.CreatedAt != nil {
		rec["createdAt"] = *d.CreatedAt
	}
	if d.UpdatedAt != nil {
		rec["updatedAt"] = *d.UpdatedAt
	}
	return rec
}

// ListTeamsIn is the input of [ListOrganizationTeams].
type ListTeamsIn struct {
	OrganizationID string `query:"organizationId,optional" doc:"The organization. Default: the active one"`
}

// ListOrganizationTeams returns the teams of an organization of the caller's, at most advanced.database.defaultFindManyLimit.
var ListOrganizationTeams = auth.Endpoint[ListTeamsIn, []*Team]{
	Key: "listOrganizationTeams", Method: auth.GET, Path: "/organization/list-teams", Doc: "List all teams in an organization",
	NeedsHeader: true, Use: requireSession, Handle: handle((*Service).listTeams),
}

func (s *Service) listTeams(c *auth.Call, in ListTeamsIn) ([]*Team, error) {
	id := chosen(c, in.OrganizationID)
	if id == "" {
		return nil, fail(http.StatusBadRequest, NoActiveOrganization)
	}
	m, err := s.Member(c, id, c.Session.User.ID)
	if err != nil || m == nil {
		return nil, failOr(err, http.StatusForbidden, YouAreNotAllowedToAccessThisOrganization)
	}
	recs, err := c.Find(one(TeamModel, store.Is("organizationId", id)))
	return all(c, recs, teamOf), err
}
