package anonymous_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/memory"
	"github.com/goauth-dev/goauth/plugins/anonymous"
)

type fields = map[string]any

func serve(t *testing.T, o anonymous.Options, more ...func(*auth.Options)) *authtest.Server {
	t.Helper()
	return authtest.New(t, func(opts *auth.Options) {
		opts.Plugins = []auth.Plugin{anonymous.New(o)}
		for _, change := range more {
			change(opts)
		}
	})
}

func visitor(t *testing.T, s *authtest.Server) *authtest.Client {
	t.Helper()
	c := s.Client()
	c.Post("/sign-in/anonymous", nil).Want(t, http.StatusOK)
	return c
}

func TestAVisitorIsSignedIn(t *testing.T) {
	for name, tt := range map[string]struct {
		o           anonymous.Options
		email, name string
	}{
		"default":       {anonymous.Options{}, ".com", "Anonymous"},
		"one domain":    {anonymous.Options{EmailDomainName: "anon.test"}, "@anon.test", "Anonymous"},
		"own address":   {anonymous.Options{GenerateRandomEmail: func(context.Context) (string, error) { return "guest@x.test", nil }}, "guest@x.test", "Anonymous"},
		"none of its":   {anonymous.Options{GenerateRandomEmail: func(context.Context) (string, error) { return "", nil }}, ".com", "Anonymous"},
		"own name":      {anonymous.Options{GenerateName: func(*auth.Call) (string, error) { return "Guest", nil }}, ".com", "Guest"},
		"an empty name": {anonymous.Options{GenerateName: func(*auth.Call) (string, error) { return "", nil }}, ".com", "Anonymous"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, tt.o)
			user := visitor(t, s).Session().User
			if user["isAnonymous"] != true || user["emailVerified"] != false || user["name"] != tt.name || !strings.HasSuffix(user["email"].(string), tt.email) {
				t.Errorf("user %v", user)
			}
		})
	}
}

func TestAMadeUpAddressMustBeOne(t *testing.T) {
	s := serve(t, anonymous.Options{GenerateRandomEmail: func(context.Context) (string, error) { return "no address", nil }})
	if res := s.Client().Post("/sign-in/anonymous", nil); res.Status != 400 || res.Code() != "INVALID_EMAIL_FORMAT" {
		t.Errorf("%d %s", res.Status, res.Body)
	}
	if s.Count(schema.UserModel) != 0 {
		t.Error("a user was created")
	}
}

func TestAVisitorDoesNotBecomeAnother(t *testing.T) {
	s := serve(t, anonymous.Options{})
	res := visitor(t, s).Post("/sign-in/anonymous", nil)
	if res.Status != 400 || res.Code() != "ANONYMOUS_USERS_CANNOT_SIGN_IN_AGAIN_ANONYMOUSLY" || s.Count(schema.UserModel) != 1 {
		t.Errorf("%d %s, %d users", res.Status, res.Body, s.Count(schema.UserModel))
	}
}

func TestWhoSignsUpTakesTheVisitorsPlace(t *testing.T) {
	for name, tt := range map[string]struct {
		keep  bool
		users int
	}{"deleted": {false, 1}, "kept": {true, 2}} {
		t.Run(name, func(t *testing.T) {
			var linked []string
			s := serve(t, anonymous.Options{
				DisableDeleteAnonymousUser: tt.keep,
				OnLinkAccount: func(_ *auth.Call, l anonymous.Link) error {
					linked = append(linked, l.Anonymous.User.Name+" "+l.New.User.Name)
					return nil
				},
			})
			c := visitor(t, s)
			c.SignUp("ada@example.com")
			if len(linked) != 1 || linked[0] != "Anonymous Some Body" || s.Count(schema.UserModel) != tt.users {
				t.Errorf("linked %v, %d users", linked, s.Count(schema.UserModel))
			}
			if got := c.Session().User["email"]; got != "ada@example.com" {
				t.Errorf("signed in as %v", got)
			}
		})
	}
}

func TestAFailedMoveKeepsTheVisitor(t *testing.T) {
	s := serve(t, anonymous.Options{OnLinkAccount: func(*auth.Call, anonymous.Link) error { return errors.New("no") }})
	c := visitor(t, s)
	c.Post("/sign-up/email", fields{"name": "Ada", "email": "ada@example.com", "password": authtest.Password}).Want(t, http.StatusInternalServerError)
	if n := s.Count(schema.UserModel, store.Is("isAnonymous", true)); n != 1 {
		t.Errorf("%d visitors", n)
	}
}

func TestUP002_ADeletedVisitorHasNoSessionLeft(t *testing.T) {
	for name, change := range map[string]func(*auth.Options){
		"database": func(*auth.Options) {},
		"redis":    func(o *auth.Options) { o.SecondaryStorage = memory.NewSecondary(o.Clock) },
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, anonymous.Options{}, change)
			c := visitor(t, s)
			thief := s.Client()
			thief.SetCookie("better-auth.session_token", c.Cookie("better-auth.session_token"))
			if thief.Session() == nil {
				t.Fatal("the copy of the cookie is no session")
			}
			c.Post("/delete-anonymous-user", nil).Want(t, http.StatusOK)
			if thief.Session() != nil || s.Count(schema.UserModel) != 0 {
				t.Error("the session lives on")
			}
		})
	}
}

func TestWhoMayNotBeDeleted(t *testing.T) {
	s := serve(t, anonymous.Options{})
	if res := s.SignedIn("ada@example.com").Post("/delete-anonymous-user", nil); res.Status != 403 || res.Code() != "USER_IS_NOT_ANONYMOUS" {
		t.Errorf("%d %s", res.Status, res.Body)
	}
	if res := s.Client().Post("/delete-anonymous-user", nil); res.Status != 401 {
		t.Errorf("%d %s", res.Status, res.Body)
	}
	kept := serve(t, anonymous.Options{DisableDeleteAnonymousUser: true})
	if res := visitor(t, kept).Post("/delete-anonymous-user", nil); res.Status != 400 || res.Code() != "DELETE_ANONYMOUS_USER_DISABLED" {
		t.Errorf("%d %s", res.Status, res.Body)
	}
}

func TestGAP013_NobodyMakesHimselfAnonymous(t *testing.T) {
	s := serve(t, anonymous.Options{})
	if res := s.SignedIn("ada@example.com").Post("/update-user", fields{"isAnonymous": true}); res.Status != 400 {
		t.Errorf("%d %s", res.Status, res.Body)
	}
}
