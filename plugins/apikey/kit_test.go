package apikey_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store/memory"
	"github.com/goauth-dev/goauth/plugins/access"
	"github.com/goauth-dev/goauth/plugins/apikey"
)

// place is somewhere that keys are kept.
type place struct {
	name      string
	secondary bool
	change    func(c *apikey.Configuration)
}

// places are all ways to keep keys; every rule holds in each.
var places = []place{
	{"in the database", false, func(*apikey.Configuration) {}},
	{"in secondary storage", true, func(c *apikey.Configuration) { c.Storage = "secondary-storage" }},
	{"in both", true, func(c *apikey.Configuration) { c.Storage, c.FallbackToDatabase = "secondary-storage", true }},
}

// each runs a test for every place with a configuration that allows uses without end.
func each(t *testing.T, test func(t *testing.T, k *kit)) {
	for _, p := range places {
		t.Run(p.name, func(t *testing.T) {
			c := apikey.Configuration{RateLimit: apikey.RateLimit{MaxRequests: 1000}}
			p.change(&c)
			test(t, start(t, p.secondary, nil, c))
		})
	}
}

// kit is a server with a user and the user's browser.
type kit struct {
	*authtest.Server
	t    *testing.T
	ada  *authtest.Client
	user string
}

func start(t *testing.T, secondary bool, change func(o *auth.Options), configs ...apikey.Configuration) *kit {
	t.Helper()
	s := authtest.New(t, func(o *auth.Options) {
		o.Plugins = append(o.Plugins, apikey.New(apikey.Options{Configurations: configs}))
		if secondary {
			o.SecondaryStorage = memory.NewSecondary(o.Clock)
		}
		o.Advanced.Background.Await = true
		if change != nil {
			change(o)
		}
	})
	ada := s.SignedIn("ada@example.com")
	id, _ := s.Row(schema.UserModel)["id"].(string)
	return &kit{s, t, ada, id}
}

// create makes a key as the server itself, for the user unless it says otherwise.
func (k *kit) create(in apikey.CreateIn) *apikey.Created {
	k.t.Helper()
	if in.UserID == nil && in.OrganizationID == "" {
		in.UserID = &k.user
	}
	created, err := apikey.Create.Call(k.t.Context(), k, in)
	if err != nil {
		k.t.Fatalf("create: %v", err)
	}
	return created
}

func (k *kit) verify(in apikey.VerifyIn) *apikey.VerifyOut {
	k.t.Helper()
	out, err := apikey.Verify.Call(k.t.Context(), k, in)
	if err != nil {
		k.t.Fatalf("verify: %v", err)
	}
	return out
}

// want verifies a key and compares the code; "" is a good key.
func (k *kit) want(code, key string) *apikey.VerifyOut {
	k.t.Helper()
	out := k.verify(apikey.VerifyIn{Key: key})
	got := ""
	if out.Error != nil {
		got = out.Error.Code
	}
	if got != code || out.Valid != (code == "") {
		k.t.Fatalf("verified: valid %v, code %q; want %q", out.Valid, got, code)
	}
	return out
}

func ptr[T any](v T) *T { return &v }

// byKey asks a path with a key instead of cookies.
func (k *kit) byKey(path, key string) authtest.Answer {
	k.t.Helper()
	return k.Client().Do(authtest.Request{Path: path, Header: http.Header{"X-Api-Key": {key}}})
}

// memberships is an organization plugin of one organization: owners may all, members nothing.
func memberships(roles map[string]string) auth.Plugin {
	service := access.Memberships(func(_ *auth.Call, userID, organizationID string, _ access.Permissions) (access.Standing, error) {
		switch role := roles[userID]; {
		case organizationID != "org-1" || role == "":
			return access.Stranger, nil
		case role == "owner":
			return access.Permitted, nil
		default:
			return access.Member, nil
		}
	})
	return auth.Plugin{ID: "organization", Services: []any{service}}
}

type ctx = context.Context

func isCode(err error, code auth.Code) bool { return errors.Is(err, code) }

// newError is why a server with these configurations cannot be made.
func newError(t *testing.T, configs ...apikey.Configuration) error {
	s := authtest.NewUnserved(t, nil)
	o := s.Options()
	o.BaseURL, o.Plugins = "http://localhost:3000", []auth.Plugin{apikey.New(apikey.Options{Configurations: configs})}
	_, err := core.New(o)
	return err
}

// asAda makes a call from Go on behalf of ada's browser.
func asAda(k *kit) auth.CallOption { return auth.WithHeader(k.ada.Header()) }
