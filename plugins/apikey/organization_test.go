package apikey_test

import (
	"net/http"
	"testing"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/access"
	"github.com/goauth-dev/goauth/plugins/apikey"
	"github.com/goauth-dev/goauth/plugins/organization"
)

// TestKeysOfAnOrganizationAreForWhomItsRolesLet runs with the plugin organization itself.
func TestKeysOfAnOrganizationAreForWhomItsRolesLet(t *testing.T) {
	statements := access.Statements{"apiKey": {"create", "read", "update", "delete"}}
	for resource, actions := range organization.Statements {
		statements[resource] = actions
	}
	s := authtest.New(t, func(o *auth.Options) {
		o.Plugins = []auth.Plugin{
			organization.New(organization.Options{AC: statements, Roles: access.Roles{
				"owner": organization.DefaultRoles["owner"], "admin": organization.DefaultRoles["admin"].With(access.Role{"apiKey": {"create", "read"}}),
				"member": organization.DefaultRoles["member"],
			}}),
			apikey.New(apikey.Options{Configurations: []apikey.Configuration{{ID: "own"}, {ID: "shared", References: "organization"}}}),
		}
	})
	owner := s.SignedIn("owner@example.com")
	org, _ := owner.Post("/organization/create", map[string]string{"name": "Example", "slug": "example"}).Want(t, http.StatusOK).Object(t)["id"].(string)
	people := map[string]*authtest.Client{"owner": owner}
	for _, role := range []string{"admin", "member", "stranger"} {
		people[role] = s.SignedIn(role + "@example.com")
		if role == "stranger" {
			continue
		}
		id, _ := s.Row("user", store.Is("email", role+"@example.com"))["id"].(string)
		if _, err := organization.AddMember.Call(t.Context(), s, organization.AddMemberIn{UserID: id, OrganizationID: org, Role: []string{role}}); err != nil {
			t.Fatal(err)
		}
	}
	body := map[string]string{"configId": "shared", "organizationId": org}
	for role, want := range map[string]struct {
		status int
		code   string
	}{
		"owner":    {http.StatusOK, ""},
		"admin":    {http.StatusOK, ""},
		"member":   {http.StatusForbidden, "INSUFFICIENT_API_KEY_PERMISSIONS"},
		"stranger": {http.StatusForbidden, "USER_NOT_MEMBER_OF_ORGANIZATION"},
	} {
		res := people[role].Post("/api-key/create", body)
		if res.Status != want.status || res.Code() != want.code {
			t.Errorf("%s: %d %s, want %d %s", role, res.Status, res.Body, want.status, want.code)
		}
	}
	if n := s.Count(apikey.Model, store.Is("referenceId", org)); n != 2 {
		t.Errorf("the organization has %d keys, want 2", n)
	}
}
