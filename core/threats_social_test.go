package core_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/memory"
)

func TestUP001_AnAccountJoinsOnlyWhoeverProvedToOwnTheAddress(t *testing.T) {
	for name, tt := range map[string]struct {
		owned  bool
		claim  any
		change func(*auth.Options)
		joins  bool
	}{
		"the user has not verified the address":                 {owned: false, claim: true},
		"the user has, the provider has":                        {owned: true, claim: true, joins: true},
		"the user has, the provider has not":                    {owned: true, claim: false},
		"the provider says the text false":                      {owned: true, claim: "false"},
		"the provider says the text true":                       {owned: true, claim: "true", joins: true},
		"the provider is trusted":                               {owned: true, claim: false, joins: true, change: trustGoogle},
		"the provider is trusted, the user has not verified it": {owned: false, claim: false, change: trustGoogle},
		"the check of the user is off": {owned: false, claim: true, joins: true, change: func(o *auth.Options) {
			o.Account.AccountLinking.RequireLocalEmailVerified = option.Off
		}},
		"implicit linking is off": {owned: true, claim: true, change: func(o *auth.Options) { o.Account.AccountLinking.DisableImplicitLinking = true }},
		"linking is off":          {owned: true, claim: true, change: func(o *auth.Options) { o.Account.AccountLinking.Enabled = option.Off }},
	} {
		t.Run(name, func(t *testing.T) {
			o, p := newOutside(), newIDP()
			s := socialServer(t, o, tt.change)
			s.Client().SignUp("victim@example.com")
			s.Change(schema.UserModel, store.Record{"emailVerified": tt.owned}, store.Is("email", "victim@example.com"))
			sessions := s.Count(schema.SessionModel)
			claims := googleClaims(s, "sub-1", "victim@example.com")
			claims["email_verified"] = tt.claim
			o.googleSays(p, claims)
			to, accounts := "/error?error=account_not_linked", 1
			if tt.joins {
				to, accounts = "/welcome", 2
			}
			if got := through(t, s.Client(), "google", nil); got != to {
				t.Errorf("sent to %s, want %s", got, to)
			}
			if n := s.Count(schema.AccountModel); n != accounts {
				t.Errorf("%d accounts, want %d", n, accounts)
			}
			if tt.joins {
				return
			}
			res := s.Client().Post("/sign-in/social", map[string]any{"provider": "google", "idToken": map[string]any{"token": p.token(claims)}})
			if res.Status != http.StatusUnauthorized || res.Code() != "OAUTH_LINK_ERROR" {
				t.Errorf("with an ID token: %d %s", res.Status, res.Body)
			}
			if n := s.Count(schema.SessionModel); n != sessions {
				t.Errorf("%d sessions, had %d", n, sessions)
			}
		})
	}
}

func trustGoogle(o *auth.Options) { o.Account.AccountLinking.TrustedProviders = []string{"google"} }

func TestUP050_TheWorkspaceIsCheckedNotAskedFor(t *testing.T) {
	for name, tt := range map[string]struct {
		option, claim string
		passes        bool
	}{
		"the domain":                      {"example.com", "example.com", true},
		"another domain":                  {"example.com", "evil.example", false},
		"no domain":                       {"example.com", "", false},
		"any Workspace":                   {"*", "some.example", true},
		"any Workspace, a private person": {"*", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			o, p := newOutside(), newIDP()
			s := socialServer(t, o, func(opts *auth.Options) {
				opts.SocialProviders["google"] = oauth2.Options{ClientID: "google-id", ClientSecret: "s", HD: tt.option}
			})
			claims := googleClaims(s, "sub-1", "ada@example.com")
			if tt.claim != "" {
				claims["hd"] = tt.claim
			}
			o.googleSays(p, claims)
			res := s.Client().Post("/sign-in/social", map[string]any{"provider": "google", "idToken": map[string]any{"token": p.token(claims)}})
			if passed := res.Status == http.StatusOK; passed != tt.passes {
				t.Errorf("with an ID token: %d %s", res.Status, res.Body)
			}
			if to := through(t, s.Client(), "google", nil); (to == "/welcome") != tt.passes {
				t.Errorf("sent to %s", to)
			}
		})
	}
}

func TestUP052_IDTokensOfOthersAreRefused(t *testing.T) {
	providers := map[string]struct{ keys, issuer, audience string }{
		"google":    {"www.googleapis.com/oauth2/v3/certs", "https://accounts.google.com", "google-id"},
		"apple":     {"appleid.apple.com/auth/keys", "https://appleid.apple.com", "apple-id"},
		"microsoft": {"login.microsoftonline.com/common/discovery/v2.0/keys", "https://login.microsoftonline.com/t-1/v2.0", "ms-id"},
		"paypal":    {"api.sandbox.paypal.com/v1/oauth2/certs", "https://www.sandbox.paypal.com", "pp-id"},
	}
	for id, p := range providers {
		t.Run(id, func(t *testing.T) {
			o, good := newOutside(), newIDP()
			s := socialServer(t, o, nil)
			o.answer(p.keys, good.set())
			o.answer("api-m.sandbox.paypal.com/v1/identity/oauth2/userinfo", map[string]any{"user_id": "sub-1", "email": "ada@example.com", "email_verified": true, "name": "Ada"})
			claims := func(change func(map[string]any)) map[string]any {
				now := s.Clock.Now().Unix()
				m := map[string]any{
					"iss": p.issuer, "aud": p.audience, "sub": "sub-1", "email": "ada@example.com", "email_verified": true, "tid": "t-1",
					"iat": now, "exp": now + 600, "nonce": "n-1", "name": "Ada",
				}
				change(m)
				return m
			}
			same := func(map[string]any) {}
			set := func(name string, v any) func(map[string]any) { return func(m map[string]any) { m[name] = v } }
			without := func(name string) func(map[string]any) { return func(m map[string]any) { delete(m, name) } }
			now := s.Clock.Now().Unix()
			send := func(token string) authtest.Answer {
				return s.Client().Post("/sign-in/social", map[string]any{
					"provider": id, "idToken": map[string]any{"token": token, "nonce": "n-1", "accessToken": "at"},
				})
			}
			bad := map[string]string{
				"unsigned":                 strings.TrimRight(b64JSON(map[string]any{"alg": "none"})+"."+b64JSON(claims(same))+".", "="),
				"unsigned, with the kid":   b64JSON(map[string]any{"alg": "nOnE", "kid": good.kid}) + "." + b64JSON(claims(same)) + ".",
				"the public key as secret": hs256WithPublicKey(good, claims(same)),
				"another key":              otherIDP().token(claims(same)),
				"another kid":              (&idp{"../../etc/passwd", good.key}).token(claims(same)),
				"another issuer":           good.token(claims(set("iss", "https://evil.example"))),
				"no issuer":                good.token(claims(without("iss"))),
				"another audience":         good.token(claims(set("aud", "other"))),
				"no audience":              good.token(claims(set("aud", []any{}))),
				"an audience of numbers":   good.token(claims(set("aud", 7))),
				"two audiences, no azp":    good.token(claims(set("aud", []any{p.audience, "other"}))),
				"expired":                  good.token(claims(set("exp", now-60))),
				"no expiry":                good.token(claims(without("exp"))),
				"the expiry is a text":     good.token(claims(set("exp", "9999999999"))),
				"issued in the future":     good.token(claims(set("iat", now+3600))),
				"issued long ago":          good.token(claims(set("iat", now-7200))),
				"valid later":              good.token(claims(set("nbf", now+3600))),
				"another nonce":            good.token(claims(set("nonce", "n-2"))),
				"no subject":               good.token(claims(without("sub"))),
				"a key in the header":      withHeader(otherIDP(), claims(same), map[string]any{"alg": "RS256", "jwk": otherIDP().set()["keys"].([]any)[0], "jku": "https://evil.example/keys"}),
				"a crit header":            withHeader(good, claims(same), map[string]any{"alg": "RS256", "kid": good.kid, "crit": []string{"b64"}, "b64": true}),
				"long":                     strings.Repeat(".", 1<<20-4096),
			}
			for name, token := range bad {
				if res := send(token); res.Status != http.StatusUnauthorized || res.Code() != "INVALID_TOKEN" {
					t.Errorf("%s: %d %s", name, res.Status, res.Body)
				}
			}
			if n := s.Count(schema.UserModel) + s.Count(schema.AccountModel) + s.Count(schema.SessionModel); n != 0 {
				t.Errorf("%d rows were written", n)
			}
			if n := o.count("evil.example/keys"); n != 0 {
				t.Errorf("%d requests went where a token said", n)
			}
			if n := o.count(p.keys); n > 2 {
				t.Errorf("the key set was asked for %d times", n)
			}
			if res := send(good.token(claims(same))); res.Status != http.StatusOK {
				t.Errorf("a good one: %d %s", res.Status, res.Body)
			}
		})
	}
}

var testRSA2 = sync.OnceValue(newRSA)

func otherIDP() *idp { return &idp{"key-1", testRSA2()} }

func TestUP052_TheAccessTokenBesideAnIDTokenIsTheSamePersons(t *testing.T) {
	o, p := newOutside(), newIDP()
	s := socialServer(t, o, nil)
	o.answer("api.sandbox.paypal.com/v1/oauth2/certs", p.set())
	o.answer("api-m.sandbox.paypal.com/v1/identity/oauth2/userinfo", map[string]any{"user_id": "victim", "email": "victim@example.com", "email_verified": true})
	now := s.Clock.Now().Unix()
	token := p.token(map[string]any{"iss": "https://www.sandbox.paypal.com", "aud": "pp-id", "sub": "attacker", "iat": now, "exp": now + 600})
	res := s.Client().Post("/sign-in/social", map[string]any{"provider": "paypal", "idToken": map[string]any{"token": token, "accessToken": "victims"}})
	if res.Status != http.StatusUnauthorized || res.Code() != "FAILED_TO_GET_USER_INFO" || s.Count(schema.UserModel) != 0 {
		t.Errorf("%d %s", res.Status, res.Body)
	}
}

func TestUP053_AnAccessTokenOfAnotherApplicationIsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		app    string
		valid  bool
		status int
	}{
		"of this application": {"fb-id", true, http.StatusOK},
		"of another":          {"other", true, http.StatusUnauthorized},
		"not valid":           {"fb-id", false, http.StatusUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOutside()
			s := socialServer(t, o, nil)
			o.answer("graph.facebook.com/debug_token", map[string]any{"data": map[string]any{"app_id": tt.app, "is_valid": tt.valid}})
			var asked string
			o.handle("graph.facebook.com/me", func(w http.ResponseWriter, r *http.Request) {
				asked = r.Header.Get("Authorization")
				_, _ = w.Write([]byte(`{"id":"1","name":"A","email":"a@example.com","picture":{"data":{}}}`))
			})
			body := map[string]any{"provider": "facebook", "idToken": map[string]any{"token": "mine", "accessToken": "a victim's"}}
			if res := s.Client().Post("/sign-in/social", body); res.Status != tt.status {
				t.Errorf("%d %s", res.Status, res.Body)
			}
			if tt.status == http.StatusOK && asked != "Bearer mine" {
				t.Errorf("the profile was asked for with %q, which nobody verified", asked)
			}
		})
	}
}

func TestUP054_RedditUsersAreSeveralPeople(t *testing.T) {
	o := newOutside()
	s := socialServer(t, o, nil)
	o.answer("www.reddit.com/api/v1/access_token", map[string]any{"access_token": "at"})
	for _, id := range []string{"r1", "r2"} {
		o.answer("oauth.reddit.com/api/v1/me", map[string]any{"id": id, "name": "n", "has_verified_email": true, "oauth_client_id": "reddit-id"})
		if to := through(t, s.Client(), "reddit", nil); to != "/welcome" {
			t.Errorf("%s is sent to %s", id, to)
		}
		if row := s.Row(schema.UserModel, store.Is("email", id+"@reddit.invalid")); row["emailVerified"] != false {
			t.Errorf("user %v", row)
		}
	}
}

func TestUP055_TheTenantIsChecked(t *testing.T) {
	const consumer = "9188040d-6c67-4c5b-b112-36a304b66dad"
	for name, tt := range map[string]struct {
		tenant string
		tid    any
		issuer string
		passes bool
	}{
		"any tenant":                     {"", "t-1", "t-1", true},
		"the issuer is not the tenant":   {"", "t-1", "t-2", false},
		"the tenant is no text":          {"", 7, "7", false},
		"organizations, an organization": {"organizations", "t-1", "t-1", true},
		"organizations, a person":        {"organizations", consumer, consumer, false},
		"consumers, a person":            {"consumers", consumer, consumer, true},
		"consumers, an organization":     {"consumers", "t-1", "t-1", false},
		"one tenant":                     {"t-1", "t-1", "t-1", true},
		"one tenant, another":            {"t-1", "t-2", "t-2", false},
	} {
		t.Run(name, func(t *testing.T) {
			o, p := newOutside(), newIDP()
			s := socialServer(t, o, func(opts *auth.Options) {
				opts.SocialProviders["microsoft"] = oauth2.Options{ClientID: "ms-id", ClientSecret: "s", TenantID: tt.tenant}
			})
			path := tt.tenant
			if path == "" {
				path = "common"
			}
			o.answer("login.microsoftonline.com/"+path+"/discovery/v2.0/keys", p.set())
			now := s.Clock.Now().Unix()
			token := p.token(map[string]any{
				"iss": "https://login.microsoftonline.com/" + tt.issuer + "/v2.0", "tid": tt.tid, "aud": "ms-id", "sub": "s", "email": "a@example.com",
				"iat": now, "exp": now + 600,
			})
			res := s.Client().Post("/sign-in/social", map[string]any{"provider": "microsoft", "idToken": map[string]any{"token": token}})
			if passed := res.Status == http.StatusOK; passed != tt.passes {
				t.Errorf("%d %s", res.Status, res.Body)
			}
		})
	}
}

func TestUP056_NobodyIsSomebodyWithoutAnID(t *testing.T) {
	for name, id := range map[string]any{"null": nil, "empty": "", "undefined": "undefined", "an object": map[string]any{}, "true": true} {
		t.Run(name, func(t *testing.T) {
			o := newOutside()
			s := socialServer(t, o, nil)
			o.githubSays(map[string]any{"id": id, "login": "a", "email": "a@example.com"}, []any{})
			if to := through(t, s.Client(), "github", nil); to != "/error?error=unable_to_get_user_info" {
				t.Errorf("sent to %s", to)
			}
			if n := s.Count(schema.UserModel) + s.Count(schema.AccountModel); n != 0 {
				t.Errorf("%d rows were written", n)
			}
		})
	}
}

func TestUP057_AnAccountIsItsProvidersAndItsUsers(t *testing.T) {
	o := newOutside()
	s := socialServer(t, o, func(opts *auth.Options) {
		p := opts.SocialProviders["github"]
		p.MapProfileToUser = func(context.Context, *oauth2.Object) (*oauth2.Object, error) {
			fields := option.NewObject()
			fields.Set("id", "sub-1")
			return fields, nil
		}
		opts.SocialProviders["github"] = p
	})
	o.googleSays(newIDP(), googleClaims(s, "sub-1", "ada@example.com"))
	through(t, s.Client(), "google", nil)
	o.githubSays(map[string]any{"id": 7, "login": "eve", "email": "eve@example.com"}, []any{})
	through(t, s.Client(), "github", nil)
	if users := s.Count(schema.UserModel); users != 2 {
		t.Errorf("%d users of one id at two providers, want 2", users)
	}
	if row := s.Row(schema.AccountModel, store.Is("providerId", "github")); row["accountId"] != "7" {
		t.Errorf("the mapping made the account %v", row["accountId"])
	}
}

// forgetful is a database that finds no user by id once it has forgotten: a deletion left the accounts behind.
type forgetful struct {
	store.Database
	forgot *atomic.Bool
}

type forgetfulAdapter struct {
	store.Adapter
	forgot *atomic.Bool
}

// Bind implements store.Database.
func (d forgetful) Bind(s *schema.Schema) (store.Adapter, error) {
	a, err := d.Database.Bind(s)
	return forgetfulAdapter{a, d.forgot}, err
}

// FindOne implements store.Adapter.
func (a forgetfulAdapter) FindOne(ctx context.Context, q store.Query) (store.Record, error) {
	if a.forgot.Load() && q.Model == schema.UserModel && q.Where[0].Field == "id" {
		return nil, nil
	}
	return a.Adapter.FindOne(ctx, q)
}

func TestUP057_AnOrphanedAccountIsNobodys(t *testing.T) {
	o, forgot := newOutside(), &atomic.Bool{}
	s := socialServer(t, o, func(opts *auth.Options) { opts.Database = forgetful{memory.New(), forgot} })
	o.googleSays(newIDP(), googleClaims(s, "sub-1", "ada@example.com"))
	through(t, s.Client(), "google", nil)
	sessions := s.Count(schema.SessionModel)
	forgot.Store(true)
	if to := through(t, s.Client(), "google", nil); to != "/error?error=account_not_linked" {
		t.Errorf("sent to %s", to)
	}
	if n := s.Count(schema.SessionModel); n != sessions {
		t.Errorf("%d sessions, had %d", n, sessions)
	}
}

func TestUP058_AProviderSetsNoFieldThatClientsMayNotSet(t *testing.T) {
	o := newOutside()
	s := socialServer(t, o, func(opts *auth.Options) {
		opts.User.AdditionalFields = schema.Fields{
			{Name: "role", Type: schema.String, Default: "user", Input: option.Off},
			{Name: "city", Type: schema.String, Required: option.Off},
			{Name: "age", Type: schema.Number, Required: option.Off},
		}
		p := opts.SocialProviders["github"]
		p.OverrideUserInfoOnSignIn = true
		p.MapProfileToUser = func(context.Context, *oauth2.Object) (*oauth2.Object, error) {
			fields := option.NewObject()
			for name, v := range map[string]any{"role": "admin", "city": "London", "age": "no number", "createdAt": "1970-01-01T00:00:00.000Z", "nonsense": 1} {
				fields.Set(name, v)
			}
			return fields, nil
		}
		opts.SocialProviders["github"] = p
	})
	o.githubSays(map[string]any{"id": 7, "login": "ada", "email": "ada@example.com"}, []any{})
	for range 2 { // created, then overridden
		if to := through(t, s.Client(), "github", nil); to != "/welcome" {
			t.Fatalf("sent to %s", to)
		}
		row := s.Row(schema.UserModel)
		if row["role"] != "user" || row["city"] != "London" || row["age"] != nil || !row["createdAt"].(time.Time).Equal(s.Clock.Now()) {
			t.Errorf("user %v", row)
		}
	}
}

func TestUP066_TheAccountCookieOfAnotherUserIsNotUsed(t *testing.T) {
	o := newOutside()
	s := socialServer(t, o, func(opts *auth.Options) { opts.Account.StoreAccountCookie = option.On })
	c := s.Client()
	o.googleSays(newIDP(), googleClaims(s, "sub-1", "ada@example.com"))
	through(t, c, "google", nil)
	cookie := c.Cookie("better-auth.account_data")
	o.googleSays(newIDP(), googleClaims(s, "sub-2", "bob@example.com"))
	c.Post("/sign-out", nil)
	through(t, c, "google", nil)
	for _, account := range []string{"", "sub-2"} {
		c.SetCookie("better-auth.account_data", cookie)
		body := map[string]any{"providerId": "google"}
		if account != "" {
			body["accountId"] = account
		}
		got := c.Post("/get-access-token", body).Want(t, http.StatusOK).Object(t)
		if got["accessToken"] != "at-sub-2" {
			t.Errorf("Bob gets %v", got["accessToken"])
		}
	}
	if res := c.Get("/account-info"); res.Code() != "ACCOUNT_NOT_FOUND" {
		t.Errorf("account-info: %d %s", res.Status, res.Body)
	}
	c.SignUp("carol@example.com")
	if c.Cookie("better-auth.account_data") != "" {
		t.Error("the cookie outlives a change of user")
	}
}

func TestUP134_AdditionalDataReachesNoNameOfTheServer(t *testing.T) {
	var seen []string
	o := newOutside()
	o.githubSays(map[string]any{"id": 7, "login": "ada", "email": "ada@example.com"}, []any{})
	s := socialServer(t, o, func(opts *auth.Options) {
		opts.Hooks.After = func(c *auth.Call) error {
			for name := range c.OAuthState.All() {
				seen = append(seen, name)
			}
			return nil
		}
	})
	extra := map[string]any{"query": "client_id=x", "serverContext": map[string]any{}, "anonymousUserId": "u", "oauthProvider": "google", "mine": 1}
	through(t, s.Client(), "github", map[string]any{"additionalData": extra})
	text := " " + strings.Join(seen, " ") + " "
	for _, name := range []string{"query", "serverContext", "anonymousUserId"} {
		if strings.Contains(text, " "+name+" ") {
			t.Errorf("%s reached the state", name)
		}
	}
	if !strings.Contains(text, " mine ") {
		t.Error("the client's own data did not")
	}
}

func TestGAP005_AStateIsOneProviders(t *testing.T) {
	for _, strategy := range []string{"database", "cookie"} {
		o := newOutside()
		s := socialServer(t, o, func(opts *auth.Options) { opts.Account.StoreStateStrategy = strategy })
		o.googleSays(newIDP(), googleClaims(s, "sub-1", "ada@example.com"))
		c := s.Client()
		state := begin(t, c, "/sign-in/social", "github", nil)
		if to := finish(t, c, "google", state); to != "/error?error=state_mismatch" {
			t.Errorf("%s: sent to %s", strategy, to)
		}
		if n := o.count("oauth2.googleapis.com/token"); n != 0 {
			t.Errorf("%s: the token endpoint was asked %d times", strategy, n)
		}
	}
}

func TestGAP023_PEER036_AStateIsUsedOnceAtAnyTime(t *testing.T) {
	o := newOutside()
	s := socialServer(t, o, nil)
	o.googleSays(newIDP(), googleClaims(s, "sub-1", "ada@example.com"))
	c := s.Client()
	state := begin(t, c, "/sign-in/social", "google", nil)
	header := c.Header()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			s.Client().Do(authtest.Request{Path: "/callback/google?code=c&state=" + state, Header: header})
		})
	}
	wg.Wait()
	if n := o.count("oauth2.googleapis.com/token"); n != 1 {
		t.Errorf("the token endpoint was asked %d times", n)
	}
}

func TestGAP019_RACE016_OnePersonIsOneUserAtAnyTime(t *testing.T) {
	for name, before := range map[string]func(s *authtest.Server){
		"a new person": func(*authtest.Server) {},
		"a known address": func(s *authtest.Server) {
			s.Client().SignUp("ada@example.com")
			s.Change(schema.UserModel, store.Record{"emailVerified": true}, store.Is("email", "ada@example.com"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOutside()
			s := socialServer(t, o, nil)
			before(s)
			accounts := s.Count(schema.AccountModel)
			o.googleSays(newIDP(), googleClaims(s, "sub-1", "ada@example.com"))
			browsers, states := make([]*authtest.Client, 20), make([]string, 20)
			for i := range browsers {
				browsers[i] = s.Client()
				states[i] = begin(t, browsers[i], "/sign-in/social", "google", nil)
			}
			var wg sync.WaitGroup
			for i, c := range browsers {
				wg.Go(func() {
					if to := finish(t, c, "google", states[i]); to != "/welcome" {
						t.Errorf("sent to %s", to)
					}
				})
			}
			wg.Wait()
			if users, n := s.Count(schema.UserModel), s.Count(schema.AccountModel)-accounts; users != 1 || n != 1 {
				t.Errorf("%d users, %d accounts", users, n)
			}
			user := s.Row(schema.UserModel)["id"]
			for _, row := range s.Rows(schema.SessionModel) {
				if row["userId"] != user {
					t.Errorf("a session of %v", row["userId"])
				}
			}
		})
	}
}

func TestPEER018_AnUnknownKeyIsLookedForSeldom(t *testing.T) {
	o, p := newOutside(), newIDP()
	s := socialServer(t, o, nil)
	claims := googleClaims(s, "sub-1", "ada@example.com")
	o.googleSays(p, claims)
	send := func(p *idp) int {
		fresh := googleClaims(s, "sub-1", "ada@example.com")
		return s.Client().Post("/sign-in/social", map[string]any{"provider": "google", "idToken": map[string]any{"token": p.token(fresh)}}).Status
	}
	const keys = "www.googleapis.com/oauth2/v3/certs"
	if send(p) != http.StatusOK || o.count(keys) != 1 {
		t.Fatalf("%d requests for the key set", o.count(keys))
	}
	rotated := &idp{"key-2", testRSA2()}
	o.answer(keys, rotated.set())
	if status := send(rotated); status != http.StatusUnauthorized { // asked a moment ago
		t.Errorf("a new key: %d", status)
	}
	s.Clock.Advance(31 * time.Second)
	if status := send(rotated); status != http.StatusOK || o.count(keys) != 2 {
		t.Errorf("a new key later: %d after %d requests", status, o.count(keys))
	}
	for range 10 {
		send(&idp{"invented", p.key})
	}
	if n := o.count(keys); n > 3 {
		t.Errorf("%d requests for invented keys", n)
	}
	o.handle(keys, nil)
	s.Clock.Advance(11 * time.Minute)
	if status := send(rotated); status != http.StatusOK {
		t.Errorf("while the key set does not answer: %d", status)
	}
	s.Clock.Advance(25 * time.Hour)
	if status := send(rotated); status == http.StatusOK {
		t.Error("a key set of yesterday is believed")
	}
}

// hs256WithPublicKey signs with HMAC under the public key, which everybody has.
func hs256WithPublicKey(p *idp, claims map[string]any) string {
	der, err := base64.RawURLEncoding.DecodeString(p.set()["keys"].([]any)[0].(map[string]any)["n"].(string))
	if err != nil {
		panic(err)
	}
	signed := b64JSON(map[string]any{"alg": "HS256", "kid": p.kid}) + "." + b64JSON(claims)
	return signed + "." + b64(hmacSHA256(der, signed))
}

// withHeader signs with RS256 under another header.
func withHeader(p *idp, claims, header map[string]any) string {
	text, err := json.Marshal(header)
	if err != nil {
		panic(err)
	}
	return p.signed(b64(text) + "." + b64JSON(claims))
}
