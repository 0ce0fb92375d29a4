package core_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/ratelimit"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/memory"
)

func limited(o *auth.Options) { o.RateLimit = auth.RateLimitOptions{} } // production's default is on

// guess tries a wrong password from an address; forwarded is the X-Forwarded-For header, none when empty.
func (s *server) guess(forwarded string) int {
	s.t.Helper()
	h := http.Header{}
	if forwarded != "" {
		h.Set("X-Forwarded-For", forwarded)
	}
	return s.client().do(request{Path: "/sign-in/email", Body: `{"email":"a@example.com","password":"wrong"}`, Header: h}).Status
}

func TestUP071_ClientsWithoutAnAddressShareOneLimit(t *testing.T) {
	s := newServer(t, limited)
	for i := range 5 {
		want := http.StatusUnauthorized
		if i >= 3 {
			want = http.StatusTooManyRequests
		}
		if got := s.guess(""); got != want {
			t.Errorf("request %d: %d; want %d", i+1, got, want)
		}
	}
	if got := s.guess("not an address"); got != http.StatusTooManyRequests {
		t.Errorf("a malformed address: %d; want 429", got)
	}
	if res := s.client().post("/sign-up/email", `{}`); res.Status == http.StatusTooManyRequests {
		t.Error("another path is limited too")
	}
}

func TestGAP015_AClientWithoutAHeaderUsesUpNobodyElsesLimit(t *testing.T) {
	s := newServer(t, limited)
	guess := func(peer, forwarded string) int {
		r := httptest.NewRequest(http.MethodPost, apiBase+"/sign-in/email", strings.NewReader(`{"email":"a@example.com","password":"wrong"}`))
		r.RemoteAddr = peer
		r.Header.Set("Content-Type", "application/json")
		if forwarded != "" {
			r.Header.Set("X-Forwarded-For", forwarded)
		}
		res := httptest.NewRecorder()
		s.Auth.ServeHTTP(res, r)
		return res.Code
	}
	for _, attacker := range []string{"203.0.113.7:1", "[2001:db8::7]:1", "[2001:db8::8]:2", "@", ""} {
		for range 5 {
			guess(attacker, "")
		}
	}
	for _, c := range []struct {
		name, peer, forwarded string
		want                  int
	}{
		{"the attacker", "203.0.113.7:2", "", http.StatusTooManyRequests},
		{"the attacker with a header that names nobody", "203.0.113.7:3", "nobody", http.StatusTooManyRequests},
		{"the attacker with hops that nobody vouches for", "203.0.113.7:3", "192.0.2.9, 192.0.2.10", http.StatusTooManyRequests},
		{"another address of the attacker's network", "[2001:db8::9]:1", "", http.StatusTooManyRequests},
		{"somebody else", "203.0.113.8:1", "", http.StatusUnauthorized},
		{"somebody else in another IPv6 network", "[2001:db8:0:1::7]:1", "", http.StatusUnauthorized},
		{"a client whose proxy names him", "203.0.113.7:4", "198.51.100.1", http.StatusUnauthorized},
		{"a connection without an address", "@", "", http.StatusTooManyRequests},
	} {
		if got := guess(c.peer, c.forwarded); got != c.want {
			t.Errorf("%s: %d; want %d", c.name, got, c.want)
		}
	}
}

func TestGAP015_WhereNoHeaderIsBelievedConnectionsCount(t *testing.T) {
	s := newServer(t, func(o *auth.Options) {
		limited(o)
		o.Advanced.IPAddress.Headers = []string{}
	})
	refused := 0
	for i := range 10 {
		if s.guess(fmt.Sprintf("203.0.113.%d", i)) == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused != 7 {
		t.Errorf("%d of 10 requests with a rotated header were refused; want 7", refused)
	}
}

func TestUP077_AHopThatTheClientWritesChoosesNoBucket(t *testing.T) {
	s := newServer(t, limited)
	refused := 0
	for i := range 10 {
		if s.guess(fmt.Sprintf("203.0.113.%d, 10.0.0.5", i)) == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused != 7 {
		t.Errorf("%d of 10 requests with a rotated first hop were refused; want 7", refused)
	}
}

func TestUP077_WithTrustedProxiesTheRightmostOtherHopCounts(t *testing.T) {
	s := newServer(t, func(o *auth.Options) {
		limited(o)
		o.Advanced.IPAddress.TrustedProxies = []string{"10.0.0.0/8", "2001:db8:1::/48"}
	})
	exhaust := func(forwarded func(i int) string) (refused int) {
		for i := range 5 {
			if s.guess(forwarded(i)) == http.StatusTooManyRequests {
				refused++
			}
		}
		return refused
	}
	if n := exhaust(func(i int) string { return fmt.Sprintf("203.0.113.%d, 198.51.100.7, 10.0.0.5, 10.9.9.9", i) }); n != 2 {
		t.Errorf("one client behind two proxies with spoofed hops: %d of 5 refused; want 2", n)
	}
	if n := exhaust(func(i int) string { return fmt.Sprintf("198.51.100.7, 198.51.100.%d, 10.0.0.5", 100+i) }); n != 0 {
		t.Errorf("five clients: %d refused; want 0", n)
	}
	if n := exhaust(func(i int) string { return fmt.Sprintf("10.0.0.%d, 10.0.0.5", i) }); n != 2 {
		t.Errorf("proxies only: %d of 5 refused; want 2, as nobody is known", n)
	}
	if got := s.guess("198.51.100.9, junk, 10.0.0.5"); got != http.StatusTooManyRequests {
		t.Errorf("a malformed hop: %d; want 429, as nobody is known", got)
	}
}

func TestUP077_ASessionHasTheAddressThatTheLimitTrusts(t *testing.T) {
	for proxies, tests := range map[string]map[string]string{
		"":           {"203.0.113.9": "203.0.113.9", "203.0.113.9, 10.0.0.5": "", "junk": "", "2001:DB8::1": "2001:0db8:0000:0000:0000:0000:0000:0000"},
		"10.0.0.0/8": {"6.6.6.6, 203.0.113.9, 10.0.0.5": "203.0.113.9", "10.0.0.1, 10.0.0.5": "", "203.0.113.9": "203.0.113.9"},
	} {
		s := newServer(t, func(o *auth.Options) {
			if proxies != "" {
				o.Advanced.IPAddress.TrustedProxies = []string{proxies}
			}
		})
		s.client().signUp("up077@example.com")
		for forwarded, want := range tests {
			c := s.client()
			c.do(request{Path: "/sign-in/email", Body: `{"email":"up077@example.com","password":"` + testPassword + `"}`, Header: http.Header{"X-Forwarded-For": {forwarded}}})
			if res := c.get("/get-session"); !strings.Contains(res.Body, `"ipAddress":"`+want+`"`) {
				t.Errorf("proxies %q, header %q: %s; want %q", proxies, forwarded, res.Body, want)
			}
		}
	}
}

func TestUP077_NoOtherHeaderIsBelievedForTheAddress(t *testing.T) {
	s := newServer(t, limited)
	for i := range 5 {
		h := http.Header{}
		for _, name := range []string{"X-Real-Ip", "Forwarded", "Cf-Connecting-Ip", "True-Client-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "Fly-Client-Ip", "Via"} {
			h.Set(name, fmt.Sprintf("203.0.113.%d", i))
		}
		res := s.client().do(request{Path: "/sign-in/email", Body: `{"email":"a@example.com","password":"wrong"}`, Header: h})
		if refused := res.Status == http.StatusTooManyRequests; refused != (i >= 3) {
			t.Errorf("request %d: %d", i+1, res.Status)
		}
	}
}

// counterStores are the places where counters may live.
func counterStores() map[string]func(o *auth.Options) {
	return map[string]func(o *auth.Options){
		"memory":             limited,
		"database":           func(o *auth.Options) { limited(o); o.RateLimit.Storage = "database" },
		"secondary storage":  func(o *auth.Options) { limited(o); o.SecondaryStorage = memory.NewSecondary(o.Clock) },
		"a store of its own": func(o *auth.Options) { limited(o); o.RateLimit.Store = ratelimit.NewMemory(0) },
		"custom storage": func(o *auth.Options) {
			limited(o)
			var mu sync.Mutex
			counters := map[string]ratelimit.Counter{}
			o.RateLimit.CustomStorage = auth.RateLimitStorage{
				Get: func(_ context.Context, key string) (*ratelimit.Counter, error) {
					mu.Lock()
					defer mu.Unlock()
					if c, ok := counters[key]; ok {
						return &c, nil
					}
					return nil, nil
				},
				Set: func(_ context.Context, key string, c ratelimit.Counter, _ bool) error {
					mu.Lock()
					defer mu.Unlock()
					counters[key] = c
					return nil
				},
			}
		},
	}
}

func TestUP078_OfABurstExactlyTheLimitPasses(t *testing.T) {
	for name, change := range counterStores() {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, change)
			for round := range 2 {
				var passed atomic.Int32
				var wg sync.WaitGroup
				for range 100 {
					wg.Go(func() {
						if s.guess("203.0.113.1") != http.StatusTooManyRequests {
							passed.Add(1)
						}
					})
				}
				wg.Wait()
				if n := passed.Load(); n != 3 {
					t.Errorf("round %d: %d of 100 requests passed; want 3", round+1, n)
				}
				s.Clock.Advance(10 * time.Second) // a window that refusals do not extend
			}
		})
	}
}

func TestUP078_RefusalsDoNotExtendTheWindow(t *testing.T) {
	for name, change := range counterStores() {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, change)
			for range 9 {
				s.guess("203.0.113.1")
				s.Clock.Advance(time.Second)
			}
			if got := s.guess("203.0.113.1"); got != http.StatusTooManyRequests {
				t.Errorf("before the window ends: %d", got)
			}
			s.Clock.Advance(3 * time.Second) // 12 s after the first, 10 s after the third
			if got := s.guess("203.0.113.1"); got == http.StatusTooManyRequests {
				t.Error("refusals kept the client out")
			}
		})
	}
}

func TestUP079_TheLimitComesBeforePlugins(t *testing.T) {
	var asked atomic.Int32
	s := newServer(t, func(o *auth.Options) {
		limited(o)
		o.Plugins = []auth.Plugin{{ID: "captcha", OnRequest: func(*auth.Call, *http.Request) (*http.Request, *auth.Answer, error) {
			asked.Add(1)
			return nil, nil, nil
		}}}
	})
	for range 10 {
		s.guess("")
	}
	if n := asked.Load(); n != 3 {
		t.Errorf("the plugin was asked %d times; want 3", n)
	}
}

func TestHTTP15_CostlyOperationsAreLimited(t *testing.T) {
	s := newServer(t, limited)
	for path, window := range map[string]time.Duration{
		"/sign-in/email": 10 * time.Second, "/sign-up/email": 10 * time.Second, "/change-password": 10 * time.Second, "/change-email": 10 * time.Second,
		"/request-password-reset": time.Minute, "/send-verification-email": time.Minute,
	} {
		for i := range 4 {
			if res := s.client().post(path, `{}`); (res.Status == http.StatusTooManyRequests) != (i == 3) {
				t.Errorf("%s, request %d: %d", path, i+1, res.Status)
			}
		}
		s.Clock.Advance(window - time.Second)
		if res := s.client().post(path, `{}`); res.Status != http.StatusTooManyRequests {
			t.Errorf("%s a second before %v: %d", path, window, res.Status)
		}
		s.Clock.Advance(time.Second)
		if res := s.client().post(path, `{}`); res.Status == http.StatusTooManyRequests {
			t.Errorf("%s after %v: still refused", path, window)
		}
	}
	others := newServer(t, limited)
	for i := range 102 {
		if res := others.client().get("/ok"); (res.Status == http.StatusTooManyRequests) != (i >= 100) {
			t.Errorf("/ok, request %d: %d", i+1, res.Status)
		}
	}
}

func throttled(failures int) func(o *auth.Options) {
	return func(o *auth.Options) {
		o.EmailAndPassword.SignInThrottle = auth.SignInThrottle{MaxFailures: failures}
	}
}

func TestGAP007_GuessingOneAccountFromManyAddressesIsHeldUp(t *testing.T) {
	s := newServer(t, throttled(100))
	victim := s.client()
	victim.signUp("victim@example.com")
	s.client().signUp("other@example.com")
	known := s.client()
	known.signIn("victim@example.com")
	wrong, held := 0, 0
	for try := range 50 {
		for ip := range 10 {
			email := "victim@example.com"
			if ip%2 == 1 {
				email = "VICTIM@example.com" // the account counts, not the spelling
			}
			res := s.client().do(request{Path: "/sign-in/email", Body: fmt.Sprintf(`{"email":%q,"password":"guess-%d-%d"}`, email, try, ip), Header: http.Header{"X-Forwarded-For": {fmt.Sprintf("203.0.113.%d", ip)}}})
			switch {
			case res.Status == http.StatusUnauthorized:
				wrong++
			case res.Status == http.StatusTooManyRequests && res.Header.Get("Retry-After") == res.Header.Get("X-Retry-After") && res.Header.Get("Retry-After") != "":
				held++
			default:
				t.Fatalf("%d %s", res.Status, res.Body)
			}
		}
	}
	if wrong != 100 || held != 400 {
		t.Errorf("%d guesses were looked at and %d held up; want 100 and 400", wrong, held)
	}
	body := `{"email":"victim@example.com","password":"` + testPassword + `"}`
	if res := s.client().post("/sign-in/email", body); res.Status != http.StatusTooManyRequests || res.code() != "TOO_MANY_FAILED_ATTEMPTS" {
		t.Errorf("an unknown device: %d %s; want 429", res.Status, res.Body)
	}
	known.post("/sign-out", nil)
	if res := known.post("/sign-in/email", body); res.Status != http.StatusOK {
		t.Errorf("the victim's own device: %d %s; want 200", res.Status, res.Body)
	}
	s.client().signIn("other@example.com")
	s.client().signIn("victim@example.com") // the victim's success ended the count
}

func TestGAP007_TheHoldUpEndsWithItsWindow(t *testing.T) {
	s := newServer(t, throttled(2))
	s.client().signUp("window@example.com")
	sign := func(password string) int {
		return s.client().post("/sign-in/email", `{"email":"window@example.com","password":"`+password+`"}`).Status
	}
	sign("wrong-1")
	s.Clock.Advance(10 * time.Minute)
	sign("wrong-2")
	if got := sign(testPassword); got != http.StatusTooManyRequests {
		t.Errorf("after two failures: %d; want 429", got)
	}
	s.Clock.Advance(15*time.Minute - time.Second)
	if got := sign(testPassword); got != http.StatusTooManyRequests {
		t.Errorf("a second before the window ends: %d; want 429", got)
	}
	s.Clock.Advance(2 * time.Second)
	if got := sign(testPassword); got != http.StatusOK {
		t.Errorf("after the window: %d; want 200", got)
	}
}

func TestGAP007_AnotherAccountsDeviceIsNotKnown(t *testing.T) {
	s := newServer(t, throttled(1))
	s.client().signUp("first@example.com")
	attacker := s.client()
	attacker.signUp("second@example.com")
	attacker.signIn("second@example.com")
	wrong := `{"email":"first@example.com","password":"wrong"}`
	attacker.post("/sign-in/email", wrong)
	if res := attacker.post("/sign-in/email", wrong); res.Status != http.StatusTooManyRequests {
		t.Errorf("%d; want 429", res.Status)
	}
}

func TestGAP007_WithoutTheOptionNothingIsCounted(t *testing.T) {
	s := newServer(t, nil)
	s.client().signUp("off@example.com")
	for range 110 {
		if res := s.client().post("/sign-in/email", `{"email":"off@example.com","password":"wrong"}`); res.Status != http.StatusUnauthorized {
			t.Fatalf("%d", res.Status)
		}
	}
	if n := s.count("verification"); n != 0 {
		t.Errorf("%d rows", n)
	}
}

// meter is an endless body that knows how much of it was read.
type meter struct {
	pattern string
	read    int
	end     int // 0: no end
}

func (m *meter) Read(p []byte) (int, error) {
	n := len(p)
	if m.end > 0 {
		if n = min(n, m.end-m.read); n == 0 {
			return 0, io.EOF
		}
	}
	for i := range n {
		p[i] = m.pattern[(m.read+i)%len(m.pattern)]
	}
	m.read += n
	return n, nil
}

func TestFAULT013_BodiesAreReadToTheirLimitOnly(t *testing.T) {
	const mega = 1 << 20
	cases := map[string]struct {
		media, encoding, pattern string
		declared, end            int // declared -1: chunked
		limit                    int
		want                     int
	}{
		"100 MB of JSON, declared":     {auth.MediaJSON, "", "a", 100 * mega, 0, 0, 413},
		"100 MB of a form, declared":   {auth.MediaForm, "", "a=b&", 100 * mega, 0, 0, 413},
		"a form of 300 KB, declared":   {auth.MediaForm, "", "a", 300 << 10, 0, 0, 413},
		"endless JSON, chunked":        {auth.MediaJSON, "", "[1,", -1, 0, mega, 413},
		"endless blanks":               {auth.MediaJSON, "", " ", -1, 0, mega, 413},
		"an endless form":              {auth.MediaForm, "", "a=b&", -1, 0, 256 << 10, 413},
		"JSON of 1 MB and a byte":      {auth.MediaJSON, "", " ", -1, mega + 1, mega, 413},
		"a million keys of a form":     {auth.MediaForm, "", "k=&", -1, 3_000_000, 256 << 10, 413},
		"80,000 keys of a form":        {auth.MediaForm, "", "k=&", -1, 240_000, 256 << 10, 400},
		"half a million array members": {auth.MediaJSON, "", "1,", -1, 1_000_000, mega, 400},
		"a gzip bomb":                  {auth.MediaJSON, "gzip", "\x1f\x8b", -1, 0, 0, 415},
		"brotli":                       {auth.MediaJSON, "br", "x", 10, 10, 0, 415},
		"an endless body of no type":   {"", "", "x", -1, 0, 0, 400},
		"an endless text":              {"text/plain", "", "x", -1, 0, 0, 415},
	}
	s := newServer(t, nil)
	for name, tt := range cases {
		body := &meter{pattern: tt.pattern, end: tt.end}
		r := httptest.NewRequest(http.MethodPost, s.URL+"/api/auth/sign-up/email", io.NopCloser(body))
		r.ContentLength = int64(tt.declared)
		r.Header.Set("Content-Type", tt.media)
		if tt.encoding != "" {
			r.Header.Set("Content-Encoding", tt.encoding)
		}
		w := httptest.NewRecorder()
		used := allocated(func() { s.ServeHTTP(w, r) })
		if w.Code != tt.want || body.read > tt.limit+64<<10 {
			t.Errorf("%s: %d after %d bytes; want %d after at most %d", name, w.Code, body.read, tt.want, tt.limit)
		}
		if used > 8<<20 {
			t.Errorf("%s took %d KiB", name, used>>10)
		}
	}
	if s.count("user") != 0 {
		t.Error("a user was created")
	}
}

// allocated returns how many bytes fn allocates in all.
func allocated(fn func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	fn()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestFAULT013_AWideArrayCostsNoMoreThanItsBytesAllow(t *testing.T) {
	s := newServer(t, nil)
	for name, body := range map[string]string{
		"numbers": "[" + strings.Repeat("1,", 500_000) + "1]",
		"lists":   "[" + strings.Repeat("[],", 340_000) + "1]",
		"objects": "[" + strings.Repeat("{},", 340_000) + "1]",
		"keys":    "{" + strings.Repeat(`"a":1,`, 170_000) + `"b":1}`,
		"names":   manyKeys(80_000),
	} {
		began := time.Now()
		used := allocated(func() {
			if res := s.client().post("/sign-up/email", body); res.Status != http.StatusBadRequest && res.Status != http.StatusRequestEntityTooLarge {
				t.Errorf("%s: %d", name, res.Status)
			}
		})
		if took := time.Since(began); used > 128<<20 || took > 2*time.Second {
			t.Errorf("%s: %d MiB in %v", name, used>>20, took)
		}
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	b.WriteByte('{')
	for i := range n {
		fmt.Fprintf(&b, `"k%d":1,`, i)
	}
	b.WriteString(`"z":1}`)
	return b.String()
}

func TestGO005_APanicInTheBackgroundIsLoggedAndCounted(t *testing.T) {
	boom := func(context.Context, auth.Mail) error { panic("boom in a sender") }
	s := newServer(t, func(o *auth.Options) {
		o.EmailAndPassword.SendResetPassword = boom
		o.OnEvent = func(context.Context, auth.Event) error { panic("boom in an observer") }
		o.EmailAndPassword.OnExistingUserSignUp = func(context.Context, *auth.User, *http.Request) error { panic("boom for a user") }
		o.EmailAndPassword.AutoSignIn = option.Off
		o.Advanced.Background.Workers = 1
	})
	c := s.client()
	c.signUp("go005@example.com")
	c.signUp("go005@example.com")
	c.signIn("go005@example.com")
	c.post("/request-password-reset", `{"email":"go005@example.com"}`)
	c.post("/change-password", `{"currentPassword":"`+testPassword+`","newPassword":"another password"}`)
	c.post("/send-verification-email", `{"email":"go005@example.com"}`)
	if s.waitMail(1).Kind != "verify" {
		t.Error("the only worker did not survive")
	}
	if n := s.Context().Background.Panics(); n != 3 {
		t.Errorf("%d panics were counted; want 3", n)
	}
	for _, want := range []string{"boom in a sender", "boom in an observer", "boom for a user", "stack="} {
		if !strings.Contains(s.Log.String(), want) {
			t.Errorf("the log does not say %q", want)
		}
	}
	if res := c.get("/ok"); res.Status != http.StatusOK {
		t.Errorf("/ok: %d", res.Status)
	}
}

func TestGO005_APanicInADatabaseHookRollsBack(t *testing.T) {
	s := newServer(t, func(o *auth.Options) {
		o.DatabaseHooks.Account.BeforeCreate = func(context.Context, *auth.Call, store.Record) (store.Record, error) { panic("boom") }
	})
	c := s.client()
	if res := c.post("/sign-up/email", `{"name":"N","email":"roll@example.com","password":"`+testPassword+`"}`); res.Status != http.StatusInternalServerError || res.Body != "" {
		t.Errorf("%d %s; want an empty 500", res.Status, res.Body)
	}
	if n := s.count("user"); n != 0 {
		t.Errorf("%d users are left", n)
	}
	if res := c.get("/get-session"); res.Status != http.StatusOK {
		t.Errorf("the database is stuck: %d", res.Status)
	}
}

// brokenCounters is a store of counters that cannot be reached.
type brokenCounters struct{}

func (brokenCounters) Consume(context.Context, string, ratelimit.Rule, time.Time) (ratelimit.Decision, error) {
	return ratelimit.Decision{}, store.ErrUnavailable
}

// TestFAULT005_LimitsHoldWhileTheirOwnStoreIsDown: this process counts for itself.
func TestFAULT005_LimitsHoldWhileTheirOwnStoreIsDown(t *testing.T) {
	s := newServer(t, func(o *auth.Options) { limited(o); o.RateLimit.Store = brokenCounters{} })
	statuses := map[int]int{}
	for range 6 {
		statuses[s.direct(post("/sign-in/email", map[string]any{"email": flowEmail, "password": testPassword})).Status]++
	}
	if statuses[http.StatusUnauthorized] != 3 || statuses[http.StatusTooManyRequests] != 3 {
		t.Errorf("answered %v, want three of each", statuses)
	}
}

func TestTwoPlacesForCountersAreRefused(t *testing.T) {
	o := authtest.NewUnserved(t, nil).Options()
	o.RateLimit.Store = ratelimit.NewMemory(0)
	o.RateLimit.CustomStorage = auth.RateLimitStorage{Get: failingGet(nil), Set: failingSet(nil)}
	if _, err := core.New(o); err == nil || !strings.Contains(err.Error(), "CustomStorage") {
		t.Errorf("New returned %v", err)
	}
}
