package crypto_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/crypto"
)

const (
	secretA = "secret-a-at-least-32-chars-long!!"
	secretB = "secret-b-at-least-32-chars-long!!"
	salt    = "better-auth-session"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

func assertToken(t *testing.T, err error, ok, expired bool) {
	t.Helper()
	switch {
	case ok && err != nil:
		t.Errorf("refused: %v", err)
	case !ok && err == nil:
		t.Error("accepted")
	case !ok && expired != errors.Is(err, crypto.ErrTokenExpired):
		t.Errorf("error = %v, want expired: %v", err, expired)
	case !ok && !expired && !errors.Is(err, crypto.ErrTokenInvalid):
		t.Errorf("error = %v, want ErrTokenInvalid", err)
	}
}

func TestNewKeyringRefusesUnusableSecrets(t *testing.T) {
	for _, c := range []struct {
		name    string
		secrets []crypto.Secret
		legacy  string
		want    string
	}{
		{"nothing", nil, "", "secret is missing: set BETTER_AUTH_SECRET"},
		{"blank plain secret", nil, " \t", "secret is missing"},
		{"negative version", []crypto.Secret{{Version: -1, Value: secretA}}, "", "invalid version -1 in `secrets`"},
		{"empty value", []crypto.Secret{{Version: 3}}, secretA, "empty secret value for version 3 in `secrets`"},
		{"duplicate version", []crypto.Secret{{Version: 1, Value: secretA}, {Version: 1, Value: secretB}}, "", "duplicate version 1 in `secrets`"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := crypto.NewKeyring(c.secrets, c.legacy)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error = %v, want %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), secretA) {
				t.Error("the error shows a secret")
			}
		})
	}
}

func TestTheFirstVersionedSecretIsCurrent(t *testing.T) {
	k := ring(t, secretA, crypto.Secret{Version: 7, Value: secretB})
	if diff := cmp.Diff(secretB, k.Current()); diff != "" {
		t.Error(diff)
	}
	if ok, stale := k.Verify("v", ring(t, secretB).Sign("v")); !ok || stale {
		t.Errorf("current: ok %v, stale %v", ok, stale)
	}
	if ok, stale := k.Verify("v", ring(t, secretA).Sign("v")); !ok || !stale {
		t.Errorf("legacy: ok %v, stale %v", ok, stale)
	}
	if ok, stale := k.Verify("v", ring(t, "a secret nobody configured here!").Sign("v")); ok || stale {
		t.Errorf("foreign: ok %v, stale %v", ok, stale)
	}
}

func TestGO015_EmptySecretsAndForgedSignaturesAreRefused(t *testing.T) {
	if _, err := crypto.NewKeyring(nil, ""); err == nil {
		t.Error("an empty secret was accepted")
	}
	k := ring(t, secretA)
	good := k.Sign("token")
	unpadded := strings.TrimSuffix(good, "=")
	for name, signature := range map[string]string{
		"empty":              "",
		"padding only":       strings.Repeat("=", 44),
		"short":              good[1:],
		"long":               good + "=",
		"no padding":         unpadded + "A",
		"of another value":   k.Sign("token2"),
		"url alphabet":       k.SignURL([]byte("token")) + "=",
		"stray bits":         good[:42] + flipLowBit(good[42]) + "=",
		"line break inside":  good[:42] + "\n=",
		"44 NUL bytes":       strings.Repeat("\x00", 43) + "=",
		"two padding signs":  good[:42] + "==",
		"empty key's HMAC":   "thNnmggU2ex3L5XXeMNfxf8Wl8STcVZTxscSFEKSxa0=",
		"surrounding spaces": " " + good[2:] + "=",
	} {
		if ok, _ := k.Verify("token", signature); ok && signature != good {
			t.Errorf("signature %s accepted: %q", name, signature)
		}
	}
	if ok, _ := k.VerifyURL([]byte("token"), ""); ok {
		t.Error("an empty base64url signature was accepted")
	}
	if crypto.Equal("a", "ab") || crypto.Equal("", "a") || !crypto.Equal("ab", "ab") {
		t.Error("Equal is wrong")
	}
}

// flipLowBit changes the bits of a base64 letter that padding leaves unused.
func flipLowBit(letter byte) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	return string(alphabet[strings.IndexByte(alphabet, letter)^1])
}

func TestEncryptWritesAVersionOnlyWithVersionedSecrets(t *testing.T) {
	for _, c := range []struct {
		name    string
		keyring *crypto.Keyring
		want    string
	}{
		{"plain", ring(t, secretA), `^[0-9a-f]{90}$`},
		{"versioned", ring(t, "", crypto.Secret{Version: 12, Value: secretA}), `^\$ba\$12\$[0-9a-f]{90}$`},
		{"version zero with legacy", ring(t, secretB, crypto.Secret{Version: 0, Value: secretA}), `^\$ba\$0\$[0-9a-f]{90}$`},
	} {
		t.Run(c.name, func(t *testing.T) {
			text, err := c.keyring.Encrypt(nil, "hello")
			if err != nil || !regexp.MustCompile(c.want).MatchString(text) {
				t.Fatalf("Encrypt = %q, %v", text, err)
			}
			if plain, err := c.keyring.Decrypt(text); plain != "hello" || err != nil {
				t.Errorf("Decrypt = %q, %v", plain, err)
			}
		})
	}
}

func TestDecryptRefuses(t *testing.T) {
	k := ring(t, "", crypto.Secret{Version: 1, Value: secretA})
	good, err := k.Encrypt(nil, "hello")
	if err != nil {
		t.Fatal(err)
	}
	bare := strings.TrimPrefix(good, "$ba$1$")
	for name, c := range map[string]struct {
		text string
		want error
	}{
		"an unknown version":        {"$ba$2$" + bare, crypto.ErrUnknownVersion},
		"no version, no legacy":     {bare, crypto.ErrNoLegacySecret},
		"a negative version":        {"$ba$-1$" + bare, crypto.ErrDecrypt},
		"a signed version":          {"$ba$+1$" + bare, crypto.ErrDecrypt},
		"a version with trailing":   {"$ba$1x$" + bare, crypto.ErrDecrypt},
		"a huge version":            {"$ba$99999999999999999999$" + bare, crypto.ErrDecrypt},
		"an unfinished envelope":    {"$ba$1", crypto.ErrDecrypt},
		"an empty ciphertext":       {"$ba$1$", crypto.ErrDecrypt},
		"odd hex":                   {good[:len(good)-1], crypto.ErrDecrypt},
		"a cut tag":                 {good[:len(good)-2], crypto.ErrDecrypt},
		"a changed nonce":           {"$ba$1$" + flipHex(bare), crypto.ErrDecrypt},
		"less than nonce and tag":   {"$ba$1$" + bare[:78], crypto.ErrDecrypt},
		"letters that are not hex":  {"$ba$1$zz" + bare[2:], crypto.ErrDecrypt},
		"another secret's envelope": {"$ba$1$" + encryptWith(t, secretB), crypto.ErrDecrypt},
	} {
		if _, err := k.Decrypt(c.text); !errors.Is(err, c.want) {
			t.Errorf("%s: error = %v, want %v", name, err, c.want)
		}
	}
}

func flipHex(s string) string {
	if s[0] == '0' {
		return "1" + s[1:]
	}
	return "0" + s[1:]
}

func encryptWith(t *testing.T, secret string) string {
	t.Helper()
	text, err := ring(t, secret).Encrypt(nil, "hello")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestEncryptedTokensRoundTripAcrossRotation(t *testing.T) {
	old := ring(t, secretA)
	k := ring(t, secretA, crypto.Secret{Version: 1, Value: secretB})
	token, err := old.EncodeJWE(nil, []byte(`{"name":"é \u2028 <>&","iat":1}`), salt, noon, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	claims, stale, err := k.DecodeJWE(token, salt, noon.Add(74*time.Second))
	if err != nil || !stale {
		t.Fatalf("DecodeJWE = stale %v, %v", stale, err)
	}
	want := `^\{"name":"é \\u2028 <>&","iat":1767268800,"exp":1767268860,"jti":"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"\}$`
	if !regexp.MustCompile(want).Match(claims) {
		t.Errorf("claims = %s", claims)
	}
	_, _, err = k.DecodeJWE(token, salt, noon.Add(75*time.Second))
	assertToken(t, err, false, true)
	_, _, err = k.DecodeJWE(token, "better-auth-account", noon)
	assertToken(t, err, false, false)
}

func TestMalformedTokensAreInvalidAndNeverPanic(t *testing.T) {
	k := ring(t, secretA)
	jws, err := k.SignJWT([]byte(`{"a":1}`), noon, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	jwe, err := k.EncodeJWE(nil, []byte(`{"a":1}`), salt, noon, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	part := strings.Split(jwe, ".")
	tokens := []string{
		"", ".", "..", "...", "....", ".....", "a.b.c", "..a.b.c", jws + ".", "." + jws, jws + "=", jws + "\n", " " + jws,
		strings.Replace(jws, ".", "..", 1), jws[:len(jws)-1], jws + "A", jwe + "=", jwe + ".x", jwe[:len(jwe)-4],
		part[0] + "..." + part[3] + "." + part[4],
		part[0] + ".AAAA." + strings.Join(part[2:], "."),
		part[0] + "..AA." + part[3] + "." + part[4],
		part[0] + ".." + part[2] + ".AAAA." + part[4],
		part[0] + ".." + part[2] + "." + part[3] + ".AA",
		base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"A256KW","enc":"A256GCM"}`)) + jwe[len(part[0]):],
	}
	for _, token := range tokens {
		_, _, err := k.VerifyJWT(token, noon)
		assertToken(t, err, false, false)
		_, _, err = k.DecodeJWE(token, salt, noon)
		assertToken(t, err, false, false)
	}
}

func TestClaimsMustBeOneJSONObject(t *testing.T) {
	k := ring(t, secretA)
	for _, claims := range []string{"", "null", "[]", `"x"`, "{", "{}{}", `{"a":}`} {
		if token, err := k.SignJWT([]byte(claims), noon, time.Minute); err == nil {
			t.Errorf("SignJWT(%q) = %q", claims, token)
		}
		if token, err := k.EncodeJWE(nil, []byte(claims), salt, noon, time.Minute); err == nil {
			t.Errorf("EncodeJWE(%q) = %q", claims, token)
		}
	}
	token, err := k.SignJWT([]byte(" { } "), noon, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	claims, _, err := k.VerifyJWT(token, noon)
	if diff := cmp.Diff(` { "iat":1767268800,"exp":1767268860}`, string(claims)); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestFAULT029_AFailingRandomSourceYieldsNoToken(t *testing.T) {
	k := ring(t, secretA)
	broken := errors.New("no entropy")
	for name, produce := range map[string]func(io.Reader) (string, error){
		"RandomString": func(r io.Reader) (string, error) { return crypto.RandomString(r, 32, crypto.AlphaNumeric) },
		"UUIDv4":       crypto.UUIDv4,
		"Encrypt":      func(r io.Reader) (string, error) { return k.Encrypt(r, "x") },
		"EncodeJWE":    func(r io.Reader) (string, error) { return k.EncodeJWE(r, []byte("{}"), salt, noon, time.Minute) },
		"Hash": func(r io.Reader) (string, error) {
			return crypto.NewHasher(crypto.HasherOptions{Random: r}).Hash(t.Context(), "password")
		},
	} {
		for _, working := range []int{0, 1, 15, 16, 20} {
			if name == "Hash" && working >= 16 || name == "UUIDv4" && working >= 16 {
				continue // enough for one
			}
			r := io.MultiReader(bytes.NewReader(make([]byte, working)), iotest.ErrReader(broken))
			if token, err := produce(r); token != "" || !errors.Is(err, broken) {
				t.Errorf("%s after %d bytes = %q, %v", name, working, token, err)
			}
		}
		if token, err := produce(bytes.NewReader([]byte{1, 2, 3})); token != "" || err == nil {
			t.Errorf("%s from a short source = %q, %v", name, token, err)
		}
	}
}

func TestRandomStringDropsBiasedBytes(t *testing.T) {
	source := bytes.NewReader([]byte{255, 248, 247, 0, 62, 251})
	got, err := crypto.RandomString(source, 3, crypto.AlphaNumeric)
	if diff := cmp.Diff("9aa", got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for _, c := range []struct {
		n        int
		alphabet string
	}{{0, "ab"}, {-1, "ab"}, {1, ""}, {1, strings.Repeat("a", 257)}} {
		if s, err := crypto.RandomString(nil, c.n, c.alphabet); err == nil {
			t.Errorf("RandomString(%d, %d letters) = %q", c.n, len(c.alphabet), s)
		}
	}
}

func TestKeyringIsSafeForConcurrentUse(t *testing.T) {
	k := ring(t, secretA, crypto.Secret{Version: 1, Value: secretB})
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 50 {
				token, err := k.EncodeJWE(nil, []byte(`{"a":1}`), salt, noon, time.Minute)
				if err != nil {
					t.Error(err)
					return
				}
				if _, _, err := k.DecodeJWE(token, salt, noon); err != nil {
					t.Error(err)
				}
				if ok, _ := k.Verify("v", k.Sign("v")); !ok {
					t.Error("signature refused")
				}
			}
		})
	}
	wait.Wait()
}
