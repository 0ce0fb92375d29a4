package format_test

import (
	"encoding/json"
	"testing"

	"github.com/goauth-dev/goauth/reference/internal/format"
)

const secret = "pW7vR2mK9xQ4tZ8nB3cF6hJ1sL5dG0yA"

func TestTokensOpenWithTheirSecretOnly(t *testing.T) {
	for name, make := range map[string]func() (string, error){
		"signed": func() (string, error) { return format.SignToken(secret, map[string]any{"name": "<é\u2028>"}) },
		"encrypted": func() (string, error) {
			return format.EncryptToken(secret, format.SessionSalt, map[string]any{"name": "<é\u2028>"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := make()
			if err != nil {
				t.Fatal(err)
			}
			got, ok := format.ParseToken(secret, text)
			if want := "{\"name\":\"<é\u2028>\"}"; !ok || !got.Valid || string(got.Claims) != want {
				t.Errorf("parsed %+v, %v, want claims %s", got, ok, want)
			}
			if got, _ := format.ParseToken("another secret", text); got.Valid {
				t.Error("valid under another secret")
			}
		})
	}
}

func TestCompactCookieKeepsItsBytes(t *testing.T) {
	text, err := format.Compact{Payload: json.RawMessage(`{"z":1,"a":"<>"}`), ExpiresAt: "1790000000000"}.Encode(secret)
	if err != nil {
		t.Fatal(err)
	}
	got, ok := format.DecodeCompact(text)
	if !ok || !got.Valid(secret) || got.Valid("another secret") || string(got.Payload) != `{"z":1,"a":"<>"}` {
		t.Errorf("decoded %+v, %v", got, ok)
	}
}

func TestSignedValuesSplitAtTheLastDot(t *testing.T) {
	value, signature, ok := format.SplitSigned("a.b.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	if !ok || value != "a.b" || len(signature) != 44 {
		t.Errorf("split into %q, %q, %v", value, signature, ok)
	}
	for _, bad := range []string{"", "a", ".x", "a.short"} {
		if _, _, ok := format.SplitSigned(bad); ok {
			t.Errorf("%q is taken for a signed value", bad)
		}
	}
}
