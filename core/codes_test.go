package core_test

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/memory"
	"github.com/goauth-dev/goauth/core/verification"
)

// codeStores are the places where verification values can be.
var codeStores = map[string]func(o *auth.Options){
	"in the database":           func(*auth.Options) {},
	"hashed identifiers":        func(o *auth.Options) { o.Verification.StoreIdentifier = "hashed" },
	"in secondary storage":      func(o *auth.Options) { o.SecondaryStorage = memory.NewSecondary(o.Clock) },
	"in both, database decides": storeInBoth,
}

func storeInBoth(o *auth.Options) {
	o.SecondaryStorage, o.Verification.StoreInDatabase = memory.NewSecondary(o.Clock), true
}

func eachCodeStore(t *testing.T, run func(t *testing.T, s *authtest.Server)) {
	for name, change := range codeStores {
		t.Run(name, func(t *testing.T) {
			s := authtest.NewUnserved(t, change)
			call := s.Context().NewCall(t.Context())
			if err := verification.Create(call, "code", verification.CodeValue("123456"), s.Clock.Now().Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
			run(t, s)
		})
	}
}

// try makes n attempts at the code at once and counts what came of them.
func try(t *testing.T, s *authtest.Server, n int, given string) map[verification.CodeState]int {
	t.Helper()
	var mu sync.Mutex
	var group sync.WaitGroup
	states := map[verification.CodeState]int{}
	for range n {
		group.Go(func() {
			state, err := verification.UseCode(s.Context().NewCall(t.Context()), "code", 3, func(stored string) (bool, error) { return stored == given, nil })
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			states[state]++
			mu.Unlock()
		})
	}
	group.Wait()
	return states
}

func TestRACE003_NoMoreGuessesAreJudgedThanAllowed(t *testing.T) {
	eachCodeStore(t, func(t *testing.T, s *authtest.Server) {
		states := try(t, s, 50, "000000")
		if states[verification.CodeWrong] != 3 || states[verification.CodeSpent] != 1 || states[verification.CodeRight] != 0 {
			t.Errorf("outcomes %v", states)
		}
		if states := try(t, s, 1, "123456"); states[verification.CodeMissing] != 1 {
			t.Errorf("the right code afterwards: %v", states)
		}
	})
}

func TestRACE003_ARightCodeCountsOnce(t *testing.T) {
	eachCodeStore(t, func(t *testing.T, s *authtest.Server) {
		if states := try(t, s, 50, "123456"); states[verification.CodeRight] != 1 || states[verification.CodeMissing] != 49 {
			t.Errorf("outcomes %v", states)
		}
	})
}

func TestACodeThatIsCheckedStays(t *testing.T) {
	eachCodeStore(t, func(t *testing.T, s *authtest.Server) {
		call := s.Context().NewCall(t.Context())
		check := func(given string) verification.CodeState {
			state, err := verification.CheckCode(call, "code", 3, func(stored string) (bool, error) { return stored == given, nil })
			if err != nil {
				t.Fatal(err)
			}
			return state
		}
		for i, want := range []verification.CodeState{verification.CodeRight, verification.CodeWrong, verification.CodeRight, verification.CodeWrong, verification.CodeWrong, verification.CodeSpent, verification.CodeMissing} {
			given := "123456"
			if want == verification.CodeWrong {
				given = "x"
			}
			if got := check(given); got != want {
				t.Errorf("step %d: %v, want %v", i, got, want)
			}
		}
	})
}

func TestACodeEnds(t *testing.T) {
	eachCodeStore(t, func(t *testing.T, s *authtest.Server) {
		call := s.Context().NewCall(t.Context())
		if ok, err := verification.Extend(call, "code", "123456:0", s.Clock.Now().Add(2*time.Minute)); !ok || err != nil {
			t.Fatalf("extended: %v, %v", ok, err)
		}
		if ok, err := verification.Extend(call, "code", "123456:1", s.Clock.Now().Add(time.Hour)); ok || err != nil {
			t.Fatalf("another value was extended: %v, %v", ok, err)
		}
		s.Clock.Advance(90 * time.Second)
		if states := try(t, s, 1, "x"); states[verification.CodeWrong] != 1 {
			t.Fatalf("before its end: %v", states)
		}
		s.Clock.Advance(time.Minute)
		states := try(t, s, 1, "123456")
		if states[verification.CodeExpired]+states[verification.CodeMissing] != 1 {
			t.Errorf("after its end: %v", states)
		}
	})
}

func TestUP068_TheFirstProofOfAnAddressRevokesWhatWasBefore(t *testing.T) {
	var revoked atomic.Int32
	s := authtest.New(t, func(o *auth.Options) {
		o.Plugins = []auth.Plugin{{ID: "keys", RevokeAccess: func(*auth.Call, string) error { revoked.Add(1); return nil }}}
	})
	attacker := s.SignedIn("victim@example.com")
	id := s.Row(schema.UserModel)["id"].(string)
	prove := func() *auth.User {
		call := s.Context().NewCall(t.Context())
		u, err := account.FindUserByID(call, id)
		if err != nil {
			t.Fatal(err)
		}
		if u, err = account.ProveEmail(call, u); err != nil {
			t.Fatal(err)
		}
		return u
	}
	if u := prove(); u == nil || !u.EmailVerified || u.ID != id {
		t.Errorf("proven user %+v", u)
	}
	if attacker.Session() != nil || revoked.Load() != 1 {
		t.Errorf("the session lives on; plugins were asked %d times", revoked.Load())
	}
	in := map[string]string{"email": "victim@example.com", "password": authtest.Password}
	s.Client().Post("/sign-in/email", in).Want(t, http.StatusUnauthorized)
	if prove(); revoked.Load() != 1 {
		t.Error("a second proof revoked again")
	}
}

func TestAProofForAnAddressThatHasMovedIsNone(t *testing.T) {
	s := authtest.New(t, nil)
	s.SignedIn("ada@example.com")
	call := s.Context().NewCall(t.Context())
	u, err := account.FindUserByEmail(call, "ada@example.com")
	if err != nil {
		t.Fatal(err)
	}
	s.Change(schema.UserModel, store.Record{"email": "other@example.com"}, store.Is("id", u.ID))
	if got, err := account.ProveEmail(call, u); got != nil || err != nil {
		t.Errorf("proven %v, %v", got, err)
	}
}

func TestAWithdrawnSessionLeavesNothing(t *testing.T) {
	for name, change := range map[string]func(o *auth.Options){
		"plain": func(*auth.Options) {},
		"with a copy in parts": func(o *auth.Options) {
			o.Session.CookieCache.Enabled = option.On
			o.User.AdditionalFields = schema.Fields{{Name: "bio", Type: schema.String, Default: func() any { return string(make([]byte, 9000)) }}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := authtest.New(t, func(o *auth.Options) {
				change(o)
				o.Hooks.After = func(c *auth.Call) error {
					if c.Path != "/sign-in/email" || c.NewSession == nil {
						return nil
					}
					return session.Withdraw(c)
				}
			})
			s.SignedIn("ada@example.com")
			before := s.Count(schema.SessionModel)
			c := s.Client()
			res := c.Post("/sign-in/email", map[string]any{"email": "ada@example.com", "password": authtest.Password, "rememberMe": false})
			if c.Session() != nil || s.Count(schema.SessionModel) != before {
				t.Error("there is a session")
			}
			if line := res.SetsCookie("better-auth.dont_remember"); line == "" {
				t.Error("the mark is gone")
			}
			for _, line := range res.Header["Set-Cookie"] {
				ck, err := http.ParseSetCookie(line)
				if err != nil {
					t.Fatal(err)
				}
				if ck.Name != "better-auth.dont_remember" && ck.Value != "" {
					t.Errorf("the answer sets %s", line[:60])
				}
			}
		})
	}
}

func TestGAP010_LookingAheadDoesNotUseALinkUp(t *testing.T) {
	s := authtest.New(t, nil)
	ada := s.SignedIn("ada@example.com")
	ada.Post("/send-verification-email", map[string]string{"email": "ada@example.com"}).Want(t, http.StatusOK)
	link := s.Outbox.Wait(1).URL[len(s.URL):]
	for name, value := range map[string]string{"Sec-Purpose": "prefetch;prerender", "Purpose": "prefetch", "X-Moz": "prefetch", "X-Purpose": "preview"} {
		ada.Do(authtest.Request{Path: link, Header: http.Header{name: {value}}}).Want(t, http.StatusServiceUnavailable)
	}
	ada.Do(authtest.Request{Method: http.MethodHead, Path: link}).Want(t, http.StatusNotFound)
	if s.Row(schema.UserModel)["emailVerified"] != false {
		t.Error("the address counts as verified")
	}
	ada.Get(link).Want(t, http.StatusFound)
}
