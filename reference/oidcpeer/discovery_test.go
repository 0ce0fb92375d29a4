package oidcpeer

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/genericoauth"
)

const (
	refused = "/oops?error=oauth_code_verification_failed"
	id      = "keycloak"
)

// discovered is a site whose people sign in at the provider by discovery, in the shape of a preset that takes an issuer.
func discovered(t *testing.T, change func(p *genericoauth.Provider)) *site {
	p := newPeer(t, "")
	return newSite(t, p, "/oauth2/callback/"+id, func(o *auth.Options) {
		provider := genericoauth.Keycloak(p.url(), genericoauth.Base{
			ClientID: "post", ClientSecret: "the secret of post", Scopes: []string{"openid", "profile", "email", "offline_access"}, PKCE: true,
		})
		provider.Prompt = "consent" // without it there is no refresh token (OpenID Connect Core section 11)
		if change != nil {
			change(&provider)
		}
		o.Plugins = []auth.Plugin{genericoauth.New(genericoauth.Options{Config: []genericoauth.Provider{provider}})}
	})
}

func (p *person) signIn() string {
	p.site.t.Helper()
	return p.flow("/sign-in/oauth2", obj{"providerId": id})
}

func TestAPersonSignsInTwiceAndIsOneUser(t *testing.T) {
	for _, method := range []string{"post", "basic"} {
		t.Run(method, func(t *testing.T) {
			s := discovered(t, func(p *genericoauth.Provider) {
				p.ClientID, p.ClientSecret, p.Authentication = method, "the secret of "+method, method
			})
			ada := s.person("ada")
			if to := ada.signIn(); to != "/welcome" {
				t.Fatalf("sent to %s\n%s", to, s.Log)
			}
			user := ada.wantUser()
			again := s.person("ada")
			if to := again.signIn(); to != "/welcome" || again.wantUser() != user {
				t.Errorf("the second time sent to %s", to)
			}
			if users, accounts := s.Count(schema.UserModel), s.Count(schema.AccountModel); users != 1 || accounts != 1 {
				t.Errorf("%d users, %d accounts", users, accounts)
			}
			if row := s.Row(schema.UserModel); row["name"] != "Ada" || row["emailVerified"] != true || row["image"] != "https://pictures.example/ada.png" {
				t.Errorf("user %v", row)
			}
		})
	}
}

func TestTheRequestCarriesChallengeAndNonce(t *testing.T) {
	s := discovered(t, nil)
	page := s.Client().Post("/sign-in/oauth2", obj{"providerId": id}).Want(t, http.StatusOK).Object(t)["url"].(string)
	query := s.parse(page).Query()
	for _, name := range []string{"code_challenge", "nonce", "state"} {
		if query.Get(name) == "" {
			t.Errorf("no %s in %s", name, page)
		}
	}
	if query.Get("code_challenge_method") != "S256" {
		t.Errorf("challenge by %s", query.Get("code_challenge_method"))
	}
}

func TestTokensAreRefreshedAndTheUserInformationIsAskedFor(t *testing.T) {
	s := discovered(t, nil)
	ada := s.person("ada")
	ada.signIn()
	before := s.Row(schema.AccountModel)
	ada.wantInfo()
	fresh := ada.Post("/refresh-token", obj{"providerId": id}).Want(t, http.StatusOK).Object(t)
	after := s.Row(schema.AccountModel)
	if fresh["accessToken"] == before["accessToken"] || after["accessToken"] != fresh["accessToken"] || after["refreshToken"] == nil {
		t.Errorf("before %v, after %v, answer %v", before, after, fresh)
	}
	ada.wantInfo()
	// The access token has run out on this side; the next use renews it without being asked.
	s.ahead.Store(int64(2 * time.Hour))
	renewed := ada.Post("/get-access-token", obj{"providerId": id}).Want(t, http.StatusOK).Object(t)
	if renewed["accessToken"] == after["accessToken"] || s.Row(schema.AccountModel)["accessToken"] != renewed["accessToken"] {
		t.Errorf("renewed %v", renewed)
	}
	s.ahead.Store(0)
	ada.wantInfo()
}

// wantInfo wants /account-info to tell what the provider says about the person.
func (p *person) wantInfo() {
	p.site.t.Helper()
	info := p.Get("/account-info?accountId="+p.account).Want(p.site.t, http.StatusOK).Object(p.site.t)
	user, data := info["user"].(obj), info["data"].(obj)
	if user["email"] != p.account+"@example.com" || user["id"] != p.account || data["sub"] != p.account {
		p.site.t.Errorf("info %v", info)
	}
}

func TestAnAccountIsLinkedToTheUserOfItsAddressOnly(t *testing.T) {
	s := discovered(t, nil)
	for account, want := range map[string]string{"ada": "/welcome", "eve": "/oops?error=email_doesn't_match"} {
		ada := &person{Client: s.Client(), site: s, account: account}
		if account == "ada" {
			ada.SignUp("ada@example.com")
		} else {
			ada.SignIn("ada@example.com")
		}
		if to := ada.flow("/oauth2/link", obj{"providerId": id}); to != want {
			t.Errorf("%s is sent to %s, want %s", account, to, want)
		}
	}
	if rows := s.Rows(schema.AccountModel, store.Is("providerId", id)); len(rows) != 1 || rows[0]["accountId"] != "ada" {
		t.Errorf("accounts %v", rows)
	}
	if users := s.Count(schema.UserModel); users != 1 {
		t.Errorf("%d users", users)
	}
}

func TestUP001_ASignInDoesNotJoinAUserWhoDidNotProveTheAddress(t *testing.T) {
	s := discovered(t, nil)
	s.SignedIn("ada@example.com")
	if to := s.person("ada").signIn(); to != "/oops?error=account_not_linked" {
		t.Errorf("sent to %s", to)
	}
	s.Change(schema.UserModel, store.Record{"emailVerified": true}, store.Is("email", "ada@example.com"))
	if to := s.person("ada").signIn(); to != "/welcome" {
		t.Errorf("who proved it is sent to %s", to)
	}
	if users := s.Count(schema.UserModel); users != 1 {
		t.Errorf("%d users", users)
	}
}

func TestNewKeysAreFetchedAndTheOldOnesAreWorthNothing(t *testing.T) {
	s := discovered(t, nil)
	if to := s.person("ada").signIn(); to != "/welcome" {
		t.Fatalf("sent to %s", to)
	}
	s.peer.start(0) // with other keys
	s.ahead.Store(int64(time.Minute / 2))
	if to := s.person("ada").signIn(); to != "/welcome" {
		t.Errorf("with new keys sent to %s\n%s", to, s.Log)
	}
	if users := s.Count(schema.UserModel); users != 1 {
		t.Errorf("%d users", users)
	}
}

func TestKeysThatChangeWhileSomebodyIsAtTheProvider(t *testing.T) {
	s := discovered(t, nil)
	if to := s.person("ada").signIn(); to != "/welcome" {
		t.Fatalf("sent to %s", to)
	}
	eve := s.person("eve")
	page := eve.Post("/sign-in/oauth2", obj{"providerId": id, "callbackURL": "/welcome", "errorCallbackURL": "/oops"}).Want(t, http.StatusOK).Object(t)["url"].(string)
	s.peer.start(0)
	s.ahead.Store(int64(time.Minute / 2))
	if to := eve.arrive(eve.consent(page)); to != "/welcome" {
		t.Errorf("sent to %s\n%s", to, s.Log)
	}
	eve.wantUser()
}

func TestAClockMayBeHalfAMinuteOff(t *testing.T) {
	const life = time.Minute // of an ID token there
	s := discovered(t, nil)
	for _, c := range []struct {
		ahead time.Duration
		want  string
	}{
		{20 * time.Second, "/welcome"}, {-life - 10*time.Second, "/welcome"},
		{2 * time.Minute, refused}, {-life - 2*time.Minute, refused},
	} {
		s.ahead.Add(int64(time.Minute)) // new keys are asked for every half minute
		s.peer.start(c.ahead + time.Duration(s.ahead.Load()))
		before := s.written()
		if to := s.person("ada").signIn(); to != c.want {
			t.Errorf("%s ahead: sent to %s, want %s\n%s", c.ahead, to, c.want, s.Log)
		}
		if c.want == refused && s.written() != before {
			t.Errorf("%s ahead: something was written", c.ahead)
		}
	}
}

func TestWhatThePersonOrTheBrowserSpoilsIsRefusedAndNothingIsWritten(t *testing.T) {
	s := discovered(t, nil)
	for _, c := range []struct {
		name, account string
		tamper        func(query url.Values)
		want          string
	}{
		{name: "consent refused", want: s.URL + authtest.BasePath + "/error?error=access_denied&error_description=The%20person%20said%20no"},
		{name: "another challenge", account: "ada", tamper: set("code_challenge", strings.Repeat("A", 43)), want: refused},
		{name: "no challenge", account: "ada", tamper: set("code_challenge", ""), want: "error=invalid_request"},
		{name: "another nonce", account: "ada", tamper: set("nonce", "mine"), want: refused},
		{name: "no nonce", account: "ada", tamper: set("nonce", ""), want: refused},
		{name: "another state", account: "ada", tamper: set("state", "mine"), want: "error=please_restart_the_process"},
		{name: "a page that must not ask", account: "ada", tamper: set("prompt", "none"), want: "error=login_required"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := s.person(c.account)
			p.tamper = c.tamper
			if to := p.signIn(); to != c.want && (strings.HasPrefix(c.want, "/") || !strings.Contains(to, c.want)) {
				t.Errorf("sent to %s, want %s", to, c.want)
			}
			if n := s.written(); n != 0 {
				t.Errorf("%d rows were written", n)
			}
			if p.Session() != nil {
				t.Error("there is a session")
			}
		})
	}
}

// set replaces a parameter; an empty value takes it away.
func set(name, value string) func(query url.Values) {
	return func(query url.Values) {
		query.Set(name, value)
		if value == "" {
			query.Del(name)
		}
	}
}

func TestACodeIsGoodOnceAndOfItsIssuer(t *testing.T) {
	s := discovered(t, nil)
	ada := s.person("ada")
	page := ada.Post("/sign-in/oauth2", obj{"providerId": id, "callbackURL": "/welcome", "errorCallbackURL": "/oops"}).Want(t, http.StatusOK).Object(t)["url"].(string)
	back := ada.consent(page)
	if s.parse(back).Query().Get("iss") != s.peer.url() {
		t.Fatalf("the provider does not name itself in %s", back)
	}
	forged := s.parse(back)
	query := forged.Query()
	query.Set("iss", "https://evil.example")
	forged.RawQuery = query.Encode()
	if to := ada.arrive(forged.String()); to != "/oops?error=issuer_mismatch" {
		t.Errorf("another issuer's is sent to %s", to)
	}
	if to := ada.arrive(back); !strings.Contains(to, "error=please_restart_the_process") {
		t.Errorf("a second use is sent to %s", to)
	}
	if n := s.written(); n != 0 {
		t.Errorf("%d rows were written", n)
	}
}
