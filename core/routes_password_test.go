package core_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/routes"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/memory"
)

const knownDevice = "better-auth.known_device"

// guessFrom signs in with a wrong password from an address.
func (s *server) guessFrom(email, ip string) answer {
	s.t.Helper()
	r := post("/sign-in/email", map[string]any{"email": email, "password": "wrong password"})
	r.Header = http.Header{"X-Forwarded-For": {ip}}
	return s.direct(r)
}

func slowsGuesses(limit int) func(o *auth.Options) {
	return func(o *auth.Options) { o.EmailAndPassword.SignInThrottle.MaxFailures = limit }
}

// TestAUTHN03_GuessingOfOneAccountIsBounded is also GAP-007 and AUTHN-01.
func TestAUTHN03_GuessingOfOneAccountIsBounded(t *testing.T) {
	for _, stored := range []string{"database", "secondary storage", "both"} {
		t.Run(stored, func(t *testing.T) {
			s := newServer(t, func(o *auth.Options) {
				o.Verification.StoreInDatabase = stored == "both"
				slowsGuesses(100)(o)
				if stored != "database" {
					o.SecondaryStorage = memory.NewSecondary(o.Clock)
				}
			})
			owner := s.client()
			owner.signUp(flowEmail)
			owner.signIn(flowEmail)
			if owner.cookie(knownDevice) == "" {
				t.Fatal("the device is not remembered")
			}
			for _, email := range []string{flowEmail, "nobody@example.com"} { // an unknown address answers alike
				for i := range 100 {
					if res := s.guessFrom(email, fmt.Sprintf("10.0.0.%d", i%10)); res.Status != http.StatusUnauthorized {
						t.Fatalf("guess %d of %s: %d %s", i+1, email, res.Status, res.Body)
					}
				}
				res := s.guessFrom(email, "10.0.0.99")
				if res.Status != http.StatusTooManyRequests || res.code() != "TOO_MANY_FAILED_ATTEMPTS" || res.Header.Get("Retry-After") != "901" {
					t.Errorf("guess 101 of %s: %d %s %v", email, res.Status, res.Body, res.Header)
				}
			}
			stranger := post("/sign-in/email", map[string]any{"email": flowEmail, "password": testPassword})
			if res := s.direct(stranger); res.Status != http.StatusTooManyRequests {
				t.Errorf("the right password of a strange device: %d", res.Status)
			}
			owner.post("/sign-out", map[string]any{}).want(t, http.StatusOK)
			owner.signIn(flowEmail) // a known device is never held up
			s.direct(stranger).want(t, http.StatusOK)
		})
	}
}

func TestGAP007_ConcurrentGuessesAreAllCounted(t *testing.T) {
	for _, stored := range []string{"database", "secondary storage", "both"} {
		t.Run(stored, func(t *testing.T) {
			s := newServer(t, func(o *auth.Options) {
				o.Verification.StoreInDatabase = stored == "both"
				slowsGuesses(1000)(o)
				if stored != "database" {
					o.SecondaryStorage = memory.NewSecondary(o.Clock)
				}
			})
			s.client().signUp(flowEmail)
			var all sync.WaitGroup
			for range 40 {
				all.Go(func() { s.guessFrom(flowEmail, "10.0.0.1") })
			}
			all.Wait()
			s.counted(t, flowEmail, "40")
		})
	}
}

// TestRACE003_GuessesAtOncePassNoLimit has every guess begin before the first one is judged.
func TestRACE003_GuessesAtOncePassNoLimit(t *testing.T) {
	const limit, guesses = 5, 60
	for _, stored := range []string{"database", "secondary storage", "both"} {
		t.Run(stored, func(t *testing.T) {
			s := newServer(t, func(o *auth.Options) {
				o.Verification.StoreInDatabase = stored == "both"
				slowsGuesses(limit)(o)
				o.EmailAndPassword.Password.Verify = func(context.Context, string, string) (bool, error) {
					time.Sleep(20 * time.Millisecond)
					return false, nil
				}
				if stored != "database" {
					o.SecondaryStorage = memory.NewSecondary(o.Clock)
				}
			})
			s.client().signUp(flowEmail)
			var all sync.WaitGroup
			var judged, refused atomic.Int64
			for i := range guesses {
				all.Go(func() {
					switch s.guessFrom(flowEmail, fmt.Sprintf("10.0.0.%d", i)).Status {
					case http.StatusUnauthorized:
						judged.Add(1)
					case http.StatusTooManyRequests:
						refused.Add(1)
					}
				})
			}
			all.Wait()
			if judged.Load() != limit || refused.Load() != guesses-limit {
				t.Errorf("%d guesses were judged and %d refused, want %d and %d", judged.Load(), refused.Load(), limit, guesses-limit)
			}
		})
	}
}

// TestFAULT001_APasswordThatCannotBeLookedAtIsNoFailure: a busy or broken server counts nothing against anybody.
func TestFAULT001_APasswordThatCannotBeLookedAtIsNoFailure(t *testing.T) {
	for _, stored := range []string{"database", "secondary storage"} {
		t.Run(stored, func(t *testing.T) {
			var broken atomic.Bool
			s := newServer(t, func(o *auth.Options) {
				slowsGuesses(2)(o)
				o.EmailAndPassword.Password.Verify = func(context.Context, string, string) (bool, error) {
					if broken.Load() {
						return false, errors.New("the hasher is gone")
					}
					return false, nil
				}
				if stored != "database" {
					o.SecondaryStorage = memory.NewSecondary(o.Clock)
				}
			})
			s.client().signUp(flowEmail)
			for round, want := range []int{http.StatusUnauthorized, http.StatusUnauthorized, http.StatusTooManyRequests} {
				broken.Store(true)
				for range 3 {
					if res := s.guessFrom(flowEmail, "10.0.0.1"); round < 2 && res.Status != http.StatusInternalServerError {
						t.Errorf("round %d: a broken hasher is answered %d", round, res.Status)
					}
				}
				broken.Store(false)
				if res := s.guessFrom(flowEmail, "10.0.0.1"); res.Status != want {
					t.Errorf("wrong password %d: %d, want %d", round+1, res.Status, want)
				}
			}
		})
	}
}

// TestGAP007_AGuessBetweenTheStepsOfAnotherIsCounted puts one guess between the reading and the writing of another.
func TestGAP007_AGuessBetweenTheStepsOfAnotherIsCounted(t *testing.T) {
	for _, stored := range []string{"database", "secondary storage"} {
		for _, earlier := range []int{0, 1} {
			t.Run(fmt.Sprintf("%s after %d", stored, earlier), func(t *testing.T) {
				db := &probe{Database: memory.New()}
				var cache *cacheProbe
				s := newServer(t, func(o *auth.Options) {
					slowsGuesses(100)(o)
					o.Database = db
					if stored != "database" {
						cache = newCacheProbe(o.Clock)
						o.SecondaryStorage = cache
					}
				})
				s.client().signUp(flowEmail)
				for range earlier {
					s.guessFrom(flowEmail, "10.0.0.1")
				}
				var once sync.Once
				var other sync.WaitGroup
				between := func() {
					once.Do(func() { // the other one may have to wait for this one's transaction
						done := make(chan struct{})
						other.Go(func() {
							defer close(done)
							s.guessFrom(flowEmail, "10.0.0.2")
						})
						select {
						case <-done:
						case <-time.After(50 * time.Millisecond):
						}
					})
				}
				if cache != nil {
					cache.watch(func(op, key string) error {
						if (op == "swap" || op == "set") && strings.HasPrefix(key, "verification:sign-in-failures-") {
							between()
						}
						return nil
					})
				} else {
					db.watch(func(_ int, statement string) error {
						if statement == "insert verification" || statement == "update verification" {
							between()
						}
						return nil
					})
				}
				s.guessFrom(flowEmail, "10.0.0.1")
				other.Wait()
				s.counted(t, flowEmail, fmt.Sprint(earlier+2))
			})
		}
	}
}

// counted compares the counted failures.
func (s *server) counted(t *testing.T, email, want string) {
	t.Helper()
	id := s.user(email)["id"].(string)
	key := "sign-in-failures-" + id
	if s.Context().Secondary != nil {
		text, _, _ := s.Context().Secondary.Get(t.Context(), "verification:"+key)
		if !strings.Contains(text, `"value":"`+want+`"`) {
			t.Errorf("counted %s, want %s", text, want)
		}
		return
	}
	rows := s.rows(schema.VerificationModel, store.Is("identifier", key))
	if len(rows) != 1 || rows[0]["value"] != want {
		t.Errorf("counted %v, want %s", rows, want)
	}
}

func TestAUTHN07_ARightPasswordAfterManyWrongOnesIsReported(t *testing.T) {
	for failures, want := range map[int][]string{4: nil, 5: {"suspicious-sign-in " + flowEmail}} {
		var seen record
		s := newServer(t, func(o *auth.Options) {
			slowsGuesses(100)(o)
			o.OnEvent = func(_ context.Context, e auth.Event) error {
				seen.add("%s %s", e.Kind, e.User.Email)
				return nil
			}
		})
		s.client().signUp(flowEmail)
		for range failures {
			s.guessFrom(flowEmail, "10.0.0.1")
		}
		s.client().signIn(flowEmail)
		s.client().signIn(flowEmail)
		s.drain()
		if diff := cmp.Diff(want, seen.take()); diff != "" {
			t.Errorf("%d failures (-want +got):\n%s", failures, diff)
		}
	}
}

// TestAUTHN02_SessionsBeginInKnownPlacesOnly runs every operation that writes.
func TestAUTHN02_SessionsBeginInKnownPlacesOnly(t *testing.T) {
	begins := []string{
		"sign-up", "sign-in", "change the password and end sessions", "verify the address and sign in",
		"follow the link to a new address, signed out",
	}
	for i := range flows {
		want := flows[i].succeed(t)
		before := strings.Count("\n"+flows[i].stage(t).before, "\nsession ")
		line := want.setsCookie(sessionToken)
		token, _, _ := strings.Cut(strings.TrimPrefix(line, sessionToken+"="), ".")
		begun := len(token) == 32 && !strings.Contains(flows[i].stage(t).before, token)
		if begun != slices.Contains(begins, flows[i].name) {
			t.Errorf("%s (%d sessions before) begins a session: %t", flows[i].name, before, begun)
		}
	}
}

func TestAUTHN09_TokensAreLongAndRandom(t *testing.T) {
	s := newServer(t, mailsDeletion)
	seen := map[string]bool{}
	s.client().signUp(flowEmail)
	for i := range 20 {
		s.direct(post("/request-password-reset", map[string]any{"email": flowEmail})).want(t, http.StatusOK)
		token := s.waitMail(i + 1).Token
		if !regexp.MustCompile(`^[a-zA-Z0-9]{24}$`).MatchString(token) || seen[token] {
			t.Errorf("the token %q", token)
		}
		seen[token] = true
	}
}

func TestAUTHN10_NoTableHasHintsOrQuestions(t *testing.T) {
	s := newServer(t, nil)
	for _, table := range s.Context().Schema.Tables {
		for _, f := range table.Fields {
			if regexp.MustCompile(`(?i)hint|question|secret`).MatchString(f.Name) {
				t.Errorf("%s has the field %s", table.Model, f.Name)
			}
		}
	}
}

func TestPWD01_PWD02_PWD11_TheLengthOfPasswords(t *testing.T) {
	for _, test := range []struct {
		name     string
		min, max int
		password string
		code     string
	}{
		{"7", 0, 0, strings.Repeat("a", 7), "PASSWORD_TOO_SHORT"}, {"8", 0, 0, strings.Repeat("a", 8), ""},
		{"64", 0, 0, strings.Repeat("a", 64), ""}, {"128", 0, 0, strings.Repeat("a", 128), ""},
		{"129", 0, 0, strings.Repeat("a", 129), "PASSWORD_TOO_LONG"},
		{"14 of 15", 15, 0, strings.Repeat("a", 14), "PASSWORD_TOO_SHORT"}, {"15 of 15", 15, 0, strings.Repeat("a", 15), ""},
		{"200 of 200", 0, 200, strings.Repeat("a", 200), ""}, {"201 of 200", 0, 200, strings.Repeat("a", 201), "PASSWORD_TOO_LONG"},
		{"an emoji is two units", 0, 0, strings.Repeat("\U0001F600", 4), ""}, {"3 emojis", 0, 0, strings.Repeat("\U0001F600", 3), "PASSWORD_TOO_SHORT"},
		{"7 umlauts", 0, 0, strings.Repeat("ä", 7), "PASSWORD_TOO_SHORT"}, {"65 emojis", 0, 0, strings.Repeat("\U0001F600", 65), "PASSWORD_TOO_LONG"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t, func(o *auth.Options) {
				o.EmailAndPassword.MinPasswordLength, o.EmailAndPassword.MaxPasswordLength = test.min, test.max
			})
			old := strings.Repeat("old password ", 2)
			c := s.client()
			c.post("/sign-up/email", map[string]any{"name": "A", "email": flowEmail, "password": old}).want(t, http.StatusOK)
			check := func(what string, res answer) {
				t.Helper()
				if res.code() != test.code || (res.Status == http.StatusOK) != (test.code == "") {
					t.Errorf("%s: %d %s, want %q", what, res.Status, res.Body, test.code)
				}
			}
			check("sign-up", s.direct(post("/sign-up/email", map[string]any{"name": "B", "email": "bob@example.com", "password": test.password})))
			if test.code == "" {
				s.direct(post("/sign-in/email", map[string]any{"email": "bob@example.com", "password": test.password})).want(t, http.StatusOK)
			}
			c.post("/request-password-reset", map[string]any{"email": flowEmail}).want(t, http.StatusOK)
			check("change", c.post("/change-password", map[string]any{"currentPassword": old, "newPassword": test.password}))
			check("reset", c.post("/reset-password", map[string]any{"token": s.waitMail(1).Token, "newPassword": test.password}))
		})
	}
}

// TestPWD03_PWD04_PWD05_PasswordsAreTakenAsTheyAre uses the real hash. It is also PWD-09.
func TestPWD03_PWD04_PWD05_PasswordsAreTakenAsTheyAre(t *testing.T) {
	s := newServer(t, func(o *auth.Options) { o.EmailAndPassword.Password = auth.PasswordHash{} })
	long := strings.Repeat("x", 127)
	for i, test := range []struct{ password, same, other string }{
		{long + "a", "", long + "b"}, {"caf\u00e9 cr\u00e8me", "cafe\u0301 cre\u0300me", "cafe creme"},
		{" spaces around ", "", "spaces around"}, {`!"#$%&'()*+,-./:;<=>?@[\]^_{|}~`, "", `!"#$%&'()*+,-./:;<=>?@[\]^_{|}~ `},
		{"Case Matters", "", "case matters"},
	} {
		email := fmt.Sprintf("u%d@example.com", i)
		res := s.direct(post("/sign-up/email", map[string]any{"name": "A", "email": email, "password": test.password}))
		if res.Status != http.StatusOK {
			t.Errorf("%q is refused: %d %s", test.password, res.Status, res.Body)
			continue
		}
		hash, _ := s.rows(schema.AccountModel, store.Is("userId", s.user(email)["id"]))[0]["password"].(string)
		if !regexp.MustCompile(`^[0-9a-f]{32}:[0-9a-f]{128}$`).MatchString(hash) {
			t.Errorf("the hash is %q", hash)
		}
		if test.same == "" {
			test.same = test.password
		}
		for password, want := range map[string]int{test.same: 200, test.other: 401} {
			if res := s.direct(post("/sign-in/email", map[string]any{"email": email, "password": password})); res.Status != want {
				t.Errorf("%q, set as %q: %d", password, test.password, res.Status)
			}
		}
	}
}

func TestPWD05_APasswordWithNULIsRefusedAndNotCut(t *testing.T) {
	s := newServer(t, nil)
	res := s.direct(post("/sign-up/email", map[string]any{"name": "A", "email": flowEmail, "password": testPassword + "\x00more"}))
	if res.Status != http.StatusBadRequest || s.count(schema.UserModel) != 0 {
		t.Errorf("answered %d %s", res.Status, res.Body)
	}
	s.client().signUp(flowEmail)
	res = s.direct(post("/sign-in/email", map[string]any{"email": flowEmail, "password": testPassword + "\x00more"}))
	if res.Status != http.StatusBadRequest {
		t.Errorf("a sign-in answered %d %s", res.Status, res.Body)
	}
}

func TestPWD07_AChangeNeedsTheCurrentPassword(t *testing.T) {
	s := newServer(t, nil)
	c := s.client()
	c.signUp(flowEmail)
	before := s.dump()
	for _, current := range []any{"wrong password", "", strings.ToUpper(testPassword), testPassword + " "} {
		res := c.post("/change-password", map[string]any{"currentPassword": current, "newPassword": newPassword})
		if res.Status != http.StatusBadRequest || res.code() != "INVALID_PASSWORD" {
			t.Errorf("%q: %d %s", current, res.Status, res.Body)
		}
	}
	if res := c.post("/change-password", map[string]any{"newPassword": newPassword}); res.Status != http.StatusBadRequest {
		t.Errorf("none: %d", res.Status)
	}
	if s.dump() != before {
		t.Error("rows changed")
	}
	for password, want := range map[string]int{testPassword: 200, "wrong password": 400} {
		if res := c.post("/verify-password", map[string]any{"password": password}); res.Status != want {
			t.Errorf("verify-password of %q: %d %s", password, res.Status, res.Body)
		}
	}
}

func TestOfTwoChangesOfOnePasswordOneWins(t *testing.T) {
	var waiting sync.WaitGroup
	armed := false
	s := newServer(t, func(o *auth.Options) {
		hash := o.EmailAndPassword.Password.Hash
		o.EmailAndPassword.Password.Hash = func(ctx context.Context, p string) (string, error) {
			if armed { // both have checked the current password
				waiting.Done()
				waiting.Wait()
			}
			return hash(ctx, p)
		}
	})
	c := s.client()
	c.signUp(flowEmail)
	armed = true
	waiting.Add(2)
	statuses := make([]int, 2)
	var all sync.WaitGroup
	for i := range statuses {
		all.Go(func() {
			r := post("/change-password", map[string]any{"currentPassword": testPassword, "newPassword": fmt.Sprintf("password number %d", i)})
			r.Header = c.cookies()
			statuses[i] = s.direct(r).Status
		})
	}
	all.Wait()
	slices.Sort(statuses)
	if diff := cmp.Diff([]int{200, 400}, statuses); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
}

func TestSetPasswordIsForGoCodeAndForUsersWithoutOne(t *testing.T) {
	s := newServer(t, nil)
	c := s.client()
	c.signUp(flowEmail)
	if res := c.post("/set-password", map[string]any{"newPassword": newPassword}); res.Status != http.StatusNotFound {
		t.Errorf("over HTTP: %d", res.Status)
	}
	set := func() error {
		_, err := routes.SetPassword.Call(t.Context(), s, routes.SetPasswordIn{NewPassword: newPassword}, auth.WithHeader(c.cookies()))
		return err
	}
	if err := set(); !errors.Is(err, auth.PasswordAlreadySet) {
		t.Errorf("with a password: %v", err)
	}
	s.remove(schema.AccountModel, store.Is("providerId", "credential"))
	if err := set(); err != nil {
		t.Errorf("without one: %v", err)
	}
	s.direct(post("/sign-in/email", map[string]any{"email": flowEmail, "password": newPassword})).want(t, http.StatusOK)
}

func TestSESS01_TokensAreLongRandomAndUnlike(t *testing.T) {
	s := newServer(t, nil)
	s.client().signUp(flowEmail)
	id := s.user(flowEmail)["id"].(string)
	seen := map[string]bool{}
	letters := map[rune]int{}
	for range 2000 {
		started, err := session.Create(s.Context().NewCall(t.Context()), id, false, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(`^[a-zA-Z0-9]{32}$`).MatchString(started.Token) || seen[started.Token] || started.Token == started.ID {
			t.Fatalf("the token %q", started.Token)
		}
		seen[started.Token] = true
		for _, r := range started.Token {
			letters[r]++
		}
	}
	chi, want := 0.0, 2000.0*32/62
	for _, n := range letters {
		chi += (float64(n) - want) * (float64(n) - want) / want
	}
	if len(letters) != 62 || chi > 130 { // 61 degrees of freedom: above with a chance of 1e-6
		t.Errorf("%d letters, chi-square %.0f", len(letters), chi)
	}
}

func TestSESS14_NoCacheKeepsASession(t *testing.T) {
	s := newServer(t, nil)
	c := s.client()
	c.signUp(flowEmail)
	for _, client := range []*client{c, s.client()} {
		if h := client.get("/get-session").Header; h.Get("Cache-Control") != "no-store" || h.Get("Pragma") != "no-cache" {
			t.Errorf("headers %v", h)
		}
	}
}
