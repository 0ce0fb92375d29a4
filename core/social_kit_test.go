package core_test

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	cryptopkg "crypto"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/oauth2"
)

// outside is every other party's server: handlers by host and path.
type outside struct {
	mu       sync.Mutex
	handlers map[string]http.HandlerFunc
	hits     map[string]int
}

func newOutside() *outside {
	return &outside{handlers: map[string]http.HandlerFunc{}, hits: map[string]int{}}
}

// RoundTrip implements http.RoundTripper.
func (o *outside) RoundTrip(r *http.Request) (*http.Response, error) {
	key := r.URL.Host + r.URL.Path
	o.mu.Lock()
	h := o.handlers[key]
	o.hits[key]++
	o.mu.Unlock()
	w := httptest.NewRecorder()
	if h == nil {
		w.WriteHeader(http.StatusNotFound)
	} else {
		if r.Body == nil {
			r.Body = http.NoBody
		}
		h(w, r)
	}
	return w.Result(), nil
}

func (o *outside) handle(key string, h http.HandlerFunc) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.handlers[key] = h
}

// answer makes an address answer a value as JSON.
func (o *outside) answer(key string, v any) {
	o.handle(key, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = json.NewEncoder(w).Encode(v)
	})
}

func (o *outside) count(key string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.hits[key]
}

// idp signs ID tokens with a key of its own.
type idp struct {
	kid string
	key *rsa.PrivateKey
}

var testRSA = sync.OnceValue(newRSA)

func newRSA() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

func newIDP() *idp { return &idp{"key-1", testRSA()} }

func b64(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

func b64JSON(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b64(data)
}

// set is the public key set.
func (p *idp) set() map[string]any {
	return map[string]any{"keys": []any{map[string]any{
		"kty": "RSA", "kid": p.kid, "use": "sig", "alg": "RS256", "n": b64(p.key.N.Bytes()), "e": "AQAB",
	}}}
}

// token signs claims with RS256.
func (p *idp) token(claims map[string]any) string {
	return p.signed(b64JSON(map[string]any{"alg": "RS256", "kid": p.kid}) + "." + b64JSON(claims))
}

// signed adds an RS256 signature.
func (p *idp) signed(text string) string {
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(nil, p.key, cryptopkg.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return text + "." + b64(sig)
}

func hmacSHA256(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

// socialServer serves google, github and reddit with everybody else played by o.
func socialServer(t *testing.T, o *outside, change func(*auth.Options)) *authtest.Server {
	t.Helper()
	return authtest.New(t, func(opts *auth.Options) {
		opts.HTTPClient = &http.Client{Transport: o}
		opts.SocialProviders = map[string]oauth2.Options{
			"google": {ClientID: "google-id", ClientSecret: "s"}, "github": {ClientID: "github-id", ClientSecret: "s"},
			"reddit": {ClientID: "reddit-id", ClientSecret: "s"}, "microsoft": {ClientID: "ms-id", ClientSecret: "s"},
			"facebook": {ClientID: "fb-id", ClientSecret: "s"}, "paypal": {ClientID: "pp-id", ClientSecret: "s"},
			"apple": {ClientID: "apple-id", ClientSecret: "s"},
		}
		if change != nil {
			change(opts)
		}
	})
}

// googleClaims are the claims of a person at Google.
func googleClaims(s *authtest.Server, sub, email string) map[string]any {
	now := s.Clock.Now().Unix()
	return map[string]any{
		"iss": "https://accounts.google.com", "aud": "google-id", "sub": sub, "email": email, "email_verified": true,
		"name": "Ada Lovelace", "picture": "https://pictures.example/ada", "iat": now, "exp": now + 3600,
	}
}

// googleSays makes Google give out tokens for a person.
func (o *outside) googleSays(p *idp, claims map[string]any) {
	o.answer("www.googleapis.com/oauth2/v3/certs", p.set())
	o.answer("oauth2.googleapis.com/token", map[string]any{
		"access_token": "at-" + claims["sub"].(string), "refresh_token": "rt-1", "expires_in": 3600, "scope": "email profile",
		"id_token": p.token(claims), "token_type": "Bearer",
	})
}

// githubSays makes GitHub give out a person.
func (o *outside) githubSays(profile, emails any) {
	o.answer("github.com/login/oauth/access_token", map[string]any{"access_token": "gh", "token_type": "bearer", "scope": "user"})
	o.answer("api.github.com/user", profile)
	o.answer("api.github.com/user/emails", emails)
}

// begin starts a sign-in at a provider, or the linking of an account, and returns the state.
func begin(t *testing.T, c *authtest.Client, path, provider string, more map[string]any) string {
	t.Helper()
	body := map[string]any{"provider": provider, "callbackURL": "/welcome"}
	for name, v := range more {
		body[name] = v
	}
	res := c.Post(path, body).Want(t, http.StatusOK)
	u, err := url.Parse(res.Object(t)["url"].(string))
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("state")
}

// finish delivers a code, and returns where the browser is sent.
func finish(t *testing.T, c *authtest.Client, provider, state string) string {
	t.Helper()
	res := c.Get("/callback/"+provider+"?code=c&state="+url.QueryEscape(state)).Want(t, http.StatusFound)
	return strings.TrimPrefix(res.Header.Get("Location"), c.URL+authtest.BasePath)
}

// through signs in at a provider, and returns where the browser ends.
func through(t *testing.T, c *authtest.Client, provider string, more map[string]any) string {
	t.Helper()
	return finish(t, c, provider, begin(t, c, "/sign-in/social", provider, more))
}

func newAuth(o auth.Options) (*core.Auth, error) { return core.New(o) }
