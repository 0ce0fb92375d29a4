package tests

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

const (
	coreEmail    = "ada@example.com"
	corePassword = "correct horse battery"
)

// coreClient is a client of a server on SQLite that keeps its cookies.
type coreClient struct {
	t *testing.T
	*core.Auth
	cookies map[string]string
	mails   *coreMails
}

// coreMails keeps what was mailed.
type coreMails struct {
	mu    sync.Mutex
	links []string
}

func (m *coreMails) send(_ context.Context, mail auth.Mail) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.links = append(m.links, mail.URL)
	return nil
}

// last returns the n-th link, from 1, as a path below the base path.
func (m *coreMails) last(t *testing.T, n int) string {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		m.mu.Lock()
		links := m.links
		m.mu.Unlock()
		if len(links) >= n {
			return strings.TrimPrefix(links[n-1], coreOrigin+"/api/auth")
		}
	}
	t.Fatalf("no %d. mail", n)
	return ""
}

// newCoreClient starts a server on a new file.
func newCoreClient(t *testing.T, change func(o *auth.Options)) *coreClient {
	t.Helper()
	db := openFile(t, filepath.Join(t.TempDir(), "auth.db"))
	o := coreOptions(db)
	mails := &coreMails{}
	o.EmailAndPassword.SendResetPassword, o.EmailVerification.SendVerificationEmail = mails.send, mails.send
	o.User.ChangeEmail.Enabled, o.User.DeleteUser.Enabled = true, true
	change(&o)
	a := startCore(t, o, db)
	t.Cleanup(func() { _ = a.Close(context.Background()) })
	return &coreClient{t, a, map[string]string{}, mails}
}

// another is a second client of the same server.
func (c *coreClient) another() *coreClient {
	return &coreClient{c.t, c.Auth, map[string]string{}, c.mails}
}

// do sends a request and returns the status and the body, as an object where it is one.
func (c *coreClient) do(method, path string, body any) (int, map[string]any, http.Header) {
	c.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal(err)
	}
	r := corePost(path, string(text))
	if r.Method = method; method == http.MethodGet {
		r.Body, r.ContentLength = http.NoBody, 0
		r.Header.Del("Content-Type")
	}
	for name, value := range c.cookies {
		r.Header.Add("Cookie", name+"="+value)
	}
	if len(c.cookies) > 1 {
		r.Header.Set("Cookie", strings.Join(r.Header["Cookie"], "; "))
	}
	res := httptest.NewRecorder()
	c.ServeHTTP(res, r)
	for _, ck := range res.Result().Cookies() {
		if c.cookies[ck.Name] = ck.Value; ck.MaxAge < 0 {
			delete(c.cookies, ck.Name)
		}
	}
	var out map[string]any
	_ = json.Unmarshal(res.Body.Bytes(), &out)
	return res.Code, out, res.Header()
}

// ok sends a request that must be answered 200.
func (c *coreClient) ok(method, path string, body any) map[string]any {
	c.t.Helper()
	status, out, _ := c.do(method, path, body)
	if status != http.StatusOK {
		c.t.Fatalf("%s answered %d %v", path, status, out)
	}
	return out
}

func (c *coreClient) user() map[string]any {
	c.t.Helper()
	user, _ := c.ok(http.MethodGet, "/get-session", nil)["user"].(map[string]any)
	return user
}

func (c *coreClient) rows(model string) int {
	c.t.Helper()
	n, err := c.Context().Store.Count(c.t.Context(), model, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return int(n)
}

// coreSetups are configurations that change what is stored.
var coreSetups = map[string]func(o *auth.Options){
	"default": func(*auth.Options) {},
	"uuid":    func(o *auth.Options) { o.Advanced.Database.GenerateID = "uuid" },
	"serial":  func(o *auth.Options) { o.Advanced.Database.GenerateID = "serial" },
	"function": func(o *auth.Options) {
		var mu sync.Mutex
		n := 0
		o.Advanced.Database.GenerateIDFunc = func(model string) string {
			mu.Lock()
			defer mu.Unlock()
			n++
			return model + "-" + strings.Repeat("x", n)
		}
	},
	"renamed": func(o *auth.Options) {
		o.User.ModelName, o.User.Fields = "people", map[string]string{"email": "mail", "emailVerified": "is_verified"}
		o.Session.Model = auth.Model{ModelName: "sittings", Fields: map[string]string{"userId": "person", "token": "secret"}}
		o.Account.Model = auth.Model{ModelName: "logins", Fields: map[string]string{"userId": "person"}}
		o.Verification.Model = auth.Model{ModelName: "proofs", Fields: map[string]string{"identifier": "what"}}
	},
	"hashed identifiers": func(o *auth.Options) { o.Verification.StoreIdentifier = "hashed" },
	"with database hooks": func(o *auth.Options) {
		nothing := func(context.Context, *auth.Call, store.Record) (store.Record, error) { return nil, nil }
		also := func(context.Context, *auth.Call, store.Record) error { return nil }
		all := auth.ModelHooks{BeforeCreate: nothing, BeforeUpdate: nothing, BeforeDelete: also, AfterCreate: also, AfterUpdate: also, AfterDelete: also}
		o.DatabaseHooks = auth.DatabaseHooks{User: all, Session: all, Account: all, Verification: all}
	},
	"throttled": func(o *auth.Options) { o.EmailAndPassword.SignInThrottle.MaxFailures = 5 },
}

func TestTheCoresFlowsRunOverSQLite(t *testing.T) {
	for name, change := range coreSetups {
		t.Run(name, func(t *testing.T) {
			c := newCoreClient(t, change)
			coreSignUp(t, c)
			coreVerify(t, c)
			coreChange(t, c)
			coreReset(t, c)
			coreSessions(t, c)
			coreDelete(t, c)
		})
	}
}

func coreSignUp(t *testing.T, c *coreClient) {
	body := map[string]any{"name": "Ada", "email": coreEmail, "password": corePassword, "nickname": "a", "newsletter": true}
	c.ok(http.MethodPost, "/sign-up/email", body)
	user := c.user()
	want := map[string]any{"name": "Ada", "email": coreEmail, "emailVerified": false, "image": nil, "nickname": "a", "plan": "free", "newsletter": true}
	got := map[string]any{}
	for key, v := range user {
		if key != "id" && key != "createdAt" && key != "updatedAt" {
			got[key] = v
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the new user (-want +got):\n%s", diff)
	}
	if status, out, _ := c.another().do(http.MethodPost, "/sign-up/email", body); status != http.StatusUnprocessableEntity || c.rows(schema.UserModel) != 1 {
		t.Errorf("a second sign-up answered %d %v", status, out)
	}
}

func coreVerify(t *testing.T, c *coreClient) {
	c.ok(http.MethodPost, "/send-verification-email", map[string]any{"email": coreEmail})
	if status, _, header := c.do(http.MethodGet, c.mails.last(t, 1), nil); status != http.StatusFound || header.Get("Location") != "/" {
		t.Errorf("the link answered %d %s", status, header.Get("Location"))
	}
	if c.user()["emailVerified"] != true {
		t.Error("the address is not verified")
	}
}

func coreChange(t *testing.T, c *coreClient) {
	c.ok(http.MethodPost, "/update-user", map[string]any{"name": "Renamed", "nickname": nil, "newsletter": false})
	if user := c.user(); user["name"] != "Renamed" || user["nickname"] != nil || user["newsletter"] != false {
		t.Errorf("the user is %v", user)
	}
	old := c.cookies["__Secure-better-auth.session_token"] + c.cookies["better-auth.session_token"]
	c.ok(http.MethodPost, "/change-password", map[string]any{"currentPassword": corePassword, "newPassword": "another password", "revokeOtherSessions": true})
	if old == c.cookies["better-auth.session_token"] || c.rows(schema.SessionModel) != 1 || c.user() == nil {
		t.Errorf("after the change there are %d sessions", c.rows(schema.SessionModel))
	}
	c.ok(http.MethodPost, "/change-email", map[string]any{"newEmail": "new@example.com"})
	if status, _, header := c.do(http.MethodGet, c.mails.last(t, 2), nil); status != http.StatusFound || header.Get("Location") != "/" {
		t.Errorf("the link answered %d %s", status, header.Get("Location"))
	}
	if c.user()["email"] != "new@example.com" {
		t.Errorf("the user is %v", c.user())
	}
}

func coreReset(t *testing.T, c *coreClient) {
	c.ok(http.MethodPost, "/request-password-reset", map[string]any{"email": "new@example.com"})
	c.ok(http.MethodPost, "/request-password-reset", map[string]any{"email": "nobody@example.com"})
	link, err := url.Parse(c.mails.last(t, 3))
	if err != nil {
		t.Fatal(err)
	}
	body := map[string]any{"token": strings.TrimPrefix(link.Path, "/reset-password/"), "newPassword": corePassword}
	c.ok(http.MethodPost, "/reset-password", body)
	if status, _, _ := c.do(http.MethodPost, "/reset-password", body); status != http.StatusBadRequest {
		t.Errorf("the used token answered %d", status)
	}
	if n := c.rows(schema.VerificationModel); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

func coreSessions(t *testing.T, c *coreClient) {
	other := c.another()
	for range 3 {
		if status, _, _ := other.do(http.MethodPost, "/sign-in/email", map[string]any{"email": "new@example.com", "password": "wrong"}); status != http.StatusUnauthorized {
			t.Errorf("a wrong password answered %d", status)
		}
		if status, _, _ := other.do(http.MethodPost, "/sign-in/email", map[string]any{"email": "gone@example.com", "password": "wrong"}); status != http.StatusUnauthorized {
			t.Errorf("an unknown address answered %d", status)
		}
	}
	other.ok(http.MethodPost, "/sign-in/email", map[string]any{"email": "new@example.com", "password": corePassword})
	if n := c.rows(schema.SessionModel); n != 2 {
		t.Errorf("%d sessions", n)
	}
	c.ok(http.MethodPost, "/revoke-other-sessions", map[string]any{})
	if other.user() != nil || c.user() == nil {
		t.Error("the wrong sessions were revoked")
	}
}

func coreDelete(t *testing.T, c *coreClient) {
	c.ok(http.MethodPost, "/delete-user", map[string]any{"password": corePassword})
	for _, model := range []string{schema.UserModel, schema.AccountModel, schema.SessionModel} {
		if n := c.rows(model); n != 0 {
			t.Errorf("%d rows of %s are left", n, model)
		}
	}
	if c.user() != nil {
		t.Error("the deleted user is signed in")
	}
}

// TestGAP020_AHookThatFailsAfterTheRowsOfASignUpLeavesNone stops the transaction of a real database.
func TestGAP020_AHookThatFailsAfterTheRowsOfASignUpLeavesNone(t *testing.T) {
	for _, at := range []string{"account", "session"} {
		c := newCoreClient(t, func(o *auth.Options) {
			stop := func(context.Context, *auth.Call, store.Record) (store.Record, error) { return nil, auth.ErrAbort }
			if at == "account" {
				o.DatabaseHooks.Account.BeforeCreate = stop
			} else {
				o.DatabaseHooks.Session.BeforeCreate = stop
			}
		})
		status, _, _ := c.do(http.MethodPost, "/sign-up/email", map[string]any{"name": "Ada", "email": coreEmail, "password": corePassword})
		if n := c.rows(schema.UserModel) + c.rows(schema.AccountModel) + c.rows(schema.SessionModel); status != http.StatusBadRequest || n != 0 {
			t.Errorf("stopped at the %s: answered %d, %d rows", at, status, n)
		}
	}
}

// TestUP028_OneOfManyResetsWinsOnSQLite uses one token many times at once.
func TestUP028_OneOfManyResetsWinsOnSQLite(t *testing.T) {
	c := newCoreClient(t, func(*auth.Options) {})
	c.ok(http.MethodPost, "/sign-up/email", map[string]any{"name": "Ada", "email": coreEmail, "password": corePassword})
	c.ok(http.MethodPost, "/request-password-reset", map[string]any{"email": coreEmail})
	link, _ := url.Parse(c.mails.last(t, 1))
	body := map[string]any{"token": strings.TrimPrefix(link.Path, "/reset-password/"), "newPassword": "another password"}
	tally := map[int]int{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			status, _, _ := c.another().do(http.MethodPost, "/reset-password", body)
			mu.Lock()
			defer mu.Unlock()
			tally[status]++
		})
	}
	all.Wait()
	if diff := cmp.Diff(map[int]int{http.StatusOK: 1, http.StatusBadRequest: 19}, tally); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}

// TestGAP007_ConcurrentGuessesAreCountedOnSQLite counts from the first.
func TestGAP007_ConcurrentGuessesAreCountedOnSQLite(t *testing.T) {
	c := newCoreClient(t, func(o *auth.Options) { o.EmailAndPassword.SignInThrottle.MaxFailures = 1000 })
	c.ok(http.MethodPost, "/sign-up/email", map[string]any{"name": "Ada", "email": coreEmail, "password": corePassword})
	id := c.user()["id"].(string)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			c.another().do(http.MethodPost, "/sign-in/email", map[string]any{"email": coreEmail, "password": "wrong password"})
		})
	}
	all.Wait()
	rows, err := c.Context().Store.Find(t.Context(), store.Query{Model: schema.VerificationModel, Where: store.Where{store.Is("identifier", "sign-in-failures-"+id)}})
	if err != nil || len(rows) != 1 || rows[0]["value"] != "20" {
		t.Errorf("counted %v, %v", rows, err)
	}
}

func TestTheCookieCacheOverSQLite(t *testing.T) {
	for _, strategy := range []string{"compact", "jwt", "jwe"} {
		c := newCoreClient(t, func(o *auth.Options) {
			o.Session.CookieCache = auth.CookieCache{Enabled: option.On, Strategy: strategy}
		})
		c.ok(http.MethodPost, "/sign-up/email", map[string]any{"name": "Ada", "email": coreEmail, "password": corePassword, "newsletter": true})
		stored := c.ok(http.MethodGet, "/get-session?disableCookieCache=true", nil)
		if diff := cmp.Diff(stored, c.ok(http.MethodGet, "/get-session", nil)); diff != "" {
			t.Errorf("%s: the copy is not the session (-stored +copied):\n%s", strategy, diff)
		}
	}
}
