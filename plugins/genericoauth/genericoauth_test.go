package genericoauth_test

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/genericoauth"
)

var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// peer is an OpenID provider; every part of it can be made to answer wrong.
type peer struct {
	*httptest.Server
	clock    *authtest.Clock
	claims   map[string]any // over the right ones
	doc      map[string]any // over the right configuration
	sign     func(claims map[string]any) string
	token    http.HandlerFunc // in place of the right one
	userInfo http.HandlerFunc
	nonce    string
	form     url.Values // of the last request for tokens
	auth     string
}

func newPeer(t *testing.T) *peer {
	p := &peer{}
	p.sign = p.rs256
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) { send(w, p.configuration()) })
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		send(w, map[string]any{"keys": []any{map[string]any{"kty": "RSA", "kid": "k1", "use": "sig", "n": b64(rsaKey().N.Bytes()), "e": "AQAB"}}})
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		p.form, p.auth = r.PostForm, r.Header.Get("Authorization")
		if p.token != nil {
			p.token(w, r)
			return
		}
		send(w, map[string]any{"access_token": "at", "refresh_token": "rt", "expires_in": 60, "scope": "openid", "id_token": p.sign(p.allClaims())})
	})
	mux.HandleFunc("/userinfo", func(w http.ResponseWriter, r *http.Request) {
		if p.userInfo != nil {
			p.userInfo(w, r)
			return
		}
		send(w, map[string]any{"sub": "sub-1", "email": "ada@example.com", "email_verified": true, "name": "Ada"})
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func (p *peer) configuration() map[string]any {
	doc := map[string]any{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token",
		"userinfo_endpoint": p.URL + "/userinfo", "jwks_uri": p.URL + "/keys",
	}
	for name, v := range p.doc {
		doc[name] = v
	}
	return doc
}

func (p *peer) allClaims() map[string]any {
	now := p.clock.Now().Unix()
	claims := map[string]any{
		"iss": p.URL, "aud": "client", "sub": "sub-1", "email": "ada@example.com", "email_verified": true, "name": "Ada",
		"iat": now, "exp": now + 60, "nonce": p.nonce,
	}
	for name, v := range p.claims {
		claims[name] = v
	}
	return claims
}

func send(w http.ResponseWriter, v any) { _ = json.NewEncoder(w).Encode(v) }

func b64(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

func text(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b64(data)
}

func (p *peer) rs256(claims map[string]any) string {
	signed := text(map[string]any{"alg": "RS256", "kid": "k1"}) + "." + text(claims)
	sum := sha256.Sum256([]byte(signed))
	sig, err := rsa.SignPKCS1v15(nil, rsaKey(), crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return signed + "." + b64(sig)
}

func unsigned(claims map[string]any) string {
	return text(map[string]any{"alg": "none"}) + "." + text(claims) + "."
}

// hs256 signs with the public key as a secret, which everybody has.
func hs256(claims map[string]any) string {
	signed := text(map[string]any{"alg": "HS256", "kid": "k1"}) + "." + text(claims)
	mac := hmac.New(sha256.New, rsaKey().N.Bytes())
	mac.Write([]byte(signed))
	return signed + "." + b64(mac.Sum(nil))
}

// serve serves the plugin with the peer as its one provider.
func serve(t *testing.T, p *peer, change func(c *genericoauth.Provider, o *auth.Options)) *authtest.Server {
	t.Helper()
	s := authtest.New(t, func(o *auth.Options) {
		cfg := genericoauth.Provider{
			ProviderID: "peer", DiscoveryURL: p.URL + "/.well-known/openid-configuration", ClientID: "client", ClientSecret: "secret",
			Scopes: []string{"openid", "email"}, PKCE: true,
		}
		o.HTTPClient = &http.Client{}
		if change != nil {
			change(&cfg, o)
		}
		o.Plugins = []auth.Plugin{genericoauth.New(genericoauth.Options{Config: []genericoauth.Provider{cfg}})}
	})
	p.clock = s.Clock
	return s
}

// begin starts a sign-in and returns the parameters of the page to go to.
func begin(t *testing.T, p *peer, c *authtest.Client, path string) url.Values {
	t.Helper()
	res := c.Post(path, map[string]any{"providerId": "peer", "callbackURL": "/welcome", "errorCallbackURL": "/oops"}).Want(t, http.StatusOK)
	u, err := url.Parse(res.Object(t)["url"].(string))
	if err != nil {
		t.Fatal(err)
	}
	p.nonce = u.Query().Get("nonce")
	return u.Query()
}

func finish(t *testing.T, c *authtest.Client, query string) string {
	t.Helper()
	res := c.Get("/oauth2/callback/peer?"+query).Want(t, http.StatusFound)
	return strings.TrimPrefix(res.Header.Get("Location"), c.URL+authtest.BasePath)
}

func TestAnyOpenIDProviderSignsIn(t *testing.T) {
	p := newPeer(t)
	s := serve(t, p, nil)
	c := s.Client()
	page := begin(t, p, c, "/sign-in/oauth2")
	if page.Get("code_challenge_method") != "S256" || page.Get("redirect_uri") != s.URL+"/api/auth/oauth2/callback/peer" || page.Get("scope") != "openid email" || page.Get("nonce") == "" {
		t.Errorf("page %v", page)
	}
	if to := finish(t, c, "code=c&state="+page.Get("state")); to != "/welcome" {
		t.Fatalf("sent to %s", to)
	}
	sum := sha256.Sum256([]byte(p.form.Get("code_verifier")))
	if page.Get("code_challenge") != b64(sum[:]) || p.form.Get("client_secret") != "secret" || p.form.Get("client_id") != "client" {
		t.Errorf("form %v", p.form)
	}
	if row := s.Row(schema.AccountModel); row["providerId"] != "peer" || row["accountId"] != "sub-1" || row["refreshToken"] != "rt" {
		t.Errorf("account %v", row)
	}
	if found := c.Session(); found == nil || found.User["email"] != "ada@example.com" {
		t.Errorf("session %v", found)
	}
	// The core's operations know the provider too.
	if got := c.Post("/get-access-token", map[string]any{"providerId": "peer"}).Want(t, http.StatusOK).Object(t); got["accessToken"] != "at" {
		t.Errorf("token %v", got)
	}
	info := c.Get("/account-info?accountId=sub-1").Want(t, http.StatusOK).Object(t)
	if info["user"].(map[string]any)["id"] != "sub-1" {
		t.Errorf("info %v", info)
	}
	c.Post("/sign-in/social", map[string]any{"provider": "peer"}).Want(t, http.StatusOK)
}

func TestHostilePeersAreRefused(t *testing.T) {
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	const failed = "/oops?error=oauth_code_verification_failed"
	for name, tt := range map[string]struct {
		p     func(p *peer)
		query string
		want  string
	}{
		"another issuer in the ID token": {p: claim("iss", "https://evil.example"), want: failed},
		"another audience":               {p: claim("aud", "other"), want: failed},
		"an expired ID token":            {p: claim("exp", 1), want: failed},
		"an ID token of the future":      {p: claim("iat", 1<<33), want: failed},
		"another nonce":                  {p: claim("nonce", "n"), want: failed},
		"no nonce":                       {p: claim("nonce", nil), want: failed},
		"an unsigned ID token":           {p: func(p *peer) { p.sign = unsigned }, want: failed},
		"HS256 with the public key":      {p: func(p *peer) { p.sign = hs256 }, want: failed},
		"a huge answer": {p: func(p *peer) {
			p.token = func(w http.ResponseWriter, _ *http.Request) { _, _ = io.CopyN(w, rand.Reader, 4<<20) }
		}, want: failed},
		"a redirect to a private address": {p: func(p *peer) {
			p.token = func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "http://169.254.169.254/", http.StatusFound)
			}
		}, want: failed},
		"a hanging socket": {p: func(p *peer) { p.token = hang }, want: failed},
		"an error": {p: func(p *peer) {
			p.token = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadRequest) }
		}, want: failed},
		"no JSON": {p: func(p *peer) { p.token = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") } }, want: failed},
		"a JSON key twice": {p: func(p *peer) {
			p.token = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"access_token":"a","access_token":"b"}`) }
		}, want: failed},
		"no ID token, and user information that hangs": {p: func(p *peer) { p.token, p.userInfo = onlyAccess, hang }, want: "/oops?error=user_info_is_missing"},
		"no subject":                          {p: userInfo(map[string]any{"email": "a@example.com", "name": "A"}), want: "/oops?error=unable_to_get_user_info"},
		"no address":                          {p: userInfo(map[string]any{"sub": "s", "name": "A"}), want: "/oops?error=email_is_missing"},
		"no name":                             {p: userInfo(map[string]any{"sub": "s", "email": "a@example.com"}), want: "/oops?error=name_is_missing"},
		"the answer of another issuer":        {query: "&iss=https://evil.example", want: "/oops?error=issuer_mismatch"},
		"no issuer, where one is promised":    {p: func(p *peer) { p.doc = map[string]any{"authorization_response_iss_parameter_supported": true} }, want: "/oops?error=issuer_missing"},
		"the configuration of another issuer": {p: func(p *peer) { p.doc = map[string]any{"issuer": "https://evil.example"} }, want: "/oops?error=issuer_mismatch"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPeer(t)
			s := serve(t, p, func(_ *genericoauth.Provider, o *auth.Options) {
				if strings.Contains(name, "hang") {
					o.HTTPClient.Timeout = 300 * time.Millisecond
				}
			})
			c := s.Client()
			page := begin(t, p, c, "/sign-in/oauth2")
			if tt.p != nil {
				tt.p(p)
			}
			if to := finish(t, c, "code=c&state="+page.Get("state")+tt.query); to != tt.want {
				t.Errorf("sent to %s, want %s", to, tt.want)
			}
			if n := s.Count(schema.UserModel) + s.Count(schema.AccountModel) + s.Count(schema.SessionModel); n != 0 {
				t.Errorf("%d rows were written", n)
			}
		})
	}
}

func claim(name string, v any) func(p *peer) {
	return func(p *peer) { p.claims = map[string]any{name: v} }
}

func onlyAccess(w http.ResponseWriter, _ *http.Request) {
	send(w, map[string]any{"access_token": "at"})
}

func userInfo(v map[string]any) func(p *peer) {
	return func(p *peer) {
		p.token = onlyAccess
		p.userInfo = func(w http.ResponseWriter, _ *http.Request) { send(w, v) }
	}
}

func TestPEER052_PrivateAddressesAreNotAsked(t *testing.T) {
	p := newPeer(t)
	s := serve(t, p, func(_ *genericoauth.Provider, o *auth.Options) { o.HTTPClient = nil }) // the default
	res := s.Client().Post("/sign-in/oauth2", map[string]any{"providerId": "peer"})
	if res.Status != http.StatusBadRequest || res.Code() != "INVALID_OAUTH_CONFIGURATION" {
		t.Errorf("%d %s", res.Status, res.Body)
	}
}

func TestAClockThatIsALittleOffIsRight(t *testing.T) {
	for skew, want := range map[time.Duration]string{
		20 * time.Second: "/welcome", -20 * time.Second: "/welcome", 5 * time.Minute: "/oops?error=oauth_code_verification_failed",
	} {
		p := newPeer(t)
		s := serve(t, p, nil)
		c := s.Client()
		page := begin(t, p, c, "/sign-in/oauth2")
		theirs := s.Clock.Now().Add(skew).Unix()
		p.claims = map[string]any{"iat": theirs, "exp": theirs + 10}
		if to := finish(t, c, "code=c&state="+page.Get("state")); to != want {
			t.Errorf("%s: sent to %s, want %s", skew, to, want)
		}
	}
}

func TestOIDC07_TheUserInformationIsTheSubjects(t *testing.T) {
	p := newPeer(t)
	s := serve(t, p, func(c *genericoauth.Provider, _ *auth.Options) { c.RequireMatchingSubject = true })
	p.claims = map[string]any{"email": nil} // so that the user information is asked for
	p.userInfo = func(w http.ResponseWriter, _ *http.Request) {
		send(w, map[string]any{"sub": "victim", "email": "victim@example.com", "email_verified": true, "name": "V"})
	}
	c := s.Client()
	page := begin(t, p, c, "/sign-in/oauth2")
	if to := finish(t, c, "code=c&state="+page.Get("state")); to != "/oops?error=user_info_is_missing" {
		t.Errorf("sent to %s", to)
	}
}

func TestAccountsAreLinked(t *testing.T) {
	p := newPeer(t)
	s := serve(t, p, nil)
	c := s.SignedIn("ada@example.com")
	page := begin(t, p, c, "/oauth2/link")
	if to := finish(t, c, "code=c&state="+page.Get("state")); to != "/welcome" {
		t.Errorf("sent to %s", to)
	}
	if n := s.Count(schema.AccountModel, store.Is("providerId", "peer")); n != 1 {
		t.Errorf("%d accounts", n)
	}
	other := s.SignedIn("eve@example.com")
	page = begin(t, p, other, "/oauth2/link")
	if to := finish(t, other, "code=c&state="+page.Get("state")); to != "/oops?error=email_doesn't_match" {
		t.Errorf("another address is sent to %s", to)
	}
	if res := s.Client().Post("/oauth2/link", map[string]any{"providerId": "peer", "callbackURL": "/"}); res.Status != http.StatusUnauthorized {
		t.Errorf("without a session: %d %s", res.Status, res.Body)
	}
}

func TestUnknownProvidersAndRefusalsAreTold(t *testing.T) {
	p := newPeer(t)
	s := serve(t, p, func(c *genericoauth.Provider, _ *auth.Options) { c.DisableSignUp, c.Authentication = true, "basic" })
	c := s.Client()
	if res := c.Post("/sign-in/oauth2", map[string]any{"providerId": "nope"}); res.Status != http.StatusBadRequest || !strings.Contains(res.Body, "PROVIDER_CONFIG_NOT_FOUND nope") {
		t.Errorf("%d %s", res.Status, res.Body)
	}
	if to := finish(t, c, "error=access_denied&state=x"); to != "/error?error=access_denied&error_description=undefined" {
		t.Errorf("sent to %s", to)
	}
	if to := finish(t, c, "code=c&state=x"); to != "/error?error=please_restart_the_process" {
		t.Errorf("sent to %s", to)
	}
	page := begin(t, p, c, "/sign-in/oauth2")
	if to := finish(t, c, "code=c&state="+page.Get("state")); to != "/oops?error=signup_disabled" {
		t.Errorf("sent to %s", to)
	}
	if p.auth != "Basic "+base64.StdEncoding.EncodeToString([]byte("client:secret")) || p.form.Has("client_secret") {
		t.Errorf("%s %v", p.auth, p.form)
	}
}

func TestEveryDoorAsksForThePageAsUpstreamDoes(t *testing.T) {
	p := newPeer(t)
	s := serve(t, p, func(c *genericoauth.Provider, _ *auth.Options) {
		c.DiscoveryURL, c.AuthorizationURL, c.TokenURL = "", "https://idp.example/authorize", "https://idp.example/token"
		c.Prompt, c.AccessType, c.ResponseMode = "consent", "offline", "form_post"
		c.AuthorizationURLParams = genericoauth.Params{{Name: "foo", Value: "bar"}}
	})
	c := s.SignedIn("ada@example.com")
	const every = "response_type client_id state scope redirect_uri"
	for path, want := range map[string]string{
		"/sign-in/oauth2": "foo " + every + " prompt access_type response_mode code_challenge_method code_challenge",
		"/oauth2/link":    every + " prompt access_type code_challenge_method code_challenge foo",
		"/sign-in/social": every + " code_challenge_method code_challenge",
	} {
		page := c.Post(path, map[string]any{"providerId": "peer", "provider": "peer", "callbackURL": "/"}).Want(t, http.StatusOK).Object(t)["url"].(string)
		var names []string
		for pair := range strings.SplitSeq(page[strings.Index(page, "?")+1:], "&") {
			name, _, _ := strings.Cut(pair, "=")
			names = append(names, name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s asks for %s, want %s", path, got, want)
		}
	}
}

func TestLinkingAtAProviderThatCannotBeFoundKeepsNothing(t *testing.T) {
	p := newPeer(t)
	s := serve(t, p, nil)
	c := s.SignedIn("ada@example.com")
	p.Close()
	res := c.Post("/oauth2/link", map[string]any{"providerId": "peer", "callbackURL": "/"})
	if res.Code() != "INVALID_OAUTH_CONFIGURATION" || res.SetsCookie("better-auth.state") != "" || s.Count(schema.VerificationModel) != 0 {
		t.Errorf("%d %s, cookie %q, %d states", res.Status, res.Body, res.SetsCookie("better-auth.state"), s.Count(schema.VerificationModel))
	}
}

func TestPresetsKnowTheirServers(t *testing.T) {
	b := genericoauth.Base{ClientID: "c", ClientSecret: "s"}
	for want, p := range map[string]genericoauth.Provider{
		"auth0 https://x.auth0.com/.well-known/openid-configuration":              genericoauth.Auth0("https://x.auth0.com", b),
		"okta https://x.okta.com/oauth2/default/.well-known/openid-configuration": genericoauth.Okta("https://x.okta.com/oauth2/default/", b),
		"keycloak https://k/realms/R/.well-known/openid-configuration":            genericoauth.Keycloak("https://k/realms/R", b),
		"microsoft-entra-id ": genericoauth.MicrosoftEntraID("t", b),
		"slack ":              genericoauth.Slack(b),
		"gumroad ":            genericoauth.Gumroad(b),
		"hubspot ":            genericoauth.HubSpot(b),
		"patreon ":            genericoauth.Patreon(b),
		"line-jp ":            genericoauth.Line("line-jp", b),
	} {
		if got := p.ProviderID + " " + p.DiscoveryURL; got != want {
			t.Errorf("%s, want %s", got, want)
		}
		if (p.DiscoveryURL == "") != (p.AuthorizationURL != "" && p.TokenURL != "" && p.GetUserInfo != nil) {
			t.Errorf("%s is not complete", p.ProviderID)
		}
	}
}
