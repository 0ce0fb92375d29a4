package organization

import (
	"maps"
	"slices"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/store"
)

// members is an object of names and values in turn without the hidden ones, then the extra fields by name, then the id: as
// upstream's rows have them.
func members(hidden []string, extra store.Record, id string, pairs ...any) *auth.Object {
	o := option.NewObject()
	for i := 0; i < len(pairs); i += 2 {
		if name := pairs[i].(string); !slices.Contains(hidden, name) {
			o.Set(name, pairs[i+1])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(extra)) {
		o.Set(name, extra[name])
	}
	o.Set("id", id)
	return o
}

func appendObject(dst []byte, o *auth.Object) ([]byte, error) {
	text, err := auth.JSON(o)
	return append(dst, text...), err
}

func (o *Organization) object() *auth.Object {
	obj := members(o.hidden, o.Extra, o.ID, "name", o.Name, "slug", o.Slug, "logo", o.Logo, "createdAt", o.CreatedAt, "metadata", o.Metadata)
	switch {
	case slices.Contains(o.hidden, "metadata"):
	case o.parsed && o.Metadata == nil:
		obj.Delete("metadata")
	case o.parsed:
		obj.Set("metadata", parsedJSON(*o.Metadata))
	}
	return obj
}

func (m *Member) object() *auth.Object {
	obj := members(m.hidden, m.Extra, m.ID, "organizationId", m.OrganizationID, "userId", m.UserID, "role", m.Role, "createdAt", m.CreatedAt)
	if m.User != nil {
		obj.Set("user", m.User)
	}
	return obj
}

func (i *Invitation) object() *auth.Object {
	pairs := []any{"organizationId", i.OrganizationID, "email", i.Email, "role", i.Role}
	if i.HasTeam {
		pairs = append(pairs, "teamId", i.TeamID)
	}
	return members(i.hidden, i.Extra, i.ID, append(pairs,
		"status", i.Status, "expiresAt", i.ExpiresAt, "createdAt", i.CreatedAt, "inviterId", i.InviterID)...)
}

func (t *Team) object() *auth.Object {
	return members(t.hidden, t.Extra, t.ID, "name", t.Name, "organizationId", t.OrganizationID, "createdAt", t.CreatedAt, "updatedAt", t.UpdatedAt)
}

func (r *Role) object() *auth.Object {
	return members(r.hidden, r.Extra, r.ID, "organizationId", r.OrganizationID, "role", r.Role, "permission", parsedJSON(r.Permission),
		"createdAt", r.CreatedAt, "updatedAt", r.UpdatedAt)
}

// AppendJSON implements the JSON rendering that clients see.
func (o *Organization) AppendJSON(dst []byte) ([]byte, error) {
	if o == nil {
		return append(dst, "null"...), nil
	}
	return appendObject(dst, o.object())
}

// AppendJSON implements the JSON rendering that clients see.
func (m *Member) AppendJSON(dst []byte) ([]byte, error) {
	if m == nil {
		return append(dst, "null"...), nil
	}
	return appendObject(dst, m.object())
}

// AppendJSON implements the JSON rendering that clients see.
func (i *Invitation) AppendJSON(dst []byte) ([]byte, error) {
	if i == nil {
		return append(dst, "null"...), nil
	}
	return appendObject(dst, i.object())
}

// AppendJSON implements the JSON rendering that clients see.
func (t *Team) AppendJSON(dst []byte) ([]byte, error) {
	if t == nil {
		return append(dst, "null"...), nil
	}
	return appendObject(dst, t.object())
}

// AppendJSON implements the JSON rendering that clients see.
func (t *TeamMember) AppendJSON(dst []byte) ([]byte, error) {
	if t == nil {
		return append(dst, "null"...), nil
	}
	return appendObject(dst, members(nil, nil, t.ID, "teamId", t.TeamID, "userId", t.UserID, "createdAt", t.CreatedAt))
}

// AppendJSON implements the JSON rendering that clients see.
func (r *Role) AppendJSON(dst []byte) ([]byte, error) {
	if r == nil {
		return append(dst, "null"...), nil
	}
	return appendObject(dst, r.object())
}
