package multisession_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/multisession"
)

const sessionCookie = "better-auth.session_token"

func serve(t *testing.T, o multisession.Options) *authtest.Server {
	t.Helper()
	return authtest.New(t, func(opts *auth.Options) { opts.Plugins = []auth.Plugin{multisession.New(o)} })
}

// token returns the token of the browser's active session.
func token(c *authtest.Client) string {
	if s := c.Session(); s != nil {
		return s.Session["token"].(string)
	}
	return ""
}

// who returns the addresses that list-device-sessions answers.
func who(t *testing.T, c *authtest.Client) string {
	t.Helper()
	var list []authtest.SignedIn
	if err := c.Get("/multi-session/list-device-sessions").Want(t, http.StatusOK).Decode(&list); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range list {
		name, _, _ := strings.Cut(s.User["email"].(string), "@")
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

func active(c *authtest.Client) string {
	s := c.Session()
	if s == nil {
		return ""
	}
	name, _, _ := strings.Cut(s.User["email"].(string), "@")
	return name
}

func TestABrowserKeepsASessionOfEachUserAndChangesBetweenThem(t *testing.T) {
	s := serve(t, multisession.Options{})
	c := s.SignedIn("ada@example.com")
	ada := token(c)
	c.SignUp("grace@example.com")
	if got := active(c) + ": " + who(t, c); got != "grace: ada grace" && got != "grace: grace ada" {
		t.Fatalf("after two sign-ups %s", got)
	}
	res := c.Post("/multi-session/set-active", map[string]string{"sessionToken": ada}).Want(t, http.StatusOK)
	if user := res.Object(t)["user"].(map[string]any); user["email"] != "ada@example.com" || active(c) != "ada" {
		t.Errorf("set-active answered %s; active is %s", res.Body, active(c))
	}
	c.Post("/multi-session/revoke", map[string]string{"sessionToken": ada}).Want(t, http.StatusOK)
	if got := active(c) + ": " + who(t, c); got != "grace: grace" {
		t.Errorf("after revoking the active session %s", got)
	}
	c.Post("/multi-session/revoke", map[string]string{"sessionToken": token(c)}).Want(t, http.StatusOK)
	if names := c.CookieNames(); len(names) != 0 {
		t.Errorf("after revoking the last session the browser has %v", names)
	}
}

func TestRevokingAnotherSessionKeepsTheActiveOne(t *testing.T) {
	s := serve(t, multisession.Options{})
	c := s.SignedIn("ada@example.com")
	ada := token(c)
	c.SignUp("grace@example.com")
	c.Post("/multi-session/revoke", map[string]string{"sessionToken": ada}).Want(t, http.StatusOK)
	if got := active(c) + ": " + who(t, c); got != "grace: grace" {
		t.Errorf("%s", got)
	}
}

func TestSigningInAgainReplacesTheUsersSession(t *testing.T) {
	s := serve(t, multisession.Options{})
	c := s.SignedIn("ada@example.com")
	old := token(c)
	c.SignIn("ada@example.com")
	if rows := s.Rows(schema.SessionModel, store.Is("token", old)); len(rows) != 0 {
		t.Error("the older session lives")
	}
	if names := c.CookieNames(); len(names) != 2 {
		t.Errorf("cookies %v", names)
	}
}

func TestNoMoreThanTheMaximumIsKept(t *testing.T) {
	s := serve(t, multisession.Options{MaximumSessions: 2})
	c := s.SignedIn("ada@example.com")
	c.SignUp("grace@example.com")
	c.SignUp("edith@example.com")
	if got := active(c) + ": " + who(t, c); got != "edith: ada grace" && got != "edith: grace ada" {
		t.Errorf("%s", got)
	}
}

func TestSigningOutEndsEverySession(t *testing.T) {
	s := serve(t, multisession.Options{})
	c := s.SignedIn("ada@example.com")
	c.SignUp("grace@example.com")
	c.Post("/sign-out", nil).Want(t, http.StatusOK)
	if n := s.Count(schema.SessionModel); n != 0 {
		t.Errorf("%d sessions live", n)
	}
	if names := c.CookieNames(); len(names) != 0 {
		t.Errorf("the browser has %v", names)
	}
}

func TestExpiredSessionsAreNeitherListedNorChangedTo(t *testing.T) {
	s := serve(t, multisession.Options{})
	c := s.SignedIn("ada@example.com")
	ada := token(c)
	c.SignUp("grace@example.com")
	s.Change(schema.SessionModel, store.Record{"expiresAt": s.Clock.Now().Add(-time.Minute)}, store.Is("token", ada))
	if got := who(t, c); got != "grace" {
		t.Errorf("listed %s", got)
	}
	res := c.Post("/multi-session/set-active", map[string]string{"sessionToken": ada}).Want(t, http.StatusUnauthorized)
	if res.Code() != "INVALID_SESSION_TOKEN" || !strings.Contains(res.SetsCookie(sessionCookie+"_multi-"+strings.ToLower(ada)), "Max-Age=0") {
		t.Errorf("answered %s, cookies %v", res.Body, res.Header["Set-Cookie"])
	}
}

// TestUP063_ACookieOpensTheSessionItIsSignedFor puts one's own signed value under the name of a victim's session.
func TestUP063_ACookieOpensTheSessionItIsSignedFor(t *testing.T) {
	s := serve(t, multisession.Options{})
	victim := token(s.SignedIn("victim@example.com"))
	c := s.SignedIn("eve@example.com")
	own := c.Cookie(sessionCookie + "_multi-" + strings.ToLower(token(c)))
	c.SetCookie(sessionCookie+"_multi-"+strings.ToLower(victim), own)
	for _, path := range []string{"/multi-session/set-active", "/multi-session/revoke"} {
		res := c.Post(path, map[string]string{"sessionToken": victim})
		if res.Status != http.StatusUnauthorized || active(c) != "eve" {
			t.Errorf("%s answered %d %s; active is %s", path, res.Status, res.Body, active(c))
		}
	}
	if got := who(t, c); got != "eve" {
		t.Errorf("listed %s", got)
	}
	s.Row(schema.SessionModel, store.Is("token", victim))
}

func TestOLD007_SigningOutEndsOnlySignedSessions(t *testing.T) {
	s := serve(t, multisession.Options{})
	victim := token(s.SignedIn("victim@example.com"))
	c := s.SignedIn("eve@example.com")
	c.SetCookie(sessionCookie+"_multi-"+strings.ToLower(victim), victim+".Zm9yZ2Vk")
	c.Post("/sign-out", nil).Want(t, http.StatusOK)
	s.Row(schema.SessionModel, store.Is("token", victim))
}

func TestANobodyHasNoSessionsAndCannotRevoke(t *testing.T) {
	s := serve(t, multisession.Options{})
	if got := who(t, s.Client()); got != "" {
		t.Errorf("listed %s", got)
	}
	s.Client().Post("/multi-session/revoke", map[string]string{"sessionToken": "x"}).Want(t, http.StatusUnauthorized)
}
