package cookies_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/goauth-dev/goauth/core/cookies"
)

func FuzzParseCookies(f *testing.F) {
	g, _ := readGolden(f)
	for _, v := range g.Parse {
		f.Add(v.Header, "a")
	}
	f.Add("n.0=a; n.1=b; n.1=c; n=", "n")
	f.Fuzz(func(t *testing.T, header, name string) {
		jar := cookies.Parse(header)
		seen := map[string]bool{}
		for n, v := range jar.All() {
			if got, ok := jar.Get(n); seen[n] || n == "" || !ok || got != v {
				t.Fatalf("%q: %q listed as %q, found as %q, %v", header, n, v, got, ok)
			}
			seen[n] = true
		}
		for _, n := range cookies.ChunkNames(jar, name) {
			if !strings.HasPrefix(n, name) || !seen[n] && n != "" {
				t.Fatalf("%q: chunk name %q of %q", header, n, name)
			}
		}
		cookies.Join(jar, name)
		cookies.ParseSetCookie(header)
	})
}

func FuzzUnsign(f *testing.F) {
	g, _ := readGolden(f)
	for _, v := range g.Signed {
		cookie, _ := cookies.ParseSetCookie(v.Line)
		f.Add(cookie.Value)
	}
	f.Add(".")
	f.Fuzz(func(t *testing.T, decoded string) {
		value, signature, ok := cookies.SplitSigned(decoded)
		if ok && (value == "" || len(signature) != 44 || cookies.SignedValue(value, signature) != decoded) {
			t.Fatalf("SplitSigned(%q) = %q, %q", decoded, value, signature)
		}
	})
}

func FuzzDecodeComponent(f *testing.F) {
	g, _ := readGolden(f)
	for _, v := range g.Decode {
		f.Add(v.Text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if decoded, ok := cookies.DecodeComponent(text); ok && utf8.ValidString(text) && !utf8.ValidString(decoded) {
			t.Fatalf("%q decodes to invalid UTF-8 %q", text, decoded)
		}
		encoded := cookies.EncodeComponent(text)
		decoded, ok := cookies.DecodeComponent(encoded)
		if !ok || utf8.ValidString(text) && decoded != text {
			t.Fatalf("%q came back as %q, %v", text, decoded, ok)
		}
	})
}
