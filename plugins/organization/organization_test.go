package organization_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/organization"
)

func TestACreatorOwnsTheOrganizationAndItIsActive(t *testing.T) {
	w := newWorld(t, teams(nil), nil)
	made := w.post("ada", "create", obj{"name": "Acme", "slug": "acme", "metadata": obj{"a": 1}}, http.StatusOK).Object(t)
	member := made["members"].([]any)[0].(obj)
	if member["role"] != "owner" || made["metadata"].(obj)["a"] != 1.0 {
		t.Errorf("made %v", made)
	}
	session := w.as("ada").Session().Session
	if session["activeOrganizationId"] != made["id"] || session["activeTeamId"] != w.Row("team")["id"] {
		t.Errorf("session %v", session)
	}
	if list := w.get("ada", "list", 200).Body; !has(list, `"metadata":"{\"a\":1}"`) {
		t.Errorf("list %s", list)
	}
}

func TestLimitsAreNumbersOrFunctions(t *testing.T) {
	none := 0
	for name, tt := range map[string]struct {
		o    organization.Options
		path string
		body obj
		code string
	}{
		"nobody may create":     {organization.Options{AllowUserToCreateOrganization: option.Off}, "create", obj{"name": "x", "slug": "x"}, "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_ORGANIZATION"},
		"a function forbids it": {organization.Options{AllowUserToCreateOrganizationFunc: func(_ context.Context, u *auth.User) (bool, error) { return u.Name != "Some Body", nil }}, "create", obj{"name": "x", "slug": "x"}, "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_ORGANIZATION"},
		"no organizations":      {organization.Options{OrganizationLimit: &none}, "create", obj{"name": "x", "slug": "x"}, "YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_ORGANIZATIONS"},
		"a function counts":     {organization.Options{OrganizationLimitReached: func(context.Context, *auth.User) (bool, error) { return true, nil }}, "create", obj{"name": "x", "slug": "x"}, "YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_ORGANIZATIONS"},
	} {
		t.Run(name, func(t *testing.T) {
			newWorld(t, tt.o, nil).refused("ada", tt.path, tt.body, http.StatusForbidden, tt.code)
		})
	}
}

func TestInvitationAndMembershipLimitsHold(t *testing.T) {
	two, one := 2, 1
	w := newWorld(t, organization.Options{MembershipLimit: 2, InvitationLimit: &two}, nil)
	w.org("ada", "acme")
	first, second := w.invite("ada", "bob", "member", nil), w.invite("ada", "cid", "member", nil)
	w.refused("ada", "invite-member", obj{"email": "x@example.com", "role": "member"}, http.StatusForbidden, "INVITATION_LIMIT_REACHED")
	w.post("bob", "accept-invitation", obj{"invitationId": first}, http.StatusOK)
	w.refused("cid", "accept-invitation", obj{"invitationId": second}, http.StatusForbidden, "ORGANIZATION_MEMBERSHIP_LIMIT_REACHED")
	if status := w.Row("invitation", store.Is("id", second))["status"]; status != "pending" {
		t.Errorf("the refused invitation is %v", status)
	}
	byFunction := newWorld(t, organization.Options{
		InvitationLimitFunc: func(context.Context, *auth.User, *organization.Organization, *organization.Member) (int, error) {
			return one, nil
		},
	}, nil)
	byFunction.org("ada", "acme")
	byFunction.invite("ada", "bob", "member", nil)
	byFunction.refused("ada", "invite-member", obj{"email": "x@example.com", "role": "member"}, http.StatusForbidden, "INVITATION_LIMIT_REACHED")
}

func TestInvitationsEndAndCanBeSentAgain(t *testing.T) {
	var sent []organization.InvitationMail
	w := newWorld(t, organization.Options{
		InvitationExpiresIn: time.Hour,
		SendInvitationEmail: func(_ context.Context, m organization.InvitationMail) error { sent = append(sent, m); return nil },
	}, func(o *auth.Options) { o.Advanced.Background.Await = true })
	w.org("ada", "acme")
	id := w.invite("ada", "bob", "member", nil)
	w.Clock.Advance(50 * time.Minute)
	w.refused("ada", "invite-member", obj{"email": "bob@example.com", "role": "member"}, http.StatusBadRequest, "USER_IS_ALREADY_INVITED_TO_THIS_ORGANIZATION")
	if again := w.invite("ada", "bob", "admin", obj{"resend": true}); again != id {
		t.Errorf("sent again as %s, want %s", again, id)
	}
	if len(sent) != 2 || sent[1].Role != "member" || sent[1].InviterUser.Email != "ada@example.com" || sent[1].Organization.Slug != "acme" {
		t.Errorf("sent %+v", sent)
	}
	w.Clock.Advance(50 * time.Minute)
	w.get("bob", "get-invitation?id="+id, http.StatusOK)
	w.Clock.Advance(11 * time.Minute)
	w.refused("bob", "accept-invitation", obj{"invitationId": id}, http.StatusBadRequest, "INVITATION_NOT_FOUND")
}

func TestHooksMayChangeRefuseAndHear(t *testing.T) {
	var heard []string
	hear := func(name string) organization.AfterHook {
		return func(context.Context, *auth.Call, organization.Event) error { heard = append(heard, name); return nil }
	}
	o := teams(func(o *organization.Options) {
		o.Hooks = organization.Hooks{
			BeforeCreateOrganization: func(_ context.Context, _ *auth.Call, e organization.Event) (store.Record, error) {
				if e.Data["slug"] == "bad" {
					return nil, auth.FailText(http.StatusTeapot, "no")
				}
				return store.Record{"name": "Changed", "metadata": obj{"by": "hook"}}, nil
			},
			BeforeAddMember: func(_ context.Context, _ *auth.Call, e organization.Event) (store.Record, error) {
				if e.Organization.Slug == "late" {
					return nil, auth.FailText(http.StatusTeapot, "late")
				}
				return nil, nil
			},
			AfterCreateOrganization: hear("organization"), AfterAddMember: hear("member"), AfterCreateTeam: hear("team"),
		}
	})
	w := newWorld(t, o, nil)
	made := w.post("ada", "create", obj{"name": "A", "slug": "a"}, http.StatusOK).Object(t)
	if made["name"] != "Changed" || made["metadata"].(obj)["by"] != "hook" {
		t.Errorf("made %v", made)
	}
	w.post("ada", "create", obj{"name": "B", "slug": "bad"}, http.StatusTeapot)
	w.post("ada", "create", obj{"name": "C", "slug": "late"}, http.StatusTeapot)
	if n := w.Count("organization"); n != 1 {
		t.Errorf("%d organizations: a refused member left one behind", n)
	}
	if len(heard) != 3 || heard[0] != "member" || heard[1] != "team" || heard[2] != "organization" {
		t.Errorf("heard %v", heard)
	}
}

func TestTablesMayBeRenamedAndHaveFields(t *testing.T) {
	w := newWorld(t, organization.Options{Schema: organization.Schema{
		Organization: organization.Naming{ModelName: "tenants", Fields: map[string]string{"slug": "handle"}, AdditionalFields: schema.Fields{
			{Name: "plan", Type: schema.String}, {Name: "seats", Type: schema.Number, Required: option.Off},
			{Name: "secret", Type: schema.String, Required: option.Off, Returned: option.Off, Input: option.Off, Default: "hush"},
		}},
	}}, nil)
	res := w.post("ada", "create", obj{"name": "A", "slug": "a"}, http.StatusBadRequest)
	if !has(res.Body, "[body.plan] Invalid input: expected string, received undefined") {
		t.Errorf("without a field: %s", res.Body)
	}
	made := w.post("ada", "create", obj{"name": "A", "slug": "a", "plan": "pro", "seats": 3, "secret": "mine"}, http.StatusOK).Object(t)
	if _, shown := made["secret"]; shown || made["plan"] != "pro" || made["seats"] != 3.0 {
		t.Errorf("made %v", made)
	}
	if row := w.Row("organization"); row["secret"] != "hush" {
		t.Errorf("row %v", row)
	}
	updated := w.post("ada", "update", obj{"data": obj{"plan": "max"}}, http.StatusOK).Object(t)
	if updated["plan"] != "max" {
		t.Errorf("updated %v", updated)
	}
	if name := w.Context().Schema.Table("organization").Name; name != "tenants" {
		t.Errorf("table %s", name)
	}
}

func TestAFieldOfThePluginMayBeDeclaredAgain(t *testing.T) {
	hide := func(name string, required option.Toggle) organization.Naming {
		return organization.Naming{AdditionalFields: schema.Fields{{Name: name, Type: schema.String, Required: required, Returned: option.Off}}}
	}
	o := teams(nil)
	o.Schema = organization.Schema{Organization: hide("logo", option.On), Invitation: hide("status", option.Off), Team: hide("name", option.Off)}
	w := newWorld(t, o, nil)
	if res := w.post("ada", "create", obj{"name": "A", "slug": "a"}, http.StatusBadRequest); !has(res.Body, "[body.logo] Invalid input: expected string, received undefined") {
		t.Errorf("without the logo: %s", res.Body)
	}
	made := w.post("ada", "create", obj{"name": "A", "slug": "a", "logo": "https://a.example/logo.png"}, http.StatusOK).Object(t)
	if _, shown := made["logo"]; shown || made["slug"] != "a" {
		t.Errorf("made %v", made)
	}
	if row := w.Row("organization"); row["logo"] != "https://a.example/logo.png" {
		t.Errorf("row %v", row)
	}
	for _, path := range []string{"list", "get-full-organization"} {
		if res := w.as("ada").Get("/organization/"+path).Want(t, http.StatusOK); has(res.Body, "logo") || !has(res.Body, `"slug":"a"`) {
			t.Errorf("%s answers %s", path, res.Body)
		}
	}
	invited := w.post("ada", "invite-member", obj{"email": "eve@example.com", "role": "member", "status": "accepted"}, http.StatusOK).Object(t)
	if _, shown := invited["status"]; shown || w.Row("invitation")["status"] != "pending" {
		t.Errorf("invited %v, row %v", invited, w.Row("invitation"))
	}
	if team := w.post("ada", "create-team", obj{"name": "T"}, http.StatusOK).Object(t); team["name"] != nil {
		t.Errorf("team %v", team)
	}
}

func TestAFieldOfThePluginKeepsItsType(t *testing.T) {
	s := authtest.NewUnserved(t, nil)
	o := s.Options()
	o.Plugins = []auth.Plugin{organization.New(organization.Options{Schema: organization.Schema{
		Member: organization.Naming{AdditionalFields: schema.Fields{{Name: "role", Type: schema.Strings}}},
	}})}
	_, err := core.New(o)
	if want := "option schema.member.additionalFields.role: the plugin's field is a string, not a string[]"; err == nil || !has(err.Error(), want) {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestGoCallsAreTyped(t *testing.T) {
	w := newWorld(t, teams(nil), nil)
	ada := w.user("ada")
	made, err := organization.CreateOrganization.Call(t.Context(), w, organization.CreateOrganizationIn{Name: "A", Slug: "a", UserID: ada})
	if err != nil || made.Members[0].UserID != ada {
		t.Fatalf("made %+v, %v", made, err)
	}
	m, err := organization.AddMember.Call(t.Context(), w, organization.AddMemberIn{UserID: w.user("bob"), Role: auth.Texts{"admin", "member"}, OrganizationID: made.ID})
	if err != nil || m.Role != "admin,member" {
		t.Fatalf("member %+v, %v", m, err)
	}
	w.as("bob").Post("/organization/add-member", obj{"userId": ada, "role": "owner"}).Want(t, http.StatusNotFound)
	o, err := organization.SetActiveOrganization.Call(t.Context(), w, organization.SetActiveOrganizationIn{OrganizationID: organization.ByID(made.ID)}, auth.WithHeader(w.as("bob").Header()))
	if err != nil || o.ID != made.ID {
		t.Fatalf("active %+v, %v", o, err)
	}
	if _, err := organization.SetActiveOrganization.Call(t.Context(), w, organization.SetActiveOrganizationIn{OrganizationID: organization.None()}, auth.WithHeader(w.as("bob").Header())); err != nil {
		t.Fatal(err)
	}
	if id := w.as("bob").Session().Session["activeOrganizationId"]; id != nil {
		t.Errorf("active after none: %v", id)
	}
}

func TestOneQueryAnswersForAnyNumberOfMembers(t *testing.T) {
	for _, n := range []int{3, 120} {
		o := dynamic()
		o.MembershipLimit, o.Teams.Enabled = 1000, true
		w := newWorld(t, o, nil)
		id := w.org("ada", "acme")
		crowd(t, w.Server, id, n)
		ada := w.as("ada")
		w.ExpectQueries(2, func() { ada.Get("/organization/list").Want(t, 200) })
		w.ExpectQueries(4, func() { ada.Get("/organization/list-members?limit=500").Want(t, 200) })
		w.ExpectQueries(3, func() {
			ada.Post("/organization/has-permission", obj{"permissions": obj{"member": []string{"create"}}}).Want(t, 200)
		})
		w.ExpectQueries(6, func() { ada.Get("/organization/get-full-organization").Want(t, 200) })
	}
}

// crowd puts n users into an organization, past the operations.
func crowd(t testing.TB, s *authtest.Server, organizationID string, n int) {
	t.Helper()
	c := s.Context().NewCall(context.Background())
	for i := range n {
		u, err := c.Create("user", store.Record{"name": "U", "email": "u" + string(rune('a'+i%26)) + time.Duration(i).String() + "@example.com"})
		if err == nil {
			_, err = c.Create("member", store.Record{"organizationId": organizationID, "userId": u["id"], "role": "member", "createdAt": c.Now()})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
