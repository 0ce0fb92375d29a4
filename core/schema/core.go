package schema

import (
	"fmt"
	"slices"
	"time"

	"github.com/goauth-dev/goauth/core/option"
)

// The logical names of the core tables.
const (
	UserModel         = "user"
	SessionModel      = "session"
	AccountModel      = "account"
	VerificationModel = "verification"
	RateLimitModel    = "rateLimit"
)

// Naming renames one core table and its columns, and adds fields to it.
type Naming struct {
	// Table is the table's name; empty keeps the model's.
	Table string
	// Columns maps logical names to column names.
	Columns map[string]string
	// Additional fields of the application.
	Additional Fields
}

// Extension is the tables and fields of one plugin.
type Extension struct {
	// Owner is the plugin's id.
	Owner  string
	Tables []Table
}

// Tables returns the core tables with their renames, the extensions' fields and the application's, in this order, and
// then the extensions' own tables. It fails when two owners declare one field or table. now gives the times that rows get
// by default. Upstream: getAuthTables.
func Tables(naming map[string]Naming, extensions []Extension, now func() time.Time) ([]*Table, error) {
	m := merger{owners: map[string]string{}}
	for _, t := range coreTables(func() any { return now() }) {
		m.add("the core", t)
	}
	for _, ext := range extensions {
		for i := range ext.Tables {
			t := ext.Tables[i]
			t.Fields = slices.Clone(t.Fields)
			if m.has(t.Model) {
				notFromRequests(t.Fields)
			}
			m.add(fmt.Sprintf("plugin %q", ext.Owner), &t)
		}
	}
	for _, t := range m.tables {
		n := naming[t.Model]
		m.add("the options", &Table{Model: t.Model, Name: n.Table, Fields: slices.Clone(n.Additional)})
		for logical, column := range n.Columns {
			if f := t.Field(logical); f == nil {
				m.fail("the options rename %q of %q, which has no such field", logical, t.Model)
			} else {
				f.Column = column
			}
		}
	}
	return m.tables, m.err
}

// notFromRequests makes fields that requests cannot set unless they say so: what a plugin keeps in a user or a session is
// its own (UP-062).
func notFromRequests(fields Fields) {
	for i := range fields {
		if fields[i].Input == option.Unset {
			fields[i].Input = option.Off
		}
	}
}

// merger joins the tables of several owners.
type merger struct {
	tables []*Table
	owners map[string]string
	err    error
}

func (m *merger) fail(format string, args ...any) {
	if m.err == nil {
		m.err = fmt.Errorf("schema: "+format, args...)
	}
}

func (m *merger) has(model string) bool {
	return slices.ContainsFunc(m.tables, func(known *Table) bool { return known.Model == model })
}

func (m *merger) add(owner string, t *Table) {
	for i := range t.Fields {
		key := t.Model + "." + t.Fields[i].Name
		if other, taken := m.owners[key]; taken {
			m.fail("%s and %s both declare the field %q of %q; rename one", other, owner, t.Fields[i].Name, t.Model)
		}
		m.owners[key] = owner
	}
	i := slices.IndexFunc(m.tables, func(known *Table) bool { return known.Model == t.Model })
	if i < 0 {
		if t.Name == "" {
			t.Name = t.Model
		}
		m.tables = append(m.tables, t)
		return
	}
	known := m.tables[i]
	known.Fields = append(known.Fields, t.Fields...)
	if t.Name != "" {
		known.Name = t.Name
	}
}

// coreTables declares upstream's own tables.
func coreTables(now func() any) []*Table {
	toUser := func() *Reference { return &Reference{Model: UserModel, Field: "id", OnDelete: "cascade"} }
	text, date := String, Date
	on, off := option.On, option.Off
	return []*Table{
		{Model: UserModel, Order: 1, Fields: Fields{
			{Name: "name", Type: text, Required: on, Sortable: true},
			{Name: "email", Type: text, Required: on, Unique: true, Sortable: true},
			{Name: "emailVerified", Type: Boolean, Required: on, Default: false, Input: off},
			{Name: "image", Type: text, Required: off},
			{Name: "createdAt", Type: date, Required: on, Default: now},
			{Name: "updatedAt", Type: date, Required: on, Default: now, OnUpdate: now},
		}},
		{Model: SessionModel, Order: 2, Fields: Fields{
			{Name: "expiresAt", Type: date, Required: on},
			{Name: "token", Type: text, Required: on, Unique: true},
			{Name: "createdAt", Type: date, Required: on, Default: now},
			{Name: "updatedAt", Type: date, Required: on, OnUpdate: now},
			{Name: "ipAddress", Type: text, Required: off},
			{Name: "userAgent", Type: text, Required: off},
			{Name: "userId", Type: text, Required: on, Index: true, References: toUser()},
		}},
		{Model: AccountModel, Order: 3, Fields: Fields{
			{Name: "accountId", Type: text, Required: on},
			{Name: "providerId", Type: text, Required: on},
			{Name: "userId", Type: text, Required: on, Index: true, References: toUser()},
			{Name: "accessToken", Type: text, Required: off, Returned: off},
			{Name: "refreshToken", Type: text, Required: off, Returned: off},
			{Name: "idToken", Type: text, Required: off, Returned: off},
			{Name: "accessTokenExpiresAt", Type: date, Required: off, Returned: off},
			{Name: "refreshTokenExpiresAt", Type: date, Required: off, Returned: off},
			{Name: "scope", Type: text, Required: off},
			{Name: "password", Type: text, Required: off, Returned: off},
			{Name: "createdAt", Type: date, Required: on, Default: now},
			{Name: "updatedAt", Type: date, Required: on, OnUpdate: now},
		}},
		{Model: VerificationModel, Order: 4, Fields: Fields{
			{Name: "identifier", Type: text, Required: on, Index: true},
			{Name: "value", Type: text, Required: on},
			{Name: "expiresAt", Type: date, Required: on},
			{Name: "createdAt", Type: date, Required: on, Default: now},
			{Name: "updatedAt", Type: date, Required: on, Default: now, OnUpdate: now},
		}},
		{Model: RateLimitModel, Fields: Fields{
			{Name: "key", Type: text, Required: on, Unique: true},
			{Name: "count", Type: Number, Required: on},
			{Name: "lastRequest", Type: Number, Required: on, BigInt: true},
		}},
	}
}
