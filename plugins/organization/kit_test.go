package organization_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/organization"
)

type obj = map[string]any

// world is a server with the plugin and people in it.
type world struct {
	*authtest.Server
	t      *testing.T
	people map[string]*authtest.Client
}

func newWorld(t *testing.T, o organization.Options, change func(o *auth.Options)) *world {
	t.Helper()
	s := authtest.New(t, func(opts *auth.Options) {
		opts.Plugins = []auth.Plugin{organization.New(o)}
		if change != nil {
			change(opts)
		}
	})
	return &world{s, t, map[string]*authtest.Client{}}
}

// as is the browser of somebody with a verified address, who signs up at the first use.
func (w *world) as(name string) *authtest.Client {
	w.t.Helper()
	c, known := w.people[name]
	if !known {
		c = w.SignedIn(name + "@example.com")
		w.people[name] = c
		w.Change("user", store.Record{"emailVerified": true}, store.Is("email", name+"@example.com"))
	}
	return c
}

// post is a call of an operation below /organization by somebody, which must have the status.
func (w *world) post(name, path string, body any, status int) authtest.Answer {
	w.t.Helper()
	return w.as(name).Post("/organization/"+path, body).Want(w.t, status)
}

func (w *world) get(name, path string, status int) authtest.Answer {
	w.t.Helper()
	return w.as(name).Get("/organization/"+path).Want(w.t, status)
}

// refused is a call that fails with a code.
func (w *world) refused(name, path string, body any, status int, code string) {
	w.t.Helper()
	if got := w.post(name, path, body, status).Code(); got != code {
		w.t.Errorf("%s of %s answered %q, want %q", path, name, got, code)
	}
}

// org makes an organization of somebody's and returns its id.
func (w *world) org(name, slug string) string {
	w.t.Helper()
	return text(w.post(name, "create", obj{"name": slug, "slug": slug}, http.StatusOK).Object(w.t)["id"])
}

// invite invites somebody and returns the invitation's id.
func (w *world) invite(by, name, role string, more obj) string {
	w.t.Helper()
	body := obj{"email": name + "@example.com", "role": role}
	for key, v := range more {
		body[key] = v
	}
	return text(w.post(by, "invite-member", body, http.StatusOK).Object(w.t)["id"])
}

// joins makes somebody a member and returns the member's id.
func (w *world) joins(by, name, role string) string {
	w.t.Helper()
	id := w.invite(by, name, role, nil)
	member := w.post(name, "accept-invitation", obj{"invitationId": id}, http.StatusOK).Object(w.t)["member"].(obj)
	return text(member["id"])
}

func (w *world) user(name string) string {
	w.t.Helper()
	w.as(name)
	return text(w.Row("user", store.Is("email", name+"@example.com"))["id"])
}

func (w *world) team(by, name string) string {
	w.t.Helper()
	return text(w.post(by, "create-team", obj{"name": name}, http.StatusOK).Object(w.t)["id"])
}

func text(v any) string { s, _ := v.(string); return s }

func teams(change func(o *organization.Options)) organization.Options {
	o := organization.Options{Teams: organization.Teams{Enabled: true}}
	if change != nil {
		change(&o)
	}
	return o
}

func dynamic() organization.Options {
	return organization.Options{
		AC: organization.Statements, DynamicAccessControl: organization.DynamicAccessControl{Enabled: true},
	}
}

func has(body, part string) bool { return strings.Contains(body, part) }
