package tests

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/admin"
	"github.com/goauth-dev/goauth/plugins/captcha"
	"github.com/goauth-dev/goauth/plugins/emailotp"
	"github.com/goauth-dev/goauth/plugins/haveibeenpwned"
	"github.com/goauth-dev/goauth/sqlx"
)

// outside is another service, which ails. Every call that the server makes goes to it.
type outside struct {
	at    *url.URL
	asked chan struct{} // somebody waits for its answer
}

// ills are the ways in which a service ails.
var ills = map[string]http.HandlerFunc{
	"hangs":               func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	"fails":               func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "{}", http.StatusInternalServerError) },
	"answers nonsense":    func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") },
	"answers without end": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.Copy(w, endless{}) },
	"answers lines without end": func(w http.ResponseWriter, _ *http.Request) {
		for err := error(nil); err == nil; {
			_, err = io.WriteString(w, strings.Repeat("0:0\n", 1000))
		}
	},
	"answers a letter at a time": func(w http.ResponseWriter, r *http.Request) {
		for err := error(nil); err == nil && r.Context().Err() == nil; time.Sleep(20 * time.Millisecond) {
			_, err = io.WriteString(w, "0")
			err = cmp.Or(err, http.NewResponseController(w).Flush())
		}
	},
	"hangs up":          func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	"cannot be reached": nil,
}

// startOutside starts a service; without a handler nobody listens where it was.
func startOutside(t *testing.T, ails http.HandlerFunc) *outside {
	t.Helper()
	o := &outside{asked: make(chan struct{}, 100)}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // or the server does not see that the caller left
		o.asked <- struct{}{}
		ails(w, r)
	}))
	o.at = &url.URL{Scheme: "http", Host: s.Listener.Addr().String()}
	if t.Cleanup(s.Close); ails == nil {
		s.Close()
	}
	return o
}

// RoundTrip implements http.RoundTripper.
func (o *outside) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = o.at.Scheme, o.at.Host
	return http.DefaultTransport.RoundTrip(r)
}

// asking is an operation that asks another service.
type asking struct {
	name, path string
	captcha    bool
	// body is made by an instance that does not ask, for the one that does.
	body func(well *coreClient) map[string]any
	// says is in the answer when the service cannot be asked, with the status 500 as upstream has it.
	says string
}

const listFails = "Failed to check password"

var askings = []asking{
	{"a captcha at sign-up", "/sign-up/email", true, newcomer, "UNKNOWN_ERROR"},
	{"a list of passwords at sign-up", "/sign-up/email", false, newcomer, listFails},
	{"a list of passwords at a change", "/change-password", false, func(*coreClient) map[string]any {
		return map[string]any{"currentPassword": corePassword, "newPassword": "another long password"}
	}, listFails},
	{"a list of passwords at a reset", "/reset-password", false, func(well *coreClient) map[string]any {
		well.ok("POST", "/request-password-reset", map[string]any{"email": coreEmail})
		return map[string]any{"newPassword": "another long password", "token": resetToken(&faulty{coreClient: well})}
	}, listFails},
	{"a list of passwords at a reset by code", "/email-otp/reset-password", false, func(well *coreClient) map[string]any {
		well.ok("POST", "/email-otp/request-password-reset", map[string]any{"email": coreEmail})
		return map[string]any{"email": coreEmail, "password": "another long password", "otp": well.mails.last(well.t, 1)}
	}, listFails},
	{"a list of passwords when an administrator adds somebody", "/admin/create-user", false, newcomer, listFails},
}

func newcomer(*coreClient) map[string]any { return person("grace@example.com").(map[string]any) }

// TestFAULT020_AServiceThatAilsHoldsUpItsOwnUsersOnly: while a captcha's provider or the list of known passwords hangs, a pool of
// one connection serves everybody else, and once it has failed the answer is upstream's, nothing is written, and no code or token is
// used up.
func TestFAULT020_AServiceThatAilsHoldsUpItsOwnUsersOnly(t *testing.T) {
	t.Parallel()
	onServers(t, func(t *testing.T, s server) {
		if s.name != postgresServer.name && os.Getenv(raceRoundsEnv) == "" {
			t.Skip("SKIPPED: it takes a while; set " + raceRoundsEnv)
		}
		for _, a := range askings {
			t.Run(a.name, func(t *testing.T) {
				for how, ails := range ills {
					if how != "hangs" && os.Getenv(raceRoundsEnv) == "" {
						continue // they take a minute
					}
					t.Run(how, func(t *testing.T) { askAiling(t, s, a, how, startOutside(t, ails)) })
				}
			})
		}
	})
}

func askAiling(t *testing.T, s server, a asking, how string, service *outside) {
	place := s.place(t)
	well := askingInstance(t, s.open(t, place), nil)
	well.ok("POST", "/sign-up/email", person(coreEmail))
	if _, err := well.Context().Store.UpdateAll(t.Context(), "user", store.Where{store.Is("email", coreEmail)}, store.Record{"role": "admin"}); err != nil {
		t.Fatal(err)
	}
	asks := []auth.Plugin{haveibeenpwned.New(haveibeenpwned.Options{})}
	if a.captcha {
		asks = []auth.Plugin{captcha.New(captcha.Options{Provider: "hcaptcha", SecretKey: "secret", Endpoints: []string{a.path}})}
	}
	c := askingInstance(t, s.wrap(onePool(t, s, place)), service, asks...)
	c.cookies = well.cookies
	body := a.body(well)
	before := kept(well)
	done := make(chan string, 1)
	go func() { done <- c.ask(a.path, body) }()
	if how == "hangs" {
		<-service.asked
		c.signedIn("while the service hangs")
		c.another().ok("POST", "/sign-in/email", person(coreEmail))
		select {
		case got := <-done:
			t.Fatalf("others were served only when the service hung no more, which led to %s", got)
		default:
		}
	}
	got := <-done
	if how == "answers nonsense" && !a.captcha { // upstream looks for a line, and finds none
		if !strings.HasPrefix(got, "200 ") {
			t.Errorf("a list that is none: %s", got)
		}
		return
	}
	if !strings.HasPrefix(got, "500 ") || !strings.Contains(got, a.says) {
		t.Errorf("it was answered %s", got)
	}
	if after := kept(well); after != before {
		t.Errorf("there is\n%s\nbefore\n%s", after, before)
	}
	if got := well.ask(a.path, body); !strings.HasPrefix(got, "200 ") {
		t.Errorf("afterwards, where no service is asked: %s", got)
	}
}

// onePool is a pool of one connection.
func onePool(t *testing.T, s server, place string) *sql.DB {
	t.Helper()
	if s.name != nativeServer.name {
		pool := s.pool(t, place)
		pool.SetMaxOpenConns(1)
		return pool
	}
	config, err := pgxpool.ParseConfig(place)
	if err != nil {
		t.Fatal(err)
	}
	config.MaxConns = 1
	return nativePoolOf(t, config)
}

// askingInstance is an instance with the plugins that have operations here, and those that ask the service.
func askingInstance(t *testing.T, db *sqlx.Database, service *outside, asks ...auth.Plugin) *coreClient {
	t.Helper()
	mails := &coreMails{}
	o := coreOptions(db)
	o.EmailAndPassword.SendResetPassword = mails.send
	o.Plugins = append(asks, admin.New(admin.Options{}), emailotp.New(emailotp.Options{
		SendVerificationOTP: func(ctx context.Context, m emailotp.Mail) error { return mails.send(ctx, auth.Mail{URL: m.OTP}) },
	}))
	if service != nil {
		o.HTTPClient = &http.Client{Transport: service, Timeout: time.Second}
	}
	a := startCore(t, o, db)
	t.Cleanup(func() { _ = a.Close(context.Background()) })
	return &coreClient{t, a, map[string]string{}, mails}
}

// ask sends a request with a captcha's token and returns the answer.
func (c *coreClient) ask(path string, body any) string {
	text, err := json.Marshal(body)
	if err != nil {
		return err.Error()
	}
	r := corePost(path, string(text))
	r.Header.Set("X-Captcha-Response", "token")
	for name, value := range c.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	res := httptest.NewRecorder()
	c.ServeHTTP(res, r)
	return fmt.Sprint(res.Code, " ", res.Body)
}

// kept is what there is but for sessions.
func kept(c *coreClient) string {
	lines := strings.Split((&faulty{coreClient: c, clear: c.Context().Store}).state(), "\n")
	return strings.Join(slices.DeleteFunc(lines, func(line string) bool { return line == "session" }), "\n")
}

// TestFAULT020_AMailServerThatHangsHoldsUpNobody: who asks for a mail is answered while the mails of before hang, on a pool of one
// connection, and others are served.
func TestFAULT020_AMailServerThatHangsHoldsUpNobody(t *testing.T) {
	onServers(t, func(t *testing.T, s server) {
		pool := onePool(t, s, s.place(t))
		db := s.wrap(pool)
		ctx, well := context.WithCancel(t.Context())
		sent := make(chan string, 100)
		hangs := func(_ context.Context, m auth.Mail) error { <-ctx.Done(); sent <- m.User.Email; return nil }
		o := coreOptions(db)
		o.EmailAndPassword.SendResetPassword, o.EmailVerification.SendVerificationEmail = hangs, hangs
		o.EmailVerification.SendOnSignUp = option.On
		o.User.DeleteUser.Enabled, o.User.DeleteUser.SendDeleteAccountVerification = true, hangs
		a := startCore(t, o, db)
		c := &coreClient{t, a, map[string]string{}, &coreMails{}}
		c.ok("POST", "/sign-up/email", person(coreEmail))
		for range 3 {
			c.ok("POST", "/request-password-reset", map[string]any{"email": coreEmail})
			c.ok("POST", "/send-verification-email", map[string]any{"email": coreEmail})
			c.ok("POST", "/delete-user", map[string]any{"password": corePassword})
			c.signedIn("while mails hang")
			c.another().ok("POST", "/sign-in/email", person(coreEmail))
		}
		if len(sent) != 0 {
			t.Error("the mails did not hang")
		}
		well()
		if err := a.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if len(sent) != 10 {
			t.Errorf("%d mails were sent in the end, want 10", len(sent))
		}
	})
}
