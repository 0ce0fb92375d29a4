package organization_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/organization"
)

// unverified takes the proof of somebody's address back.
func (w *world) unverified(name string) {
	w.as(name)
	w.Change("user", store.Record{"emailVerified": false}, store.Is("email", name+"@example.com"))
}

func TestUP004_AnUnverifiedAddressProvesNothing(t *testing.T) {
	const code = "EMAIL_VERIFICATION_REQUIRED_BEFORE_ACCEPTING_OR_REJECTING_INVITATION"
	n := new(atomic.Int64)
	for name, tt := range map[string]struct {
		o       organization.Options
		change  func(o *auth.Options)
		refused bool
	}{
		"ids that nobody guesses": {organization.Options{}, nil, false},
		"the option":              {organization.Options{RequireEmailVerificationOnInvitation: true}, nil, true},
		"ids of the application's": {organization.Options{}, func(o *auth.Options) {
			o.Advanced.Database.GenerateIDFunc = func(string) string { return fmt.Sprint("id-", n.Add(1)) }
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, tt.o, tt.change)
			w.org("ada", "acme")
			id := w.invite("ada", "bob", "member", nil)
			w.unverified("bob")
			if got := w.get("bob", "list-user-invitations", http.StatusForbidden).Code(); got != code {
				t.Errorf("list answered %q", got)
			}
			if !tt.refused {
				w.get("bob", "get-invitation?id="+id, http.StatusOK)
				w.post("bob", "accept-invitation", obj{"invitationId": id}, http.StatusOK)
				return
			}
			w.get("bob", "get-invitation?id="+id, http.StatusForbidden)
			w.refused("bob", "reject-invitation", obj{"invitationId": id}, http.StatusForbidden, code)
			w.refused("bob", "accept-invitation", obj{"invitationId": id}, http.StatusForbidden, code)
			if n := w.Count("member", store.Is("userId", w.user("bob"))); n != 0 {
				t.Errorf("%d memberships", n)
			}
			w.Change("user", store.Record{"emailVerified": true}, store.Is("email", "bob@example.com"))
			w.get("bob", "list-user-invitations", http.StatusOK)
			w.post("bob", "accept-invitation", obj{"invitationId": id}, http.StatusOK)
		})
	}
}

func TestUP107_TeamsOfOtherOrganizationsAreNoTeams(t *testing.T) {
	w := newWorld(t, teams(nil), nil)
	w.org("ada", "other")
	foreign := text(w.Row("team")["id"])
	w.org("ada", "acme")
	w.refused("ada", "invite-member", obj{"email": "bob@example.com", "role": "member", "teamId": foreign}, http.StatusBadRequest, "TEAM_NOT_FOUND")
	id := w.invite("ada", "bob", "member", nil)
	w.Change("invitation", store.Record{"teamId": foreign}, store.Is("id", id)) // as 1.6.9 may have stored it
	w.refused("bob", "accept-invitation", obj{"invitationId": id}, http.StatusBadRequest, "TEAM_NOT_FOUND")
	if n := w.Count("teamMember", store.Is("userId", w.user("bob"))) + w.Count("member", store.Is("userId", w.user("bob"))); n != 0 {
		t.Errorf("%d rows of bob", n)
	}
}

func TestUP108_TeamCapacityHoldsOnEveryPath(t *testing.T) {
	one := 1
	w := newWorld(t, teams(func(o *organization.Options) { o.Teams.MaximumMembersPerTeam = &one }), nil)
	org := w.org("ada", "acme") // ada fills the default team
	full := text(w.Row("team")["id"])
	w.refused("ada", "invite-member", obj{"email": "x@example.com", "role": "member", "teamId": full}, http.StatusForbidden, "TEAM_MEMBER_LIMIT_REACHED")
	w.joins("ada", "bob", "member")
	w.refused("ada", "add-team-member", obj{"teamId": full, "userId": w.user("bob")}, http.StatusBadRequest, "TEAM_MEMBER_LIMIT_REACHED")
	_, err := organization.AddMember.Call(t.Context(), w, organization.AddMemberIn{UserID: w.user("cid"), Role: auth.Texts{"member"}, OrganizationID: org, TeamID: full})
	if !errors.Is(err, organization.TeamMemberLimitReached) || w.Count("member", store.Is("userId", w.user("cid"))) != 0 {
		t.Errorf("addMember to a full team: %v", err)
	}
	free := w.team("ada", "free")
	last := w.invite("ada", "dan", "member", obj{"teamId": free})
	w.post("dan", "accept-invitation", obj{"invitationId": last}, http.StatusOK) // the last place is a place
	if w.Count("teamMember", store.Is("teamId", free)) != 1 {
		t.Error("the last place stayed empty")
	}
}

func TestUP109_RolesAreRolesOfTheOrganization(t *testing.T) {
	w := newWorld(t, dynamic(), nil)
	w.org("ada", "acme")
	bob := w.joins("ada", "bob", "member")
	w.post("ada", "create-role", obj{"role": "editor", "permission": obj{"team": []string{"create"}}}, http.StatusOK)
	for name, role := range map[string]any{"joined by a comma": "member,owner", "unknown": "root", "unknown in a list": []string{"member", "root"}, "none": []string{}, "with a blank": " owner"} {
		t.Run(name, func(t *testing.T) {
			w.as("ada").Post("/organization/update-member-role", obj{"memberId": bob, "role": role}).Want(t, http.StatusBadRequest)
		})
	}
	w.post("ada", "update-member-role", obj{"memberId": bob, "role": []string{"member", "editor"}}, http.StatusOK)
	if role := w.Row("member", store.Is("id", bob))["role"]; role != "member,editor" {
		t.Errorf("role %v", role)
	}
	w.joins("ada", "cid", "admin")
	w.refused("cid", "invite-member", obj{"email": "x@example.com", "role": "member, owner"}, http.StatusForbidden, "YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE")
}

func TestUP110_TeamIDsAreNoLists(t *testing.T) {
	n := new(atomic.Int64)
	w := newWorld(t, teams(nil), func(o *auth.Options) {
		o.Advanced.Database.GenerateIDFunc = func(string) string { return fmt.Sprintf("a,%d", n.Add(1)) }
	})
	w.org("ada", "acme")
	w.refused("ada", "invite-member", obj{"email": "x@example.com", "role": "member", "teamId": w.Row("team")["id"]}, http.StatusBadRequest, "INVALID_TEAM_ID")
}

func TestUP111_NoActionsAreNoPermissionHere(t *testing.T) {
	w := newWorld(t, organization.Options{}, nil)
	w.org("ada", "acme")
	if ok := w.post("ada", "has-permission", obj{"permissions": obj{"member": []string{}}}, http.StatusOK).Object(t)["success"]; ok != false {
		t.Error("an empty list of actions is permitted")
	}
}

func TestUP112_TheActiveTeamIsOfTheActiveOrganization(t *testing.T) {
	w := newWorld(t, teams(nil), nil)
	w.org("ada", "other")
	foreign := text(w.Row("team")["id"])
	w.org("ada", "acme")
	w.refused("ada", "set-active-team", obj{"teamId": foreign}, http.StatusBadRequest, "TEAM_NOT_FOUND")
}

func TestUP062_NoRequestSetsTheActiveOrganization(t *testing.T) {
	w := newWorld(t, teams(nil), nil)
	w.org("ada", "acme")
	before := w.Row("session")
	for _, field := range []string{"activeOrganizationId", "activeTeamId"} {
		w.as("ada").Post("/update-session", obj{field: "other"}).Want(t, http.StatusBadRequest)
	}
	if after := w.Row("session"); after["activeOrganizationId"] != before["activeOrganizationId"] {
		t.Errorf("session %v", after)
	}
}

// faulty fails at one write when it is told to.
type faulty struct {
	store.Database
	at *atomic.Pointer[string]
}

func (d faulty) Bind(s *schema.Schema) (store.Adapter, error) {
	a, err := d.Database.Bind(s)
	return faultyAdapter{a, d.at}, err
}

type faultyAdapter struct {
	store.Adapter
	at *atomic.Pointer[string]
}

var errFault = errors.New("the disk is full")

func (a faultyAdapter) Delete(ctx context.Context, model string, where store.Where) (int64, error) {
	if at := a.at.Load(); at != nil && *at == "delete "+model {
		return 0, errFault
	}
	return a.Adapter.Delete(ctx, model, where)
}

func (a faultyAdapter) Insert(ctx context.Context, model string, rec store.Record) (store.Record, error) {
	if at := a.at.Load(); at != nil && *at == "insert "+model {
		return nil, errFault
	}
	return a.Adapter.Insert(ctx, model, rec)
}

func TestUP126_AStepThatFailsLeavesEverything(t *testing.T) {
	at := new(atomic.Pointer[string])
	w := newWorld(t, teams(nil), func(o *auth.Options) { o.Database = faulty{o.Database, at} })
	org := w.org("ada", "acme")
	bob := w.joins("ada", "bob", "member")
	w.post("ada", "add-team-member", obj{"teamId": w.Row("team")["id"], "userId": w.user("bob")}, http.StatusOK)
	waiting := w.invite("ada", "cid", "member", nil)
	w.as("cid")
	counts := func() [5]int {
		return [5]int{w.Count("organization"), w.Count("member"), w.Count("team"), w.Count("teamMember"), w.Count("invitation", store.Is("status", "pending"))}
	}
	before := counts()
	for _, tt := range []struct {
		at, who, path string
		body          obj
	}{
		{"delete organization", "ada", "delete", obj{"organizationId": org}},
		{"delete invitation", "ada", "delete", obj{"organizationId": org}},
		{"delete teamMember", "ada", "remove-member", obj{"memberIdOrEmail": bob}},
		{"delete teamMember", "bob", "leave", obj{"organizationId": org}},
		{"delete team", "ada", "delete", obj{"organizationId": org}},
		{"insert member", "cid", "accept-invitation", obj{"invitationId": waiting}},
		{"insert member", "ada", "create", obj{"name": "x", "slug": "x"}},
		{"insert teamMember", "ada", "create", obj{"name": "y", "slug": "y"}},
	} {
		at.Store(&tt.at)
		w.post(tt.who, tt.path, tt.body, http.StatusInternalServerError)
		at.Store(nil)
		if after := counts(); after != before {
			t.Errorf("%s failed in %s and left %v of %v", tt.at, tt.path, after, before)
		}
	}
}

func TestOLD016_OnlyWhoMayChangesRoles(t *testing.T) {
	w := newWorld(t, organization.Options{}, nil)
	org := w.org("ada", "acme")
	ada := text(w.Row("member")["id"])
	w.joins("ada", "bob", "member")
	cid := w.joins("ada", "cid", "admin")
	w.refused("bob", "update-member-role", obj{"memberId": ada, "role": "member"}, http.StatusForbidden, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER")
	w.refused("bob", "update-member-role", obj{"memberId": cid, "role": "member"}, http.StatusForbidden, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER")
	w.refused("cid", "update-member-role", obj{"memberId": ada, "role": "member"}, http.StatusForbidden, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER")
	w.refused("cid", "update-member-role", obj{"memberId": cid, "role": "owner"}, http.StatusForbidden, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER")
	w.refused("dan", "update-member-role", obj{"memberId": cid, "role": "member", "organizationId": org}, http.StatusBadRequest, "MEMBER_NOT_FOUND")
	w.org("dan", "mine")
	w.refused("dan", "update-member-role", obj{"memberId": cid, "role": "member"}, http.StatusForbidden, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER")
}

func TestOLD029_DatesOutOfRangeAreNoServerError(t *testing.T) {
	w := newWorld(t, teams(nil), nil)
	w.org("ada", "acme")
	team := w.Row("team")["id"]
	for _, date := range []any{"x", 1e300, -1, "275761-01-01"} {
		w.post("ada", "update-team", obj{"teamId": team, "data": obj{"createdAt": date}}, http.StatusBadRequest)
		w.get("ada", fmt.Sprintf("list-members?filterField=createdAt&filterOperator=gt&filterValue=%v", date), http.StatusBadRequest)
	}
}

func TestGO011_OnlyFieldsOfMembersSortAndFilter(t *testing.T) {
	w := newWorld(t, organization.Options{}, nil)
	w.org("ada", "acme")
	for _, query := range []string{
		"sortBy=id;drop", "sortBy=user.password", "filterField=password&filterValue=x", `filterField=role"&filterValue=x`,
		"filterField=role&filterOperator=or&filterValue=x", "filterField=createdAt&filterOperator=contains&filterValue=2",
	} {
		w.get("ada", "list-members?"+strings.ReplaceAll(query, " ", "%20"), http.StatusBadRequest)
	}
	for _, pattern := range []string{"%25", "_wner", "o%25"} {
		body := w.get("ada", "list-members?filterField=role&filterOperator=contains&filterValue="+pattern, http.StatusOK).Object(t)
		if body["total"] != 0.0 {
			t.Errorf("%s matched as a pattern", pattern)
		}
	}
}

func TestPEER035_ASlugThatIsUsedAgainInheritsNothing(t *testing.T) {
	o := dynamic()
	o.Teams.Enabled = true
	w := newWorld(t, o, nil)
	first := w.org("ada", "acme")
	w.joins("ada", "bob", "admin")
	w.invite("ada", "cid", "member", nil)
	w.post("ada", "create-role", obj{"role": "editor", "permission": obj{"team": []string{"create"}}}, http.StatusOK)
	w.post("ada", "delete", obj{"organizationId": first}, http.StatusOK)
	if second := w.org("eve", "acme"); second == first {
		t.Error("the id came back")
	}
	for model, want := range map[string]int{"member": 1, "invitation": 0, "team": 1, "teamMember": 1, "organizationRole": 0} {
		if n := w.Count(model); n != want {
			t.Errorf("%d rows of %s, want %d", n, model, want)
		}
	}
	w.get("bob", "get-full-organization?organizationSlug=acme", http.StatusForbidden)
}

func TestPEER056_ManyTeamsAreRefusedAtOnce(t *testing.T) {
	w := newWorld(t, teams(nil), nil)
	w.org("ada", "acme")
	ids := make([]string, 100_000)
	for i := range ids {
		ids[i] = fmt.Sprint(i)
	}
	res := w.as("ada").Post("/organization/invite-member", obj{"email": "x@example.com", "role": "member", "teamId": ids})
	if res.Status != http.StatusBadRequest || res.Code() != "INVALID_TEAM_ID" {
		t.Errorf("answered %d %s", res.Status, res.Body)
	}
}

func TestGAP013_OnlyTheApplicationsFieldsAreForRequests(t *testing.T) {
	w := newWorld(t, organization.Options{}, nil)
	w.org("ada", "acme")
	before := w.Row("organization")
	w.post("ada", "update", obj{"data": obj{"name": "New", "createdAt": "2020-01-01T00:00:00.000Z", "id": "other"}}, http.StatusOK)
	if after := w.Row("organization"); after["id"] != before["id"] || after["createdAt"] != before["createdAt"] || after["name"] != "New" {
		t.Errorf("row %v", after)
	}
	w.invite("ada", "bob", "member", obj{"status": "accepted", "inviterId": "x"})
	if row := w.Row("invitation"); row["status"] != "pending" || row["inviterId"] != w.user("ada") {
		t.Errorf("row %v", row)
	}
}

func TestPEER037_WhoIsRefusedAcceptsNothing(t *testing.T) {
	refused := new(atomic.Bool)
	w := newWorld(t, organization.Options{}, func(o *auth.Options) {
		o.Plugins = append(o.Plugins, auth.Plugin{ID: "ban", CheckUser: func(_ *auth.Call, u *auth.User) error {
			if refused.Load() && u.Email == "bob@example.com" {
				return auth.FailStatus(http.StatusForbidden)
			}
			return nil
		}})
	})
	w.org("ada", "acme")
	id := w.invite("ada", "bob", "member", nil)
	w.as("bob")
	refused.Store(true)
	w.post("bob", "accept-invitation", obj{"invitationId": id}, http.StatusUnauthorized)
}

var _ = authtest.Password
