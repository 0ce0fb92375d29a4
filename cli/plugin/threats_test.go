package plugin_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/cli/plugin"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// everyPlugin is a list of all plugins that add fields, each with what it cannot do without.
const everyPlugin = `["admin", "anonymous", "last-login-method", "phone-number", "two-factor", "username",
	{"id": "organization", "options": {"teams": {"enabled": true}}}]`

// TestGAP013_NoRequestSetsAFieldThatAPluginKeepsForItself tries to write every field that a plugin adds to users and sessions
// through every door that takes fields.
func TestGAP013_NoRequestSetsAFieldThatAPluginKeepsForItself(t *testing.T) {
	plugins, err := plugin.Build(entries(t, everyPlugin), &plugin.Env{})
	if err != nil {
		t.Fatal(err)
	}
	s := authtest.New(t, func(o *auth.Options) { o.Plugins = plugins })
	writable := map[string][]string{}
	tries := 0
	for _, field := range addedFields(t, plugins) {
		for door, model := range map[string]string{"/sign-up/email": schema.UserModel, "/update-user": schema.UserModel, "/update-session": schema.SessionModel} {
			if tries++; field.model == model && accepts(s, tries, door, field) {
				writable[door] = append(writable[door], field.Name)
			}
		}
	}
	want := map[string][]string{
		"/sign-up/email": {"username", "displayUsername", "phoneNumber"}, // the number as one that nobody has verified
		"/update-user":   {"username", "displayUsername"},
	}
	for _, list := range []map[string][]string{writable, want} {
		for door := range list {
			slices.Sort(list[door])
		}
	}
	if diff := cmp.Diff(want, writable); diff != "" {
		t.Errorf("what requests can set (-want +got):\n%s", diff)
	}
}

type addedField struct {
	schema.Field
	model string
}

// addedFields are the fields that the plugins add to the tables of the core.
func addedFields(t *testing.T, plugins []auth.Plugin) (fields []addedField) {
	t.Helper()
	plain, full := authtest.New(t, nil), authtest.New(t, func(o *auth.Options) { o.Plugins = plugins })
	for _, model := range []string{schema.UserModel, schema.SessionModel} {
		for _, f := range full.Auth.Context().Schema.Table(model).Fields {
			if plain.Auth.Context().Schema.Table(model).Field(f.Name) == nil {
				fields = append(fields, addedField{f, model})
			}
		}
	}
	if len(fields) < 12 {
		t.Fatalf("the plugins add only %d fields", len(fields))
	}
	return fields
}

// accepts reports whether a row holds the value after a request that sets it.
func accepts(s *authtest.Server, n int, door string, f addedField) bool {
	email := fmt.Sprintf("ada%d@example.com", n)
	value, stored := forged(n, f.Type)
	body, ada := map[string]any{f.Name: value}, s.Client()
	if door == "/sign-up/email" {
		maps.Copy(body, map[string]any{"name": "Ada", "email": email, "password": authtest.Password})
	} else {
		ada.SignUp(email)
	}
	ada.Post(door, body)
	return slices.ContainsFunc(s.Rows(f.model), func(row store.Record) bool { return cmp.Equal(row[f.Name], stored) })
}

// forged is a value that no row has by itself, as a request says it and as it is stored.
func forged(n int, as schema.Type) (value, stored any) {
	switch at := time.Date(2033, 1, 1, 0, n, 0, 0, time.UTC); as {
	case schema.Boolean:
		return true, true
	case schema.Number:
		return 1000 + n, int64(1000 + n)
	case schema.Date:
		return at.Format(time.RFC3339), at
	default:
		text := fmt.Sprint("forged", n)
		return text, text
	}
}
