package social_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/social"
)

// recorded is what upstream's own providers sent and returned; reference/providers/capture.mjs records it.
type recorded struct {
	Variants []variant
	Users    []userCase
}

type variant struct {
	Options json.RawMessage
	Request struct {
		Scopes             []string
		LoginHint, Display string
	}
	Authorize, Exchange, Refused step
	Refresh                      *step
}

type userCase struct {
	Options      json.RawMessage
	IDToken      string
	User, Raw    json.RawMessage
	Answers      []any
	Info, Mapped step
}

// step is one call of a provider: the requests that it sent, and its result or failure.
type step struct {
	Requests []request
	Result   any
	Error    string
}

type request struct {
	Method, URL string
	Headers     map[string]string
	Body        string
}

// wire answers requests and keeps them.
type wire struct {
	answers  []any
	requests []request
}

// RoundTrip implements http.RoundTripper.
func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	sent := request{Method: r.Method, URL: r.URL.String(), Headers: map[string]string{}}
	if r.Body != nil {
		data, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		sent.Body = string(data)
	}
	for name := range r.Header {
		sent.Headers[strings.ToLower(name)] = r.Header.Get(name)
	}
	w.requests = append(w.requests, sent)
	status, body := http.StatusInternalServerError, []byte("{}")
	if len(w.answers) > 0 {
		status = http.StatusOK
		switch a := w.answers[0].(type) {
		case float64:
			status = int(a)
		case string:
			body = []byte(a)
		default:
			body, _ = json.Marshal(a)
		}
		w.answers = w.answers[1:]
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), Request: r}, nil
}

func newProvider(t *testing.T, id string, options []byte, answers ...any) (*oauth2.Provider, *wire) {
	t.Helper()
	tree, err := option.ParseJSON(options)
	if err != nil {
		t.Fatal(err)
	}
	var o oauth2.Options
	if err := option.Decode(tree, &o); err != nil {
		t.Fatal(err)
	}
	return build(t, id, o, answers...)
}

func build(t *testing.T, id string, o oauth2.Options, answers ...any) (*oauth2.Provider, *wire) {
	t.Helper()
	w := &wire{answers: answers}
	now := func() time.Time { return time.UnixMilli(1767225600000).UTC() }
	p, err := social.New(id, o, oauth2.NewClient(&http.Client{Transport: w}, now, slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return p, w
}

func readRecorded(t *testing.T) map[string]recorded {
	t.Helper()
	data, err := os.ReadFile("testdata/upstream.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]recorded
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestEveryProviderOfUpstreamIsHere(t *testing.T) {
	all := readRecorded(t)
	for _, id := range social.IDs() {
		if _, there := all[id]; !there {
			t.Errorf("%s is not upstream's", id)
		}
		delete(all, id)
	}
	for id := range all {
		t.Errorf("%s is missing", id)
	}
}

func TestRequestsAreUpstreams(t *testing.T) {
	token := map[string]any{
		"access_token": "AT", "refresh_token": "RT2", "id_token": "IDT", "token_type": "Bearer", "expires_in": 3600,
		"refresh_token_expires_in": 7200, "scope": "a b", "openid": "O", "unionid": "U",
	}
	code := oauth2.Code{Code: "CODE", CodeVerifier: "VERIFIER", RedirectURI: "http://l/cb", DeviceID: "DEV"}
	for id, r := range readRecorded(t) {
		for _, v := range r.Variants {
			t.Run(id, func(t *testing.T) {
				p, _ := newProvider(t, id, v.Options)
				url, err := p.AuthorizationURL(t.Context(), oauth2.Authorization{
					State: "STATE", CodeVerifier: "VERIFIER", RedirectURI: "http://l/cb", Scopes: v.Request.Scopes,
					LoginHint: v.Request.LoginHint, Display: v.Request.Display,
				})
				compare(t, "authorization", v.Authorize, nil, url, err)
				p, w := newProvider(t, id, v.Options, token)
				tokens, err := p.Exchange(t.Context(), code)
				compareTokens(t, "exchange", v.Exchange, w, tokens, err)
				p, w = newProvider(t, id, v.Options, float64(400))
				if tokens, err := p.Exchange(t.Context(), code); err == nil && tokens != nil {
					t.Errorf("a refused code gave %+v", tokens)
				} else {
					compareRequests(t, "refused", v.Refused.Requests, w.requests)
				}
				p, w = newProvider(t, id, v.Options, token)
				if (p.Refresh == nil) != (v.Refresh == nil) {
					t.Fatalf("refresh: %v, upstream %v", p.Refresh != nil, v.Refresh != nil)
				}
				if p.Refresh != nil {
					tokens, err := p.Refresh(t.Context(), "RT")
					compareTokens(t, "refresh", *v.Refresh, w, tokens, err)
				}
			})
		}
	}
}

// otherwise are the cases in which this server differs on purpose, by provider: reddit's address (UP-054).
var otherwise = map[string]string{"reddit": "UP-054"}

func TestUsersAreUpstreams(t *testing.T) {
	mapping := func(context.Context, *oauth2.Object) (*oauth2.Object, error) {
		fields := option.NewObject()
		fields.Set("name", "Mapped")
		fields.Set("role", "x")
		return fields, nil
	}
	for id, r := range readRecorded(t) {
		if otherwise[id] != "" {
			continue
		}
		for _, c := range r.Users {
			t.Run(id, func(t *testing.T) {
				for name, want := range map[string]step{"info": c.Info, "mapped": c.Mapped} {
					tree, err := option.ParseJSON(c.Options)
					if err != nil {
						t.Fatal(err)
					}
					var o oauth2.Options
					if err := option.Decode(tree, &o); err != nil {
						t.Fatal(err)
					}
					if name == "mapped" {
						o.MapProfileToUser = mapping
					}
					p, w := build(t, id, o, c.Answers...)
					info, err := p.UserInfo(t.Context(), &oauth2.Tokens{
						AccessToken: "AT", IDToken: c.IDToken, User: objectOf(t, c.User), Raw: objectOf(t, c.Raw),
					})
					compareRequests(t, name, want.Requests, w.requests)
					var got any
					if info != nil && err == nil {
						got = map[string]any{"user": info.User, "data": info.Data}
					}
					if diff := cmp.Diff(want.Result, plain(t, got)); diff != "" {
						t.Errorf("%s (-upstream +ours, %v):\n%s", name, err, diff)
					}
				}
			})
		}
	}
}

func objectOf(t *testing.T, data json.RawMessage) *oauth2.Object {
	t.Helper()
	if len(data) == 0 || string(data) == "null" {
		return nil
	}
	tree, err := option.ParseJSON(data)
	if err != nil {
		t.Fatal(err)
	}
	return tree.(*oauth2.Object)
}

// plain is a value as a client would read it.
func plain(t *testing.T, v any) any {
	t.Helper()
	data, err := auth.JSON(v)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(data, &tree); err != nil {
		t.Fatal(err)
	}
	return tree
}

func compare(t *testing.T, name string, want step, w *wire, got any, err error) {
	t.Helper()
	if (err != nil) != (want.Error != "") {
		t.Errorf("%s: failed with %v, upstream with %q", name, err, want.Error)
		return
	}
	if err == nil {
		if diff := cmp.Diff(want.Result, got); diff != "" {
			t.Errorf("%s (-upstream +ours):\n%s", name, diff)
		}
	}
	if w != nil {
		compareRequests(t, name, want.Requests, w.requests)
	}
}

func compareTokens(t *testing.T, name string, want step, w *wire, tokens *oauth2.Tokens, err error) {
	t.Helper()
	if err != nil {
		compare(t, name, want, w, nil, err)
		return
	}
	wanted, _ := want.Result.(map[string]any)
	for _, extra := range []string{"raw", "openid", "unionid"} {
		delete(wanted, extra)
	}
	got := map[string]any{}
	for key, s := range map[string]string{
		"tokenType": tokens.TokenType, "accessToken": tokens.AccessToken, "refreshToken": tokens.RefreshToken, "idToken": tokens.IDToken,
	} {
		if s != "" {
			got[key] = s
		}
	}
	for key, at := range map[string]time.Time{
		"accessTokenExpiresAt": tokens.AccessTokenExpiresAt, "refreshTokenExpiresAt": tokens.RefreshTokenExpiresAt,
	} {
		if !at.IsZero() {
			got[key] = at
		}
	}
	if tokens.Scopes != nil {
		got["scopes"] = tokens.Scopes
	}
	want.Result = any(wanted)
	compare(t, name, want, w, plain(t, got), nil)
}

// compareRequests leaves out what an HTTP library adds by itself, and the blanks of a GraphQL query.
func compareRequests(t *testing.T, name string, want, got []request) {
	t.Helper()
	clean := func(list []request) []request {
		out := []request{}
		for _, r := range list {
			headers := map[string]string{}
			for k, v := range r.Headers {
				if k == "content-type" {
					v, _, _ = strings.Cut(v, ";")
				}
				headers[k] = v
			}
			r.Headers = headers
			if strings.Contains(r.URL, "graphql") {
				r.Body = strings.Join(strings.Fields(strings.NewReplacer(`\n`, " ", `\t`, " ", `" `, `"`).Replace(r.Body)), " ")
				r.Body = strings.NewReplacer(`" q`, `"q`, `} "`, `}"`).Replace(r.Body)
			}
			out = append(out, r)
		}
		return out
	}
	if diff := cmp.Diff(clean(want), clean(got)); diff != "" {
		t.Errorf("%s requests (-upstream +ours):\n%s", name, diff)
	}
}
