package echoadapter_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/store/memory"
	"github.com/goauth-dev/goauth/echoadapter"
)

const origin = "http://app.example"

func newAuth(t *testing.T, change func(o *auth.Options)) *core.Auth {
	t.Helper()
	o := auth.Options{
		BaseURL: origin, Secret: "echo-secret-0123456789-abcdefghijklmn", Database: memory.New(),
		Getenv: func(string) string { return "" },
		EmailAndPassword: auth.EmailAndPassword{Enabled: true, Password: auth.PasswordHash{
			Hash:   func(_ context.Context, p string) (string, error) { return "fast:" + p, nil },
			Verify: func(_ context.Context, hash, p string) (bool, error) { return hash == "fast:"+p, nil },
		}},
	}
	o.RateLimit.Enabled = option.Off
	if change != nil {
		change(&o)
	}
	a, err := core.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close(context.Background()) })
	return a
}

func mounted(a *core.Auth, middleware ...echo.MiddlewareFunc) *echo.Echo {
	e := echo.New()
	echoadapter.Mount(e, a, middleware...)
	return e
}

func post(path string, body io.Reader) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, body)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", origin)
	return r
}

const ada = `{"name":"Ada","email":"ada@example.com","password":"correct horse"}`

// signUp creates a user and returns the session's cookie.
func signUp(t *testing.T, h http.Handler, header http.Header) string {
	t.Helper()
	r := post("/api/auth/sign-up/email", strings.NewReader(ada))
	for name, values := range header {
		r.Header[name] = values
	}
	res := serve(h, r)
	if res.Code != http.StatusOK {
		t.Fatalf("sign-up: %d %s", res.Code, res.Body)
	}
	for _, ck := range res.Result().Cookies() {
		if strings.HasSuffix(ck.Name, "session_token") {
			return ck.Name + "=" + ck.Value
		}
	}
	t.Fatal("sign-up set no cookie")
	return ""
}

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	res := httptest.NewRecorder()
	h.ServeHTTP(res, r)
	return res
}

func get(path, cookie string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	return r
}

func TestMountServesBelowTheBasePath(t *testing.T) {
	for _, c := range []struct{ name, basePath, baseURL, at string }{
		{name: "by default", at: "/api/auth"},
		{name: "by the option", basePath: "/identity/v1", at: "/identity/v1"},
		{name: "at the root", basePath: "/", at: ""},
		{name: "by the base URL", baseURL: origin + "/custom", at: "/custom"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := mounted(newAuth(t, func(o *auth.Options) {
				o.BasePath = c.basePath
				if c.baseURL != "" {
					o.BaseURL = c.baseURL
				}
			}))
			e.GET("/own", func(c echo.Context) error { return c.String(http.StatusOK, "own") })
			if res := serve(e, get(c.at+"/ok", "")); res.Code != http.StatusOK || res.Body.String() != `{"ok":true}` {
				t.Errorf("GET %s/ok: %d %s", c.at, res.Code, res.Body)
			}
			if res := serve(e, get("/own", "")); res.Body.String() != "own" {
				t.Errorf("GET /own: %d %s", res.Code, res.Body)
			}
		})
	}
}

func TestMountLeavesEveryAnswerBelowTheBasePathToTheServer(t *testing.T) {
	e := mounted(newAuth(t, nil))
	for _, r := range []*http.Request{
		get("/api/auth/nothing", ""), get("/api/auth/sign-up/email", ""), get("/api/auth/ok/", ""), get("/api/auth//ok", ""),
		httptest.NewRequest(http.MethodDelete, "/api/auth/ok", nil), httptest.NewRequest(http.MethodOptions, "/api/auth/ok", nil),
	} {
		if res := serve(e, r); res.Code != http.StatusNotFound || res.Body.Len() > 0 {
			t.Errorf("%s %s: %d %q, want an empty 404", r.Method, r.URL, res.Code, res.Body)
		}
	}
	if res := serve(e, get("/elsewhere", "")); !strings.Contains(res.Body.String(), "Not Found") {
		t.Errorf("a path of the application's: %d %q, want Echo's own 404", res.Code, res.Body)
	}
}

func TestMountsMiddlewareRunsForItsRoutesAndSeesTheAnswer(t *testing.T) {
	var seen []int
	watch := func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			err := next(c)
			seen = append(seen, c.Response().Status, int(c.Response().Size))
			return err
		}
	}
	e := mounted(newAuth(t, nil), watch)
	e.GET("/own", func(c echo.Context) error { return c.NoContent(http.StatusNoContent) })
	serve(e, get("/api/auth/ok", ""))
	serve(e, get("/own", ""))
	serve(e, get("/api/auth/nothing", ""))
	if want := []int{http.StatusOK, len(`{"ok":true}`), http.StatusNotFound, 0}; !slices.Equal(seen, want) {
		t.Errorf("statuses and sizes %v, want %v", seen, want)
	}
}

// Whoever sends a request decides what RealIP says; the server reads the headers that the options name, and believes them
// only as far as the options say.
func TestClientAddressIsTheServersToFind(t *testing.T) {
	for _, c := range []struct {
		name   string
		header http.Header
		ip     auth.IPAddressOptions
		want   string
	}{
		{name: "X-Real-IP says nothing", header: http.Header{"X-Real-Ip": {"6.6.6.6"}}, want: ""},
		{name: "the forwarding list", header: http.Header{"X-Forwarded-For": {"203.0.113.9"}, "X-Real-Ip": {"6.6.6.6"}}, want: "203.0.113.9"},
		{name: "the list behind a proxy", header: http.Header{"X-Forwarded-For": {"6.6.6.6, 203.0.113.9, 10.0.0.1"}},
			ip: auth.IPAddressOptions{TrustedProxies: []string{"10.0.0.0/8"}}, want: "203.0.113.9"},
		{name: "a header of one's own", header: http.Header{"X-Forwarded-For": {"6.6.6.6"}, "Cf-Connecting-Ip": {"203.0.113.9"}},
			ip: auth.IPAddressOptions{Headers: []string{"cf-connecting-ip"}}, want: "203.0.113.9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newAuth(t, func(o *auth.Options) { o.Advanced.IPAddress = c.ip })
			e := mounted(a)
			s, err := a.Session(get("/", signUp(t, e, c.header)))
			if err != nil || s == nil {
				t.Fatalf("session %+v, error %v", s, err)
			}
			got := ""
			if s.Session.IPAddress != nil {
				got = *s.Session.IPAddress
			}
			if got != c.want {
				t.Errorf("the session's address is %q, want %q", got, c.want)
			}
		})
	}
}

// countingBody counts the bytes that are read of a body.
type countingBody struct {
	io.Reader
	read int
}

func (b *countingBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	b.read += n
	return n, err
}

func TestBodyIsReadOnceAndNoFurtherThanTheLimit(t *testing.T) {
	e := mounted(newAuth(t, nil))
	body := &countingBody{Reader: strings.NewReader(ada)}
	r := post("/api/auth/sign-up/email", body)
	r.ContentLength = -1
	if res := serve(e, r); res.Code != http.StatusOK || body.read != len(ada) {
		t.Errorf("%d %s, %d of %d bytes read", res.Code, res.Body, body.read, len(ada))
	}
	huge := &countingBody{Reader: io.MultiReader(strings.NewReader(`{"name":"`), bytes.NewReader(make([]byte, 64<<20)))}
	r = post("/api/auth/sign-up/email", huge)
	r.ContentLength = -1
	if res := serve(e, r); res.Code != http.StatusRequestEntityTooLarge || huge.read > 2<<20 {
		t.Errorf("%d, %d bytes read; want 413 after little more than 1 MiB", res.Code, huge.read)
	}
}

func TestRequireSessionGivesHandlersTheSession(t *testing.T) {
	a := newAuth(t, nil)
	e := mounted(a)
	e.GET("/me", func(c echo.Context) error {
		return c.JSON(http.StatusOK, echoadapter.Session(c).User)
	}, echoadapter.RequireSession(a))
	e.GET("/teapot", func(echo.Context) error { return echo.NewHTTPError(http.StatusTeapot, "short and stout") }, echoadapter.RequireSession(a))
	e.GET("/open", func(c echo.Context) error { return c.JSON(http.StatusOK, echoadapter.Session(c)) })
	cookie := signUp(t, e, nil)

	res := serve(e, get("/me", cookie))
	var user struct{ Name, Email string }
	if err := json.Unmarshal(res.Body.Bytes(), &user); err != nil || user.Name != "Ada" || user.Email != "ada@example.com" {
		t.Errorf("with a session: %d %s", res.Code, res.Body)
	}
	const refused = `{"message":"Unauthorized","code":"UNAUTHORIZED"}`
	res = serve(e, get("/me", ""))
	if res.Code != http.StatusUnauthorized || res.Body.String() != refused || res.Header().Get("Content-Type") != "application/json" {
		t.Errorf("without a session: %d %s", res.Code, res.Body)
	}
	if res := serve(e, get("/me", strings.Replace(cookie, "=", "=x", 1))); res.Code != http.StatusUnauthorized {
		t.Errorf("with a forged cookie: %d %s", res.Code, res.Body)
	}
	if res := serve(e, get("/teapot", cookie)); res.Code != http.StatusTeapot || !strings.Contains(res.Body.String(), "short and stout") {
		t.Errorf("a handler's error is lost: %d %s", res.Code, res.Body)
	}
	if res := serve(e, get("/open", cookie)); strings.TrimSpace(res.Body.String()) != "null" {
		t.Errorf("Session without RequireSession: %s, want nil", res.Body)
	}
}
