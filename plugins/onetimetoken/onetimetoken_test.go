package onetimetoken_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/onetimetoken"
)

func serve(t *testing.T, o onetimetoken.Options) *authtest.Server {
	t.Helper()
	return authtest.New(t, func(opts *auth.Options) { opts.Plugins = []auth.Plugin{onetimetoken.New(o)} })
}

func generate(t *testing.T, c *authtest.Client) string {
	t.Helper()
	return c.Get("/one-time-token/generate").Want(t, http.StatusOK).Object(t)["token"].(string)
}

func verify(c *authtest.Client, token string) authtest.Answer {
	return c.Post("/one-time-token/verify", map[string]string{"token": token})
}

func TestATokenSignsAnotherBrowserInOnce(t *testing.T) {
	for name, o := range map[string]onetimetoken.Options{
		"plain":  {},
		"hashed": {StoreToken: "hashed"},
		"own hash": {CustomHasher: &onetimetoken.CustomHasher{Hash: func(_ context.Context, token string) (string, error) {
			return strings.ToUpper(token), nil
		}}},
		"own token": {GenerateToken: func(_ *auth.Call, s *auth.SignedIn) (string, error) { return "of " + s.User.Email, nil }},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, o)
			ada, other := s.SignedIn("ada@example.com"), s.Client()
			token := generate(t, ada)
			res := verify(other, token).Want(t, http.StatusOK)
			if got := res.Object(t)["user"].(map[string]any)["email"]; got != "ada@example.com" || other.Session() == nil {
				t.Errorf("answered %s", res.Body)
			}
			if res := verify(other, token); res.Status != http.StatusBadRequest || !strings.Contains(res.Body, "Invalid token") {
				t.Errorf("a second time: %d %s", res.Status, res.Body)
			}
		})
	}
}

func TestAHashedTokenIsNotStored(t *testing.T) {
	s := serve(t, onetimetoken.Options{StoreToken: "hashed"})
	token := generate(t, s.SignedIn("ada@example.com"))
	if id := s.Row(schema.VerificationModel)["identifier"].(string); strings.Contains(id, token) || !strings.HasPrefix(id, "one-time-token:") {
		t.Errorf("stored as %q", id)
	}
}

func TestWhatIsWrongWithATokenIsTold(t *testing.T) {
	s := serve(t, onetimetoken.Options{ExpiresIn: time.Minute})
	ada := s.SignedIn("ada@example.com")
	late, orphan, stale := generate(t, ada), generate(t, ada), generate(t, ada)
	s.Change(schema.VerificationModel, store.Record{"expiresAt": s.Clock.Now().Add(-time.Second)}, store.Is("identifier", "one-time-token:"+late))
	s.Change(schema.VerificationModel, store.Record{"value": "gone"}, store.Is("identifier", "one-time-token:"+orphan))
	want := func(token, message string) {
		t.Helper()
		if res := verify(s.Client(), token); res.Status != http.StatusBadRequest || res.Object(t)["message"] != message {
			t.Errorf("%d %s, want %q", res.Status, res.Body, message)
		}
	}
	want("nothing", "Invalid token")
	want(late, "Token expired")
	want(late, "Invalid token")
	want(orphan, "Session not found")
	s.Change(schema.SessionModel, store.Record{"expiresAt": s.Clock.Now().Add(-time.Second)}, store.Is("token", ada.Cookie("better-auth.session_token")[:32]))
	want(stale, "Session expired")
}

func TestClientsMayBeRefused(t *testing.T) {
	s := serve(t, onetimetoken.Options{DisableClientRequest: true})
	ada := s.SignedIn("ada@example.com")
	if res := ada.Get("/one-time-token/generate").Want(t, http.StatusBadRequest); res.Object(t)["message"] != "Client requests are disabled" {
		t.Errorf("%s", res.Body)
	}
	res, err := s.Run(t.Context(), onetimetoken.GenerateKey, auth.Input{Header: ada.Header()})
	if err != nil || res.Value.(*onetimetoken.Token).Token == "" {
		t.Errorf("from Go: %v, %v", res, err)
	}
}

func TestVerifyingNeedNotSignIn(t *testing.T) {
	s := serve(t, onetimetoken.Options{DisableSetSessionCookie: true})
	token, other := generate(t, s.SignedIn("ada@example.com")), s.Client()
	verify(other, token).Want(t, http.StatusOK)
	if names := other.CookieNames(); len(names) != 0 {
		t.Errorf("cookies %v", names)
	}
}

func TestANewSessionMaySendATokenAlong(t *testing.T) {
	s := serve(t, onetimetoken.Options{SetOTTHeaderOnNewSession: true})
	res := s.Client().Post("/sign-up/email", map[string]string{"name": "Ada", "email": "ada@example.com", "password": authtest.Password})
	if res.Header.Get("Access-Control-Expose-Headers") != "set-ott" {
		t.Errorf("headers %v", res.Header)
	}
	verify(s.Client(), res.Header.Get("Set-Ott")).Want(t, http.StatusOK)
}

func TestAConfigurationFileGivesMinutes(t *testing.T) {
	var o onetimetoken.Options
	if err := option.Decode(map[string]any{"expiresIn": 10, "storeToken": "hashed"}, &o); err != nil || o.ExpiresIn != 10*time.Minute || o.StoreToken != "hashed" {
		t.Errorf("%+v, %v", o, err)
	}
	if err := option.Decode(map[string]any{"expires": 10}, &o); err == nil {
		t.Error("an unknown option passes")
	}
	_, err := core.New(auth.Options{Secret: authtest.Secret, Plugins: []auth.Plugin{onetimetoken.New(onetimetoken.Options{StoreToken: "salted"})}})
	if err == nil {
		t.Error("an unknown way to store passes")
	}
}

func TestUP033_RACE006_OfManyCallersOneGetsTheSession(t *testing.T) {
	s := serve(t, onetimetoken.Options{})
	ada := s.SignedIn("ada@example.com")
	for range 10 {
		token := generate(t, ada)
		var won atomic.Int32
		var ready, done sync.WaitGroup
		start := make(chan struct{})
		for range 20 {
			ready.Add(1)
			done.Go(func() {
				c := s.Client()
				ready.Done()
				<-start
				if verify(c, token).Status == http.StatusOK {
					won.Add(1)
				}
			})
		}
		ready.Wait()
		close(start)
		done.Wait()
		if won.Load() != 1 {
			t.Fatalf("%d callers got the session", won.Load())
		}
	}
}
