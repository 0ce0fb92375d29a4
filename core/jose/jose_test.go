package jose_test

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/jose"
)

// vector is a key and a token that Node's jose 6 made.
type vector struct {
	Alg             jose.Algorithm
	Public, Private json.RawMessage
	Token           string
}

func vectors(t *testing.T) []vector {
	t.Helper()
	text, err := os.ReadFile("testdata/node.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []vector
	if err := json.Unmarshal(text, &list); err != nil || len(list) != len(jose.Algorithms()) {
		t.Fatalf("%d vectors, %v", len(list), err)
	}
	return list
}

const payload = `{"sub":"ada"}`

func TestTokensAndKeysOfNodeAreUnderstood(t *testing.T) {
	for _, v := range vectors(t) {
		if got, err := jose.Verify(v.Token, v.Alg, v.Public); err != nil || string(got) != payload {
			t.Errorf("%s: %q, %v", v.Alg, got, err)
		}
		if kid, err := jose.KeyID(v.Token); kid != "k1" || err != nil {
			t.Errorf("%s: kid %q, %v", v.Alg, kid, err)
		}
		ours, err := jose.Sign(v.Alg, "k1", v.Private, []byte(payload))
		if err != nil {
			t.Errorf("%s: %v", v.Alg, err)
			continue
		}
		if head, _, _ := strings.Cut(ours, "."); !strings.HasPrefix(v.Token, head+".") {
			t.Errorf("%s: the header is %s", v.Alg, head)
		}
		if got, err := jose.Verify(ours, v.Alg, v.Public); err != nil || string(got) != payload {
			t.Errorf("%s: our own token: %q, %v", v.Alg, got, err)
		}
	}
}

func TestGeneratedKeysHaveTheFormOfNodes(t *testing.T) {
	for _, v := range vectors(t) {
		pair, err := jose.Generate(authtest.NewRandom(1), v.Alg, 0)
		if err != nil {
			t.Fatalf("%s: %v", v.Alg, err)
		}
		for name, c := range map[string][2]string{"public": {string(v.Public), string(pair.Public)}, "private": {string(v.Private), string(pair.Private)}} {
			if want, got := form(t, c[0]), form(t, c[1]); want != got {
				t.Errorf("%s: the %s key has %s, Node's %s", v.Alg, name, got, want)
			}
		}
		token, err := jose.Sign(v.Alg, "k2", pair.Private, []byte(payload))
		if err != nil {
			t.Fatalf("%s: %v", v.Alg, err)
		}
		if got, err := jose.Verify(token, v.Alg, pair.Public); err != nil || string(got) != payload {
			t.Errorf("%s: %q, %v", v.Alg, got, err)
		}
		if _, err := jose.Verify(token, v.Alg, v.Public); !errors.Is(err, jose.ErrInvalid) {
			t.Errorf("%s: another key: %v", v.Alg, err)
		}
	}
}

// shorter are numbers of a private RSA key whose first bytes may be zero, and are then left out (RFC 7518 section 6.3.2).
var shorter = []string{"d", "dp", "dq", "qi"}

// form is a key's members in their order, with the length of each.
func form(t *testing.T, key string) string {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(key))
	var parts []string
	for {
		token, err := dec.Token()
		if err != nil {
			return strings.Join(parts, " ")
		}
		text, ok := token.(string)
		if !ok {
			continue
		}
		value, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		size := len(value.(string))
		if slices.Contains(shorter, text) {
			size = (size + 15) / 16 * 16
		}
		parts = append(parts, text+":"+strconv.Itoa(size))
	}
}

func encode(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func TestPEER017_NoTokenChoosesItsAlgorithmOrKey(t *testing.T) {
	byAlg := map[jose.Algorithm]vector{}
	for _, v := range vectors(t) {
		byAlg[v.Alg] = v
	}
	ed := byAlg[jose.EdDSA]
	mac := func(head string) string {
		signed := encode(head) + "." + encode(payload)
		h := hmac.New(sha256.New, ed.Public)
		h.Write([]byte(signed))
		return signed + "." + encode(string(h.Sum(nil)))
	}
	own := func(head string) string { // signed with the attacker's key, which the header brings along
		_, key, _ := ed25519.GenerateKey(authtest.NewRandom(3))
		x := encode(string(key.Public().(ed25519.PublicKey)))
		signed := encode(strings.ReplaceAll(head, "X", x)) + "." + encode(payload)
		return signed + "." + encode(string(ed25519.Sign(key, []byte(signed))))
	}
	_, rest, _ := strings.Cut(ed.Token, ".")
	for name, token := range map[string]string{
		"none":                    encode(`{"alg":"none","kid":"k1"}`) + "." + encode(payload) + ".",
		"NONE":                    encode(`{"alg":"NONE","kid":"k1"}`) + "." + encode(payload) + ".AA",
		"no algorithm":            encode(`{"kid":"k1"}`) + "." + rest,
		"HS256 by the public key": mac(`{"alg":"HS256","kid":"k1"}`),
		"a key in the header":     own(`{"alg":"EdDSA","kid":"k1","jwk":{"kty":"OKP","crv":"Ed25519","x":"X"}}`),
		"an address of keys":      own(`{"alg":"EdDSA","kid":"k1","jku":"http://127.0.0.1:1/"}`),
		"a critical extension":    encode(`{"alg":"EdDSA","kid":"k1","crit":["exp"]}`) + "." + rest,
		"ES256":                   byAlg[jose.ES256].Token,
		"four parts":              ed.Token + ".",
		"two parts":               strings.Join(strings.Split(ed.Token, ".")[:2], "."),
		"spaces":                  ed.Token + " ",
		"a long one":              ed.Token + strings.Repeat("A", 20_000),
		"an empty one":            "",
	} {
		if got, err := jose.Verify(token, jose.EdDSA, ed.Public); !errors.Is(err, jose.ErrInvalid) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestAKeyServesItsAlgorithmOnly(t *testing.T) {
	list := vectors(t)
	for _, key := range list {
		for _, v := range list {
			if v.Alg == key.Alg || strings.HasSuffix(string(v.Alg), "S256") && strings.HasSuffix(string(key.Alg), "S256") && v.Alg != jose.ES256 && key.Alg != jose.ES256 {
				continue
			}
			if _, err := jose.Sign(v.Alg, "k", key.Private, nil); err == nil {
				t.Errorf("a key of %s signs %s", key.Alg, v.Alg)
			}
			if _, err := jose.Verify(v.Token, v.Alg, key.Public); err == nil {
				t.Errorf("a key of %s verifies %s", key.Alg, v.Alg)
			}
		}
		if _, err := jose.Sign(key.Alg, "k", key.Public, nil); err == nil {
			t.Errorf("a public key of %s signs", key.Alg)
		}
	}
	for _, modulus := range []int{512, 1024, 16384} {
		if _, err := jose.Generate(authtest.NewRandom(1), jose.RS256, modulus); err == nil {
			t.Errorf("an RSA key of %d bits is made", modulus)
		}
	}
	if _, err := jose.Generate(authtest.NewRandom(1), "HS256", 0); err == nil {
		t.Error("a key pair is made for HS256")
	}
}

func FuzzPEER022_Verify(f *testing.F) {
	text, err := os.ReadFile("testdata/node.json")
	if err != nil {
		f.Fatal(err)
	}
	var list []vector
	if err := json.Unmarshal(text, &list); err != nil {
		f.Fatal(err)
	}
	for _, v := range list {
		f.Add(v.Token, string(v.Public))
	}
	f.Fuzz(func(t *testing.T, token, key string) {
		for _, a := range jose.Algorithms() {
			if got, err := jose.Verify(token, a, []byte(key)); err == nil && len(got) == 0 && token == "" {
				t.Fatal("an empty token is good")
			}
		}
	})
}
