package core_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/routes"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// fault is how a hook goes wrong.
type fault func(ctx context.Context) error

var errHook = errors.New("the hook's own reason")

// faults are the ways in which hooks go wrong.
var faults = map[string]fault{
	"error":  func(context.Context) error { return errHook },
	"panics": func(context.Context) error { panic("the hook's own reason") },
	"hangs": func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	},
}

// hookPoint is a place where code of the application runs during a sign-up.
type hookPoint struct {
	name string
	set  func(o *auth.Options, f fault)
	// status is the answer's; written says that the rows are there all the same.
	status  int
	written bool
}

func beforeHook(f fault) func(context.Context, *auth.Call, store.Record) (store.Record, error) {
	return func(ctx context.Context, _ *auth.Call, _ store.Record) (store.Record, error) { return nil, f(ctx) }
}

func afterHook(f fault) func(context.Context, *auth.Call, store.Record) error {
	return func(ctx context.Context, _ *auth.Call, _ store.Record) error { return f(ctx) }
}

func plugin(p auth.Plugin) []auth.Plugin {
	p.ID = "faulty"
	return []auth.Plugin{p}
}

var hookPoints = []hookPoint{
	{"hooks.before", func(o *auth.Options, f fault) {
		o.Hooks.Before = func(c *auth.Call) (*auth.Answer, error) { return nil, f(c.Ctx()) }
	}, 500, false},
	{"hooks.after", func(o *auth.Options, f fault) {
		o.Hooks.After = func(c *auth.Call) error { return f(c.Ctx()) }
	}, 500, true},
	{"plugin before", func(o *auth.Options, f fault) {
		o.Plugins = plugin(auth.Plugin{Before: []auth.BeforeHook{{Run: func(c *auth.Call) (*auth.Answer, error) { return nil, f(c.Ctx()) }}}})
	}, 500, false},
	{"plugin after", func(o *auth.Options, f fault) {
		o.Plugins = plugin(auth.Plugin{After: []auth.AfterHook{{Run: func(c *auth.Call) error { return f(c.Ctx()) }}}})
	}, 500, true},
	{"plugin onRequest", func(o *auth.Options, f fault) {
		o.Plugins = plugin(auth.Plugin{OnRequest: func(c *auth.Call, _ *http.Request) (*http.Request, *auth.Answer, error) { return nil, nil, f(c.Ctx()) }})
	}, 500, false},
	{"plugin onResponse", func(o *auth.Options, f fault) {
		o.Plugins = plugin(auth.Plugin{OnResponse: func(c *auth.Call, _ *auth.Reply) error { return f(c.Ctx()) }})
	}, 500, true},
	{"plugin middleware", func(o *auth.Options, f fault) {
		o.Plugins = plugin(auth.Plugin{Middleware: []auth.Middleware{{Path: "/sign-up/**", Run: func(c *auth.Call) error { return f(c.Ctx()) }}}})
	}, 500, false},
	{"user create before", func(o *auth.Options, f fault) { o.DatabaseHooks.User.BeforeCreate = beforeHook(f) }, 422, false},
	{"user create after", func(o *auth.Options, f fault) { o.DatabaseHooks.User.AfterCreate = afterHook(f) }, 200, true},
	{"account create before", func(o *auth.Options, f fault) { o.DatabaseHooks.Account.BeforeCreate = beforeHook(f) }, 422, false},
	{"account create after", func(o *auth.Options, f fault) { o.DatabaseHooks.Account.AfterCreate = afterHook(f) }, 200, true},
	{"session create before", func(o *auth.Options, f fault) { o.DatabaseHooks.Session.BeforeCreate = beforeHook(f) }, 422, false},
	{"session create after", func(o *auth.Options, f fault) { o.DatabaseHooks.Session.AfterCreate = afterHook(f) }, 200, true},
	{"the sender of mail", func(o *auth.Options, f fault) {
		o.EmailVerification.SendOnSignUp = option.On
		o.EmailVerification.SendVerificationEmail = func(ctx context.Context, _ auth.Mail) error { return f(ctx) }
	}, 200, true},
	{"the password hash", func(o *auth.Options, f fault) {
		o.EmailAndPassword.Password.Hash = func(ctx context.Context, p string) (string, error) { return "fast:" + p, f(ctx) }
	}, 500, false},
	{"trustedOrigins", func(o *auth.Options, f fault) {
		o.TrustedOriginsFunc = func(r *http.Request) ([]string, error) { return nil, f(r.Context()) }
	}, 500, false},
	{"a field's validation", func(o *auth.Options, f fault) {
		o.User.AdditionalFields = schema.Fields{{Name: "nickname", Type: schema.String, Validate: func(v any) (any, error) { return v, f(failedContext()) }}}
	}, 400, false},
	{"a field's transform", func(o *auth.Options, f fault) {
		o.User.AdditionalFields = schema.Fields{{Name: "nickname", Type: schema.String, TransformIn: func(v any) (any, error) { return v, f(failedContext()) }}}
	}, 422, false},
	{"the version of the cache", func(o *auth.Options, f fault) {
		withCache("compact")(o)
		o.Session.CookieCache.VersionFunc = func(ctx context.Context, _ *auth.Session, _ *auth.User) (string, error) { return "1", f(ctx) }
	}, 500, true},
}

// failedContext is for callbacks that get no context to wait for.
func failedContext() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

func TestFAULT027_FAULT026_HooksThatGoWrongLeaveNothingHalfDone(t *testing.T) {
	for _, p := range hookPoints {
		for name, f := range faults {
			t.Run(p.name+" "+name, func(t *testing.T) { synctest.Test(t, func(t *testing.T) { p.goesWrong(t, name, f) }) })
		}
	}
}

func (p hookPoint) goesWrong(t *testing.T, kind string, f fault) {
	faulty := true
	s := bareServer(t, func(o *auth.Options) {
		p.set(o, func(ctx context.Context) error {
			if !faulty {
				return nil
			}
			return f(ctx)
		})
	})
	r := post("/sign-up/email", map[string]any{"name": "Ada", "email": flowEmail, "password": testPassword, "nickname": "a"})
	began := time.Now()
	res := s.direct(r)
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("the answer took %s", took)
	}
	want := p.status
	if kind == "panics" && want != http.StatusOK {
		want = http.StatusInternalServerError
	}
	if res.Status != want {
		t.Errorf("answered %d %s, want %d", res.Status, res.Body, want)
	}
	if res.Status == http.StatusInternalServerError && res.Body != "" {
		t.Errorf("the answer says %s", res.Body)
	}
	users, accounts, sessions := s.count(schema.UserModel), s.count(schema.AccountModel), s.count(schema.SessionModel)
	if rows := fmt.Sprint(users, accounts, sessions); p.written && rows != "1 1 1" || !p.written && rows != "0 0 0" {
		t.Errorf("%s users, accounts and sessions", rows)
	}
	if got := res.setsCookie(sessionToken); (got != "") != (res.Status == http.StatusOK) {
		t.Errorf("answered %d with the cookie %q", res.Status, got)
	}
	synctest.Wait() // for the background
	faulty = false
	if ok := s.direct(request{Path: "/ok"}); ok.Status != http.StatusOK {
		t.Errorf("afterwards the server answers %d", ok.Status)
	}
	other := s.direct(post("/sign-up/email", map[string]any{"name": "Bob", "email": "bob@example.com", "password": testPassword, "nickname": "b"}))
	if other.Status != http.StatusOK {
		t.Errorf("afterwards a sign-up answers %d %s", other.Status, other.Body)
	}
	s.drain()
	if kind == "panics" {
		if n := strings.Count(s.Log.String(), "the hook's own reason"); n < 1 || n > 2 { // once as the error, once in the stack's first line
			t.Errorf("the panic is in the log %d times:\n%s", n, s.Log)
		}
		if !strings.Contains(s.Log.String(), "goroutine ") {
			t.Errorf("the log has no stack:\n%s", s.Log)
		}
	}
}

func TestFAULT026_PanicsInGuardsHandlersAndObserversAnswer500(t *testing.T) {
	boom := func(name string) auth.AnyEndpoint {
		e := auth.Endpoint[struct{}, *struct{}]{Key: name, Path: "/" + name, Method: auth.GET,
			Handle: func(*auth.Call, struct{}) (*struct{}, error) { panic("boom in " + name) }}
		if name == "guard" {
			e.Use = []auth.Guard{func(*auth.Call) error { panic("boom in guard") }}
		}
		return e
	}
	for _, observed := range []bool{false, true} {
		s := newServer(t, func(o *auth.Options) {
			o.Plugins = plugin(auth.Plugin{Endpoints: []auth.AnyEndpoint{boom("handler"), boom("guard")}})
			if observed {
				o.OnAPIError.OnError = func(error, *auth.Call) { panic("boom in observer") }
			}
		})
		c := s.client()
		for _, name := range []string{"handler", "guard"} {
			if res := c.get("/" + name); res.Status != http.StatusInternalServerError || res.Body != "" {
				t.Errorf("%s answered %d %s", name, res.Status, res.Body)
			}
			c.get("/ok").want(t, http.StatusOK)
		}
		if observed != strings.Contains(s.Log.String(), "boom in observer") {
			t.Errorf("observed %t, and the log is\n%s", observed, s.Log)
		}
	}
}

// record keeps what hooks saw, in order.
type record struct {
	mu    sync.Mutex
	lines []string
}

func (r *record) add(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, fmt.Sprintf(format, args...))
}

func (r *record) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	lines := r.lines
	r.lines = nil
	return lines
}

// hooks are database hooks that keep their calls under a name.
func (r *record) hooks(name string) auth.DatabaseHooks {
	model := func(model string) auth.ModelHooks {
		before := func(what string) func(context.Context, *auth.Call, store.Record) (store.Record, error) {
			return func(context.Context, *auth.Call, store.Record) (store.Record, error) {
				r.add("%s before %s %s", name, what, model)
				return nil, nil
			}
		}
		after := func(what string) func(context.Context, *auth.Call, store.Record) error {
			return func(context.Context, *auth.Call, store.Record) error {
				r.add("%s after %s %s", name, what, model)
				return nil
			}
		}
		return auth.ModelHooks{
			BeforeCreate: before("create"), AfterCreate: after("create"), BeforeUpdate: before("update"), AfterUpdate: after("update"),
			AfterDelete: after("delete"),
			BeforeDelete: func(context.Context, *auth.Call, store.Record) error {
				r.add("%s before delete %s", name, model)
				return nil
			},
		}
	}
	return auth.DatabaseHooks{User: model("user"), Session: model("session"), Account: model("account"), Verification: model("verification")}
}

func TestDatabaseHooksRunInOrderAndAfterTheCommit(t *testing.T) {
	var seen record
	s := newServer(t, func(o *auth.Options) {
		o.Plugins = []auth.Plugin{{ID: "one", DatabaseHooks: seen.hooks("plugin")}}
		o.DatabaseHooks = seen.hooks("app")
		o.Hooks.After = func(*auth.Call) error {
			seen.add("endpoint after")
			return nil
		}
	})
	c := s.client()
	c.signUp(flowEmail)
	want := []string{
		"plugin before create user", "app before create user", "plugin before create account", "app before create account",
		"plugin before create session", "app before create session", "endpoint after",
		"plugin after create user", "app after create user", "plugin after create account", "app after create account",
		"plugin after create session", "app after create session",
	}
	if diff := cmp.Diff(want, seen.take()); diff != "" {
		t.Errorf("sign-up (-want +got):\n%s", diff)
	}
	c.post("/update-user", map[string]any{"name": "Other"}).want(t, http.StatusOK)
	want = []string{"plugin before update user", "app before update user", "endpoint after", "plugin after update user", "app after update user"}
	if diff := cmp.Diff(want, seen.take()); diff != "" {
		t.Errorf("update-user (-want +got):\n%s", diff)
	}
	c.post("/delete-user", map[string]any{"password": testPassword}).want(t, http.StatusOK)
	got := slices.DeleteFunc(seen.take(), func(line string) bool { return strings.HasPrefix(line, "plugin") })
	want = []string{
		"app before delete session", "app before delete account", "app before delete user", "endpoint after",
		"app after delete session", "app after delete account", "app after delete user",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("delete-user (-want +got):\n%s", diff)
	}
}

func TestDatabaseHooksMergeWhatTheyReturn(t *testing.T) {
	var names []any
	s := newServer(t, func(o *auth.Options) {
		set := func(value string) func(context.Context, *auth.Call, store.Record) (store.Record, error) {
			return func(_ context.Context, _ *auth.Call, data store.Record) (store.Record, error) {
				names = append(names, data["name"])
				return store.Record{"name": value}, nil
			}
		}
		o.Plugins = []auth.Plugin{{ID: "one", DatabaseHooks: auth.DatabaseHooks{User: auth.ModelHooks{BeforeCreate: set("plugin's"), BeforeUpdate: set("plugin's")}}}}
		o.DatabaseHooks.User = auth.ModelHooks{BeforeCreate: set("app's"), BeforeUpdate: set("app's")}
	})
	c := s.client()
	c.signUp(flowEmail)
	if got := s.user(flowEmail); got["name"] != "app's" || got["email"] != flowEmail {
		t.Errorf("the user is %v", got)
	}
	c.post("/update-user", map[string]any{"name": "New", "image": "i"}).want(t, http.StatusOK)
	if got := s.user(flowEmail); got["name"] != "app's" || got["image"] != "i" {
		t.Errorf("the user became %v", got)
	}
	if diff := cmp.Diff([]any{"Some Body", "plugin's", "New", "plugin's"}, names); diff != "" {
		t.Errorf("what the hooks saw (-want +got):\n%s", diff)
	}
}

func TestDatabaseHooksCanAbort(t *testing.T) {
	abort := func(context.Context, *auth.Call, store.Record) (store.Record, error) { return nil, auth.ErrAbort }
	for _, test := range []struct {
		name   string
		hooks  auth.DatabaseHooks
		status int
		code   string
	}{
		{"user", auth.DatabaseHooks{User: auth.ModelHooks{BeforeCreate: abort}}, http.StatusBadRequest, "FAILED_TO_CREATE_USER"},
		{"session", auth.DatabaseHooks{Session: auth.ModelHooks{BeforeCreate: abort}}, http.StatusBadRequest, "FAILED_TO_CREATE_SESSION"},
	} {
		s := newServer(t, func(o *auth.Options) { o.DatabaseHooks = test.hooks })
		res := s.direct(post("/sign-up/email", signUpBody))
		if res.Status != test.status || res.code() != test.code || s.dump() != "" {
			t.Errorf("%s: answered %d %s, rows %q", test.name, res.Status, res.Body, s.dump())
		}
	}
	s := newServer(t, func(o *auth.Options) {
		o.DatabaseHooks.User.BeforeCreate = func(context.Context, *auth.Call, store.Record) (store.Record, error) {
			return nil, auth.Fail(http.StatusTeapot, auth.Code{ID: "MY_CODE", Message: "mine"})
		}
	})
	if res := s.direct(post("/sign-up/email", signUpBody)); res.Status != http.StatusTeapot || res.code() != "MY_CODE" {
		t.Errorf("a hook's own answer became %d %s", res.Status, res.Body)
	}
}

func TestDatabaseHooksWriteInTheTransactionOfTheirWrite(t *testing.T) {
	fail := false
	note := func(ctx context.Context, c *auth.Call) error {
		_, err := c.Store.Insert(ctx, schema.VerificationModel, store.Record{
			"id": "note", "identifier": "note", "value": "", "expiresAt": c.Now().Add(time.Hour), "createdAt": c.Now(), "updatedAt": c.Now(),
		})
		if err == nil && fail {
			err = errHook
		}
		return err
	}
	before := func(ctx context.Context, c *auth.Call, _ store.Record) (store.Record, error) {
		return nil, note(ctx, c)
	}
	for name, test := range map[string]struct {
		hooks   auth.DatabaseHooks
		request request
	}{
		"a session's":        {auth.DatabaseHooks{Session: auth.ModelHooks{BeforeCreate: before}}, post("/sign-in/email", map[string]any{"email": flowEmail, "password": testPassword})},
		"a user's update":    {auth.DatabaseHooks{User: auth.ModelHooks{BeforeUpdate: before}}, post("/update-user", map[string]any{"name": "x"})},
		"a session's ending": {auth.DatabaseHooks{Session: auth.ModelHooks{BeforeDelete: func(ctx context.Context, c *auth.Call, _ store.Record) error { return note(ctx, c) }}}, post("/revoke-sessions", map[string]any{})},
	} {
		var armed bool
		s := newServer(t, func(o *auth.Options) {
			h := test.hooks
			if h.Session.BeforeCreate != nil {
				h.Session.BeforeCreate = func(ctx context.Context, c *auth.Call, data store.Record) (store.Record, error) {
					if !armed {
						return nil, nil
					}
					return before(ctx, c, data)
				}
			}
			o.DatabaseHooks = h
		})
		c := s.client()
		c.signUp(flowEmail)
		armed, fail = true, true
		test.request.Header = c.cookies()
		rows := s.dump()
		if res := s.direct(test.request); res.Status != http.StatusInternalServerError {
			t.Errorf("%s hook failed, and the answer is %d %s", name, res.Status, res.Body)
		}
		if after := s.dump(); after != rows {
			t.Errorf("%s hook failed, and its rows stay\nbefore: %s\nafter: %s", name, rows, after)
		}
		fail = false
		s.direct(test.request).want(t, http.StatusOK)
		if n := s.count(schema.VerificationModel); n != 1 {
			t.Errorf("%s hook wrote %d rows", name, n)
		}
	}
}

func TestEndpointHooksCanAnswerAndChange(t *testing.T) {
	s := newServer(t, func(o *auth.Options) {
		o.Hooks.Before = func(c *auth.Call) (*auth.Answer, error) {
			switch {
			case c.Path == "/ok":
				return &auth.Answer{Status: http.StatusAccepted, Value: "early"}, nil
			case c.Path == "/sign-up/email": // ahead of validation
				c.Body.(*auth.Object).Set("name", "From a hook")
			}
			return nil, nil
		}
		o.Hooks.After = func(c *auth.Call) error {
			if failure, ok := c.Returned.(*auth.Error); ok && failure.Status == http.StatusUnauthorized {
				return auth.Fail(http.StatusTeapot, auth.Code{ID: "MINE", Message: "mine"})
			}
			if out, ok := c.Returned.(*routes.SignUpEmailOut); ok {
				out.User.Name = "Shown"
			}
			return nil
		}
	})
	c := s.client()
	if res := c.get("/ok"); res.Status != http.StatusAccepted || res.Body != `"early"` {
		t.Errorf("a before-hook's answer became %d %s", res.Status, res.Body)
	}
	res := c.post("/sign-up/email", map[string]any{"email": flowEmail, "password": testPassword}).want(t, http.StatusOK)
	if name := res.object(t)["user"].(map[string]any)["name"]; name != "Shown" || s.user(flowEmail)["name"] != "From a hook" {
		t.Errorf("shown %v, stored %v", name, s.user(flowEmail)["name"])
	}
	if res := s.client().get("/list-sessions"); res.Status != http.StatusTeapot || res.code() != "MINE" {
		t.Errorf("an after-hook's error became %d %s", res.Status, res.Body)
	}
}
