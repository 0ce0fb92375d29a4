package organization_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/organization"
)

// request is a call that races with others.
type request struct {
	who, path string
	body      obj
}

// race makes the calls at once and returns how many answered 200.
func (w *world) race(requests ...request) int {
	w.t.Helper()
	var wg sync.WaitGroup
	start, good := make(chan struct{}), make(chan int, len(requests))
	for _, r := range requests {
		c := w.as(r.who)
		wg.Go(func() {
			<-start
			if c.Post("/organization/"+r.path, r.body).Status == http.StatusOK {
				good <- 1
			}
		})
	}
	close(start)
	wg.Wait()
	return len(good)
}

func times(n int, r request) []request {
	list := make([]request, n)
	for i := range list {
		list[i] = r
	}
	return list
}

const rounds = 10

func TestRACE013_AnInvitationMakesOneMember(t *testing.T) {
	w := newWorld(t, organization.Options{}, nil)
	w.org("ada", "acme")
	for range rounds {
		id := w.invite("ada", "bob", "member", nil)
		w.as("bob")
		if n := w.race(times(8, request{"bob", "accept-invitation", obj{"invitationId": id}})...); n != 1 {
			t.Fatalf("%d accepted", n)
		}
		if n := w.Count("member", store.Is("userId", w.user("bob"))); n != 1 {
			t.Fatalf("%d memberships", n)
		}
		w.post("ada", "remove-member", obj{"memberIdOrEmail": "bob@example.com"}, http.StatusOK)
	}
}

func TestRACE013_AnInvitationIsAcceptedOrCancelled(t *testing.T) {
	w := newWorld(t, organization.Options{}, nil)
	w.org("ada", "acme")
	for range rounds {
		id := w.invite("ada", "bob", "member", nil)
		w.as("bob")
		w.race(request{"bob", "accept-invitation", obj{"invitationId": id}}, request{"ada", "cancel-invitation", obj{"invitationId": id}},
			request{"bob", "reject-invitation", obj{"invitationId": id}})
		status, members := w.Row("invitation", store.Is("id", id))["status"], w.Count("member", store.Is("userId", w.user("bob")))
		if (status == "accepted") != (members == 1) {
			t.Fatalf("status %v with %d memberships", status, members)
		}
		w.as("ada").Post("/organization/remove-member", obj{"memberIdOrEmail": "bob@example.com"})
	}
}

func TestRACE013_LimitsHoldForManyAtOnce(t *testing.T) {
	two := 2
	w := newWorld(t, teams(func(o *organization.Options) {
		o.MembershipLimit, o.Teams.MaximumMembersPerTeam, o.Teams.MaximumTeams = 4, &two, 3
	}), nil)
	w.org("ada", "acme")
	team := w.team("ada", "free")
	var all []request
	for _, name := range []string{"b", "c", "d", "e", "f", "g"} {
		id := w.invite("ada", name, "member", obj{"teamId": team})
		w.as(name)
		all = append(all, request{name, "accept-invitation", obj{"invitationId": id}})
	}
	if n := w.race(all...); n != 2 || w.Count("teamMember", store.Is("teamId", team)) != 2 || w.Count("member") != 3 {
		t.Errorf("%d accepted, %d in the team, %d members", n, w.Count("teamMember", store.Is("teamId", team)), w.Count("member"))
	}
	if n := w.Count("invitation", store.Is("status", "pending")); n != 4 {
		t.Errorf("%d invitations wait, want 4", n)
	}
	w.race(times(6, request{"ada", "create-team", obj{"name": "x"}})...)
	if n := w.Count("team"); n != 3 {
		t.Errorf("%d teams", n)
	}
}

func TestRACE014_AnOwnerStays(t *testing.T) {
	for name, requests := range map[string]func(org, ada, bob string) []request{
		"both leave": func(org, _, _ string) []request {
			return []request{{"ada", "leave", obj{"organizationId": org}}, {"bob", "leave", obj{"organizationId": org}}}
		},
		"each removes the other": func(_, ada, bob string) []request {
			return []request{{"ada", "remove-member", obj{"memberIdOrEmail": bob}}, {"bob", "remove-member", obj{"memberIdOrEmail": ada}}}
		},
		"each demotes the other": func(_, ada, bob string) []request {
			return []request{{"ada", "update-member-role", obj{"memberId": bob, "role": "member"}}, {"bob", "update-member-role", obj{"memberId": ada, "role": "member"}}}
		},
		"both step down": func(_, ada, bob string) []request {
			return []request{{"ada", "update-member-role", obj{"memberId": ada, "role": "member"}}, {"bob", "update-member-role", obj{"memberId": bob, "role": "member"}}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			for range rounds {
				w := newWorld(t, organization.Options{}, nil)
				org := w.org("ada", "acme")
				ada := text(w.Row("member")["id"])
				bob := w.joins("ada", "bob", "owner")
				w.race(requests(org, ada, bob)...)
				if n := w.Count("member", store.Is("role", "owner")); n < 1 {
					t.Fatal("nobody owns the organization")
				}
			}
		})
	}
}

func TestGAP018_OfTwoOwnersWhoLeaveOneIsRefused(t *testing.T) {
	w := newWorld(t, organization.Options{}, nil)
	org := w.org("ada", "acme")
	w.joins("ada", "bob", "owner")
	if n := w.race(request{"ada", "leave", obj{"organizationId": org}}, request{"bob", "leave", obj{"organizationId": org}}); n != 1 {
		t.Errorf("%d left", n)
	}
}

func TestRACE015_ASlugIsOneOrganizations(t *testing.T) {
	w := newWorld(t, organization.Options{}, nil)
	if n := w.race(times(8, request{"ada", "create", obj{"name": "x", "slug": "same"}})...); n != 1 || w.Count("organization") != 1 || w.Count("member") != 1 {
		t.Errorf("%d made, %d organizations, %d members", n, w.Count("organization"), w.Count("member"))
	}
}
