package races

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/store"
)

type obj = map[string]any

const (
	origin   = "http://localhost:3000"
	password = "correct horse battery"
)

// racers is how many callers there are, half of them in each process: fewer by default.
var racers = map[bool]int{true: 16, false: 50}[os.Getenv(roundsEnv) == ""]

// pair is a server here, and another in a second process, on one database.
type pair struct {
	t      *testing.T
	here   *core.Auth
	there  *second
	mail   *mailbox
	engine string
}

// mailbox keeps the last message to everybody.
type mailbox struct {
	mu   sync.Mutex
	last map[string]string
}

func (m *mailbox) put(to, text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last[to] = text
}

// take waits for a message and removes it.
func (m *mailbox) take(t *testing.T, to string) string {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		m.mu.Lock()
		text, ok := m.last[to]
		delete(m.last, to)
		m.mu.Unlock()
		if ok {
			return text
		}
	}
	t.Fatalf("nothing was sent to %s", to)
	return ""
}

// request is one call; the cookies are a header's value.
type request struct {
	Method, Path, Body, Cookie string
	Header                     map[string]string
}

// response is what came of it. Took are the nanoseconds at which it began and ended.
type response struct {
	Status      int
	Body        string
	Cookies     map[string]string
	Location    string
	Began, Done int64
}

// outcome is the status with the error's code, or "null".
func (r *response) outcome() string {
	var body struct{ Code, Error string }
	_ = json.Unmarshal([]byte(r.Body), &body)
	switch {
	case r.Status == http.StatusOK && r.Body == "null":
		return "null"
	case r.Status == http.StatusFound:
		at, err := url.Parse(r.Location)
		if err != nil || at.Query().Get("error") == "" {
			return "302"
		}
		return "302 " + at.Query().Get("error")
	case body.Code != "":
		return fmt.Sprint(r.Status, " ", body.Code)
	case body.Error != "":
		return fmt.Sprint(r.Status, " ", body.Error)
	}
	return fmt.Sprint(r.Status)
}

// serve makes a call at a server of this process.
func serve(a http.Handler, r request) response {
	req := httptest.NewRequest(r.Method, origin+"/api/auth"+r.Path, strings.NewReader(r.Body))
	req.Header.Set("Origin", origin)
	if r.Method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.Cookie != "" {
		req.Header.Set("Cookie", r.Cookie)
	}
	for name, value := range r.Header {
		req.Header.Set(name, value)
	}
	began, res := time.Now(), httptest.NewRecorder()
	a.ServeHTTP(res, req)
	out := response{
		Status: res.Code, Body: strings.TrimSpace(res.Body.String()), Cookies: map[string]string{}, Location: res.Header().Get("Location"),
		Began: began.UnixNano(), Done: time.Now().UnixNano(),
	}
	for _, ck := range res.Result().Cookies() {
		if ck.MaxAge >= 0 {
			out.Cookies[ck.Name] = ck.Value
		}
	}
	return out
}

// serveAll makes calls side by side at a moment.
func serveAll(a http.Handler, at int64, requests []request) []response {
	out := make([]response, len(requests))
	var all sync.WaitGroup
	for i, r := range requests {
		all.Go(func() {
			time.Sleep(time.Until(time.Unix(0, at)))
			out[i] = serve(a, r)
		})
	}
	all.Wait()
	return out
}

// round is one of the rounds of a race.
type round struct {
	*pair
	race    *race
	n       int
	answers map[string]int // of all rounds
	wrong   int
}

// fire makes the calls of a race at one moment and counts the answers. A server's error is a failure whatever the race is
// about.
func (r *round) fire(requests ...request) []response {
	r.t.Helper()
	out := r.together(requests)
	for _, a := range out {
		r.answers[a.outcome()]++
		if a.Status >= http.StatusInternalServerError {
			r.failf("answered %d %s", a.Status, a.Body)
		}
	}
	return out
}

// together makes calls at one moment, every other one in the second process, and returns the answers in order.
func (r *round) together(requests []request) []response {
	r.t.Helper()
	var mine, theirs []request
	for i, q := range requests {
		if i%2 == 0 {
			mine = append(mine, q)
		} else {
			theirs = append(theirs, q)
		}
	}
	at := time.Now().Add(4 * time.Millisecond).UnixNano()
	r.there.send(r.t, shot{at, theirs})
	ours := serveAll(r.here, at, mine)
	others := r.there.receive(r.t)
	out := make([]response, len(requests))
	for i := range out {
		if i%2 == 0 {
			out[i] = ours[i/2]
		} else {
			out[i] = others[i/2]
		}
	}
	return out
}

// failf notes that a round went wrong; the first few are told.
func (r *round) failf(format string, args ...any) {
	r.t.Helper()
	if r.wrong++; r.wrong <= 5 {
		r.t.Errorf("round %d: %s", r.n, fmt.Sprintf(format, args...))
	}
}

// expect fails unless the answers are those: "ok" stands for 200 and 302 without an error. Outcomes that are not named must
// not be "ok".
func (r *round) expect(answers []response, want map[string]int) {
	r.t.Helper()
	got := map[string]int{}
	for _, a := range answers {
		if outcome := a.outcome(); outcome == "200" || outcome == "302" {
			got["ok"]++
		} else {
			got[outcome]++
		}
	}
	for outcome, n := range want {
		if got[outcome] != n {
			r.failf("the answers were %v, want %v", got, want)
			return
		}
	}
}

// once fails unless exactly one of the answers is a success.
func (r *round) once(answers []response) {
	r.t.Helper()
	r.expect(answers, map[string]int{"ok": 1})
}

// email is an address that no other round has.
func (r *round) email(name string) string {
	return strings.ToLower(fmt.Sprintf("%s.%s.%d@example.com", name, strings.ReplaceAll(r.race.slug(), " ", "-"), r.n))
}

// browser is somebody with cookies, at the server of this process.
type browser struct {
	*round
	email   string
	cookies map[string]string
}

func (r *round) browser(email string) *browser { return &browser{r, email, map[string]string{}} }

// signUp makes a user with a verified address.
func (r *round) signUp(name string) *browser {
	r.t.Helper()
	b := r.browser(r.email(name))
	b.post("/sign-up/email", obj{"name": name, "email": b.email, "password": password})
	if _, err := r.here.Context().Store.UpdateAll(r.t.Context(), "user", store.Where{store.Is("email", b.email)}, store.Record{"emailVerified": true}); err != nil {
		r.t.Fatal(err)
	}
	return b
}

// another is the same person with a browser of its own.
func (b *browser) another() *browser { return b.browser(b.email) }

// call is a request with the browser's cookies.
func (b *browser) call(method, path string, body any) request {
	b.t.Helper()
	text := []byte(nil)
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			b.t.Fatal(err)
		}
	}
	return request{Method: method, Path: path, Body: string(text), Cookie: cookieHeader(b.cookies)}
}

func cookieHeader(cookies map[string]string) string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(cookies)) {
		pairs = append(pairs, name+"="+cookies[name])
	}
	return strings.Join(pairs, "; ")
}

// do makes a call and keeps the cookies.
func (b *browser) do(method, path string, body any) response {
	b.t.Helper()
	res := serve(b.here, b.call(method, path, body))
	maps.Copy(b.cookies, res.Cookies)
	return res
}

// post makes a call that must succeed and returns its answer.
func (b *browser) post(path string, body obj) obj {
	b.t.Helper()
	return b.object(b.do(http.MethodPost, path, body), path)
}

func (b *browser) get(path string) obj {
	b.t.Helper()
	return b.object(b.do(http.MethodGet, path, nil), path)
}

func (b *browser) object(res response, path string) (answer obj) {
	b.t.Helper()
	if err := json.Unmarshal([]byte(res.Body), &answer); res.Status != http.StatusOK || err != nil {
		b.t.Fatalf("%s: %s of %s: %d %s", b.race.slug(), path, b.email, res.Status, res.Body)
	}
	return answer
}

// id is the person's id.
func (b *browser) id() string {
	b.t.Helper()
	return b.row("user", store.Is("email", b.email))["id"].(string)
}

// alive counts the sessions that answers gave and that the servers still know, each asked at one of them.
func (r *round) alive(answers []response) int {
	r.t.Helper()
	var looks []request
	for _, a := range answers {
		if a.Cookies["better-auth.session_token"] != "" {
			looks = append(looks, request{Method: http.MethodGet, Path: "/get-session", Cookie: cookieHeader(a.Cookies)})
		}
	}
	if len(looks) == 0 {
		return 0
	}
	alive := 0
	for _, look := range r.together(looks) {
		if look.Status == http.StatusOK && look.Body != "null" {
			alive++
		}
	}
	return alive
}

// times is one request that all racers make.
func times(n int, r request) []request { return slices.Repeat([]request{r}, n) }

// each is a request of each of the racers.
func each(n int, of func(i int) request) []request {
	out := make([]request, n)
	for i := range out {
		out[i] = of(i)
	}
	return out
}

func (p *pair) count(model string, where ...store.Cond) int {
	p.t.Helper()
	n, err := p.here.Context().Store.Count(p.t.Context(), model, where)
	if err != nil {
		p.t.Fatal(err)
	}
	return int(n)
}

func (p *pair) row(model string, where ...store.Cond) store.Record {
	p.t.Helper()
	row, err := p.here.Context().Store.FindOne(p.t.Context(), store.Query{Model: model, Where: where})
	if err != nil || row == nil {
		p.t.Fatalf("%s %v: %v, %v", model, where, row, err)
	}
	return row
}

// change writes to the database behind the servers' backs.
func (p *pair) change(model string, set store.Record, where ...store.Cond) {
	p.t.Helper()
	if _, err := p.here.Context().Store.UpdateAll(context.WithoutCancel(p.t.Context()), model, where, set); err != nil {
		p.t.Fatal(err)
	}
}
