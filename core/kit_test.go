package core_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/memory"
)

const (
	testSecret   = "kit-secret-0123456789-abcdefghijklmnop"
	testPassword = "correct horse battery"
	apiBase      = "/api/auth"
)

// server is an Auth behind a real net/http server.
type server struct {
	t testing.TB
	*core.Auth
	URL    string // origin, without the base path
	Clock  *clock
	Outbox *outbox
	Log    *logBook
}

// newServer serves an instance with a memory database, a movable clock, an outbox, every password route, a fast password
// hash, no rate limit and the server's own origin as the base URL; change, if not nil, may change any of it before New.
func newServer(t testing.TB, change func(o *auth.Options)) *server {
	t.Helper()
	var a *core.Auth
	ts := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { a.ServeHTTP(w, r) }))
	ts.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	s := &server{t: t, Clock: newClock(), Outbox: &outbox{}, Log: &logBook{}}
	o := s.options()
	o.BaseURL = "http://" + ts.Listener.Addr().String()
	if change != nil {
		change(&o)
	}
	a, err := core.New(o)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	ts.Start()
	t.Cleanup(func() {
		ts.Close()
		_ = a.Close(context.Background())
	})
	s.Auth, s.URL = a, ts.URL
	return s
}

// options are those of newServer, but for the base URL.
func (s *server) options() auth.Options {
	o := auth.Options{
		Secret:           testSecret,
		Database:         memory.New(),
		Mode:             auth.Production,
		Clock:            s.Clock.Now,
		Logger:           slog.New(slog.NewTextHandler(s.Log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Getenv:           func(string) string { return "" },
		EmailAndPassword: auth.EmailAndPassword{Enabled: true, Password: fastHash(), SendResetPassword: s.Outbox.sender("reset")},
		EmailVerification: auth.EmailVerification{
			SendVerificationEmail: s.Outbox.sender("verify"),
		},
	}
	o.User.ChangeEmail = auth.ChangeEmail{Enabled: true}
	o.User.DeleteUser = auth.DeleteUser{Enabled: true}
	o.RateLimit.Enabled = option.Off
	return o
}

// fastHash is a password hash that costs nothing.
func fastHash() auth.PasswordHash {
	return auth.PasswordHash{
		Hash:   func(_ context.Context, p string) (string, error) { return "fast:" + p, nil },
		Verify: func(_ context.Context, hash, p string) (bool, error) { return hash == "fast:"+p, nil },
	}
}

// count returns how many rows of a model match.
func (s *server) count(model string, where ...store.Cond) int {
	s.t.Helper()
	n, err := s.Context().Store.Count(s.t.Context(), model, where)
	if err != nil {
		s.t.Fatalf("count %s: %v", model, err)
	}
	return int(n)
}

// request is one HTTP request below the base path, unless the path begins with the base path already.
type request struct {
	Method string // default: POST with a body, else GET
	Path   string
	Body   any // string and []byte as they are, nil for none, else JSON
	Type   string
	Header http.Header
	Host   string
}

// answer is what came back; redirects are not followed.
type answer struct {
	Status int
	Header http.Header
	Body   string
}

// client is a browser: it keeps cookies, and sends the server's origin unless the request says another.
type client struct {
	*server
	http *http.Client
}

// client returns a browser without cookies.
func (s *server) client() *client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &client{s, &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DisableCompression: true}, Timeout: 20 * time.Second,
	}}
}

func (c *client) do(r request) answer {
	c.t.Helper()
	var body io.Reader
	switch b := r.Body.(type) {
	case nil:
	case string:
		body = strings.NewReader(b)
	case []byte:
		body = strings.NewReader(string(b))
	case io.Reader:
		body = b
	default:
		text, err := json.Marshal(b)
		if err != nil {
			c.t.Fatal(err)
		}
		body = strings.NewReader(string(text))
	}
	if r.Method == "" {
		r.Method = http.MethodGet
		if body != nil {
			r.Method = http.MethodPost
		}
	}
	path := r.Path
	if !strings.HasPrefix(path, apiBase) {
		path = apiBase + path
	}
	req, err := http.NewRequest(r.Method, c.URL+path, body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", r.Method, path, err)
	}
	req.Header.Set("Origin", c.URL)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, values := range r.Header {
		req.Header[name] = values
	}
	if r.Type != "" {
		req.Header.Set("Content-Type", r.Type)
	}
	req.Host = r.Host
	res, err := c.http.Do(req)
	if err != nil {
		c.t.Fatalf("%s %s: %v", r.Method, path, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", r.Method, path, err)
	}
	return answer{res.StatusCode, res.Header, string(text)}
}

func (c *client) get(path string) answer { c.t.Helper(); return c.do(request{Path: path}) }

func (c *client) post(path string, body any) answer {
	c.t.Helper()
	return c.do(request{Method: http.MethodPost, Path: path, Body: body})
}

// cookie returns the value of the client's cookie with a name, or "".
func (c *client) cookie(name string) string {
	u, _ := url.Parse(c.URL)
	for _, ck := range c.http.Jar.Cookies(u) {
		if ck.Name == name {
			return ck.Value
		}
	}
	return ""
}

// signUp creates a user with testPassword, who is signed in unless the options say otherwise.
func (c *client) signUp(email string) {
	c.t.Helper()
	res := c.post("/sign-up/email", map[string]any{"name": "Some Body", "email": email, "password": testPassword})
	if res.Status != http.StatusOK {
		c.t.Fatalf("sign-up of %s: %d %s", email, res.Status, res.Body)
	}
}

// signIn signs in with testPassword.
func (c *client) signIn(email string) {
	c.t.Helper()
	res := c.post("/sign-in/email", map[string]any{"email": email, "password": testPassword})
	if res.Status != http.StatusOK {
		c.t.Fatalf("sign-in of %s: %d %s", email, res.Status, res.Body)
	}
}

// code returns the answer's error code.
func (a answer) code() string {
	var body struct{ Code string }
	_ = json.Unmarshal([]byte(a.Body), &body)
	return body.Code
}

// clock is a time that moves only when told to.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// mail is one delivered link.
type mail struct {
	Kind, To, NewEmail, URL, Token string
}

// outbox keeps what senders delivered.
type outbox struct {
	mu    sync.Mutex
	mails []mail
}

// sender returns a sender that delivers here.
func (o *outbox) sender(kind string) func(context.Context, auth.Mail) error {
	return func(_ context.Context, m auth.Mail) error {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.mails = append(o.mails, mail{kind, m.User.Email, m.NewEmail, m.URL, m.Token})
		return nil
	}
}

func (o *outbox) all() []mail {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]mail(nil), o.mails...)
}

// waitMail returns the n-th mail, from 1, waiting for the background runner.
func (s *server) waitMail(n int) mail {
	s.t.Helper()
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if all := s.Outbox.all(); len(all) >= n {
			return all[n-1]
		}
	}
	s.t.Fatalf("no %d. mail; there are %d", n, len(s.Outbox.all()))
	return mail{}
}

// logBook keeps log lines.
type logBook struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
