package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/goauth-dev/goauth/reference/internal/format"
	"github.com/goauth-dev/goauth/reference/internal/harness"
	"github.com/goauth-dev/goauth/reference/internal/wire"
)

type obj = map[string]any

const (
	password    = "correct horse battery"
	newPassword = "another horse battery"
	mailWait    = 2 * time.Second
)

// direction says who issues, and who has to accept.
type direction struct{ issuer, other *harness.Server }

// browser carries cookies from one server to the other, as one host would. It has an address of its own, so that no other
// browser's requests count against it.
type browser struct {
	jar     wire.Jar
	address string
	// headers are sent with each request.
	headers []wire.Header
}

var browsers atomic.Uint32

func newBrowser() *browser {
	n := browsers.Add(1)
	return &browser{jar: wire.Jar{}, address: fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255)}
}

// copy is the same browser as it is now: what it is sent from now on, the other does not get.
func (b *browser) copy() *browser {
	return &browser{jar: maps.Clone(b.jar), address: b.address, headers: b.headers}
}

// with is a browser without cookies that sends a header.
func with(name, value string) *browser {
	b := newBrowser()
	b.headers = []wire.Header{{Name: name, Value: value}}
	return b
}

// answer is a status and the JSON body, or the Location of a redirect.
type answer struct {
	status   int
	location string
	header   http.Header
	body     any
}

// text is a text in the body.
func (a answer) text(path string) string {
	s, _ := a.value(path).(string)
	return s
}

// value digs a value out of the body: keys of objects and indices of lists, separated by dots.
func (a answer) value(path string) any {
	v := a.body
	for key := range strings.SplitSeq(path, ".") {
		switch in := v.(type) {
		case obj:
			v = in[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(in) {
				return nil
			}
			v = in[i]
		default:
			return nil
		}
	}
	return v
}

// size is the length of a list in the body, or -1.
func (a answer) size(path string) int {
	v := a.body
	if path != "" {
		v = a.value(path)
	}
	list, ok := v.([]any)
	if !ok {
		return -1
	}
	return len(list)
}

func (b *browser) send(ctx context.Context, s *harness.Server, method, path string, body any) (answer, error) {
	req := wire.Request{Method: method, Target: s.BasePath + path, Headers: []wire.Header{
		{Name: "origin", Value: s.Origin()}, {Name: "x-forwarded-for", Value: b.address},
	}}
	req.Headers = append(req.Headers, b.headers...)
	if cookies := b.jar.Header(); cookies != "" {
		req.Headers = append(req.Headers, wire.Header{Name: "cookie", Value: cookies})
	}
	if body != nil {
		text, err := format.JSON(body)
		if err != nil {
			return answer{}, fmt.Errorf("encode body: %w", err)
		}
		req.Body = text
		req.Headers = append(req.Headers, wire.Header{Name: "content-type", Value: "application/json"})
	}
	res, err := wire.Do(ctx, s.Addr(), req)
	if err != nil {
		return answer{}, err
	}
	b.jar.Update(res.Header)
	a := answer{status: res.Status, location: res.Header.Get("Location"), header: res.Header}
	_ = json.Unmarshal(res.Body, &a.body) // an empty or textual body stays nil
	return a, nil
}

// must sends and wants a status.
func (b *browser) must(ctx context.Context, s *harness.Server, status int, method, path string, body any) (answer, error) {
	a, err := b.send(ctx, s, method, path, body)
	if err != nil {
		return a, err
	}
	if a.status != status {
		return a, fmt.Errorf("%s: %s %s answered %d, want %d: %v", s.Kind, method, path, a.status, status, a.body)
	}
	return a, nil
}

func (b *browser) signUp(ctx context.Context, s *harness.Server, name string) error {
	_, err := b.must(ctx, s, 200, "POST", "/sign-up/email", obj{"name": name, "email": "ada@example.com", "password": password})
	return err
}

func (b *browser) signIn(ctx context.Context, s *harness.Server, with string) error {
	_, err := b.must(ctx, s, 200, "POST", "/sign-in/email", obj{"email": "ada@example.com", "password": with})
	return err
}

// user is the name in the session, or an error when there is none.
func (b *browser) user(ctx context.Context, s *harness.Server, query string) (string, error) {
	a, err := b.must(ctx, s, 200, "GET", "/get-session"+query, nil)
	if err != nil {
		return "", err
	}
	if a.body == nil {
		return "", fmt.Errorf("%s does not accept the session", s.Kind)
	}
	return a.text("user.name"), nil
}

// mail waits for the newest message of a type and returns one of its fields, such as the token.
func mail(s *harness.Server, kind, field string) (string, error) {
	for start := time.Now(); time.Since(start) < mailWait; time.Sleep(20 * time.Millisecond) {
		messages, err := s.Messages()
		if err != nil {
			return "", err
		}
		for i := len(messages) - 1; i >= 0; i-- {
			if messages[i]["type"] == kind {
				text, _ := messages[i][field].(string)
				return text, nil
			}
		}
	}
	return "", fmt.Errorf("%s sent no %s", s.Kind, kind)
}
