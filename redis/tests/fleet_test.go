package tests_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/memory"
	"github.com/goauth-dev/goauth/redis"
)

// Two servers in two processes share one Redis and one secret, and get the same requests at the same moment. Each has the same
// users in a database of its own, so that whatever is decided between them is decided by Redis.

const (
	secondEnv = "GOAUTH_REDIS_SECOND" // set in the second process only: the URL and the prefix
	roundsEnv = "GOAUTH_RACE_ROUNDS"  // how often each race is run
	rivals    = 25                    // callers in each process
	people    = 220                   // users that both know
	password  = "a long password"
)

// rounds is few by default; GOAUTH_RACE_ROUNDS=200 is the whole of it.
func rounds(t *testing.T) int {
	if text := os.Getenv(roundsEnv); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n > people {
			t.Fatalf("%s=%s: %v; at most %d", roundsEnv, text, err, people)
		}
		return n
	}
	return 15
}

func email(person int) string { return fmt.Sprintf("ada%d@example.com", person) }

// newInstance is one server of the fleet, with people in a database of its own.
func newInstance(url, prefix string, change func(o *auth.Options)) (*core.Auth, func(), error) {
	a, stop, err := build(url, prefix, change)
	if err != nil {
		return nil, nil, err
	}
	return a, stop, populate(a)
}

// build makes one server of the fleet. Every look at a session refreshes it.
func build(url, prefix string, change func(o *auth.Options)) (*core.Auth, func(), error) {
	client, err := redis.Open(url)
	if err != nil {
		return nil, nil, err
	}
	how := redis.Options{KeyPrefix: prefix, Logger: discard}
	o := auth.Options{
		Secret: authtest.Secret, Database: memory.New(), Mode: auth.Production, Logger: discard, BaseURL: "http://localhost:3000",
		SecondaryStorage: redis.NewSecondary(client, how), Revocations: redis.NewRevocations(client, how),
		Getenv:           func(string) string { return "" },
		EmailAndPassword: auth.EmailAndPassword{Enabled: true, Password: authtest.FastHash()},
	}
	o.Session.UpdateAge = time.Nanosecond
	o.User.DeleteUser.Enabled = true
	o.RateLimit.Enabled, o.RateLimit.Store = option.Off, redis.NewRateLimits(client, how)
	if change != nil {
		change(&o)
	}
	a, err := core.New(o)
	if err != nil {
		return nil, nil, err
	}
	return a, func() { _ = a.Close(context.Background()); _ = client.Close() }, nil
}

// populate makes the same people on every instance.
func populate(a *core.Auth) error {
	ctx, now := context.Background(), time.Now()
	for i := range people {
		id := fmt.Sprint("person-", i)
		user := store.Record{"id": id, "name": "Ada", "email": email(i), "emailVerified": true, "createdAt": now, "updatedAt": now}
		account := store.Record{
			"id": id + "-account", "userId": id, "accountId": id, "providerId": "credential", "password": "fast:" + password,
			"createdAt": now, "updatedAt": now,
		}
		if _, err := a.Context().Store.Insert(ctx, schema.UserModel, user); err != nil {
			return err
		}
		if _, err := a.Context().Store.Insert(ctx, schema.AccountModel, account); err != nil {
			return err
		}
	}
	return nil
}

// guesses is how many wrong passwords an account may see where limits are on.
const guesses = 5

// limited turns the rate limit and the throttle of sign-ins on.
func limited(o *auth.Options) {
	o.RateLimit.Enabled = option.On
	o.EmailAndPassword.SignInThrottle.MaxFailures = guesses
}

// job is a request that several callers make at once.
type job struct {
	// At is when they start, in Unix nanoseconds; each makes the request Times times.
	At             int64
	Callers, Times int
	// The request. Cookie, Body and Address may be empty.
	Method, Path, Body, Cookie, Address string
}

func (j *job) request() *http.Request {
	r := httptest.NewRequest(j.Method, "http://localhost:3000/api/auth"+j.Path, strings.NewReader(j.Body))
	r.Header.Set("Origin", "http://localhost:3000")
	if j.Body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if j.Cookie != "" {
		r.Header.Set("Cookie", j.Cookie)
	}
	if j.Address != "" {
		r.Header.Set("X-Forwarded-For", j.Address)
	}
	return r
}

// tally is what came of a job.
type tally struct {
	// Answers counts by status; "null" is a 200 that says null.
	Answers map[string]int
	// Refreshed counts the 200s that set a cookie, and Cookies are what they set, one text each.
	Refreshed int
	Cookies   []string
	// LastWin is when the last request that was answered 200 began, Done when the last one ended, in Unix nanoseconds.
	LastWin, Done int64
}

func (r *tally) add(began time.Time, res *httptest.ResponseRecorder) {
	answer := strconv.Itoa(res.Code)
	if res.Code == http.StatusOK && res.Body.String() == "null" {
		answer = "null"
	}
	r.Answers[answer]++
	r.Done = max(r.Done, time.Now().UnixNano())
	if answer == "200" {
		r.LastWin = max(r.LastWin, began.UnixNano())
		if cookie := cookies(res); cookie != "" {
			r.Refreshed++
			r.Cookies = append(r.Cookies, cookie)
		}
	}
}

// cookies are what an answer sets, as a client sends them.
func cookies(res *httptest.ResponseRecorder) string {
	var pairs []string
	for _, ck := range res.Result().Cookies() {
		pairs = append(pairs, ck.Name+"="+ck.Value)
	}
	return strings.Join(pairs, "; ")
}

// do runs jobs side by side.
func do(server http.Handler, jobs []job) []tally {
	tallies := make([]tally, len(jobs))
	var callers sync.WaitGroup
	var mu sync.Mutex
	for i, j := range jobs {
		tallies[i].Answers = map[string]int{}
		for range j.Callers {
			callers.Go(func() {
				time.Sleep(time.Until(time.Unix(0, j.At)))
				for range max(j.Times, 1) {
					began, res := time.Now(), httptest.NewRecorder()
					server.ServeHTTP(res, j.request())
					mu.Lock()
					tallies[i].add(began, res)
					mu.Unlock()
				}
			})
		}
	}
	callers.Wait()
	return tallies
}

// pair is the server here, the one in the second process, and the mail that this one sends.
type pair struct {
	*core.Auth
	mail chan string
	in   io.WriteCloser
	out  *bufio.Scanner
	log  *redisView
}

// redisView looks at what Redis holds.
type redisView struct {
	url, prefix string
}

func startPair(t *testing.T, limits bool) *pair {
	t.Helper()
	url, prefix := realRedis(t), fresh(t).KeyPrefix
	p := &pair{mail: make(chan string, 1), log: &redisView{url, prefix}}
	keep := func(_ context.Context, m auth.Mail) error { p.mail <- m.Token; return nil }
	a, stop, err := newInstance(url, prefix, func(o *auth.Options) {
		o.EmailAndPassword.SendResetPassword, o.User.DeleteUser.SendDeleteAccountVerification = keep, keep
		if limits {
			limited(o)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	p.Auth = a
	p.startSecond(t, url, prefix, limits)
	t.Cleanup(func() { sweep(t, url, prefix) })
	return p
}

// sweep deletes what a test left.
func sweep(t *testing.T, url, prefix string) {
	client := open(t, url)
	ctx := context.Background()
	for keys := client.Scan(ctx, 0, prefix+"*", 1000).Iterator(); keys.Next(ctx); {
		_ = client.Del(ctx, keys.Val()).Err()
	}
}

// startSecond runs this test binary again as the second server; see [TestSecondServer].
func (p *pair) startSecond(t *testing.T, url, prefix string, limits bool) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, "-test.run=^TestSecondServer$")
	cmd.Env, cmd.Stderr = append(os.Environ(), secondEnv+"="+url+" "+prefix+" "+fmt.Sprint(limits)), os.Stderr
	if p.in, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.in.Close(); _ = cmd.Wait() })
	p.out = bufio.NewScanner(out)
	p.out.Buffer(nil, 1<<20)
	if line := p.hear(t); line != "ready" {
		t.Fatalf("the second server said %q", line)
	}
}

func (p *pair) hear(t *testing.T) string {
	t.Helper()
	if !p.out.Scan() {
		t.Fatal("the second server has ended")
	}
	return p.out.Text()
}

// TestSecondServer is the second process of the races: it does the jobs that it reads and prints what came of them.
func TestSecondServer(t *testing.T) {
	role := strings.Fields(os.Getenv(secondEnv))
	if len(role) != 3 {
		t.Skip("it is the second process of the race tests")
	}
	var change func(o *auth.Options)
	if role[2] == "true" {
		change = limited
	}
	a, stop, err := newInstance(role[0], role[1], change)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	fmt.Println("ready")
	in := bufio.NewScanner(os.Stdin)
	for in.Buffer(nil, 1<<20); in.Scan(); {
		var jobs []job
		if err := json.Unmarshal(in.Bytes(), &jobs); err != nil {
			t.Fatal(err)
		}
		answer, err := json.Marshal(do(a, jobs))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println(string(answer))
	}
}

// both runs jobs here and in the second process at one moment.
func (p *pair) both(t *testing.T, here, there []job) (ours, theirs []tally) {
	t.Helper()
	start := time.Now().Add(3 * time.Millisecond).UnixNano()
	here, there = slices.Clone(here), slices.Clone(there)
	for _, jobs := range [][]job{here, there} {
		for i := range jobs {
			jobs[i].At += start
		}
	}
	line, err := json.Marshal(there)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintln(p.in, string(line)); err != nil {
		t.Fatal(err)
	}
	ours = do(p, here)
	if err := json.Unmarshal([]byte(p.hear(t)), &theirs); err != nil {
		t.Fatal(err)
	}
	return ours, theirs
}

// ask makes one request here that must succeed.
func (p *pair) ask(t *testing.T, j job) *httptest.ResponseRecorder {
	t.Helper()
	res := httptest.NewRecorder()
	p.ServeHTTP(res, j.request())
	if res.Code != http.StatusOK {
		t.Fatalf("%s answered %d %s", j.Path, res.Code, res.Body)
	}
	return res
}

// signIn returns a client's cookies and its session's token.
func (p *pair) signIn(t *testing.T, person int) (cookie, token string) {
	t.Helper()
	res := p.ask(t, job{Method: auth.POST, Path: "/sign-in/email", Body: credentials(person, password)})
	var answer struct{ Token string }
	if err := json.Unmarshal(res.Body.Bytes(), &answer); err != nil || answer.Token == "" {
		t.Fatalf("no token: %s", res.Body)
	}
	return cookies(res), answer.Token
}

func credentials(person int, password string) string {
	return fmt.Sprintf(`{"email":%q,"password":%q}`, email(person), password)
}

func (p *pair) mailed(t *testing.T) string {
	t.Helper()
	select {
	case token := <-p.mail:
		return token
	case <-time.After(10 * time.Second):
		t.Fatal("no mail was sent")
		return ""
	}
}

// total adds up all rounds of a race.
type total struct {
	rounds, here int
	answers      map[string]int
}

// add takes the tallies of one round and returns its answers.
func (r *total) add(tallies ...tally) map[string]int {
	if r.answers == nil {
		r.answers = map[string]int{}
	}
	round := map[string]int{}
	for _, one := range tallies {
		for answer, n := range one.Answers {
			round[answer] += n
			r.answers[answer] += n
		}
	}
	r.rounds++
	return round
}

func (r *total) String() string {
	text := fmt.Sprintf("%d rounds in two processes:", r.rounds)
	for _, answer := range slices.Sorted(maps.Keys(r.answers)) {
		text += fmt.Sprintf(" %s ×%d", answer, r.answers[answer])
	}
	return text + fmt.Sprintf("; of the 200s %d here, %d there", r.here, r.answers["200"]-r.here)
}
