package admin

import (
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// ListUsersIn is the input of [ListUsers].
type ListUsersIn struct {
	SearchValue    string     `query:"searchValue,optional" doc:"A text to look for"`
	SearchField    string     `query:"searchField,optional" is:"literal=email|name" doc:"Where to look; in the address without"`
	SearchOperator string     `query:"searchOperator,optional" is:"literal=contains|starts_with|ends_with" doc:"How to look; contains without"`
	Limit          auth.Count `query:"limit,optional" doc:"How many users"`
	Offset         auth.Count `query:"offset,optional" doc:"How many users to leave out first"`
	SortBy         string     `query:"sortBy,optional" doc:"The field to sort by"`
	SortDirection  string     `query:"sortDirection,optional" is:"literal=asc|desc" doc:"The direction of sorting"`
	FilterField    string     `query:"filterField,optional" doc:"The field to filter by; the address without"`
	// FilterValue is a text, number or boolean, or a list of texts or numbers.
	FilterValue    Filter `query:"filterValue,optional" doc:"The value to filter by"`
	FilterOperator string `query:"filterOperator,optional" is:"literal=eq|ne|lt|lte|gt|gte|in|not_in|contains|starts_with|ends_with" doc:"How to compare; eq without"`
}

// Filter is a value to compare with.
type Filter struct{ Value any }

// DecodeInput implements [auth.Value].
func (f *Filter) DecodeInput(v any, _ bool) []auth.Issue {
	items, list := v.([]any)
	if !list {
		items = []any{v}
	}
	texts, numbers := 0, 0
	for _, item := range items {
		switch item.(type) {
		case string:
			texts++
		case int64, float64, interface{ Float() float64 }:
			numbers++
		case bool:
			if list {
				return []auth.Issue{{Text: auth.InvalidInput}}
			}
		default:
			return []auth.Issue{{Text: auth.InvalidInput}}
		}
	}
	if texts > 0 && numbers > 0 {
		return []auth.Issue{{Text: auth.InvalidInput}}
	}
	f.Value = v
	return nil
}

// InputTree implements [auth.Value].
func (f *Filter) InputTree() any {
	if texts, ok := f.Value.([]string); ok {
		items := make([]any, len(texts))
		for i := range texts {
			items[i] = texts[i]
		}
		return items
	}
	return f.Value
}

// ListUsersOut is the output of [ListUsers].
type ListUsersOut struct {
	Users []*auth.User `json:"users"`
	// Total counts the users before limit and offset.
	Total  int64    `json:"total"`
	Limit  *float64 `json:"limit,omitempty"`
	Offset *float64 `json:"offset,omitempty"`
}

// ListUsers returns users, searched, filtered, sorted and paged by the database. What can match nobody, such as a filter by
// something that is no field, gives no users. Upstream: listUsers.
var ListUsers = auth.Endpoint[ListUsersIn, *ListUsersOut]{
	Key: "listUsers", OperationID: "listUsers", Method: auth.GET, Path: "/admin/list-users", Doc: "List users", Use: admins,
}

func (p *plugin) listUsers(c *auth.Call, in ListUsersIn) (*ListUsersOut, error) {
	if err := p.need(c, "user", "list", NotAllowedToList); err != nil {
		return nil, err
	}
	out := &ListUsersOut{Users: []*auth.User{}}
	where, ok := conditions(c, &in)
	if !ok || in.SortBy != "" && fieldOf(c, in.SortBy) == nil {
		return out, nil
	}
	q := store.Query{Model: schema.UserModel, Where: where, Limit: in.Limit.Rows(), Offset: in.Offset.Rows()}
	if in.SortBy != "" {
		q.Sort = &store.Sort{Field: in.SortBy, Desc: in.SortDirection == "desc"}
	}
	rows, err := c.Find(q)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		out.Users = append(out.Users, c.VisibleUser(auth.UserFromRecord(row)))
	}
	out.Limit, out.Offset = nonzero(in.Limit), nonzero(in.Offset)
	out.Total, err = c.Store.Count(c.Ctx(), schema.UserModel, where)
	return out, err
}

func nonzero(n auth.Count) *float64 {
	if n == 0 {
		return nil
	}
	f := float64(n)
	return &f
}

// operators are upstream's names.
var operators = map[string]store.Op{
	"eq": store.Eq, "ne": store.Ne, "lt": store.Lt, "lte": store.Lte, "gt": store.Gt, "gte": store.Gte, "in": store.In, "not_in": store.NotIn,
	"contains": store.Contains, "starts_with": store.StartsWith, "ends_with": store.EndsWith,
}

// conditions are what the users must meet; false: nobody can. Only fields that clients may see can be asked for (GO-011).
func conditions(c *auth.Call, in *ListUsersIn) (store.Where, bool) {
	var where store.Where
	if in.SearchValue != "" {
		where = append(where, store.Cond{
			Field: orElse(in.SearchField, "email"), Op: operators[orElse(in.SearchOperator, "contains")], Value: in.SearchValue, Fold: true,
		})
	}
	if in.FilterValue.Value == nil {
		return where, true
	}
	field := fieldOf(c, orElse(in.FilterField, "email"))
	if field == nil {
		return nil, false
	}
	cond, ok := condition(field, operators[orElse(in.FilterOperator, "eq")], in.FilterValue.Value)
	return append(where, cond), ok
}

// condition compares a field; false: the comparison makes no sense.
func condition(field *schema.Field, op store.Op, v any) (store.Cond, bool) {
	cond := store.Cond{Field: field.Name, Op: op}
	items, list := v.([]any)
	switch {
	case op == store.In || op == store.NotIn:
		if !list {
			return cond, false
		}
		typed := make([]any, len(items))
		for i := range items {
			var ok bool
			if typed[i], ok = valueFor(field, items[i]); !ok {
				return cond, false
			}
		}
		cond.Value = typed
		return cond, true
	case op >= store.Contains:
		text, ok := v.(string)
		cond.Value, cond.Fold = text, true
		return cond, ok && field.Type == schema.String
	case list:
		return cond, false
	default:
		var ok bool
		cond.Value, ok = valueFor(field, v)
		return cond, ok
	}
}

// valueFor is a value in a field's stored type. A query holds texts only.
func valueFor(field *schema.Field, v any) (any, bool) {
	if text, ok := v.(string); ok && field.Type == schema.Boolean {
		return text == "true" || text == "1", true
	}
	typed, err := auth.StoredValue(field, v)
	return typed, err == nil
}

// fieldOf returns a field of users that clients may see, or nil.
func fieldOf(c *auth.Call, name string) *schema.Field {
	if name == "id" || name == "_id" { // as upstream, whatever the database
		return &schema.Field{Name: "id", Type: schema.String}
	}
	field := c.Field(schema.UserModel, name)
	if field == nil || field.Returned == option.Off {
		return nil
	}
	return field
}

func orElse(text, def string) string {
	if strings.TrimSpace(text) == "" {
		return def
	}
	return text
}
