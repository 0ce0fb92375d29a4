package core_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

const (
	sessionToken = "better-auth.session_token"
	sessionData  = "better-auth.session_data"
	dontRemember = "better-auth.dont_remember"
)

// with returns the server for a test inside the one it was made for.
func (s *server) with(t testing.TB) *server {
	return &server{s.Server.With(t), t}
}

// direct sends a request to the handler itself: with any cookie text, and without a network that could refuse it.
func (s *server) direct(r request) answer {
	s.t.Helper()
	return s.directCtx(s.t.Context(), r)
}

func (s *server) directCtx(ctx context.Context, r request) answer {
	s.t.Helper()
	var body io.Reader
	if r.Body != nil {
		text, err := json.Marshal(r.Body)
		if err != nil {
			s.t.Fatal(err)
		}
		body = strings.NewReader(string(text))
	}
	if r.Method == "" {
		r.Method = http.MethodGet
	}
	req := httptest.NewRequestWithContext(ctx, r.Method, s.URL+apiBase+r.Path, body)
	req.Header.Set("Origin", s.URL)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	maps.Copy(req.Header, r.Header)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, req)
	return answer{w.Code, w.Header(), w.Body.String()}
}

// cookies are the header with the client's cookies.
func (c *client) cookies() http.Header { return c.browser.Header() }

// names returns the names of the client's cookies, sorted.
func (c *client) names() []string { return c.browser.CookieNames() }

// setCookie puts a cookie into the client's jar, or takes it away.
func (c *client) setCookie(name, value string) { c.browser.SetCookie(name, value) }

// signedIn is what get-session answers.
type signedIn struct {
	Session      map[string]any
	User         map[string]any
	NeedsRefresh *bool
}

// session returns the client's session, or nil.
func (c *client) session(query ...string) *signedIn {
	c.t.Helper()
	return c.get("/get-session" + strings.Join(query, "")).session(c.t)
}

func (a answer) session(t testing.TB) *signedIn {
	t.Helper()
	if a.Status != http.StatusOK {
		t.Fatalf("get-session answered %d %s", a.Status, a.Body)
	}
	var found *signedIn
	if err := json.Unmarshal([]byte(a.Body), &found); err != nil {
		t.Fatalf("get-session answered %q: %v", a.Body, err)
	}
	return found
}

// object returns the answer's body as an object.
func (a answer) object(t testing.TB) map[string]any { t.Helper(); return authtest.Answer(a).Object(t) }

// expires reports whether the answer makes a client forget a cookie.
func (a answer) expires(name string) bool {
	line := a.setsCookie(name)
	return strings.HasPrefix(line, name+"=;") && strings.Contains(line, "Max-Age=0")
}

// setsCookie returns the answer's Set-Cookie line for a name, or "".
func (a answer) setsCookie(name string) string { return authtest.Answer(a).SetsCookie(name) }

// want fails the test unless the answer has the status.
func (a answer) want(t testing.TB, status int) answer {
	t.Helper()
	return answer(authtest.Answer(a).Want(t, status))
}

// token returns the session token of the client's signed cookie.
func (c *client) token() string {
	token, _, _ := strings.Cut(c.cookie(sessionToken), ".")
	return token
}

// rows returns the rows of a model.
func (s *server) rows(model string, where ...store.Cond) []store.Record {
	s.t.Helper()
	return s.Rows(model, where...)
}

// user returns the row of the user with an address.
func (s *server) user(email string) store.Record {
	s.t.Helper()
	rows := s.rows(schema.UserModel, store.Is("email", email))
	if len(rows) != 1 {
		s.t.Fatalf("%d users have the address %s", len(rows), email)
	}
	return rows[0]
}

// change sets columns of the rows that match.
func (s *server) change(model string, set store.Record, where ...store.Cond) {
	s.t.Helper()
	s.Change(model, set, where...)
}

// remove deletes the rows that match.
func (s *server) remove(model string, where ...store.Cond) {
	s.t.Helper()
	if n, err := s.Context().Store.Delete(context.Background(), model, where); err != nil || n == 0 {
		s.t.Fatalf("remove %s: %d rows, %v", model, n, err)
	}
}

// dump is every row of the core tables as text, sorted.
func (s *server) dump() string {
	s.t.Helper()
	var lines []string
	for _, model := range []string{schema.UserModel, schema.SessionModel, schema.AccountModel, schema.VerificationModel} {
		if s.Context().Schema.Table(model) == nil {
			continue
		}
		for _, row := range s.rows(model) {
			text, err := auth.JSON(map[string]any(row))
			if err != nil {
				s.t.Fatal(err)
			}
			lines = append(lines, model+" "+string(text))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// probe is a database that tells what it is asked, and fails on demand.
type probe struct {
	store.Database

	mu    sync.Mutex
	on    func(n int, statement string) error // before each statement, counted from 1
	asked []string
}

var errProbe = errors.New("the database is gone")

// watch forgets what was asked and sets what happens before each statement.
func (p *probe) watch(on func(n int, statement string) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.on, p.asked = on, nil
}

// statements returns what was asked since watch.
func (p *probe) statements() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.asked)
}

func (p *probe) step(format string, args ...any) error {
	p.mu.Lock()
	statement := fmt.Sprintf(format, args...)
	p.asked = append(p.asked, statement)
	on, n := p.on, len(p.asked)
	p.mu.Unlock()
	if on == nil {
		return nil
	}
	return on(n, statement)
}

func (p *probe) Bind(s *schema.Schema) (store.Adapter, error) {
	a, err := p.Database.Bind(s)
	return probeAdapter{a, p}, err
}

type probeAdapter struct {
	store.Adapter
	p *probe
}

func (a probeAdapter) Insert(ctx context.Context, model string, rec store.Record) (store.Record, error) {
	if err := a.p.step("insert %s", model); err != nil {
		return nil, err
	}
	return a.Adapter.Insert(ctx, model, rec)
}

func (a probeAdapter) FindOne(ctx context.Context, q store.Query) (store.Record, error) {
	if err := a.p.step("find one %s", q.Model); err != nil {
		return nil, err
	}
	return a.Adapter.FindOne(ctx, q)
}

func (a probeAdapter) Find(ctx context.Context, q store.Query) ([]store.Record, error) {
	if err := a.p.step("find %s", q.Model); err != nil {
		return nil, err
	}
	return a.Adapter.Find(ctx, q)
}

func (a probeAdapter) UpdateOne(ctx context.Context, model string, where store.Where, set store.Record) (store.Record, error) {
	if err := a.p.step("update %s", model); err != nil {
		return nil, err
	}
	return a.Adapter.UpdateOne(ctx, model, where, set)
}

func (a probeAdapter) UpdateAll(ctx context.Context, model string, where store.Where, set store.Record) (int64, error) {
	if err := a.p.step("update all %s", model); err != nil {
		return 0, err
	}
	return a.Adapter.UpdateAll(ctx, model, where, set)
}

func (a probeAdapter) Delete(ctx context.Context, model string, where store.Where) (int64, error) {
	if err := a.p.step("delete %s", model); err != nil {
		return 0, err
	}
	return a.Adapter.Delete(ctx, model, where)
}

func (a probeAdapter) Consume(ctx context.Context, model string, where store.Where, sort *store.Sort) (store.Record, error) {
	if err := a.p.step("consume %s", model); err != nil {
		return nil, err
	}
	return a.Adapter.Consume(ctx, model, where, sort)
}

func (a probeAdapter) Tx(ctx context.Context, fn func(ctx context.Context) error) error {
	if err := a.p.step("begin"); err != nil {
		return err
	}
	return a.Adapter.Tx(ctx, func(ctx context.Context) error {
		if err := fn(ctx); err != nil {
			return err
		}
		return a.p.step("commit")
	})
}

// failAt fails the n-th statement.
func failAt(n int) func(int, string) error {
	return func(i int, statement string) error {
		if i == n {
			return fmt.Errorf("%s: %w", statement, errProbe)
		}
		return nil
	}
}

// loose is a database that compares texts without case, as a MySQL with its default collation does.
type loose struct{ store.Database }

func (db loose) Bind(s *schema.Schema) (store.Adapter, error) {
	a, err := db.Database.Bind(s)
	return looseAdapter{a}, err
}

type looseAdapter struct{ store.Adapter }

func foldAll(where store.Where) store.Where {
	folded := slices.Clone(where)
	for i := range folded {
		if _, text := folded[i].Value.(string); text && folded[i].Field != "id" && folded[i].Field != "userId" {
			folded[i].Fold = true
		}
	}
	return folded
}

func (a looseAdapter) FindOne(ctx context.Context, q store.Query) (store.Record, error) {
	q.Where = foldAll(q.Where)
	return a.Adapter.FindOne(ctx, q)
}

func (a looseAdapter) Find(ctx context.Context, q store.Query) ([]store.Record, error) {
	q.Where = foldAll(q.Where)
	return a.Adapter.Find(ctx, q)
}

func (a looseAdapter) UpdateOne(ctx context.Context, model string, where store.Where, set store.Record) (store.Record, error) {
	return a.Adapter.UpdateOne(ctx, model, foldAll(where), set)
}

func (a looseAdapter) Delete(ctx context.Context, model string, where store.Where) (int64, error) {
	return a.Adapter.Delete(ctx, model, foldAll(where))
}

func (a looseAdapter) Consume(ctx context.Context, model string, where store.Where, sort *store.Sort) (store.Record, error) {
	return a.Adapter.Consume(ctx, model, foldAll(where), sort)
}

// withCache turns the cookie cache on.
func withCache(strategy string) func(o *auth.Options) {
	return func(o *auth.Options) {
		o.Session.CookieCache.Enabled, o.Session.CookieCache.Strategy = option.On, strategy
	}
}

// drain waits until the background work is done. The server takes no more.
func (s *server) drain() {
	s.t.Helper()
	if err := s.Close(context.Background()); err != nil {
		s.t.Fatal(err)
	}
}

// bareServer is newServer without a network, for tests in a bubble of time.
func bareServer(t testing.TB, change func(o *auth.Options)) *server {
	t.Helper()
	return &server{authtest.NewUnserved(t, change), t}
}
