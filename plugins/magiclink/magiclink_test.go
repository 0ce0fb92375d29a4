package magiclink_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/memory"
	"github.com/goauth-dev/goauth/plugins/magiclink"
	"github.com/goauth-dev/goauth/plugins/onetime"
)

type fields = map[string]any

type bed struct {
	*authtest.Server
	links chan magiclink.Mail
}

func serve(t *testing.T, o magiclink.Options, more ...func(*auth.Options)) *bed {
	t.Helper()
	b := &bed{links: make(chan magiclink.Mail, 50)}
	o.SendMagicLink = func(_ context.Context, m magiclink.Mail) error {
		b.links <- m
		return nil
	}
	b.Server = authtest.New(t, func(opts *auth.Options) {
		opts.Plugins = []auth.Plugin{magiclink.New(o)}
		for _, change := range more {
			change(opts)
		}
	})
	return b
}

// link asks for a link and returns it as a path.
func (b *bed) link(t *testing.T, body fields) string {
	t.Helper()
	b.Client().Post("/sign-in/magic-link", body).Want(t, http.StatusOK)
	return (<-b.links).URL[len(b.URL):]
}

func ask(email string) fields { return fields{"email": email} }

// failure is the error that a redirect carries, or "".
func failure(t *testing.T, res authtest.Answer) string {
	t.Helper()
	u, err := url.Parse(res.Header.Get("Location"))
	if res.Status != http.StatusFound || err != nil {
		t.Fatalf("answered %d %s", res.Status, res.Body)
	}
	return u.Query().Get("error")
}

func TestALinkSignsInAndUp(t *testing.T) {
	b := serve(t, magiclink.Options{})
	c := b.Client()
	res := c.Get(b.link(t, fields{"email": "Ada@Example.com", "name": "Ada", "callbackURL": "/home", "newUserCallbackURL": "/welcome"}))
	if got := res.Header.Get("Location"); got != b.URL+"/welcome" {
		t.Errorf("a new user goes to %s", got)
	}
	user := c.Session().User
	if user["email"] != "ada@example.com" || user["emailVerified"] != true || user["name"] != "Ada" {
		t.Errorf("user %v", user)
	}
	res = b.Client().Get(b.link(t, fields{"email": "ada@example.com", "callbackURL": "/home", "newUserCallbackURL": "/welcome"}))
	if got := res.Header.Get("Location"); got != b.URL+"/home" || b.Count(schema.UserModel) != 1 {
		t.Errorf("a known user goes to %s; %d users", got, b.Count(schema.UserModel))
	}
}

func TestWithoutATargetTheSessionIsAnswered(t *testing.T) {
	b := serve(t, magiclink.Options{})
	b.Client().Post("/sign-in/magic-link", ask("ada@example.com")).Want(t, http.StatusOK)
	res := b.Client().Get("/magic-link/verify?token="+(<-b.links).Token).Want(t, http.StatusOK).Object(t)
	if res["token"] == "" || res["user"].(fields)["email"] != "ada@example.com" || res["session"].(fields)["token"] != res["token"] {
		t.Errorf("answer %v", res)
	}
}

func TestWhatALinkIsRefusedFor(t *testing.T) {
	b := serve(t, magiclink.Options{DisableSignUp: true, ExpiresIn: time.Minute})
	old := b.link(t, ask("old@example.com"))
	b.Clock.Advance(2 * time.Minute)
	for name, tt := range map[string]struct{ path, want string }{
		"expired":       {old, "EXPIRED_TOKEN"},
		"used up by it": {old, "INVALID_TOKEN"},
		"unknown":       {"/magic-link/verify?token=x&callbackURL=/", "INVALID_TOKEN"},
		"nobody":        {b.link(t, ask("new@example.com")), "new_user_signup_disabled"},
	} {
		if name == "used up by it" {
			defer func() {
				if got := failure(t, b.Client().Get(tt.path)); got != tt.want {
					t.Errorf("%s: %s", name, got)
				}
			}()
			continue
		}
		if got := failure(t, b.Client().Get(tt.path)); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
	res := b.Client().Get("/magic-link/verify?token=x&callbackURL=/a&errorCallbackURL=/failed?x=1")
	if got := res.Header.Get("Location"); got != b.URL+"/failed?x=1&error=INVALID_TOKEN" {
		t.Errorf("failures go to %s", got)
	}
	for _, target := range []string{"https://evil.example", "https%3A%2F%2Fevil.example", "%25", "%E0%A4%A"} {
		if res := b.Client().Get("/magic-link/verify?token=x&callbackURL=" + target); res.Status != http.StatusForbidden {
			t.Errorf("%s: %d", target, res.Status)
		}
	}
}

func TestUP018_RACE006_ALinkIsGoodOnce(t *testing.T) {
	for name, change := range map[string]func(*auth.Options){
		"database":          func(*auth.Options) {},
		"secondary storage": func(o *auth.Options) { o.SecondaryStorage = memory.NewSecondary(o.Clock) },
	} {
		t.Run(name, func(t *testing.T) {
			b := serve(t, magiclink.Options{AllowedAttempts: 9}, change)
			link := b.link(t, fields{"email": "ada@example.com", "callbackURL": "/home"})
			var group sync.WaitGroup
			answers := make([]authtest.Answer, 20)
			for i := range answers {
				group.Go(func() { answers[i] = b.Client().Get(link) })
			}
			group.Wait()
			won := 0
			for _, res := range answers {
				switch cookie := res.SetsCookie("better-auth.session_token"); {
				case cookie != "":
					won++
				case failure(t, res) != "INVALID_TOKEN":
					t.Errorf("a loser hears %s", failure(t, res))
				}
			}
			if won != 1 || b.Count(schema.UserModel) != 1 {
				t.Errorf("%d sessions, %d users", won, b.Count(schema.UserModel))
			}
		})
	}
}

func TestUP018_ALinkThatANodeServerRedeemedIsUsed(t *testing.T) {
	b := serve(t, magiclink.Options{AllowedAttempts: 9})
	link := b.link(t, fields{"email": "ada@example.com", "callbackURL": "/home"})
	b.Change(schema.VerificationModel, store.Record{"value": `{"email":"ada@example.com","attempt":1}`}, store.Cond{Field: "id", Op: store.Ne, Value: nil})
	if got := failure(t, b.Client().Get(link)); got != "ATTEMPTS_EXCEEDED" {
		t.Errorf("refused with %q", got)
	}
	if b.Count(schema.SessionModel) != 0 || b.Count(schema.VerificationModel) != 0 {
		t.Errorf("%d sessions, %d values are left", b.Count(schema.SessionModel), b.Count(schema.VerificationModel))
	}
}

func TestUP068_WhoeverSignedUpBeforeIsOut(t *testing.T) {
	b := serve(t, magiclink.Options{})
	attacker := b.SignedIn("victim@example.com")
	id := attacker.Session().User["id"]
	victim := b.Client()
	victim.Get(b.link(t, ask("victim@example.com")))
	if got := victim.Session(); got == nil || got.User["id"] != id || got.User["emailVerified"] != true {
		t.Fatalf("the owner is %v", got)
	}
	if attacker.Session() != nil {
		t.Error("the session from before lives on")
	}
	in := fields{"email": "victim@example.com", "password": authtest.Password}
	b.Client().Post("/sign-in/email", in).Want(t, http.StatusUnauthorized)
}

func TestUP122_AnExpiredLinkLeavesNothing(t *testing.T) {
	b := serve(t, magiclink.Options{})
	link := b.link(t, ask("ada@example.com"))
	b.Change(schema.VerificationModel, store.Record{"expiresAt": b.Clock.Now().Add(-time.Second)}, store.Cond{Field: "id", Op: store.Ne, Value: nil})
	if failure(t, b.Client().Get(link)) == "" || b.Count(schema.VerificationModel) != 0 || b.Count(schema.SessionModel) != 0 {
		t.Error("it was good, or is there still")
	}
}

func TestGAP010_ProgramsThatFollowLinksDoNotUseThemUp(t *testing.T) {
	b := serve(t, magiclink.Options{})
	link := b.link(t, ask("ada@example.com"))
	b.Client().Do(authtest.Request{Method: http.MethodHead, Path: link}).Want(t, http.StatusNotFound)
	b.Client().Do(authtest.Request{Path: link, Header: http.Header{"Sec-Purpose": {"prefetch"}}}).Want(t, http.StatusServiceUnavailable)
	c := b.Client()
	if c.Get(link); c.Session() == nil {
		t.Error("the link was used up")
	}
	asking := serve(t, magiclink.Options{Confirm: true})
	link = asking.link(t, ask("ada@example.com"))
	c = asking.Client()
	for range 2 {
		if res := c.Get(link).Want(t, http.StatusOK); !strings.Contains(res.Body, `<form method="post">`) || c.Session() != nil {
			t.Fatalf("the link answers %s", res.Body)
		}
	}
	res := c.Do(authtest.Request{Method: http.MethodPost, Path: link, Body: "", Type: "application/x-www-form-urlencoded"})
	if failure(t, res) != "" || c.Session() == nil {
		t.Errorf("confirmed: %d %v", res.Status, res.Header)
	}
}

func TestUP070_AnotherSiteSendsNoMail(t *testing.T) {
	b := serve(t, magiclink.Options{})
	res := b.Client().Do(authtest.Request{Path: "/sign-in/magic-link", Body: ask("ada@example.com"), Header: http.Header{"Origin": {"https://evil.example"}}})
	if res.Status != http.StatusForbidden || len(b.links) != 0 {
		t.Errorf("%d, %d mails", res.Status, len(b.links))
	}
}

func TestUP142_OneConnectionIsEnough(t *testing.T) {
	b := serve(t, magiclink.Options{}) // the memory database has one lock: a nested transaction that did not join would hang
	link := b.link(t, ask("ada@example.com"))
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.Client().Get(link)
	}()
	select {
	case <-done:
	case <-time.After(2 * time.Second):
		t.Fatal("the link hangs")
	}
}

func TestTokensCanBeKeptHashed(t *testing.T) {
	for name, storage := range map[string]onetime.Storage{
		"hashed": {Kind: onetime.Hashed},
		"custom": {Hash: func(_ context.Context, s string) (string, error) { return "kept-" + strings.ToUpper(s), nil }},
	} {
		t.Run(name, func(t *testing.T) {
			b := serve(t, magiclink.Options{
				StoreToken: storage, GenerateToken: func(_ context.Context, email string) (string, error) { return "tokenfor" + email[:3], nil },
			})
			b.Client().Post("/sign-in/magic-link", fields{"email": "ada@example.com", "metadata": fields{"a": 1}}).Want(t, http.StatusOK)
			m := <-b.links
			if kept := b.Row(schema.VerificationModel)["identifier"]; m.Token != "tokenforada" || kept == m.Token || m.Metadata == nil {
				t.Errorf("mail %+v, kept %v", m, kept)
			}
			c := b.Client()
			if c.Get(m.URL[len(b.URL):]); c.Session() == nil {
				t.Error("no session")
			}
		})
	}
}

func TestASenderIsNeeded(t *testing.T) {
	p := magiclink.New(magiclink.Options{})
	if err := p.Init(nil); err == nil {
		t.Error("a plugin without a sender was accepted")
	}
}
