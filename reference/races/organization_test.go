package races

import (
	"net/http"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/organization"
)

func tenants(limit, seats int) func(o *auth.Options) {
	return func(o *auth.Options) {
		o.Plugins = []auth.Plugin{organization.New(organization.Options{
			MembershipLimit: limit, Teams: organization.Teams{Enabled: true, MaximumMembersPerTeam: &seats},
		})}
	}
}

func TestRACE013_OneOfManyAcceptsAndLimitsHold(t *testing.T) {
	everywhere(t, tenants(3, 2), func(t *testing.T, p *pair) {
		p.post("ada", "/organization/create", obj{"name": "acme", "slug": "acme"})
		team := p.post("ada", "/organization/create-team", obj{"name": "free"})["id"]
		var all []request
		for _, name := range []string{"bob", "cid", "dan", "eve"} {
			p.signUp(name)
			id := p.post("ada", "/organization/invite-member", obj{"email": name + "@example.com", "role": "member", "teamId": team})["id"]
			for range 3 {
				all = append(all, request{name, "/organization/accept-invitation", obj{"invitationId": id}})
			}
		}
		good := p.race(all)
		if members, seated := p.count("member"), p.count("teamMember", store.Is("teamId", team)); good != 2 || members != 3 || seated != 2 {
			t.Errorf("%d accepted, %d members, %d in the team", good, members, seated)
		}
		if waiting := p.count("invitation", store.Is("status", "pending")); waiting != 2 {
			t.Errorf("%d invitations wait", waiting)
		}
	})
}

func TestRACE013_AcceptedOrCancelled(t *testing.T) {
	everywhere(t, tenants(50, 50), func(t *testing.T, p *pair) {
		p.post("ada", "/organization/create", obj{"name": "acme", "slug": "acme"})
		bob := p.signUp("bob")
		for range 4 {
			id := p.post("ada", "/organization/invite-member", obj{"email": "bob@example.com", "role": "member"})["id"]
			p.race([]request{
				{"bob", "/organization/accept-invitation", obj{"invitationId": id}}, {"ada", "/organization/cancel-invitation", obj{"invitationId": id}},
				{"bob", "/organization/accept-invitation", obj{"invitationId": id}}, {"ada", "/organization/cancel-invitation", obj{"invitationId": id}},
			})
			accepted, member := p.count("invitation", store.Is("id", id), store.Is("status", "accepted")), p.count("member", store.Is("userId", bob))
			if accepted != member {
				t.Fatalf("accepted %d, memberships %d", accepted, member)
			}
			p.send("ada", "/organization/remove-member", obj{"memberIdOrEmail": "bob@example.com"})
		}
	})
}

func TestRACE014_SomebodyOwnsTheOrganization(t *testing.T) {
	everywhere(t, tenants(50, 50), func(t *testing.T, p *pair) {
		bob := p.signUp("bob")
		for round := range 4 {
			slug := "acme" + time.Duration(round).String()
			org := p.post("ada", "/organization/create", obj{"name": "acme", "slug": slug})["id"]
			id := p.post("ada", "/organization/invite-member", obj{"email": "bob@example.com", "role": "owner"})["id"]
			p.post("bob", "/organization/accept-invitation", obj{"invitationId": id})
			mine, his := p.row("member", store.Is("organizationId", org), store.Is("userId", p.signUp("ada"))), p.row("member", store.Is("organizationId", org), store.Is("userId", bob))
			p.race([][]request{
				{{"ada", "/organization/leave", obj{"organizationId": org}}, {"bob", "/organization/leave", obj{"organizationId": org}}},
				{{"ada", "/organization/remove-member", obj{"memberIdOrEmail": his["id"]}}, {"bob", "/organization/remove-member", obj{"memberIdOrEmail": mine["id"]}}},
				{{"ada", "/organization/update-member-role", obj{"memberId": his["id"], "role": "member"}}, {"bob", "/organization/update-member-role", obj{"memberId": mine["id"], "role": "member"}}},
				{{"ada", "/organization/update-member-role", obj{"memberId": mine["id"], "role": "member"}}, {"bob", "/organization/leave", obj{"organizationId": org}}},
			}[round])
			if p.count("member", store.Is("organizationId", org), store.Is("role", "owner")) < 1 {
				t.Fatalf("round %d: nobody owns it", round)
			}
		}
	})
}

func TestRACE015_OneOrganizationHasASlug(t *testing.T) {
	everywhere(t, tenants(50, 50), func(t *testing.T, p *pair) {
		p.signUp("ada")
		var all []request
		for range 8 {
			all = append(all, request{"ada", "/organization/create", obj{"name": "x", "slug": "same"}})
		}
		if good := p.race(all); good != 1 || p.count("organization") != 1 || p.count("member") != 1 {
			t.Errorf("%d made, %d organizations, %d members", good, p.count("organization"), p.count("member"))
		}
	})
}

var _ = http.StatusOK
