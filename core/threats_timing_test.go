package core_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store/memory"
)

// flood signs in many times at once, and counts the answers by status.
func flood(t *testing.T, s *server, requests int) map[int]int {
	t.Helper()
	var mu sync.Mutex
	statuses := map[int]int{}
	var all sync.WaitGroup
	for i := range requests {
		all.Go(func() {
			res := s.direct(post("/sign-in/email", map[string]any{"email": fmt.Sprintf("u%d@example.com", i%2), "password": "wrong password"}))
			mu.Lock()
			defer mu.Unlock()
			statuses[res.Status]++
			if res.Status == http.StatusServiceUnavailable && (res.Header.Get("Retry-After") == "" || res.code() != "TOO_MANY_REQUESTS") {
				t.Errorf("an overflow is answered %v %s", res.Header, res.Body)
			}
		})
	}
	all.Wait()
	return statuses
}

// TestGAP002_AFloodOfSignInsTakesBoundedMemory is also FAULT-010, FAULT-019 and PWD-10, scaled down.
func TestGAP002_FAULT010_FAULT019_AFloodOfSignInsTakesBoundedMemory(t *testing.T) {
	const requests, workers, queue = 48, 1, 3
	s := newServer(t, func(o *auth.Options) {
		o.EmailAndPassword.Password = auth.PasswordHash{Workers: workers, Queue: queue}
	})
	c := s.client()
	c.signUp("u0@example.com")
	runtime.GC()
	var base, now runtime.MemStats
	runtime.ReadMemStats(&base)
	var peak, reads atomic.Uint64
	done := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			if c.session() == nil {
				t.Error("get-session fails during the flood")
			}
			reads.Add(1)
			runtime.ReadMemStats(&now)
			peak.Store(max(peak.Load(), now.HeapAlloc))
		}
	})
	statuses := flood(t, s, requests)
	close(done)
	watch.Wait()
	if statuses[http.StatusUnauthorized]+statuses[http.StatusServiceUnavailable] != requests || statuses[http.StatusUnauthorized] < workers+queue {
		t.Errorf("the flood was answered %v", statuses)
	}
	if statuses[http.StatusUnauthorized] > 3*(workers+queue) {
		t.Errorf("the queue is longer than it may be: %v", statuses)
	}
	if grown := int64(peak.Load()) - int64(base.HeapAlloc); grown > (workers*32+64)<<20 {
		t.Errorf("the heap grew by %d MiB", grown>>20)
	}
	if reads.Load() < 5 {
		t.Errorf("only %d reads got through during the flood", reads.Load())
	}
	c.signIn("u0@example.com") // recovered
	t.Logf("answers %v, %d reads meanwhile", statuses, reads.Load())
}

func TestGAP002_AnOverlongPasswordCostsOneShortHash(t *testing.T) {
	var mu sync.Mutex
	var hashed []int
	s := newServer(t, func(o *auth.Options) {
		hash, verify := o.EmailAndPassword.Password.Hash, o.EmailAndPassword.Password.Verify
		spy := func(p string) {
			mu.Lock()
			defer mu.Unlock()
			hashed = append(hashed, len(p))
		}
		o.EmailAndPassword.Password.Hash = func(ctx context.Context, p string) (string, error) {
			spy(p)
			return hash(ctx, p)
		}
		o.EmailAndPassword.Password.Verify = func(ctx context.Context, h, p string) (bool, error) {
			spy(p)
			return verify(ctx, h, p)
		}
	})
	c := s.client()
	c.signUp(flowEmail)
	long := strings.Repeat("p", 1<<20-200)
	for _, test := range []struct {
		path   string
		body   map[string]any
		status int
	}{
		{"/sign-in/email", map[string]any{"email": flowEmail, "password": long}, http.StatusUnauthorized},
		{"/sign-in/email", map[string]any{"email": "nobody@example.com", "password": long}, http.StatusUnauthorized},
		{"/sign-in/email", map[string]any{"email": flowEmail, "password": strings.Repeat("p", 129)}, http.StatusUnauthorized},
		{"/verify-password", map[string]any{"password": long}, http.StatusBadRequest},
		{"/change-password", map[string]any{"currentPassword": long, "newPassword": newPassword}, http.StatusBadRequest},
		{"/delete-user", map[string]any{"password": long}, http.StatusBadRequest},
	} {
		hashed = nil
		res := c.post(test.path, test.body)
		if res.Status != test.status {
			t.Errorf("%s answered %d %s", test.path, res.Status, res.Body)
		}
		if len(hashed) != 1 || hashed[0] > 128 {
			t.Errorf("%s hashed passwords of %v letters, want one short one", test.path, hashed)
		}
	}
	for path, body := range map[string]map[string]any{
		"/sign-up/email":   {"name": "B", "email": "bob@example.com", "password": long},
		"/change-password": {"currentPassword": testPassword, "newPassword": long},
	} {
		hashed = nil
		if res := c.post(path, body); res.Status != http.StatusBadRequest || res.code() != "PASSWORD_TOO_LONG" || len(hashed) > 0 {
			t.Errorf("%s answered %d %s after %v hashes", path, res.Status, res.Body, hashed)
		}
	}
	if res := c.post("/sign-in/email", map[string]any{"email": flowEmail, "password": long + long}); res.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("a body of two MiB answered %d", res.Status)
	}
}

// work is what a request costs that another can see: password hashes and statements.
type work struct {
	Hashes     int
	Statements int
	Writes     bool
}

// costs are a server that counts its work.
type costs struct {
	*server
	db     *probe
	hashes atomic.Int64
}

func newCosts(t *testing.T, change func(o *auth.Options)) *costs {
	t.Helper()
	k := &costs{db: &probe{Database: memory.New()}}
	k.server = newServer(t, func(o *auth.Options) {
		o.Database = k.db
		hash, verify := o.EmailAndPassword.Password.Hash, o.EmailAndPassword.Password.Verify
		o.EmailAndPassword.Password.Hash = func(ctx context.Context, p string) (string, error) {
			k.hashes.Add(1)
			return hash(ctx, p)
		}
		o.EmailAndPassword.Password.Verify = func(ctx context.Context, h, p string) (bool, error) {
			k.hashes.Add(1)
			return verify(ctx, h, p)
		}
		if change != nil {
			change(o)
		}
	})
	return k
}

// of returns the work for one request and its answer.
func (k *costs) of(r request) (work, answer) {
	k.t.Helper()
	k.db.watch(nil)
	before := k.hashes.Load()
	res := k.direct(r)
	statements := k.db.statements()
	writes := slices.ContainsFunc(statements, func(s string) bool { return !strings.HasPrefix(s, "find") })
	return work{int(k.hashes.Load() - before), len(statements), writes}, res
}

// enumerable are the requests that name an address, which must not tell whether it is known.
var enumerable = []struct {
	name    string
	change  func(o *auth.Options)
	request func(email string) request
	// only hashes are compared where a success has to write.
	hashesOnly bool
}{
	{name: "sign-in with a wrong password", request: func(email string) request {
		return post("/sign-in/email", map[string]any{"email": email, "password": "wrong password"})
	}},
	{name: "sign-in with a wrong password, throttled", change: func(o *auth.Options) { o.EmailAndPassword.SignInThrottle.MaxFailures = 3 },
		request: func(email string) request {
			return post("/sign-in/email", map[string]any{"email": email, "password": "wrong password"})
		}},
	{name: "request a reset", request: func(email string) request {
		return post("/request-password-reset", map[string]any{"email": email})
	}},
	{name: "ask for a verification mail", request: func(email string) request {
		return post("/send-verification-email", map[string]any{"email": email})
	}},
	{name: "hidden sign-up", change: func(o *auth.Options) { o.EmailAndPassword.AutoSignIn = option.Off }, hashesOnly: true,
		request: func(email string) request {
			return post("/sign-up/email", map[string]any{"name": "A", "email": email, "password": testPassword})
		}},
}

// TestFAULT018_OLD019_KnownAndUnknownAddressesCostTheSameWork is also UP-120 and AUTHN-05.
func TestFAULT018_OLD019_KnownAndUnknownAddressesCostTheSameWork(t *testing.T) {
	for _, e := range enumerable {
		t.Run(e.name, func(t *testing.T) {
			k := newCosts(t, e.change)
			k.client().signUp("known@example.com")
			for round := range 5 {
				known, answered := k.of(e.request("known@example.com"))
				unknown, also := k.of(e.request("unknown@example.com"))
				if e.hashesOnly {
					known.Statements, known.Writes, unknown.Statements, unknown.Writes = 0, false, 0, false
					if round > 0 { // the second time the unknown one is known
						continue
					}
				}
				if known != unknown {
					t.Errorf("round %d: known %+v, unknown %+v", round, known, unknown)
				}
				if answered.Status != also.Status || !e.hashesOnly && answered.Body != also.Body {
					t.Errorf("round %d: known %d %s, unknown %d %s", round, answered.Status, answered.Body, also.Status, also.Body)
				}
			}
		})
	}
}

func TestUP120_GAP016_ASlowMailerHoldsNobodyUp(t *testing.T) {
	release := make(chan struct{})
	var sent atomic.Int64
	slow := func(ctx context.Context, _ auth.Mail) error {
		select {
		case <-release:
		case <-ctx.Done():
		}
		sent.Add(1)
		return errors.New("the mail server is down")
	}
	s := newServer(t, func(o *auth.Options) {
		o.EmailVerification.SendVerificationEmail, o.EmailAndPassword.SendResetPassword = slow, slow
	})
	s.client().signUp(flowEmail)
	for range 20 {
		s.direct(post("/send-verification-email", map[string]any{"email": flowEmail})).want(t, http.StatusOK)
		s.direct(post("/request-password-reset", map[string]any{"email": flowEmail})).want(t, http.StatusOK)
	}
	if n := sent.Load(); n != 0 {
		t.Errorf("%d mails were waited for", n)
	}
	close(release)
	s.drain()
	if n := sent.Load(); n != 40 {
		t.Errorf("%d of 40 mails were tried", n)
	}
	if !strings.Contains(s.Log.String(), "the mail server is down") {
		t.Error("the sender's error is not in the log")
	}
}

// TestFAULT018_TimingByStatistics compares response times. It needs a quiet machine: set GOAUTH_TIMING=1.
func TestFAULT018_TimingByStatistics(t *testing.T) {
	if os.Getenv("GOAUTH_TIMING") == "" {
		t.Skip("needs a quiet machine; set GOAUTH_TIMING=1")
	}
	for _, e := range enumerable {
		if e.hashesOnly {
			continue
		}
		t.Run(e.name, func(t *testing.T) {
			s := newServer(t, func(o *auth.Options) { o.EmailAndPassword.Password = auth.PasswordHash{} })
			s.client().signUp("known@example.com")
			samples := map[bool][]time.Duration{}
			for range 500 {
				known := rand.IntN(2) == 0
				email := "unknown@example.com"
				if known {
					email = "known@example.com"
				}
				began := time.Now()
				s.direct(e.request(email))
				samples[known] = append(samples[known], time.Since(began))
			}
			a, b := median(samples[true]), median(samples[false])
			if diff := max(a-b, b-a); diff > 5*time.Millisecond && diff > max(a, b)/20 {
				t.Errorf("median of a known address %s, of an unknown one %s", a, b)
			}
			t.Logf("medians: known %s, unknown %s", a, b)
		})
	}
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

// countdown is a source of randomness that fails from the n-th read on.
type countdown struct {
	io.Reader
	left atomic.Int64
}

var errEntropy = errors.New("no entropy")

func (c *countdown) Read(p []byte) (int, error) {
	if c.left.Add(-1) < 0 {
		return 0, errEntropy
	}
	return c.Reader.Read(p)
}

func TestFAULT029_WithoutRandomnessNothingIsIssued(t *testing.T) {
	points := 0
	for i := range flows {
		f := flows[i]
		change := f.options
		t.Run(f.name, func(t *testing.T) {
			for n := 0; ; n++ {
				var source *countdown
				db := &probe{Database: memory.New()}
				s := newServer(t, func(o *auth.Options) {
					source = &countdown{Reader: o.Random}
					source.Reader = authtest.NewRandom(7)
					source.left.Store(1 << 40)
					o.Random, o.Database = source, db
					withCache("jwe")(o)
					if change != nil {
						change(o)
					}
				})
				c := s.client()
				r := f.prepare(c)
				r.Header = c.cookies()
				before := s.dump()
				sent := len(s.Outbox.All())
				source.left.Store(int64(n))
				res := s.direct(r)
				if source.left.Load() >= 0 {
					return // the operation reads no more
				}
				points++
				if res.Status != http.StatusInternalServerError {
					t.Errorf("read %d failed, and the answer is %d %s", n+1, res.Status, res.Body)
				}
				if line := res.setsCookie(sessionToken); line != "" && !strings.HasPrefix(line, sessionToken+"="+c.cookie(sessionToken)+";") {
					t.Errorf("read %d failed, and the client got %q", n+1, line)
				}
				if got := s.count(schema.SessionModel) + len(s.Outbox.All()); strings.Contains(res.Body, "token") || got > strings.Count(before, "session {")+sent+1 {
					t.Errorf("read %d failed, and something was issued: %s", n+1, res.Body)
				}
			}
		})
	}
	if points < 10 {
		t.Errorf("randomness was missed %d times only", points)
	}
	t.Logf("%d failed reads", points)
}

func TestAUTHN13_TokensComeFromTheRandomSource(t *testing.T) {
	make := func() string {
		s := bareServer(t, func(o *auth.Options) { o.Random = authtest.NewRandom(7) })
		return s.direct(post("/sign-up/email", signUpBody)).object(t)["token"].(string)
	}
	if diff := cmp.Diff(make(), make()); diff != "" {
		t.Errorf("the same randomness made other tokens: %s", diff)
	}
}
