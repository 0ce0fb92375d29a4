package captcha_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/plugins/captcha"
)

// service answers as a provider does.
type service struct {
	status int
	body   string
	err    error
	hangs  bool
	asked  []string // URL, media type and body of every question
}

// RoundTrip implements http.RoundTripper.
func (s *service) RoundTrip(r *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(r.Body)
	s.asked = append(s.asked, r.URL.String()+" "+r.Header.Get("Content-Type")+" "+string(body))
	if s.hangs {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	if s.err != nil {
		return nil, s.err
	}
	return &http.Response{StatusCode: max(s.status, 200), Header: http.Header{}, Body: io.NopCloser(strings.NewReader(s.body))}, nil
}

func options(o captcha.Options, svc *service) func(*auth.Options) {
	if o.SecretKey == "" {
		o.SecretKey = "top-secret"
	}
	if o.Provider == "" {
		o.Provider = "cloudflare-turnstile"
	}
	return func(opts *auth.Options) {
		opts.HTTPClient = &http.Client{Transport: svc}
		opts.Plugins = []auth.Plugin{captcha.New(o)}
	}
}

func send(s *authtest.Server, path, token string) authtest.Answer {
	h := http.Header{"X-Forwarded-For": {"192.0.2.7"}}
	if token != "" {
		h.Set("X-Captcha-Response", token)
	}
	return s.Client().Do(authtest.Request{Path: path, Header: h, Body: map[string]string{"email": "ada@example.com", "password": "password1234", "name": "Ada"}})
}

func TestProtectedOperationsNeedATokenThatTheServiceAccepts(t *testing.T) {
	svc := &service{body: `{"success":true}`}
	s := authtest.New(t, options(captcha.Options{}, svc))
	for _, path := range []string{"/sign-up/email", "/sign-in/email", "/request-password-reset"} {
		res := send(s, path, "")
		if res.Status != http.StatusBadRequest || res.Body != `{"message":"Missing CAPTCHA response","code":"MISSING_RESPONSE"}` || res.Header.Get("Content-Type") != "text/plain;charset=UTF-8" {
			t.Errorf("%s: %d %s %v", path, res.Status, res.Body, res.Header)
		}
	}
	send(s, "/sign-up/email", "good").Want(t, http.StatusOK)
	svc.body = `{"success":false,"error-codes":["timeout-or-duplicate"]}`
	if res := send(s, "/sign-in/email", "bad"); res.Status != http.StatusForbidden || res.Code() != "VERIFICATION_FAILED" {
		t.Errorf("%d %s", res.Status, res.Body)
	}
	s.Client().Get("/get-session").Want(t, http.StatusOK)
}

func TestEveryProviderIsAskedInItsWay(t *testing.T) {
	const form = "application/x-www-form-urlencoded"
	for provider, want := range map[string]string{
		"cloudflare-turnstile": `https://challenges.cloudflare.com/turnstile/v0/siteverify application/json {"remoteip":"192.0.2.7","response":"a token","secret":"top-secret"}`,
		"google-recaptcha":     "https://www.google.com/recaptcha/api/siteverify " + form + " remoteip=192.0.2.7&response=a+token&secret=top-secret",
		"hcaptcha":             "https://api.hcaptcha.com/siteverify " + form + " remoteip=192.0.2.7&response=a+token&secret=top-secret&sitekey=site",
		"captchafox":           "https://api.captchafox.com/siteverify " + form + " remoteIp=192.0.2.7&response=a+token&secret=top-secret&sitekey=site",
	} {
		svc := &service{body: `{"success":true}`}
		s := authtest.New(t, options(captcha.Options{Provider: provider, SiteKey: "site"}, svc))
		send(s, "/sign-up/email", "a token").Want(t, http.StatusOK)
		if svc.asked[0] != want {
			t.Errorf("%s was asked\n%s, want\n%s", provider, svc.asked[0], want)
		}
	}
	svc := &service{body: `{"success":true}`}
	send(authtest.New(t, options(captcha.Options{SiteVerifyURLOverride: "https://own.example/verify"}, svc)), "/sign-up/email", "x")
	if !strings.HasPrefix(svc.asked[0], "https://own.example/verify ") {
		t.Errorf("asked %s", svc.asked[0])
	}
}

func TestAScoreMustBeHighEnough(t *testing.T) {
	least := 0.8
	for _, tt := range []struct {
		min  *float64
		body string
		want int
	}{
		{nil, `{"success":true,"score":0.4}`, http.StatusForbidden}, {nil, `{"success":true,"score":0.5}`, http.StatusOK},
		{&least, `{"success":true,"score":0.7}`, http.StatusForbidden}, {&least, `{"success":true,"score":0.8}`, http.StatusOK},
		{&least, `{"success":true}`, http.StatusOK},
	} {
		s := authtest.New(t, options(captcha.Options{Provider: "google-recaptcha", MinScore: tt.min}, &service{body: tt.body}))
		if res := send(s, "/sign-up/email", "x"); res.Status != tt.want {
			t.Errorf("%s: %d, want %d", tt.body, res.Status, tt.want)
		}
	}
}

func TestUP075_ATokenMayBeBoundToAnActionAndASite(t *testing.T) {
	o := captcha.Options{ExpectedAction: "login", AllowedHostnames: []string{"app.example"}}
	for body, want := range map[string]int{
		`{"success":true,"action":"login","hostname":"app.example"}`:  http.StatusOK,
		`{"success":true,"action":"other","hostname":"app.example"}`:  http.StatusForbidden,
		`{"success":true,"action":"login","hostname":"evil.example"}`: http.StatusForbidden,
		`{"success":true}`: http.StatusForbidden,
	} {
		if res := send(authtest.New(t, options(o, &service{body: body})), "/sign-up/email", "x"); res.Status != want {
			t.Errorf("%s: %d, want %d", body, res.Status, want)
		}
	}
}

func TestGO019_AServiceThatCannotBeAskedRefuses(t *testing.T) {
	for name, svc := range map[string]*service{
		"no route": {err: errors.New("no route")}, "500": {status: 500, body: `{"success":true}`}, "no JSON": {body: "<html>"}, "empty": {},
	} {
		res := send(authtest.New(t, options(captcha.Options{}, svc)), "/sign-up/email", "x")
		if res.Status != http.StatusInternalServerError || res.Code() != "UNKNOWN_ERROR" {
			t.Errorf("%s: %d %s", name, res.Status, res.Body)
		}
	}
}

func TestUP081_AServiceThatHangsRefusesAfterTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := captcha.New(captcha.Options{Provider: "hcaptcha", SecretKey: "x"})
		a, err := core.New(auth.Options{
			Secret: authtest.Secret, HTTPClient: &http.Client{Transport: &service{hangs: true}}, Mode: auth.Production,
			Plugins: []auth.Plugin{p}, Getenv: func(string) string { return "" }, Log: auth.LogOptions{Disabled: true},
		})
		if err != nil {
			t.Fatal(err)
		}
		c := a.Context().NewCall(t.Context())
		c.Path, c.Header = "/sign-in/email", http.Header{"X-Captcha-Response": {"x"}}
		began := time.Now()
		_, answer, err := p.OnRequest(c, nil)
		if err != nil || answer == nil || time.Since(began) > 11*time.Second {
			t.Errorf("answer %v, %v after %v", answer, err, time.Since(began))
		}
	})
}

func TestUP080_PEER047_PathsAreComparedWholeAndAsTheyAreRouted(t *testing.T) {
	s := authtest.New(t, options(captcha.Options{Endpoints: []string{"/sign-in/email", "/sign-up/**"}}, &service{body: `{"success":true}`}))
	for path, want := range map[string]int{
		"/sign-in/email": 400, "/sign-in/email?x=/": 400, "/sign-in/./email": 400, "/x/../sign-in/email": 400, "/sign-up/email": 400,
		"/sign-in//email": 404, "/sign-in/email/": 404, "/sign-in%2Femail": 404, "/Sign-In/Email": 404, "/sign-in/email%20": 404,
		"/sign-out?x=/sign-in/email": 200, "/sign-out": 200, "/sign-upward": 404,
	} {
		if res := send(s, path, ""); res.Status != want && !(want == 404 && res.Status == 400 && res.Code() == "MISSING_RESPONSE") {
			t.Errorf("%s: %d %s, want %d", path, res.Status, res.Body, want)
		}
	}
}

func TestWhatIsMissingIsTold(t *testing.T) {
	for _, provider := range []string{"", "recaptcha"} {
		_, err := core.New(auth.Options{Secret: authtest.Secret, Plugins: []auth.Plugin{captcha.New(captcha.Options{Provider: provider, SecretKey: "x"})}})
		if err == nil || !strings.Contains(err.Error(), "option provider") {
			t.Errorf("provider %q: %v", provider, err)
		}
	}
	s := authtest.New(t, func(o *auth.Options) { o.Plugins = []auth.Plugin{captcha.New(captcha.Options{Provider: "hcaptcha"})} })
	if res := send(s, "/sign-in/email", "x"); res.Status != http.StatusInternalServerError {
		t.Errorf("without a secret: %d %s", res.Status, res.Body)
	}
}
