package organization

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/store"
)

// CreateInvitationIn is the input of [CreateInvitation].
type CreateInvitationIn struct {
	Email          string       `body:"email" doc:"The address to invite"`
	Role           auth.Texts   `body:"role" doc:"The role or roles of the member to be"`
	OrganizationID string       `body:"organizationId,optional" doc:"The organization. Default: the active one"`
	Resend         bool         `body:"resend,optional" doc:"Send a pending invitation again and let it live longer"`
	TeamID         auth.Texts   `body:"teamId,optional" doc:"The team or teams to join"`
	Extra          store.Record `body:"+" model:"invitation"`
}

// CreateInvitation invites somebody to an organization. The caller needs the permission invitation:create, and the creator's
// role to give it.
var CreateInvitation = auth.Endpoint[CreateInvitationIn, *Invitation]{
	Key: "createInvitation", Method: auth.POST, Path: "/organization/invite-member", OperationID: "createOrganizationInvitation",
	Doc: "Create an invitation to an organization", NeedsHeader: true, Use: requireSession, Handle: handle((*Service).createInvitation),
}

// invite is an invitation being made.
type invite struct {
	o       *Organization
	inviter *Member
	email   string
	roles   []string
	teams   []seat
	limit   int
}

func (s *Service) createInvitation(c *auth.Call, in CreateInvitationIn) (*Invitation, error) {
	i, err := s.mayInvite(c, in)
	if err != nil {
		return nil, err
	}
	waiting, err := s.waiting(c, i)
	if err != nil {
		return nil, err
	}
	if waiting != nil && !in.Resend {
		return nil, fail(http.StatusBadRequest, UserIsAlreadyInvitedToThisOrganization)
	}
	if i.o, err = s.organization(c, i.inviter.OrganizationID); err != nil {
		return nil, err
	}
	if waiting != nil {
		return s.resend(c, i, waiting)
	}
	if err := s.room(c, i, in.TeamID); err != nil {
		return nil, err
	}
	invitation, err := s.insertInvitation(c, i, in.Extra)
	if err != nil {
		return nil, err
	}
	s.sendInvitation(c, i, invitation)
	return invitation, s.o.Hooks.AfterCreateInvitation.after(c, Event{Invitation: invitation, User: c.Session.User, Organization: i.o})
}

// mayInvite checks the address, the roles and what the caller may give.
func (s *Service) mayInvite(c *auth.Call, in CreateInvitationIn) (*invite, error) {
	id := chosen(c, in.OrganizationID)
	if id == "" {
		return nil, fail(http.StatusBadRequest, OrganizationNotFound)
	}
	i := &invite{email: account.LowerASCII(in.Email), roles: tokens(strings.Join(in.Role, ","))}
	if !auth.IsEmail(i.email) {
		return nil, fail(http.StatusBadRequest, auth.InvalidEmail)
	}
	var err error
	if i.inviter, err = s.caller(c, id); err != nil {
		return nil, err
	}
	if err := s.require(c, i.inviter, need("invitation", "create"), http.StatusForbidden, YouAreNotAllowedToInviteUsersToThisOrganization); err != nil {
		return nil, err
	}
	if err := s.checkRoles(c, id, i.roles); err != nil {
		return nil, err
	}
	if slices.Contains(i.roles, s.o.CreatorRole) && !hasRole(i.inviter.Role, s.o.CreatorRole) {
		return nil, fail(http.StatusForbidden, YouAreNotAllowedToInviteUserWithThisRole)
	}
	m, err := s.memberByEmail(c, id, i.email)
	if err != nil || m != nil {
		return nil, failOr(err, http.StatusBadRequest, UserIsAlreadyAMemberOfThisOrganization)
	}
	return i, nil
}

// waiting is a pending invitation of the same address, or nil.
func (s *Service) waiting(c *auth.Call, i *invite) (*Invitation, error) {
	rec, err := c.FindOne(one(InvitationModel, append(pendingIn(c, i.inviter.OrganizationID), store.Is("email", i.email))...))
	return invitationOf(c, rec), err
}

// resend lets a pending invitation live longer and sends it again.
func (s *Service) resend(c *auth.Call, i *invite, waiting *Invitation) (*Invitation, error) {
	until := c.Now().Add(s.o.InvitationExpiresIn)
	rec, err := c.Update(InvitationModel, store.Where{store.Is("id", waiting.ID), store.Is("status", pending)}, store.Record{"expiresAt": until})
	if err != nil || rec == nil {
		return nil, failOr(err, http.StatusBadRequest, InvitationNotFound)
	}
	invitation := invitationOf(c, rec)
	s.sendInvitation(c, i, invitation)
	return invitation, nil
}

// room asks the options for the limits and looks the teams up; it fails when one is reached.
func (s *Service) room(c *auth.Call, i *invite, teamIDs []string) (err error) {
	i.limit = defaultLimit
	switch {
	case s.o.InvitationLimitFunc != nil:
		if i.limit, err = s.o.InvitationLimitFunc(c.Ctx(), c.Session.User, i.o, i.inviter); err != nil {
			return err
		}
	case s.o.InvitationLimit != nil:
		i.limit = *s.o.InvitationLimit
	}
	if err := s.invitationRoom(c, i); err != nil || !s.o.Teams.Enabled {
		return err
	}
	teams, err := s.teams(c, i.o.ID, teamIDs)
	if err != nil {
		return err
	}
	for _, t := range teams {
		limit, err := s.teamLimit(c, t)
		if err != nil {
			return err
		}
		if err := s.teamRoom(c, seat{t, limit}); err != nil {
			return err
		}
		i.teams = append(i.teams, seat{t, limit})
	}
	return nil
}

func (s *Service) invitationRoom(c *auth.Call, i *invite) error {
	n, err := s.count(c, InvitationModel, pendingIn(c, i.inviter.OrganizationID)...)
	if err != nil || n >= i.limit {
		return failOr(err, http.StatusForbidden, InvitationLimitReached)
	}
	return nil
}

// teams are teams of an organization by their ids, in one query. It fails with TEAM_NOT_FOUND when one is not of this
// organization (UP-107), and with INVALID_TEAM_ID for an id that a list joined by commas cannot hold, or for too many (UP-110).
func (s *Service) teams(c *auth.Call, organizationID string, ids []string) ([]*Team, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	ids = slices.DeleteFunc(ids, func(id string) bool { return id == "" })
	if len(ids) == 0 {
		return nil, nil
	}
	if len(ids) > defaultLimit || slices.ContainsFunc(ids, func(id string) bool { return strings.Contains(id, ",") }) {
		return nil, fail(http.StatusBadRequest, InvalidTeamID)
	}
	recs, err := c.Store.Find(c.Ctx(), one(TeamModel, store.Is("organizationId", organizationID), store.Cond{Field: "id", Op: store.In, Value: ids}))
	if err != nil {
		return nil, err
	}
	if len(recs) < len(ids) {
		return nil, fail(http.StatusBadRequest, TeamNotFound)
	}
	return all(c, recs, teamOf), nil
}

// insertInvitation stores an invitation. The limit holds, and one address has one pending invitation, whoever else invites.
func (s *Service) insertInvitation(c *auth.Call, i *invite, extra store.Record) (*Invitation, error) {
	data, err := s.o.Hooks.BeforeCreateInvitation.before(c, Event{Data: s.invitationData(c, i, extra), User: c.Session.User, Organization: i.o})
	if err != nil {
		return nil, err
	}
	var invitation *Invitation
	err = s.locked(c, i.o, func() error {
		if waiting, err := s.waiting(c, i); err != nil || waiting != nil {
			return failOr(err, http.StatusBadRequest, UserIsAlreadyInvitedToThisOrganization)
		}
		if err := s.invitationRoom(c, i); err != nil {
			return err
		}
		rec, err := c.Create(InvitationModel, data)
		invitation = invitationOf(c, rec)
		return err
	})
	return invitation, err
}

func (s *Service) invitationData(c *auth.Call, i *invite, extra store.Record) store.Record {
	now := c.Now()
	data := store.Record{
		"status": pending, "expiresAt": now.Add(s.o.InvitationExpiresIn), "createdAt": now, "inviterId": c.Session.User.ID,
		"role": strings.Join(i.roles, ","), "email": i.email, "organizationId": i.o.ID,
	}
	if s.o.Teams.Enabled {
		data["teamId"] = nil
		if len(i.teams) > 0 {
			ids := make([]string, len(i.teams))
			for n, place := range i.teams {
				ids[n] = place.team.ID
			}
			data["teamId"] = strings.Join(ids, ",")
		}
	}
	return merged(data, extra)
}

func (s *Service) sendInvitation(c *auth.Call, i *invite, invitation *Invitation) {
	send := s.o.SendInvitationEmail
	if send == nil {
		return
	}
	m := InvitationMail{
		ID: invitation.ID, Role: invitation.Role, Email: account.LowerASCII(invitation.Email), Organization: i.o,
		Invitation: invitation, Inviter: i.inviter, InviterUser: c.Session.User, Request: c.Request,
	}
	c.Send("organization invitation", func(ctx context.Context) error { return send(ctx, m) })
}
