package oidcpeer

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/schema"
)

// asGoogle is a site whose provider has Google's addresses, and says that it is Google.
func asGoogle(t *testing.T) *site {
	p := newPeer(t, "google")
	return newSite(t, p, "/callback/google", func(o *auth.Options) {
		o.SocialProviders = map[string]oauth2.Options{"google": {ClientID: "post", ClientSecret: "the secret of post"}}
	})
}

func TestABuiltInProviderSignsIn(t *testing.T) {
	s := asGoogle(t)
	ada := s.person("ada")
	if to := ada.flow("/sign-in/social", obj{"provider": "google"}); to != "/welcome" {
		t.Fatalf("sent to %s\n%s", to, s.Log)
	}
	user := ada.wantUser()
	again := s.person("ada")
	if to := again.flow("/sign-in/social", obj{"provider": "google"}); to != "/welcome" || again.wantUser() != user {
		t.Errorf("the second time sent to %s", to)
	}
	before := s.Row(schema.AccountModel)
	fresh := ada.Post("/refresh-token", obj{"providerId": "google"}).Want(t, http.StatusOK).Object(t)
	if fresh["accessToken"] == before["accessToken"] || s.Row(schema.AccountModel)["accessToken"] != fresh["accessToken"] {
		t.Errorf("before %v, answer %v", before, fresh)
	}
}

func TestABuiltInProvidersRefusals(t *testing.T) {
	s := asGoogle(t)
	for _, c := range []struct {
		account string
		tamper  func(query url.Values)
		want    string
	}{
		{want: "/oops?error=access_denied&error_description=The+person+said+no"},
		{account: "ada", tamper: set("code_challenge", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), want: "/oops?error=invalid_code"},
	} {
		p := s.person(c.account)
		p.tamper = c.tamper
		if to := p.flow("/sign-in/social", obj{"provider": "google"}); to != c.want {
			t.Errorf("sent to %s, want %s", to, c.want)
		}
		if n := s.written(); n != 0 {
			t.Errorf("%d rows were written", n)
		}
	}
}

// idToken is one that an application on the person's device gets from the provider itself.
func (p *person) idToken(nonce string) string {
	t, verifier := p.site.t, "a-verifier-of-the-application-on-the-device-itself"
	t.Helper()
	query := url.Values{
		"client_id": {"post"}, "response_type": {"code"}, "scope": {"openid email profile"}, "redirect_uri": {p.site.peer.redirects},
		"nonce": {nonce}, "code_challenge": {oauth2.CodeChallenge(verifier)}, "code_challenge_method": {"S256"},
	}
	back := p.site.parse(p.consent("https://accounts.google.com/o/oauth2/v2/auth?" + query.Encode()))
	res, err := p.HTTP.PostForm(p.site.peer.url()+"/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {back.Query().Get("code")}, "redirect_uri": {p.site.peer.redirects},
		"client_id": {"post"}, "client_secret": {"the secret of post"}, "code_verifier": {verifier},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var answer struct {
		IDToken string `json:"id_token"`
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil || answer.IDToken == "" {
		t.Fatalf("%d without an ID token: %v", res.StatusCode, err)
	}
	return answer.IDToken
}

func (p *person) signInBy(token, nonce string) string {
	p.site.t.Helper()
	res := p.Post("/sign-in/social", obj{"provider": "google", "idToken": obj{"token": token, "nonce": nonce}})
	if res.Status == http.StatusOK {
		return "signed in"
	}
	return res.Code()
}

func TestAnIDTokenSignsInWithItsNonceOnly(t *testing.T) {
	s := asGoogle(t)
	token := s.person("ada").idToken("n-1")
	for nonce, want := range map[string]string{"n-2": "INVALID_TOKEN", "n-1": "signed in"} {
		before, app := s.written(), s.person("ada")
		if got := app.signInBy(token, nonce); got != want {
			t.Errorf("nonce %s: %s, want %s\n%s", nonce, got, want, s.Log)
		}
		if want == "signed in" {
			app.wantUser()
		} else if s.written() != before {
			t.Error("something was written")
		}
	}
}

func TestAnIDTokenOfAKeyThatIsGoneIsRefused(t *testing.T) {
	s := asGoogle(t)
	old := s.person("ada").idToken("n")
	if got := s.person("ada").signInBy(old, "n"); got != "signed in" {
		t.Fatalf("before: %s", got)
	}
	s.peer.start(0)
	s.ahead.Store(int64(time.Minute / 2))
	if got := s.person("ada").signInBy(s.person("ada").idToken("n"), "n"); got != "signed in" {
		t.Errorf("the new key's: %s\n%s", got, s.Log)
	}
	before := s.written()
	if got := s.person("ada").signInBy(old, "n"); got != "INVALID_TOKEN" {
		t.Errorf("the old key's: %s", got)
	}
	if s.written() != before {
		t.Error("something was written")
	}
}

func TestAnIDTokenOfAClockThatIsFarOffIsRefused(t *testing.T) {
	s := asGoogle(t)
	for ahead, want := range map[time.Duration]string{
		20 * time.Second: "signed in", -70 * time.Second: "signed in", 2 * time.Minute: "INVALID_TOKEN", -3 * time.Minute: "INVALID_TOKEN",
	} {
		s.ahead.Add(int64(time.Minute)) // new keys are asked for every half minute
		s.peer.start(ahead + time.Duration(s.ahead.Load()))
		if got := s.person("ada").signInBy(s.person("ada").idToken("n"), "n"); got != want {
			t.Errorf("%s ahead: %s, want %s", ahead, got, want)
		}
	}
}
