package lastlogin_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/plugins/lastlogin"
)

const cookieName = "better-auth.last_used_login_method"

func serve(t *testing.T, o lastlogin.Options) *authtest.Server {
	t.Helper()
	return authtest.New(t, func(opts *auth.Options) { opts.Plugins = []auth.Plugin{lastlogin.New(o)} })
}

func signIn(c *authtest.Client, password string) authtest.Answer {
	return c.Post("/sign-in/email", map[string]string{"email": "ada@example.com", "password": password})
}

func TestTheBrowserIsToldHowItSignedIn(t *testing.T) {
	s := serve(t, lastlogin.Options{})
	c := s.SignedIn("ada@example.com")
	if got := c.Cookie(cookieName); got != "email" {
		t.Errorf("after sign-up %q", got)
	}
	line := signIn(s.Client(), authtest.Password).Want(t, http.StatusOK).SetsCookie(cookieName)
	if line != cookieName+"=email; Max-Age=2592000; Path=/; SameSite=Lax" {
		t.Errorf("after sign-in %q", line)
	}
	if line := signIn(s.Client(), "wrong password").SetsCookie(cookieName); line != "" {
		t.Errorf("after a refused sign-in %q", line)
	}
	if line := c.Get("/get-session").SetsCookie(cookieName); line != "" {
		t.Errorf("get-session sets %q", line)
	}
}

func TestNameLifeAndMethodMayBeChosen(t *testing.T) {
	s := serve(t, lastlogin.Options{CookieName: "how", MaxAge: time.Hour, Resolve: func(c *auth.Call) string {
		if c.Path == "/sign-in/email" {
			return "password"
		}
		return ""
	}})
	if got := s.SignedIn("ada@example.com").Cookie("how"); got != "email" {
		t.Errorf("what the function leaves open is %q", got)
	}
	if line := signIn(s.Client(), authtest.Password).SetsCookie("how"); !strings.HasPrefix(line, "how=password; Max-Age=3600;") {
		t.Errorf("%q", line)
	}
}

func TestTheMethodMayBeKeptInTheUsersRow(t *testing.T) {
	way := "first"
	s := serve(t, lastlogin.Options{StoreInDatabase: true, Resolve: func(*auth.Call) string { return way }})
	c := s.SignedIn("ada@example.com")
	if got := s.Row(schema.UserModel)["lastLoginMethod"]; got != "first" {
		t.Errorf("a new user has %v", got)
	}
	way = "second"
	signIn(s.Client(), authtest.Password).Want(t, http.StatusOK)
	if got := s.Row(schema.UserModel)["lastLoginMethod"]; got != "second" {
		t.Errorf("after another sign-in %v", got)
	}
	if got := c.Session().User["lastLoginMethod"]; got != "second" {
		t.Errorf("get-session answers %v", got)
	}
	c.Post("/update-user", map[string]string{"lastLoginMethod": "mine"})
	if got := s.Row(schema.UserModel)["lastLoginMethod"]; got != "second" {
		t.Errorf("a client set %v", got)
	}
}

func TestTheColumnMayBeRenamed(t *testing.T) {
	o := lastlogin.Options{StoreInDatabase: true}
	o.Schema.User.LastLoginMethod = "last_way"
	s := serve(t, o)
	if f := s.Context().Field(schema.UserModel, "lastLoginMethod"); f == nil || f.ColumnName() != "last_way" {
		t.Errorf("field %+v", f)
	}
	if f := serve(t, lastlogin.Options{}).Context().Field(schema.UserModel, "lastLoginMethod"); f != nil {
		t.Errorf("without the option there is a field %+v", f)
	}
}

func TestWaysInAreNamedByTheirRoute(t *testing.T) {
	for path, want := range map[string]string{
		"/callback/google": "google", "/oauth2/callback/okta": "okta", "/siwe/verify": "siwe",
		"/passkey/verify-authentication": "passkey", "/magic-link/verify": "magic-link", "/sign-up/email": "email", "/sign-in/username": "", "": "",
	} {
		if got := lastlogin.Method(&auth.Call{Path: path}); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	if got := lastlogin.Method(&auth.Call{Path: "/callback/:id", Params: map[string]string{"id": "github"}}); got != "github" {
		t.Errorf("a call from Go: %q", got)
	}
}
