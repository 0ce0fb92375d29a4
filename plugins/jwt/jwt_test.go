package jwt_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/jose"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/jwt"
)

func serve(t *testing.T, o jwt.Options) *authtest.Server {
	t.Helper()
	return authtest.New(t, func(opts *auth.Options) { opts.Plugins = []auth.Plugin{jwt.New(o)} })
}

func token(t *testing.T, c *authtest.Client) string {
	t.Helper()
	return c.Get("/token").Want(t, http.StatusOK).Object(t)["token"].(string)
}

// part decodes a part of a token: 0 the header, 1 the claims.
func part(t *testing.T, token string, i int) map[string]any {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[i])
	if err != nil {
		t.Fatal(err)
	}
	var o map[string]any
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	return o
}

// published returns the key set by kid.
func published(t *testing.T, s *authtest.Server) map[string]map[string]any {
	t.Helper()
	var set struct{ Keys []map[string]any }
	if err := s.Client().Get("/jwks").Want(t, http.StatusOK).Decode(&set); err != nil {
		t.Fatal(err)
	}
	byID := map[string]map[string]any{}
	for _, k := range set.Keys {
		byID[k["kid"].(string)] = k
	}
	return byID
}

// verified returns what the operation verifyJWT answers, or nil.
func verified(t *testing.T, s *authtest.Server, token string) *auth.Object {
	t.Helper()
	body := option.NewObject()
	body.Set("token", token)
	res, err := s.Run(t.Context(), jwt.VerifyKey, auth.Input{Body: body})
	if err != nil {
		t.Fatal(err)
	}
	return res.Value.(*jwt.VerifyOut).Payload
}

// sign makes a token of claims in process.
func sign(t *testing.T, s *authtest.Server, claims string) string {
	t.Helper()
	tree, err := option.ParseJSON([]byte(`{"payload":` + claims + `}`))
	if err != nil {
		t.Fatal(err)
	}
	res, err := s.Run(t.Context(), jwt.SignKey, auth.Input{Body: tree})
	if err != nil {
		t.Fatal(err)
	}
	return res.Value.(*jwt.Token).Token
}

func TestEveryAlgorithmSignsWhatTheKeySetVerifies(t *testing.T) {
	for _, alg := range append(jose.Algorithms(), "") {
		t.Run("alg "+string(alg), func(t *testing.T) {
			s := serve(t, jwt.Options{JWKS: jwt.KeyOptions{KeyPairConfig: jwt.KeyPairConfig{Alg: alg}}})
			tok := token(t, s.SignedIn("ada@example.com"))
			header := part(t, tok, 0)
			key := published(t, s)[header["kid"].(string)]
			if key == nil || key["alg"] != header["alg"] || alg != "" && header["alg"] != string(alg) {
				t.Fatalf("header %v, published %v", header, key)
			}
			if key["d"] != nil || key["p"] != nil {
				t.Errorf("a private part is published: %v", key)
			}
			text, _ := json.Marshal(key)
			if _, err := jose.Verify(tok, jose.Algorithm(key["alg"].(string)), text); err != nil {
				t.Error(err)
			}
			if claims := verified(t, s, tok); claims == nil {
				t.Error("verifyJWT refuses it")
			}
		})
	}
}

func TestATokenSaysWhoItsUserIs(t *testing.T) {
	s := serve(t, jwt.Options{})
	ada := s.SignedIn("ada@example.com")
	claims, user := part(t, token(t, ada), 1), ada.Session().User
	now := float64(s.Clock.Now().Unix())
	for name, want := range map[string]any{
		"sub": user["id"], "id": user["id"], "email": "ada@example.com", "name": user["name"], "createdAt": user["createdAt"],
		"iat": now, "exp": now + 900, "iss": s.URL, "aud": s.URL,
	} {
		if claims[name] != want {
			t.Errorf("%s is %v, want %v", name, claims[name], want)
		}
	}
	s.Client().Get("/token").Want(t, http.StatusUnauthorized)
}

func TestTheClaimsMayBeChosen(t *testing.T) {
	o := jwt.Options{JWT: jwt.TokenOptions{
		Issuer: "https://issuer.example", Audiences: []string{"a", "b"}, ExpirationTime: jwt.Expiry{After: time.Hour},
		DefinePayload: func(_ context.Context, s *auth.SignedIn) (map[string]any, error) {
			return map[string]any{"mail": s.User.Email, "iat": 5}, nil
		},
		GetSubject: func(_ context.Context, s *auth.SignedIn) (string, error) { return "user:" + s.User.Email, nil },
	}}
	s := serve(t, o)
	tok := token(t, s.SignedIn("ada@example.com"))
	claims := part(t, tok, 1)
	if claims["mail"] != "ada@example.com" || claims["email"] != nil || claims["sub"] != "user:ada@example.com" || claims["iss"] != "https://issuer.example" {
		t.Errorf("claims %v", claims)
	}
	if aud, _ := json.Marshal(claims["aud"]); string(aud) != `["a","b"]` {
		t.Errorf("aud %s", aud)
	}
	if claims["iat"] != 5.0 || claims["exp"] != 3605.0 {
		t.Errorf("iat %v, exp %v", claims["iat"], claims["exp"])
	}
}

func TestGetSessionSendsATokenAlong(t *testing.T) {
	s := serve(t, jwt.Options{})
	ada := s.SignedIn("ada@example.com")
	res := ada.Get("/get-session").Want(t, http.StatusOK)
	if verified(t, s, res.Header.Get("Set-Auth-Jwt")) == nil || res.Header.Get("Access-Control-Expose-Headers") != "set-auth-jwt" {
		t.Errorf("headers %v", res.Header)
	}
	if got := s.Client().Get("/get-session").Header.Get("Set-Auth-Jwt"); got != "" {
		t.Errorf("nobody gets %q", got)
	}
	quiet := serve(t, jwt.Options{DisableSettingJWTHeader: true})
	if got := quiet.SignedIn("ada@example.com").Get("/get-session").Header.Get("Set-Auth-Jwt"); got != "" {
		t.Errorf("the header was disabled: %q", got)
	}
}

func TestPrivateKeysAreEncryptedUnlessTheOptionSaysNot(t *testing.T) {
	for disabled, want := range map[bool]string{false: `"`, true: `{"crv":"Ed25519","d":"`} {
		s := serve(t, jwt.Options{JWKS: jwt.KeyOptions{DisablePrivateKeyEncryption: disabled}})
		token(t, s.SignedIn("ada@example.com"))
		if key := s.Row("jwks")["privateKey"].(string); !strings.HasPrefix(key, want) {
			t.Errorf("disabled %v: %s", disabled, key)
		}
	}
}

func TestKeysRotateAndStayPublishedForAWhile(t *testing.T) {
	s := serve(t, jwt.Options{JWKS: jwt.KeyOptions{RotationInterval: time.Hour, GracePeriod: 2 * time.Hour}})
	ada := s.SignedIn("ada@example.com")
	first := token(t, ada)
	s.Clock.Advance(61 * time.Minute)
	second := token(t, ada)
	kid1, kid2 := part(t, first, 0)["kid"].(string), part(t, second, 0)["kid"].(string)
	if kid1 == kid2 {
		t.Fatal("an expired key signs")
	}
	if set := published(t, s); len(set) != 2 {
		t.Errorf("within the grace %d keys are published", len(set))
	}
	s.Clock.Advance(2 * time.Hour)
	if set := published(t, s); len(set) != 1 || set[kid2] == nil {
		t.Errorf("after the grace: %v", set)
	}
}

func TestTheKeySetMayBeElsewhere(t *testing.T) {
	o := jwt.Options{
		JWKS: jwt.KeyOptions{RemoteURL: "https://keys.example/jwks", KeyPairConfig: jwt.KeyPairConfig{Alg: jose.ES256}},
		JWT: jwt.TokenOptions{Sign: func(_ context.Context, claims *auth.Object) (string, error) {
			sub, _ := claims.Get("sub")
			iss, _ := claims.Get("iss")
			return "signed elsewhere for " + sub.(string) + " by " + iss.(string), nil
		}},
	}
	s := serve(t, o)
	ada := s.SignedIn("ada@example.com")
	if got, want := token(t, ada), "signed elsewhere for "+ada.Session().User["id"].(string)+" by "+s.URL; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	ada.Get("/jwks").Want(t, http.StatusNotFound)
	if n := s.Count("jwks"); n != 0 {
		t.Errorf("%d keys were made", n)
	}
}

func TestThePathOfTheKeySetMayBeChosen(t *testing.T) {
	s := serve(t, jwt.Options{JWKS: jwt.KeyOptions{JWKSPath: "/.well-known/jwks.json"}})
	s.Client().Get("/.well-known/jwks.json").Want(t, http.StatusOK)
	s.Client().Get("/jwks").Want(t, http.StatusNotFound)
}

func TestAnAdapterKeepsTheKeys(t *testing.T) {
	var kept []jwt.Key
	s := serve(t, jwt.Options{Adapter: jwt.Adapter{
		Keys: func(*auth.Call) ([]jwt.Key, error) { return kept, nil },
		Create: func(_ *auth.Call, k jwt.Key) (jwt.Key, error) {
			k.ID = "mine"
			kept = append(kept, k)
			return k, nil
		},
	}})
	tok := token(t, s.SignedIn("ada@example.com"))
	if part(t, tok, 0)["kid"] != "mine" || published(t, s)["mine"] == nil || s.Count("jwks") != 0 {
		t.Errorf("token %v, %d rows", part(t, tok, 0), s.Count("jwks"))
	}
}

func TestTheTableMayBeRenamed(t *testing.T) {
	s := serve(t, jwt.Options{Schema: schema.Renames{"jwks": {ModelName: "keys", Fields: map[string]string{"publicKey": "public_key"}}}})
	table := s.Context().Schema.Table("jwks")
	if table.Name != "keys" || table.Field("publicKey").ColumnName() != "public_key" {
		t.Errorf("table %s, column %s", table.Name, table.Field("publicKey").ColumnName())
	}
}

func TestOptionsThatContradictAreRefused(t *testing.T) {
	remote := func(context.Context, *auth.Object) (string, error) { return "", nil }
	for name, o := range map[string]jwt.Options{
		"signing elsewhere without a key set": {JWT: jwt.TokenOptions{Sign: remote}},
		"a key set without an algorithm":      {JWKS: jwt.KeyOptions{RemoteURL: "https://x"}},
		"a path without a slash":              {JWKS: jwt.KeyOptions{JWKSPath: "jwks"}},
		"a path upwards":                      {JWKS: jwt.KeyOptions{JWKSPath: "/../jwks"}},
		"an unknown algorithm":                {JWKS: jwt.KeyOptions{KeyPairConfig: jwt.KeyPairConfig{Alg: "HS256"}}},
		"an unknown curve":                    {JWKS: jwt.KeyOptions{KeyPairConfig: jwt.KeyPairConfig{Crv: "Ed448"}}},
		"a table that the plugin has not":     {Schema: schema.Renames{"keys": {}}},
	} {
		if _, err := core.New(auth.Options{Secret: authtest.Secret, Plugins: []auth.Plugin{jwt.New(o)}}); err == nil {
			t.Errorf("%s passes", name)
		}
	}
}

func TestOptionsAreReadAsUpstreamWritesThem(t *testing.T) {
	var o jwt.Options
	tree, err := option.ParseJSON([]byte(`{"jwks":{"keyPairConfig":{"alg":"RS256","modulusLength":4096},"gracePeriod":0,"rotationInterval":3600},
		"jwt":{"audience":["a"],"expirationTime":"2 hours"},"disableSettingJwtHeader":true}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := option.Decode(tree, &o); err != nil {
		t.Fatal(err)
	}
	if o.JWKS.KeyPairConfig.Alg != jose.RS256 || o.JWKS.GracePeriod >= 0 || o.JWT.ExpirationTime.After != 2*time.Hour || o.JWT.Audiences[0] != "a" {
		t.Errorf("%+v", o)
	}
	if err := option.Decode(map[string]any{"jwt": map[string]any{"expirationTime": 5}}, &o); err != nil || o.JWT.ExpirationTime.At.Unix() != 5 {
		t.Errorf("%+v, %v", o.JWT.ExpirationTime, err)
	}
	if err := option.Decode(map[string]any{"jwt": map[string]any{"expirationTime": "soon"}}, &o); err == nil {
		t.Error(`"soon" passes`)
	}
}

func TestACallMayOverrideOptions(t *testing.T) {
	s := serve(t, jwt.Options{})
	tree, _ := option.ParseJSON([]byte(`{"payload":{"sub":"x"},"overrideOptions":{"jwt":{"issuer":"https://other.example","audience":"them"}}}`))
	res, err := s.Run(t.Context(), jwt.SignKey, auth.Input{Body: tree})
	if err != nil {
		t.Fatal(err)
	}
	if claims := part(t, res.Value.(*jwt.Token).Token, 1); claims["iss"] != "https://other.example" || claims["aud"] != "them" {
		t.Errorf("claims %v", claims)
	}
	tree, _ = option.ParseJSON([]byte(`{"payload":{},"overrideOptions":{"jwks":{"unknown":1}}}`))
	if _, err := s.Run(t.Context(), jwt.SignKey, auth.Input{Body: tree}); err == nil {
		t.Error("an unknown option passes")
	}
	for _, path := range []string{"/sign-jwt", "/signJWT", "/verify-jwt"} {
		s.Client().Post(path, map[string]any{"payload": map[string]any{}}).Want(t, http.StatusNotFound)
	}
}

func TestPEER020_ClaimsAreCheckedByTypeAndTime(t *testing.T) {
	s := serve(t, jwt.Options{JWT: jwt.TokenOptions{Issuer: "me", Audience: "us"}})
	for claims, good := range map[string]bool{
		`{"sub":"a"}`:                                    true,
		`{"sub":"a","aud":["them","us"]}`:                true,
		`{"sub":"a","iat":1}`:                            false, // so its end is long past
		`{"sub":"a","exp":"9999999999"}`:                 false,
		`{"sub":"a","exp":1}`:                            false,
		`{"sub":"a","nbf":9999999999}`:                   false,
		`{"sub":"a","nbf":"1"}`:                          false,
		`{"sub":"a","iat":9999999999,"exp":99999999999}`: false,
		`{"sub":"a","iat":"1","exp":9999999999}`:         false,
		`{"sub":"a","iss":"you"}`:                        false,
		`{"sub":"a","iss":["me"]}`:                       false,
		`{"sub":"a","aud":[]}`:                           false,
		`{"sub":"a","aud":7}`:                            false,
		`{"sub":"a","aud":["us",7]}`:                     false,
		`{"sub":"a","aud":"them"}`:                       false,
		`{"sub":""}`:                                     false,
		`{"sub":7}`:                                      false,
		`{}`:                                             false,
	} {
		if got := verified(t, s, sign(t, s, claims)) != nil; got != good {
			t.Errorf("%s: accepted %v", claims, got)
		}
	}
}

func TestPEER018_OnlyKeysOfTheSetVerify(t *testing.T) {
	s := serve(t, jwt.Options{})
	good := sign(t, s, `{"sub":"a"}`)
	head := func(kid string) string {
		return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"EdDSA","kid":"`+kid+`"}`)) + good[strings.IndexByte(good, '.'):]
	}
	for name, tok := range map[string]string{
		"no token": "", "a path": head("../../etc"), "SQL": head("' OR 1=1"), "no kid": head(""), "another kid": head("x"),
	} {
		if verified(t, s, tok) != nil {
			t.Errorf("%s is accepted", name)
		}
	}
	if verified(t, s, good) == nil {
		t.Error("a good one is refused")
	}
}

func TestTokensAndKeysOfNodeAreGoodHere(t *testing.T) {
	var node struct {
		Secret, BaseURL, Token string
		Row                    struct{ ID, PublicKey, PrivateKey, CreatedAt string }
	}
	text, err := os.ReadFile("testdata/node.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &node); err != nil {
		t.Fatal(err)
	}
	s := authtest.New(t, func(o *auth.Options) {
		o.Secret, o.BaseURL = node.Secret, node.BaseURL
		o.Plugins = []auth.Plugin{jwt.New(jwt.Options{})}
	})
	s.Clock.Advance(time.Unix(int64(part(t, node.Token, 1)["iat"].(float64)), 0).Sub(s.Clock.Now()))
	created, err := time.Parse(time.RFC3339, node.Row.CreatedAt)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Context().Store.Insert(t.Context(), "jwks", store.Record{
		"id": node.Row.ID, "publicKey": node.Row.PublicKey, "privateKey": node.Row.PrivateKey, "createdAt": created, "expiresAt": nil,
	})
	if err != nil {
		t.Fatal(err)
	}
	if verified(t, s, node.Token) == nil {
		t.Error("Node's token is refused")
	}
	if kid := part(t, sign(t, s, `{"sub":"a"}`), 0)["kid"]; kid != node.Row.ID || s.Count("jwks") != 1 {
		t.Errorf("signed by %v; %d keys", kid, s.Count("jwks"))
	}
}

func TestRACE024_InstancesThatStartTogetherAgreeOnAKey(t *testing.T) {
	s := serve(t, jwt.Options{})
	ada := s.SignedIn("ada@example.com")
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if verified(t, s, token(t, ada)) == nil {
				t.Error("a token of the start is refused")
			}
		})
	}
	wg.Wait()
	kid := part(t, token(t, ada), 0)["kid"]
	for range 5 {
		if got := part(t, token(t, ada), 0)["kid"]; got != kid {
			t.Errorf("signed by %v and %v", got, kid)
		}
	}
}
