package organization

import (
	"net/http"
	"strings"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
)

// InvitationIn names an invitation.
type InvitationIn struct {
	InvitationID string `body:"invitationId" doc:"The invitation"`
}

// InvitationAnswer is what became of an invitation.
type InvitationAnswer struct {
	Invitation *Invitation `json:"invitation"`
	// Member is the new member, or nil.
	Member *Member `json:"member"`
}

// AcceptInvitation makes the caller, to whose address the invitation went, a member, and the organization the active one.
// The invitation is used up only when that succeeds.
var AcceptInvitation = auth.Endpoint[InvitationIn, *InvitationAnswer]{
	Key: "acceptInvitation", Method: auth.POST, Path: "/organization/accept-invitation", Doc: "Accept an invitation to an organization",
	NeedsHeader: true, Use: requireSession, Handle: handle((*Service).acceptInvitation),
}

func (s *Service) acceptInvitation(c *auth.Call, in InvitationIn) (*InvitationAnswer, error) {
	i, err := s.invitation(c, in.InvitationID)
	if err != nil || i == nil || i.Status != pending || i.ExpiresAt.Before(c.Now()) {
		return nil, failOr(err, http.StatusBadRequest, InvitationNotFound)
	}
	if err := s.mine(c, i); err != nil {
		return nil, err
	}
	o, err := s.organization(c, i.OrganizationID)
	if err != nil {
		return nil, err
	}
	a, err := s.admissionBy(c, o, i)
	if err != nil {
		return nil, err
	}
	e := Event{Invitation: i, User: c.Session.User, Organization: o}
	if _, err := s.o.Hooks.BeforeAcceptInvitation.before(c, e); err != nil {
		return nil, err
	}
	out, err := s.accept(c, i, a)
	if err != nil {
		return nil, err
	}
	if len(a.teams) == 1 {
		if err := session.SetCookie(c, c.Session, 0); err != nil {
			return nil, err
		}
	}
	e.Invitation, e.Member = out.Invitation, out.Member
	return out, s.o.Hooks.AfterAcceptInvitation.after(c, e)
}

// mine fails for an invitation that went to another address than the caller's, or to one that is not proved to be the caller's
// where that matters.
func (s *Service) mine(c *auth.Call, i *Invitation) error {
	if account.LowerASCII(i.Email) != account.LowerASCII(c.Session.User.Email) {
		return fail(http.StatusForbidden, YouAreNotTheRecipientOfTheInvitation)
	}
	if (s.o.RequireEmailVerificationOnInvitation || guessable(c)) && !c.Session.User.EmailVerified {
		return fail(http.StatusForbidden, EmailVerificationRequiredBeforeAcceptingOrRejectingInvitation)
	}
	return nil
}

// guessable reports whether ids may be guessed: knowing one then does not prove that the mail arrived (UP-004).
func guessable(c *auth.Call) bool {
	db := &c.Options.Advanced.Database
	return db.GenerateIDFunc != nil || db.GenerateID == "serial" || db.GenerateID == "false"
}

// admissionBy is what must hold for the caller to join by an invitation.
func (s *Service) admissionBy(c *auth.Call, o *Organization, i *Invitation) (*admission, error) {
	a, err := s.admission(c, o, c.Session.User, nil)
	if err != nil {
		return nil, err
	}
	if err := a.room(c); err != nil || !s.o.Teams.Enabled || i.TeamID == nil {
		return a, err
	}
	teams, err := s.teams(c, o.ID, strings.Split(*i.TeamID, ","))
	if err != nil {
		return nil, err
	}
	return s.admission(c, o, c.Session.User, teams)
}

// accept takes the invitation and adds the member, in one transaction: of any number of calls one succeeds, the limits hold, and
// a call that fails leaves the invitation pending (RACE-013).
func (s *Service) accept(c *auth.Call, i *Invitation, a *admission) (*InvitationAnswer, error) {
	out := &InvitationAnswer{}
	err := s.locked(c, a.o, func() (err error) {
		if out.Invitation, err = s.turn(c, i.ID, accepted, store.Is("status", pending)); err != nil {
			return err
		}
		out.Member, err = a.admit(c, store.Record{"organizationId": a.o.ID, "userId": a.u.ID, "role": i.Role})
		if err != nil {
			return err
		}
		ids := map[string]string{activeOrganization: a.o.ID}
		if len(a.teams) == 1 {
			ids[activeTeam] = a.teams[0].team.ID
		}
		now, err := setActive(c, ids)
		if err == nil && now != nil {
			c.Session = &auth.SignedIn{Session: now, User: c.Session.User}
		}
		return err
	})
	return out, err
}

// turn gives an invitation another status while guard holds, else it fails with INVITATION_NOT_FOUND.
func (s *Service) turn(c *auth.Call, id, status string, guard store.Cond) (*Invitation, error) {
	rec, err := c.Update(InvitationModel, store.Where{store.Is("id", id), guard}, store.Record{"status": status})
	if err != nil || rec == nil {
		return nil, failOr(err, http.StatusBadRequest, InvitationNotFound)
	}
	return invitationOf(c, rec), nil
}

// RejectInvitation turns an invitation down that went to the caller's address.
var RejectInvitation = auth.Endpoint[InvitationIn, *InvitationAnswer]{
	Key: "rejectInvitation", Method: auth.POST, Path: "/organization/reject-invitation", Doc: "Reject an invitation to an organization",
	NeedsHeader: true, Use: requireSession, Handle: handle((*Service).rejectInvitation),
}

func (s *Service) rejectInvitation(c *auth.Call, in InvitationIn) (*InvitationAnswer, error) {
	i, err := s.invitation(c, in.InvitationID)
	if err != nil || i == nil || i.Status != pending {
		return nil, failOr(err, http.StatusBadRequest, InvitationNotFound.With(notFoundText))
	}
	if err := s.mine(c, i); err != nil {
		return nil, err
	}
	o, err := s.organization(c, i.OrganizationID)
	if err != nil {
		return nil, err
	}
	e := Event{Invitation: i, User: c.Session.User, Organization: o}
	if _, err := s.o.Hooks.BeforeRejectInvitation.before(c, e); err != nil {
		return nil, err
	}
	if e.Invitation, err = s.turn(c, i.ID, rejected, store.Is("status", pending)); err != nil {
		return nil, err
	}
	return &InvitationAnswer{Invitation: e.Invitation}, s.o.Hooks.AfterRejectInvitation.after(c, e)
}

// CancelInvitation withdraws an invitation that nobody has accepted.
var CancelInvitation = auth.Endpoint[InvitationIn, *Invitation]{
	Key: "cancelInvitation", Method: auth.POST, Path: "/organization/cancel-invitation", Doc: "Cancel an invitation to an organization",
	NeedsHeader: true, Use: requireSession, Handle: handle((*Service).cancelInvitation),
}

func (s *Service) cancelInvitation(c *auth.Call, in InvitationIn) (*Invitation, error) {
	i, err := s.invitation(c, in.InvitationID)
	if err != nil || i == nil {
		return nil, failOr(err, http.StatusBadRequest, InvitationNotFound)
	}
	m, err := s.caller(c, i.OrganizationID)
	if err != nil {
		return nil, err
	}
	if err := s.require(c, m, need("invitation", "cancel"), http.StatusForbidden, YouAreNotAllowedToCancelThisInvitation); err != nil {
		return nil, err
	}
	o, err := s.organization(c, i.OrganizationID)
	if err != nil {
		return nil, err
	}
	e := Event{Invitation: i, User: c.Session.User, Organization: o}
	if _, err := s.o.Hooks.BeforeCancelInvitation.before(c, e); err != nil {
		return nil, err
	}
	if e.Invitation, err = s.turn(c, i.ID, canceled, store.Cond{Field: "status", Op: store.Ne, Value: accepted}); err != nil {
		return nil, err
	}
	return e.Invitation, s.o.Hooks.AfterCancelInvitation.after(c, e)
}

const notFoundText = "Invitation not found!"

// GetInvitationIn is the input of [GetInvitation].
type GetInvitationIn struct {
	ID string `query:"id" doc:"The invitation"`
}

// InvitationDetails is an invitation with what its recipient wants to know.
type InvitationDetails struct {
	*Invitation
	OrganizationName, OrganizationSlug, InviterEmail string
}

// AppendJSON implements the JSON rendering that clients see.
func (i *InvitationDetails) AppendJSON(dst []byte) ([]byte, error) {
	obj := i.object()
	obj.Set("organizationName", i.OrganizationName)
	obj.Set("organizationSlug", i.OrganizationSlug)
	obj.Set("inviterEmail", i.InviterEmail)
	return appendObject(dst, obj)
}

// GetInvitation returns a pending invitation that went to the caller's address.
var GetInvitation = auth.Endpoint[GetInvitationIn, *InvitationDetails]{
	Key: "getInvitation", Method: auth.GET, Path: "/organization/get-invitation", Doc: "Get an invitation by ID", NeedsHeader: true,
	Handle: handle((*Service).getInvitation),
}

func (s *Service) getInvitation(c *auth.Call, in GetInvitationIn) (*InvitationDetails, error) {
	if session.Current(c, session.LookupOptions{}) == nil {
		return nil, auth.FailText(http.StatusUnauthorized, "Not authenticated")
	}
	i, err := s.invitation(c, in.ID)
	if err != nil {
		return nil, err
	}
	if i == nil || i.Status != pending || i.ExpiresAt.Before(c.Now()) {
		return nil, auth.FailText(http.StatusBadRequest, notFoundText)
	}
	if err := s.mine(c, i); err != nil {
		return nil, err
	}
	o, err := s.organization(c, i.OrganizationID)
	if err != nil {
		return nil, err
	}
	inviter, err := s.Member(c, o.ID, i.InviterID)
	if err != nil || inviter == nil {
		return nil, failOr(err, http.StatusBadRequest, InviterIsNoLongerAMemberOfTheOrganization)
	}
	return &InvitationDetails{i, o.Name, o.Slug, inviter.User.Email}, nil
}

// ListInvitationsIn is the input of [ListInvitations].
type ListInvitationsIn struct {
	OrganizationID string `query:"organizationId,optional" doc:"The organization. Default: the active one"`
}

// ListInvitations returns the invitations of an organization of the caller's, at most advanced.database.defaultFindManyLimit.
var ListInvitations = auth.Endpoint[ListInvitationsIn, []*Invitation]{
	Key: "listInvitations", Method: auth.GET, Path: "/organization/list-invitations", Doc: "List the invitations of an organization",
	NeedsHeader: true, Use: requireSession, Handle: handle((*Service).listInvitations),
}

func (s *Service) listInvitations(c *auth.Call, in ListInvitationsIn) ([]*Invitation, error) {
	id := chosen(c, in.OrganizationID)
	if id == "" {
		return nil, auth.FailText(http.StatusBadRequest, "Organization ID is required")
	}
	m, err := s.Member(c, id, c.Session.User.ID)
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, auth.FailText(http.StatusForbidden, YouAreNotAMemberOfThisOrganization.Message)
	}
	recs, err := c.Find(one(InvitationModel, store.Is("organizationId", id)))
	return all(c, recs, invitationOf), err
}

// ListUserInvitationsIn is the input of [ListUserInvitations].
type ListUserInvitationsIn struct {
	// Email is the address that the server asks about.
	Email string `query:"email,optional" doc:"The address. Only for calls of the server"`
}

// UserInvitation is an invitation with its organization's name.
type UserInvitation struct {
	*Invitation
	OrganizationName string
}

// AppendJSON implements the JSON rendering that clients see.
func (i *UserInvitation) AppendJSON(dst []byte) ([]byte, error) {
	obj := i.object()
	obj.Set("organizationName", i.OrganizationName)
	return appendObject(dst, obj)
}

// ListUserInvitations returns the pending invitations that went to the caller's verified address (UP-004), or, for the server, to
// the address it names.
var ListUserInvitations = auth.Endpoint[ListUserInvitationsIn, []*UserInvitation]{
	Key: "listUserInvitations", Method: auth.GET, Path: "/organization/list-user-invitations",
	Doc: "List all invitations a user has received", Handle: handle((*Service).listUserInvitations),
}

func (s *Service) listUserInvitations(c *auth.Call, in ListUserInvitationsIn) ([]*UserInvitation, error) {
	caller := session.Current(c, session.LookupOptions{})
	email := in.Email
	switch {
	case c.Request != nil && in.Email != "":
		return nil, auth.FailText(http.StatusBadRequest, "User email cannot be passed for client side API calls.")
	case caller != nil && !caller.User.EmailVerified:
		return nil, fail(http.StatusForbidden, EmailVerificationRequiredBeforeAcceptingOrRejectingInvitation)
	case caller != nil:
		email = caller.User.Email
	case email == "":
		return nil, auth.FailText(http.StatusBadRequest, "Missing session headers, or email query parameter.")
	}
	q := one(InvitationModel, store.Is("email", account.LowerASCII(email)), store.Is("status", pending))
	q.Join = OrganizationModel
	recs, err := c.Find(q)
	list := make([]*UserInvitation, len(recs))
	for i, rec := range recs {
		o, _ := rec[OrganizationModel].(store.Record)
		delete(rec, OrganizationModel)
		name, _ := o["name"].(string)
		list[i] = &UserInvitation{invitationOf(c, rec), name}
	}
	return list, err
}
