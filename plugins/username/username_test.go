package username_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/username"
)

type fields = map[string]any

func serve(t *testing.T, o username.Options, more ...func(*auth.Options)) *authtest.Server {
	t.Helper()
	return authtest.New(t, func(opts *auth.Options) {
		opts.Plugins = []auth.Plugin{username.New(o)}
		for _, change := range more {
			change(opts)
		}
	})
}

func signUp(c *authtest.Client, email string, names fields) authtest.Answer {
	body := fields{"name": "Ada", "email": email, "password": authtest.Password}
	for key, v := range names {
		body[key] = v
	}
	return c.Post("/sign-up/email", body)
}

func signIn(c *authtest.Client, name, password string) authtest.Answer {
	return c.Post("/sign-in/username", fields{"username": name, "password": password})
}

func TestANameSignsItsOwnerIn(t *testing.T) {
	s := serve(t, username.Options{})
	signUp(s.Client(), "ada@example.com", fields{"username": "Ada.L_1"}).Want(t, http.StatusOK)
	row := s.Row(schema.UserModel)
	if row["username"] != "ada.l_1" || row["displayUsername"] != "Ada.L_1" {
		t.Errorf("stored %v and %v", row["username"], row["displayUsername"])
	}
	for _, name := range []string{"ada.l_1", "ADA.L_1"} {
		c := s.Client()
		res := signIn(c, name, authtest.Password).Want(t, http.StatusOK).Object(t)
		if c.Session() == nil || res["token"] == "" || res["user"].(fields)["username"] != "ada.l_1" {
			t.Errorf("%s: %v", name, res)
		}
	}
}

func TestWhatSignInAnswers(t *testing.T) {
	s := serve(t, username.Options{})
	signUp(s.Client(), "ada@example.com", fields{"username": "ada"}).Want(t, http.StatusOK)
	for name, tt := range map[string]struct {
		body   fields
		status int
		code   string
	}{
		"wrong password":  {fields{"username": "ada", "password": "wrong password"}, 401, "INVALID_USERNAME_OR_PASSWORD"},
		"unknown name":    {fields{"username": "bob", "password": authtest.Password}, 401, "INVALID_USERNAME_OR_PASSWORD"},
		"no name":         {fields{"username": "", "password": authtest.Password}, 401, "INVALID_USERNAME_OR_PASSWORD"},
		"no password":     {fields{"username": "ada", "password": ""}, 401, "INVALID_USERNAME_OR_PASSWORD"},
		"too short":       {fields{"username": "ab", "password": "x"}, 422, "USERNAME_TOO_SHORT"},
		"too long":        {fields{"username": strings.Repeat("a", 31), "password": "x"}, 422, "USERNAME_TOO_LONG"},
		"other signs":     {fields{"username": "a b c", "password": "x"}, 422, "INVALID_USERNAME"},
		"no text":         {fields{"username": 7, "password": "x"}, 400, "VALIDATION_ERROR"},
		"an e-mail":       {fields{"username": "ada@example.com", "password": "x"}, 422, "INVALID_USERNAME"},
		"GO-004 a Kelvin": {fields{"username": "\u212Aada", "password": "x"}, 422, "INVALID_USERNAME"},
	} {
		t.Run(name, func(t *testing.T) {
			if res := s.Client().Post("/sign-in/username", tt.body); res.Status != tt.status || res.Code() != tt.code {
				t.Errorf("%d %s", res.Status, res.Body)
			}
		})
	}
}

func TestNamesFollowTheRulesAtSignUpAndUpdate(t *testing.T) {
	s := serve(t, username.Options{DisplayUsernameValidator: func(_ context.Context, name string) (bool, error) { return name != "bad", nil }})
	signUp(s.Client(), "ada@example.com", fields{"username": "ada"}).Want(t, http.StatusOK)
	bob := s.SignedIn("bob@example.com")
	for name, tt := range map[string]struct {
		names fields
		code  string
	}{
		"short":                {fields{"username": "ab"}, "USERNAME_TOO_SHORT"},
		"long":                 {fields{"username": strings.Repeat("a", 31)}, "USERNAME_TOO_LONG"},
		"blank in it":          {fields{"username": "a b"}, "INVALID_USERNAME"},
		"taken":                {fields{"username": "ada"}, "USERNAME_IS_ALREADY_TAKEN"},
		"taken, in other case": {fields{"username": "ADA"}, "USERNAME_IS_ALREADY_TAKEN"},
		"bad display name":     {fields{"username": "carol", "displayUsername": "bad"}, "INVALID_DISPLAY_USERNAME"},
	} {
		t.Run(name, func(t *testing.T) {
			if res := signUp(s.Client(), "x@example.com", tt.names); res.Status != 400 || res.Code() != tt.code {
				t.Errorf("sign-up: %d %s", res.Status, res.Body)
			}
			if res := bob.Post("/update-user", tt.names); res.Status != 400 || res.Code() != tt.code {
				t.Errorf("update: %d %s", res.Status, res.Body)
			}
		})
	}
	bob.Post("/update-user", fields{"username": "Bob"}).Want(t, http.StatusOK)
	bob.Post("/update-user", fields{"username": "BOB"}).Want(t, http.StatusOK)
	signIn(s.Client(), "bob", authtest.Password).Want(t, http.StatusOK)
}

func TestUP124_EveryWayToCreateAUserHoldsNamesAgainstTheRules(t *testing.T) {
	s := serve(t, username.Options{})
	signUp(s.Client(), "ada@example.com", fields{"username": "ada"}).Want(t, http.StatusOK)
	for name, want := range map[string]string{"A B!": "INVALID_USERNAME", "ab": "USERNAME_TOO_SHORT", "ADA": "USERNAME_IS_ALREADY_TAKEN"} {
		_, err := account.CreateUser(s.Context().NewCall(t.Context()), store.Record{"name": "x", "email": "x@example.com", "emailVerified": false, "username": name})
		failure, failed := errors.AsType[*auth.Error](err)
		if !failed || failure.Status != 400 || failure.Code.ID != want {
			t.Errorf("%q: %v, want %s", name, err, want)
		}
	}
	u, err := account.CreateUser(s.Context().NewCall(t.Context()), store.Record{"name": "x", "email": "x@example.com", "emailVerified": false, "username": "Bob"})
	if err != nil || u.Extra["username"] != "bob" {
		t.Errorf("%v, %v", u, err)
	}
	signUp(s.Client(), "y@example.com", fields{"displayUsername": "Not A Name"}).Want(t, http.StatusOK)
	if row := s.Row(schema.UserModel, store.Is("email", "y@example.com")); row["username"] != nil || row["displayUsername"] != "Not A Name" {
		t.Errorf("a display name became the name: %v", row)
	}
	signUp(s.Client(), "z@example.com", fields{"displayUsername": "Carol"}).Want(t, http.StatusOK)
	if row := s.Row(schema.UserModel, store.Is("email", "z@example.com")); row["username"] != "carol" {
		t.Errorf("a good display name did not: %v", row)
	}
}

func TestRACE015_OneNameGoesToOneUser(t *testing.T) {
	s := serve(t, username.Options{})
	var group sync.WaitGroup
	statuses := make([]int, 20)
	for i := range statuses {
		group.Go(func() {
			statuses[i] = signUp(s.Client(), string(rune('a'+i))+"@example.com", fields{"username": "wanted"}).Status
		})
	}
	group.Wait()
	won := 0
	for _, status := range statuses {
		if status == http.StatusOK {
			won++
		} else if status >= 500 {
			t.Errorf("answered %d", status)
		}
	}
	if won != 1 || s.Count(schema.UserModel) != 1 || s.Count(schema.AccountModel) != 1 {
		t.Errorf("%d won, %d users, %d accounts", won, s.Count(schema.UserModel), s.Count(schema.AccountModel))
	}
}

func TestPEER028_WrongPasswordsCountByUserWhateverTheName(t *testing.T) {
	s := serve(t, username.Options{}, func(o *auth.Options) { o.EmailAndPassword.SignInThrottle.MaxFailures = 4 })
	signUp(s.Client(), "ada@example.com", fields{"username": "ada"}).Want(t, http.StatusOK)
	for range 2 {
		signIn(s.Client(), "ada", "wrong").Want(t, http.StatusUnauthorized)
		s.Client().Post("/sign-in/email", fields{"email": "ada@example.com", "password": "wrong"}).Want(t, http.StatusUnauthorized)
	}
	signIn(s.Client(), "Ada", authtest.Password).Want(t, http.StatusTooManyRequests)
}

func TestAnUnverifiedAddressSignsInByNoName(t *testing.T) {
	s := serve(t, username.Options{}, func(o *auth.Options) {
		o.EmailAndPassword.RequireEmailVerification, o.EmailVerification.SendOnSignIn, o.EmailVerification.SendOnSignUp = true, true, option.Off
	})
	signUp(s.Client(), "ada@example.com", fields{"username": "ada"}).Want(t, http.StatusOK)
	if res := signIn(s.Client(), "ada", "wrong"); res.Status != 401 {
		t.Errorf("wrong password: %d", res.Status)
	}
	if res := signIn(s.Client(), "ada", authtest.Password); res.Status != 403 || res.Code() != "EMAIL_NOT_VERIFIED" {
		t.Errorf("%d %s", res.Status, res.Body)
	}
	if m := s.Outbox.Wait(1); m.Kind != "verify" || m.To != "ada@example.com" {
		t.Errorf("mail %+v", m)
	}
}

func TestNormalizationAndItsOrder(t *testing.T) {
	upper := func(name string) string { return strings.ToUpper(name) }
	onlyUpper := func(_ context.Context, name string) (bool, error) { return name == strings.ToUpper(name), nil }
	for name, tt := range map[string]struct {
		o      username.Options
		given  string
		status int
		stored any
	}{
		"none":                 {username.Options{NormalizeUsername: option.Off}, "Ada", 200, "Ada"},
		"custom":               {username.Options{UsernameNormalization: upper}, "Ada", 200, "ADA"},
		"validated as given":   {username.Options{UsernameNormalization: upper, UsernameValidator: onlyUpper}, "Ada", 400, nil},
		"validated normalized": {username.Options{UsernameNormalization: upper, UsernameValidator: onlyUpper, ValidationOrder: username.ValidationOrder{Username: "post-normalization"}}, "Ada", 200, "ADA"},
		"of the display name":  {username.Options{DisplayUsernameNormalization: strings.TrimSpace}, "Ada", 200, "ada"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, tt.o)
			signUp(s.Client(), "ada@example.com", fields{"username": tt.given, "displayUsername": " Ada "}).Want(t, tt.status)
			for _, row := range s.Rows(schema.UserModel) {
				if row["username"] != tt.stored {
					t.Errorf("stored %v", row["username"])
				}
				if tt.o.DisplayUsernameNormalization != nil && row["displayUsername"] != "Ada" {
					t.Errorf("stored %q", row["displayUsername"])
				}
			}
		})
	}
}

func TestWhetherANameIsFree(t *testing.T) {
	s := serve(t, username.Options{MinUsernameLength: 4, MaxUsernameLength: 6})
	signUp(s.Client(), "ada@example.com", fields{"username": "lovel"}).Want(t, http.StatusOK)
	for name, want := range map[string]string{
		"LOVEL": `{"available":false}`, "other": `{"available":true}`, "ada": "USERNAME_TOO_SHORT", "lovelace": "USERNAME_TOO_LONG",
		"a b c": "INVALID_USERNAME", "": "INVALID_USERNAME",
	} {
		res := s.Client().Post("/is-username-available", fields{"username": name})
		if !strings.Contains(res.Body, want) {
			t.Errorf("%q: %d %s", name, res.Status, res.Body)
		}
	}
	out, err := username.IsAvailable.Call(t.Context(), s, username.IsAvailableIn{Username: "freed"})
	if err != nil || !out.Available {
		t.Errorf("%v, %v", out, err)
	}
}

func TestColumnsCanHaveOtherNames(t *testing.T) {
	s := serve(t, username.Options{Schema: schema.Renames{"user": {Fields: map[string]string{"username": "login"}}}})
	if got := s.Context().Schema.Table("user").Field("username").ColumnName(); got != "login" {
		t.Errorf("column %q", got)
	}
}
