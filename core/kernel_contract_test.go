package core_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/verification"
)

func TestAPluginMayReplaceAnOperationOfTheCore(t *testing.T) {
	replacing := func(key string) auth.Plugin {
		return auth.Plugin{ID: "p", Endpoints: []auth.AnyEndpoint{auth.Endpoint[struct{}, string]{
			Key: key, Method: auth.GET, Path: "/get-session", Replaces: true,
			Handle: func(*auth.Call, struct{}) (string, error) { return "mine", nil },
		}}}
	}
	s := newServer(t, func(o *auth.Options) { o.Plugins = []auth.Plugin{replacing("getSession")} })
	if res := s.client().get("/get-session"); res.Body != `"mine"` {
		t.Errorf("answered %d %s", res.Status, res.Body)
	}
	if res := s.client().post("/get-session", nil); res.Status != http.StatusNotFound {
		t.Errorf("a route of the replaced operation answered %d", res.Status)
	}
	_, err := core.New(bare(func(o *auth.Options) { o.Plugins = []auth.Plugin{replacing("getSessions")} }))
	if want := `plugin "p" replaces the operation "getSessions", which the core does not have`; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestAPluginMayRefuseANewPasswordWhereverItIsSet(t *testing.T) {
	weak := auth.Code{ID: "WEAK", Message: "Weak"}
	s := newServer(t, func(o *auth.Options) {
		o.Plugins = []auth.Plugin{{ID: "p", CheckPassword: func(_ *auth.Call, password string) error {
			if strings.HasPrefix(password, "weak") {
				return auth.Fail(http.StatusBadRequest, weak)
			}
			return nil
		}}}
	})
	c := s.client()
	signUp := func(password string) answer {
		return c.post("/sign-up/email", map[string]string{"name": "Ada", "email": "ada@example.com", "password": password})
	}
	if res := signUp("weak-but-long"); res.code() != "WEAK" {
		t.Errorf("sign-up: %d %s", res.Status, res.Body)
	}
	if res := signUp("good-and-long"); res.Status != http.StatusOK {
		t.Fatalf("sign-up: %d %s", res.Status, res.Body)
	}
	res := c.post("/change-password", map[string]string{"currentPassword": "good-and-long", "newPassword": "weak-but-long"})
	if res.code() != "WEAK" {
		t.Errorf("change: %d %s", res.Status, res.Body)
	}
	if res := c.post("/sign-in/email", map[string]string{"email": "ada@example.com", "password": "weak-but-long"}); res.code() == "WEAK" {
		t.Error("signing in checks the password")
	}
}

func TestAnOperationMayNeedARequest(t *testing.T) {
	e := auth.Endpoint[struct{}, bool]{
		Key: "needy", Method: auth.POST, Path: "/needy", NeedsRequest: true,
		Handle: func(*auth.Call, struct{}) (bool, error) { return true, nil },
	}
	s := newServer(t, func(o *auth.Options) {
		o.Plugins = []auth.Plugin{{ID: "p", Endpoints: []auth.AnyEndpoint{e}}}
	})
	if res := s.client().post("/needy", nil); res.Body != "true" {
		t.Errorf("%d %s", res.Status, res.Body)
	}
	if _, err := e.Call(t.Context(), s, struct{}{}); err == nil || !strings.Contains(err.Error(), "Request is required") {
		t.Errorf("error %v", err)
	}
}

func TestAnExpiredValueIsTakenAndTold(t *testing.T) {
	s := newServer(t, nil)
	call := s.Context().NewCall(t.Context())
	create := func(life time.Duration) {
		if err := verification.Create(call, "x", "value", s.Clock.Now().Add(life)); err != nil {
			t.Fatal(err)
		}
	}
	create(-time.Minute)
	if v, err := verification.Take(call, "x"); v == nil || v.Value != "value" || err != nil {
		t.Errorf("took %v, %v", v, err)
	}
	if v, err := verification.Take(call, "x"); v != nil || err != nil {
		t.Errorf("took %v again, %v", v, err)
	}
	create(-time.Minute)
	if v, err := verification.Consume(call, "x"); v != nil || err != nil {
		t.Errorf("consumed %v, %v", v, err)
	}
}

func TestLiveSessionsAreFoundTogether(t *testing.T) {
	s := newServer(t, nil)
	call := s.Context().NewCall(t.Context())
	var tokens []string
	for _, email := range []string{"ada@example.com", "grace@example.com", "edith@example.com"} {
		tokens = append(tokens, s.SignedIn(email).Session().Session["token"].(string))
	}
	s.Clock.Advance(6 * 24 * time.Hour)
	late := s.SignedIn("late@example.com").Session().Session["token"].(string)
	emails := func(tokens ...string) (list []string) {
		s.ExpectQueries(1, func() {
			found, err := session.FindAll(call, tokens)
			if err != nil {
				t.Fatal(err)
			}
			for _, in := range found {
				list = append(list, in.User.Email)
			}
		})
		return list
	}
	want := []string{"edith@example.com", "late@example.com", "ada@example.com"}
	if diff := cmp.Diff(want, emails(tokens[2], "unknown", late, tokens[0], late)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	s.Clock.Advance(2 * 24 * time.Hour)
	if diff := cmp.Diff([]string{"late@example.com"}, emails(tokens[0], late)); diff != "" {
		t.Errorf("after their end (-want +got):\n%s", diff)
	}
}
