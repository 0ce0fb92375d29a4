package crypto_test

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/crypto"
)

// golden holds values that Better Auth 1.6.9's own packages made on Node 20.
type golden struct {
	Now                      int64
	SecretA, SecretB, Legacy string
	Signatures               []struct{ Secret, Value, Signature, URL string }
	Encrypted                []struct{ Plain, Bare, Versioned string }
	Tokens                   []struct{ Claims, JWT, Payload, JWE, JWEOld, JWELegacy string }
	InPlace                  struct{ Claims, JWT, Payload string }
	Verify                   []struct {
		Name, Token string
		OK, Expired bool
	}
	Decode []struct {
		Name, Token string
		OK          bool
	}
	Passwords []struct{ Password, Hash string }
	Random    []struct {
		N              int
		Alphabet, Text string
	}
}

func readGolden(t testing.TB) (golden, time.Time) {
	t.Helper()
	text, err := os.ReadFile("testdata/upstream.json")
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	return g, time.Unix(g.Now, 0)
}

func ring(t testing.TB, legacy string, secrets ...crypto.Secret) *crypto.Keyring {
	t.Helper()
	k, err := crypto.NewKeyring(secrets, legacy)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// rotated is the keyring that the versioned golden values were made with.
func rotated(t testing.TB, g golden) *crypto.Keyring {
	t.Helper()
	return ring(t, g.Legacy, crypto.Secret{Version: 2, Value: g.SecretB}, crypto.Secret{Version: 1, Value: g.SecretA})
}

func TestSignaturesEqualUpstreams(t *testing.T) {
	g, _ := readGolden(t)
	for _, v := range g.Signatures {
		k := ring(t, v.Secret)
		if diff := cmp.Diff([]string{v.Signature, v.URL}, []string{k.Sign(v.Value), k.SignURL([]byte(v.Value))}); diff != "" {
			t.Errorf("signatures of %q differ (-upstream +ours):\n%s", v.Value, diff)
		}
		ok, stale := rotated(t, g).Verify(v.Value, v.Signature)
		if !ok || stale != (v.Secret == g.SecretA) {
			t.Errorf("Verify(%q) with rotated secrets = %v, %v", v.Value, ok, stale)
		}
		ok, stale = rotated(t, g).VerifyURL([]byte(v.Value), v.URL)
		if !ok || stale != (v.Secret == g.SecretA) {
			t.Errorf("VerifyURL(%q) with rotated secrets = %v, %v", v.Value, ok, stale)
		}
	}
}

func TestCiphertextsFromUpstreamDecrypt(t *testing.T) {
	g, _ := readGolden(t)
	k := rotated(t, g)
	for _, v := range g.Encrypted {
		for _, text := range []string{v.Bare, v.Versioned} {
			plain, err := k.Decrypt(text)
			if err != nil {
				t.Errorf("Decrypt of %q: %v", v.Plain, err)
			}
			if diff := cmp.Diff(v.Plain, plain); diff != "" {
				t.Errorf("plaintext differs (-upstream +ours):\n%s", diff)
			}
		}
	}
}

func TestSignedTokensEqualUpstreamsByteForByte(t *testing.T) {
	g, now := readGolden(t)
	k := ring(t, g.SecretA)
	for _, v := range g.Tokens {
		token, err := k.SignJWT([]byte(v.Claims), now, 5*time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(v.JWT, token); diff != "" {
			t.Errorf("token of %s differs (-upstream +ours):\n%s", v.Claims, diff)
		}
		claims, stale, err := rotated(t, g).VerifyJWT(v.JWT, now)
		if err != nil || !stale || string(claims) != v.Payload {
			t.Errorf("VerifyJWT = %s, %v, %v; want %s as stale", claims, stale, err, v.Payload)
		}
	}
}

func TestClaimsAlreadyPresentAreReplacedInPlace(t *testing.T) {
	g, now := readGolden(t)
	token, err := ring(t, g.SecretA).SignJWT([]byte(g.InPlace.Claims), now, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(g.InPlace.JWT, token); diff != "" {
		t.Errorf("token differs (-upstream +ours):\n%s", diff)
	}
}

func TestVerifyJWTAcceptsWhatUpstreamAccepts(t *testing.T) {
	g, now := readGolden(t)
	k := ring(t, g.SecretA)
	for _, v := range g.Verify {
		if v.Name == "crit b64 true" {
			v.OK = false // any crit is refused here
		}
		t.Run(v.Name, func(t *testing.T) {
			_, _, err := k.VerifyJWT(v.Token, now)
			assertToken(t, err, v.OK, v.Expired)
		})
	}
}

func TestEncryptedTokensFromUpstreamDecode(t *testing.T) {
	g, now := readGolden(t)
	k := rotated(t, g)
	for _, v := range g.Tokens {
		for _, c := range []struct {
			token, salt string
			stale       bool
		}{{v.JWE, "better-auth-session", false}, {v.JWEOld, "better-auth-session", true}, {v.JWELegacy, "better-auth-account", true}} {
			claims, stale, err := k.DecodeJWE(c.token, c.salt, now)
			if err != nil || stale != c.stale {
				t.Fatalf("DecodeJWE = stale %v, %v; want stale %v", stale, err, c.stale)
			}
			if diff := cmp.Diff(withoutJTI(t, v.Payload), withoutJTI(t, string(claims))); diff != "" {
				t.Errorf("claims differ (-upstream +ours):\n%s", diff)
			}
		}
	}
}

func TestDecodeJWEAcceptsWhatUpstreamAccepts(t *testing.T) {
	g, now := readGolden(t)
	k := ring(t, "", crypto.Secret{Version: 2, Value: g.SecretB}, crypto.Secret{Version: 1, Value: g.SecretA})
	for _, v := range g.Decode {
		t.Run(v.Name, func(t *testing.T) {
			_, _, err := k.DecodeJWE(v.Token, "better-auth-session", now)
			if (err == nil) != v.OK {
				t.Errorf("error = %v, upstream accepts: %v", err, v.OK)
			}
		})
	}
}

func withoutJTI(t *testing.T, claims string) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(claims), &m); err != nil {
		t.Fatal(err)
	}
	delete(m, "jti")
	return m
}

func TestRandomStringsEqualUpstreamsForTheSameBytes(t *testing.T) {
	g, _ := readGolden(t)
	alphabets := map[string]string{
		"a-z A-Z 0-9": crypto.AlphaNumeric, "0-9 a-z": crypto.LowerAlphaNum, "a-z A-Z": crypto.Letters,
		"0-9": crypto.Digits, "a-z 0-9 A-Z -_": crypto.URLSafe,
	}
	for _, v := range g.Random {
		got, err := crypto.RandomString(&counter{}, v.N, alphabets[v.Alphabet])
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(v.Text, got); diff != "" {
			t.Errorf("%d of %s differ (-upstream +ours):\n%s", v.N, v.Alphabet, diff)
		}
	}
}

// counter is the byte sequence that the golden random strings were made from.
type counter struct{ n int }

func (c *counter) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(c.n*197 + 91)
		c.n++
	}
	return len(p), nil
}

func TestPasswordHashesFromUpstreamVerify(t *testing.T) {
	g, _ := readGolden(t)
	h := crypto.NewHasher(crypto.HasherOptions{})
	for _, v := range g.Passwords {
		ok, err := h.Verify(t.Context(), v.Hash, v.Password)
		if err != nil || !ok {
			t.Errorf("Verify(%q) = %v, %v", v.Password, ok, err)
		}
	}
	if ok, err := h.Verify(t.Context(), g.Passwords[0].Hash, "another password"); ok || err != nil {
		t.Errorf("another password verified: %v, %v", ok, err)
	}
}
