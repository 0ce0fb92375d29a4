package main

import (
	"context"
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/organization"
)

// connectOrganization gives the options the functions of the test, but for hooks, which have a table.
func connectOrganization(in *instance, o *organization.Options, path, fn string) bool {
	switch path {
	case "allowUserToCreateOrganization":
		o.AllowUserToCreateOrganizationFunc = in.userTo(fn)
	case "organizationLimit":
		o.OrganizationLimitReached = in.userTo(fn)
	case "membershipLimit":
		o.MembershipLimitFunc = func(ctx context.Context, u *auth.User, org *organization.Organization) (int, error) {
			return in.number(ctx, fn, u, org)
		}
	case "invitationLimit":
		o.InvitationLimitFunc = func(ctx context.Context, u *auth.User, org *organization.Organization, m *organization.Member) (int, error) {
			return in.number(ctx, fn, object("user", u, "organization", org, "member", m), object())
		}
	case "teams.maximumTeams":
		o.Teams.MaximumTeamsFunc = func(ctx context.Context, id string, s *auth.SignedIn) (int, error) {
			return in.number(ctx, fn, object("organizationId", id, "session", s), object())
		}
	case "teams.maximumMembersPerTeam":
		o.Teams.MaximumMembersPerTeamFunc = func(ctx context.Context, t *organization.Team, s *auth.SignedIn) (int, error) {
			return in.number(ctx, fn, object("teamId", t.ID, "session", s, "organizationId", t.OrganizationID))
		}
	case "dynamicAccessControl.maximumRolesPerOrganization":
		o.DynamicAccessControl.MaximumRolesPerOrganizationFunc = func(ctx context.Context, id string) (int, error) {
			return in.number(ctx, fn, id)
		}
	case "sendInvitationEmail":
		o.SendInvitationEmail = in.invitation(fn)
	default:
		return in.connectOrganizationHook(&o.Hooks, strings.TrimPrefix(path, "organizationHooks."), fn)
	}
	return true
}

// jsTagged calls a function with plain values.
func (in *instance) jsTagged(ctx context.Context, fn string, args ...any) (reply, error) {
	tagged := make([]any, len(args))
	for i, arg := range args {
		var err error
		if tagged[i], err = tag(arg); err != nil {
			return reply{}, err
		}
	}
	return in.js.call(ctx, fn, tagged...)
}

// number is fn(…) → number.
func (in *instance) number(ctx context.Context, fn string, args ...any) (int, error) {
	got, err := in.jsTagged(ctx, fn, args...)
	n, _ := integer(got.value)
	return int(n), err
}

// userTo is fn(user) → boolean.
func (in *instance) userTo(fn string) func(ctx context.Context, u *auth.User) (bool, error) {
	return func(ctx context.Context, u *auth.User) (bool, error) {
		got, err := in.jsTagged(ctx, fn, u)
		return got.value == true, err
	}
}

func (in *instance) invitation(fn string) func(ctx context.Context, m organization.InvitationMail) error {
	return func(ctx context.Context, m organization.InvitationMail) error {
		inviter, err := rendered(m.Inviter)
		if err != nil {
			return err
		}
		inviter.Set("user", m.InviterUser)
		data, err := tag(object("id", m.ID, "role", m.Role, "email", m.Email, "organization", m.Organization, "invitation", m.Invitation, "inviter", inviter))
		if err != nil {
			return err
		}
		_, err = in.js.call(ctx, fn, data, tagRequest(m.Request))
		return err
	}
}

// rendered is what a value renders as.
func rendered(v any) (*auth.Object, error) {
	text, err := auth.JSON(v)
	if err != nil {
		return nil, err
	}
	return parseObject(text)
}

// names says under which names a hook of the test gets the fields of an event.
type names struct{ data, member, user string }

// connectOrganizationHook connects organizationHooks.NAME.
func (in *instance) connectOrganizationHook(h *organization.Hooks, name, fn string) bool {
	user := names{user: "user", member: "member"}
	befores := map[string]struct {
		to *organization.BeforeHook
		names
	}{
		"beforeCreateOrganization": {&h.BeforeCreateOrganization, names{"organization", "member", "user"}},
		"beforeUpdateOrganization": {&h.BeforeUpdateOrganization, names{"organization", "member", "user"}},
		"beforeDeleteOrganization": {&h.BeforeDeleteOrganization, user},
		"beforeAddMember":          {&h.BeforeAddMember, names{"member", "", "user"}},
		"beforeRemoveMember":       {&h.BeforeRemoveMember, user},
		"beforeUpdateMemberRole":   {&h.BeforeUpdateMemberRole, user},
		"beforeCreateInvitation":   {&h.BeforeCreateInvitation, names{"invitation", "", "inviter"}},
		"beforeAcceptInvitation":   {&h.BeforeAcceptInvitation, user},
		"beforeRejectInvitation":   {&h.BeforeRejectInvitation, user},
		"beforeCancelInvitation":   {&h.BeforeCancelInvitation, names{user: "cancelledBy"}},
		"beforeCreateTeam":         {&h.BeforeCreateTeam, names{"team", "", "user"}},
		"beforeUpdateTeam":         {&h.BeforeUpdateTeam, names{"updates", "", "user"}},
		"beforeDeleteTeam":         {&h.BeforeDeleteTeam, user},
		"beforeAddTeamMember":      {&h.BeforeAddTeamMember, names{"teamMember", "", "user"}},
		"beforeRemoveTeamMember":   {&h.BeforeRemoveTeamMember, user},
	}
	if b, known := befores[name]; known {
		*b.to = in.beforeEvent(fn, b.names)
		return true
	}
	afters := map[string]struct {
		to *organization.AfterHook
		names
	}{
		"afterCreateOrganization": {&h.AfterCreateOrganization, user}, "afterUpdateOrganization": {&h.AfterUpdateOrganization, user},
		"afterDeleteOrganization": {&h.AfterDeleteOrganization, user}, "afterAddMember": {&h.AfterAddMember, user},
		"afterRemoveMember": {&h.AfterRemoveMember, user}, "afterUpdateMemberRole": {&h.AfterUpdateMemberRole, user},
		"afterCreateInvitation": {&h.AfterCreateInvitation, names{user: "inviter"}}, "afterAcceptInvitation": {&h.AfterAcceptInvitation, user},
		"afterRejectInvitation": {&h.AfterRejectInvitation, user}, "afterCancelInvitation": {&h.AfterCancelInvitation, names{user: "cancelledBy"}},
		"afterCreateTeam": {&h.AfterCreateTeam, user}, "afterUpdateTeam": {&h.AfterUpdateTeam, user}, "afterDeleteTeam": {&h.AfterDeleteTeam, user},
		"afterAddTeamMember": {&h.AfterAddTeamMember, user}, "afterRemoveTeamMember": {&h.AfterRemoveTeamMember, user},
	}
	a, known := afters[name]
	if known {
		*a.to = in.afterEvent(fn, a.names)
	}
	return known
}

// beforeEvent is fn({…}) → {data} or nothing.
func (in *instance) beforeEvent(fn string, n names) organization.BeforeHook {
	return func(ctx context.Context, _ *auth.Call, e organization.Event) (store.Record, error) {
		got, err := in.jsTagged(ctx, fn, n.object(e))
		if err != nil {
			return nil, err
		}
		o, _ := got.value.(*auth.Object)
		data := child(o, "data")
		if data == nil {
			return nil, nil
		}
		rec := store.Record{}
		for name, v := range data.All() {
			if number, isNumber := integer(v); isNumber {
				v = number
			}
			rec[name] = v
		}
		return rec, nil
	}
}

func (in *instance) afterEvent(fn string, n names) organization.AfterHook {
	return func(ctx context.Context, _ *auth.Call, e organization.Event) error {
		_, err := in.jsTagged(ctx, fn, n.object(e))
		return err
	}
}

// object is what a function of the test is given for an event.
func (n names) object(e organization.Event) *auth.Object {
	o := option.NewObject()
	put := func(name string, there bool, v any) {
		if there && name != "" {
			o.Set(name, v)
		}
	}
	put("organization", e.Organization != nil, e.Organization)
	put("member", e.Member != nil, e.Member)
	put("invitation", e.Invitation != nil, e.Invitation)
	put("team", e.Team != nil, e.Team)
	put("teamMember", e.TeamMember != nil, e.TeamMember)
	put(n.user, e.User != nil, e.User)
	put(n.data, e.Data != nil, e.Data)
	put("newRole", e.NewRole != "", e.NewRole)
	put("previousRole", e.PreviousRole != "", e.PreviousRole)
	return o
}
