package customsession_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/customsession"
	"github.com/goauth-dev/goauth/plugins/multisession"
)

// greeting is what the application answers.
func greeting(_ *auth.Call, s *auth.SignedIn) (any, error) {
	return map[string]any{"hello": s.User.Email, "session": s.Session}, nil
}

func serve(t *testing.T, fn customsession.Func, o customsession.Options) *authtest.Server {
	t.Helper()
	return authtest.New(t, func(opts *auth.Options) {
		opts.Plugins = []auth.Plugin{multisession.New(multisession.Options{}), customsession.New(fn, o)}
	})
}

func TestGetSessionAnswersWhatTheFunctionMakes(t *testing.T) {
	s := serve(t, greeting, customsession.Options{})
	ada := s.SignedIn("ada@example.com")
	res := ada.Get("/get-session").Want(t, http.StatusOK)
	if got := res.Object(t); got["hello"] != "ada@example.com" || got["user"] != nil || got["session"] == nil {
		t.Errorf("answered %s", res.Body)
	}
	if got := res.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control %q", got)
	}
	if res := s.Client().Get("/get-session").Want(t, http.StatusOK); res.Body != "null" {
		t.Errorf("nobody gets %s", res.Body)
	}
	if res := ada.Post("/get-session", nil); res.Status != http.StatusNotFound {
		t.Errorf("POST answers %d, and upstream's plugin serves GET only", res.Status)
	}
}

func TestTheSessionIsExtendedAndItsCookiesSet(t *testing.T) {
	s := serve(t, greeting, customsession.Options{})
	ada := s.SignedIn("ada@example.com")
	s.Clock.Advance(2 * 24 * time.Hour)
	if line := ada.Get("/get-session?disableRefresh=true").SetsCookie("better-auth.session_token"); line != "" {
		t.Errorf("without refresh: %s", line)
	}
	if line := ada.Get("/get-session").SetsCookie("better-auth.session_token"); line == "" {
		t.Error("the cookie of a session that was extended is not set")
	}
	s.Clock.Advance(30 * 24 * time.Hour)
	res := ada.Get("/get-session").Want(t, http.StatusOK)
	if res.Body != "null" || !strings.Contains(res.SetsCookie("better-auth.session_token"), "Max-Age=0") {
		t.Errorf("an expired session: %s, cookies %v", res.Body, res.Header["Set-Cookie"])
	}
}

func TestHiddenFieldsDoNotReachTheFunction(t *testing.T) {
	s := authtest.New(t, func(o *auth.Options) {
		o.User.AdditionalFields = schema.Fields{{Name: "note", Type: schema.String, Required: 2, Returned: 2}}
		o.Plugins = []auth.Plugin{customsession.New(func(_ *auth.Call, s *auth.SignedIn) (any, error) { return s.User.Extra["note"], nil }, customsession.Options{})}
	})
	ada := s.SignedIn("ada@example.com")
	s.Change(schema.UserModel, store.Record{"note": "secret"}, store.Is("email", "ada@example.com"))
	if res := ada.Get("/get-session").Want(t, http.StatusOK); res.Body != "null" {
		t.Errorf("answered %s", res.Body)
	}
}

func TestAnErrorOfTheFunctionIsTheAnswer(t *testing.T) {
	locked := auth.Fail(http.StatusForbidden, auth.Code{ID: "LOCKED", Message: "Locked"})
	for want, failure := range map[int]error{http.StatusForbidden: locked, http.StatusInternalServerError: errors.New("no connection")} {
		s := serve(t, func(*auth.Call, *auth.SignedIn) (any, error) { return nil, failure }, customsession.Options{})
		if res := s.SignedIn("ada@example.com").Get("/get-session"); res.Status != want || strings.Contains(res.Body, "connection") {
			t.Errorf("%d %s, want %d", res.Status, res.Body, want)
		}
	}
}

func TestTheListOfDeviceSessionsIsChangedWhenWanted(t *testing.T) {
	for on, want := range map[bool]string{true: `"hello":"ada@example.com"`, false: `"user":{`} {
		s := serve(t, greeting, customsession.Options{ShouldMutateListDeviceSessionsEndpoint: on})
		ada := s.SignedIn("ada@example.com")
		if res := ada.Get("/multi-session/list-device-sessions").Want(t, http.StatusOK); !strings.Contains(res.Body, want) {
			t.Errorf("%v: %s", on, res.Body)
		}
	}
}
