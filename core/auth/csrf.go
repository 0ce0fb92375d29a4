package auth

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/internal/zod"
	"github.com/goauth-dev/goauth/core/option"
)

// TrustsURL reports whether the call may redirect to url, or come from it. Upstream: isTrustedOrigin.
func (c *Call) TrustsURL(url string, allowRelative bool) bool {
	return c.Origins.Match(url, allowRelative)
}

// skipsCSRF reports whether nobody asks where requests come from. A disabled origin check also disables this one unless
// disableCSRFCheck is set, as upstream has it.
func (c *Call) skipsCSRF() bool {
	adv := &c.Options.Advanced
	return adv.DisableCSRFCheck == option.On ||
		adv.DisableOriginCheck == option.On && adv.DisableCSRFCheck == option.Unset
}

// skipsOrigin reports whether redirect targets are not checked for this path.
func (c *Call) skipsOrigin() bool {
	adv := &c.Options.Advanced
	if adv.DisableOriginCheck == option.On {
		return true
	}
	for _, prefix := range adv.SkipOriginCheckPaths {
		prefix = strings.TrimSuffix(prefix, "/")
		if rest, ok := strings.CutPrefix(c.Path, prefix); ok && (rest == "" || rest[0] == '/') {
			return true
		}
	}
	return false
}

// CheckRequestOrigin refuses a request that carries cookies, or any with force, unless its Origin or else its Referer is
// trusted.
func (c *Call) CheckRequestOrigin(force bool) error {
	if c.Request == nil || c.skipsCSRF() || c.skipsOrigin() || !force && c.Header.Get("Cookie") == "" {
		return nil
	}
	from := headerOrigin(c.Header)
	if from == "" || from == "null" {
		return Fail(http.StatusForbidden, MissingOrNullOrigin)
	}
	if !c.TrustsURL(from, false) {
		c.Logger.Error("invalid origin; if it is yours, add it to trustedOrigins", "origin", from, "trustedOrigins", c.TrustedOrigins)
		return Fail(http.StatusForbidden, InvalidOrigin)
	}
	return nil
}

// headerOrigin returns what the request says about where it comes from.
func headerOrigin(h http.Header) string {
	if values := h.Values("Origin"); len(values) > 0 && values[0] != "" {
		return strings.Join(values, ", ")
	}
	return h.Get("Referer")
}

// FormCSRF guards operations that sign somebody in: a request without cookies is checked too when it says where it comes
// from (UP-069), and cross-site navigations are refused. Upstream: formCsrfMiddleware.
func FormCSRF(c *Call) error {
	if c.Request == nil || c.skipsCSRF() {
		return nil
	}
	if c.Header.Get("Cookie") != "" {
		return c.CheckRequestOrigin(false)
	}
	site, mode := c.Header.Get("Sec-Fetch-Site"), c.Header.Get("Sec-Fetch-Mode")
	if site == "cross-site" && mode == "navigate" {
		c.Logger.Error("blocked a cross-site navigation that would sign in", "origin", headerOrigin(c.Header))
		return Fail(http.StatusForbidden, CrossSiteNavigationLoginBlocked)
	}
	described := strings.TrimSpace(site+mode+c.Header.Get("Sec-Fetch-Dest")) != ""
	if described || headerOrigin(c.Header) != "" {
		return c.CheckRequestOrigin(true)
	}
	return nil
}

// redirectField is a body or query field that holds a redirect target.
type redirectField struct {
	name    string
	inQuery bool
	code    Code
}

// redirectFields are checked on every request that is not a GET.
var redirectFields = []redirectField{
	{"callbackURL", true, InvalidCallbackURL},
	{"redirectTo", false, InvalidRedirectURL},
	{"errorCallbackURL", false, InvalidErrorCallbackURL},
	{"newUserCallbackURL", false, InvalidNewUserCallbackURL},
}

// CheckRedirects refuses a request whose body or query names a redirect target that is not trusted.
func (c *Call) CheckRedirects() error {
	if c.skipsOrigin() {
		return nil
	}
	body, _ := c.Body.(*Object)
	for _, f := range redirectFields {
		v, _ := body.Get(f.name)
		from := "body"
		if !js.Truthy(v) && f.inQuery {
			v, _ = c.Query.Get(f.name)
			from = "query"
		}
		if err := c.checkRedirect(v, from, f.name, f.code); err != nil {
			return err
		}
	}
	return nil
}

func (c *Call) checkRedirect(v any, from, name string, code Code) error {
	if !js.Truthy(v) {
		return nil
	}
	url, ok := v.(string)
	if !ok {
		return Fail(http.StatusBadRequest, ValidationError.With(
			fmt.Sprintf("[%s.%s] %s", from, name, zod.InvalidType("string", v, true))))
	}
	if !c.TrustsURL(url, true) {
		c.Logger.Error("invalid redirect target; if it is yours, add its origin to trustedOrigins", "field", name, "url", url, "trustedOrigins", c.TrustedOrigins)
		return Fail(http.StatusForbidden, code)
	}
	return nil
}

// TrustedQuery guards an operation that redirects to a query field. Upstream: originCheck.
func TrustedQuery(name string, code Code) Guard {
	return func(c *Call) error {
		if c.Request == nil || c.skipsOrigin() {
			return nil
		}
		v, _ := c.Query.Get(name)
		return c.checkRedirect(v, "query", name, code)
	}
}

// NotPrefetch guards an operation whose link is good once: a browser or a mail program that only looks ahead does not use
// it up (GAP-010). It is told to come back when somebody wants the page.
func NotPrefetch(c *Call) error {
	for _, name := range []string{"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"} {
		purpose := strings.ToLower(c.Header.Get(name))
		if strings.Contains(purpose, "prefetch") || strings.Contains(purpose, "preview") || strings.Contains(purpose, "prerender") {
			return FailStatus(http.StatusServiceUnavailable)
		}
	}
	return nil
}
