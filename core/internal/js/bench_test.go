package js_test

import (
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/internal/js"
)

type session struct {
	ExpiresAt time.Time `json:"expiresAt"`
	Token     string    `json:"token"`
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
	IPAddress *string   `json:"ipAddress"`
	UserAgent *string   `json:"userAgent"`
	UserID    string    `json:"userId"`
	ID        string    `json:"id"`
}

type user struct {
	Name          string    `json:"name"`
	Email         string    `json:"email"`
	EmailVerified bool      `json:"emailVerified"`
	Image         *string   `json:"image"`
	CreatedAt     time.Time `json:"createdAt"`
	UpdatedAt     time.Time `json:"updatedAt"`
	ID            string    `json:"id"`
}

func answer() any {
	at := time.Date(2025, 1, 2, 3, 4, 5, 678e6, time.UTC)
	addr, agent := "203.0.113.7", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"
	return &struct {
		Session session `json:"session"`
		User    user    `json:"user"`
	}{
		session{at, "aBcDeFgHiJkLmNoPqRsTuVwXyZ012345", at, at, &addr, &agent, "u1234567890abcdefghijklmnopqrstu", "s1234567890abcdefghijklmnopqrstu"},
		user{"Ada Lovelace", "ada@example.com", true, nil, at, at, "u1234567890abcdefghijklmnopqrstu"},
	}
}

func BenchmarkAppendSessionStruct(b *testing.B) {
	v := answer()
	dst, err := js.Marshal(v)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		dst, _ = js.Append(dst[:0], v)
	}
	b.SetBytes(int64(len(dst)))
}

func BenchmarkAppendSessionObject(b *testing.B) {
	text, err := js.Marshal(answer())
	if err != nil {
		b.Fatal(err)
	}
	v, err := js.Parse(text)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		text, _ = js.Append(text[:0], v)
	}
}

func BenchmarkParse200Bytes(b *testing.B) {
	body := []byte(`{"name":"Ada Lovelace","email":"ada@example.com","password":"correct horse battery staple","callbackURL":"/dashboard?from=sign-up","rememberMe":true,"age":36,"plan":"free","image":null,"nickname":"ada"}`)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := js.Parse(body); err != nil {
			b.Fatal(err)
		}
	}
}
