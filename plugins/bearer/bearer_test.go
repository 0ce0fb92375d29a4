package bearer_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/plugins/bearer"
)

func serve(t *testing.T, o bearer.Options) *authtest.Server {
	t.Helper()
	return authtest.New(t, func(opts *auth.Options) { opts.Plugins = []auth.Plugin{bearer.New(o)} })
}

// tokenOf signs somebody up and returns the token that the answer gives.
func tokenOf(t *testing.T, s *authtest.Server, email string) string {
	t.Helper()
	res := s.Client().Post("/sign-up/email", map[string]string{"name": "Ada", "email": email, "password": authtest.Password}).Want(t, http.StatusOK)
	if got := res.Header.Get("Access-Control-Expose-Headers"); got != "set-auth-token" {
		t.Errorf("exposed headers %q", got)
	}
	return res.Header.Get("Set-Auth-Token")
}

// whoIs returns the address of the user that a header signs in, or "".
func whoIs(t *testing.T, s *authtest.Server, c *authtest.Client, authorization string) string {
	t.Helper()
	res := c.Do(authtest.Request{Path: "/get-session", Header: http.Header{"Authorization": {authorization}}}).Want(t, http.StatusOK)
	var found *authtest.SignedIn
	if err := res.Decode(&found); err != nil {
		t.Fatal(err)
	}
	if found == nil {
		return ""
	}
	return found.User["email"].(string)
}

func TestATokenSignsItsOwnerIn(t *testing.T) {
	const ada = "ada@example.com"
	s := serve(t, bearer.Options{})
	signed := tokenOf(t, s, ada)
	raw, _, _ := strings.Cut(signed, ".")
	strict := serve(t, bearer.Options{RequireSignature: true})
	strictSigned := tokenOf(t, strict, ada)
	strictRaw, _, _ := strings.Cut(strictSigned, ".")
	for name, tt := range map[string]struct {
		s             *authtest.Server
		authorization string
		want          string
	}{
		"signed":                                 {s, "Bearer " + signed, ada},
		"signed and percent-encoded":             {s, "Bearer " + url.QueryEscape(signed), ada},
		"the scheme in any case":                 {s, "bEARER " + signed, ada},
		"with space around":                      {s, "Bearer   " + signed + " ", ada},
		"the token of the row":                   {s, "Bearer " + raw, ada},
		"the token of the row, signature needed": {strict, "Bearer " + strictRaw, ""},
		"signed, signature needed":               {strict, "Bearer " + strictSigned, ada},
		"a signature of somebody else":           {s, "Bearer " + raw + "." + strings.Repeat("A", 43) + "=", ""},
		"another scheme":                         {s, "Basic " + signed, ""},
		"no token":                               {s, "Bearer ", ""},
		"an unknown token":                       {s, "Bearer nobody", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := whoIs(t, tt.s, tt.s.Client(), tt.authorization); got != tt.want {
				t.Errorf("signed in as %q, want %q", got, tt.want)
			}
		})
	}
}

func TestUP123_TheTokenWinsOverAnOlderCookie(t *testing.T) {
	s := serve(t, bearer.Options{})
	grace := s.SignedIn("grace@example.com")
	if got := whoIs(t, s, grace, "Bearer "+tokenOf(t, s, "ada@example.com")); got != "ada@example.com" {
		t.Errorf("signed in as %q", got)
	}
}

func TestGO020_AMalformedAuthorizationIsNobody(t *testing.T) {
	s := serve(t, bearer.Options{})
	for _, given := range []string{"Bearer %", "Bearer %zz.%", "Bearer .", "Bearer ..", "Bearer a.b", "Basic !!", "Bearer \xff.\xfe", "%", "Bearer a.%00"} {
		if got := whoIs(t, s, s.Client(), given); got != "" {
			t.Errorf("%q signed in as %q", given, got)
		}
	}
}

func TestSignOutAnswersNoToken(t *testing.T) {
	s := serve(t, bearer.Options{})
	ada := s.SignedIn("ada@example.com")
	res := ada.Post("/sign-out", nil).Want(t, http.StatusOK)
	if got := res.Header.Get("Set-Auth-Token"); got != "" {
		t.Errorf("Set-Auth-Token %q", got)
	}
}

func TestTheApplicationsOwnRoutesTakeATokenToo(t *testing.T) {
	s := serve(t, bearer.Options{})
	token := tokenOf(t, s, "ada@example.com")
	me := s.RequireSession(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	for authorization, want := range map[string]int{"Bearer " + token: http.StatusNoContent, "Bearer x": http.StatusUnauthorized} {
		r := httptest.NewRequest(http.MethodPost, "/me", nil)
		r.Header.Set("Authorization", authorization)
		w := httptest.NewRecorder()
		me.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%s: %d, want %d", authorization, w.Code, want)
		}
	}
}

func TestOtherExposedHeadersStay(t *testing.T) {
	s := authtest.New(t, func(o *auth.Options) {
		o.Plugins = []auth.Plugin{bearer.New(bearer.Options{})}
		o.Hooks.After = func(c *auth.Call) error {
			c.Reply.Header.Set("Access-Control-Expose-Headers", "x-one, x-two,x-one")
			return nil
		}
	})
	res := s.Client().Post("/sign-up/email", map[string]string{"name": "Ada", "email": "ada@example.com", "password": authtest.Password})
	if got := res.Header.Get("Access-Control-Expose-Headers"); got != "x-one, x-two, set-auth-token" {
		t.Errorf("exposed headers %q", got)
	}
}
