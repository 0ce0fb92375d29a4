package organization

import (
	"net/http"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

func one(model string, where ...store.Cond) store.Query {
	return store.Query{Model: model, Where: where}
}

// Organization returns an organization by its id, or nil.
func (s *Service) Organization(c *auth.Call, id string) (*Organization, error) {
	rec, err := c.FindOne(one(OrganizationModel, store.Is("id", id)))
	return organizationOf(c, rec), err
}

// OrganizationBySlug returns an organization by its slug, or nil.
func (s *Service) OrganizationBySlug(c *auth.Call, slug string) (*Organization, error) {
	rec, err := c.FindOne(one(OrganizationModel, store.Is("slug", slug)))
	return organizationOf(c, rec), err
}

// organization is [Service.Organization] for an operation that cannot go on without.
func (s *Service) organization(c *auth.Call, id string) (*Organization, error) {
	o, err := s.Organization(c, id)
	if err == nil && o == nil {
		return nil, fail(400, OrganizationNotFound)
	}
	return o, err
}

// Member returns a user's membership with what others see of the user, or nil. It is one query. Upstream: findMemberByOrgId.
func (s *Service) Member(c *auth.Call, organizationID, userID string) (*Member, error) {
	return s.findMember(c, store.Is("userId", userID), store.Is("organizationId", organizationID))
}

func (s *Service) memberByID(c *auth.Call, id string) (*Member, error) {
	return s.findMember(c, store.Is("id", id))
}

func (s *Service) findMember(c *auth.Call, where ...store.Cond) (*Member, error) {
	q := one(MemberModel, where...)
	q.Join = schema.UserModel
	rec, err := c.FindOne(q)
	m := memberOf(c, rec)
	if m == nil || m.User == nil {
		return nil, err
	}
	return m, err
}

func (s *Service) memberByEmail(c *auth.Call, organizationID, email string) (*Member, error) {
	u, err := account.FindUserByEmail(c, email)
	if u == nil || err != nil {
		return nil, err
	}
	return s.Member(c, organizationID, u.ID)
}

func (s *Service) invitation(c *auth.Call, id string) (*Invitation, error) {
	rec, err := c.FindOne(one(InvitationModel, store.Is("id", id)))
	return invitationOf(c, rec), err
}

// pendingIn are the conditions of the invitations of an organization that can still be accepted.
func pendingIn(c *auth.Call, organizationID string) store.Where {
	return store.Where{
		store.Is("organizationId", organizationID), store.Is("status", pending),
		{Field: "expiresAt", Op: store.Gt, Value: c.Now()},
	}
}

// team returns a team of an organization, or TEAM_NOT_FOUND.
func (s *Service) team(c *auth.Call, organizationID, id string) (*Team, error) {
	rec, err := c.FindOne(one(TeamModel, store.Is("id", id), store.Is("organizationId", organizationID)))
	if err == nil && rec == nil {
		return nil, fail(400, TeamNotFound)
	}
	return teamOf(c, rec), err
}

func (s *Service) teamMember(c *auth.Call, teamID, userID string) (*TeamMember, error) {
	rec, err := c.FindOne(one(TeamMemberModel, store.Is("teamId", teamID), store.Is("userId", userID)))
	return teamMemberOf(c, rec), err
}

func (s *Service) count(c *auth.Call, model string, where ...store.Cond) (int, error) {
	n, err := c.Store.Count(c.Ctx(), model, where)
	return int(n), err
}

// locked runs fn in a transaction that holds the row of an organization: what fn counts and checks stays true until it is
// written, whoever else changes the same organization (RACE-013, RACE-014).
func (s *Service) locked(c *auth.Call, o *Organization, fn func() error) error {
	return c.InTx(func() error {
		if held, err := c.Lock(OrganizationModel, o.ID); err != nil || held == nil {
			return failOr(err, http.StatusBadRequest, OrganizationNotFound)
		}
		return fn()
	})
}

// otherCreator reports whether a member besides one has the creator's role.
func (s *Service) otherCreator(c *auth.Call, organizationID, memberID string) (bool, error) {
	const page = 100
	for offset := 0; ; offset += page {
		recs, err := c.Find(store.Query{
			Model: MemberModel, Limit: page, Offset: offset, Sort: &store.Sort{Field: "id"},
			Where: store.Where{
				store.Is("organizationId", organizationID), {Field: "id", Op: store.Ne, Value: memberID},
				{Field: "role", Op: store.Contains, Value: s.o.CreatorRole},
			},
		})
		if err != nil {
			return false, err
		}
		for _, rec := range recs {
			if role, _ := rec["role"].(string); hasRole(role, s.o.CreatorRole) {
				return true, nil
			}
		}
		if len(recs) < page {
			return false, nil
		}
	}
}
