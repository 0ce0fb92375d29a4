package organization

import (
	"maps"
	"net/http"
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/access"
)

// CreateOrgRoleIn is the input of [CreateOrgRole].
type CreateOrgRoleIn struct {
	OrganizationID   *string       `body:"organizationId,optional" doc:"The organization. Default: the active one"`
	Role             string        `body:"role" doc:"The name of the role"`
	Permission       access.Grants `body:"permission" doc:"What the role allows"`
	AdditionalFields *RoleFields   `body:"additionalFields,optional"`
}

// RoleFields are the additional fields of a role.
type RoleFields struct {
	Extra store.Record `body:"+" model:"organizationRole"`
}

// CreatedRole is the output of [CreateOrgRole].
type CreatedRole struct {
	Success bool
	Role    *Role
	// Statements is what the role allows. In an HTTP answer 1.6.9 has a note in its place, since it writes no object twice.
	Statements access.Grants
}

// AppendJSON implements the JSON rendering that clients see.
func (r *CreatedRole) AppendJSON(dst []byte) ([]byte, error) {
	return appendObject(dst, roleAnswer(r.Role, "[Circular ref-2]"))
}

// CreateOrgRole makes a role of an organization's own. The caller needs the permission ac:create, and every permission that the
// role shall have.
var CreateOrgRole = auth.Endpoint[CreateOrgRoleIn, *CreatedRole]{
	Key: "createOrgRole", Method: auth.POST, Path: "/organization/create-role", Doc: "Create a role of an organization", NeedsHeader: true,
	Use: requireSession, Handle: handle((*Service).createOrgRole),
}

func (s *Service) createOrgRole(c *auth.Call, in CreateOrgRoleIn) (*CreatedRole, error) {
	if s.o.AC == nil {
		return nil, s.missingAC(c)
	}
	id := orActive(c, in.OrganizationID)
	if id == "" {
		return nil, fail(http.StatusBadRequest, YouMustBeInAnOrganizationToCreateARole)
	}
	name := strings.ToLower(in.Role)
	if s.preDefined(name) {
		return nil, fail(http.StatusBadRequest, RoleNameIsAlreadyTaken)
	}
	w, err := s.warden(c, id, "create", YouAreNotAllowedToCreateARole)
	if err != nil {
		return nil, err
	}
	limit, err := s.roleLimit(c, id)
	if err != nil {
		return nil, err
	}
	if err := s.roomForRole(c, id, limit); err != nil {
		return nil, err
	}
	if err := w.mayGrant(in.Permission, YouAreNotAllowedToCreateARole); err != nil {
		return nil, err
	}
	data, err := roleData(id, name, in)
	if err != nil {
		return nil, err
	}
	r, err := s.insertRole(c, id, data, limit)
	if err != nil {
		return nil, err
	}
	return &CreatedRole{true, r, in.Permission}, nil
}

func (s *Service) missingAC(c *auth.Call) error {
	c.Logger.Error("organization: dynamic access control needs the option ac, the list of what there is to permit")
	return fail(http.StatusNotImplemented, MissingACInstance)
}

// orActive is the organization that an operation names, also when it names none by an empty text, else the active one.
func orActive(c *auth.Call, named *string) string {
	if named != nil {
		return *named
	}
	return active(c.Session, activeOrganization)
}

// preDefined reports whether the options or the plugin have a role of a name.
func (s *Service) preDefined(name string) bool {
	_, given := s.staticRoles()[name]
	return given
}

// warden is a member who changes roles.
type warden struct {
	s     *Service
	m     *Member
	roles access.Roles
}

// warden is the caller as a member with a permission on roles.
func (s *Service) warden(c *auth.Call, organizationID, action string, denied auth.Code) (*warden, error) {
	m, err := s.Member(c, organizationID, c.Session.User.ID)
	if err != nil || m == nil {
		return nil, failOr(err, http.StatusForbidden, YouAreNotAMemberOfThisOrganization)
	}
	roles, err := s.Roles(c, organizationID)
	if err != nil {
		return nil, err
	}
	if !roles.Allow(m.Role, need("ac", action)) {
		return nil, fail(http.StatusForbidden, denied)
	}
	return &warden{s, m, roles}, nil
}

// mayGrant wants every resource to be known, and every permission to be the member's own.
func (w *warden) mayGrant(g access.Grants, denied auth.Code) error {
	missing := []string{}
	for _, n := range g.Needs() {
		if _, known := w.s.o.AC[n.Resource]; !known {
			return fail(http.StatusBadRequest, InvalidResource)
		}
		for _, action := range n.Actions {
			if !w.roles.Allow(w.m.Role, need(n.Resource, action)) {
				missing = append(missing, n.Resource+":"+action)
			}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	err := auth.Fail(http.StatusForbidden, denied)
	err.Body = lackingPermissions{denied.Message, denied.ID, missing}
	return err
}

// lackingPermissions is the answer to who would give what it does not have.
type lackingPermissions struct {
	Message string   `json:"message"`
	Code    string   `json:"code"`
	Missing []string `json:"missingPermissions"`
}

// roleLimit is the number of roles that an organization may make, or -1.
func (s *Service) roleLimit(c *auth.Call, organizationID string) (int, error) {
	switch o := &s.o.DynamicAccessControl; {
	case o.MaximumRolesPerOrganizationFunc != nil:
		return o.MaximumRolesPerOrganizationFunc(c.Ctx(), organizationID)
	case o.MaximumRolesPerOrganization != nil:
		return *o.MaximumRolesPerOrganization, nil
	default:
		return -1, nil
	}
}

func (s *Service) roomForRole(c *auth.Call, organizationID string, limit int) error {
	if limit < 0 {
		return nil
	}
	n, err := s.count(c, RoleModel, store.Is("organizationId", organizationID))
	if err != nil || n >= limit {
		return failOr(err, http.StatusBadRequest, TooManyRoles)
	}
	return nil
}

func (s *Service) nameFree(c *auth.Call, organizationID, name string) error {
	n, err := s.count(c, RoleModel, store.Is("organizationId", organizationID), store.Is("role", name))
	if err != nil || n > 0 {
		return failOr(err, http.StatusBadRequest, RoleNameIsAlreadyTaken)
	}
	return nil
}

func roleData(organizationID, name string, in CreateOrgRoleIn) (store.Record, error) {
	text, err := auth.JSON(in.Permission)
	data := store.Record{"organizationId": organizationID, "role": name, "permission": string(text)}
	if in.AdditionalFields != nil {
		maps.Copy(data, in.AdditionalFields.Extra)
	}
	return data, err
}

// insertRole stores a role. Limit and names hold, whoever else makes one.
func (s *Service) insertRole(c *auth.Call, organizationID string, data store.Record, limit int) (*Role, error) {
	o, err := s.organization(c, organizationID)
	if err != nil {
		return nil, err
	}
	var r *Role
	err = s.locked(c, o, func() error {
		if err := s.roomForRole(c, o.ID, limit); err != nil {
			return err
		}
		name, _ := data["role"].(string)
		if err := s.nameFree(c, o.ID, name); err != nil {
			return err
		}
		rec, err := c.Create(RoleModel, merged(store.Record{"createdAt": c.Now()}, data))
		r = roleOf(c, rec)
		return err
	})
	return r, err
}

// role finds a role of an organization's own, or fails with ROLE_NOT_FOUND.
func (s *Service) role(c *auth.Call, organizationID string, ref RoleRef) (*Role, error) {
	cond := store.Is("role", ref.Name)
	if ref.Name == "" {
		cond = store.Is("id", ref.ID)
	}
	rec, err := c.FindOne(one(RoleModel, store.Is("organizationId", organizationID), cond))
	if err != nil || rec == nil {
		return nil, failOr(err, http.StatusBadRequest, RoleNotFound)
	}
	return roleOf(c, rec), nil
}

// DeleteOrgRoleIn is the input of [DeleteOrgRole].
type DeleteOrgRoleIn struct {
	OrganizationID *string `body:"organizationId,optional" doc:"The organization. Default: the active one"`
	Role           RoleRef `body:"*"`
}

// Success says that something was done.
type Success struct {
	Success bool `json:"success"`
}

// DeleteOrgRole removes a role that no member has.
var DeleteOrgRole = auth.Endpoint[DeleteOrgRoleIn, *Success]{
	Key: "deleteOrgRole", Method: auth.POST, Path: "/organization/delete-role", Doc: "Delete a role of an organization", NeedsHeader: true,
	Use: requireSession, Handle: handle((*Service).deleteOrgRole),
}

func (s *Service) deleteOrgRole(c *auth.Call, in DeleteOrgRoleIn) (*Success, error) {
	id := orActive(c, in.OrganizationID)
	if id == "" {
		return nil, fail(http.StatusBadRequest, NoActiveOrganization)
	}
	if _, err := s.warden(c, id, "delete", YouAreNotAllowedToDeleteARole); err != nil {
		return nil, err
	}
	if in.Role.Name != "" && s.preDefined(in.Role.Name) {
		return nil, fail(http.StatusBadRequest, CannotDeleteAPreDefinedRole)
	}
	r, err := s.role(c, id, in.Role)
	if err != nil {
		return nil, err
	}
	o, err := s.organization(c, id)
	if err != nil {
		return nil, err
	}
	err = s.locked(c, o, func() error {
		if err := s.unassigned(c, r); err != nil {
			return err
		}
		return c.Delete(RoleModel, store.Where{store.Is("id", r.ID)})
	})
	if err != nil {
		return nil, err
	}
	return &Success{true}, nil
}

// unassigned fails when a member has the role.
func (s *Service) unassigned(c *auth.Call, r *Role) error {
	recs, err := c.Store.Find(c.Ctx(), one(MemberModel,
		store.Is("organizationId", r.OrganizationID), store.Cond{Field: "role", Op: store.Contains, Value: r.Role}))
	if err != nil {
		return err
	}
	for _, rec := range recs {
		role, _ := rec["role"].(string)
		for _, name := range tokens(role) {
			if name == r.Role {
				return fail(http.StatusBadRequest, RoleIsAssignedToMembers)
			}
		}
	}
	return nil
}

// ListOrgRolesIn is the input of [ListOrgRoles].
type ListOrgRolesIn struct {
	OrganizationID *string `query:"organizationId,optional" doc:"The organization. Default: the active one"`
}

// ListOrgRoles returns the roles that an organization made, at most advanced.database.defaultFindManyLimit.
var ListOrgRoles = auth.Endpoint[ListOrgRolesIn, []*Role]{
	Key: "listOrgRoles", Method: auth.GET, Path: "/organization/list-roles", Doc: "List the roles of an organization", NeedsHeader: true,
	Use: requireSession, Handle: handle((*Service).listOrgRoles),
}

func (s *Service) listOrgRoles(c *auth.Call, in ListOrgRolesIn) ([]*Role, error) {
	id := orActive(c, in.OrganizationID)
	if id == "" {
		return nil, fail(http.StatusBadRequest, NoActiveOrganization)
	}
	if _, err := s.warden(c, id, "read", YouAreNotAllowedToListARole); err != nil {
		return nil, err
	}
	recs, err := c.Find(one(RoleModel, store.Is("organizationId", id)))
	return all(c, recs, roleOf), err
}

// GetOrgRoleIn is the input of [GetOrgRole].
type GetOrgRoleIn struct {
	OrganizationID *string `query:"organizationId,optional" doc:"The organization. Default: the active one"`
	Role           RoleRef `query:"*"`
}

// GetOrgRole returns a role that an organization made.
var GetOrgRole = auth.Endpoint[GetOrgRoleIn, *Role]{
	Key: "getOrgRole", Method: auth.GET, Path: "/organization/get-role", Doc: "Get a role of an organization", NeedsHeader: true,
	Use: requireSession, Handle: handle((*Service).getOrgRole),
}

func (s *Service) getOrgRole(c *auth.Call, in GetOrgRoleIn) (*Role, error) {
	id := orActive(c, in.OrganizationID)
	if id == "" {
		return nil, fail(http.StatusBadRequest, NoActiveOrganization)
	}
	if _, err := s.warden(c, id, "read", YouAreNotAllowedToReadARole); err != nil {
		return nil, err
	}
	return s.role(c, id, in.Role)
}

// UpdateOrgRoleIn is the input of [UpdateOrgRole].
type UpdateOrgRoleIn struct {
	OrganizationID *string     `body:"organizationId,optional" doc:"The organization. Default: the active one"`
	Data           *RoleChange `body:"data"`
	Role           RoleRef     `body:"*"`
}

// RoleChange is what [UpdateOrgRole] changes.
type RoleChange struct {
	Permission access.Grants `body:"permission,optional" doc:"What the role allows"`
	RoleName   string        `body:"roleName,optional" doc:"The name of the role"`
	Extra      store.Record  `body:"+,optional" model:"organizationRole"`
}

// UpdatedRole is the output of [UpdateOrgRole].
type UpdatedRole struct {
	Success bool
	Role    *Role
}

// AppendJSON implements the JSON rendering that clients see.
func (r *UpdatedRole) AppendJSON(dst []byte) ([]byte, error) {
	return appendObject(dst, roleAnswer(r.Role, ""))
}

func roleAnswer(r *Role, statements string) *auth.Object {
	obj := members(nil, nil, "", "success", true, "roleData", r)
	obj.Delete("id")
	if statements != "" {
		obj.Set("statements", statements)
	}
	return obj
}

// UpdateOrgRole changes a role that an organization made. The caller needs the permission ac:update, and every permission that
// the role shall have.
var UpdateOrgRole = auth.Endpoint[UpdateOrgRoleIn, *UpdatedRole]{
	Key: "updateOrgRole", Method: auth.POST, Path: "/organization/update-role", Doc: "Update a role of an organization", NeedsHeader: true,
	Use: requireSession, Handle: handle((*Service).updateOrgRole),
}

func (s *Service) updateOrgRole(c *auth.Call, in UpdateOrgRoleIn) (*UpdatedRole, error) {
	if s.o.AC == nil {
		return nil, s.missingAC(c)
	}
	id := orActive(c, in.OrganizationID)
	if id == "" {
		return nil, fail(http.StatusBadRequest, NoActiveOrganization)
	}
	w, err := s.warden(c, id, "update", YouAreNotAllowedToUpdateARole)
	if err != nil {
		return nil, err
	}
	r, err := s.role(c, id, in.Role)
	if err != nil {
		return nil, err
	}
	set, err := w.roleChange(in.Data)
	if err != nil {
		return nil, err
	}
	updated, err := s.changeOrgRole(c, r, set)
	if err != nil {
		return nil, err
	}
	updated.UpdatedAt = r.UpdatedAt // the answer has the time before, as upstream's
	return &UpdatedRole{true, updated}, nil
}

// roleChange is what a change sets.
func (w *warden) roleChange(d *RoleChange) (store.Record, error) {
	set := store.Record{}
	maps.Copy(set, d.Extra)
	if !d.Permission.IsZero() {
		if err := w.mayGrant(d.Permission, YouAreNotAllowedToUpdateARole); err != nil {
			return nil, err
		}
		text, err := auth.JSON(d.Permission)
		if err != nil {
			return nil, err
		}
		set["permission"] = string(text)
	}
	if d.RoleName != "" {
		set["role"] = strings.ToLower(d.RoleName)
		if w.s.preDefined(strings.ToLower(d.RoleName)) {
			return nil, fail(http.StatusBadRequest, RoleNameIsAlreadyTaken)
		}
	}
	return set, nil
}

// changeOrgRole stores a change. A name stays one role's, whoever else takes it.
func (s *Service) changeOrgRole(c *auth.Call, r *Role, set store.Record) (*Role, error) {
	o, err := s.organization(c, r.OrganizationID)
	if err != nil {
		return nil, err
	}
	var updated *Role
	err = s.locked(c, o, func() error {
		if name, given := set["role"].(string); given {
			if err := s.nameFree(c, o.ID, name); err != nil {
				return err
			}
		}
		rec, err := c.Update(RoleModel, store.Where{store.Is("id", r.ID)}, merged(set, store.Record{"updatedAt": c.Now()}))
		if err != nil || rec == nil {
			return failOr(err, http.StatusBadRequest, RoleNotFound)
		}
		updated = roleOf(c, rec)
		return nil
	})
	return updated, err
}
