package organization

import (
	"errors"
	"maps"
	"net/http"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
)

// CreateOrganizationIn is the input of [CreateOrganization].
type CreateOrganizationIn struct {
	Name     string       `body:"name" is:"nonempty" doc:"The name of the organization"`
	Slug     string       `body:"slug" is:"nonempty" doc:"The slug of the organization"`
	UserID   string       `body:"userId,optional" is:"coerced" doc:"The user who creates it. Only for calls of the server"`
	Logo     *string      `body:"logo,optional" doc:"The logo of the organization"`
	Metadata *auth.Object `body:"metadata,optional" is:"record" doc:"The metadata of the organization"`
	// KeepCurrentActiveOrganization leaves the session's active organization as it is.
	KeepCurrentActiveOrganization bool `body:"keepCurrentActiveOrganization,optional" doc:"Whether the active organization of the session stays"`
	// Extra are the additional fields.
	Extra store.Record `body:"+" model:"organization"`
}

// CreatedOrganization is the output of [CreateOrganization].
type CreatedOrganization struct {
	*Organization
	Members []*Member
}

// AppendJSON implements the JSON rendering that clients see.
func (o *CreatedOrganization) AppendJSON(dst []byte) ([]byte, error) {
	obj := o.object()
	obj.Set("members", o.Members)
	return appendObject(dst, obj)
}

// CreateOrganization makes an organization with its creator as the first member, and a first team where teams are on. The
// server may call it for the user UserID. It fails with YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_ORGANIZATION,
// YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_ORGANIZATIONS and ORGANIZATION_ALREADY_EXISTS.
var CreateOrganization = auth.Endpoint[CreateOrganizationIn, *CreatedOrganization]{
	Key: "createOrganization", Method: auth.POST, Path: "/organization/create", Doc: "Create an organization",
	Handle: handle((*Service).createOrganization),
}

func (s *Service) createOrganization(c *auth.Call, in CreateOrganizationIn) (*CreatedOrganization, error) {
	if in.Logo == nil && c.Schema.Table(OrganizationModel).Field("logo").NotNull() { // the application declared it again
		return nil, auth.Fail(http.StatusBadRequest, auth.ValidationError.With("[body.logo] "+auth.WrongType("string", nil, false)))
	}
	u, err := creator(c, in.UserID)
	if err != nil {
		return nil, err
	}
	if err := s.mayCreate(c, u); err != nil {
		return nil, err
	}
	if taken, err := s.OrganizationBySlug(c, in.Slug); err != nil || taken != nil {
		return nil, failOr(err, http.StatusBadRequest, OrganizationAlreadyExists)
	}
	return s.Create(c, u, in.record(), !in.KeepCurrentActiveOrganization)
}

// failOr is an error, or the answer when there is none.
func failOr(err error, status int, code auth.Code) error {
	if err != nil {
		return err
	}
	return fail(status, code)
}

func (in *CreateOrganizationIn) record() store.Record {
	rec := store.Record{"name": in.Name, "slug": in.Slug}
	if in.Logo != nil {
		rec["logo"] = *in.Logo
	}
	if in.Metadata != nil {
		rec["metadata"] = in.Metadata
	}
	maps.Copy(rec, in.Extra)
	return rec
}

// creator is the caller, or in a call of the server the user it names.
func creator(c *auth.Call, userID string) (*auth.User, error) {
	if err := callerOrServer(c); err != nil {
		return nil, err
	}
	if c.Session != nil {
		return c.Session.User, nil
	}
	if userID == "" {
		return nil, auth.FailStatus(http.StatusUnauthorized)
	}
	u, err := account.FindUserByID(c, userID)
	if err == nil && u == nil {
		return nil, auth.FailStatus(http.StatusUnauthorized)
	}
	return u, err
}

// mayCreate checks the options that forbid creation. Calls of the server itself pass but the limit.
func (s *Service) mayCreate(c *auth.Call, u *auth.User) error {
	allowed := s.o.AllowUserToCreateOrganization != option.Off
	if f := s.o.AllowUserToCreateOrganizationFunc; f != nil {
		var err error
		if allowed, err = f(c.Ctx(), u); err != nil {
			return err
		}
	}
	if !allowed && c.Session != nil {
		return fail(http.StatusForbidden, YouAreNotAllowedToCreateANewOrganization)
	}
	if f := s.o.OrganizationLimitReached; f != nil {
		if reached, err := f(c.Ctx(), u); err != nil || reached {
			return failOr(err, http.StatusForbidden, YouHaveReachedTheMaximumNumberOfOrganizations)
		}
		return nil
	}
	return s.withinOrganizations(c, u)
}

func (s *Service) withinOrganizations(c *auth.Call, u *auth.User) error {
	if s.o.OrganizationLimit == nil || s.o.OrganizationLimitReached != nil {
		return nil
	}
	n, err := s.count(c, MemberModel, store.Is("userId", u.ID))
	if err != nil || n >= *s.o.OrganizationLimit {
		return failOr(err, http.StatusForbidden, YouHaveReachedTheMaximumNumberOfOrganizations)
	}
	return nil
}

// founding is an organization being made.
type founding struct {
	u      *auth.User
	o      *Organization
	member *Member
	team   *Team
	joined *TeamMember
}

// Create makes an organization of a user with data, in one transaction: the row, the creator's membership and the default
// team. With activate the caller's session turns to it. It fails with ORGANIZATION_ALREADY_EXISTS. Upstream:
// createOrganization of the adapter and what surrounds it.
func (s *Service) Create(c *auth.Call, u *auth.User, data store.Record, activate bool) (*CreatedOrganization, error) {
	data, err := s.o.Hooks.BeforeCreateOrganization.before(c, Event{Data: data, User: u})
	if err != nil {
		return nil, err
	}
	f := founding{u: u}
	err = c.InTx(func() error {
		if s.o.OrganizationLimit != nil {
			if _, err := c.Lock(schema.UserModel, u.ID); err != nil {
				return err
			}
			if err := s.withinOrganizations(c, u); err != nil {
				return err
			}
		}
		return s.found(c, &f, data, activate)
	})
	if err != nil {
		return nil, err
	}
	return &CreatedOrganization{f.o, []*Member{f.member}}, s.founded(c, &f)
}

// found writes the rows.
func (s *Service) found(c *auth.Call, f *founding, data store.Record, activate bool) (err error) {
	if f.o, err = insertOrganization(c, data); err != nil {
		return err
	}
	if f.member, err = s.insertMember(c, f.o, f.u, store.Record{"userId": f.u.ID, "organizationId": f.o.ID, "role": s.o.CreatorRole}); err != nil {
		return err
	}
	if s.o.Teams.Enabled && s.o.Teams.DefaultTeam.Enabled != option.Off {
		if f.team, err = s.defaultTeam(c, f.o, f.u); err != nil {
			return err
		}
		if f.joined, err = s.joinTeam(c, f.team.ID, f.u.ID); err != nil {
			return err
		}
	}
	if c.Session == nil || !activate {
		return nil
	}
	ids := map[string]string{activeOrganization: f.o.ID}
	if f.joined != nil {
		ids[activeTeam] = f.joined.TeamID
	}
	_, err = setActive(c, ids)
	return err
}

// founded runs the hooks after.
func (s *Service) founded(c *auth.Call, f *founding) error {
	h := &s.o.Hooks
	err := h.AfterAddMember.after(c, Event{Member: f.member, User: f.u, Organization: f.o})
	if err == nil && f.team != nil {
		err = h.AfterCreateTeam.after(c, Event{Team: f.team, User: f.u, Organization: f.o})
	}
	if err != nil {
		return err
	}
	return h.AfterCreateOrganization.after(c, Event{Organization: f.o, User: f.u, Member: f.member})
}

func insertOrganization(c *auth.Call, data store.Record) (*Organization, error) {
	rec := merged(data, store.Record{"createdAt": c.Now()})
	if err := metadataText(rec); err != nil {
		return nil, err
	}
	rec, err := c.Create(OrganizationModel, rec)
	if errors.Is(err, store.ErrDuplicate) {
		return nil, fail(http.StatusBadRequest, OrganizationAlreadyExists)
	}
	o := organizationOf(c, rec)
	if o != nil {
		o.parsed = true
	}
	return o, err
}

// metadataText puts metadata into the form that the column holds.
func metadataText(rec store.Record) error {
	tree, given := rec["metadata"]
	if _, text := tree.(string); !given || text || tree == nil {
		return nil
	}
	text, err := auth.JSON(tree)
	rec["metadata"] = string(text)
	return err
}

// insertMember adds a membership; the caller holds the organization or has just made it.
func (s *Service) insertMember(c *auth.Call, o *Organization, u *auth.User, data store.Record) (*Member, error) {
	data, err := s.o.Hooks.BeforeAddMember.before(c, Event{Data: data, User: u, Organization: o})
	if err != nil {
		return nil, err
	}
	rec, err := c.Create(MemberModel, merged(data, store.Record{"createdAt": c.Now()}))
	return memberOf(c, rec), err
}

func (s *Service) defaultTeam(c *auth.Call, o *Organization, u *auth.User) (*Team, error) {
	data, err := s.o.Hooks.BeforeCreateTeam.before(c, Event{
		Data: store.Record{"organizationId": o.ID, "name": o.Name}, User: u, Organization: o,
	})
	if err != nil {
		return nil, err
	}
	if create := s.o.Teams.DefaultTeam.Create; create != nil {
		if t, err := create(c.Ctx(), c, o); t != nil || err != nil {
			return t, err
		}
	}
	rec, err := c.Create(TeamModel, merged(store.Record{"createdAt": c.Now()}, data))
	return teamOf(c, rec), err
}

// joinTeam puts a user into a team, unless it is there already. The caller holds the organization.
func (s *Service) joinTeam(c *auth.Call, teamID, userID string) (*TeamMember, error) {
	if there, err := s.teamMember(c, teamID, userID); there != nil || err != nil {
		return there, err
	}
	rec, err := c.Create(TeamMemberModel, store.Record{"teamId": teamID, "userId": userID, "createdAt": c.Now()})
	return teamMemberOf(c, rec), err
}

// CheckOrganizationSlugIn is the input of [CheckOrganizationSlug].
type CheckOrganizationSlugIn struct {
	Slug string `body:"slug" doc:"The slug to check"`
}

// Status says that something is so.
type Status struct {
	Status bool `json:"status"`
}

// CheckOrganizationSlug reports whether a slug is free. It fails with ORGANIZATION_SLUG_ALREADY_TAKEN.
var CheckOrganizationSlug = auth.Endpoint[CheckOrganizationSlugIn, *Status]{
	Key: "checkOrganizationSlug", Method: auth.POST, Path: "/organization/check-slug", Doc: "Check whether a slug is free",
	Use: []auth.Guard{onlyRequests}, Handle: handle((*Service).checkSlug),
}

func (s *Service) checkSlug(c *auth.Call, in CheckOrganizationSlugIn) (*Status, error) {
	if taken, err := s.OrganizationBySlug(c, in.Slug); err != nil || taken != nil {
		return nil, failOr(err, http.StatusBadRequest, OrganizationSlugAlreadyTaken)
	}
	return &Status{true}, nil
}

var requireSession = []auth.Guard{session.Required}
