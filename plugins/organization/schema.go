package organization

import (
	"fmt"
	"slices"

	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
)

// The logical names of the plugin's tables.
const (
	OrganizationModel = "organization"
	MemberModel       = "member"
	InvitationModel   = "invitation"
	TeamModel         = "team"
	TeamMemberModel   = "teamMember"
	RoleModel         = "organizationRole"
)

// tables are the plugin's tables and what it adds to the session. The times of rows are set where rows are written.
func tables(o *Options) []schema.Table {
	list := []schema.Table{table(OrganizationModel, o.Schema.Organization, schema.Fields{
		{Name: "name", Type: schema.String, Required: option.On, Sortable: true},
		{Name: "slug", Type: schema.String, Required: option.On, Unique: true, Index: true, Sortable: true},
		{Name: "logo", Type: schema.String, Required: option.Off},
		{Name: "createdAt", Type: schema.Date, Required: option.On},
		{Name: "metadata", Type: schema.String, Required: option.Off},
	})}
	if o.DynamicAccessControl.Enabled {
		list = append(list, roleTable(o))
	}
	if o.Teams.Enabled {
		list = append(list, teamTables(o)...)
	}
	return append(list, memberTable(o), invitationTable(o), sessionFields(o))
}

func roleTable(o *Options) schema.Table {
	return table(RoleModel, o.Schema.OrganizationRole, schema.Fields{
		reference("organizationId", OrganizationModel),
		{Name: "role", Type: schema.String, Required: option.On, Index: true},
		{Name: "permission", Type: schema.String, Required: option.On},
		{Name: "createdAt", Type: schema.Date, Required: option.On},
		{Name: "updatedAt", Type: schema.Date, Required: option.Off},
	})
}

func teamTables(o *Options) []schema.Table {
	return []schema.Table{
		table(TeamModel, o.Schema.Team, schema.Fields{
			{Name: "name", Type: schema.String, Required: option.On},
			reference("organizationId", OrganizationModel),
			{Name: "createdAt", Type: schema.Date, Required: option.On},
			{Name: "updatedAt", Type: schema.Date, Required: option.Off},
		}),
		table(TeamMemberModel, o.Schema.TeamMember, schema.Fields{
			reference("teamId", TeamModel),
			reference("userId", schema.UserModel),
			{Name: "createdAt", Type: schema.Date, Required: option.Off},
		}),
	}
}

func memberTable(o *Options) schema.Table {
	return table(MemberModel, o.Schema.Member, schema.Fields{
		reference("organizationId", OrganizationModel),
		reference("userId", schema.UserModel),
		{Name: "role", Type: schema.String, Required: option.On, Sortable: true, Default: "member"},
		{Name: "createdAt", Type: schema.Date, Required: option.On},
	})
}

func invitationTable(o *Options) schema.Table {
	fields := schema.Fields{
		reference("organizationId", OrganizationModel),
		{Name: "email", Type: schema.String, Required: option.On, Sortable: true, Index: true},
		{Name: "role", Type: schema.String, Required: option.Off, Sortable: true},
	}
	if o.Teams.Enabled {
		fields = append(fields, schema.Field{Name: "teamId", Type: schema.String, Required: option.Off, Sortable: true})
	}
	inviter := reference("inviterId", schema.UserModel)
	inviter.Index = false
	return table(InvitationModel, o.Schema.Invitation, append(fields,
		schema.Field{Name: "status", Type: schema.String, Required: option.On, Sortable: true, Default: pending},
		schema.Field{Name: "expiresAt", Type: schema.Date, Required: option.On},
		schema.Field{Name: "createdAt", Type: schema.Date, Required: option.On},
		inviter))
}

// sessionFields are what a session keeps; no request sets them but through the plugin's operations (UP-062).
func sessionFields(o *Options) schema.Table {
	fields := schema.Fields{{Name: "activeOrganizationId", Type: schema.String, Required: option.Off}}
	if o.Teams.Enabled {
		fields = append(fields, schema.Field{Name: "activeTeamId", Type: schema.String, Required: option.Off})
	}
	for i := range fields {
		fields[i].Column = o.Schema.Session.Fields[fields[i].Name]
	}
	return schema.Table{Model: schema.SessionModel, Fields: fields}
}

func reference(name, model string) schema.Field {
	return schema.Field{
		Name: name, Type: schema.String, Required: option.On, Index: true,
		References: &schema.Reference{Model: model, Field: "id", OnDelete: "cascade"},
	}
}

// table applies a naming. Requests set the plugin's own fields only where an operation names them, also when the
// application declares one again: its declaration then takes the place of the plugin's.
func table(model string, n Naming, fields schema.Fields) schema.Table {
	for i := range fields {
		fields[i].Column, fields[i].Reserved = n.Fields[fields[i].Name], true
	}
	t := schema.Table{Model: model, Name: n.ModelName, Fields: fields}
	for i := range n.AdditionalFields {
		f := n.AdditionalFields[i]
		if own := t.Field(f.Name); own != nil {
			f.Reserved = true
			*own = f
			continue
		}
		t.Fields = append(t.Fields, f)
	}
	return t
}

// checkFields fails when an application declares a field of the plugin again with another type: the plugin could not read
// its rows.
func checkFields(o *Options) error {
	bare := *o
	for _, n := range namings(&bare) {
		n.AdditionalFields = nil
	}
	declared := tables(o)
	for _, own := range tables(&bare) {
		i := slices.IndexFunc(declared, func(t schema.Table) bool { return t.Model == own.Model })
		for _, f := range own.Fields {
			if again := declared[i].Field(f.Name); again.Type != f.Type {
				return fmt.Errorf("option schema.%s.additionalFields.%s: the plugin's field is a %s, not a %s", own.Model, f.Name, f.Type, again.Type)
			}
		}
	}
	return nil
}

// namings are those with fields of the application.
func namings(o *Options) []*Naming {
	s := &o.Schema
	return []*Naming{&s.Organization, &s.Member, &s.Invitation, &s.Team, &s.OrganizationRole}
}
