package races

import (
	"fmt"

	"github.com/goauth-dev/goauth/core/store"
)

// organizationRaces are about members. An organization here has at most three, and a team two.
var organizationRaces = []race{
	{"RACE-013", "many accept", func(r *round) {
		ada := r.signUp("ada")
		org := ada.organization()
		team := ada.post("/organization/create-team", obj{"name": "free"})["id"].(string)
		var all []request
		for _, name := range []string{"bob", "cid", "dan", "eve"} {
			guest := r.signUp(name)
			id := ada.post("/organization/invite-member", obj{"email": guest.email, "role": "member", "teamId": team})["id"]
			all = append(all, times(racers/4, guest.call("POST", "/organization/accept-invitation", obj{"invitationId": id}))...)
		}
		r.expect(r.fire(all...), map[string]int{"ok": 2})
		members, seated := r.count("member", store.Is("organizationId", org)), r.count("teamMember", store.Is("teamId", team))
		waiting := r.count("invitation", store.Is("organizationId", org), store.Is("status", "pending"))
		if members != 3 || seated != 2 || waiting != 2 {
			r.failf("%d members, %d in the team, %d invitations wait", members, seated, waiting)
		}
	}},
	{"RACE-013", "accepted or cancelled", func(r *round) {
		ada, bob := r.signUp("ada"), r.signUp("bob")
		org := ada.organization()
		id := ada.post("/organization/invite-member", obj{"email": bob.email, "role": "member"})["id"]
		r.fire(each(racers, func(i int) request {
			if i/2%2 == r.n%2 {
				return ada.call("POST", "/organization/cancel-invitation", obj{"invitationId": id})
			}
			return bob.call("POST", "/organization/accept-invitation", obj{"invitationId": id})
		})...)
		accepted := r.count("invitation", store.Is("id", id), store.Is("status", "accepted"))
		if member := r.count("member", store.Is("organizationId", org), store.Is("userId", bob.id())); member != accepted {
			r.failf("accepted %d, memberships %d", accepted, member)
		}
	}},
	{"RACE-014", "the last owner", func(r *round) {
		ada, bob := r.signUp("ada"), r.signUp("bob")
		org := ada.organization()
		id := ada.post("/organization/invite-member", obj{"email": bob.email, "role": "owner"})["id"]
		bob.post("/organization/accept-invitation", obj{"invitationId": id})
		member := func(b *browser) any {
			return r.row("member", store.Is("organizationId", org), store.Is("userId", b.id()))["id"]
		}
		mine, his := member(ada), member(bob)
		leave, remove, demote := "/organization/leave", "/organization/remove-member", "/organization/update-member-role"
		two := [][2]request{
			{ada.call("POST", leave, obj{"organizationId": org}), bob.call("POST", leave, obj{"organizationId": org})},
			{ada.call("POST", remove, obj{"memberIdOrEmail": his, "organizationId": org}), bob.call("POST", remove, obj{"memberIdOrEmail": mine, "organizationId": org})},
			{ada.call("POST", demote, obj{"memberId": his, "role": "member", "organizationId": org}), bob.call("POST", demote, obj{"memberId": mine, "role": "member", "organizationId": org})},
			{ada.call("POST", demote, obj{"memberId": mine, "role": "member", "organizationId": org}), bob.call("POST", leave, obj{"organizationId": org})},
		}[r.n%4]
		r.fire(each(racers, func(i int) request { return two[(i+i/2)%2] })...)
		if n := r.count("member", store.Is("organizationId", org), store.Is("role", "owner")); n != 1 {
			r.failf("%d own it, want 1", n)
		}
	}},
	{"RACE-015", "one slug", func(r *round) {
		ada, slug := r.signUp("ada"), fmt.Sprint("same-", r.n)
		r.once(r.fire(times(racers, ada.call("POST", "/organization/create", obj{"name": "x", "slug": slug}))...))
		r.one("organization", store.Is("slug", slug))
		r.one("member", store.Is("userId", ada.id()))
	}},
}

// organization makes one that is the browser's active one, and returns its id.
func (b *browser) organization() string {
	b.t.Helper()
	slug := fmt.Sprintf("%x", b.email)
	return b.post("/organization/create", obj{"name": "acme", "slug": slug})["id"].(string)
}
