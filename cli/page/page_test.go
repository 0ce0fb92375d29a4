package page_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/cli/mail"
	"github.com/goauth-dev/goauth/cli/page"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/plugins/openapi"
)

const home = "http://localhost:3000"

func newPage(change func(o *auth.Options)) (http.Handler, *mail.Recent) {
	x := &auth.Context{}
	x.Options.AppName, x.Options.BasePath = `<b>"App"</b>`, "/api/auth"
	x.Options.EmailAndPassword.Enabled = true
	x.Options.EmailAndPassword.MinPasswordLength = 9
	if change != nil {
		change(&x.Options)
	}
	recent := mail.NewRecent(5, func() time.Time { return time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC) })
	return page.New(page.Options{Auth: x, Recent: recent, BaseURL: home + "/api/auth"}), recent
}

func get(h http.Handler, url string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, url, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestThePageRunsUnderAStrictPolicy(t *testing.T) {
	h, _ := newPage(nil)
	w := get(h, home+"/")
	policy := w.Header().Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy %q lacks %q", policy, want)
		}
	}
	if strings.Contains(policy, "unsafe") {
		t.Errorf("the policy is %q", policy)
	}
	body := w.Body.String()
	for _, inline := range []string{`<script>`, ` style="`, ` onclick=`, ` onsubmit=`, `<style`, `javascript:`} {
		if strings.Contains(body, inline) {
			t.Errorf("the page has %s, which its policy forbids", inline)
		}
	}
	if strings.Contains(body, "<b>") || !strings.Contains(body, "&lt;b&gt;") {
		t.Error("the application's name is not escaped")
	}
}

var link = regexp.MustCompile(`(?:href|src)="(/goauth/[^"]+)"|from "(/goauth/[^"]+)"`)

func TestEverythingThatThePageNamesIsThere(t *testing.T) {
	h, _ := newPage(nil)
	seen := map[string]bool{}
	queue := []string{"/"}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		w := get(h, home+path)
		if w.Code != http.StatusOK || w.Body.Len() == 0 || w.Header().Get("Content-Type") == "" {
			t.Errorf("%s: %d, %d bytes of %q", path, w.Code, w.Body.Len(), w.Header().Get("Content-Type"))
		}
		for _, m := range link.FindAllStringSubmatch(w.Body.String(), -1) {
			queue = append(queue, m[1]+m[2])
		}
	}
	if len(seen) != 10 {
		t.Errorf("the page consists of %v", seen)
	}
}

func TestThePageShowsWhatIsConfigured(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(o *auth.Options)
		has    []string
		lacks  []string
	}{
		{"little", nil, []string{`id="form-sign-in"`, "At least 9 characters", `data-plugins=""`, "Create an account"}, []string{`id="form-email"`, `id="form-delete"`, `id="doors-msg"`, "user name", "API reference"}},
		{"everything", func(o *auth.Options) {
			o.User.ChangeEmail.Enabled, o.User.DeleteUser.Enabled = true, true
			mail.Wire(o, mail.NewRecent(1, time.Now))
		}, []string{`id="form-email"`, `id="form-delete"`, "A mail asks you to confirm"}, nil},
		{"plugins", func(o *auth.Options) {
			o.Plugins = []auth.Plugin{{ID: "username"}, {ID: "magic-link"}, {ID: "organization"}, openapi.New(openapi.Options{Path: "/docs"})}
		}, []string{
			`data-plugins="username magic-link organization open-api"`, "E-mail address or user name", `id="up-username"`, `id="form-magic"`, `id="organizations"`,
			`href="/api/auth/docs"`,
		}, []string{`id="form-otp"`, `id="guest"`, `id="form-second"`, `id="keys"`, `id="users"`}},
		{"no sign-up", func(o *auth.Options) { o.EmailAndPassword.DisableSignUp = true }, nil, []string{`data-go="sign-up">Create`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h, _ := newPage(tt.change)
			body := get(h, home+"/").Body.String()
			for _, s := range tt.has {
				if !strings.Contains(body, s) {
					t.Errorf("it lacks %s", s)
				}
			}
			for _, s := range tt.lacks {
				if strings.Contains(body, s) {
					t.Errorf("it has %s", s)
				}
			}
		})
	}
}

func TestMailsAreListedNewestFirst(t *testing.T) {
	h, recent := newPage(nil)
	if got := get(h, home+"/goauth/mails").Body.String(); got != "[]" {
		t.Errorf("an empty mailbox is %s", got)
	}
	for _, m := range []mail.Message{{Kind: mail.ResetPassword, To: "a@x.y", Subject: "<one>", Text: "t", URL: "http://x", Token: "hidden"}, {Subject: "two"}} {
		if err := recent.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	w := get(h, home+"/goauth/mails")
	var got []map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0]["subject"] != "two" || got[1]["url"] != "http://x" || got[1]["at"] != "2026-01-31T12:00:00Z" || got[1]["token"] != nil {
		t.Errorf("got %v", got)
	}
}

func TestOtherHostsAreSentToTheBaseURL(t *testing.T) {
	h, _ := newPage(nil)
	for url, want := range map[string]int{
		"http://localhost:3000/":           http.StatusOK,
		"http://LOCALHOST:3000/":           http.StatusOK,
		"http://127.0.0.1:3000/":           http.StatusFound,
		"http://localhost/":                http.StatusFound,
		"http://evil.example/goauth/mails": http.StatusFound,
	} {
		if w := get(h, url); w.Code != want {
			t.Errorf("%s: %d", url, w.Code)
		} else if at := w.Header().Get("Location"); want == http.StatusFound && at != home+"/" {
			t.Errorf("%s leads to %s", url, at)
		}
	}
}

func TestOtherMethodsAndPathsAreRefused(t *testing.T) {
	h, _ := newPage(nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, home+"/", nil))
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d", w.Code)
	}
	for _, path := range []string{"/goauth/", "/goauth/index.html", "/goauth/../page.go", "/goauth/vendor/better-auth-client.js"} {
		if w := get(h, home+path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestTheVendoredClientIsThePinnedVersionWithItsNotices(t *testing.T) {
	client, err := os.ReadFile("vendor/better-auth-client.js")
	if err != nil {
		t.Fatal(err)
	}
	notices, err := os.ReadFile("vendor/LICENSE.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(client), "better-auth 1.6.9") || strings.Contains(string(client), "eval(") {
		t.Error("the client is not 1.6.9, or evaluates text")
	}
	for _, name := range []string{"better-auth", "@better-auth/api-key", "nanostores", "@better-fetch/fetch", "defu", "better-call"} {
		if !regexp.MustCompile(`(?m)^## (.+, )?` + regexp.QuoteMeta(name) + `(,|$)`).Match(notices) {
			t.Errorf("no notice of %s", name)
		}
	}
}

func TestProvidersAreButtons(t *testing.T) {
	x, err := auth.NewContext(auth.Parts{HTTP: &http.Client{}})
	if err != nil {
		t.Fatal(err)
	}
	x.AddProvider(&oauth2.Provider{ID: "github", Name: "GitHub"})
	body := get(page.New(page.Options{Auth: x, Recent: mail.NewRecent(1, time.Now), BaseURL: home + "/api/auth"}), home+"/").Body.String()
	if !strings.Contains(body, `data-provider="github">Continue with GitHub</button>`) {
		t.Errorf("no button in\n%s", body)
	}
	if h, _ := newPage(nil); strings.Contains(get(h, home+"/").Body.String(), "data-provider") {
		t.Error("a button without a provider")
	}
}
