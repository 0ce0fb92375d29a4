package core_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/routes"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

func TestAProviderSignsPeopleUpAndIn(t *testing.T) {
	o := newOutside()
	s := socialServer(t, o, nil)
	o.googleSays(newIDP(), googleClaims(s, "sub-1", "Ada@Example.com"))
	c := s.Client()
	if to := through(t, c, "google", map[string]any{"newUserCallbackURL": "/new"}); to != "/new" {
		t.Fatalf("a new user is sent to %s", to)
	}
	if found := c.Session(); found == nil || found.User["email"] != "ada@example.com" || found.User["emailVerified"] != true {
		t.Fatalf("session %v", found)
	}
	account := s.Row(schema.AccountModel)
	for name, want := range map[string]any{
		"providerId": "google", "accountId": "sub-1", "accessToken": "at-sub-1", "refreshToken": "rt-1", "scope": "email,profile",
		"accessTokenExpiresAt": s.Clock.Now().Add(time.Hour),
	} {
		if diff := cmp.Diff(want, account[name]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if n := s.Count(schema.VerificationModel); n != 0 {
		t.Errorf("%d states are left", n)
	}
	again := s.Client()
	if to := through(t, again, "google", map[string]any{"newUserCallbackURL": "/new"}); to != "/welcome" {
		t.Errorf("a returning user is sent to %s", to)
	}
	if users, accounts := s.Count(schema.UserModel), s.Count(schema.AccountModel); users != 1 || accounts != 1 {
		t.Errorf("%d users, %d accounts", users, accounts)
	}
}

func TestAnIDTokenSignsIn(t *testing.T) {
	o, p := newOutside(), newIDP()
	s := socialServer(t, o, nil)
	claims := googleClaims(s, "sub-1", "ada@example.com")
	claims["nonce"] = "n-1"
	o.googleSays(p, claims)
	c := s.Client()
	body := map[string]any{"provider": "google", "idToken": map[string]any{"token": p.token(claims), "nonce": "n-1", "accessToken": "at"}}
	res := c.Post("/sign-in/social", body).Want(t, http.StatusOK)
	if got := res.Object(t); got["redirect"] != false || got["token"] == "" || got["user"] == nil || got["url"] != nil {
		t.Errorf("answer %v", got)
	}
	if c.Session() == nil {
		t.Error("nobody is signed in")
	}
	if row := s.Row(schema.AccountModel); row["accessToken"] != "at" || row["idToken"] != nil {
		t.Errorf("account %v", row)
	}
}

func TestSignInAtAProviderFailsWithItsSlug(t *testing.T) {
	verified := map[string]any{"id": 1, "login": "ada", "email": "ada@example.com"}
	emails := []any{map[string]any{"email": "ada@example.com", "verified": true}}
	for name, tt := range map[string]struct {
		change func(*auth.Options)
		before func(t *testing.T, s *authtest.Server, o *outside)
		query  string
		want   string
	}{
		"the provider refused": {query: "error=access_denied&error_description=no+thanks", want: "/error?error=access_denied&error_description=no+thanks"},
		"no code":              {query: "", want: "/error?error=no_code"},
		"the code is wrong": {query: "code=c", before: func(_ *testing.T, _ *authtest.Server, o *outside) {
			o.handle("github.com/login/oauth/access_token", nil)
		}, want: "/error?error=invalid_code"},
		"the code is wrong with 200": {query: "code=c", before: func(_ *testing.T, _ *authtest.Server, o *outside) {
			o.answer("github.com/login/oauth/access_token", map[string]any{"error": "bad_verification_code"})
		}, want: "/error?error=invalid_code"},
		"no user": {query: "code=c", before: func(_ *testing.T, _ *authtest.Server, o *outside) { o.handle("api.github.com/user", nil) }, want: "/error?error=unable_to_get_user_info"},
		"no address": {query: "code=c", before: func(_ *testing.T, _ *authtest.Server, o *outside) {
			o.githubSays(map[string]any{"id": 1, "login": "a"}, []any{})
		}, want: "/error?error=email_not_found"},
		"sign-up is off":            {query: "code=c", change: github(oauth2.Options{DisableSignUp: true}), want: "/error?error=signup_disabled"},
		"implicit sign-up is off":   {query: "code=c", change: github(oauth2.Options{DisableImplicitSignUp: true}), want: "/error?error=signup_disabled"},
		"the hook refuses the user": {query: "code=c", change: func(o *auth.Options) { o.DatabaseHooks.User.BeforeCreate = abort }, want: "/error?error=unable_to_create_user"},
		"the hook answers": {query: "code=c", change: func(o *auth.Options) {
			o.DatabaseHooks.User.BeforeCreate = func(context.Context, *auth.Call, store.Record) (store.Record, error) {
				return nil, auth.FailText(http.StatusForbidden, "not on the list")
			}
		}, want: "/error?error=not_on_the_list"},
		"the hook refuses the session":  {query: "code=c", change: func(o *auth.Options) { o.DatabaseHooks.Session.BeforeCreate = abort }, want: "/error?error=unable_to_create_session"},
		"the error page of the options": {query: "", change: func(o *auth.Options) { o.OnAPIError.ErrorURL = "https://app.example/oops?a=1" }, want: "https://app.example/oops?a=1&error=no_code"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOutside()
			o.githubSays(verified, emails)
			s := socialServer(t, o, tt.change)
			if tt.before != nil {
				tt.before(t, s, o)
			}
			c := s.Client()
			state := begin(t, c, "/sign-in/social", "github", nil)
			res := c.Get("/callback/github?"+tt.query+"&state="+url.QueryEscape(state)).Want(t, http.StatusFound)
			if got := strings.TrimPrefix(res.Header.Get("Location"), s.URL+authtest.BasePath); got != tt.want {
				t.Errorf("sent to %s, want %s", got, tt.want)
			}
			if n := s.Count(schema.UserModel) + s.Count(schema.AccountModel) + s.Count(schema.SessionModel); n != 0 {
				t.Errorf("%d rows were written", n)
			}
			if c.Session() != nil {
				t.Error("somebody is signed in")
			}
		})
	}
}

func abort(context.Context, *auth.Call, store.Record) (store.Record, error) {
	return nil, auth.ErrAbort
}

func github(o oauth2.Options) func(*auth.Options) {
	o.ClientID, o.ClientSecret = "github-id", "s"
	return func(opts *auth.Options) { opts.SocialProviders["github"] = o }
}

func TestErrorsGoWhereTheClientWants(t *testing.T) {
	s := socialServer(t, newOutside(), nil)
	c := s.Client()
	state := begin(t, c, "/sign-in/social", "github", map[string]any{"errorCallbackURL": "/oops"})
	if to := finish(t, c, "github", state); to != "/oops?error=invalid_code" {
		t.Errorf("sent to %s", to)
	}
}

func TestARequestedSignUpPassesWhereImplicitOnesDoNot(t *testing.T) {
	o := newOutside()
	o.githubSays(map[string]any{"id": 1, "login": "a", "email": "a@example.com"}, []any{})
	s := socialServer(t, o, github(oauth2.Options{DisableImplicitSignUp: true}))
	if to := through(t, s.Client(), "github", map[string]any{"requestSignUp": true}); to != "/welcome" {
		t.Errorf("sent to %s", to)
	}
}

func TestTheStateIsOneBrowsersAndUsedOnce(t *testing.T) {
	for _, strategy := range []string{"database", "cookie"} {
		t.Run(strategy, func(t *testing.T) {
			o := newOutside()
			o.githubSays(map[string]any{"id": 1, "login": "a", "email": "a@example.com"}, []any{})
			s := socialServer(t, o, func(opts *auth.Options) { opts.Account.StoreStateStrategy = strategy })
			c, other := s.Client(), s.Client()
			state := begin(t, c, "/sign-in/social", "github", nil)
			if to := finish(t, other, "github", state); !strings.Contains(to, map[string]string{"database": "state_mismatch", "cookie": "please_restart"}[strategy]) {
				t.Errorf("another browser is sent to %s", to)
			}
			if to := finish(t, c, "github", "x"+state); !strings.Contains(to, map[string]string{"cookie": "state_mismatch", "database": "please_restart"}[strategy]) {
				t.Errorf("another state is sent to %s", to)
			}
			if to := finish(t, c, "github", state); to != "/welcome" {
				t.Errorf("the browser itself is sent to %s", to)
			}
			if to := finish(t, c, "github", state); !strings.Contains(to, "please_restart") {
				t.Errorf("the second time it is sent to %s", to)
			}
			late := begin(t, c, "/sign-in/social", "github", nil)
			s.Clock.Advance(11 * time.Minute)
			if to := finish(t, c, "github", late); to == "/welcome" {
				t.Error("a late answer is taken")
			}
		})
	}
}

func TestAdditionalDataGoesAlongAndReplacesNothing(t *testing.T) {
	var seen []string
	o := newOutside()
	o.githubSays(map[string]any{"id": 1, "login": "a", "email": "a@example.com"}, []any{})
	s := socialServer(t, o, func(opts *auth.Options) {
		opts.DatabaseHooks.User.BeforeCreate = func(_ context.Context, c *auth.Call, _ store.Record) (store.Record, error) {
			for _, name := range []string{"invite", "errorURL", "newUserURL", "callbackURL"} {
				v, _ := c.OAuthState.Get(name)
				text, _ := v.(string)
				seen = append(seen, name+"="+text)
			}
			return nil, nil
		}
	})
	extra := map[string]any{"invite": "i-1", "errorURL": "https://evil.tld", "newUserURL": "https://evil.tld", "callbackURL": "https://evil.tld", "link": map[string]any{"userId": "x", "email": "y"}}
	if to := through(t, s.Client(), "github", map[string]any{"additionalData": extra}); to != "/welcome" {
		t.Errorf("sent to %s", to)
	}
	if diff := cmp.Diff([]string{"invite=i-1", "errorURL=", "newUserURL=", "callbackURL=/welcome"}, seen); diff != "" {
		t.Error(diff)
	}
}

func TestAFormOfTheProviderBecomesAGet(t *testing.T) {
	s := socialServer(t, newOutside(), nil)
	form := url.Values{"code": {"1"}, "state": {"b"}, "user": {`{"a":1}`}, "other": {"x"}}.Encode()
	res := s.Client().Do(authtest.Request{Path: "/callback/apple?state=q", Body: form, Type: auth.MediaForm}).Want(t, http.StatusFound)
	if got, want := res.Header.Get("Location"), s.URL+authtest.BasePath+"/callback/apple?code=1&state=q&user=%7B%22a%22%3A1%7D"; got != want {
		t.Errorf("sent to %s, want %s", got, want)
	}
}

func TestAccountsAreLinkedOnRequest(t *testing.T) {
	person := func(email string, verified bool) func(o *outside) {
		return func(o *outside) {
			o.githubSays(map[string]any{"id": 7, "login": "ada", "email": email}, []any{map[string]any{"email": email, "verified": verified}})
		}
	}
	for name, tt := range map[string]struct {
		says   func(o *outside)
		change func(*auth.Options)
		want   string
	}{
		"the same address":                         {says: person("ada@example.com", true), want: "/welcome"},
		"an address nobody verified":               {says: person("ada@example.com", false), want: "/error?error=unable_to_link_account"},
		"nobody verified, the provider is trusted": {says: person("ada@example.com", false), want: "/welcome", change: func(o *auth.Options) { o.Account.AccountLinking.TrustedProviders = []string{"github"} }},
		"another address":                          {says: person("b@example.com", true), want: "/error?error=email_doesn%27t_match"},
		"another address where that is allowed":    {says: person("b@example.com", true), want: "/welcome", change: func(o *auth.Options) { o.Account.AccountLinking.AllowDifferentEmails = true }},
		"linking is off":                           {says: person("ada@example.com", true), want: "/error?error=unable_to_link_account", change: func(o *auth.Options) { o.Account.AccountLinking.Enabled = option.Off }},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOutside()
			tt.says(o)
			s := socialServer(t, o, tt.change)
			c := s.SignedIn("ada@example.com")
			to := finish(t, c, "github", begin(t, c, "/link-social", "github", nil))
			if to != tt.want {
				t.Errorf("sent to %s, want %s", to, tt.want)
			}
			want := 1
			if tt.want == "/welcome" {
				want = 2
			}
			if n := s.Count(schema.AccountModel); n != want {
				t.Errorf("%d accounts, want %d", n, want)
			}
		})
	}
}

func TestAnAccountOfSomebodyElseIsNotLinked(t *testing.T) {
	o := newOutside()
	o.githubSays(map[string]any{"id": 7, "login": "ada", "email": "grace@example.com"}, []any{map[string]any{"email": "grace@example.com", "verified": true}})
	s := socialServer(t, o, func(opts *auth.Options) { opts.Account.AccountLinking.AllowDifferentEmails = true })
	through(t, s.Client(), "github", nil)
	c := s.SignedIn("ada@example.com")
	if to := finish(t, c, "github", begin(t, c, "/link-social", "github", nil)); to != "/error?error=account_already_linked_to_different_user" {
		t.Errorf("sent to %s", to)
	}
}

func TestAnIDTokenLinks(t *testing.T) {
	o, p := newOutside(), newIDP()
	s := socialServer(t, o, func(opts *auth.Options) { opts.Account.AccountLinking.UpdateUserInfoOnLink = true })
	c := s.SignedIn("ada@example.com")
	claims := googleClaims(s, "sub-1", "ada@example.com")
	o.googleSays(p, claims)
	body := func(claims map[string]any) map[string]any {
		return map[string]any{"provider": "google", "idToken": map[string]any{"token": p.token(claims), "scopes": []string{"a", "b"}}}
	}
	for range 2 { // the second time it is linked already
		if res := c.Post("/link-social", body(claims)).Want(t, http.StatusOK); res.Body != `{"url":"","status":true,"redirect":false}` {
			t.Errorf("answer %s", res.Body)
		}
	}
	if row := s.Row(schema.AccountModel, store.Is("providerId", "google")); row["scope"] != "a,b" || row["idToken"] == nil {
		t.Errorf("account %v", row)
	}
	if user := s.Row(schema.UserModel); user["name"] != "Ada Lovelace" || user["image"] != "https://pictures.example/ada" {
		t.Errorf("user %v", user)
	}
	for want, change := range map[string]func(map[string]any){
		"LINKING_DIFFERENT_EMAILS_NOT_ALLOWED": func(m map[string]any) { m["sub"], m["email"] = "sub-2", "b@example.com" },
		"LINKING_NOT_ALLOWED":                  func(m map[string]any) { m["sub"], m["email_verified"] = "sub-3", false },
		"USER_EMAIL_NOT_FOUND":                 func(m map[string]any) { delete(m, "email") },
		"INVALID_TOKEN":                        func(m map[string]any) { m["aud"] = "other" },
	} {
		changed := googleClaims(s, "sub-1", "ada@example.com")
		change(changed)
		if res := c.Post("/link-social", body(changed)); res.Status != http.StatusUnauthorized || res.Code() != want {
			t.Errorf("%s: %d %s", want, res.Status, res.Body)
		}
	}
}

func TestProvidersTellWhatTheyCannot(t *testing.T) {
	s := socialServer(t, newOutside(), nil)
	c := s.Client()
	for body, want := range map[string]string{
		`{"provider":"nope"}`:                             "404 PROVIDER_NOT_FOUND",
		`{"provider":"github","idToken":{"token":"x"}}`:   "404 ID_TOKEN_NOT_SUPPORTED",
		`{"provider":"google","idToken":{"token":"x"}}`:   "401 INVALID_TOKEN",
		`{"provider":"google","scopes":[1],"idToken":{}}`: "400 VALIDATION_ERROR",
	} {
		res := c.Post("/sign-in/social", body)
		if got := http.StatusText(res.Status); got == "" || want != strings.Join([]string{itoa(res.Status), res.Code()}, " ") {
			t.Errorf("%s: %d %s, want %s", body, res.Status, res.Body, want)
		}
	}
}

func TestOptionsThatNoProviderReadsAreRefused(t *testing.T) {
	for id, o := range map[string]oauth2.Options{
		"github": {ClientID: "x", HD: "example.com"}, "nope": {ClientID: "x"}, "google": {ClientID: "x", ClientIDs: []string{"y"}},
	} {
		opts := auth.Options{Secret: authtest.Secret, SocialProviders: map[string]oauth2.Options{id: o}}
		if _, err := newAuth(opts); err == nil || !strings.Contains(err.Error(), "socialProviders."+id) {
			t.Errorf("%s: %v", id, err)
		}
	}
}

func TestUP139_AStateThatFitsNoCookieIsTheClientsFault(t *testing.T) {
	s := socialServer(t, newOutside(), func(opts *auth.Options) { opts.Account.StoreStateStrategy = "cookie" })
	c := s.Client()
	res := c.Post("/sign-in/social", map[string]any{"provider": "google", "callbackURL": "/" + strings.Repeat("a", 3000)})
	if res.Status != http.StatusBadRequest || !strings.Contains(res.Body, "too long for a cookie") || res.SetsCookie("better-auth.oauth_state") != "" {
		t.Errorf("%d %s", res.Status, res.Body)
	}
}

func TestAProviderMayBeSwitchedOff(t *testing.T) {
	s := socialServer(t, newOutside(), github(oauth2.Options{Enabled: option.Off}))
	s.Client().Post("/sign-in/social", map[string]any{"provider": "github"}).Want(t, http.StatusNotFound)
}

func TestTokensAreGivenOutAndRefreshed(t *testing.T) {
	for _, encrypted := range []bool{false, true} {
		o := newOutside()
		s := socialServer(t, o, func(opts *auth.Options) { opts.Account.EncryptOAuthTokens = encrypted })
		o.googleSays(newIDP(), googleClaims(s, "sub-1", "ada@example.com"))
		c := s.Client()
		through(t, c, "google", nil)
		if stored := s.Row(schema.AccountModel)["accessToken"] != "at-sub-1"; stored != encrypted {
			t.Errorf("encrypted: %v, want %v", stored, encrypted)
		}
		access := func() map[string]any {
			return c.Post("/get-access-token", map[string]any{"providerId": "google"}).Want(t, http.StatusOK).Object(t)
		}
		if got := access(); got["accessToken"] != "at-sub-1" || !cmp.Equal(got["scopes"], []any{"email", "profile"}) {
			t.Errorf("token %v", got)
		}
		var sent url.Values
		o.handle("oauth2.googleapis.com/token", func(w http.ResponseWriter, r *http.Request) {
			_ = r.ParseForm()
			sent = r.PostForm
			_, _ = w.Write([]byte(`{"access_token":"at-2","refresh_token":"rt-2","expires_in":60}`))
		})
		s.Clock.Advance(time.Hour - 4*time.Second)
		if got := access(); got["accessToken"] != "at-2" || sent.Get("refresh_token") != "rt-1" {
			t.Errorf("refreshed %v with %v", got, sent)
		}
		res := c.Post("/refresh-token", map[string]any{"providerId": "google"}).Want(t, http.StatusOK).Object(t)
		if res["accessToken"] != "at-2" || sent.Get("refresh_token") != "rt-2" || res["scope"] != "email,profile" || res["accountId"] != "sub-1" {
			t.Errorf("answer %v with %v", res, sent)
		}
		info := c.Get("/account-info?accountId=sub-1").Want(t, http.StatusOK).Object(t)
		if user := info["user"].(map[string]any); user["id"] != "sub-1" || info["data"] == nil {
			t.Errorf("info %v", info)
		}
	}
}

func TestARefreshOnDemandTakesTheScopesThatAreSaid(t *testing.T) {
	o := newOutside()
	s := socialServer(t, o, nil)
	o.googleSays(newIDP(), googleClaims(s, "sub-1", "ada@example.com"))
	c := s.Client()
	through(t, c, "google", nil)
	o.answer("oauth2.googleapis.com/token", map[string]any{"access_token": "at-2", "scope": "email"})
	c.Post("/refresh-token", map[string]any{"providerId": "google"}).Want(t, http.StatusOK)
	if row := s.Row(schema.AccountModel); row["accessToken"] != "at-2" || row["scope"] != "email" {
		t.Errorf("row %v", row)
	}
}

func TestARefreshThatIsDueLeavesTheScopes(t *testing.T) {
	o := newOutside()
	s := socialServer(t, o, nil)
	o.googleSays(newIDP(), googleClaims(s, "sub-1", "ada@example.com"))
	c := s.Client()
	through(t, c, "google", nil)
	o.answer("oauth2.googleapis.com/token", map[string]any{"access_token": "at-2", "scope": "email"})
	s.Clock.Advance(time.Hour)
	got := c.Post("/get-access-token", map[string]any{"providerId": "google"}).Want(t, http.StatusOK).Object(t)
	if row := s.Row(schema.AccountModel); got["accessToken"] != "at-2" || row["scope"] != "email,profile" || !cmp.Equal(got["scopes"], []any{"email", "profile"}) {
		t.Errorf("answer %v, row %v", got, row)
	}
}

func TestAProviderThatRefusesSaysNothing(t *testing.T) {
	o := newOutside()
	s := socialServer(t, o, nil)
	o.answer("github.com/login/oauth/access_token", map[string]any{"access_token": "t"})
	o.answer("api.github.com/user", map[string]any{"id": 5, "login": "octo", "email": "octo@example.com"})
	o.answer("api.github.com/user/emails", []any{})
	c := s.Client()
	through(t, c, "github", nil)
	o.handle("api.github.com/user", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	if res := c.Get("/account-info?accountId=5"); res.Status != http.StatusOK || res.Body != "null" {
		t.Errorf("%d %s", res.Status, res.Body)
	}
}

func TestOnlyOnesOwnTokensAreGivenOut(t *testing.T) {
	o := newOutside()
	s := socialServer(t, o, nil)
	o.googleSays(newIDP(), googleClaims(s, "sub-1", "ada@example.com"))
	through(t, s.Client(), "google", nil)
	ada := s.Row(schema.UserModel)["id"].(string)
	eve := s.SignedIn("eve@example.com")
	for _, path := range []string{"/get-access-token", "/refresh-token"} {
		if res := eve.Post(path, map[string]any{"providerId": "google", "userId": ada}); res.Code() != "ACCOUNT_NOT_FOUND" {
			t.Errorf("%s: %d %s", path, res.Status, res.Body)
		}
		if res := s.Client().Post(path, map[string]any{"providerId": "google", "userId": ada}); res.Status != http.StatusUnauthorized || res.Body != "" {
			t.Errorf("%s without a session: %d %s", path, res.Status, res.Body)
		}
		if res := eve.Post(path, map[string]any{"providerId": "nope"}); res.Code() != "PROVIDER_NOT_SUPPORTED" {
			t.Errorf("%s: %d %s", path, res.Status, res.Body)
		}
	}
	if res := eve.Get("/account-info?accountId=sub-1"); res.Code() != "ACCOUNT_NOT_FOUND" {
		t.Errorf("account-info: %d %s", res.Status, res.Body)
	}
	out, err := routes.GetAccessToken.Call(t.Context(), s.Auth, routes.AccountTokenIn{ProviderID: "google", UserID: ada})
	if err != nil || out.AccessToken != "at-sub-1" {
		t.Errorf("the server itself gets %v, %v", out, err)
	}
	if _, err := routes.RefreshToken.Call(t.Context(), s.Auth, routes.AccountTokenIn{ProviderID: "google"}); !errors.Is(err, auth.Code{ID: "USER_ID_OR_SESSION_REQUIRED"}) {
		t.Errorf("for nobody: %v", err)
	}
}

func TestTheAccountCookieStandsForTheRow(t *testing.T) {
	o := newOutside()
	s := socialServer(t, o, func(opts *auth.Options) { opts.Database = nil })
	o.googleSays(newIDP(), googleClaims(s, "sub-1", "ada@example.com"))
	c := s.Client()
	if to := through(t, c, "google", nil); to != "/welcome" {
		t.Fatalf("sent to %s", to)
	}
	if c.Cookie("better-auth.account_data") == "" || c.Session() == nil {
		t.Fatal("a cookie is missing")
	}
	got := c.Post("/get-access-token", map[string]any{"providerId": "google"}).Want(t, http.StatusOK).Object(t)
	if got["accessToken"] != "at-sub-1" {
		t.Errorf("token %v", got)
	}
	c.Get("/account-info").Want(t, http.StatusOK)
	c.Post("/sign-out", nil)
	if c.Cookie("better-auth.account_data") != "" {
		t.Error("the account's cookie outlives the session")
	}
}
