package organization

import (
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/store"
)

// Organization is a tenant's row. Upstream: organization.
type Organization struct {
	ID        string
	Name      string
	Slug      string
	Logo      *string
	CreatedAt time.Time
	// Metadata is a JSON text.
	Metadata *string
	// Extra holds the fields that options and other plugins add.
	Extra store.Record

	parsed bool     // metadata is answered as the tree that it is the text of
	hidden []string // of the fields above, those that are kept out of answers
}

// Member is a user's membership of an organization. Upstream: member.
type Member struct {
	ID             string
	OrganizationID string
	UserID         string
	// Role is one role, or several joined by commas.
	Role      string
	CreatedAt time.Time
	// User is what other members see of the user, where the operation looked it up.
	User  *UserSummary
	Extra store.Record

	hidden []string // of the fields above, those that are kept out of answers
}

// UserSummary is what members see of each other's users.
type UserSummary struct {
	ID    string  `json:"id"`
	Name  string  `json:"name"`
	Email string  `json:"email"`
	Image *string `json:"image"`
}

// Invitation asks somebody to join an organization. Upstream: invitation.
type Invitation struct {
	ID             string
	OrganizationID string
	Email          string
	Role           string
	// TeamID is the ids of the teams to join, joined by commas; HasTeam says that teams are on.
	TeamID  *string
	HasTeam bool
	// Status is "pending", "accepted", "rejected" or "canceled".
	Status    string
	ExpiresAt time.Time
	CreatedAt time.Time
	InviterID string
	Extra     store.Record

	hidden []string // of the fields above, those that are kept out of answers
}

// Team is a group of members. Upstream: team.
type Team struct {
	ID             string
	Name           string
	OrganizationID string
	CreatedAt      time.Time
	UpdatedAt      *time.Time
	Extra          store.Record

	hidden []string // of the fields above, those that are kept out of answers
}

// TeamMember is a user's place in a team. Upstream: teamMember.
type TeamMember struct {
	ID        string
	TeamID    string
	UserID    string
	CreatedAt *time.Time
}

// Role is a role that an organization made. Upstream: organizationRole.
type Role struct {
	ID             string
	OrganizationID string
	Role           string
	// Permission is the JSON text of what it allows.
	Permission string
	CreatedAt  time.Time
	UpdatedAt  *time.Time
	Extra      store.Record

	hidden []string // of the fields above, those that are kept out of answers
}

// The states of an invitation.
const (
	pending  = "pending"
	accepted = "accepted"
	rejected = "rejected"
	canceled = "canceled"
)

// row takes fields out of a record; what it leaves is extra.
type row struct {
	c      *auth.Call
	model  string
	rec    store.Record
	hidden []string // of the fields taken, those that clients may not see
}

func (r *row) take(name string) any {
	v := r.rec[name]
	delete(r.rec, name)
	if r.c.HiddenField(r.model, name) {
		r.hidden = append(r.hidden, name)
	}
	return v
}

func (r *row) text(name string) string {
	s, _ := r.take(name).(string)
	return s
}

func (r *row) optText(name string) *string {
	if s, ok := r.take(name).(string); ok {
		return &s
	}
	return nil
}

func (r *row) time(name string) time.Time {
	t, _ := r.take(name).(time.Time)
	return t
}

func (r *row) optTime(name string) *time.Time {
	if t, ok := r.take(name).(time.Time); ok {
		return &t
	}
	return nil
}

// extra are the remaining fields that clients may see.
func (r *row) extra() store.Record {
	for name := range r.rec {
		if r.c.HiddenField(r.model, name) {
			delete(r.rec, name)
		}
	}
	return r.rec
}

func organizationOf(c *auth.Call, rec store.Record) *Organization {
	if rec == nil {
		return nil
	}
	r := row{c: c, model: OrganizationModel, rec: rec}
	out := &Organization{
		ID: r.text("id"), Name: r.text("name"), Slug: r.text("slug"), Logo: r.optText("logo"), CreatedAt: r.time("createdAt"),
		Metadata: r.optText("metadata"), Extra: r.extra(),
	}
	out.hidden = r.hidden
	return out
}

// memberOf reads a member, with its user where the record was joined to it.
func memberOf(c *auth.Call, rec store.Record) *Member {
	if rec == nil {
		return nil
	}
	r := row{c: c, model: MemberModel, rec: rec}
	user, _ := r.take("user").(store.Record)
	out := &Member{
		ID: r.text("id"), OrganizationID: r.text("organizationId"), UserID: r.text("userId"), Role: r.text("role"),
		CreatedAt: r.time("createdAt"), User: summaryOf(user), Extra: r.extra(),
	}
	out.hidden = r.hidden
	return out
}

func summaryOf(rec store.Record) *UserSummary {
	if rec == nil {
		return nil
	}
	u := auth.UserFromRecord(rec)
	return &UserSummary{u.ID, u.Name, u.Email, u.Image}
}

func invitationOf(c *auth.Call, rec store.Record) *Invitation {
	if rec == nil {
		return nil
	}
	r := row{c: c, model: InvitationModel, rec: rec}
	_, hasTeam := rec["teamId"]
	out := &Invitation{
		ID: r.text("id"), OrganizationID: r.text("organizationId"), Email: r.text("email"), Role: r.text("role"),
		TeamID: r.optText("teamId"), HasTeam: hasTeam, Status: r.text("status"), ExpiresAt: r.time("expiresAt"),
		CreatedAt: r.time("createdAt"), InviterID: r.text("inviterId"), Extra: r.extra(),
	}
	out.hidden = r.hidden
	return out
}

func teamOf(c *auth.Call, rec store.Record) *Team {
	if rec == nil {
		return nil
	}
	r := row{c: c, model: TeamModel, rec: rec}
	out := &Team{
		ID: r.text("id"), Name: r.text("name"), OrganizationID: r.text("organizationId"), CreatedAt: r.time("createdAt"),
		UpdatedAt: r.optTime("updatedAt"), Extra: r.extra(),
	}
	out.hidden = r.hidden
	return out
}

func teamMemberOf(c *auth.Call, rec store.Record) *TeamMember {
	if rec == nil {
		return nil
	}
	r := row{c: c, model: TeamMemberModel, rec: rec}
	return &TeamMember{ID: r.text("id"), TeamID: r.text("teamId"), UserID: r.text("userId"), CreatedAt: r.optTime("createdAt")}
}

func roleOf(c *auth.Call, rec store.Record) *Role {
	if rec == nil {
		return nil
	}
	r := row{c: c, model: RoleModel, rec: rec}
	out := &Role{
		ID: r.text("id"), OrganizationID: r.text("organizationId"), Role: r.text("role"), Permission: r.text("permission"),
		CreatedAt: r.time("createdAt"), UpdatedAt: r.optTime("updatedAt"), Extra: r.extra(),
	}
	out.hidden = r.hidden
	return out
}

// all reads records of one kind.
func all[T any](c *auth.Call, recs []store.Record, of func(*auth.Call, store.Record) *T) []*T {
	list := make([]*T, len(recs))
	for i, rec := range recs {
		list[i] = of(c, rec)
	}
	return list
}

// parsedJSON is the tree of a JSON text, or the text itself when it is none.
func parsedJSON(text string) any {
	tree, err := option.ParseJSON([]byte(text))
	if err != nil {
		return text
	}
	return tree
}
