package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
)

// callbackTimeout bounds one call of a test's function.
const callbackTimeout = 10 * time.Second

// callbacks calls the functions of one test file.
type callbacks struct {
	url, instance string
	client        http.Client
}

// reply is what a function returned, and the headers it set on its context.
type reply struct {
	value  any
	tagged any
	header http.Header
}

// call runs a function with arguments that are tagged already.
func (c *callbacks) call(ctx context.Context, fn string, args ...any) (reply, error) {
	if args == nil {
		args = []any{}
	}
	data, err := auth.JSON(object("instance", c.instance, "fn", fn, "args", args))
	if err != nil {
		return reply{}, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callbackTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(data))
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := c.client.Do(req)
	if err != nil {
		return reply{}, fmt.Errorf("call %s: %w", fn, err)
	}
	defer res.Body.Close()
	o, err := readObject(res.Body)
	if err != nil {
		return reply{}, fmt.Errorf("call %s: %w", fn, err)
	}
	return readReply(fn, o)
}

func readReply(fn string, o *auth.Object) (reply, error) {
	if ok, _ := o.Get("ok"); ok != true {
		failure, _ := o.Get("error")
		return reply{}, errorOf(failure)
	}
	var r reply
	r.tagged, _ = o.Get("value")
	if list, given := o.Get("headers"); given {
		r.header = headersOf(list)
	}
	var found functions
	plain, err := untag("", r.tagged, &found)
	if err != nil {
		return reply{}, fmt.Errorf("result of %s: %w", fn, err)
	}
	if _, none := plain.(absent); !none {
		r.value = plain
	}
	return r, nil
}

// RoundTrip implements [http.RoundTripper]: every outbound request is made by the test's own fetch.
func (c *callbacks) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		_ = r.Body.Close()
	}
	described := object("url", r.URL.String(), "method", r.Method, "headers", pairs(r.Header))
	if len(body) > 0 {
		described.Set("body", base64.StdEncoding.EncodeToString(body))
	}
	got, err := c.call(r.Context(), "$fetch", object("$request", described))
	if err != nil {
		return nil, err
	}
	o, _ := got.value.(*auth.Object)
	if o == nil {
		return nil, errors.New("the test's fetch returned no response")
	}
	status, _ := o.Get("status")
	code, _ := integer(status)
	list, _ := o.Get("headers")
	data, err := base64.StdEncoding.DecodeString(text(o, "body"))
	return &http.Response{
		StatusCode: int(code), Status: fmt.Sprint(code, " ", text(o, "statusText")), Header: headersOf(list), Request: r,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Body: io.NopCloser(bytes.NewReader(data)), ContentLength: int64(len(data)),
	}, err
}

// original is what a test sent, before the server read it.
type original struct {
	url  string
	body []byte
}

type originalKey struct{}

// tagRequest describes the request of a test, or undefined.
func tagRequest(r *http.Request) any {
	if r == nil {
		return undefined()
	}
	sent, _ := r.Context().Value(originalKey{}).(original)
	described := object("url", sent.url, "method", r.Method, "headers", pairs(r.Header))
	if len(sent.body) > 0 && r.Method != http.MethodGet && r.Method != http.MethodHead {
		described.Set("body", base64.StdEncoding.EncodeToString(sent.body))
	}
	return object("$request", described)
}

// tagCall describes a call as upstream's endpoint context.
func tagCall(c *auth.Call) (any, error) {
	if c == nil || c.Route == nil && c.Request == nil {
		return nil, nil
	}
	path := c.Path
	if c.Route != nil && c.Route.Path != "" {
		path = c.Route.Path
	}
	body, err := tag(c.Body)
	if err != nil {
		return nil, err
	}
	if !c.HasBody {
		body = undefined()
	}
	query, err := tag(c.Query)
	if err != nil {
		return nil, err
	}
	inner, err := tagCallContext(c)
	if err != nil {
		return nil, err
	}
	var request any
	if c.Request != nil {
		request = tagRequest(c.Request)
	}
	var params any = map[string]any{}
	if c.Params != nil {
		params = c.Params
	}
	return object("$ctx", object("path", path, "method", c.Method, "body", body, "query", query, "params", params,
		"headers", tagHeaders(c.Header), "request", request, "context", inner)), nil
}

func tagCallContext(c *auth.Call) (any, error) {
	o := object("baseURL", c.BaseURL, "optionsBaseURL", optionsBaseURL(c), "trustedOrigins", anys(c.TrustedOrigins),
		"authCookies", tagCookies(c.CookieSet))
	for name, s := range map[string]*auth.SignedIn{"session": c.Session, "newSession": c.NewSession} {
		tagged, err := tagSignedIn(s)
		if err != nil {
			return nil, err
		}
		o.Set(name, tagged)
	}
	returned, err := tag(c.Returned)
	if err != nil {
		return nil, err
	}
	o.Set("returned", returned)
	header := c.Reply.Header.Clone()
	for _, line := range c.Reply.SetCookies() {
		header.Add("Set-Cookie", line)
	}
	o.Set("responseHeaders", tagHeaders(header))
	return o, nil
}

// optionsBaseURL is the base URL without the base path, as upstream puts it into the options of a call.
func optionsBaseURL(c *auth.Call) any {
	if c.BaseURL == "" {
		return undefined()
	}
	return strings.TrimSuffix(c.BaseURL, c.Options.BasePath)
}

// tagCookies describes cookies as upstream's context has them.
func tagCookies(set *auth.Cookies) any {
	return object("sessionToken", tagCookie(set.SessionToken), "sessionData", tagCookie(set.SessionData),
		"accountData", tagCookie(set.AccountData), "dontRememberToken", tagCookie(set.DontRemember))
}

func tagCookie(ck auth.Cookie) any {
	a := ck.Attributes
	attributes := object("secure", a.Secure, "sameSite", a.SameSite, "path", a.Path, "httpOnly", a.HTTPOnly)
	if a.MaxAge != nil {
		attributes.Set("maxAge", int64(*a.MaxAge))
	}
	if a.Domain != "" {
		attributes.Set("domain", a.Domain)
	}
	if a.Partitioned {
		attributes.Set("partitioned", true)
	}
	return object("name", ck.Name, "attributes", attributes)
}

func tagSignedIn(s *auth.SignedIn) (any, error) {
	if s == nil || s.Session == nil || s.User == nil {
		return nil, nil
	}
	session, err := tag(s.Session.Record())
	if err != nil {
		return nil, err
	}
	user, err := tag(s.User.Record())
	return object("session", session, "user", user), err
}

func anys(texts []string) []any {
	list := make([]any, len(texts))
	for i, s := range texts {
		list[i] = s
	}
	return list
}

// textsOf reads a list of texts; what is no text is left out.
func textsOf(v any) []string {
	list, _ := v.([]any)
	var texts []string
	for _, item := range list {
		if s, ok := item.(string); ok && strings.TrimSpace(s) != "" {
			texts = append(texts, s)
		}
	}
	return texts
}
