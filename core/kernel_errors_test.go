package core_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/auth"
)

func failing(err error) func(o *auth.Options) {
	return func(o *auth.Options) {
		o.Hooks.Before = func(c *auth.Call) (*auth.Answer, error) {
			switch c.Header.Get("X-Fail") {
			case "unknown":
				return nil, err
			case "panic":
				panic(err)
			}
			return nil, nil
		}
	}
}

func TestOnErrorHearsOfEveryErrorButRedirects(t *testing.T) {
	boom := errors.New("boom")
	var heard []string
	s := newServer(t, func(o *auth.Options) {
		failing(boom)(o)
		o.OnAPIError.OnError = func(err error, c *auth.Call) {
			kind := "unknown"
			if failure, ok := errors.AsType[*auth.Error](err); ok {
				kind = failure.Code.ID
			}
			heard = append(heard, c.Path+" "+kind)
		}
	})
	c := s.client()
	c.get("/ok")
	c.get("/list-sessions")
	c.get("/reset-password/x?callbackURL=/y")
	c.get("/error")
	c.do(request{Path: "/ok", Header: http.Header{"X-Fail": {"unknown"}}})
	c.do(request{Path: "/ok", Header: http.Header{"X-Fail": {"panic"}}})
	c.post("/sign-in/email", "{")
	want := []string{"/list-sessions UNAUTHORIZED", "/ok unknown", "/ok unknown", "/sign-in/email unknown"}
	if diff := cmp.Diff(want, heard); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if log := s.Log.String(); strings.Contains(log, "boom") {
		t.Errorf("the error is logged beside:\n%s", log)
	}
}

func TestAPanicOfOnErrorIsOnlyLogged(t *testing.T) {
	s := newServer(t, func(o *auth.Options) {
		o.OnAPIError.OnError = func(error, *auth.Call) { panic("boom in the observer") }
	})
	if res := s.client().get("/list-sessions"); res.Status != http.StatusUnauthorized {
		t.Errorf("%d %s", res.Status, res.Body)
	}
	if !strings.Contains(s.Log.String(), "boom in the observer") {
		t.Errorf("the log: %s", s.Log)
	}
}

func TestThrowAbortsOnUnknownErrorsOnly(t *testing.T) {
	heard := 0
	s := newServer(t, func(o *auth.Options) {
		failing(errors.New("boom"))(o)
		o.OnAPIError.Throw = true
		o.OnAPIError.OnError = func(error, *auth.Call) { heard++ }
	})
	serve := func(path, fail string) (status int, thrown any) {
		defer func() { thrown = recover() }()
		r, err := http.NewRequest(http.MethodGet, s.URL+apiBase+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Fail", fail)
		w := newRecorder()
		s.ServeHTTP(w, r)
		return w.Code, nil
	}
	for _, fail := range []string{"unknown", "panic"} {
		heard = 0
		if _, thrown := serve("/ok", fail); thrown != http.ErrAbortHandler || heard != 1 { //nolint:errorlint // a panic value is that very error
			t.Errorf("%s: panicked with %v, heard %d times; want http.ErrAbortHandler and once", fail, thrown, heard)
		}
	}
	if status, thrown := serve("/list-sessions", ""); status != 401 || thrown != nil {
		t.Errorf("an answer: %d, panicked with %v", status, thrown)
	}
}

func TestErrorsOfClientsAreNotLoggedAsErrors(t *testing.T) {
	s := newServer(t, nil)
	c := s.client()
	c.get("/list-sessions")
	c.post("/sign-in/email", "{")
	if log := s.Log.String(); strings.Contains(log, "level=ERROR") {
		t.Errorf("the log: %s", log)
	}
	failed := newServer(t, failing(errors.New("boom")))
	failed.client().do(request{Path: "/reset-password/very-secret-token?callbackURL=/x", Header: http.Header{"X-Fail": {"unknown"}}})
	log := failed.Log.String()
	if !strings.Contains(log, "level=ERROR") || !strings.Contains(log, "path=/reset-password/:token") || strings.Contains(log, "very-secret-token") {
		t.Errorf("the log: %s", log)
	}
}

// hostile are values for the error page.
var hostile = []string{
	"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "'-alert(1)-'", "</style><script>1</script>", "{{.}}", "${7*7}", "javascript:alert(1)",
	"a b", "<!--", "\u2028", "&lt;script&gt;", "x\r\nSet-Cookie: a=b", "</title><script>",
}

func TestOLD004_TheErrorPageShowsNothingAsMarkup(t *testing.T) {
	for name, change := range map[string]func(o *auth.Options){
		"development": func(o *auth.Options) { o.Mode = auth.Development },
		"customized":  func(o *auth.Options) { o.OnAPIError.CustomizeDefaultErrorPage = &auth.ErrorPage{} },
	} {
		s := newServer(t, change)
		clean := s.client().get("/error?error=state_mismatch&error_description=Plain").Body
		for _, text := range hostile {
			res := s.client().get("/error?error=" + escape(text) + "&error_description=" + escape(text))
			if res.Status != 200 || res.Header.Get("Content-Type") != "text/html" || res.Header.Get("X-Content-Type-Options") != "nosniff" || res.Header.Get("Referrer-Policy") != "no-referrer" {
				t.Errorf("%s, %q: %d %v", name, text, res.Status, res.Header)
			}
			policy := res.Header.Get("Content-Security-Policy")
			if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "script-src") {
				t.Errorf("%s: the policy is %q", name, policy)
			}
			if strings.Count(res.Body, "<") != strings.Count(clean, "<") || strings.Contains(res.Body, "<script") {
				t.Errorf("%s, %q: it is markup in\n%s", name, text, res.Body)
			}
			if !strings.Contains(res.Body, "UNKNOWN") && text != "'-alert(1)-'" {
				t.Errorf("%s, %q: it is taken for a code", name, text)
			}
		}
		if !strings.Contains(clean, "state_mismatch") || !strings.Contains(clean, "Plain") {
			t.Errorf("%s: code and description are not shown:\n%s", name, clean)
		}
	}
}

func escape(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		b.WriteString("%" + string("0123456789abcdef"[c>>4]) + string("0123456789abcdef"[c&15]))
	}
	return b.String()
}

func TestTheErrorPageRedirectsWhereItIsConfigured(t *testing.T) {
	cases := map[string]struct {
		change func(o *auth.Options)
		query  string
		want   string
	}{
		"in production":           {nil, "?error=x&error_description=a+b", "/?error=x&error_description=a+b"},
		"to a page":               {func(o *auth.Options) { o.OnAPIError.ErrorURL = "https://app.example/oops" }, "?error=x", "https://app.example/oops?error=x"},
		"to a page with a query":  {func(o *auth.Options) { o.OnAPIError.ErrorURL = "/oops?a=b" }, "?error=x", "/oops?a=b&error=x"},
		"in development too":      {func(o *auth.Options) { o.Mode, o.OnAPIError.ErrorURL = auth.Development, "/oops" }, "?error=x", "/oops?error=x"},
		"without an error":        {nil, "", "/?error=UNKNOWN"},
		"with what is no code":    {nil, "?error=%3Cscript%3E", "/?error=UNKNOWN"},
		"with added parameters":   {nil, "?error=x%26admin%3D1&error_description=y%26z%3D1%23f", "/?error=UNKNOWN&error_description=y%26z%3D1%23f"},
		"with a line break":       {nil, "?error=x&error_description=a%0d%0aSet-Cookie:+b", "/?error=x&error_description=a%0D%0ASet-Cookie%3A+b"},
		"with repeated codes":     {nil, "?error=x&error=y", "/?error=x"},
		"the customized in style": {func(o *auth.Options) { o.OnAPIError.CustomizeDefaultErrorPage = &auth.ErrorPage{} }, "?error=x", ""},
	}
	for name, tt := range cases {
		res := newServer(t, tt.change).client().get("/error" + tt.query)
		if res.Header.Get("Location") != tt.want || (res.Status == http.StatusFound) != (tt.want != "") {
			t.Errorf("%s: %d to %q; want %q", name, res.Status, res.Header.Get("Location"), tt.want)
		}
	}
}

func TestTheErrorPageHasTheLookOfTheOptions(t *testing.T) {
	s := newServer(t, func(o *auth.Options) {
		o.OnAPIError.CustomizeDefaultErrorPage = &auth.ErrorPage{
			Colors: auth.ErrorPageColors{Primary: "rgb(1, 2, 3)"}, Font: auth.ErrorPageFont{MonoFamily: `"Own Mono", monospace`},
		}
	})
	body := s.client().get("/error?error=x").Body
	for _, want := range []string{"rgb(1, 2, 3)", `"Own Mono", monospace`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page has no %s", want)
		}
	}
}
