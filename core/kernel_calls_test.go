package core_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/origin"
	"github.com/goauth-dev/goauth/core/routes"
)

// cookieHeader is what a client would send back after a reply.
func cookieHeader(reply *auth.Reply) http.Header {
	var pairs []string
	for _, line := range reply.SetCookies() {
		pair, _, _ := strings.Cut(line, ";")
		pairs = append(pairs, pair)
	}
	return http.Header{"Cookie": {strings.Join(pairs, "; ")}}
}

func signUpIn(email string) routes.SignUpEmailIn {
	return routes.SignUpEmailIn{Name: "Ada", Email: email, Password: testPassword}
}

func TestCallsFromGoAreTypedAndActForAClient(t *testing.T) {
	s := newServer(t, nil)
	var reply *auth.Reply
	out, err := routes.SignUpEmail.Call(t.Context(), s, signUpIn("call@example.com"), auth.WithReply(&reply))
	if err != nil {
		t.Fatal(err)
	}
	if out.User.Email != "call@example.com" || out.Token == nil || len(reply.SetCookies()) != 1 {
		t.Errorf("out %+v, cookies %v", out, reply.SetCookies())
	}
	client := auth.WithHeader(cookieHeader(reply))
	found, err := routes.GetSession.Call(t.Context(), s, routes.GetSessionIn{}, client)
	if err != nil || found == nil || found.User.ID != out.User.ID {
		t.Errorf("get-session: %+v, %v", found, err)
	}
	nobody, err := routes.GetSession.Call(t.Context(), s, routes.GetSessionIn{}, auth.WithHeader(http.Header{}))
	if err != nil || nobody != nil {
		t.Errorf("get-session for nobody: %+v, %v", nobody, err)
	}
	if sessions, err := routes.ListSessions.Call(t.Context(), s, struct{}{}, client); err != nil || len(sessions) != 1 {
		t.Errorf("list-sessions: %v, %v", sessions, err)
	}
	r := httptest.NewRequest("POST", "https://elsewhere.example/", nil)
	r.Header = cookieHeader(reply)
	r.Header.Set("Origin", "https://evil.tld") // a call is the application's own: nobody checks where it comes from
	if _, err := routes.UpdateUser.Call(t.Context(), s, routes.UpdateUserIn{Fields: object("name", "Grace")}, auth.WithRequest(r)); err != nil {
		t.Errorf("update-user on behalf of a request: %v", err)
	}
	if found, _ := routes.GetSession.Call(t.Context(), s, routes.GetSessionIn{}, client); found == nil || found.User.Name != "Grace" {
		t.Errorf("after the update: %+v", found)
	}
}

func object(name string, v any) *auth.Object {
	o := &auth.Object{}
	o.Set(name, v)
	return o
}

func TestCallsFromGoFailWithCodes(t *testing.T) {
	s := newServer(t, nil)
	if _, err := routes.SignUpEmail.Call(t.Context(), s, signUpIn("codes@example.com")); err != nil {
		t.Fatal(err)
	}
	call := func(_ any, err error) error { return err }
	cases := map[string]struct {
		err    error
		code   auth.Code
		status int
	}{
		"taken":         {call(routes.SignUpEmail.Call(t.Context(), s, signUpIn("codes@example.com"))), auth.UserAlreadyExistsUseAnotherEmail, 422},
		"short":         {call(routes.SignUpEmail.Call(t.Context(), s, routes.SignUpEmailIn{Name: "N", Email: "x@example.com", Password: "short"})), auth.PasswordTooShort, 400},
		"invalid":       {call(routes.SignUpEmail.Call(t.Context(), s, routes.SignUpEmailIn{Email: "no address"})), auth.ValidationError, 400},
		"wrong":         {call(routes.SignInEmail.Call(t.Context(), s, routes.SignInEmailIn{Email: "codes@example.com", Password: "wrong"})), auth.InvalidEmailOrPassword, 401},
		"no session":    {call(routes.ListSessions.Call(t.Context(), s, struct{}{}, auth.WithHeader(http.Header{}))), auth.Code{ID: "UNAUTHORIZED"}, 401},
		"no header":     {call(routes.ListSessions.Call(t.Context(), s, struct{}{})), auth.ValidationError, 400},
		"reset link":    {call(routes.RequestPasswordResetCallback.Call(t.Context(), s, routes.RequestPasswordResetCallbackIn{Token: "x", CallbackURL: "/done"})), auth.Code{}, 302},
		"other methods": {call(routes.GetSession.Call(t.Context(), s, routes.GetSessionIn{}, auth.WithMethod("POST"), auth.WithHeader(http.Header{}))), auth.MethodNotAllowedDeferSessionRequired, 405},
	}
	for name, tt := range cases {
		var failure *auth.Error
		if !errors.As(tt.err, &failure) || failure.Status != tt.status || tt.code.ID != "" && !errors.Is(tt.err, tt.code) {
			t.Errorf("%s: %v; want %d %s", name, tt.err, tt.status, tt.code.ID)
		}
		if errors.Is(tt.err, auth.UserNotFound) {
			t.Errorf("%s: %v is any code", name, tt.err)
		}
	}
}

func TestAFailedCallStillHasItsReply(t *testing.T) {
	s := newServer(t, nil)
	var reply *auth.Reply
	token := "better-auth.session_token=gone." + strings.Repeat("A", 43) + "="
	if _, err := routes.SignOut.Call(t.Context(), s, struct{}{}, auth.WithHeader(http.Header{"Cookie": {token}}), auth.WithReply(&reply)); err != nil {
		t.Fatal(err)
	}
	if len(reply.SetCookies()) == 0 {
		t.Error("sign-out expires no cookie")
	}
	reply = nil
	_, err := routes.SignInEmail.Call(t.Context(), s, routes.SignInEmailIn{Email: "nobody@example.com", Password: "wrong"}, auth.WithReply(&reply))
	if err == nil || reply == nil {
		t.Errorf("%v, reply %v; want an error and a reply", err, reply)
	}
}

func TestHooksRunForCallsFromGo(t *testing.T) {
	var tr trace
	replace := false
	s := newServer(t, func(o *auth.Options) {
		tr.tracing(o)
		o.Hooks.After = func(c *auth.Call) error {
			tr.add("app after")
			if replace {
				c.Returned = 42
			}
			return nil
		}
	})
	if _, err := routes.OK.Call(t.Context(), s, struct{}{}); err != nil {
		t.Fatal(err)
	}
	want := "app before, a before, b before, app after, a after, b after"
	if got := strings.Join(tr.take(), ", "); got != want {
		t.Errorf("%s ran; want %s", got, want)
	}
	replace = true
	_, err := routes.OK.Call(t.Context(), s, struct{}{})
	if err == nil || err.Error() != "auth: a hook replaced the result of ok by a int" {
		t.Errorf("a replaced result: %v", err)
	}
}

func TestABeforeHookCanFailACallFromGo(t *testing.T) {
	no := errors.New("no")
	s := newServer(t, func(o *auth.Options) {
		o.Hooks.Before = func(*auth.Call) (*auth.Answer, error) { return nil, no }
	})
	if _, err := routes.OK.Call(t.Context(), s, struct{}{}); !errors.Is(err, no) {
		t.Errorf("%v; want the hook's own error", err)
	}
}

func TestOperationsForGoCodeOnly(t *testing.T) {
	s := newServer(t, nil)
	var reply *auth.Reply
	if _, err := routes.SignUpEmail.Call(t.Context(), s, signUpIn("set@example.com"), auth.WithReply(&reply)); err != nil {
		t.Fatal(err)
	}
	_, err := routes.SetPassword.Call(t.Context(), s, routes.SetPasswordIn{NewPassword: "another password"}, auth.WithHeader(cookieHeader(reply)))
	if !errors.Is(err, auth.PasswordAlreadySet) {
		t.Errorf("%v; want PASSWORD_ALREADY_SET", err)
	}
}

func TestAnOperationWhosePluginIsMissing(t *testing.T) {
	absent := auth.Endpoint[struct{}, string]{Key: "absent", Method: "GET", Path: "/absent"}
	_, err := absent.Call(t.Context(), newServer(t, nil), struct{}{})
	if err == nil || err.Error() != `auth: no operation "absent": is its plugin configured?` {
		t.Errorf("%v", err)
	}
}

func TestAPanicInACallFromGoIsAnError(t *testing.T) {
	s := newServer(t, func(o *auth.Options) {
		o.Hooks.Before = func(*auth.Call) (*auth.Answer, error) { panic("boom: internal detail") }
	})
	_, err := routes.OK.Call(t.Context(), s, struct{}{})
	if err == nil || strings.Contains(err.Error(), "detail") || !strings.Contains(s.Log.String(), "internal detail") {
		t.Errorf("%v; the log: %s", err, s.Log)
	}
}

func TestCallsFromGoNeedADynamicBaseURLResolved(t *testing.T) {
	dynamic := func(fallback string) func(o *auth.Options) {
		return func(o *auth.Options) {
			o.BaseURL = ""
			o.DynamicBaseURL = &origin.Dynamic{AllowedHosts: []string{"a.example"}, Fallback: fallback, Protocol: "https"}
		}
	}
	s := newServer(t, dynamic(""))
	_, err := routes.OK.Call(t.Context(), s, struct{}{})
	if err == nil || !strings.Contains(err.Error(), "Dynamic baseURL could not be resolved for this direct auth.api call. Pass `headers: request.headers` (or `request`) to the call, or add `fallback` to your baseURL config.") {
		t.Errorf("without anything: %v", err)
	}
	if _, err := routes.OK.Call(t.Context(), s, struct{}{}, auth.WithHeader(http.Header{"Host": {"a.example"}})); err != nil {
		t.Errorf("with a Host header: %v", err)
	}
	if _, err := routes.OK.Call(t.Context(), s, struct{}{}, auth.WithHeader(http.Header{"Host": {"evil.tld"}})); err == nil {
		t.Error("with a Host that is not served: no error")
	}
	if _, err := routes.OK.Call(t.Context(), s, struct{}{}, auth.WithRequest(httptest.NewRequest("GET", "https://a.example/", nil))); err != nil {
		t.Errorf("with a request: %v", err)
	}
	if _, err := routes.OK.Call(t.Context(), newServer(t, dynamic("https://fall.example")), struct{}{}); err != nil {
		t.Errorf("with a fallback: %v", err)
	}
}
