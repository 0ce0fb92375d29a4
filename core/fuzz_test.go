package core_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/origin"
	"github.com/goauth-dev/goauth/core/routes"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store/memory"
)

// fuzzed is a server without a network, with every feature of the core on, and the cookies of a user.
func fuzzed(t testing.TB) (*core.Auth, string) {
	t.Helper()
	a, err := core.New(bare(func(o *auth.Options) {
		o.TrustedOrigins = []string{"https://a.com", "https://*.wild.example"}
		o.Database = textOnly{memory.New()}
		o.Advanced.Background.Workers = 1
		o.Advanced.UseSecureCookies, o.Advanced.SkipTrailingSlashes = option.Off, true
		o.Session.CookieCache.Enabled = option.On
		o.EmailVerification.SendOnSignIn = true
		fields := schema.Fields{
			{Name: "nick", Type: schema.String, Required: option.Off}, {Name: "age", Type: schema.Number, Required: option.Off},
			{Name: "born", Type: schema.Date, Required: option.Off}, {Name: "tags", Type: schema.Strings, Required: option.Off}, {Name: "extra", Type: schema.JSON, Required: option.Off},
		}
		o.User.AdditionalFields, o.Session.AdditionalFields = fields, fields
		o.EmailAndPassword.SignInThrottle.MaxFailures = 3
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close(context.Background()) })
	var reply *auth.Reply
	if _, err := routes.SignUpEmail.Call(t.Context(), a, signUpIn("fuzz@example.com"), auth.WithReply(&reply)); err != nil {
		t.Fatal(err)
	}
	return a, cookieHeader(reply).Get("Cookie")
}

// asReceived reports whether net/http would hand a header value to a handler.
func asReceived(values ...string) bool {
	for _, v := range values {
		if strings.ContainsFunc(v, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			return false
		}
	}
	return true
}

func FuzzRequest(f *testing.F) {
	for _, seed := range [][5]string{
		{"POST", "/api/auth/sign-up/email", "application/json", "", `{"name":"N","email":"n@example.com","password":"long enough","nick":"x","age":1}`},
		{"POST", "/api/auth/sign-in/email", "application/x-www-form-urlencoded", "https://app.example.com", "email=fuzz%40example.com&password=correct+horse+battery"},
		{"POST", "/api/auth/update-user", "application/json", "https://app.example.com", `{"name":"\ud83d\ude00","image":null,"tags":["a"],"born":"2020-01-01","age":"12","extra":{"a":[1e400]}}`},
		{"POST", "/api/auth/update-session", "application/json", "https://app.example.com", `{"nick":"x","age":-0}`},
		{"POST", "/api/auth/reset-password?token=%00%ff", "application/json", "", `{"newPassword":"x"}`},
		{"GET", "/api/auth/reset-password/%2e%2e?callbackURL=/a?b=c", "", "", ""},
		{"GET", "/api/auth/verify-email?token=eyJhbGciOiJIUzI1NiJ9.e30.AA&callbackURL=https://a.com", "", "", ""},
		{"GET", "/api/auth/error?error=%3Cscript%3E&error_description=x", "", "", ""},
		{"GET", "/api/auth/delete-user/callback?token=x&token=y", "", "", ""},
		{"POST", "/api/auth/delete-user", "application/json", "https://app.example.com", `{"password":"wrong","callbackURL":"/x"}`},
		{"POST", "/api/auth/change-email", "application/json", "https://app.example.com", `{"newEmail":"other@example.com","callbackURL":"//x"}`},
		{"POST", "/api/auth/change-password", "application/json", "https://app.example.com", `{"newPassword":"another password","currentPassword":"correct horse battery","revokeOtherSessions":true}`},
		{"GET", "/api/auth/", "", "", ""},
		{"TRACE", "//api/auth/./ok/%2e%2e/ok", "x/y", "null", "\xff"},
		{"POST", "/api/auth/sign-out", "application/json", "https://app.example.com", "{"},
		{"POST", "/api/auth/sign-up/email", "application/vnd.x+json;charset=x", "", `[[[[1,2]]],{"a":"\u0000"}]`},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3], seed[4])
	}
	f.Fuzz(func(t *testing.T, method, target, media, from, body string) {
		u, err := url.ParseRequestURI(target)
		if err != nil || !asReceived(method, media, from) || method == "" {
			t.Skip()
		}
		a, cookies := fuzzed(t)
		for _, cookie := range []string{cookies, "", cookies + body, "better-auth.session_token=" + body + "; better-auth.session_data=" + body} {
			if !asReceived(cookie) {
				continue
			}
			r := &http.Request{Method: method, URL: u, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Host: "app.example.com", Header: http.Header{}}
			r.Body, r.ContentLength = readCloser{strings.NewReader(body)}, int64(len(body))
			for name, v := range map[string]string{"Content-Type": media, "Origin": from, "Cookie": cookie, "User-Agent": from, "X-Forwarded-For": from} {
				if v != "" {
					r.Header.Set(name, v)
				}
			}
			w := newRecorder()
			a.ServeHTTP(w, r)
			_, parsing := js.Parse([]byte(strings.TrimPrefix(body, "\ufeff")))
			if malformed := errors.Is(parsing, js.ErrSyntax); w.Code >= 500 && !(malformed && w.Code == 500 && w.Body.Len() == 0) {
				t.Errorf("%s %s as %q from %q with %q and %q: %d %s", method, target, media, from, cookie, body, w.Code, w.Body)
			}
			if location := w.Header().Get("Location"); location != "" && !staysHome(location) {
				t.Errorf("%s %s as %q with %q: redirects to %q", method, target, media, body, location)
			}
		}
	})
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

// isTrusted tells the origins that fuzzed trusts, by what a browser makes of a URL.
func isTrusted(u *origin.URL) bool {
	own, ok := u.Origin()
	return ok && (own == "https://app.example.com" || own == "https://a.com" ||
		u.Protocol == "https:" && strings.HasSuffix(u.Host(), ".wild.example"))
}

func staysHome(location string) bool {
	u, err := origin.ResolveURL(location, "https://app.example.com")
	return err == nil && isTrusted(u)
}

func FuzzOriginHeader(f *testing.F) {
	for _, seed := range []string{
		"", "null", "https://app.example.com", "https://a.com", "https://x.wild.example", "https://evil.tld", "https://a.com.evil.tld", "https://a.com@evil.tld", "http://a.com",
		"https:a.com", `https:\\a.com`, "https://a.com\t", "https://ａ.com", "https://evil.tld#x.wild.example", "/", "//a.com", "https://a.com:443", "https://x.wild.example:444",
	} {
		f.Add(seed, "", false)
		f.Add("", seed, true)
	}
	a, cookies := fuzzed(f)
	f.Fuzz(func(t *testing.T, from, referer string, withCookies bool) {
		if !asReceived(from, referer) {
			t.Skip()
		}
		r, err := http.NewRequest(http.MethodPost, "https://app.example.com/api/auth/sign-in/email", strings.NewReader(`{"email":"nobody@example.com","password":"x"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		for name, v := range map[string]string{"Origin": from, "Referer": referer} {
			if v != "" {
				r.Header.Set(name, v)
			}
		}
		if withCookies {
			r.Header.Set("Cookie", cookies)
		}
		w := newRecorder()
		if a.ServeHTTP(w, r); w.Code >= 500 {
			t.Fatalf("Origin %q, Referer %q: %d", from, referer, w.Code)
		}
		if w.Code == http.StatusForbidden {
			return
		}
		said := from
		if said == "" {
			said = referer
		}
		if said == "" {
			if withCookies {
				t.Error("a request with cookies passed although it does not say where it comes from")
			}
			return
		}
		if u, err := origin.ParseURL(said); err != nil || !isTrusted(u) {
			t.Errorf("Origin %q, Referer %q passed: %d", from, referer, w.Code)
		}
	})
}

func FuzzAuthorizationHeader(f *testing.F) {
	for _, seed := range []string{"Bearer %", "Bearer %zz", "Basic !!", "Basic Og==", "Bearer ", "bearer null", "", "Bearer a.b.c", "Bearer a.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "\xff"} {
		f.Add(seed)
	}
	a, _ := fuzzed(f)
	f.Fuzz(func(t *testing.T, value string) {
		if !asReceived(value) {
			t.Skip()
		}
		for path, want := range map[string]int{"/get-session": 200, "/list-accounts": 401, "/list-sessions": 401} {
			r, err := http.NewRequest(http.MethodGet, "https://app.example.com/api/auth"+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header["Authorization"] = []string{value}
			w := newRecorder()
			if a.ServeHTTP(w, r); w.Code != want || want == 200 && w.Body.String() != "null" {
				t.Errorf("%s with %q: %d %s", path, value, w.Code, w.Body)
			}
		}
	})
}
