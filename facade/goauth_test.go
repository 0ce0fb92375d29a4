package goauth_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/routes"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/memory"
	goauth "github.com/goauth-dev/goauth/facade"
)

const secret = "facade-secret-0123456789-abcdefghijkl"

func noEnv(string) string { return "" }

var passwords = goauth.EmailAndPassword{Enabled: true, Password: goauth.PasswordHash{
	Hash:   func(_ context.Context, p string) (string, error) { return "fast:" + p, nil },
	Verify: func(_ context.Context, hash, p string) (bool, error) { return hash == "fast:"+p, nil },
}}

func newAuth(t *testing.T, o goauth.Options) *goauth.Auth {
	t.Helper()
	if o.Getenv == nil {
		o.Getenv = noEnv
	}
	a, err := goauth.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close(context.Background()) })
	return a
}

func signUp(t *testing.T, a *goauth.Auth, email string) error {
	t.Helper()
	_, err := routes.SignUpEmail.Call(t.Context(), a, routes.SignUpEmailIn{Name: "Ada", Email: email, Password: "correct horse"})
	return err
}

func TestNewWorksWithEveryOptionalModuleAbsent(t *testing.T) {
	quiet := slog.New(slog.DiscardHandler)
	for name, o := range map[string]goauth.Options{
		"nothing at all":       {Mode: goauth.Development},
		"in production":        {Secret: secret},
		"a base URL":           {Secret: secret, BaseURL: "https://example.com"},
		"a dynamic base URL":   {Secret: secret, DynamicBaseURL: &goauth.DynamicBaseURL{AllowedHosts: []string{"example.com"}}},
		"rotated secrets":      {Secrets: []goauth.Secret{{Version: 2, Value: secret + "new"}, {Version: 1, Value: secret}}},
		"compact copies":       {Secret: secret, Session: goauth.SessionOptions{CookieCache: goauth.CookieCache{Enabled: goauth.On, Strategy: "compact"}}},
		"signed copies":        {Secret: secret, Session: goauth.SessionOptions{CookieCache: goauth.CookieCache{Enabled: goauth.On, Strategy: "jwt"}}},
		"rate limits":          {Secret: secret, RateLimit: goauth.RateLimitOptions{Enabled: goauth.On, CustomRules: goauth.RateLimitRules{{Pattern: "/ok", Rule: goauth.RateLimitRule{Max: 100}}}}},
		"rate limits in rows":  {Secret: secret, RateLimit: goauth.RateLimitOptions{Storage: "database"}},
		"no copies":            {Secret: secret, Session: goauth.SessionOptions{CookieCache: goauth.CookieCache{Enabled: goauth.Off}}},
		"additional fields":    {Secret: secret, User: goauth.UserOptions{Model: goauth.Model{AdditionalFields: goauth.Fields{{Name: "age", Type: goauth.NumberField, Required: goauth.Off}}}}},
		"an empty plugin":      {Secret: secret, Plugins: []goauth.Plugin{{ID: "empty"}}},
		"an application's log": {Secret: secret, Logger: quiet},
	} {
		t.Run(name, func(t *testing.T) {
			o.EmailAndPassword = passwords
			if o.Logger == nil {
				o.Logger = quiet
			}
			a := newAuth(t, o)
			r := httptest.NewRequest(http.MethodGet, "http://example.com/api/auth/ok", nil)
			res := httptest.NewRecorder()
			a.ServeHTTP(res, r)
			if res.Code != http.StatusOK {
				t.Errorf("GET /ok: %d %s", res.Code, res.Body)
			}
			if o.DynamicBaseURL != nil {
				return // a call from Go has no host
			}
			if err := signUp(t, a, "ada@example.com"); err != nil {
				t.Errorf("sign-up: %v", err)
			}
			if text, err := a.OpenAPI(); err != nil || len(text) == 0 {
				t.Errorf("OpenAPI: %v", err)
			}
		})
	}
}

func TestNewRefusesWhatCannotWorkInOneSentence(t *testing.T) {
	_, err := goauth.New(goauth.Options{Getenv: noEnv, Logger: slog.New(slog.DiscardHandler)})
	if err == nil || !strings.Contains(err.Error(), "BETTER_AUTH_SECRET") {
		t.Errorf("in production without a secret: %v", err)
	}
	var none *goauth.Auth
	if a, _ := goauth.New(goauth.Options{Getenv: noEnv}); a != none {
		t.Error("a server comes with the error")
	}
}

func TestNamesAreThoseOfTheCore(t *testing.T) {
	failure := goauth.Fail(http.StatusForbidden, goauth.Code{ID: "NO_GUESTS", Message: "No guests"})
	if !errors.Is(failure, goauth.Code{ID: "NO_GUESTS"}) {
		t.Error("errors.Is does not find the code of a failure")
	}
	if to := goauth.Redirect("/home"); to.Status != http.StatusFound || to.Header.Get("Location") != "/home" {
		t.Errorf("redirect %+v", to)
	}
	a := newAuth(t, goauth.Options{Secret: secret, EmailAndPassword: passwords, Logger: slog.New(slog.DiscardHandler)})
	_, err := routes.SignInEmail.Call(t.Context(), a, routes.SignInEmailIn{Email: "nobody@example.com", Password: "correct horse"})
	var answer *goauth.Error
	if !errors.As(err, &answer) || !errors.Is(err, auth.InvalidEmailOrPassword) {
		t.Errorf("error %v, want the core's", err)
	}
	if goauth.SessionFrom(t.Context()) != nil {
		t.Error("a session comes from nowhere")
	}
}

// diary is an adapter that writes down what it is asked for, and whether in a transaction.
type diary struct {
	store.Adapter
	goauth.Database

	mu    sync.Mutex
	lines []string
}

type inTx struct{}

func (d *diary) Bind(s *schema.Schema) (store.Adapter, error) {
	a, err := d.Database.Bind(s)
	d.Adapter = a
	return d, err
}

func (d *diary) note(ctx context.Context, text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if ctx.Value(inTx{}) != nil {
		text = "in tx: " + text
	}
	d.lines = append(d.lines, text)
}

func (d *diary) Insert(ctx context.Context, model string, rec store.Record) (store.Record, error) {
	d.note(ctx, "insert "+model)
	return d.Adapter.Insert(ctx, model, rec)
}

func (d *diary) Tx(ctx context.Context, fn func(context.Context) error) error {
	err := d.Adapter.Tx(ctx, func(ctx context.Context) error { return fn(context.WithValue(ctx, inTx{}, true)) })
	if err != nil {
		d.note(ctx, "rolled back")
		return err
	}
	d.note(ctx, "committed")
	return nil
}

// hooksOf note every hook around the creation of a user, in the adapter's own diary.
func hooksOf(d *diary, refuse error) goauth.DatabaseHooks {
	return goauth.DatabaseHooks{
		User: goauth.ModelHooks{
			BeforeCreate: func(ctx context.Context, _ *goauth.Call, _ goauth.Record) (goauth.Record, error) {
				d.note(ctx, "before user")
				return goauth.Record{"name": "Countess"}, nil
			},
			AfterCreate: func(ctx context.Context, _ *goauth.Call, row goauth.Record) error {
				d.note(ctx, "after "+row["name"].(string))
				return nil
			},
		},
		Account: goauth.ModelHooks{
			BeforeCreate: func(ctx context.Context, _ *goauth.Call, _ goauth.Record) (goauth.Record, error) {
				d.note(ctx, "before account")
				return nil, refuse
			},
		},
	}
}

func TestDatabaseHooksRunInsideTheAdaptersTransaction(t *testing.T) {
	d := &diary{Database: memory.New()}
	a := newAuth(t, goauth.Options{
		Secret: secret, Database: d, EmailAndPassword: passwords, DatabaseHooks: hooksOf(d, nil), Logger: slog.New(slog.DiscardHandler),
	})
	if err := signUp(t, a, "ada@example.com"); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"in tx: before user", "in tx: insert user", "in tx: before account", "in tx: insert account", "in tx: insert session",
		"committed", "after Countess",
	}
	if !slices.Equal(d.lines, want) {
		t.Errorf("the adapter saw\n  %s\nwant\n  %s", strings.Join(d.lines, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestDatabaseHookThatRefusesRollsTheAdapterBack(t *testing.T) {
	for name, refuse := range map[string]error{
		"by aborting":      goauth.ErrAbort,
		"by an answer":     goauth.Fail(http.StatusForbidden, goauth.Code{ID: "NO_GUESTS", Message: "No guests"}),
		"by another error": errors.New("the directory does not answer"),
	} {
		t.Run(name, func(t *testing.T) {
			d := &diary{Database: memory.New()}
			a := newAuth(t, goauth.Options{
				Secret: secret, Database: d, EmailAndPassword: passwords, DatabaseHooks: hooksOf(d, refuse), Logger: slog.New(slog.DiscardHandler),
			})
			err := signUp(t, a, "ada@example.com")
			if !errors.Is(err, refuse) {
				t.Errorf("error %v, want the hook's", err)
			}
			if !slices.Contains(d.lines, "rolled back") || slices.Contains(d.lines, "after Countess") {
				t.Errorf("the adapter saw %q, want a rollback and no after-hook", d.lines)
			}
			if n, err := d.Count(t.Context(), "user", nil); n != 0 || err != nil {
				t.Errorf("%d users, error %v; want none", n, err)
			}
		})
	}
}

func TestRequireSessionGivesATypedSession(t *testing.T) {
	a := newAuth(t, goauth.Options{Secret: secret, Database: memory.New(), EmailAndPassword: passwords, Logger: slog.New(slog.DiscardHandler)})
	var reply *auth.Reply
	_, err := routes.SignUpEmail.Call(t.Context(), a, routes.SignUpEmailIn{Name: "Ada", Email: "ada@example.com", Password: "correct horse"}, auth.WithReply(&reply))
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/me", nil)
	for _, line := range reply.SetCookies() {
		pair, _, _ := strings.Cut(line, ";")
		r.Header.Add("Cookie", pair)
	}
	var user *goauth.User
	a.RequireSession(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		user = goauth.SessionFrom(r.Context()).User
	})).ServeHTTP(httptest.NewRecorder(), r)
	if user == nil || user.Email != "ada@example.com" {
		t.Errorf("user %+v", user)
	}
}

// Every part of the options can be named by this package's own names: who configures imports nothing else.
func TestEveryPartOfTheOptionsHasANameHere(t *testing.T) {
	named := map[string]bool{}
	for _, line := range surface(t) {
		if _, target, ok := strings.Cut(line, " = "); ok && strings.HasPrefix(line, "type ") {
			named[target] = true
		}
	}
	seen := map[reflect.Type]bool{}
	var visit func(typ reflect.Type, at string)
	visit = func(typ reflect.Type, at string) {
		for slices.Contains([]reflect.Kind{reflect.Pointer, reflect.Slice, reflect.Map}, typ.Kind()) && typ.Name() == "" {
			typ = typ.Elem()
		}
		if seen[typ] || typ.Kind() == reflect.Func || !strings.HasPrefix(typ.PkgPath(), "github.com/goauth-dev/goauth/") {
			return
		}
		seen[typ] = true
		if !named[typ.String()] {
			t.Errorf("%s is a %s, which has no name in this package", at, typ)
		}
		if typ == reflect.TypeFor[goauth.Plugin]() {
			return // what it is made of has its names in core/auth
		}
		switch typ.Kind() {
		case reflect.Slice, reflect.Map:
			visit(typ.Elem(), at)
		case reflect.Struct:
			for i := range typ.NumField() {
				visit(typ.Field(i).Type, at+"."+typ.Field(i).Name)
			}
		}
	}
	visit(reflect.TypeFor[goauth.Options](), "Options")
	if len(seen) < 30 {
		t.Errorf("only %d types seen", len(seen))
	}
}
