package organization

import (
	"net/http"
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// ListMembersIn is the input of [ListMembers].
type ListMembersIn struct {
	Limit            auth.Count  `query:"limit,optional" doc:"The number of members to return. Default: the membership limit"`
	Offset           auth.Count  `query:"offset,optional" doc:"How many to leave out first"`
	SortBy           string      `query:"sortBy,optional" doc:"The field to sort by"`
	SortDirection    string      `query:"sortDirection,optional" is:"literal=asc|desc" doc:"The direction to sort in"`
	FilterField      string      `query:"filterField,optional" doc:"The field to filter by"`
	FilterValue      FilterValue `query:"filterValue,optional" doc:"The value to filter by"`
	FilterOperator   string      `query:"filterOperator,optional" is:"literal=eq|ne|lt|lte|gt|gte|in|not_in|contains|starts_with|ends_with" doc:"How to compare. Default: eq"`
	OrganizationID   string      `query:"organizationId,optional" doc:"The organization. Default: the active one"`
	OrganizationSlug string      `query:"organizationSlug,optional" doc:"The slug of the organization"`
}

// FilterValue is a text, number, bool, or a list of texts or of numbers. It is an [auth.Value].
type FilterValue struct{ Value any }

// DecodeInput implements [auth.Value].
func (f *FilterValue) DecodeInput(v any, _ bool) []auth.Issue {
	switch list := v.(type) {
	case nil, *auth.Object:
		return []auth.Issue{{Text: auth.InvalidInput}}
	case []any:
		for _, item := range list {
			switch item.(type) {
			case nil, bool, []any, *auth.Object:
				return []auth.Issue{{Text: auth.InvalidInput}}
			}
		}
	}
	f.Value = v
	return nil
}

// InputTree implements [auth.Value].
func (f *FilterValue) InputTree() any { return f.Value }

// MemberList is the output of [ListMembers].
type MemberList struct {
	Members []*Member `json:"members"`
	// Total is the number of matching members, beyond the limit too.
	Total int `json:"total"`
}

// ListMembers returns the members of an organization of the caller's. The number of queries does not depend on theirs. It
// fails with VALIDATION_ERROR for a field that members do not have (GO-011).
var ListMembers = auth.Endpoint[ListMembersIn, *MemberList]{
	Key: "listMembers", Method: auth.GET, Path: "/organization/list-members", Doc: "List the members of an organization", NeedsHeader: true,
	Use: requireSession, Handle: handle((*Service).listMembers),
}

func (s *Service) listMembers(c *auth.Call, in ListMembersIn) (*MemberList, error) {
	m, err := s.viewer(c, in.OrganizationID, in.OrganizationSlug)
	if err != nil {
		return nil, err
	}
	q, err := s.memberQuery(c, m.OrganizationID, in)
	if err != nil {
		return nil, err
	}
	recs, err := c.Store.Find(c.Ctx(), q)
	if err != nil {
		return nil, err
	}
	total, err := s.count(c, MemberModel, q.Where...)
	return &MemberList{all(c, recs, memberOf), total}, err
}

// viewer is the caller as a member of the organization that a query names or that is active.
func (s *Service) viewer(c *auth.Call, id, slug string) (*Member, error) {
	id = chosen(c, id)
	if slug != "" {
		o, err := s.OrganizationBySlug(c, slug)
		if err != nil || o == nil {
			return nil, failOr(err, http.StatusBadRequest, OrganizationNotFound)
		}
		id = o.ID
	}
	if id == "" {
		return nil, fail(http.StatusBadRequest, NoActiveOrganization)
	}
	m, err := s.Member(c, id, c.Session.User.ID)
	if err != nil || m == nil {
		return nil, failOr(err, http.StatusForbidden, YouAreNotAMemberOfThisOrganization)
	}
	return m, nil
}

func (s *Service) memberQuery(c *auth.Call, organizationID string, in ListMembersIn) (store.Query, error) {
	q := one(MemberModel, store.Is("organizationId", organizationID))
	q.Join, q.Limit, q.Offset = schema.UserModel, in.Limit.Rows(), in.Offset.Rows()
	if q.Limit == 0 {
		q.Limit = defaultLimit
		if s.o.MembershipLimitFunc == nil {
			q.Limit = s.o.MembershipLimit
		}
	}
	if in.SortBy != "" {
		if _, err := memberField(c, "sortBy", in.SortBy); err != nil {
			return q, err
		}
		q.Sort = &store.Sort{Field: in.SortBy, Desc: in.SortDirection == "desc"}
	}
	if in.FilterField == "" {
		return q, nil
	}
	cond, err := memberFilter(c, in)
	q.Where = append(q.Where, cond)
	return q, err
}

// memberField is a field that members have and clients may see.
func memberField(c *auth.Call, param, name string) (*schema.Field, error) {
	if name == "id" {
		return &schema.Field{Name: "id", Type: schema.String}, nil
	}
	f := c.Schema.Table(MemberModel).Field(name)
	if f == nil || c.HiddenField(MemberModel, name) {
		return nil, invalid(param, "no such field")
	}
	return f, nil
}

func invalid(param, text string) error {
	return auth.Fail(http.StatusBadRequest, auth.ValidationError.With("[query."+param+"] "+text))
}

var operators = map[string]store.Op{
	"": store.Eq, "eq": store.Eq, "ne": store.Ne, "lt": store.Lt, "lte": store.Lte, "gt": store.Gt, "gte": store.Gte, "in": store.In,
	"not_in": store.NotIn, "contains": store.Contains, "starts_with": store.StartsWith, "ends_with": store.EndsWith,
}

// memberFilter is the condition of a query, its value in the type of the field.
func memberFilter(c *auth.Call, in ListMembersIn) (store.Cond, error) {
	f, err := memberField(c, "filterField", in.FilterField)
	if err != nil {
		return store.Cond{}, err
	}
	cond := store.Cond{Field: f.Name, Op: operators[in.FilterOperator]}
	list, isList := in.FilterValue.Value.([]any)
	switch cond.Op {
	case store.In, store.NotIn:
		if !isList { // a query has a list of one as a text
			list = []any{in.FilterValue.Value}
		}
		cond.Value, err = filterList(f, list)
	case store.Contains, store.StartsWith, store.EndsWith:
		text, ok := in.FilterValue.Value.(string)
		if !ok || f.Type != schema.String {
			return cond, invalid("filterValue", "must be a text, and the field one too, for this operator")
		}
		cond.Value = text
	default:
		cond.Value, err = filterValue(f, in.FilterValue.Value)
	}
	return cond, err
}

func filterList(f *schema.Field, list []any) (any, error) {
	values := make([]any, len(list))
	for i, item := range list {
		var err error
		if values[i], err = filterValue(f, item); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// filterValue reads a value as a query has it: booleans and lists are texts there.
func filterValue(f *schema.Field, v any) (any, error) {
	if text, ok := v.(string); ok && f.Type == schema.Boolean && (text == "true" || text == "false") {
		v = strings.EqualFold(text, "true")
	}
	if v == nil {
		return nil, nil
	}
	typed, err := auth.StoredValue(f, v)
	if err != nil {
		return nil, invalid("filterValue", "does not fit the field")
	}
	return typed, nil
}

// GetActiveMember returns the caller as a member of the active organization.
var GetActiveMember = auth.Endpoint[struct{}, *Member]{
	Key: "getActiveMember", Method: auth.GET, Path: "/organization/get-active-member", Doc: "Get the member details of the active organization",
	NeedsHeader: true, Use: requireSession, Handle: handle(func(s *Service, c *auth.Call, _ struct{}) (*Member, error) {
		return s.caller(c, active(c.Session, activeOrganization))
	}),
}

// GetActiveMemberRoleIn is the input of [GetActiveMemberRole].
type GetActiveMemberRoleIn struct {
	UserID           string `query:"userId,optional" doc:"The user. Default: the caller"`
	OrganizationID   string `query:"organizationId,optional" doc:"The organization. Default: the active one"`
	OrganizationSlug string `query:"organizationSlug,optional" doc:"The slug of the organization"`
}

// MemberRole is the output of [GetActiveMemberRole].
type MemberRole struct {
	Role string `json:"role"`
}

// GetActiveMemberRole returns the roles of the caller, or of another member, in an organization of the caller's.
var GetActiveMemberRole = auth.Endpoint[GetActiveMemberRoleIn, *MemberRole]{
	Key: "getActiveMemberRole", Method: auth.GET, Path: "/organization/get-active-member-role", Doc: "Get the role of a member", NeedsHeader: true,
	Use: requireSession, Handle: handle((*Service).getActiveMemberRole),
}

func (s *Service) getActiveMemberRole(c *auth.Call, in GetActiveMemberRoleIn) (*MemberRole, error) {
	m, err := s.viewer(c, in.OrganizationID, in.OrganizationSlug)
	if err == nil && in.UserID != "" {
		if m, err = s.Member(c, m.OrganizationID, in.UserID); m == nil {
			return nil, failOr(err, http.StatusForbidden, YouAreNotAMemberOfThisOrganization)
		}
	}
	if err != nil {
		return nil, err
	}
	return &MemberRole{m.Role}, nil
}

// HasPermissionIn is the input of [HasPermission].
type HasPermissionIn struct {
	OrganizationID string `body:"organizationId,optional" doc:"The organization. Default: the active one"`
	Wanted         Wanted `body:"*"`
}

// Permitted is the output of [HasPermission].
type Permitted struct {
	Error   *string `json:"error"`
	Success bool    `json:"success"`
}

// HasPermission reports whether the caller's roles in an organization hold permissions.
var HasPermission = auth.Endpoint[HasPermissionIn, *Permitted]{
	Key: "hasPermission", Method: auth.POST, Path: "/organization/has-permission", Doc: "Check if the user has permission", NeedsHeader: true,
	Use: requireSession, Handle: handle((*Service).hasPermission),
}

func (s *Service) hasPermission(c *auth.Call, in HasPermissionIn) (*Permitted, error) {
	id := chosen(c, in.OrganizationID)
	if id == "" {
		return nil, fail(http.StatusBadRequest, NoActiveOrganization)
	}
	m, err := s.Member(c, id, c.Session.User.ID)
	if err != nil || m == nil {
		return nil, failOr(err, http.StatusUnauthorized, UserIsNotAMemberOfTheOrganization)
	}
	ok, err := s.HasPermission(c, id, m.Role, in.Wanted.Permissions)
	return &Permitted{Success: ok}, err
}
