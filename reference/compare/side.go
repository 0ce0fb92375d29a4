package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/goauth-dev/goauth/reference/internal/format"
	"github.com/goauth-dev/goauth/reference/internal/harness"
	"github.com/goauth-dev/goauth/reference/internal/wire"
)

const (
	messageWait = time.Second
	messagePoll = 10 * time.Millisecond
	// isoLayout is a date as JavaScript writes it.
	isoLayout = "2006-01-02T15:04:05.000Z"
)

// A Side is one of the two servers within a scenario: its browsers and variables.
type Side struct {
	server *harness.Server
	jars   map[string]wire.Jar
	vars   map[string]string
}

func newSide(s *harness.Server) *Side {
	return &Side{server: s, jars: map[string]wire.Jar{}, vars: map[string]string{}}
}

// jar is the named browser's cookies.
func (s *Side) jar(name string) wire.Jar {
	if s.jars[name] == nil {
		s.jars[name] = wire.Jar{}
	}
	return s.jars[name]
}

var placeholder = regexp.MustCompile(`\{\{\w+(?::[^}]*)?\}\}`)

// fill replaces {{name}} by a variable and calls the functions {{iso:1h}} and
// {{ms:1h}} (a time from now), {{url:name}} (a variable, percent-encoded) and
// {{repeat:text*100}}, {{cookies:jar}} (a Cookie header) and {{sign:name}} (a variable
// as a signed cookie); {{origin}} is the server's own origin.
func (s *Side) fill(text string) string {
	if !strings.Contains(text, "{{") {
		return text
	}
	return placeholder.ReplaceAllStringFunc(text, func(m string) string {
		name, arg, _ := strings.Cut(strings.Trim(m, "{}"), ":")
		switch name {
		case "origin":
			return s.server.Origin()
		case "iso":
			return fromNow(arg).UTC().Format(isoLayout)
		case "ms":
			return fmt.Sprint(fromNow(arg).UnixMilli())
		case "url":
			return url.QueryEscape(s.vars[arg])
		case "repeat":
			return repeat(arg)
		case "cookies":
			return s.jar(arg).Header()
		case "sign":
			return format.Sign(harness.Secret, s.fill("{{"+arg+"}}"))
		default:
			return s.vars[name]
		}
	})
}

func fromNow(offset string) time.Time {
	d, err := time.ParseDuration(offset)
	if err != nil {
		return time.Time{} // an obviously wrong date is the report
	}
	return time.Now().Add(d)
}

func repeat(arg string) string {
	text, count, _ := strings.Cut(arg, "*")
	n := 0
	fmt.Sscan(count, &n)
	return strings.Repeat(text, n)
}

// exec runs a statement on the server's file.
func (s *Side) exec(statement string) error {
	if _, err := s.server.DB.Exec(s.fill(statement)); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

// answer is what came back, ready for comparison.
type answer struct {
	status int
	tree   map[string]any
}

// play runs the step and returns nil when it sends nothing.
func (s *Side) play(ctx context.Context, step Step) (*answer, error) {
	if step.Edit != nil {
		if err := step.Edit(s); err != nil {
			return nil, err
		}
	}
	if !step.request() {
		return nil, nil
	}
	req, err := s.build(step)
	if err != nil {
		return nil, err
	}
	res, err := wire.Do(ctx, s.server.Addr(), req)
	if err != nil {
		return nil, err
	}
	if step.Jar != "" {
		s.jar(step.Jar).Update(res.Header)
	}
	a := observe(res)
	err = s.keep(step.Save, res, a)
	if step.View != nil {
		a.tree["body"] = step.View(a.tree["body"])
	}
	return a, err
}

func (s *Side) build(step Step) (wire.Request, error) {
	req := wire.Request{Method: step.Method, Target: s.fill(step.Path)}
	if !step.Absolute {
		req.Target = s.server.BasePath + req.Target
	}
	origin := s.server.Origin()
	if step.Method == "GET" || step.Method == "HEAD" {
		origin = noOrigin
	}
	for _, h := range step.Headers {
		if strings.EqualFold(h.Name, "origin") {
			origin = s.fill(h.Value)
			continue
		}
		req.Headers = append(req.Headers, wire.Header{Name: h.Name, Value: s.fill(h.Value)})
	}
	if origin != noOrigin {
		req.Headers = append(req.Headers, wire.Header{Name: "origin", Value: origin})
	}
	if cookies := s.jar(step.Jar).Header(); step.Jar != "" && cookies != "" {
		req.Headers = append(req.Headers, wire.Header{Name: "cookie", Value: cookies})
	}
	if step.Type != "" {
		req.Headers = append(req.Headers, wire.Header{Name: "content-type", Value: step.Type})
	}
	body, err := s.encode(step.Body)
	req.Body = body
	return req, err
}

func (s *Side) encode(body any) ([]byte, error) {
	switch b := body.(type) {
	case nil:
		return nil, nil
	case raw:
		return []byte(s.fill(string(b))), nil
	default:
		text, err := format.JSON(b)
		if err != nil {
			return nil, fmt.Errorf("encode body: %w", err)
		}
		return []byte(s.fill(string(text))), nil
	}
}

// keep saves variables; a place that is not there saves an empty text, so that both
// sides go on and the difference shows where it matters.
func (s *Side) keep(places map[string]string, res *wire.Response, a *answer) error {
	newest := sync.OnceValues(s.newestMessage) // one for all places in it
	for name, place := range places {
		kind, rest, _ := strings.Cut(place, ".")
		switch kind {
		case "body":
			s.vars[name] = lookup(a.tree["body"], rest)
		case "cookie":
			s.vars[name] = wire.Cookies(res.Header)[rest].Value
		case "header":
			s.vars[name] = res.Header.Get(rest)
		case "outbox":
			message, err := newest()
			if err != nil {
				return err
			}
			s.vars[name] = lookup(message, rest)
			if strings.HasPrefix(s.vars[name], s.server.Origin()+s.server.BasePath) {
				s.vars[name] = strings.TrimPrefix(s.vars[name], s.server.Origin()+s.server.BasePath)
			}
		default:
			return fmt.Errorf("save %s: no place %q", name, place)
		}
	}
	return nil
}

// newestMessage waits for a message that was not read before.
func (s *Side) newestMessage() (any, error) {
	seen := s.vars["messages seen"]
	for start := time.Now(); ; time.Sleep(messagePoll) {
		all, err := s.server.Messages()
		if err != nil {
			return nil, err
		}
		if count := fmt.Sprint(len(all)); len(all) > 0 && count != seen {
			s.vars["messages seen"] = count
			return all[len(all)-1], nil
		}
		if time.Since(start) > messageWait {
			return nil, nil
		}
	}
}

func lookup(tree any, path string) string {
	for part := range strings.SplitSeq(path, ".") {
		if list, ok := tree.([]any); ok {
			i := 0
			fmt.Sscan(part, &i)
			if i >= len(list) {
				return ""
			}
			tree = list[i]
			continue
		}
		m, ok := tree.(map[string]any)
		if !ok {
			return ""
		}
		tree = m[part]
	}
	if tree == nil {
		return ""
	}
	return fmt.Sprint(tree)
}

// comparedHeaders are the answer's headers that a client or a browser acts on.
var comparedHeaders = []string{
	"content-type", "location", "cache-control", "pragma", "www-authenticate", "retry-after", "x-retry-after", "allow",
	"set-auth-token", "set-auth-jwt", "access-control-allow-origin", "access-control-allow-credentials",
	"access-control-allow-headers", "access-control-allow-methods", "access-control-expose-headers", "vary",
	"x-content-type-options", "x-frame-options", "referrer-policy", "content-security-policy", "strict-transport-security",
}

func observe(res *wire.Response) *answer {
	headers := map[string]any{}
	for _, name := range comparedHeaders {
		if v := res.Header.Values(name); len(v) > 0 {
			headers[name] = strings.Join(v, ", ")
		}
	}
	return &answer{status: res.Status, tree: map[string]any{
		"status": json.Number(fmt.Sprint(res.Status)), "header": headers, "cookie": observeCookies(wire.Cookies(res.Header)), "body": observeBody(res.Body),
	}}
}

// observeCookies decodes values, and puts chunks (name.0, name.1, …) together under
// name, leaving of each only whether it is there.
func observeCookies(cookies map[string]wire.Cookie) map[string]any {
	out := map[string]any{}
	for name, c := range cookies {
		attributes := map[string]any{}
		for k, v := range c.Attributes {
			attributes[k] = v
		}
		value, err := url.PathUnescape(c.Value)
		if err != nil {
			value = c.Value
		}
		if base, _, chunk := cutChunk(name); chunk && value != "" {
			if _, done := out[base+" (joined)"]; !done {
				out[base+" (joined)"] = joinChunks(cookies, base)
			}
			value = "(chunk)"
		}
		out[withoutToken(name, value)] = map[string]any{"value": value, "attributes": attributes}
	}
	return out
}

// tokenName is a cookie of multi-session, which is named after its session.
var tokenName = regexp.MustCompile(`_multi-[a-z0-9]{32}$`)

// withoutToken names such a cookie by what happens to it.
func withoutToken(name, value string) string {
	what := "_multi-set"
	if value == "" {
		what = "_multi-gone"
	}
	return tokenName.ReplaceAllString(name, what)
}

func cutChunk(name string) (base, index string, ok bool) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 || i == len(name)-1 || strings.Trim(name[i+1:], "0123456789") != "" {
		return name, "", false
	}
	return name[:i], name[i+1:], true
}

func joinChunks(cookies map[string]wire.Cookie, base string) string {
	var out strings.Builder
	for i := 0; ; i++ {
		c, ok := cookies[fmt.Sprintf("%s.%d", base, i)]
		if !ok {
			return out.String()
		}
		out.WriteString(c.Value)
	}
}

// observeBody is the JSON tree, or the text with white space collapsed.
func observeBody(body []byte) any {
	if tree, ok := parseJSON(body); ok {
		return tree
	}
	return strings.Join(strings.Fields(string(body)), " ")
}

func parseJSON(text []byte) (any, bool) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, false
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var tree any
	if dec.Decode(&tree) != nil || dec.More() {
		return nil, false
	}
	return tree, true
}
