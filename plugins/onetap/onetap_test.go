package onetap_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/onetap"
)

var key = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
})

func text(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

func sign(claims map[string]any) string {
	signed := text(map[string]any{"alg": "RS256", "kid": "k1"}) + "." + text(claims)
	sum := sha256.Sum256([]byte(signed))
	sig, err := rsa.SignPKCS1v15(nil, key(), crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(sig)
}

// certs answers every request with Google's key set.
type certs struct{}

// RoundTrip implements http.RoundTripper.
func (certs) RoundTrip(*http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	_ = json.NewEncoder(w).Encode(map[string]any{"keys": []any{map[string]any{
		"kty": "RSA", "kid": "k1", "n": base64.RawURLEncoding.EncodeToString(key().N.Bytes()), "e": "AQAB",
	}}})
	return w.Result(), nil
}

func serve(t *testing.T, o onetap.Options, google *oauth2.Options) *authtest.Server {
	t.Helper()
	return authtest.New(t, func(opts *auth.Options) {
		opts.HTTPClient = &http.Client{Transport: certs{}}
		opts.Plugins = []auth.Plugin{onetap.New(o)}
		if google != nil {
			opts.SocialProviders = map[string]oauth2.Options{"google": *google}
		}
	})
}

func claims(s *authtest.Server, change map[string]any) map[string]any {
	now := s.Clock.Now().Unix()
	m := map[string]any{
		"iss": "https://accounts.google.com", "aud": "cid", "sub": "s-1", "email": "ada@example.com", "email_verified": true, "name": "Ada",
		"iat": now, "exp": now + 60,
	}
	for name, v := range change {
		m[name] = v
	}
	return m
}

func post(s *authtest.Server, change map[string]any) authtest.Answer {
	return s.Client().Post("/one-tap/callback", map[string]any{"idToken": sign(claims(s, change))})
}

func TestOneTapSignsUpAndIn(t *testing.T) {
	s := serve(t, onetap.Options{ClientID: "cid"}, nil)
	for range 2 {
		got := post(s, nil).Want(t, http.StatusOK).Object(t)
		if got["token"] == "" || got["user"].(map[string]any)["email"] != "ada@example.com" {
			t.Errorf("answer %v", got)
		}
	}
	if row := s.Row(schema.AccountModel); row["providerId"] != "google" || row["accountId"] != "s-1" || s.Count(schema.SessionModel) != 2 {
		t.Errorf("account %v", row)
	}
	if res := post(s, map[string]any{"email": nil}).Want(t, http.StatusOK); res.Body != `{"error":"Email not available in token"}` {
		t.Errorf("without an address: %s", res.Body)
	}
}

func TestUP048_TheAccountDecidesNotTheAddress(t *testing.T) {
	s := serve(t, onetap.Options{ClientID: "cid"}, nil)
	post(s, nil).Want(t, http.StatusOK)
	s.Client().SignUp("bob@example.com")
	got := post(s, map[string]any{"email": "bob@example.com"}).Want(t, http.StatusOK).Object(t)
	if user := got["user"].(map[string]any); user["email"] != "ada@example.com" {
		t.Errorf("signed in as %v", user["email"])
	}
}

func TestUP049_TheTokenIsForThisApplication(t *testing.T) {
	if res := post(serve(t, onetap.Options{}, nil), nil); res.Status != http.StatusBadRequest {
		t.Errorf("without a client id: %d %s", res.Status, res.Body)
	}
	s := serve(t, onetap.Options{}, &oauth2.Options{ClientIDs: []string{"web", "cid"}})
	for _, change := range []map[string]any{{"aud": "other"}, {"iss": "https://evil.example"}, {"exp": 1}, {"sub": ""}} {
		if res := post(s, change); res.Status != http.StatusBadRequest || s.Count(schema.UserModel) != 0 {
			t.Errorf("%v: %d %s", change, res.Status, res.Body)
		}
	}
	post(s, nil).Want(t, http.StatusOK)
}

func TestUP050_UP051_TheProvidersOptionsCountHereToo(t *testing.T) {
	s := serve(t, onetap.Options{}, &oauth2.Options{ClientID: "cid", HD: "example.com"})
	if res := post(s, nil); res.Status != http.StatusBadRequest {
		t.Errorf("no Workspace: %d %s", res.Status, res.Body)
	}
	post(s, map[string]any{"hd": "example.com"}).Want(t, http.StatusOK)
	s = serve(t, onetap.Options{}, &oauth2.Options{ClientID: "cid", DisableSignUp: true})
	if res := post(s, nil); res.Status != http.StatusUnauthorized || s.Count(schema.UserModel) != 0 {
		t.Errorf("sign-up is off: %d %s", res.Status, res.Body)
	}
	s = serve(t, onetap.Options{ClientID: "cid", DisableSignup: true}, nil)
	if res := post(s, nil); res.Status != http.StatusBadGateway || s.Count(schema.UserModel) != 0 {
		t.Errorf("sign-up is off in the plugin: %d %s", res.Status, res.Body)
	}
}

func TestUP001_OneTapJoinsOnlyWhoeverProvedToOwnTheAddress(t *testing.T) {
	s := serve(t, onetap.Options{ClientID: "cid"}, nil)
	s.Client().SignUp("ada@example.com")
	if res := post(s, nil); res.Status != http.StatusUnauthorized || s.Count(schema.AccountModel) != 1 {
		t.Errorf("%d %s", res.Status, res.Body)
	}
	s.Change(schema.UserModel, store.Record{"emailVerified": true}, store.Is("email", "ada@example.com"))
	post(s, nil).Want(t, http.StatusOK)
	if row := s.Row(schema.AccountModel, store.Is("providerId", "google")); row["scope"] != "openid,profile,email" || row["idToken"] == nil {
		t.Errorf("account %v", row)
	}
}
