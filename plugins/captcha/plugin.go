// Package captcha asks a CAPTCHA service about the token in the header X-Captcha-Response before operations that robots
// like. Upstream: captcha.
package captcha

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
)

// Options configures the plugin.
type Options struct {
	// Provider is "cloudflare-turnstile", "google-recaptcha", "hcaptcha" or "captchafox".
	Provider string `option:"provider"`
	// SecretKey is the provider's secret. Without it every protected operation answers 500.
	SecretKey string `option:"secretKey"`
	// Endpoints are the protected paths, whole; one that ends in "/**" protects everything below. Default: sign-up and
	// sign-in by e-mail, and the request for a new password.
	Endpoints []string `option:"endpoints"`
	// SiteVerifyURLOverride is where the token is verified. Default: the provider's own address.
	SiteVerifyURLOverride string `option:"siteVerifyURLOverride"`
	// MinScore is the lowest score that passes, for reCAPTCHA v3. Default: 0.5.
	MinScore *float64 `option:"minScore"`
	// SiteKey is sent along to hCaptcha and CaptchaFox.
	SiteKey string `option:"siteKey"`
	// ExpectedAction is the action that a token must have been made for, with Turnstile and reCAPTCHA v3 (UP-075).
	ExpectedAction string `option:"expectedAction"`
	// AllowedHostnames are the sites on which a token may have been made (UP-075).
	AllowedHostnames []string `option:"allowedHostnames"`
}

// The error codes.
var (
	VerificationFailed = auth.Code{ID: "VERIFICATION_FAILED", Message: "Captcha verification failed"}
	MissingResponse    = auth.Code{ID: "MISSING_RESPONSE", Message: "Missing CAPTCHA response"}
	UnknownError       = auth.Code{ID: "UNKNOWN_ERROR", Message: "Something went wrong"}
)

var defaultEndpoints = []string{"/sign-up/email", "/sign-in/email", "/request-password-reset"}

// New returns the plugin.
func New(o Options) auth.Plugin {
	if len(o.Endpoints) == 0 {
		o.Endpoints = defaultEndpoints
	}
	return auth.Plugin{
		ID: "captcha", Codes: []auth.Code{VerificationFailed, MissingResponse, UnknownError}, Init: o.check,
		OnRequest: func(c *auth.Call, _ *http.Request) (*http.Request, *auth.Answer, error) {
			return nil, o.protect(c), nil
		},
	}
}

func (o *Options) check(*auth.Context) error {
	if _, known := providers[o.Provider]; !known {
		return fmt.Errorf("option provider: %q is none of %s", o.Provider, strings.Join(slices.Sorted(maps.Keys(providers)), ", "))
	}
	return nil
}

// protect answers a request that must not pass. The path is compared whole and as the router takes it (UP-080).
func (o *Options) protect(c *auth.Call) *auth.Answer {
	if !slices.ContainsFunc(o.Endpoints, func(e string) bool { return covers(e, c.Path) }) {
		return nil
	}
	token := c.Header.Get("X-Captcha-Response")
	if o.SecretKey == "" {
		c.Logger.Error("captcha: the option secretKey is empty")
		return answer(http.StatusInternalServerError, UnknownError)
	}
	if token == "" {
		return answer(http.StatusBadRequest, MissingResponse)
	}
	passed, err := o.verify(c, token)
	switch {
	case err != nil:
		c.Logger.Error("captcha: the service cannot be asked", "provider", o.Provider, "error", err)
		return answer(http.StatusInternalServerError, UnknownError)
	case !passed:
		return answer(http.StatusForbidden, VerificationFailed)
	default:
		return nil
	}
}

func covers(pattern, path string) bool {
	if below, all := strings.CutSuffix(pattern, "/**"); all {
		return path == below || strings.HasPrefix(path, below+"/")
	}
	return path == pattern
}

// answer is a refusal in upstream's form: JSON that says it is text.
func answer(status int, code auth.Code) *auth.Answer {
	text, err := auth.JSON(struct {
		Message string `json:"message"`
		Code    string `json:"code"`
	}{code.Message, code.ID})
	if err != nil {
		text = nil
	}
	return &auth.Answer{Value: &auth.Raw{Status: status, Header: http.Header{"Content-Type": {"text/plain;charset=UTF-8"}}, Body: text}}
}
