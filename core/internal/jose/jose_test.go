package jose_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwe"
	"github.com/lestrrat-go/jwx/v2/jws"

	"github.com/goauth-dev/goauth/core/internal/jose"
)

func key64() []byte { return bytes.Repeat([]byte("0123456789abcdef"), 4) }

func TestHS256EqualsJWXBothWays(t *testing.T) {
	payload := []byte(`{"name":"é <>& \u2028"}`)
	key := jose.NewMACKey("secret")
	want, err := jws.Sign(payload, jws.WithKey(jwa.HS256, []byte("secret")))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), jose.SignHS256(key, payload)); diff != "" {
		t.Errorf("token differs (-jwx +ours):\n%s", diff)
	}
	got, index, err := jose.VerifyHS256([]*jose.MACKey{jose.NewMACKey("other"), key}, string(want))
	if err != nil || index != 1 || !bytes.Equal(got, payload) {
		t.Errorf("VerifyHS256 = %q, %d, %v", got, index, err)
	}
}

func TestMACEqualsRFC4231(t *testing.T) {
	got := jose.NewMACKey("Jefe").Sum("what do ya want for nothing?")
	const want = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
	if diff := cmp.Diff(want, hex.EncodeToString(got[:])); diff != "" {
		t.Error(diff)
	}
}

func TestThumbprintsFollowRFC7638(t *testing.T) {
	// Computed with jose 6.1.3: calculateJwkThumbprint({kty:"oct",k}).
	const want = "PgdJGwFEKW8iY8WzAX8ZzbKIySPPHJNBRHvwTONEzlM"
	if diff := cmp.Diff(want, jose.NewDirectKey(key64()).Thumbprint()); diff != "" {
		t.Error(diff)
	}
}

func TestSealedTokensOpenWithJWXAndTheReverse(t *testing.T) {
	key := jose.NewDirectKey(key64())
	for size := 1; size < 50; size++ { // jwx cannot open an empty payload
		payload := bytes.Repeat([]byte{'x'}, size)
		token, err := jose.EncryptDirect(key, bytes.NewReader(make([]byte, 16)), payload)
		if err != nil {
			t.Fatal(err)
		}
		got, err := jwe.Decrypt([]byte(token), jwe.WithKey(jwa.DIRECT, key64()))
		if err != nil || !bytes.Equal(got, payload) {
			t.Fatalf("jwx opens %d bytes as %q, %v", size, got, err)
		}
		for _, enc := range []jwa.ContentEncryptionAlgorithm{jwa.A256CBC_HS512, jwa.A256GCM} {
			assertOpensJWX(t, enc, payload)
		}
		got, index, err := jose.DecryptDirect([]*jose.DirectKey{jose.NewDirectKey(make([]byte, 64)), key}, token)
		if err != nil || index != 1 || !bytes.Equal(got, payload) {
			t.Fatalf("own token of %d bytes = %q, %d, %v", size, got, index, err)
		}
	}
}

func assertOpensJWX(t *testing.T, enc jwa.ContentEncryptionAlgorithm, payload []byte) {
	t.Helper()
	secret := key64()
	if enc == jwa.A256GCM {
		secret = secret[:32]
	}
	token, err := jwe.Encrypt(payload, jwe.WithKey(jwa.DIRECT, secret), jwe.WithContentEncryption(enc))
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := jose.DecryptDirect([]*jose.DirectKey{jose.NewDirectKey(secret)}, string(token))
	if err != nil || !bytes.Equal(got, payload) {
		t.Fatalf("%s token of %d bytes = %q, %v", enc, len(payload), got, err)
	}
}

func TestEveryChangedByteOfATokenIsNoticed(t *testing.T) {
	key := jose.NewDirectKey(key64())
	token, err := jose.EncryptDirect(key, bytes.NewReader(make([]byte, 16)), []byte(`{"a":1}`))
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(token) {
		for _, c := range "Aa0-." {
			changed := token[:i] + string(c) + token[i+1:]
			if got, _, err := jose.DecryptDirect([]*jose.DirectKey{key}, changed); changed != token && !errors.Is(err, jose.ErrInvalid) {
				t.Fatalf("byte %d changed to %q: %q, %v", i, c, got, err)
			}
		}
	}
}

func TestHeadersOutsideTheListAreRefused(t *testing.T) {
	keys := []*jose.DirectKey{jose.NewDirectKey(key64())}
	for _, header := range []string{
		`{"alg":"dir","enc":"A256CBC-HS512","crit":["exp"]}`, `{"alg":"dir","enc":"A256CBC-HS512","zip":"DEF"}`,
		`{"alg":"none","enc":"A256CBC-HS512"}`, `{"alg":"PBES2-HS256+A128KW","enc":"A256GCM","p2c":2147483647}`,
		`{"alg":"dir","enc":"A128GCM"}`, `{"alg":"dir"}`, `{"ALG":"dir","enc":"A256GCM"}`, `[]`, `null`, `{`, ``,
	} {
		token := base64.RawURLEncoding.EncodeToString([]byte(header)) + "..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA"
		if _, _, err := jose.DecryptDirect(keys, token); !errors.Is(err, jose.ErrInvalid) {
			t.Errorf("%s: %v", header, err)
		}
	}
}

func TestEncryptDirectReportsAFailingSourceAndAWrongKey(t *testing.T) {
	if token, err := jose.EncryptDirect(jose.NewDirectKey(key64()), strings.NewReader("short"), nil); token != "" || err == nil {
		t.Errorf("a short source gave %q, %v", token, err)
	}
	if token, err := jose.EncryptDirect(jose.NewDirectKey(key64()[:32]), bytes.NewReader(make([]byte, 16)), nil); token != "" || err == nil {
		t.Errorf("a short key gave %q, %v", token, err)
	}
}

func TestMembersAreFoundWhereTheyStand(t *testing.T) {
	const text = " {\"a\" : [1,{\"b\":\"}]\\\"\"}] ,\"\\u0062\":\"x,\\\\\",\"c\":-1.5e3 , \"a\":{}\n,\"d\":null} "
	members, err := jose.Members([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for m := range members {
		if text[m.Start:m.End] != string(m.Value) {
			t.Errorf("%s stands elsewhere", m.Name)
		}
		got = append(got, m.Name+"="+string(m.Value))
	}
	want := []string{`a=[1,{"b":"}]\""}]`, `b="x,\\"`, "c=-1.5e3", "a={}", "d=null"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{"", " ", "[]", "{", "{}{}", `{"a":1,}`, "null"} {
		if _, err := jose.Members([]byte(bad)); err == nil {
			t.Errorf("%q is taken for an object", bad)
		}
	}
}

func FuzzMembers(f *testing.F) {
	f.Add([]byte(`{"a":[1,"}"],"b":{}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		members, err := jose.Members(text)
		if err != nil {
			return
		}
		for m := range members {
			if !bytes.Equal(text[m.Start:m.End], m.Value) || len(m.Value) == 0 {
				t.Fatalf("member %+v of %q", m, text)
			}
		}
	})
}
