package main

import (
	"maps"
	"slices"
)

// organizationProfiles have the plugin, with teams and dynamic roles.
var organizationProfiles = []string{"organization"}

func organizationScenarios() []Scenario {
	var out []Scenario
	for _, family := range []func() []Scenario{
		tenantScenarios, membershipScenarios, invitationScenarios, teamScenarios, roleScenarios, organizationInputScenarios,
	} {
		out = append(out, family()...)
	}
	for i := range out {
		out[i].Name, out[i].On = "organization/"+out[i].Name, organizationProfiles
	}
	return out
}

// org makes an organization of jar's with a name, and saves its id and the creator's member id.
func org(jar, name string) Step {
	return post("/organization/create", obj{"name": name, "slug": name}).as(jar).named(jar+" makes "+name).
		save(name, "body.id").save(name+"Owner", "body.members.0.id")
}

// verifiedMember is a signed-in user with a verified address: only such ones see what they are invited to here.
func verifiedMember(name string) []Step { return steps(member(name), markVerified(name)) }

// joins invites jar to an organization with a role, and accepts.
func joins(owner, jar, organization, role string) []Step {
	return steps(
		post("/organization/invite-member", obj{"email": jar + "@example.com", "role": role, "organizationId": "{{" + organization + "}}"}).
			as(owner).named("invite "+jar).save(jar+"Invitation", "body.id"),
		post("/organization/accept-invitation", obj{"invitationId": "{{" + jar + "Invitation}}"}).as(jar).named(jar+" accepts").save(jar+"Member", "body.member.id"),
	)
}

// tenants are an owner ada and, with roles, bob as admin, cid as member and a stranger dan.
func tenants() []Step {
	return steps(
		verifiedMember("ada"), verifiedMember("bob"), verifiedMember("cid"), verifiedMember("dan"), org("ada", "acme"),
		joins("ada", "bob", "acme", "admin"), joins("ada", "cid", "acme", "member"),
	)
}

func tenantScenarios() []Scenario {
	return []Scenario{
		{Name: "life", Steps: steps(
			member("ada"),
			get("/organization/list").as("ada"),
			get("/organization/get-full-organization").as("ada"),
			post("/organization/set-active", obj{"organizationId": nil}).as("ada"),
			post("/organization/set-active", obj{}).as("ada"),
			post("/organization/create", obj{"name": "Acme", "slug": "acme", "logo": "l.png", "metadata": obj{"a": 1, "b": []int{1, 2}}, "other": 1}).as("ada").save("acme", "body.id"),
			whoami("ada"),
			post("/organization/check-slug", obj{"slug": "acme"}).as("ada"),
			post("/organization/check-slug", obj{"slug": "free"}).as("ada"),
			post("/organization/create", obj{"name": "Again", "slug": "acme"}).as("ada"),
			post("/organization/create", obj{"name": "Second", "slug": "second", "keepCurrentActiveOrganization": true}).as("ada").save("second", "body.id"),
			whoami("ada"),
			get("/organization/list").as("ada"),
			get("/organization/get-full-organization").as("ada"),
			get("/organization/get-full-organization?organizationId={{second}}").as("ada"),
			get("/organization/get-full-organization?organizationSlug=second&membersLimit=1").as("ada"),
			get("/organization/get-full-organization?organizationSlug=none").as("ada"),
			post("/organization/set-active", obj{"organizationId": "{{second}}"}).as("ada"),
			post("/organization/set-active", obj{"organizationSlug": "acme"}).as("ada"),
			post("/organization/set-active", obj{"organizationSlug": "none"}).as("ada"),
			post("/organization/set-active", obj{"organizationId": "none"}).as("ada"),
			whoami("ada"),
			post("/organization/set-active", obj{"organizationId": "{{acme}}"}).as("ada"),
			post("/organization/update", obj{"data": obj{"name": "New", "metadata": obj{"c": true}}}).as("ada"),
			post("/organization/update", obj{"data": obj{"slug": "second"}}).as("ada"),
			post("/organization/update", obj{"data": obj{"slug": "acme"}}).as("ada"),
			post("/organization/update", obj{"data": obj{"slug": "newer"}, "organizationId": "{{second}}"}).as("ada"),
			post("/organization/update", obj{"data": obj{"name": "x"}, "organizationId": "none"}).as("ada"),
			post("/organization/delete", obj{"organizationId": "none"}).as("ada"),
			post("/organization/delete", obj{"organizationId": ""}).as("ada"),
			post("/organization/delete", obj{"organizationId": "{{acme}}"}).as("ada"),
			whoami("ada"),
			post("/organization/delete", obj{"organizationId": "{{second}}"}).as("ada"),
			get("/organization/list").as("ada"),
		)},
		{Name: "nobody", Steps: steps(
			post("/organization/create", obj{"name": "A", "slug": "a"}),
			post("/organization/create", obj{"name": "A", "slug": "a", "userId": "x"}),
			post("/organization/update", obj{"data": obj{"name": "x"}}),
			post("/organization/delete", obj{"organizationId": "x"}),
			post("/organization/check-slug", obj{"slug": "x"}),
			post("/organization/set-active", obj{}),
			get("/organization/get-full-organization"),
			get("/organization/list"),
			post("/organization/invite-member", obj{"email": "a@b.co", "role": "member"}),
			post("/organization/accept-invitation", obj{"invitationId": "x"}),
			post("/organization/reject-invitation", obj{"invitationId": "x"}),
			post("/organization/cancel-invitation", obj{"invitationId": "x"}),
			get("/organization/get-invitation?id=x"),
			get("/organization/list-invitations"),
			get("/organization/list-user-invitations"),
			get("/organization/list-user-invitations?email=a@b.co"),
			post("/organization/add-member", obj{"userId": "x", "role": "member"}),
			post("/organization/remove-member", obj{"memberIdOrEmail": "x"}),
			post("/organization/update-member-role", obj{"memberId": "x", "role": "member"}),
			post("/organization/leave", obj{"organizationId": "x"}),
			get("/organization/get-active-member"), get("/organization/get-active-member-role"), get("/organization/list-members"),
			post("/organization/has-permission", obj{"permissions": obj{"member": []string{"create"}}}),
			post("/organization/create-team", obj{"name": "x"}),
			post("/organization/remove-team", obj{"teamId": "x"}), post("/organization/remove-team", obj{"teamId": "x", "organizationId": "y"}),
			post("/organization/update-team", obj{"teamId": "x", "data": obj{}}), post("/organization/set-active-team", obj{"teamId": "x"}),
			get("/organization/list-teams"), get("/organization/list-user-teams"), get("/organization/list-team-members"),
			post("/organization/add-team-member", obj{"teamId": "x", "userId": "y"}), post("/organization/remove-team-member", obj{"teamId": "x", "userId": "y"}),
			post("/organization/create-role", obj{"role": "x", "permission": obj{}}), post("/organization/delete-role", obj{"roleName": "x"}),
			get("/organization/list-roles"), get("/organization/get-role?roleName=x"), post("/organization/update-role", obj{"roleName": "x", "data": obj{}}),
		)},
		{Name: "nothing active", Steps: steps(
			member("ada"),
			post("/organization/update", obj{"data": obj{"name": "x"}}).as("ada"),
			post("/organization/invite-member", obj{"email": "a@b.co", "role": "member"}).as("ada"),
			get("/organization/list-invitations").as("ada"),
			post("/organization/remove-member", obj{"memberIdOrEmail": "x"}).as("ada"),
			post("/organization/update-member-role", obj{"memberId": "x", "role": "member"}).as("ada"),
			post("/organization/leave", obj{"organizationId": "x"}).as("ada"),
			get("/organization/get-active-member").as("ada"), get("/organization/get-active-member-role").as("ada"), get("/organization/list-members").as("ada"),
			post("/organization/has-permission", obj{"permissions": obj{"member": []string{"create"}}}).as("ada"),
			post("/organization/create-team", obj{"name": "x"}).as("ada"), post("/organization/remove-team", obj{"teamId": "x"}).as("ada"),
			post("/organization/update-team", obj{"teamId": "x", "data": obj{}}).as("ada"),
			post("/organization/set-active-team", obj{"teamId": "x"}).as("ada"), post("/organization/set-active-team", obj{"teamId": nil}).as("ada"), post("/organization/set-active-team", obj{}).as("ada"),
			get("/organization/list-teams").as("ada"), get("/organization/list-user-teams").as("ada"), get("/organization/list-team-members").as("ada"),
			post("/organization/add-team-member", obj{"teamId": "x", "userId": "y"}).as("ada"), post("/organization/remove-team-member", obj{"teamId": "x", "userId": "y"}).as("ada"),
			post("/organization/create-role", obj{"role": "x", "permission": obj{}}).as("ada"), post("/organization/delete-role", obj{"roleName": "x"}).as("ada"),
			get("/organization/list-roles").as("ada"), get("/organization/get-role?roleName=x").as("ada"), post("/organization/update-role", obj{"roleName": "x", "data": obj{}}).as("ada"),
			post("/organization/create-role", obj{"role": "x", "permission": obj{}, "organizationId": ""}).as("ada"),
		)},
		{Name: "session fields are not for requests", Steps: steps(
			member("ada"), org("ada", "acme"),
			post("/update-session", obj{"activeOrganizationId": "other"}).as("ada"),
			post("/update-session", obj{"activeTeamId": "other"}).as("ada"),
			whoami("ada"),
		)},
	}
}

func membershipScenarios() []Scenario {
	return []Scenario{
		{Name: "members", Steps: steps(
			tenants(),
			get("/organization/list-members").as("ada"), get("/organization/list-members?limit=1").as("cid"),
			get("/organization/list-members?limit=1&offset=1").as("ada"), get("/organization/list-members?limit=x").as("ada"),
			get("/organization/list-members?sortBy=role&sortDirection=desc").as("ada"), get("/organization/list-members?sortBy=createdAt").as("ada"),
			get("/organization/list-members?filterField=role&filterValue=admin").as("ada"),
			get("/organization/list-members?filterField=role&filterValue=admin&filterOperator=ne").as("ada"),
			get("/organization/list-members?filterField=role&filterValue=m&filterOperator=contains").as("ada"),
			get("/organization/list-members?filterField=role&filterValue=ad&filterOperator=starts_with").as("ada"),
			get("/organization/list-members?filterField=role&filterValue=ber&filterOperator=ends_with").as("ada"),
			get("/organization/list-members?filterField=role&filterValue=admin&filterValue=owner&filterOperator=in").as("ada"),
			get("/organization/list-members?filterField=role&filterValue=admin&filterValue=owner&filterOperator=not_in").as("ada"),
			get("/organization/list-members?organizationSlug=acme").as("bob"), get("/organization/list-members?organizationSlug=none").as("bob"),
			get("/organization/list-members?organizationId={{acme}}").as("dan"),
			get("/organization/get-active-member").as("bob"),
			get("/organization/get-active-member-role").as("cid"), get("/organization/get-active-member-role?userId={{bobId}}").as("cid"),
			get("/organization/get-active-member-role?userId={{danId}}").as("cid"), get("/organization/get-active-member-role?organizationId={{acme}}").as("dan"),
			get("/organization/get-active-member-role?organizationSlug=acme").as("ada"), get("/organization/get-active-member-role?organizationSlug=none").as("ada"),
			get("/organization/get-full-organization").as("cid"), get("/organization/get-full-organization?organizationId={{acme}}").as("dan"),
			post("/organization/set-active", obj{"organizationId": "{{acme}}"}).as("dan"),
			get("/organization/list").as("cid"), get("/organization/list-invitations").as("cid"), get("/organization/list-invitations?organizationId={{acme}}").as("dan"),
		)},
		{Name: "permissions", Steps: steps(
			tenants(),
			post("/organization/has-permission", obj{"permissions": obj{"organization": []string{"delete"}}}).as("ada"),
			post("/organization/has-permission", obj{"permissions": obj{"organization": []string{"delete"}}}).as("bob"),
			post("/organization/has-permission", obj{"permissions": obj{"organization": []string{"update"}, "member": []string{"create", "delete"}}}).as("bob"),
			post("/organization/has-permission", obj{"permissions": obj{"member": []string{"create"}}}).as("cid"),
			post("/organization/has-permission", obj{"permissions": obj{"none": []string{"x"}}}).as("ada"),
			post("/organization/has-permission", obj{"permissions": obj{"member": []string{}}}).as("ada").named("no actions"),
			post("/organization/has-permission", obj{"permissions": obj{}}).as("ada"),
			post("/organization/has-permission", obj{"permission": obj{"member": []string{"create"}}}).as("ada"),
			post("/organization/has-permission", obj{"permissions": obj{"member": []string{"create"}}, "organizationId": "{{acme}}"}).as("dan"),
			post("/organization/update", obj{"data": obj{"name": "x"}}).as("cid"), post("/organization/update", obj{"data": obj{"name": "y"}}).as("bob"),
			post("/organization/delete", obj{"organizationId": "{{acme}}"}).as("bob"), post("/organization/delete", obj{"organizationId": "{{acme}}"}).as("dan"),
			post("/organization/create-team", obj{"name": "x"}).as("cid"), post("/organization/create-team", obj{"name": "x", "organizationId": "{{acme}}"}).as("dan"),
			post("/organization/invite-member", obj{"email": "x@example.com", "role": "member"}).as("cid"),
			post("/organization/invite-member", obj{"email": "x@example.com", "role": "owner"}).as("bob"),
			post("/organization/invite-member", obj{"email": "x@example.com", "role": []string{"member", "owner"}}).as("bob"),
			post("/organization/invite-member", obj{"email": "x@example.com", "role": "member", "organizationId": "{{acme}}"}).as("dan"),
		)},
		{Name: "roles of members", Steps: steps(
			tenants(),
			post("/organization/update-member-role", obj{"memberId": "{{cidMember}}", "role": "admin"}).as("bob"),
			post("/organization/update-member-role", obj{"memberId": "{{cidMember}}", "role": []string{"member", "editor"}}).as("ada"),
			post("/organization/update-member-role", obj{"memberId": "{{cidMember}}", "role": "owner"}).as("bob"),
			post("/organization/update-member-role", obj{"memberId": "{{acmeOwner}}", "role": "member"}).as("bob"),
			post("/organization/update-member-role", obj{"memberId": "{{acmeOwner}}", "role": "member"}).as("ada"),
			post("/organization/update-member-role", obj{"memberId": "{{acmeOwner}}", "role": []string{"owner", "editor"}}).as("ada"),
			post("/organization/update-member-role", obj{"memberId": "{{bobMember}}", "role": "member"}).as("cid"),
			post("/organization/update-member-role", obj{"memberId": "none", "role": "member"}).as("ada"),
			post("/organization/update-member-role", obj{"memberId": "{{bobMember}}", "role": ""}).as("ada"),
			post("/organization/update-member-role", obj{"memberId": "{{bobMember}}", "role": "root"}).as("ada").named("unknown role"),
			post("/organization/update-member-role", obj{"memberId": "{{bobMember}}", "role": "member,owner"}).as("ada").named("role injection"),
			post("/organization/update-member-role", obj{"memberId": "{{bobMember}}", "role": []string{}}).as("ada").named("no role"),
			post("/organization/update-member-role", obj{"memberId": "{{bobMember}}", "role": "member", "organizationId": "{{acme}}"}).as("dan"),
			org("dan", "other"),
			post("/organization/update-member-role", obj{"memberId": "{{bobMember}}", "role": "member"}).as("dan"),
			post("/organization/update-member-role", obj{"memberId": "{{bobMember}}", "role": "owner"}).as("ada"),
			post("/organization/update-member-role", obj{"memberId": "{{acmeOwner}}", "role": "member"}).as("ada"),
		)},
		{Name: "removal", Steps: steps(
			tenants(), org("dan", "other"),
			post("/organization/remove-member", obj{"memberIdOrEmail": "none"}).as("ada"),
			post("/organization/remove-member", obj{"memberIdOrEmail": "none@example.com"}).as("ada"),
			post("/organization/remove-member", obj{"memberIdOrEmail": "dan@example.com"}).as("ada"),
			post("/organization/remove-member", obj{"memberIdOrEmail": "{{otherOwner}}"}).as("ada"),
			post("/organization/remove-member", obj{"memberIdOrEmail": "{{otherOwner}}"}).as("bob"),
			post("/organization/remove-member", obj{"memberIdOrEmail": "{{cidMember}}"}).as("dan"),
			post("/organization/remove-member", obj{"memberIdOrEmail": "{{cidMember}}", "organizationId": "{{acme}}"}).as("dan"),
			post("/organization/remove-member", obj{"memberIdOrEmail": "{{bobMember}}"}).as("cid"),
			post("/organization/remove-member", obj{"memberIdOrEmail": "{{acmeOwner}}"}).as("bob"),
			post("/organization/remove-member", obj{"memberIdOrEmail": "{{acmeOwner}}"}).as("ada"),
			post("/organization/remove-member", obj{"memberIdOrEmail": "CID@example.com"}).as("ada"),
			post("/organization/leave", obj{"organizationId": "{{acme}}"}).as("ada"),
			post("/organization/leave", obj{"organizationId": "{{acme}}"}).as("cid"),
			post("/organization/remove-member", obj{"memberIdOrEmail": "{{bobMember}}"}).as("bob"),
			whoami("bob"), get("/organization/list-members").as("ada"),
		)},
		{Name: "leaving", Steps: steps(
			tenants(),
			post("/organization/leave", obj{"organizationId": "{{acme}}"}).as("cid"), whoami("cid"),
			post("/organization/update-member-role", obj{"memberId": "{{bobMember}}", "role": "owner"}).as("ada"),
			post("/organization/leave", obj{"organizationId": "{{acme}}"}).as("ada"), whoami("ada"),
			post("/organization/leave", obj{"organizationId": "{{acme}}"}).as("bob"),
		)},
	}
}

func invitationScenarios() []Scenario {
	invite := func(body obj) Step { return post("/organization/invite-member", body).as("ada") }
	return []Scenario{
		{Name: "inviting", Steps: steps(
			tenants(),
			invite(obj{"email": "Eve@Example.com", "role": "member"}).save("eve", "body.id"),
			invite(obj{"email": "eve@example.com", "role": "member"}),
			invite(obj{"email": "eve@example.com", "role": "admin", "resend": true}),
			invite(obj{"email": "bob@example.com", "role": "member"}),
			invite(obj{"email": "nope", "role": "member"}),
			invite(obj{"email": "f@example.com", "role": "root"}), invite(obj{"email": "f@example.com", "role": []string{"root", "member", "toor"}}),
			invite(obj{"email": "f@example.com", "role": []string{"editor", "member"}}),
			invite(obj{"email": "g@example.com", "role": "member,admin"}), invite(obj{"email": "h@example.com", "role": []string{}}),
			invite(obj{"email": "i@example.com", "role": "owner"}), invite(obj{"email": "j@example.com", "role": "member", "organizationId": "none"}),
			get("/organization/list-invitations").as("bob"), get("/organization/get-full-organization").as("ada"),
			post("/organization/cancel-invitation", obj{"invitationId": "{{eve}}"}).as("cid"),
			post("/organization/cancel-invitation", obj{"invitationId": "{{eve}}"}).as("dan"),
			post("/organization/cancel-invitation", obj{"invitationId": "none"}).as("ada"),
			post("/organization/cancel-invitation", obj{"invitationId": "{{eve}}"}).as("bob"),
			post("/organization/cancel-invitation", obj{"invitationId": "{{eve}}"}).as("bob").named("cancel again"),
			invite(obj{"email": "eve@example.com", "role": "member"}),
		)},
		{Name: "answering", Steps: steps(
			verifiedMember("ada"), verifiedMember("bob"), verifiedMember("cid"), org("ada", "acme"),
			invite(obj{"email": "bob@example.com", "role": "member"}).save("bobInvitation", "body.id"),
			get("/organization/list-user-invitations").as("bob"), get("/organization/list-user-invitations").as("cid"),
			get("/organization/list-user-invitations?email=bob@example.com").as("cid"),
			get("/organization/get-invitation?id={{bobInvitation}}").as("bob"), get("/organization/get-invitation?id={{bobInvitation}}").as("cid"),
			get("/organization/get-invitation?id=none").as("bob"),
			post("/organization/accept-invitation", obj{"invitationId": "{{bobInvitation}}"}).as("cid"),
			post("/organization/reject-invitation", obj{"invitationId": "{{bobInvitation}}"}).as("cid"),
			post("/organization/accept-invitation", obj{"invitationId": "none"}).as("bob"),
			post("/organization/reject-invitation", obj{"invitationId": "none"}).as("bob"),
			post("/organization/accept-invitation", obj{"invitationId": "{{bobInvitation}}"}).as("bob"), whoami("bob"),
			post("/organization/accept-invitation", obj{"invitationId": "{{bobInvitation}}"}).as("bob"),
			post("/organization/reject-invitation", obj{"invitationId": "{{bobInvitation}}"}).as("bob"),
			get("/organization/get-invitation?id={{bobInvitation}}").as("bob"), get("/organization/list-user-invitations").as("bob"),
			post("/organization/cancel-invitation", obj{"invitationId": "{{bobInvitation}}"}).as("ada").named("cancel the accepted"),
			invite(obj{"email": "cid@example.com", "role": []string{"member", "editor"}}).save("cidInvitation", "body.id"),
			post("/organization/reject-invitation", obj{"invitationId": "{{cidInvitation}}"}).as("cid"),
			post("/organization/accept-invitation", obj{"invitationId": "{{cidInvitation}}"}).as("cid"),
			get("/organization/list-invitations").as("ada"),
		)},
		{Name: "expired and orphaned", Steps: steps(
			verifiedMember("ada"), verifiedMember("bob"), org("ada", "acme"),
			invite(obj{"email": "bob@example.com", "role": "admin"}).save("bobInvitation", "body.id"),
			rows("UPDATE invitation SET expiresAt = '{{iso:-1s}}'"),
			get("/organization/get-invitation?id={{bobInvitation}}").as("bob"), get("/organization/list-user-invitations").as("bob"),
			post("/organization/accept-invitation", obj{"invitationId": "{{bobInvitation}}"}).as("bob"),
			invite(obj{"email": "bob@example.com", "role": "admin"}).save("again", "body.id"),
			post("/organization/accept-invitation", obj{"invitationId": "{{again}}"}).as("bob"),
			post("/organization/invite-member", obj{"email": "ada2@example.com", "role": "member"}).as("bob").save("late", "body.id"),
			verifiedMember("ada2"),
			post("/organization/leave", obj{"organizationId": "{{acme}}"}).as("bob"),
			get("/organization/get-invitation?id={{late}}").as("ada2"),
			post("/organization/reject-invitation", obj{"invitationId": "{{late}}"}).as("ada2"),
		)},
		{Name: "unverified addresses", Steps: steps(
			member("ada"), member("bob"), org("ada", "acme"),
			invite(obj{"email": "bob@example.com", "role": "member"}).save("bobInvitation", "body.id"),
			get("/organization/list-user-invitations").as("bob").named("list unverified"),
			get("/organization/get-invitation?id={{bobInvitation}}").as("bob"),
			post("/organization/accept-invitation", obj{"invitationId": "{{bobInvitation}}"}).as("bob"),
		)},
	}
}

func teamScenarios() []Scenario {
	return []Scenario{
		{Name: "teams", Steps: steps(
			tenants(),
			get("/organization/list-teams").as("ada").save("first", "body.0.id"), get("/organization/list-teams").as("cid"), get("/organization/list-teams?organizationId={{acme}}").as("dan"),
			get("/organization/list-user-teams").as("ada"), get("/organization/list-user-teams").as("cid"),
			get("/organization/list-team-members").as("ada"), get("/organization/list-team-members").as("cid"), get("/organization/list-team-members?teamId={{first}}").as("cid"),
			post("/organization/remove-team", obj{"teamId": "{{first}}"}).as("bob").named("the last team"),
			post("/organization/create-team", obj{"name": "Two"}).as("bob").save("two", "body.id"),
			post("/organization/create-team", obj{"name": "Three"}).as("ada"), post("/organization/create-team", obj{"name": "Four"}).as("ada"), post("/organization/create-team", obj{"name": "Five"}).as("ada"),
			post("/organization/update-team", obj{"teamId": "{{two}}", "data": obj{"name": "Zwei"}}).as("ada"),
			post("/organization/update-team", obj{"teamId": "{{two}}", "data": obj{"id": "x", "name": "Deux", "organizationId": "{{acme}}"}}).as("bob"),
			post("/organization/update-team", obj{"teamId": "{{two}}", "data": obj{"name": "x"}}).as("cid"), post("/organization/update-team", obj{"teamId": "none", "data": obj{"name": "x"}}).as("ada"),
			post("/organization/update-team", obj{"teamId": "{{two}}", "data": obj{"name": "x", "organizationId": "none"}}).as("ada"),
			post("/organization/set-active-team", obj{"teamId": "{{two}}"}).as("ada"), post("/organization/set-active-team", obj{"teamId": "none"}).as("ada"),
			post("/organization/set-active-team", obj{}).as("ada"), post("/organization/set-active-team", obj{"teamId": nil}).as("ada"), whoami("ada"),
			post("/organization/set-active-team", obj{"teamId": "{{first}}"}).as("ada"), whoami("ada"),
			post("/organization/remove-team", obj{"teamId": "{{first}}"}).as("ada").named("the active team"),
			post("/organization/remove-team", obj{"teamId": "{{two}}"}).as("cid"), post("/organization/remove-team", obj{"teamId": "none"}).as("ada"),
			post("/organization/remove-team", obj{"teamId": "{{two}}", "organizationId": "{{acme}}"}).as("dan"),
			post("/organization/remove-team", obj{"teamId": "{{two}}"}).as("ada"), get("/organization/list-teams").as("ada"),
		)},
		{Name: "team members", Steps: steps(
			tenants(),
			get("/organization/list-teams").as("ada").save("first", "body.0.id"),
			post("/organization/add-team-member", obj{"teamId": "{{first}}", "userId": "{{bobId}}"}).as("ada"),
			post("/organization/add-team-member", obj{"teamId": "{{first}}", "userId": "{{bobId}}"}).as("ada").named("add again"),
			post("/organization/add-team-member", obj{"teamId": "{{first}}", "userId": "{{danId}}"}).as("ada"), post("/organization/add-team-member", obj{"teamId": "none", "userId": "{{bobId}}"}).as("ada"),
			post("/organization/add-team-member", obj{"teamId": "{{first}}", "userId": "{{bobId}}"}).as("cid"),
			post("/organization/add-team-member", obj{"teamId": "{{first}}", "userId": "{{bobId}}", "organizationId": "{{acme}}"}).as("dan"),
			get("/organization/list-team-members?teamId={{first}}").as("bob"), get("/organization/list-user-teams").as("bob"),
			post("/organization/set-active-team", obj{"teamId": "{{first}}"}).as("bob"), whoami("bob"), get("/organization/list-team-members").as("bob"),
			post("/organization/remove-team-member", obj{"teamId": "{{first}}", "userId": "{{cidId}}"}).as("ada"), post("/organization/remove-team-member", obj{"teamId": "{{first}}", "userId": "{{danId}}"}).as("ada"),
			post("/organization/remove-team-member", obj{"teamId": "none", "userId": "{{bobId}}"}).as("ada"), post("/organization/remove-team-member", obj{"teamId": "{{first}}", "userId": "{{bobId}}"}).as("cid"),
			post("/organization/remove-team-member", obj{"teamId": "{{first}}", "userId": "{{bobId}}", "organizationId": "{{acme}}"}).as("dan"),
			post("/organization/remove-team-member", obj{"teamId": "{{first}}", "userId": "{{bobId}}"}).as("ada"),
			post("/organization/remove-member", obj{"memberIdOrEmail": "{{bobMember}}"}).as("ada"),
		)},
		{Name: "invited to teams", Steps: steps(
			verifiedMember("ada"), verifiedMember("bob"), verifiedMember("cid"), org("ada", "acme"),
			get("/organization/list-teams").as("ada").save("first", "body.0.id"),
			post("/organization/create-team", obj{"name": "Two"}).as("ada").save("two", "body.id"),
			post("/organization/invite-member", obj{"email": "bob@example.com", "role": "member", "teamId": "{{first}}"}).as("ada").save("bobInvitation", "body.id"),
			post("/organization/accept-invitation", obj{"invitationId": "{{bobInvitation}}"}).as("bob"), whoami("bob"), get("/organization/list-user-teams").as("bob"),
			post("/organization/invite-member", obj{"email": "eve@example.com", "role": "member", "teamId": "none"}).as("ada").named("unknown team"),
		)},
		{Name: "team of another", Steps: steps(
			verifiedMember("ada"), org("ada", "acme"), org("ada", "other"),
			get("/organization/list-teams?organizationId={{acme}}").as("ada").save("there", "body.0.id"),
			post("/organization/set-active-team", obj{"teamId": "{{there}}"}).as("ada").named("foreign team"),
			post("/organization/update-team", obj{"teamId": "{{there}}", "data": obj{"name": "x"}}).as("ada"),
			post("/organization/remove-team", obj{"teamId": "{{there}}"}).as("ada"),
		)},
	}
}

func roleScenarios() []Scenario {
	share := obj{"project": []string{"share"}}
	return []Scenario{
		{Name: "made roles", Steps: steps(
			tenants(),
			post("/organization/create-role", obj{"role": "Sharer", "permission": share}).as("ada").save("role", "body.roleData.id"),
			post("/organization/create-role", obj{"role": "sharer", "permission": share}).as("ada"), post("/organization/create-role", obj{"role": "Admin", "permission": share}).as("ada"),
			post("/organization/create-role", obj{"role": "x", "permission": obj{"none": []string{"x"}}}).as("ada"), post("/organization/create-role", obj{"role": "x", "permission": obj{"project": []string{"fly", "share"}, "ac": []string{"burn"}}}).as("ada"),
			post("/organization/create-role", obj{"role": "x", "permission": obj{"organization": []string{"delete"}}}).as("bob"),
			post("/organization/create-role", obj{"role": "x", "permission": share}).as("cid"), post("/organization/create-role", obj{"role": "x", "permission": share, "organizationId": "{{acme}}"}).as("dan"),
			post("/organization/create-role", obj{"role": "two", "permission": obj{"project": []string{}}}).as("bob"), post("/organization/create-role", obj{"role": "three", "permission": obj{}}).as("bob"),
			post("/organization/create-role", obj{"role": "four", "permission": share}).as("bob"),
			get("/organization/list-roles").as("cid"), get("/organization/list-roles?organizationId={{acme}}").as("dan"),
			get("/organization/get-role?roleName=sharer").as("cid"), get("/organization/get-role?roleId={{role}}").as("cid"), get("/organization/get-role?roleName=none").as("cid"), get("/organization/get-role?roleName=sharer&organizationId={{acme}}").as("dan"),
			post("/organization/update-member-role", obj{"memberId": "{{cidMember}}", "role": []string{"member", "sharer"}}).as("ada"),
			post("/organization/has-permission", obj{"permissions": share}).as("cid"),
			post("/organization/delete-role", obj{"roleName": "sharer"}).as("ada").named("assigned role"),
			post("/organization/update-role", obj{"roleName": "sharer", "data": obj{"permission": obj{"project": []string{"create"}}}}).as("ada"),
			post("/organization/has-permission", obj{"permissions": share}).as("cid").named("no longer"),
			post("/organization/update-role", obj{"roleId": "{{role}}", "data": obj{"roleName": "Owner"}}).as("ada"), post("/organization/update-role", obj{"roleId": "{{role}}", "data": obj{"roleName": "two"}}).as("ada"),
			post("/organization/update-role", obj{"roleId": "{{role}}", "data": obj{"roleName": "Renamed"}}).as("ada"), post("/organization/update-role", obj{"roleName": "none", "data": obj{}}).as("ada"),
			post("/organization/update-role", obj{"roleName": "two", "data": obj{"permission": obj{"organization": []string{"delete"}}}}).as("bob"), post("/organization/update-role", obj{"roleName": "two", "data": obj{"permission": obj{"none": []string{"x"}}}}).as("bob"),
			post("/organization/update-role", obj{"roleName": "two", "data": obj{"roleName": "x"}}).as("cid"), post("/organization/update-role", obj{"roleName": "two", "data": obj{"roleName": "x"}, "organizationId": "{{acme}}"}).as("dan"),
			post("/organization/delete-role", obj{"roleName": "admin"}).as("ada"), post("/organization/delete-role", obj{"roleName": "none"}).as("ada"), post("/organization/delete-role", obj{"roleName": "two"}).as("cid"), post("/organization/delete-role", obj{"roleName": "two", "organizationId": "{{acme}}"}).as("dan"),
			post("/organization/delete-role", obj{"roleName": "two"}).as("bob"), post("/organization/delete-role", obj{"roleId": "{{role}}"}).as("ada"),
			get("/organization/list-roles").as("ada"),
		)},
	}
}

// organizationInputScenarios send what is no input.
func organizationInputScenarios() []Scenario {
	bodies := map[string][]string{
		"create":            {`{}`, `[]`, `{"name":1,"slug":"","userId":5,"logo":null,"metadata":[],"keepCurrentActiveOrganization":"x"}`},
		"update":            {`{}`, `{"data":{"name":"","slug":5,"metadata":"x","logo":1},"organizationId":7}`, `{"data":{}}`},
		"delete":            {`{}`},
		"set-active":        {`{"organizationId":5,"organizationSlug":null}`},
		"check-slug":        {`{}`},
		"invite-member":     {`{}`, `{"email":5,"role":5,"teamId":5,"resend":null}`, `{"email":"a@b.co","role":[5,"x"],"teamId":[1]}`, `{"email":"a@b.co","role":[],"teamId":null}`},
		"accept-invitation": {`{}`}, "reject-invitation": {`{"invitationId":5}`}, "cancel-invitation": {`[]`},
		"remove-member": {`{}`}, "update-member-role": {`{}`, `{"role":[1],"memberId":5}`}, "leave": {`{}`},
		"has-permission": {`{}`, `{"permissions":[]}`, `{"permissions":{"a":5,"b":[1]}}`, `{"permissions":{"a":["b"]},"permission":{"a":["b"]}}`, `{"organizationId":5}`, `{"permission":{"a":["b"]},"permissions":5}`},
		"create-team":    {`{}`, `{"name":5,"organizationId":null}`}, "remove-team": {`{}`}, "update-team": {`{}`, `{"teamId":5,"data":{"name":"","organizationId":5,"createdAt":"x","updatedAt":5,"id":7}}`},
		"set-active-team": {`{"teamId":5}`}, "add-team-member": {`{}`, `{"teamId":"x","userId":5}`}, "remove-team-member": {`{}`},
		"create-role": {`{}`, `{"role":"a","permission":{"b":[5,6],"c":7},"additionalFields":5}`},
		"update-role": {`{}`, `{"data":{"permission":5,"roleName":5},"roleName":"a"}`},
		"delete-role": {`{}`, `[]`, `{"roleName":""}`, `{"roleId":""}`, `{"organizationId":5,"roleName":5}`, `{"roleName":"","roleId":""}`},
	}
	list := steps(member("ada"), org("ada", "acme"))
	for _, path := range slices.Sorted(maps.Keys(bodies)) {
		for _, body := range bodies[path] {
			list = append(list, post("/organization/"+path, raw(body)).as("ada").named("POST /organization/"+path+" "+body))
		}
	}
	for _, query := range []string{
		"list-members?sortDirection=up&filterOperator=foo", "list-members?limit=1&limit=2", "get-full-organization?membersLimit=1&membersLimit=2", "get-full-organization?membersLimit=x",
		"get-role", "get-role?roleName=", "get-invitation", "list-members?sortBy=none", "list-members?filterField=none&filterValue=x", "list-members?filterField=role&filterValue=x&filterOperator=in",
		"list-members?offset=-1", "get-active-member-role?userId=a&userId=b", "list-teams?organizationId=a&organizationId=b",
	} {
		list = append(list, get("/organization/"+query).as("ada"))
	}
	return []Scenario{{Name: "input", Steps: list}}
}
