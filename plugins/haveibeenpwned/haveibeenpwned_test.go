package haveibeenpwned_test

import (
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/plugins/haveibeenpwned"
)

const breached = "breached password"

// service answers as the range service does, for one breached password.
type service struct {
	status int
	err    error
	kind   string
	asked  []*http.Request
	lines  string
}

// RoundTrip implements http.RoundTripper.
func (s *service) RoundTrip(r *http.Request) (*http.Response, error) {
	s.asked = append(s.asked, r)
	if s.err != nil {
		return nil, s.err
	}
	return &http.Response{StatusCode: s.status, Header: http.Header{"Content-Type": {s.kind}}, Body: io.NopCloser(strings.NewReader(s.lines))}, nil
}

func digest(password string) string {
	sum := sha1.Sum([]byte(password))
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

func serve(t *testing.T, o haveibeenpwned.Options, svc *service) *authtest.Server {
	t.Helper()
	if svc.lines == "" {
		svc.lines = "0018A45C4D1DEF81644B54AB7F969B88D65:1\r\n" + digest(breached)[5:] + ":42\r\n" + digest("padding")[5:] + ":0\r\n"
	}
	if svc.status == 0 {
		svc.status = http.StatusOK
	}
	return authtest.New(t, func(opts *auth.Options) {
		opts.HTTPClient = &http.Client{Transport: svc}
		opts.Plugins = []auth.Plugin{haveibeenpwned.New(o)}
	})
}

func signUp(s *authtest.Server, password string) authtest.Answer {
	return s.Client().Post("/sign-up/email", map[string]string{"name": "Ada", "email": "ada@example.com", "password": password})
}

func TestABreachedPasswordIsRefused(t *testing.T) {
	svc := &service{}
	s := serve(t, haveibeenpwned.Options{}, svc)
	if res := signUp(s, breached); res.Status != http.StatusBadRequest || res.Code() != "PASSWORD_COMPROMISED" {
		t.Errorf("%d %s", res.Status, res.Body)
	}
	if got := svc.asked[0]; got.URL.String() != "https://api.pwnedpasswords.com/range/"+digest(breached)[:5] || got.Header.Get("Add-Padding") != "true" {
		t.Errorf("asked %s %v", got.URL, got.Header)
	}
	signUp(s, "padding").Want(t, http.StatusBadRequest) // too short
	signUp(s, "a good password").Want(t, http.StatusOK)
}

func TestTheTextMayBeChosenAndTheCheckSwitchedOff(t *testing.T) {
	s := serve(t, haveibeenpwned.Options{CustomPasswordCompromisedMessage: "Not that one"}, &service{})
	if res := signUp(s, breached).Want(t, http.StatusBadRequest); res.Object(t)["message"] != "Not that one" {
		t.Errorf("%s", res.Body)
	}
	svc := &service{}
	signUp(serve(t, haveibeenpwned.Options{Enabled: option.Off}, svc), breached).Want(t, http.StatusOK)
	if len(svc.asked) != 0 {
		t.Error("the service was asked")
	}
}

func TestOnlyTheGivenPathsAreChecked(t *testing.T) {
	s := serve(t, haveibeenpwned.Options{Paths: []string{"/change-password"}}, &service{})
	c := s.Client()
	c.Post("/sign-up/email", map[string]string{"name": "Ada", "email": "ada@example.com", "password": breached}).Want(t, http.StatusOK)
	res := c.Post("/change-password", map[string]string{"currentPassword": breached, "newPassword": breached})
	if res.Code() != "PASSWORD_COMPROMISED" {
		t.Errorf("%d %s", res.Status, res.Body)
	}
}

func TestGO019_AnAnswerThatIsNoTextStoresNothing(t *testing.T) {
	s := serve(t, haveibeenpwned.Options{}, &service{kind: "application/json; charset=utf-8", lines: "{}"})
	if res := signUp(s, "a good password"); res.Status != http.StatusInternalServerError || s.Count("user") != 0 {
		t.Errorf("%d %s, %d users", res.Status, res.Body, s.Count("user"))
	}
}

func TestANewPasswordIsCheckedBeforeTheCurrentOne(t *testing.T) {
	ada := serve(t, haveibeenpwned.Options{}, &service{}).SignedIn("ada@example.com")
	res := ada.Post("/change-password", map[string]string{"currentPassword": "wrong password", "newPassword": breached})
	if res.Code() != "PASSWORD_COMPROMISED" {
		t.Errorf("%d %s", res.Status, res.Body)
	}
}

func TestUP082_EveryWayToSetAPasswordIsChecked(t *testing.T) {
	s := serve(t, haveibeenpwned.Options{}, &service{})
	ada := s.SignedIn("ada@example.com")
	if res := ada.Post("/change-password", map[string]string{"currentPassword": authtest.Password, "newPassword": breached}); res.Code() != "PASSWORD_COMPROMISED" {
		t.Errorf("change: %d %s", res.Status, res.Body)
	}
	ada.Post("/request-password-reset", map[string]string{"email": "ada@example.com"}).Want(t, http.StatusOK)
	token := s.Outbox.Wait(1).Token
	if res := ada.Post("/reset-password", map[string]string{"newPassword": breached, "token": token}); res.Code() != "PASSWORD_COMPROMISED" {
		t.Errorf("reset: %d %s", res.Status, res.Body)
	}
	ada.Post("/reset-password", map[string]string{"newPassword": "another password", "token": token}).Want(t, http.StatusOK)
	call := s.Context().NewCall(t.Context())
	if _, err := call.HashPassword(breached); !errors.Is(err, haveibeenpwned.PasswordCompromised) {
		t.Errorf("the service that hashes: %v", err)
	}
}

func TestGO019_AServiceThatCannotBeAskedStoresNothing(t *testing.T) {
	for message, svc := range map[string]*service{
		"Failed to check password. Please try again later.": {err: errors.New("no route")},
		"Failed to check password. Status: 503":             {status: http.StatusServiceUnavailable},
	} {
		s := serve(t, haveibeenpwned.Options{}, svc)
		if res := signUp(s, "a good password"); res.Status != http.StatusInternalServerError || res.Object(t)["message"] != message {
			t.Errorf("%d %s, want %q", res.Status, res.Body, message)
		}
		if n := s.Count("user"); n != 0 {
			t.Errorf("%d users", n)
		}
	}
}
