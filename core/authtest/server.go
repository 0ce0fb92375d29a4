package authtest

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/memory"
)

const (
	// Secret is the secret of every server.
	Secret = "kit-secret-0123456789-abcdefghijklmnop"
	// Password is the password that SignUp and SignIn use.
	Password = "correct horse battery"
	// BasePath is the prefix of the routes.
	BasePath = "/api/auth"
)

// Server is an instance behind a real HTTP server. It ends with the test.
type Server struct {
	*core.Auth
	// URL is the origin, without the base path.
	URL    string
	Clock  *Clock
	Outbox *Outbox
	Log    *Log

	t       testing.TB
	queries *counter
}

// New serves an instance with a memory database, seeded ids and tokens, every password route, a fast password hash, no
// rate limit, production mode, and the server's own origin as the base URL. Expired verification values stay, so that a query
// is never one of the background. change may be nil; it may change any of it.
func New(t testing.TB, change func(o *auth.Options)) *Server {
	t.Helper()
	var a *core.Auth
	ts := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { a.ServeHTTP(w, r) }))
	ts.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	s := newServer(t, "http://"+ts.Listener.Addr().String(), change)
	a = s.Auth
	ts.Start()
	t.Cleanup(func() {
		ts.Close()
		_ = a.Close(context.Background())
	})
	return s
}

// NewUnserved is [New] without a network, for tests that call the handler or the operations themselves, or run in a
// bubble of time. The caller closes it.
func NewUnserved(t testing.TB, change func(o *auth.Options)) *Server {
	t.Helper()
	return newServer(t, "http://localhost:3000", change)
}

func newServer(t testing.TB, url string, change func(o *auth.Options)) *Server {
	t.Helper()
	s := &Server{t: t, URL: url, Clock: NewClock(), Outbox: &Outbox{t: t}, Log: &Log{}, queries: &counter{}}
	o := s.Options()
	o.BaseURL = url
	if change != nil {
		change(&o)
	}
	if o.Database != nil {
		o.Database = counted{o.Database, s.queries}
	}
	var err error
	if s.Auth, err = core.New(o); err != nil {
		t.Fatalf("New: %v", err)
	}
	return s
}

// Options are those of [New], but for the base URL.
func (s *Server) Options() auth.Options {
	o := auth.Options{
		Secret:           Secret,
		Database:         memory.New(),
		Mode:             auth.Production,
		Clock:            s.Clock.Now,
		Random:           NewRandom(1),
		Logger:           slog.New(slog.NewTextHandler(s.Log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Getenv:           func(string) string { return "" },
		EmailAndPassword: auth.EmailAndPassword{Enabled: true, Password: FastHash(), SendResetPassword: s.Outbox.Sender("reset")},
		EmailVerification: auth.EmailVerification{
			SendVerificationEmail: s.Outbox.Sender("verify"),
		},
	}
	o.User.ChangeEmail = auth.ChangeEmail{Enabled: true}
	o.User.DeleteUser = auth.DeleteUser{Enabled: true}
	o.RateLimit.Enabled = option.Off
	o.Verification.DisableCleanup = true
	return o
}

// FastHash is a password hash that costs nothing and hides nothing.
func FastHash() auth.PasswordHash {
	return auth.PasswordHash{
		Hash:   func(_ context.Context, p string) (string, error) { return "fast:" + p, nil },
		Verify: func(_ context.Context, hash, p string) (bool, error) { return hash == "fast:"+p, nil },
	}
}

// Count returns how many rows of a model match; without conditions, all.
func (s *Server) Count(model string, where ...store.Cond) int {
	s.t.Helper()
	n, err := s.Context().Store.Count(s.t.Context(), model, where)
	if err != nil {
		s.t.Fatalf("count %s: %v", model, err)
	}
	return int(n)
}

// Queries runs step and returns how many calls of the database it made; see [Server.ExpectQueries].
func (s *Server) Queries(step func()) int {
	before := s.queries.Load()
	step()
	return int(s.queries.Load() - before)
}

// ExpectQueries runs step and fails the test unless it made exactly n calls of the database; a transaction itself counts
// for nothing, what runs inside it counts.
func (s *Server) ExpectQueries(n int, step func()) {
	s.t.Helper()
	if got := s.Queries(step); got != n {
		s.t.Errorf("%d database queries, want %d", got, n)
	}
}

// Log keeps log lines.
type Log struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write implements io.Writer.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String returns every line so far.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
