package core_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/ratelimit"
	"github.com/goauth-dev/goauth/core/session"
)

// trace keeps what ran, in order.
type trace struct {
	mu    sync.Mutex
	steps []string
}

func (tr *trace) add(step string) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.steps = append(tr.steps, step)
}

// take returns the steps so far and forgets them.
func (tr *trace) take() []string {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	steps := tr.steps
	tr.steps = nil
	return steps
}

// echo is the input and output of the traced operation.
type echo struct {
	Word  string `body:"word" json:"word"`
	Query string `query:"q,optional" json:"query"`
}

// traced is a plugin that notes every place where plugins run, and serves POST /echo.
func (tr *trace) traced(id string) auth.Plugin {
	return auth.Plugin{
		ID: id,
		Endpoints: []auth.AnyEndpoint{auth.Endpoint[echo, echo]{
			Key: id + "Echo", Method: auth.POST, Path: "/" + id + "/echo",
			Use: []auth.Guard{func(*auth.Call) error { tr.add(id + " guard 1"); return nil }, func(*auth.Call) error { tr.add(id + " guard 2"); return nil }},
			Handle: func(_ *auth.Call, in echo) (echo, error) {
				tr.add(id + " handler")
				return in, nil
			},
		}},
		OnRequest: func(*auth.Call, *http.Request) (*http.Request, *auth.Answer, error) {
			tr.add(id + " onRequest")
			return nil, nil, nil
		},
		OnResponse: func(*auth.Call, *auth.Reply) error { tr.add(id + " onResponse"); return nil },
		Middleware: []auth.Middleware{{Path: "/**", Run: func(*auth.Call) error { tr.add(id + " middleware"); return nil }}},
		Before:     []auth.BeforeHook{{Run: func(*auth.Call) (*auth.Answer, error) { tr.add(id + " before"); return nil, nil }}},
		After:      []auth.AfterHook{{Run: func(*auth.Call) error { tr.add(id + " after"); return nil }}},
	}
}

// tracing traces two plugins and the application.
func (tr *trace) tracing(o *auth.Options) {
	o.Plugins = []auth.Plugin{tr.traced("a"), tr.traced("b")}
	o.Hooks.Before = func(*auth.Call) (*auth.Answer, error) { tr.add("app before"); return nil, nil }
	o.Hooks.After = func(*auth.Call) error { tr.add("app after"); return nil }
	o.TrustedOriginsFunc = func(*http.Request) ([]string, error) { tr.add("base URL"); return nil, nil }
	o.DisabledPaths = []string{"/off"}
	o.RateLimit.Enabled = option.On
	o.RateLimit.CustomRules = auth.RateLimitRules{{Pattern: "**", Func: func(*http.Request, ratelimit.Rule) (ratelimit.Rule, bool, error) {
		tr.add("rate limit")
		return ratelimit.Rule{}, true, nil
	}}}
}

func TestStagesRunInTheirOrder(t *testing.T) {
	requests := []string{"base URL", "rate limit", "a onRequest", "b onRequest"}
	responses := []string{"a onResponse", "b onResponse"}
	middleware := []string{"a middleware", "b middleware"}
	before := []string{"app before", "a before", "b before"}
	after := []string{"app after", "a after", "b after"}
	evil := http.Header{"Origin": {"https://evil.tld"}, "Cookie": {"a=b"}}
	cases := map[string]struct {
		r    request
		want int
		ran  []string
	}{
		"an operation": {request{Path: "/b/echo", Body: `{"word":"x"}`}, 200,
			slices.Concat(requests, middleware, before, []string{"b guard 1", "b guard 2", "b handler"}, after, responses)},
		"a disabled path":    {request{Path: "/off"}, 404, slices.Concat(requests[:1], responses)},
		"an unknown path":    {request{Path: "/unknown", Body: "<", Type: "text/plain", Header: evil}, 404, slices.Concat(requests, responses)},
		"a bad media type":   {request{Path: "/b/echo", Body: "<", Type: "text/plain", Header: evil}, 415, slices.Concat(requests, responses)},
		"text that no JSON":  {request{Path: "/b/echo", Body: "<", Header: evil}, 500, slices.Concat(requests, responses)},
		"a foreign origin":   {request{Path: "/b/echo", Body: `{"word":1}`, Header: evil}, 403, slices.Concat(requests, responses)},
		"a foreign redirect": {request{Path: "/b/echo", Body: `{"callbackURL":"https://evil.tld"}`}, 403, slices.Concat(requests, responses)},
		"an invalid body": {request{Path: "/b/echo", Body: `{"word":1}`}, 400,
			slices.Concat(requests, middleware, before, after, responses)},
	}
	var tr trace
	s := newServer(t, tr.tracing)
	for name, tt := range cases {
		tr.take()
		if res := s.client().do(tt.r); res.Status != tt.want {
			t.Errorf("%s: %d %s; want %d", name, res.Status, res.Body, tt.want)
		}
		if diff := cmp.Diff(tt.ran, tr.take()); diff != "" {
			t.Errorf("%s: other stages ran (-want +got):\n%s", name, diff)
		}
	}
}

func TestARefusalForRateStopsBeforePlugins(t *testing.T) {
	var tr trace
	s := newServer(t, func(o *auth.Options) {
		tr.tracing(o)
		o.RateLimit.CustomRules = nil
	})
	for range 101 {
		tr.take()
		s.client().get("/ok")
	}
	if diff := cmp.Diff([]string{"base URL", "a onResponse", "b onResponse"}, tr.take()); diff != "" {
		t.Errorf("the 101st request (-want +got):\n%s", diff)
	}
}

func TestValidationComesBeforeTheSession(t *testing.T) {
	s := newServer(t, nil)
	for _, path := range []string{"/change-password", "/change-email", "/revoke-session", "/unlink-account", "/verify-password", "/update-user"} {
		if res := s.client().post(path, `{"newPassword":1,"newEmail":1,"token":1,"providerId":1,"password":1}`); path != "/update-user" && res.code() != "VALIDATION_ERROR" {
			t.Errorf("%s with a bad body and no session: %d %s; want 400", path, res.Status, res.Body)
		}
		if res := s.client().post(path, `{"newPassword":"x","currentPassword":"y","newEmail":"a@example.com","token":"x","providerId":"x","password":"x"}`); res.Status != http.StatusUnauthorized {
			t.Errorf("%s with a good body and no session: %d %s; want 401", path, res.Status, res.Body)
		}
	}
}

// echoServer serves POST /a/echo with hooks of the application.
func echoServer(t *testing.T, hooks auth.Hooks) *server {
	t.Helper()
	var tr trace
	return newServer(t, func(o *auth.Options) {
		o.Plugins = []auth.Plugin{tr.traced("a")}
		o.Hooks = hooks
	})
}

func TestABeforeHookCanChangeWhatTheOperationSees(t *testing.T) {
	s := echoServer(t, auth.Hooks{Before: func(c *auth.Call) (*auth.Answer, error) {
		if body, ok := c.Body.(*auth.Object); ok {
			body.Set("word", "from the hook")
		}
		c.Query.Set("q", "from the hook")
		return nil, nil
	}})
	if res := s.client().post("/a/echo?q=1&q=2", `{"word":7}`); res.Body != `{"word":"from the hook","query":"from the hook"}` {
		t.Errorf("%d %s", res.Status, res.Body)
	}
}

func TestABeforeHookCanChangeTheHeaderAlthoughCookiesWereReadBefore(t *testing.T) {
	var token string
	s := newServer(t, func(o *auth.Options) {
		o.Hooks.Before = func(c *auth.Call) (*auth.Answer, error) {
			if _, signedIn, _ := c.SignedCookie(c.CookieSet.SessionToken.Name); signedIn || c.Header.Get("Authorization") == "" {
				return nil, nil
			}
			c.Header.Set("Cookie", c.CookieSet.SessionToken.Name+"="+token)
			return nil, nil
		}
	})
	c := s.client()
	c.signUp("header@example.com")
	token = c.cookie("better-auth.session_token")
	stranger := s.client()
	if res := stranger.do(request{Path: "/get-session", Header: http.Header{"Authorization": {"x"}}}); !strings.Contains(res.Body, "header@example.com") {
		t.Errorf("%d %s; want the session of the cookie that the hook set", res.Status, res.Body)
	}
	if res := stranger.get("/get-session"); res.Body != "null" {
		t.Errorf("without the header: %s", res.Body)
	}
}

func TestABeforeHookCanAnswer(t *testing.T) {
	for _, tt := range []struct {
		answer auth.Answer
		status int
		body   string
	}{
		{auth.Answer{Value: map[string]any{"early": true}}, 200, `{"early":true}`},
		{auth.Answer{Status: 202, Value: nil}, 202, `null`},
		{auth.Answer{Value: &auth.Raw{Status: 418, Header: http.Header{"Content-Type": {"text/x"}}, Body: []byte("tea")}}, 418, `tea`},
		{auth.Answer{Value: &auth.Raw{Body: []byte("plain")}}, 200, `plain`},
	} {
		after := false
		s := echoServer(t, auth.Hooks{
			Before: func(*auth.Call) (*auth.Answer, error) { return &tt.answer, nil },
			After:  func(*auth.Call) error { after = true; return nil },
		})
		if res := s.client().post("/a/echo", `{}`); res.Status != tt.status || res.Body != tt.body || after {
			t.Errorf("%d %s, after-hooks ran: %t; want %d %s and none", res.Status, res.Body, after, tt.status, tt.body)
		}
	}
}

func TestABeforeHookCanFail(t *testing.T) {
	s := echoServer(t, auth.Hooks{Before: func(*auth.Call) (*auth.Answer, error) {
		return nil, auth.Fail(http.StatusForbidden, auth.Code{ID: "NO", Message: "No."})
	}})
	if res := s.client().post("/a/echo", `{}`); res.Status != 403 || res.Body != `{"message":"No.","code":"NO"}` {
		t.Errorf("%d %s", res.Status, res.Body)
	}
}

func TestAnAfterHookSeesAndChangesValues(t *testing.T) {
	s := echoServer(t, auth.Hooks{After: func(c *auth.Call) error {
		seen, ok := c.Returned.(echo)
		if !ok {
			return errors.New("no value was seen")
		}
		seen.Query = "changed"
		c.Returned = seen
		c.Reply.Status = http.StatusCreated
		c.Reply.Header.Set("X-After", "yes")
		return nil
	}})
	if res := s.client().post("/a/echo", `{"word":"w"}`); res.Status != 201 || res.Body != `{"word":"w","query":"changed"}` || res.Header.Get("X-After") != "yes" {
		t.Errorf("%d %s %v", res.Status, res.Body, res.Header)
	}
}

func TestAnAfterHookSeesAndChangesErrors(t *testing.T) {
	var seen *auth.Error
	outcomes := map[string]func(c *auth.Call) error{
		"nothing":       func(*auth.Call) error { return nil },
		"another error": func(*auth.Call) error { return auth.Fail(http.StatusTeapot, auth.Code{ID: "TEA", Message: "Tea."}) },
		"a value":       func(c *auth.Call) error { c.Returned = "fine"; return nil },
		"unknown error": func(*auth.Call) error { return errors.New("boom") },
	}
	want := map[string]string{"nothing": "400 VALIDATION_ERROR", "another error": "418 TEA", "a value": `200 "fine"`, "unknown error": "500 "}
	for name, outcome := range outcomes {
		s := echoServer(t, auth.Hooks{After: func(c *auth.Call) error {
			seen, _ = c.Returned.(*auth.Error)
			return outcome(c)
		}})
		res := s.client().post("/a/echo", `{"word":1}`)
		got := res.code()
		if got == "" {
			got = res.Body
		}
		if seen == nil || !errors.Is(seen, auth.ValidationError) || itoa(res.Status)+" "+got != want[name] {
			t.Errorf("%s: the hook saw %v, the answer is %d %s; want %s", name, seen, res.Status, res.Body, want[name])
		}
	}
}

func TestAnErrorOfOneAfterHookIsWhatTheNextSees(t *testing.T) {
	var seen any
	s := newServer(t, func(o *auth.Options) {
		o.Hooks.After = func(*auth.Call) error { return auth.Fail(409, auth.Code{ID: "FIRST", Message: "First."}) }
		o.Plugins = []auth.Plugin{{ID: "p", After: []auth.AfterHook{
			{Match: func(*auth.Call) bool { return false }, Run: func(*auth.Call) error { return errors.New("does not match") }},
			{Match: func(c *auth.Call) bool { return c.Path == "/ok" }, Run: func(c *auth.Call) error { seen = c.Returned; return nil }},
		}}}
	})
	res := s.client().get("/ok")
	if failure, ok := seen.(*auth.Error); !ok || failure.Code.ID != "FIRST" || res.code() != "FIRST" {
		t.Errorf("the next hook saw %v; the answer is %d %s", seen, res.Status, res.Body)
	}
}

func TestAfterHooksAreSkippedForRawAnswersAndUnknownErrors(t *testing.T) {
	var tr trace
	page := func(key string, out *auth.Raw, err error) auth.AnyEndpoint {
		return auth.Endpoint[struct{}, *auth.Raw]{Key: key, Method: auth.GET, Path: "/" + key, Handle: func(*auth.Call, struct{}) (*auth.Raw, error) { return out, err }}
	}
	s := newServer(t, func(o *auth.Options) {
		o.Hooks.After = func(*auth.Call) error { tr.add("after"); return nil }
		o.Plugins = []auth.Plugin{{ID: "p", Endpoints: []auth.AnyEndpoint{page("raw", &auth.Raw{Status: 200, Body: []byte("x")}, nil), page("broken", nil, errors.New("boom"))}}}
	})
	for path, want := range map[string]int{"/raw": 200, "/broken": 500} {
		if res := s.client().get(path); res.Status != want {
			t.Errorf("%s: %d", path, res.Status)
		}
	}
	if steps := tr.take(); len(steps) != 0 {
		t.Errorf("after-hooks ran %d times", len(steps))
	}
}

func TestAnAfterHookKnowsTheNewSession(t *testing.T) {
	var emails []string
	s := newServer(t, func(o *auth.Options) {
		o.Hooks.After = func(c *auth.Call) error {
			if c.NewSession != nil {
				emails = append(emails, c.Path+" "+c.NewSession.User.Email)
			}
			return nil
		}
	})
	c := s.client()
	c.signUp("new@example.com")
	c.get("/ok")
	c.signIn("new@example.com")
	if diff := cmp.Diff([]string{"/sign-up/email new@example.com", "/sign-in/email new@example.com"}, emails); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestGuardsSeeTheSessionAndStopTheHandler(t *testing.T) {
	ran := 0
	s := newServer(t, func(o *auth.Options) {
		o.Plugins = []auth.Plugin{{ID: "p", Endpoints: []auth.AnyEndpoint{auth.Endpoint[struct{}, string]{
			Key: "whoami", Method: auth.GET, Path: "/whoami", Use: []auth.Guard{session.Required, func(c *auth.Call) error {
				if c.Session.User.Email == "barred@example.com" {
					return auth.FailText(http.StatusForbidden, "Barred")
				}
				return nil
			}},
			Handle: func(c *auth.Call, _ struct{}) (string, error) { ran++; return c.Session.User.Email, nil },
		}}}}
	})
	if res := s.client().get("/whoami"); res.Status != http.StatusUnauthorized || res.Body != `{"message":"Unauthorized","code":"UNAUTHORIZED"}` {
		t.Errorf("a stranger: %d %s", res.Status, res.Body)
	}
	for email, want := range map[string]string{"barred@example.com": `{"message":"Barred"}`, "fine@example.com": `"fine@example.com"`} {
		c := s.client()
		c.signUp(email)
		if res := c.get("/whoami"); res.Body != want {
			t.Errorf("%s: %d %s; want %s", email, res.Status, res.Body, want)
		}
	}
	if ran != 1 {
		t.Errorf("the handler ran %d times", ran)
	}
}
