package core

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/origin"
)

// staticOrigins are the trusted origins that do not depend on a request.
type staticOrigins struct {
	texts    []string
	compiled origin.List
}

// newStaticOrigins collects them in upstream's order: base URL, options, plugins, environment.
func newStaticOrigins(o *auth.Options, baseURL string) staticOrigins {
	var texts []string
	if o.DynamicBaseURL != nil {
		texts = append(texts, o.DynamicBaseURL.TrustedOrigins()...)
	} else if own, ok := originOf(baseURL); ok {
		texts = append(texts, own)
	}
	texts = append(texts, o.TrustedOrigins...)
	for i := range o.Plugins {
		texts = append(texts, o.Plugins[i].TrustedOrigins...)
	}
	texts = append(texts, strings.Split(o.Getenv("BETTER_AUTH_TRUSTED_ORIGINS"), ",")...)
	texts = slices.DeleteFunc(texts, func(s string) bool { return s == "" })
	return staticOrigins{texts, origin.NewList(texts...)}
}

func originOf(url string) (string, bool) {
	u, err := origin.ParseURL(url)
	if err != nil {
		return "", false
	}
	return u.Origin()
}

// resolveBaseURL finds the public URL, the paths and the trusted origins of the request. Nothing of it is kept for the
// next request (UP-072, UP-073).
func (x *exchange) resolveBaseURL() (*response, error) {
	x.readPath()
	return nil, x.auth.resolve(x.call, x.req)
}

// readPath takes the path from the request.
func (x *exchange) readPath() {
	x.rawPath = requestPath(x.req)
	x.path = x.auth.paths.normal(x.rawPath)
	x.call.Path = x.path
}

// resolve fills the parts of a call that depend on where its request was sent.
func (a *Auth) resolve(c *auth.Call, r *http.Request) error {
	c.BaseURL, c.TrustedOrigins, c.Origins = a.baseURL, a.trusted.texts, a.trusted.compiled
	if a.baseURL == "" {
		if err := a.resolveURL(c, source(r)); err != nil {
			return err
		}
	}
	if f := a.context.Options.TrustedOriginsFunc; f != nil {
		more, err := f(r.WithContext(c.Ctx()))
		if err != nil {
			return fmt.Errorf("trustedOrigins: %w", err)
		}
		a.trust(c, more...)
	}
	return nil
}

// resolveURL finds the public URL from where a request was sent.
func (a *Auth) resolveURL(c *auth.Call, from origin.Source) error {
	o := &a.context.Options
	trustProxy := o.Advanced.TrustedProxyHeaders
	if o.DynamicBaseURL != nil {
		url, err := o.DynamicBaseURL.Resolve(from, o.BasePath, trustProxy)
		if err != nil {
			return auth.FailText(http.StatusBadRequest, "This host is not served").Because(err)
		}
		a.setURL(c, url)
		return nil
	}
	if strings.ContainsAny(from.Host, `/\?#@`) { // would name another host, or a path
		return auth.FailStatus(http.StatusBadRequest)
	}
	own := from.Scheme + "://" + from.Host
	if forwarded, ok := origin.ForwardedOrigin(from.Header); ok && trustProxy {
		own = forwarded
	}
	url, err := origin.WithPath(own, o.BasePath)
	if err != nil {
		return auth.FailStatus(http.StatusBadRequest).Because(err)
	}
	a.setURL(c, url)
	if own, ok := originOf(url); ok {
		a.trust(c, own)
	}
	return nil
}

// setURL sets the public URL, and the cookies that are shared with its subdomains.
func (a *Auth) setURL(c *auth.Call, url string) {
	c.BaseURL = url
	if u, err := origin.ParseURL(url); err == nil {
		c.ShareCookies(u.Hostname)
	}
}

func (a *Auth) trust(c *auth.Call, more ...string) {
	more = slices.DeleteFunc(slices.Clone(more), func(s string) bool { return s == "" })
	c.TrustedOrigins = slices.Concat(c.TrustedOrigins, more)
	c.Origins = slices.Concat(c.Origins, origin.NewList(more...))
}

// source says where a request was sent.
func source(r *http.Request) origin.Source {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return origin.Source{Host: r.Host, Scheme: scheme, Header: r.Header}
}

// resolveForCall does for a call from Go what resolveBaseURL does for a request. Without a request or a Host header a
// dynamic base URL needs its fallback.
func (a *Auth) resolveForCall(c *auth.Call) error {
	if c.Request != nil {
		return a.resolve(c, c.Request)
	}
	c.BaseURL, c.TrustedOrigins, c.Origins = a.baseURL, a.trusted.texts, a.trusted.compiled
	dynamic := a.context.Options.DynamicBaseURL
	if dynamic == nil {
		return nil
	}
	from := origin.Source{Host: c.Header.Get("Host"), Header: c.Header}
	if from.Host == "" && dynamic.Fallback == "" {
		return auth.FailText(http.StatusInternalServerError,
			"Dynamic baseURL could not be resolved for this direct auth.api call. "+
				"Pass `headers: request.headers` (or `request`) to the call, or add `fallback` to your baseURL config.")
	}
	return a.resolveURL(c, from)
}
