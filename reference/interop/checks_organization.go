package main

import "github.com/goauth-dev/goauth/reference/internal/harness"

var organized = []string{"organization"}

var organizationChecks = []check{
	{"the active organization and team set here are those of the session there", organized, told(activeCheck)},
	{"an invitation made here is accepted there", organized, told(invitationCheck)},
	{"a role of one's own made here is held against there", organized, told(ownRoleCheck)},
	{"members and teams changed there are changed here", organized, told(memberCheck)},
}

// tenant makes an organization; ada owns it.
func (t *talk) tenant(s *harness.Server) (ada *browser, id string) {
	ada, _ = t.member(s, "ada")
	a := t.post(ada, s, "/organization/create", obj{"name": "Acme é", "slug": "acme", "metadata": obj{"plan": "free", "seats": 5}})
	return ada, a.text("id")
}

// guest is a new user with a verified address.
func (t *talk) guest(s *harness.Server, name string) (b *browser, id string) {
	b, id = t.member(s, name)
	t.exec(s, `UPDATE "user" SET "emailVerified" = true WHERE email = ?`, name+"@example.com")
	return b, id
}

// join invites a guest at one server and accepts at the other.
func (t *talk) join(ada, guest *browser, here, there *harness.Server, name, role string) {
	invited := t.post(ada, here, "/organization/invite-member", obj{"email": name + "@example.com", "role": role}).text("id")
	t.post(guest, there, "/organization/accept-invitation", obj{"invitationId": invited})
}

// may asks a server whether the browser's member may do something in the active organization.
func (t *talk) may(b *browser, s *harness.Server, resource, action string, want bool) {
	a := t.post(b, s, "/organization/has-permission", obj{"permissions": obj{resource: []any{action}}})
	t.same(string(s.Kind)+"'s word on "+action+" of "+resource, a.value("success"), want)
}

func activeCheck(t *talk, here, there *harness.Server) {
	ada, id := t.tenant(here)
	t.same("the organization", t.agree(ada, here, there, "/get-session").text("session.activeOrganizationId"), id)
	team := t.post(ada, here, "/organization/create-team", obj{"name": "Writers"}).text("id")
	t.post(ada, here, "/organization/add-team-member", obj{"teamId": team, "userId": t.signedIn(ada, here).text("user.id")})
	t.post(ada, here, "/organization/set-active-team", obj{"teamId": team})
	t.same("the team", t.agree(ada, here, there, "/get-session").text("session.activeTeamId"), team)
	t.agree(ada, here, there, "/organization/get-full-organization")
	t.agree(ada, here, there, "/organization/list")
	t.agree(ada, here, there, "/organization/list-user-teams")
	t.agree(ada, here, there, "/organization/list-team-members")
	t.agree(ada, here, there, "/organization/get-active-member")
	second := t.post(ada, there, "/organization/create", obj{"name": "Other", "slug": "other"}).text("id")
	t.same("the organization", t.signedIn(ada, here).text("session.activeOrganizationId"), second)
	t.post(ada, there, "/organization/set-active", obj{"organizationId": nil})
	t.same("the organization", t.agree(ada, there, here, "/get-session").value("session.activeOrganizationId"), nil)
}

func invitationCheck(t *talk, here, there *harness.Server) {
	ada, id := t.tenant(here)
	eve, _ := t.guest(there, "eve")
	invited := t.post(ada, here, "/organization/invite-member", obj{"email": "eve@example.com", "role": "editor"}).text("id")
	t.same("the mail", t.mailed(here, "org-invitation", "id"), invited)
	t.agree(eve, here, there, "/organization/get-invitation?id="+invited)
	t.agree(ada, here, there, "/organization/list-invitations")
	t.post(eve, there, "/organization/accept-invitation", obj{"invitationId": invited})
	t.same("eve's organization", t.signedIn(eve, here).text("session.activeOrganizationId"), id)
	t.same("eve's role", t.agree(eve, here, there, "/organization/get-active-member").text("role"), "editor")
	t.refused(eve, here, "/organization/accept-invitation", obj{"invitationId": invited})
	second := t.post(ada, there, "/organization/invite-member", obj{"email": "bob@example.com", "role": []any{"member", "editor"}}).text("id")
	bob, _ := t.guest(here, "bob")
	t.post(ada, here, "/organization/cancel-invitation", obj{"invitationId": second})
	t.refused(bob, there, "/organization/accept-invitation", obj{"invitationId": second})
	t.agree(ada, here, there, "/organization/list-members?sortBy=createdAt")
}

func ownRoleCheck(t *talk, here, there *harness.Server) {
	ada, _ := t.tenant(here)
	t.post(ada, here, "/organization/create-role", obj{"role": "auditor", "permission": obj{"project": []any{"share"}}})
	t.agree(ada, here, there, "/organization/list-roles")
	t.agree(ada, here, there, "/organization/get-role?roleName=auditor")
	eve, _ := t.guest(here, "eve")
	t.join(ada, eve, there, here, "eve", "auditor")
	for _, s := range []*harness.Server{here, there} {
		t.may(eve, s, "project", "share", true)
		t.may(eve, s, "project", "delete", false)
	}
	t.post(ada, there, "/organization/update-role", obj{"roleName": "auditor", "data": obj{"permission": obj{"project": []any{"delete"}}}})
	for _, s := range []*harness.Server{here, there} {
		t.may(eve, s, "project", "share", false)
		t.may(eve, s, "project", "delete", true)
	}
}

func memberCheck(t *talk, here, there *harness.Server) {
	ada, id := t.tenant(here)
	eve, eveID := t.guest(here, "eve")
	t.join(ada, eve, here, there, "eve", "member")
	member := t.get(eve, here, "/organization/get-active-member").text("id")
	t.may(eve, here, "organization", "update", false)
	t.post(ada, there, "/organization/update-member-role", obj{"memberId": member, "role": []any{"member", "admin"}})
	t.may(eve, here, "organization", "update", true)
	t.may(eve, there, "organization", "update", true)
	team := t.post(ada, there, "/organization/create-team", obj{"name": "Writers"}).text("id")
	t.post(ada, here, "/organization/add-team-member", obj{"teamId": team, "userId": eveID})
	t.same("the team's size", t.agree(eve, here, there, "/organization/list-team-members?teamId="+team).size(""), 1)
	t.post(ada, there, "/organization/update-team", obj{"teamId": team, "data": obj{"name": "Readers"}})
	t.agree(ada, here, there, "/organization/list-teams")
	t.post(ada, there, "/organization/update", obj{"data": obj{"name": "Renamed", "metadata": obj{"plan": "paid"}}})
	t.same("the name", t.agree(ada, here, there, "/organization/get-full-organization").text("name"), "Renamed")
	t.post(ada, there, "/organization/remove-member", obj{"memberIdOrEmail": "eve@example.com"})
	t.expect(403, eve, here, "GET", "/organization/get-full-organization?organizationId="+id, nil)
	t.post(ada, there, "/organization/delete", obj{"organizationId": id})
	t.same("the number of organizations", t.get(ada, here, "/organization/list").size(""), 0)
}
