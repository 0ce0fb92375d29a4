package organization

import (
	"errors"
	"maps"
	"net/http"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
)

// UpdateOrganizationIn is the input of [UpdateOrganization].
type UpdateOrganizationIn struct {
	Data           *OrganizationChange `body:"data"`
	OrganizationID string              `body:"organizationId,optional" doc:"The organization. Default: the active one"`
}

// OrganizationChange is what [UpdateOrganization] changes.
type OrganizationChange struct {
	Extra    store.Record `body:"+,optional" model:"organization"`
	Name     *string      `body:"name,optional" is:"nonempty" doc:"The name of the organization"`
	Slug     *string      `body:"slug,optional" is:"nonempty" doc:"The slug of the organization"`
	Logo     *string      `body:"logo,optional" doc:"The logo of the organization"`
	Metadata *auth.Object `body:"metadata,optional" is:"record" doc:"The metadata of the organization"`
}

// UpdateOrganization changes an organization that the caller may update.
var UpdateOrganization = auth.Endpoint[UpdateOrganizationIn, *Organization]{
	Key: "updateOrganization", Method: auth.POST, Path: "/organization/update", Doc: "Update an organization", NeedsHeader: true,
	Handle: handle((*Service).updateOrganization),
}

func (s *Service) updateOrganization(c *auth.Call, in UpdateOrganizationIn) (*Organization, error) {
	if session.Current(c, session.LookupOptions{}) == nil {
		return nil, auth.FailText(http.StatusUnauthorized, "User not found")
	}
	id := chosen(c, in.OrganizationID)
	m, err := s.acting(c, id, need("organization", "update"), YouAreNotAllowedToUpdateThisOrganization)
	if err != nil {
		return nil, err
	}
	if in.Data.Slug != nil {
		other, err := s.OrganizationBySlug(c, *in.Data.Slug)
		if err != nil || other != nil && other.ID != id {
			return nil, failOr(err, http.StatusBadRequest, OrganizationSlugAlreadyTaken)
		}
	}
	data, err := s.o.Hooks.BeforeUpdateOrganization.before(c, Event{Data: in.Data.record(), User: c.Session.User, Member: m})
	if err != nil {
		return nil, err
	}
	o, err := changeOrganization(c, id, data)
	if err != nil {
		return nil, err
	}
	return o, s.o.Hooks.AfterUpdateOrganization.after(c, Event{Organization: o, User: c.Session.User, Member: m})
}

// acting is the caller as a member of an organization who holds a permission.
func (s *Service) acting(c *auth.Call, organizationID string, p map[string][]string, code auth.Code) (*Member, error) {
	if organizationID == "" {
		return nil, fail(http.StatusBadRequest, OrganizationNotFound)
	}
	m, err := s.Member(c, organizationID, c.Session.User.ID)
	if err != nil || m == nil {
		return nil, failOr(err, http.StatusBadRequest, UserIsNotAMemberOfTheOrganization)
	}
	return m, s.require(c, m, p, http.StatusForbidden, code)
}

func (d *OrganizationChange) record() store.Record {
	rec := store.Record{}
	maps.Copy(rec, d.Extra)
	for name, v := range map[string]*string{"name": d.Name, "slug": d.Slug, "logo": d.Logo} {
		if v != nil {
			rec[name] = *v
		}
	}
	if d.Metadata != nil {
		rec["metadata"] = d.Metadata
	}
	return rec
}

// changeOrganization stores a change and returns the organization, or nil when it is gone.
func changeOrganization(c *auth.Call, id string, data store.Record) (*Organization, error) {
	rec := maps.Clone(data)
	delete(rec, "id")
	if err := metadataText(rec); err != nil {
		return nil, err
	}
	rec, err := updateOrFind(c, OrganizationModel, store.Where{store.Is("id", id)}, rec)
	if errors.Is(err, store.ErrDuplicate) {
		return nil, fail(http.StatusBadRequest, OrganizationSlugAlreadyTaken)
	}
	o := organizationOf(c, rec)
	if o != nil {
		o.parsed = true
	}
	return o, err
}

// updateOrFind is an update that changes nothing when there is nothing to change.
func updateOrFind(c *auth.Call, model string, where store.Where, set store.Record) (store.Record, error) {
	if len(set) == 0 {
		return c.FindOne(store.Query{Model: model, Where: where})
	}
	return c.Update(model, where, set)
}

// DeleteOrganizationIn is the input of [DeleteOrganization].
type DeleteOrganizationIn struct {
	OrganizationID string `body:"organizationId" doc:"The organization to delete"`
}

// DeleteOrganization removes an organization that the caller may delete, with everything in it.
var DeleteOrganization = auth.Endpoint[DeleteOrganizationIn, *Organization]{
	Key: "deleteOrganization", Method: auth.POST, Path: "/organization/delete", Doc: "Delete an organization", NeedsHeader: true,
	Handle: handle((*Service).deleteOrganization),
}

func (s *Service) deleteOrganization(c *auth.Call, in DeleteOrganizationIn) (*Organization, error) {
	if s.o.DisableOrganizationDeletion {
		return nil, fail(http.StatusNotFound, OrganizationDeletionDisabled)
	}
	if session.Current(c, session.LookupOptions{}) == nil {
		return nil, auth.FailStatus(http.StatusUnauthorized)
	}
	_, err := s.acting(c, in.OrganizationID, need("organization", "delete"), YouAreNotAllowedToDeleteThisOrganization)
	if err != nil {
		return nil, err
	}
	o, err := s.Organization(c, in.OrganizationID)
	if err != nil {
		return nil, err
	}
	if o == nil {
		return nil, auth.FailStatus(http.StatusBadRequest)
	}
	e := Event{Organization: o, User: c.Session.User}
	if _, err := s.o.Hooks.BeforeDeleteOrganization.before(c, e); err != nil {
		return nil, err
	}
	if err := s.Delete(c, o); err != nil {
		return nil, err
	}
	return o, s.o.Hooks.AfterDeleteOrganization.after(c, e)
}

// Delete removes an organization with its members, invitations, teams and roles, in one transaction (UP-126). The caller's
// session forgets it.
func (s *Service) Delete(c *auth.Call, o *Organization) error {
	return c.InTx(func() error {
		if s.o.Teams.Enabled {
			if err := s.deleteTeams(c, o.ID); err != nil {
				return err
			}
		}
		models := []string{MemberModel, InvitationModel}
		if s.o.DynamicAccessControl.Enabled {
			models = append(models, RoleModel)
		}
		for _, model := range models {
			if err := c.Delete(model, store.Where{store.Is("organizationId", o.ID)}); err != nil {
				return err
			}
		}
		if err := c.Delete(OrganizationModel, store.Where{store.Is("id", o.ID)}); err != nil {
			return err
		}
		return forget(c, activeOrganization, o.ID)
	})
}

// forget takes an id out of the caller's session.
func forget(c *auth.Call, field, id string) error {
	if active(c.Session, field) != id {
		return nil
	}
	_, err := setActive(c, map[string]string{field: ""})
	return err
}

// ListOrganizations returns the organizations that the caller is a member of, at most
// advanced.database.defaultFindManyLimit. It is one query.
var ListOrganizations = auth.Endpoint[struct{}, []*Organization]{
	Key: "listOrganizations", Method: auth.GET, Path: "/organization/list", Doc: "List all organizations", NeedsHeader: true,
	Use: requireSession, Handle: handle((*Service).listOrganizations),
}

func (s *Service) listOrganizations(c *auth.Call, _ struct{}) ([]*Organization, error) {
	q := one(MemberModel, store.Is("userId", c.Session.User.ID))
	q.Join = OrganizationModel
	recs, err := c.Find(q)
	if err != nil {
		return nil, err
	}
	list := []*Organization{}
	for _, rec := range recs {
		if o, _ := rec[OrganizationModel].(store.Record); o != nil {
			list = append(list, organizationOf(c, o))
		}
	}
	return list, nil
}

// SetActiveOrganizationIn is the input of [SetActiveOrganization].
type SetActiveOrganizationIn struct {
	// OrganizationID: null forgets the active organization.
	OrganizationID   Choice `body:"organizationId,optional" doc:"The organization to make active; null makes none active"`
	OrganizationSlug string `body:"organizationSlug,optional" doc:"The slug of the organization to make active"`
}

// SetActiveOrganization makes an organization of the caller's the active one of the session. Without one it checks that the
// active one is still the caller's.
var SetActiveOrganization = auth.Endpoint[SetActiveOrganizationIn, *Organization]{
	Key: "setActiveOrganization", OperationID: "setActiveOrganization", Method: auth.POST, Path: "/organization/set-active", Doc: "Set the active organization",
	NeedsHeader: true, Use: requireSession, Handle: handle((*Service).setActiveOrganization),
}

func (s *Service) setActiveOrganization(c *auth.Call, in SetActiveOrganizationIn) (*Organization, error) {
	now := active(c.Session, activeOrganization)
	if in.OrganizationID.Null {
		if now == "" {
			return nil, nil
		}
		return nil, activate(c, activeOrganization, "")
	}
	id := in.OrganizationID.ID
	switch {
	case id == "" && in.OrganizationSlug != "":
		o, err := s.OrganizationBySlug(c, in.OrganizationSlug)
		if err != nil || o == nil {
			return nil, failOr(err, http.StatusBadRequest, OrganizationNotFound)
		}
		id = o.ID
	case id == "" && now == "":
		return nil, nil
	case id == "":
		id = now
	}
	if err := s.mustBeMember(c, id); err != nil {
		return nil, err
	}
	o, err := s.organization(c, id)
	if err != nil {
		return nil, err
	}
	return o, activate(c, activeOrganization, o.ID)
}

// mustBeMember fails for an organization that the caller is no member of; the session then has no active one any more.
func (s *Service) mustBeMember(c *auth.Call, organizationID string) error {
	n, err := s.count(c, MemberModel, store.Is("userId", c.Session.User.ID), store.Is("organizationId", organizationID))
	if err != nil || n > 0 {
		return err
	}
	if _, err := setActive(c, map[string]string{activeOrganization: ""}); err != nil {
		return err
	}
	return fail(http.StatusForbidden, UserIsNotAMemberOfTheOrganization)
}
