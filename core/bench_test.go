package core_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store/memory"
)

const (
	benchOrigin  = "http://localhost:3000"
	benchAccount = `{"name":"Ada Lovelace","email":"ada@example.com","password":"correct horse battery","nickname":"ada"}`
)

// benchOptions is a server in production with a few fields of its own, so that the paths of real configurations are
// measured. Tables are in memory: the benchmarks on SQLite are with its adapter.
func benchOptions() auth.Options {
	return auth.Options{
		BaseURL: benchOrigin, Secret: "Zk3vW8qLr1TnYb6XsHd9Gp2MfJc5Ea7U", Mode: auth.Production,
		Database: memory.New(), Log: auth.LogOptions{Disabled: true},
		EmailAndPassword: auth.EmailAndPassword{Enabled: true},
		User: auth.UserOptions{Model: auth.Model{AdditionalFields: schema.Fields{
			{Name: "nickname", Type: schema.String, Required: option.Off},
			{Name: "plan", Type: schema.String, Required: option.Off, Default: "free", Input: option.Off},
			{Name: "secretNote", Type: schema.String, Required: option.Off, Returned: option.Off},
			{Name: "newsletter", Type: schema.Boolean, Required: option.Off, Default: false},
		}}},
		RateLimit: auth.RateLimitOptions{Enabled: option.Off},
	}
}

// benchServer is a server with one signed-in client.
type benchServer struct {
	*core.Auth
	cookies string
	answer  sink
}

func startBench(b *testing.B, o auth.Options) *benchServer {
	b.Helper()
	a, err := core.New(o)
	if err != nil {
		b.Fatal(err)
	}
	s := &benchServer{Auth: a}
	recorded := httptest.NewRecorder()
	a.ServeHTTP(recorded, s.post("/sign-up/email", benchAccount))
	if recorded.Code != http.StatusOK {
		b.Fatalf("signing up answered %d %s", recorded.Code, recorded.Body)
	}
	var pairs []string
	for _, ck := range recorded.Result().Cookies() {
		pairs = append(pairs, ck.Name+"="+ck.Value)
	}
	s.cookies = strings.Join(pairs, "; ")
	return s
}

func (s *benchServer) post(path, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, benchOrigin+"/api/auth"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", benchOrigin)
	return r
}

// getSession runs the benchmark of one get-session request without its cost in net/http.
func (s *benchServer) getSession(b *testing.B) {
	r := httptest.NewRequest(http.MethodGet, benchOrigin+"/api/auth/get-session", nil)
	r.Header.Set("Cookie", s.cookies)
	b.ReportAllocs()
	for b.Loop() {
		s.answer.reset()
		s.ServeHTTP(&s.answer, r)
		if s.answer.status != http.StatusOK || s.answer.size < 100 {
			b.Fatalf("get-session answered %d with %d bytes", s.answer.status, s.answer.size)
		}
	}
}

// sink is a ResponseWriter that keeps the status and the size, and is used again.
type sink struct {
	header       http.Header
	status, size int
}

func (w *sink) Header() http.Header {
	if w.header == nil {
		w.header = http.Header{}
	}
	return w.header
}

func (w *sink) WriteHeader(status int) { w.status = status }

func (w *sink) Write(p []byte) (int, error) {
	w.size += len(p)
	return len(p), nil
}

func (w *sink) reset() {
	clear(w.header)
	w.status, w.size = 0, 0
}

func BenchmarkGetSessionDatabase(b *testing.B) {
	startBench(b, benchOptions()).getSession(b)
}

func BenchmarkGetSessionCookieCache(b *testing.B) {
	for _, strategy := range []string{"compact", "jwt", "jwe"} {
		b.Run(strategy, func(b *testing.B) {
			o := benchOptions()
			o.Session.CookieCache = auth.CookieCache{Enabled: option.On, Strategy: strategy, MaxAge: time.Hour}
			startBench(b, o).getSession(b)
		})
	}
}

// BenchmarkSignIn with "no hash" is all of a sign-in but the password hash, which is slow on purpose.
func BenchmarkSignIn(b *testing.B) {
	for _, hash := range []string{"scrypt", "no hash"} {
		b.Run(hash, func(b *testing.B) {
			o := benchOptions()
			if hash == "no hash" {
				o.EmailAndPassword.Password = auth.PasswordHash{Hash: keepPassword, Verify: samePassword}
			}
			s := startBench(b, o)
			body := strings.NewReader(benchAccount)
			r := s.post("/sign-in/email", benchAccount)
			r.Body = io.NopCloser(body)
			b.ReportAllocs()
			for b.Loop() {
				body.Reset(benchAccount)
				s.answer.reset()
				s.ServeHTTP(&s.answer, r)
				if s.answer.status != http.StatusOK {
					b.Fatalf("sign-in answered %d", s.answer.status)
				}
			}
		})
	}
}

func keepPassword(_ context.Context, password string) (string, error) { return password, nil }

func samePassword(_ context.Context, hash, password string) (bool, error) {
	return hash == password, nil
}

func BenchmarkOK(b *testing.B) {
	s := startBench(b, benchOptions())
	r := httptest.NewRequest(http.MethodGet, benchOrigin+"/api/auth/ok", nil)
	b.ReportAllocs()
	for b.Loop() {
		s.answer.reset()
		s.ServeHTTP(&s.answer, r)
	}
	if s.answer.status != http.StatusOK {
		b.Fatalf("ok answered %d", s.answer.status)
	}
}
