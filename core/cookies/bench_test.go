package cookies_test

import (
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/core/cookies"
)

func BenchmarkGet(b *testing.B) {
	header := "_ga=GA1.2.1234567890.1700000000; theme=dark; " +
		"__Secure-better-auth.session_token=" + strings.Repeat("t", 32) + "." + strings.Repeat("s", 43) + "%3D; " +
		sessionData + "=" + strings.Repeat("d", 1200)
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := cookies.Parse(header).Get("__Secure-better-auth.session_token"); !ok {
			b.Fatal("not found")
		}
	}
}

func BenchmarkGetAbsentOfTenThousand(b *testing.B) {
	header := strings.Repeat("a=b;", 10_000)
	b.ReportAllocs()
	for b.Loop() {
		cookies.Parse(header).Get("absent")
	}
}

func BenchmarkSerialize(b *testing.B) {
	attributes := cookies.Attributes{MaxAge: new(604800), Path: "/", HTTPOnly: true, Secure: true, SameSite: "lax"}
	value := strings.Repeat("t", 32) + "." + strings.Repeat("s", 43) + "="
	b.ReportAllocs()
	for b.Loop() {
		if _, err := cookies.Serialize("__Secure-better-auth.session_token", value, attributes, noon); err != nil {
			b.Fatal(err)
		}
	}
}
