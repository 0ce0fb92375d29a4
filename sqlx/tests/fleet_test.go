package tests

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/crypto"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/ratelimit"
	"github.com/goauth-dev/goauth/core/schema"
)

// What operators do to a fleet: several instances on one database that differ in a clock, a secret, a version or their line.

// instance starts a server on a place that others use too.
func instance(t *testing.T, place string, change func(o *auth.Options)) *coreClient {
	t.Helper()
	db := openPlace(t, place)
	mails := &coreMails{}
	o := coreOptions(db)
	o.EmailAndPassword.SendResetPassword, o.EmailVerification.SendVerificationEmail = mails.send, mails.send
	change(&o)
	a := startCore(t, o, db)
	t.Cleanup(func() { _ = a.Close(context.Background()) })
	return &coreClient{t, a, map[string]string{}, mails}
}

// at is the same browser at another instance.
func (c *coreClient) at(other *coreClient) *coreClient {
	return &coreClient{c.t, other.Auth, c.cookies, other.mails}
}

// signedIn fails unless the instance knows the browser's session.
func (c *coreClient) signedIn(when string) {
	c.t.Helper()
	if out := c.ok("GET", "/get-session", nil); out == nil {
		c.t.Errorf("%s: signed out", when)
	}
}

// verify follows a link that confirms an address.
func (c *coreClient) verify(link string) {
	c.t.Helper()
	token, _, _ := strings.Cut(link, "&")
	c.ok("GET", token, nil)
}

func TestFAULT009_InstancesWhoseClocksDifferServeTheSameSessions(t *testing.T) {
	onEvery(t, clocksApart)
}

// clocksApart has one instance five minutes ahead of the other, and then sets a clock back by an hour.
func clocksApart(t *testing.T, place string) {
	var mu sync.Mutex
	offset := time.Duration(0)
	clock := func(ahead time.Duration) func(o *auth.Options) {
		return func(o *auth.Options) {
			o.Clock = func() time.Time {
				mu.Lock()
				defer mu.Unlock()
				return time.Now().Add(ahead + offset)
			}
			o.Session.UpdateAge = time.Nanosecond
			o.RateLimit = auth.RateLimitOptions{Enabled: option.On, Storage: "database", CustomRules: auth.RateLimitRules{
				{Pattern: "/ok", Rule: ratelimit.Rule{Window: 10 * time.Second, Max: 3}}, {Pattern: "/**", Off: true},
			}}
		}
	}
	right, ahead := instance(t, place, clock(0)), instance(t, place, clock(5*time.Minute))
	right.ok("POST", "/sign-up/email", person(coreEmail))
	for range 3 {
		right.at(ahead).signedIn("at the instance that is ahead")
		right.signedIn("at the one that is not, after the other has refreshed it")
	}
	for i, pair := range [][2]*coreClient{{right, ahead}, {ahead, right}} {
		asked, used := pair[0].another(), pair[1].another()
		email := fmt.Sprintf("grace%d@example.com", i)
		asked.ok("POST", "/sign-up/email", person(email))
		asked.ok("POST", "/send-verification-email", map[string]any{"email": email})
		used.verify(asked.mails.last(t, 1))
		asked.ok("POST", "/request-password-reset", map[string]any{"email": email})
		token, _, _ := strings.Cut(asked.mails.last(t, 2), "?")
		used.ok("POST", "/reset-password", map[string]any{"newPassword": corePassword, "token": strings.TrimPrefix(token, "/reset-password/")})
	}
	limited := func(c *coreClient) int {
		r := corePostGet("/ok")
		r.Header.Set("X-Forwarded-For", "203.0.113.9")
		res := httptest.NewRecorder()
		c.ServeHTTP(res, r)
		return res.Code
	}
	allowed := 0
	for i := range 12 {
		if limited([]*coreClient{ahead, right}[i%2]) == http.StatusOK {
			allowed++
		}
	}
	if allowed > 6 {
		t.Errorf("two instances of which one is ahead let %d requests pass, want at most a window each", allowed)
	}
	mu.Lock()
	offset = -time.Hour
	mu.Unlock()
	if got := limited(right); got != http.StatusOK {
		t.Errorf("after a clock was set back an hour a window that was full answers %d", got)
	}
	right.signedIn("after the clocks were set back")
}

func TestFAULT024_SecretsAreRotatedInAFleetWithoutSigningAnybodyOut(t *testing.T) {
	onEvery(t, secretsRotated)
}

// secretsRotated rolls a fleet of two from one secret to the next, one instance after the other.
func secretsRotated(t *testing.T, place string) {
	const first, second = "first-secret-0123456789-abcdefghijklmn", "second-secret-9876543210-zyxwvutsrqpon"
	old, fresh := crypto.Secret{Version: 1, Value: first}, crypto.Secret{Version: 2, Value: second}
	with := func(secrets ...crypto.Secret) *coreClient {
		return instance(t, place, func(o *auth.Options) {
			o.Secret, o.Secrets = "", secrets
			o.Session.CookieCache = auth.CookieCache{Enabled: option.On}
		})
	}
	before := with(old)
	before.ok("POST", "/sign-up/email", person(coreEmail))
	for n, step := range []struct {
		name string
		pair [2]*coreClient
	}{
		{"one knows the new secret too", [2]*coreClient{before, with(old, fresh)}},
		{"one signs with the new secret", [2]*coreClient{with(old, fresh), with(fresh, old)}},
		{"both sign with the new secret", [2]*coreClient{with(fresh, old), with(fresh, old)}},
	} {
		for i, issuer := range step.pair {
			c, other := issuer.another(), step.pair[1-i]
			email := fmt.Sprintf("grace%d.%d@example.com", n, i)
			c.ok("POST", "/sign-up/email", person(email))
			c.at(other).signedIn(step.name)
			before.at(other).signedIn(step.name + ", with the cookies of before")
			mails := len(issuer.mails.links)
			c.ok("POST", "/send-verification-email", map[string]any{"email": email})
			c.at(other).verify(issuer.mails.last(t, mails+1))
		}
	}
	stale := before.another()
	stale.ok("POST", "/sign-in/email", person(coreEmail))
	after := with(fresh)
	if out := stale.at(after).ok("GET", "/get-session", nil); out != nil {
		t.Errorf("without the old secret its cookies still count: %v", out)
	}
}

func TestFAULT025_TwoVersionsServeOneDatabaseWhileItIsMigrated(t *testing.T) { onEvery(t, twoVersions) }

// twoVersions is a rolling update: the second version, which has a table and two fields more, migrates the database while the
// first one serves. There is no earlier release; two configurations stand for two versions.
func twoVersions(t *testing.T, place string) {
	old := instance(t, place, func(*auth.Options) {})
	old.ok("POST", "/sign-up/email", person(coreEmail))
	stop, done := make(chan struct{}), make(chan map[int]int)
	go func() { done <- serveUntil(old, stop) }()
	fresh := instance(t, place, func(o *auth.Options) {
		o.User.AdditionalFields = append(o.User.AdditionalFields,
			schema.Field{Name: "handle", Type: schema.String, Required: option.Off, Unique: true},
			schema.Field{Name: "points", Type: schema.Number, Required: option.Off, Default: 7})
		o.Plugins = []auth.Plugin{{ID: "later", Schema: []schema.Table{{Model: "badge", Fields: schema.Fields{
			{Name: "userId", Type: schema.String, References: &schema.Reference{Model: "user", Field: "id"}, Index: true},
		}}}}}
	})
	both := fresh.another()
	both.ok("POST", "/sign-up/email", map[string]any{"name": "Grace", "email": "grace@example.com", "password": corePassword, "handle": "grace"})
	both.at(old).signedIn("who signed up at the new version, at the old one")
	both.at(old).ok("POST", "/update-user", map[string]any{"name": "Hopper"})
	if user := both.user(); user["name"] != "Hopper" || user["handle"] != "grace" || user["points"] != float64(7) {
		t.Errorf("at the new version after a change at the old one: %v", user)
	}
	old.at(fresh).signedIn("who signed up at the old version, at the new one")
	old.at(fresh).ok("POST", "/update-user", map[string]any{"handle": "ada"})
	close(stop)
	answers := <-done
	for status := range answers {
		if status != http.StatusOK {
			t.Errorf("while the database was migrated the old version answered %v", answers)
		}
	}
	rolledBack := instance(t, place, func(*auth.Options) {})
	both.at(rolledBack).signedIn("after rolling back")
	rolledBack.ok("POST", "/sign-in/email", person(coreEmail))
	t.Logf("%d requests while the database was migrated", answers[http.StatusOK])
}

// serveUntil signs people up, in and out until it is told to stop, and counts the answers.
func serveUntil(c *coreClient, stop <-chan struct{}) map[int]int {
	answers := map[int]int{}
	for n := 0; ; n++ {
		select {
		case <-stop:
			return answers
		default:
		}
		one := c.another()
		for _, path := range []string{"/sign-up/email", "/get-session", "/sign-out"} {
			r := corePost(path, benchPerson(1000+n))
			if path == "/get-session" {
				r = corePostGet(path)
			}
			for name, value := range one.cookies {
				r.AddCookie(&http.Cookie{Name: name, Value: value})
			}
			res := httptest.NewRecorder()
			c.ServeHTTP(res, r)
			for _, ck := range res.Result().Cookies() {
				one.cookies[ck.Name] = ck.Value
			}
			answers[res.Code]++
		}
	}
}

// proxy passes on what goes between an instance and its database, until it is told to swallow it.
type proxy struct {
	listener net.Listener
	to       string
	mu       sync.Mutex
	swallows bool
	from     []byte // begins to swallow with what has this text, in small letters
	conns    []net.Conn
}

// startProxy listens on one of this machine's addresses.
func startProxy(t *testing.T, at, to string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(at, "0"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	p := &proxy{listener: l, to: to}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go p.pass(conn)
		}
	}()
	return p
}

func (p *proxy) pass(conn net.Conn) {
	defer conn.Close()
	server, err := net.Dial("tcp", p.to)
	if err != nil {
		return
	}
	defer server.Close()
	p.mu.Lock()
	p.conns = append(p.conns, conn)
	p.mu.Unlock()
	go p.copy(server, conn)
	p.copy(conn, server)
}

// copy passes bytes on, or takes them and says nothing, as a network does that drops packets.
func (p *proxy) copy(to io.WriteCloser, from io.Reader) {
	defer to.Close()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		p.mu.Lock()
		p.swallows = p.swallows || p.from != nil && bytes.Contains(bytes.ToLower(buf[:n]), p.from)
		swallows := p.swallows
		p.mu.Unlock()
		if swallows {
			continue
		}
		if _, err := io.Copy(to, bytes.NewReader(buf[:n])); err != nil {
			return
		}
	}
}

func (p *proxy) swallow(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.swallows, p.from = on, nil
}

func (p *proxy) swallowFrom(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.from = []byte(text)
}

// hangUp ends every connection: drivers wait long for an answer to their last words on one that was swallowed.
func (p *proxy) hangUp() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range p.conns {
		_ = conn.Close()
	}
}

// TestFAULT030_AnInstanceThatIsCutOffAnswers503AndTheOtherServes drops every packet between one of two instances and the
// database.
func TestFAULT030_AnInstanceThatIsCutOffAnswers503AndTheOtherServes(t *testing.T) {
	t.Parallel()
	onServers(t, func(t *testing.T, s server) {
		place := s.place(t)
		other := instance(t, place, func(*auth.Options) {})
		other.ok("POST", "/sign-up/email", person(coreEmail))
		host := hostOf(place)
		p := startProxy(t, "127.0.0.1", host)
		db := s.open(t, strings.Replace(place, host, p.listener.Addr().String(), 1))
		db.Timeout = 400 * time.Millisecond
		isolated := &coreClient{t, startCore(t, coreOptions(db), db), other.cookies, other.mails}
		isolated.signedIn("through the proxy")
		p.swallow(true)
		for range 3 {
			isolated.unavailable("GET", "/get-session", nil)
			other.signedIn("at the other instance")
		}
		isolated.another().unavailable("POST", "/sign-in/email", person(coreEmail))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := isolated.Context().Store.Ping(ctx); err == nil {
			t.Error("cut off: it says that it is ready")
		}
		p.swallow(false)
		isolated.signedIn("when the network is back")
		p.hangUp()
	})
}

// unavailable makes a request that must be answered 503 within 3 seconds.
func (c *coreClient) unavailable(method, path string, body any) {
	c.t.Helper()
	began := time.Now()
	if status, out, _ := c.do(method, path, body); status != http.StatusServiceUnavailable || time.Since(began) > 3*time.Second {
		c.t.Errorf("cut off: %s answered %d %v after %v, want 503 in time", path, status, out, time.Since(began))
	}
}

// hostOf is the host and port of a server's address.
func hostOf(place string) string {
	_, rest, _ := strings.Cut(place, "@")
	rest = strings.TrimPrefix(rest, "tcp(")
	return rest[:strings.IndexAny(rest, ")/")]
}
