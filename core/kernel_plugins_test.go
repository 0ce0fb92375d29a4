package core_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/ratelimit"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

func itoa(n int) string { return strconv.Itoa(n) }

// serving is a plugin with one operation.
func serving(id, key, method, path string) auth.Plugin {
	return auth.Plugin{ID: id, Endpoints: []auth.AnyEndpoint{auth.Endpoint[struct{}, string]{
		Key: key, Method: method, Path: path, Handle: func(*auth.Call, struct{}) (string, error) { return id, nil },
	}}}
}

func adding(id, model string, fields ...schema.Field) auth.Plugin {
	return auth.Plugin{ID: id, Schema: []schema.Table{{Model: model, Fields: fields}}}
}

func TestPluginsThatCannotWorkSideBySideAreRefused(t *testing.T) {
	text := schema.Field{Name: "color", Type: schema.String, Required: option.Off}
	code := func(id, message string) auth.Plugin {
		return auth.Plugin{ID: id, Codes: []auth.Code{{ID: "BROKEN", Message: message}}}
	}
	cases := map[string]struct {
		plugins []auth.Plugin
		want    string
	}{
		"a path": {[]auth.Plugin{serving("a", "x", "GET", "/x"), serving("b", "y", "GET", "/x")},
			`plugin "a" and plugin "b" both serve GET /x; use only one of them`},
		"a path of the core": {[]auth.Plugin{serving("a", "x", "POST", "/sign-in/email")},
			`the core and plugin "a" both serve POST /sign-in/email; use only one of them`},
		"a path with parameters": {[]auth.Plugin{serving("a", "x", "GET", "/x/:id/y"), serving("b", "y", "GET", "/x/:name/y")},
			`plugin "a" and plugin "b" both serve GET /x/:name/y; use only one of them`},
		"an operation": {[]auth.Plugin{serving("a", "x", "GET", "/x"), serving("b", "x", "GET", "/y")},
			`plugin "a" and plugin "b" both declare the operation "x"; use only one of them`},
		"an operation of the core": {[]auth.Plugin{serving("a", "signInEmail", "GET", "/x")},
			`the core and plugin "a" both declare the operation "signInEmail"; use only one of them`},
		"a field": {[]auth.Plugin{adding("a", "user", text), adding("b", "user", text)},
			`schema: plugin "a" and plugin "b" both declare the field "color" of "user"; rename one`},
		"a field of the core": {[]auth.Plugin{adding("a", "user", schema.Field{Name: "email", Type: schema.String})},
			`schema: the core and plugin "a" both declare the field "email" of "user"; rename one`},
		"a column": {[]auth.Plugin{adding("a", "user", schema.Field{Name: "hue", Column: "email", Type: schema.String})},
			`schema: fields "email" and "hue" of "user" share the column "email"; rename one with fieldName`},
		"a table": {[]auth.Plugin{{ID: "a", Schema: []schema.Table{{Model: "thing", Name: "shared"}}}, {ID: "b", Schema: []schema.Table{{Model: "other", Name: "shared"}}}},
			`schema: models "thing" and "other" share the table name "shared"; rename one with modelName`},
		"a cookie": {[]auth.Plugin{{ID: "a", Cookies: []string{"mark"}}, {ID: "b", Cookies: []string{"mark"}}},
			`plugin "a" and plugin "b" both set the cookie "mark"; use only one of them`},
		"a cookie of the core": {[]auth.Plugin{{ID: "a", Cookies: []string{"session_token"}}},
			`the core and plugin "a" both set the cookie "session_token"; use only one of them`},
		"two texts of a code": {[]auth.Plugin{code("a", "Broken."), code("b", "Kaputt.")},
			`plugin "a" and plugin "b" declare the error code BROKEN with different texts; use only one of them`},
		"an id": {[]auth.Plugin{serving("a", "x", "GET", "/x"), serving("a", "x", "GET", "/x")},
			`plugin "a" is configured twice or has no id; list each plugin once`},
		"no id": {[]auth.Plugin{{}},
			`plugin "" is configured twice or has no id; list each plugin once`},
		"a wrong tag": {[]auth.Plugin{{ID: "a", Endpoints: []auth.AnyEndpoint{auth.Endpoint[struct {
			X string `body:"x,wrong"`
		}, string]{Key: "x", Method: "GET", Path: "/x"}}}},
			`plugin "a": endpoint "x": input struct { X string "body:\"x,wrong\"" }, field X: unknown flag "wrong"`},
		"an Init that fails": {[]auth.Plugin{{ID: "a", Init: func(*auth.Context) error { return errors.New("no licence") }}},
			`plugin "a": no licence`},
	}
	for name, tt := range cases {
		_, err := core.New(bare(func(o *auth.Options) { o.Plugins = tt.plugins }))
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s:\n got %v\nwant %s", name, err, tt.want)
		}
	}
}

func TestAFieldOfTheOptionsConflictsToo(t *testing.T) {
	_, err := core.New(bare(func(o *auth.Options) {
		f := schema.Field{Name: "color", Type: schema.String}
		o.User.AdditionalFields = schema.Fields{f}
		o.Plugins = []auth.Plugin{adding("a", "user", f)}
	}))
	want := `schema: plugin "a" and the options both declare the field "color" of "user"; rename one`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestPluginsMayShareWhatDoesNotConflict(t *testing.T) {
	code := []auth.Code{{ID: "OTP_EXPIRED", Message: "OTP expired"}}
	a, b := serving("a", "x", "GET", "/x"), serving("b", "y", "POST", "/x")
	a.Codes, b.Codes = code, code
	c := serving("c", "z", "GET", "/x/:id")
	d := serving("d", "w", "GET", "/x/own")
	s := newServer(t, func(o *auth.Options) { o.Plugins = []auth.Plugin{a, b, c, d} })
	for _, tt := range []struct{ method, path, want string }{{"GET", "/x", `"a"`}, {"POST", "/x", `"b"`}, {"GET", "/x/1", `"c"`}, {"GET", "/x/own", `"d"`}} {
		if res := s.client().do(request{Method: tt.method, Path: tt.path}); res.Body != tt.want {
			t.Errorf("%s %s: %d %s; want %s", tt.method, tt.path, res.Status, res.Body, tt.want)
		}
	}
}

func TestAnOperationWithoutAPathIsNotServed(t *testing.T) {
	p := serving("a", "x", "GET", "/x")
	p.Endpoints = append(p.Endpoints, auth.Endpoint[struct{}, string]{Key: "inner", Method: "GET", Path: "/inner", ServerOnly: true, Handle: func(*auth.Call, struct{}) (string, error) { return "", nil }})
	s := newServer(t, func(o *auth.Options) { o.Plugins = []auth.Plugin{p} })
	for _, path := range []string{"/inner", "/set-password", "", "/"} {
		if res := s.client().do(request{Method: "POST", Path: apiBase + path}); res.Status != 404 {
			t.Errorf("%s: %d", path, res.Status)
		}
	}
}

func TestMiddlewareRunsForItsPaths(t *testing.T) {
	var tr trace
	note := func(path string) auth.Middleware {
		return auth.Middleware{Path: path, Run: func(c *auth.Call) error {
			tr.add(path)
			if c.Header.Get("X-Stop") != "" {
				return auth.FailText(http.StatusForbidden, "Stopped")
			}
			return nil
		}}
	}
	s := newServer(t, func(o *auth.Options) {
		o.Plugins = []auth.Plugin{{ID: "p", Middleware: []auth.Middleware{note("/ok"), note("/sign-in/**"), note("/sign/**"), note("/**")}}}
	})
	for path, want := range map[string]string{"/ok": "/ok /**", "/sign-in/email": "/sign-in/** /**", "/get-session": "/**"} {
		tr.take()
		method := "GET"
		if path == "/sign-in/email" {
			method = "POST"
		}
		s.client().do(request{Method: method, Path: path})
		if got := strings.Join(tr.take(), " "); got != want {
			t.Errorf("%s: %s ran; want %s", path, got, want)
		}
	}
	if res := s.client().do(request{Path: "/ok", Header: http.Header{"X-Stop": {"1"}}}); res.Status != 403 || res.Body != `{"message":"Stopped"}` {
		t.Errorf("%d %s", res.Status, res.Body)
	}
}

func TestOnRequestCanAnswerOrReplaceTheRequest(t *testing.T) {
	s := newServer(t, func(o *auth.Options) {
		p := auth.Plugin{ID: "p", OnRequest: func(_ *auth.Call, r *http.Request) (*http.Request, *auth.Answer, error) {
			switch r.Header.Get("X-Do") {
			case "answer":
				return nil, &auth.Answer{Status: 203, Value: map[string]any{"by": "plugin"}}, nil
			case "fail":
				return nil, nil, auth.Fail(402, auth.Code{ID: "PAY", Message: "Pay."})
			case "replace":
				other := r.Clone(r.Context())
				other.Method, other.URL.Path, other.URL.RawPath, other.URL.RawQuery = "GET", "/api/auth/p/seen", "", "x=y"
				other.Header.Set("X-Seen", "yes")
				return other, nil, nil
			}
			return nil, nil, nil
		}}
		p.Endpoints = []auth.AnyEndpoint{auth.Endpoint[struct{}, string]{Key: "seen", Method: "GET", Path: "/p/seen", Handle: func(c *auth.Call, _ struct{}) (string, error) {
			x, _ := c.Query.Get("x")
			text, _ := x.(string)
			return strings.Join([]string{c.Method, c.Path, text, c.Header.Get("X-Seen"), c.Request.Header.Get("X-Seen")}, " "), nil
		}}}
		o.Plugins = []auth.Plugin{p}
	})
	for do, want := range map[string]string{"answer": `203 {"by":"plugin"}`, "fail": `402 {"message":"Pay.","code":"PAY"}`, "replace": `200 "GET /p/seen y yes yes"`, "": "404 "} {
		res := s.client().do(request{Method: "POST", Path: "/unknown", Header: http.Header{"X-Do": {do}}})
		if got := itoa(res.Status) + " " + res.Body; got != want {
			t.Errorf("%q: %s; want %s", do, got, want)
		}
	}
}

func TestOnResponseSeesAndChangesEveryAnswer(t *testing.T) {
	s := newServer(t, func(o *auth.Options) {
		o.Plugins = []auth.Plugin{{ID: "p", OnResponse: func(c *auth.Call, reply *auth.Reply) error {
			reply.Header.Set("X-Status", itoa(reply.Status))
			if reply.Status == http.StatusNotFound {
				reply.Status = http.StatusGone
			}
			if c.Header.Get("X-Fail") != "" {
				return auth.FailText(http.StatusBadGateway, "From the plugin")
			}
			return nil
		}}}
		o.DisabledPaths = []string{"/off"}
	})
	for _, tt := range []struct {
		path, header string
		status       int
	}{{"/ok", "200", 200}, {"/unknown", "404", 410}, {"/off", "404", 410}, {"/list-sessions", "401", 401}, {"/error", "302", 302}} {
		if res := s.client().get(tt.path); res.Status != tt.status || res.Header.Get("X-Status") != tt.header {
			t.Errorf("%s: %d, X-Status %q; want %d, %q", tt.path, res.Status, res.Header.Get("X-Status"), tt.status, tt.header)
		}
	}
	if res := s.client().do(request{Path: "/ok", Header: http.Header{"X-Fail": {"1"}}}); res.Status != 502 || res.Body != `{"message":"From the plugin"}` {
		t.Errorf("%d %s", res.Status, res.Body)
	}
}

func TestAPluginBringsLimitsOriginsFieldsAndHooks(t *testing.T) {
	var got *auth.Context
	s := newServer(t, func(o *auth.Options) {
		p := adding("p", "user", schema.Field{Name: "level", Type: schema.Number, Required: option.Off, Default: int64(1), Input: option.Off})
		p.RateLimits = []ratelimit.Matcher{{Match: func(path string) bool { return path == "/ok" }, Rule: ratelimit.Rule{Window: 60e9, Max: 1}}}
		p.TrustedOrigins = []string{"https://plugin.example"}
		p.Init = func(x *auth.Context) error { got = x; return nil }
		p.DatabaseHooks.User.BeforeCreate = func(_ context.Context, _ *auth.Call, data store.Record) (store.Record, error) {
			return store.Record{"name": data["name"].(string) + " the First"}, nil
		}
		o.Plugins = []auth.Plugin{p}
		o.RateLimit.Enabled = option.On
		o.DatabaseHooks.User.BeforeCreate = func(_ context.Context, _ *auth.Call, data store.Record) (store.Record, error) {
			return store.Record{"name": data["name"].(string) + ", King"}, nil
		}
	})
	if got != s.Context() || got.Plugin("p") == nil || got.Plugin("q") != nil {
		t.Error("Init got another context, or plugins are not found")
	}
	res := s.client().do(request{Path: "/sign-up/email", Header: http.Header{"Origin": {"https://plugin.example"}},
		Body: `{"name":"Ada","email":"plugin@example.com","password":"` + testPassword + `"}`})
	if res.Status != 200 || !strings.Contains(res.Body, `"name":"Ada the First, King"`) || !strings.Contains(res.Body, `"level":1`) {
		t.Errorf("%d %s", res.Status, res.Body)
	}
	s.client().get("/ok")
	if res := s.client().get("/ok"); res.Status != 429 {
		t.Errorf("the plugin's limit: %d", res.Status)
	}
}
