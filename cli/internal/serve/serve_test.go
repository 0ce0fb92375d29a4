package serve_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/cli/config"
	"github.com/goauth-dev/goauth/cli/internal/serve"
	"github.com/goauth-dev/goauth/core/auth"
)

// output is a place for lines that tests read while the server writes.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// running is a server in this process.
type running struct {
	url  string
	stop func() error
}

// start runs a server in an empty folder, on a free port, and stops it with the test.
func start(t *testing.T, o serve.Options) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ready, done := make(chan net.Addr, 1), make(chan error, 1)
	o.Now = time.Now
	if o.Getenv == nil {
		o.Getenv = func(string) string { return "" }
	}
	if o.Out == nil {
		o.Out = io.Discard
	}
	go func() { done <- serve.Run(ctx, o, func(a net.Addr) { ready <- a }) }()
	stop := sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	select {
	case addr := <-ready:
		_, port, _ := net.SplitHostPort(addr.String())
		t.Cleanup(func() { _ = stop() })
		return &running{"http://localhost:" + port, stop}
	case err := <-done:
		cancel()
		t.Fatalf("the server did not start: %v", err)
		return nil
	}
}

// devConfig is what `serve --dev` starts from, on a free port, in an empty folder.
func devConfig(t *testing.T) *config.Config {
	t.Helper()
	t.Chdir(t.TempDir())
	c := serve.DevelopmentDefaults()
	c.Server.Addr = "localhost:0"
	return c
}

// prodConfig is a small production configuration.
func prodConfig(t *testing.T) *config.Config {
	t.Helper()
	c := devConfig(t)
	c.Mode = 0
	c.Secret = "0123456789abcdefghijklmnopqrstuvwxyz"
	return c
}

var client = &http.Client{
	Timeout:       10 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func request(t *testing.T, method, url, body string, header ...string) (status int, text string, h http.Header) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
		req.Header.Set(header[i], header[i+1])
	}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(data), res.Header
}

func signUp(t *testing.T, url, email string) {
	t.Helper()
	body := fmt.Sprintf(`{"name":"Ada","email":%q,"password":"hunter2hunter2"}`, email)
	status, text, _ := request(t, http.MethodPost, url+"/api/auth/sign-up/email", body, "Content-Type", "application/json", "Origin", url)
	if status != http.StatusOK {
		t.Fatalf("sign-up: %d %s", status, text)
	}
}

func TestGO007_TheServerHasLimitsOnEverythingAClientCanMakeLong(t *testing.T) {
	s := serve.NewHTTPServer(http.NotFoundHandler(), slog.New(slog.DiscardHandler))
	for name, got := range map[string][2]time.Duration{
		"ReadHeaderTimeout": {s.ReadHeaderTimeout, 5 * time.Second},
		"ReadTimeout":       {s.ReadTimeout, 15 * time.Second},
		"WriteTimeout":      {s.WriteTimeout, 30 * time.Second},
		"IdleTimeout":       {s.IdleTimeout, 60 * time.Second},
	} {
		if got[0] != got[1] {
			t.Errorf("%s is %v, want %v", name, got[0], got[1])
		}
	}
	if s.MaxHeaderBytes != 32<<10 {
		t.Errorf("MaxHeaderBytes is %d", s.MaxHeaderBytes)
	}
}

func TestGO007_ARunningServerRefusesAHeaderBomb(t *testing.T) {
	r := start(t, serve.Options{Config: devConfig(t), Dev: true})
	status, _, _ := request(t, http.MethodGet, r.url+"/api/auth/ok", "", "X-Bomb", strings.Repeat("x", 64<<10))
	if status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("status %d", status)
	}
}

func TestDevelopmentHasThePluginsThatThePageShows(t *testing.T) {
	c := devConfig(t)
	c.Use = serve.DevelopmentPlugins()
	r := start(t, serve.Options{Config: c, Dev: true})
	_, page, _ := request(t, http.MethodGet, r.url+"/", "")
	for _, e := range c.Use {
		if !strings.Contains(page, e.ID) {
			t.Errorf("the page does not know %s", e.ID)
		}
	}
	if status, _, _ := request(t, http.MethodGet, r.url+"/api/auth/reference", ""); status != http.StatusOK {
		t.Errorf("the API reference answers %d", status)
	}
}

// exhausted is a listener that has no file descriptors left for a while.
type exhausted struct {
	net.Listener
	mu   sync.Mutex
	left int
}

func (l *exhausted) Accept() (net.Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.left > 0 {
		l.left--
		return nil, &net.OpError{Op: "accept", Net: "tcp", Err: os.NewSyscallError("accept4", syscall.EMFILE)}
	}
	return l.Listener.Accept()
}

func TestFAULT011_TheServerOutlivesExhaustedFileDescriptors(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	log := &output{}
	s := serve.NewHTTPServer(http.NotFoundHandler(), slog.New(slog.NewTextHandler(log, nil)))
	done := make(chan error, 1)
	go func() { done <- s.Serve(&exhausted{Listener: inner, left: 6}) }()
	if status, _, _ := request(t, http.MethodGet, "http://"+inner.Addr().String(), ""); status != http.StatusNotFound {
		t.Errorf("status %d", status)
	}
	if n := strings.Count(log.String(), "too many open files"); n != 6 {
		t.Errorf("%d log lines for 6 failures:\n%s", n, log)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-done; !errors.Is(err, http.ErrServerClosed) {
		t.Errorf("the server ended with %v", err)
	}
}

func TestTheFirstLineSaysWhereEverythingIs(t *testing.T) {
	out := &output{}
	r := start(t, serve.Options{Config: devConfig(t), Dev: true, Out: out})
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	want := "goauth: listening on " + r.url + "; data is in goauth.db; mails go to this console and to the page\n"
	if got := out.String(); !strings.Contains(got, want) {
		t.Errorf("got %s", got)
	}
}

func TestTheFirstLineNamesThePublicAddressToo(t *testing.T) {
	c := prodConfig(t)
	c.BaseURL = "https://auth.example.com"
	c.Mail.Transport, c.Mail.File = "file", "outbox.jsonl"
	out := &output{}
	r := start(t, serve.Options{Config: c, Out: out})
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	want := "goauth: listening on " + r.url + " for https://auth.example.com; data is in goauth.db; mails go to the file outbox.jsonl\n"
	if got := out.String(); !strings.Contains(got, want) {
		t.Errorf("got %s", got)
	}
}

func TestHealthAndReadiness(t *testing.T) {
	r := start(t, serve.Options{Config: prodConfig(t)})
	for _, path := range []string{"/healthz", "/readyz"} {
		status, text, h := request(t, http.MethodGet, r.url+path, "")
		if status != http.StatusOK || text != "ok\n" {
			t.Errorf("%s: %d %q", path, status, text)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
			"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		if status, _, h := request(t, http.MethodPost, r.url+path, ""); status != http.StatusMethodNotAllowed || h.Get("Allow") != "GET, HEAD" {
			t.Errorf("POST %s: %d, Allow %q", path, status, h.Get("Allow"))
		}
	}
}

func TestProductionShowsNoPageAndNoMails(t *testing.T) {
	r := start(t, serve.Options{Config: prodConfig(t)})
	for _, path := range []string{"/", "/goauth/mails", "/goauth/app.js"} {
		if status, text, _ := request(t, http.MethodGet, r.url+path, ""); status != http.StatusNotFound || text != "" {
			t.Errorf("%s: %d %q", path, status, text)
		}
	}
}

func TestProductionNeedsASecret(t *testing.T) {
	c := prodConfig(t)
	c.Secret = ""
	err := serve.Run(t.Context(), serve.Options{Config: c, Out: io.Discard, Getenv: func(string) string { return "" }, Now: time.Now}, nil)
	if err == nil || !strings.Contains(err.Error(), "goauth secret") || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v", err)
	}
}

func TestAnAddressInUseIsExplained(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	c := prodConfig(t)
	c.Server.Addr = l.Addr().String()
	err = serve.Run(t.Context(), serve.Options{Config: c, Out: io.Discard, Getenv: os.Getenv, Now: time.Now}, nil)
	want := "cannot listen on " + c.Server.Addr + ": bind: address already in use; choose another address with --addr or GOAUTH_ADDR"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestStoppingFinishesRequestsAndMails(t *testing.T) {
	c := devConfig(t)
	entered := make(chan struct{})
	c.Hooks.Before = func(*auth.Call) (*auth.Answer, error) {
		close(entered)
		time.Sleep(100 * time.Millisecond)
		return nil, nil
	}
	var sent atomic.Bool
	c.Options.EmailVerification.SendVerificationEmail = func(context.Context, auth.Mail) error {
		time.Sleep(1500 * time.Millisecond) // longer than the server waits between looks at running requests
		sent.Store(true)
		return nil
	}
	r := start(t, serve.Options{Config: c, Dev: true})
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		signUp(t, r.url, "ada@example.com")
	}()
	<-entered
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	if !sent.Load() {
		t.Error("the server ended before the mail was sent")
	}
	<-answered // signUp has checked the answer
}

func TestLogsHaveRoutesAndNoSecrets(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		t.Run(format, func(t *testing.T) {
			c := devConfig(t)
			c.Mail.Transport, c.Mail.File = "file", "outbox.jsonl"
			c.Server.LogFormat, c.Log.Level = format, "debug"
			out := &output{}
			r := start(t, serve.Options{Config: c, Dev: true, Out: out})
			signUp(t, r.url, "ada@example.com")
			for _, path := range []string{
				"/api/auth/reset-password/s3cret-token?callbackURL=/s3cret-query", "/api/auth/verify-email?token=s3cret-query",
				"/api/auth/s3cret-unknown", "/s3cret-elsewhere", "/healthz", "/goauth/app.css", "/",
			} {
				request(t, http.MethodGet, r.url+path, "", "Cookie", "better-auth.session_token=s3cret-cookie", "Authorization", "Bearer s3cret-bearer")
			}
			if err := r.stop(); err != nil {
				t.Fatal(err)
			}
			log := out.String()
			for _, secret := range []string{"s3cret", "hunter2"} {
				if strings.Contains(log, secret) {
					t.Errorf("the log has %q:\n%s", secret, log)
				}
			}
			for _, route := range []string{"/api/auth/sign-up/email", "/api/auth/reset-password/:token", "/api/auth/verify-email", "other", "/healthz", "/goauth/*"} {
				want := "route=" + route + " "
				if format == "json" {
					want = `"route":"` + route + `"`
				}
				if !strings.Contains(log, want) {
					t.Errorf("the log has no %s:\n%s", want, log)
				}
			}
		})
	}
}

func TestFAULT028_AnOutputThatNobodyReadsHoldsUpNoRequest(t *testing.T) {
	c := devConfig(t)
	unread, out := io.Pipe()
	defer func() { _ = unread.Close() }()
	r := start(t, serve.Options{Config: c, Dev: true, Out: out})
	took := make([]time.Duration, 10_000)
	for i := range took {
		begin := time.Now()
		if status, _, _ := request(t, http.MethodGet, r.url+"/api/auth/ok", ""); status != http.StatusOK {
			t.Fatalf("status %d", status)
		}
		took[i] = time.Since(begin)
	}
	slices.Sort(took)
	if p99 := took[len(took)*99/100]; p99 > 50*time.Millisecond {
		t.Errorf("p99 is %v", p99)
	}
	err := r.stop()
	if err == nil || !strings.Contains(err.Error(), "log lines were lost") {
		t.Errorf("the lost lines were not counted: %v", err)
	}
}

func TestDevelopmentKeepsItsSecretToItself(t *testing.T) {
	c := devConfig(t)
	if err := start(t, serve.Options{Config: c, Dev: true}).stop(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat("goauth.secret")
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info, err)
	}
	first, err := os.ReadFile("goauth.secret")
	if err != nil {
		t.Fatal(err)
	}
	again := serve.DevelopmentDefaults()
	again.Server.Addr = "localhost:0"
	if err := start(t, serve.Options{Config: again, Dev: true}).stop(); err != nil {
		t.Fatal(err)
	}
	if second, err := os.ReadFile("goauth.secret"); err != nil || !bytes.Equal(first, second) || again.Secret+"\n" != string(first) {
		t.Errorf("the secret changed: %v", err)
	}
}

func TestDevelopmentTakesASecretOfTheEnvironment(t *testing.T) {
	c := devConfig(t)
	vars := func(name string) string {
		if name == "BETTER_AUTH_SECRET" {
			return "0123456789abcdefghijklmnopqrstuvwxyz"
		}
		return ""
	}
	if err := start(t, serve.Options{Config: c, Dev: true, Getenv: vars}).stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat("goauth.secret"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("another secret was made: %v", err)
	}
}

func TestABrokenSecretFileIsExplained(t *testing.T) {
	c := devConfig(t)
	if err := os.WriteFile("goauth.secret", []byte("short\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := serve.Run(t.Context(), serve.Options{Config: c, Dev: true, Out: io.Discard, Getenv: func(string) string { return "" }, Now: time.Now}, nil)
	if err == nil || err.Error() != "goauth.secret: it holds no secret of 32 characters; delete the file and start again" {
		t.Errorf("got %v", err)
	}
}

func TestDevelopmentShowsMailsToItsOwnPageOnly(t *testing.T) {
	r := start(t, serve.Options{Config: devConfig(t), Dev: true})
	signUp(t, r.url, "ada@example.com")
	var mails []map[string]any
	for deadline := time.Now().Add(5 * time.Second); len(mails) == 0 && time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		_, text, _ := request(t, http.MethodGet, r.url+"/goauth/mails", "", "Sec-Fetch-Site", "same-origin")
		if err := json.Unmarshal([]byte(text), &mails); err != nil {
			t.Fatal(err)
		}
	}
	if len(mails) != 1 || mails[0]["to"] != "ada@example.com" || !strings.HasPrefix(fmt.Sprint(mails[0]["url"]), r.url+"/api/auth/verify-email?token=") {
		t.Fatalf("got %v", mails)
	}
	if status, text, _ := request(t, http.MethodGet, r.url+"/goauth/mails", "", "Sec-Fetch-Site", "cross-site"); status != http.StatusForbidden || strings.Contains(text, "ada@") {
		t.Errorf("another site: %d %q", status, text)
	}
	status, text, h := request(t, http.MethodGet, r.url+"/goauth/mails", "", "Host", "evil.example")
	if status != http.StatusFound || h.Get("Location") != r.url+"/" || strings.Contains(text, "ada@") {
		t.Errorf("another host: %d %q", status, text)
	}
}

func TestFilesAndEnvironmentOfAServerAreItsOwn(t *testing.T) {
	c := devConfig(t)
	dir := t.TempDir()
	c.DB.URL = "sqlite:" + filepath.Join(dir, "auth.db")
	if err := start(t, serve.Options{Config: c, Dev: true}).stop(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"auth.db", "auth.secret"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}
