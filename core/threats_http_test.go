package core_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/ratelimit"
	"github.com/goauth-dev/goauth/core/store"
)

// raw sends text as it is over one connection and returns the answers that came before it was closed or fell silent.
func (s *server) raw(text string) []*http.Response {
	s.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		s.t.Fatal(err)
	}
	_, _ = io.WriteString(conn, text) // a server may close before it has read all
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
	var answers []*http.Response
	for r := bufio.NewReader(conn); ; {
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			return answers
		}
		body, _ := io.ReadAll(res.Body)
		res.Body = io.NopCloser(strings.NewReader(string(body)))
		answers = append(answers, res)
	}
}

// rawPath sends a request with a path that no client would send.
func (s *server) rawPath(method, path, body string) *http.Response {
	s.t.Helper()
	all := s.raw(fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
		method, path, strings.TrimPrefix(s.URL, "http://"), s.URL, len(body), body))
	if len(all) != 1 {
		s.t.Fatalf("%s %s: %d answers", method, path, len(all))
	}
	return all[0]
}

// served lists the routes that are served over HTTP with a path that matches.
func (s *server) served() (list []*auth.Route) {
	for _, r := range s.Routes() {
		if !r.ServerOnly {
			c := *r
			c.Path = strings.ReplaceAll(r.Path, "/:token", "/some-token")
			list = append(list, &c)
		}
	}
	return list
}

func TestHTTP01_OtherMethodsThanARoutesOwnFindNothing(t *testing.T) {
	s := newServer(t, nil)
	c := s.client()
	c.signUp("methods@example.com")
	rows := func() string {
		return fmt.Sprint(s.count("user"), s.count("session"), s.count("account"), s.count("verification"))
	}
	before := rows()
	for _, route := range s.served() {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "get", "X"} {
			if strings.Contains(" "+strings.Join(route.Methods, " ")+" ", " "+method+" ") {
				continue
			}
			res := c.do(request{Method: method, Path: route.Path + "?_method=" + route.Methods[0], Header: http.Header{"X-Http-Method-Override": {route.Methods[0]}}})
			if res.Status != http.StatusNotFound || res.Body != "" {
				t.Errorf("%s %s: %d %q; want an empty 404", method, route.Path, res.Status, res.Body)
			}
		}
	}
	if after := rows(); after != before {
		t.Errorf("rows were %s and are %s", before, after)
	}
}

func TestHTTP02_BodiesNeedAMediaTypeThatTheRouteTakes(t *testing.T) {
	s := newServer(t, nil)
	c := s.client()
	c.signUp("media@example.com")
	forms := 0
	for _, route := range s.served() {
		if route.Methods[len(route.Methods)-1] != auth.POST {
			continue
		}
		takesForm := strings.Contains(strings.Join(route.Media, " "), auth.MediaForm)
		if takesForm {
			forms++
		}
		for _, media := range []string{
			"text/plain", "text/plain;charset=UTF-8", "text/plain; application/json", "multipart/form-data; boundary=x", "application/xml",
			"application/octet-stream", "application/x-www-form-urlencoded", "text/json", "*/*", "x",
		} {
			if takesForm && media == auth.MediaForm {
				continue
			}
			res := c.do(request{Method: "POST", Path: route.Path, Type: media, Body: jsonText(t, validBody(route))})
			if res.Status != http.StatusUnsupportedMediaType {
				t.Errorf("%s with %s: %d %s; want 415", route.Path, media, res.Status, res.Body)
			}
		}
	}
	if forms != 3 {
		t.Errorf("%d routes take forms; the two that sign in and the callback of providers do", forms)
	}
	if s.count("user") != 1 || s.count("session") != 1 {
		t.Error("a refused body changed something")
	}
}

func TestHTTP02_JSONIsTakenWithParametersAndAsAStructuredSuffix(t *testing.T) {
	c := newServer(t, nil).client()
	for i, media := range []string{"application/json; charset=utf-8", "APPLICATION/JSON", "application/json;x=text/plain"} {
		res := c.do(request{Path: "/sign-up/email", Type: media, Body: fmt.Sprintf(`{"name":"N","email":"m%d@example.com","password":%q}`, i, testPassword)})
		if res.Status != http.StatusOK {
			t.Errorf("%s: %d %s; want 200", media, res.Status, res.Body)
		}
	}
}

func TestHTTP03_NoRouteAnswersCrossOriginReads(t *testing.T) {
	s := newServer(t, func(o *auth.Options) { o.TrustedOrigins = []string{"https://trusted.example"} })
	c := s.client()
	c.signUp("cors@example.com")
	for _, route := range s.served() {
		for _, from := range []string{"https://trusted.example", "https://evil.tld", "null"} {
			for _, method := range append([]string{"OPTIONS"}, route.Methods...) {
				res := c.do(request{Method: method, Path: route.Path, Header: http.Header{
					"Origin": {from}, "Access-Control-Request-Method": {"POST"}, "Access-Control-Request-Headers": {"content-type"},
				}})
				for name := range res.Header {
					if strings.HasPrefix(name, "Access-Control-") {
						t.Errorf("%s %s from %s answers %s", method, route.Path, from, name)
					}
				}
			}
		}
	}
}

func TestHTTP05_EveryBodySaysWhatItIs(t *testing.T) {
	s := newServer(t, nil)
	c := s.client()
	for _, route := range s.served() {
		for _, method := range route.Methods {
			res := c.do(request{Method: method, Path: route.Path})
			if media := res.Header.Get("Content-Type"); res.Body != "" && media != "application/json" {
				t.Errorf("%s %s: Content-Type %q of %q", method, route.Path, media, res.Body)
			}
			if route.Path == "/get-session" && method == "GET" && (res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("Pragma") != "no-cache") {
				t.Errorf("get-session may be cached: %v", res.Header)
			}
		}
	}
}

func TestHTTP09_TheBodysTokenWinsOverTheQuerys(t *testing.T) {
	s := newServer(t, nil)
	s.client().signUp("pollution@example.com")
	c := s.client()
	c.post("/request-password-reset", `{"email":"pollution@example.com"}`)
	token := s.waitMail(1).Token
	if res := c.post("/reset-password?token="+token, `{"newPassword":"another password","token":"wrong"}`); res.code() != "INVALID_TOKEN" {
		t.Errorf("a wrong token in the body: %d %s", res.Status, res.Body)
	}
	form := "name=N&email=first@example.com&email=second@example.com&password=long+enough"
	if res := c.do(request{Path: "/sign-up/email", Type: auth.MediaForm, Body: form}); res.Status != http.StatusOK || s.count("user", store.Is("email", "second@example.com")) != 1 {
		t.Errorf("a field twice in a form: %d %s; want the last", res.Status, res.Body)
	}
}

// panics are plugins that panic where a plugin's code runs.
func panics() map[string]auth.Plugin {
	boom := func() { panic("boom: secret-of-the-panic") }
	match := func(c *auth.Call) bool { return c.Path == "/ok" }
	return map[string]auth.Plugin{
		"a handler": {Endpoints: []auth.AnyEndpoint{auth.Endpoint[struct{}, *struct{}]{
			Key: "boom", Method: auth.GET, Path: "/boom", Handle: func(*auth.Call, struct{}) (*struct{}, error) { boom(); return nil, nil },
		}}},
		"a guard": {Endpoints: []auth.AnyEndpoint{auth.Endpoint[struct{}, *struct{}]{
			Key: "boom", Method: auth.GET, Path: "/boom", Use: []auth.Guard{func(*auth.Call) error { boom(); return nil }},
			Handle: func(*auth.Call, struct{}) (*struct{}, error) { return nil, nil },
		}}},
		"a before-hook": {Before: []auth.BeforeHook{{Match: match, Run: func(*auth.Call) (*auth.Answer, error) { boom(); return nil, nil }}}},
		"a matcher":     {Before: []auth.BeforeHook{{Match: func(*auth.Call) bool { boom(); return false }}}},
		"an after-hook": {After: []auth.AfterHook{{Match: match, Run: func(*auth.Call) error { boom(); return nil }}}},
		"middleware":    {Middleware: []auth.Middleware{{Path: "/**", Run: func(*auth.Call) error { boom(); return nil }}}},
		"onRequest":     {OnRequest: func(*auth.Call, *http.Request) (*http.Request, *auth.Answer, error) { boom(); return nil, nil, nil }},
		"onResponse":    {OnResponse: func(*auth.Call, *auth.Reply) error { boom(); return nil }},
	}
}

func TestHTTP13_PanicsAnswerAnEmpty500AndGoToTheLog(t *testing.T) {
	for name, p := range panics() {
		t.Run(name, func(t *testing.T) {
			p.ID = "panics"
			s := newServer(t, func(o *auth.Options) { o.Plugins = []auth.Plugin{p} })
			path := "/ok"
			if len(p.Endpoints) > 0 {
				path = "/boom"
			}
			if res := s.client().get(path); res.Status != http.StatusInternalServerError || res.Body != "" {
				t.Errorf("%d %q; want an empty 500", res.Status, res.Body)
			}
			if log := s.Log.String(); !strings.Contains(log, "boom") || !strings.Contains(log, "stack=") {
				t.Errorf("the log has no stack: %s", log)
			}
		})
	}
}

func TestHTTP13_UnknownErrorsShowNothingOfTheirCause(t *testing.T) {
	cause := errors.New("dial tcp 10.1.2.3:5432: password authentication failed for user \"auth\"")
	s := newServer(t, func(o *auth.Options) {
		o.Hooks.Before = func(c *auth.Call) (*auth.Answer, error) {
			switch c.Header.Get("X-Fail") {
			case "plain":
				return nil, cause
			case "wrapped":
				return nil, auth.Fail(http.StatusServiceUnavailable, auth.FailedToGetSession).Because(cause)
			}
			return nil, nil
		}
	})
	c := s.client()
	for _, route := range s.served() {
		for kind, want := range map[string]int{"plain": 500, "wrapped": 503} {
			res := c.do(request{Method: route.Methods[0], Path: route.Path, Header: http.Header{"X-Fail": {kind}}})
			if res.Status != want || strings.Contains(res.Body, "10.1.2.3") || want == 500 && res.Body != "" {
				t.Errorf("%s, %s error: %d %q", route.Path, kind, res.Status, res.Body)
			}
		}
	}
	if !strings.Contains(s.Log.String(), "10.1.2.3") {
		t.Error("the log does not have the cause")
	}
}

func TestHTTP17_RefusalsForRateSayWhenToComeBack(t *testing.T) {
	s := newServer(t, func(o *auth.Options) { o.RateLimit.Enabled = option.On })
	c := s.client()
	var res answer
	for range 4 {
		res = c.post("/sign-in/email", `{"email":"a@example.com","password":"wrong"}`)
	}
	if res.Status != http.StatusTooManyRequests || res.Header.Get("X-Retry-After") != "10" || res.Header.Get("Retry-After") != "10" {
		t.Errorf("%d %v; want 429 with both headers at 10", res.Status, res.Header)
	}
	if res.Body != `{"message":"Too many requests. Please try again later."}` {
		t.Errorf("body %s", res.Body)
	}
	s.Clock.Advance(7500 * time.Millisecond)
	if res = c.post("/sign-in/email", `{}`); res.Header.Get("Retry-After") != "3" {
		t.Errorf("after 7.5 s Retry-After is %q; want 3", res.Header.Get("Retry-After"))
	}
	s.Clock.Advance(2500 * time.Millisecond)
	if res = c.post("/sign-in/email", `{}`); res.Status == http.StatusTooManyRequests {
		t.Error("still refused when the time is over")
	}
}

func TestGO016_NoPathIsAnsweredByARedirect(t *testing.T) {
	s := newServer(t, nil)
	for _, path := range []string{
		"//api/auth/get-session", "/api//auth/get-session", "/api/auth//get-session", "/api/auth/get-session/", "/api/auth/get-session//",
		"/api/auth", "/api/auth/", "/", "//", "/api/auth/x/../get-session/", "/api/auth%2Fget-session", "/api%2Fauth/get-session",
		"//evil.tld/..", "//evil.tld/%2f..", "/\\evil.tld", "/api/auth/..;/get-session", "/api/auth/%2e%2e%2fget-session",
	} {
		res := s.rawPath("GET", path, "")
		if res.StatusCode != http.StatusNotFound || res.Header.Get("Location") != "" {
			t.Errorf("%s: %d, Location %q; want 404", path, res.StatusCode, res.Header.Get("Location"))
		}
	}
}

func TestUP129_OnlyPathsBelowTheBasePathAreRoutes(t *testing.T) {
	s := newServer(t, nil)
	for _, path := range []string{
		"/get-session", "/api/authevil/get-session", "/api/authget-session", "/api/auth.evil/get-session", "/xapi/auth/get-session", "/api/auth/api/auth/get-session",
		"/API/auth/get-session", "/api/get-session", "/auth/get-session", "/x/api/auth/get-session", "/api/auth/../get-session",
	} {
		if res := s.rawPath("GET", path, ""); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d; want 404", path, res.StatusCode)
		}
	}
	if res := s.rawPath("GET", "/api/auth/get-session", ""); res.StatusCode != http.StatusOK {
		t.Errorf("get-session: %d", res.StatusCode)
	}
}

// spellings are other ways to write /api/auth/sign-in/email.
var spellings = []string{
	"/api/auth//sign-in/email", "/api/auth/sign-in/email/", "/api/auth/sign-in/email//", "/api/auth/./sign-in/email", "/api/auth/%2e/sign-in/email",
	"/api/auth/x/../sign-in/email", "/api/auth/x/%2e%2e/sign-in/email", "/api/auth/%73ign-in/email", "/api/auth/sign-in%2Femail", "/api/auth/sign-in%2femail",
	"/api/auth/SIGN-IN/email", "/api/auth/sign-in/email;x", "/api/auth;x/sign-in/email", "/api/auth/sign-in;x=1/email", "/api/auth/sign-in/email%20",
	"/api/auth/sign-in/email%00", "/api/auth/sign-in\\email", "/api/auth\\sign-in/email", "/x/../api/auth/sign-in/email", "/api/auth/sign-in/email?",
	"/api/auth/sign-in/email#x", "/api/auth/sign-in/./email", "/api/auth/sign-in//email", "//api/auth/sign-in/email", "/api/auth/sign-in/email/.",
}

func TestOLD009_OtherSpellingsOfAPathFallUnderItsRules(t *testing.T) {
	const body = `{"email":"a@example.com","password":"wrong password"}`
	disabled := newServer(t, func(o *auth.Options) { o.DisabledPaths = []string{"/sign-in/email"} })
	trailing := newServer(t, func(o *auth.Options) {
		o.DisabledPaths = []string{"/sign-in/email"}
		o.Advanced.SkipTrailingSlashes = true
	})
	for _, path := range spellings {
		for _, s := range []*server{disabled, trailing} {
			if res := s.rawPath("POST", path, body); res.StatusCode != http.StatusNotFound && res.StatusCode != http.StatusBadRequest {
				t.Errorf("%s of a disabled path: %d", path, res.StatusCode)
			}
		}
		limited := newServer(t, func(o *auth.Options) {
			o.RateLimit.Enabled, o.Advanced.SkipTrailingSlashes = option.On, true
			o.RateLimit.CustomRules = auth.RateLimitRules{{Pattern: "/sign-in/email", Rule: ratelimit.Rule{Window: time.Hour, Max: 1}}}
		})
		limited.rawPath("POST", "/api/auth/sign-in/email", body)
		switch res := limited.rawPath("POST", path, body); res.StatusCode {
		case http.StatusNotFound, http.StatusTooManyRequests, http.StatusBadRequest:
		default:
			t.Errorf("%s has another limit: %d", path, res.StatusCode)
		}
	}
}

func TestOLD009_SomeSpellingsReachTheRoute(t *testing.T) {
	s := newServer(t, nil) // so that the test above is one of rules, not of a router that knows one spelling
	for _, path := range []string{"/api/auth/./sign-in/email", "/api/auth/x/../sign-in/email", "/x/../api/auth/sign-in/email"} {
		if res := s.rawPath("POST", path, `{"email":"a@example.com","password":"wrong"}`); res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

func TestGO020_NoAuthorizationHeaderBreaksTheServer(t *testing.T) {
	s := newServer(t, nil)
	forms := []string{"Bearer %", "Bearer %zz", "Basic !!", "Basic", "Bearer", "Bearer ", "Basic Og==", "Basic /w==", "bearer null", "Bearer " + strings.Repeat("%", 1000), "Digest x", ":", "\xff"}
	random := rand.New(rand.NewPCG(1, 2))
	for range 10_000 {
		b := make([]byte, random.IntN(40))
		for i := range b {
			b[i] = byte(0x20 + random.IntN(0xe0))
			if b[i] == 0x7f {
				b[i] = '%'
			}
		}
		forms = append(forms, []string{"Bearer ", "Basic ", ""}[random.IntN(3)]+string(b))
	}
	for i, form := range forms {
		path := []string{"/get-session", "/list-sessions", "/list-accounts"}[i%3]
		w := newRecorder()
		r, err := http.NewRequest(http.MethodGet, s.URL+apiBase+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header["Authorization"] = []string{form}
		s.ServeHTTP(w, r)
		want := map[string]int{"/get-session": 200}[path]
		if want == 0 {
			want = 401
		}
		if w.Code != want {
			t.Errorf("%q: %d; want %d", form, w.Code, want)
		}
	}
}

func TestFAULT014_HeaderBombsAreAnsweredQuickly(t *testing.T) {
	s := newServer(t, nil)
	var cookies strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&cookies, "c%d=%d; better-auth.session_data.%d=x; ", i, i, i)
	}
	request := func(header string) string {
		return "GET /api/auth/get-session HTTP/1.1\r\nHost: x\r\n" + header + "\r\nConnection: close\r\n\r\n"
	}
	cases := map[string]struct {
		text string
		want []int
	}{
		"headers of 2 MB":        {request("X: " + strings.Repeat("a", 2<<20)), []int{431}},
		"100,000 headers":        {request(strings.Repeat("X-Y: aaaaaaaaaa\r\n", 100_000) + "X: y"), []int{431}},
		"20,000 cookies":         {request("Cookie: " + cookies.String()), []int{200}},
		"a cookie of 100 KB":     {request("Cookie: better-auth.session_token=" + strings.Repeat("a", 100<<10)), []int{200}},
		"a signed look":          {request("Cookie: better-auth.session_token=" + strings.Repeat("a.", 50<<10)), []int{200}},
		"a copy of 100 KB":       {request("Cookie: better-auth.session_data=" + strings.Repeat("a", 100<<10)), []int{200}},
		"a URL of 64 KB":         {"GET /api/auth/" + strings.Repeat("a", 64<<10) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", []int{404, 414}},
		"a URL of 64 KB of dots": {"GET /api/auth/" + strings.Repeat("../", 20<<10) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", []int{404, 414}},
		"a query of 64 KB":       {"GET /api/auth/ok?" + strings.Repeat("a=&", 20<<10) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", []int{200, 414}},
		"20,000 query names":     {"GET /api/auth/ok?" + manyPairs(20_000) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", []int{200, 400, 414}},
	}
	for name, tt := range cases {
		began := time.Now()
		all := s.raw(tt.text)
		if len(all) == 0 {
			continue // closed
		}
		if !contains(tt.want, all[0].StatusCode) {
			t.Errorf("%s: %d; want one of %v", name, all[0].StatusCode, tt.want)
		}
		if took := time.Since(began); took > 500*time.Millisecond {
			t.Errorf("%s took %v", name, took)
		}
	}
}

func manyPairs(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "n%d=&", i)
	}
	return b.String()
}

func contains(list []int, n int) bool {
	for _, v := range list {
		if v == n {
			return true
		}
	}
	return false
}

func TestHTTP05_NoAnswersTypeIsGuessed(t *testing.T) {
	s := newServer(t, func(o *auth.Options) { limited(o); o.DisabledPaths = []string{"/list-accounts"} })
	statuses := map[int]bool{}
	for _, r := range []request{
		{Path: "/ok"}, {Path: "/get-session"}, {Path: "/error?error=x"}, {Path: "/no-such-path"}, {Path: "/list-accounts"}, {Path: "/list-sessions"},
		post("/sign-in/email", map[string]any{"email": flowEmail, "password": "wrong"}),
		post("/sign-in/email", map[string]any{"email": flowEmail, "password": "wrong"}),
		post("/sign-in/email", map[string]any{"email": flowEmail, "password": "wrong"}),
		post("/sign-in/email", map[string]any{"email": flowEmail, "password": "wrong"}),
		{Path: "/reset-password/unknown?callbackURL=/x"}, {Method: http.MethodPut, Path: "/ok"},
	} {
		res := s.direct(r)
		statuses[res.Status] = true
		if got := res.Header["X-Content-Type-Options"]; len(got) != 1 || got[0] != "nosniff" {
			t.Errorf("%s answered %d with X-Content-Type-Options %q", r.Path, res.Status, got)
		}
	}
	for _, status := range []int{200, 302, 401, 404, 429} {
		if !statuses[status] {
			t.Errorf("no answer was %d; the test misses a kind of answer: %v", status, statuses)
		}
	}
}
