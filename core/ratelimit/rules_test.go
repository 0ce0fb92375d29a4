package ratelimit_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/origin"
	"github.com/goauth-dev/goauth/core/ratelimit"
)

func every(seconds, max int) ratelimit.Rule {
	return ratelimit.Rule{Window: time.Duration(seconds) * time.Second, Max: max}
}

func exactly(path string) func(string) bool { return func(p string) bool { return p == path } }

var errRule = errors.New("no plan found")

var declared = ratelimit.Rules{
	Default: every(10, 100),
	Special: ratelimit.CoreRules(),
	Plugins: [][]ratelimit.Matcher{
		{{exactly("/sign-in/magic-link"), every(60, 5)}, {exactly("/sign-in/magic-link"), every(1, 1)}},
		nil,
		{{exactly("/sign-in/magic-link"), every(2, 2)}, {exactly("/device/code"), every(3, 3)}},
	},
	Custom: []ratelimit.Custom{
		{Pattern: "/ok", Off: true},
		{Pattern: "/two-factor/*", Rule: every(7, 7)},
		{Pattern: "/two-factor/send-otp", Rule: every(8, 8)},
		{Pattern: "/a?c", Rule: every(9, 9)},
		{Pattern: "/sign-up/email", Func: func(_ *http.Request, current ratelimit.Rule) (ratelimit.Rule, bool, error) {
			current.Max *= 2
			return current, false, nil
		}},
		{Pattern: "/vip", Func: func(r *http.Request, current ratelimit.Rule) (ratelimit.Rule, bool, error) {
			return current, r.Header.Get("X-Plan") == "vip", nil
		}},
		{Pattern: "/broken", Func: func(*http.Request, ratelimit.Rule) (ratelimit.Rule, bool, error) {
			return ratelimit.Rule{}, true, errRule
		}},
	},
}

func TestRuleOfAPath(t *testing.T) {
	table := declared.Compile()
	unlimited := ratelimit.Rule{}
	for path, want := range map[string]ratelimit.Rule{
		"/get-session":                      every(10, 100),
		"/":                                 every(10, 100),
		"/sign-in/email":                    every(10, 3),
		"/sign-in-somewhere":                every(10, 3),
		"/change-password":                  every(10, 3),
		"/change-email":                     every(10, 3),
		"/request-password-reset":           every(60, 3),
		"/request-password-reset/callback":  every(10, 100),
		"/send-verification-email":          every(60, 3),
		"/forget-password/email-otp":        every(60, 3),
		"/email-otp/send-verification-otp":  every(60, 3),
		"/email-otp/request-password-reset": every(60, 3),
		"/email-otp/reset-password":         every(10, 100),
		"/sign-in/magic-link":               every(60, 5), // the first plugin and its first rule
		"/device/code":                      every(3, 3),
		"/ok":                               unlimited,
		"/two-factor/send-otp":              every(7, 7), // the first declared, though another is exact
		"/two-factor/a/b":                   every(10, 100),
		"/a?c":                              every(9, 9),
		"/abc":                              every(10, 100), // without a "*" it is no pattern
		"/sign-up/email":                    every(10, 6),
		"/vip":                              every(10, 100),
	} {
		rule, limited, err := table.For(httptest.NewRequest("POST", "/", nil), path)
		if err != nil {
			t.Fatal(err)
		}
		if rule != want || limited != (want != unlimited) {
			t.Errorf("%s: %v, limited %t; want %v", path, rule, limited, want)
		}
	}
}

func TestRuleOfOneRequest(t *testing.T) {
	table := declared.Compile()
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("X-Plan", "vip")
	if _, limited, err := table.For(r, "/vip"); limited || err != nil {
		t.Errorf("limited %t, %v; want no limit", limited, err)
	}
	if _, limited, err := table.For(r, "/broken"); !limited || !errors.Is(err, errRule) {
		t.Errorf("limited %t, %v; want limited and the cause", limited, err)
	}
}

func TestLongestWindow(t *testing.T) {
	for name, tc := range map[string]struct {
		rules ratelimit.Rules
		want  time.Duration
	}{
		"default": {ratelimit.Rules{Default: every(90, 1), Special: ratelimit.CoreRules()}, 90 * time.Second},
		"special": {ratelimit.Rules{Default: every(10, 1), Special: ratelimit.CoreRules()}, time.Minute},
		"plugin":  {ratelimit.Rules{Plugins: [][]ratelimit.Matcher{{{exactly(""), every(5, 1)}}}}, 5 * time.Second},
		"custom":  {ratelimit.Rules{Custom: []ratelimit.Custom{{Pattern: "/x", Rule: every(86400, 1)}}}, 24 * time.Hour},
	} {
		if got := tc.rules.Compile().Longest(); got != tc.want {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}

func TestKey(t *testing.T) {
	for _, tc := range []struct{ ip, path, want string }{
		{"192.0.2.1", "/sign-in/email", "192.0.2.1|/sign-in/email"},
		{"2001:0db8:0000:0000:0000:0000:0000:0000", "/", "2001:0db8:0000:0000:0000:0000:0000:0000|/"},
		{"", "/sign-in/email", "no-trusted-ip|/sign-in/email"},
		{"192.0.2.1", "/" + strings.Repeat("x", 199), "192.0.2.1|/" + strings.Repeat("x", 199)},
	} {
		if got := ratelimit.Key(tc.ip, tc.path); got != tc.want {
			t.Errorf("Key(%q, %q) = %q, want %q", tc.ip, tc.path, got, tc.want)
		}
	}
}

func TestKeysOfLongPathsAreShortAndDiffer(t *testing.T) {
	long := "/" + strings.Repeat("x", 1<<20)
	a, b := ratelimit.Key("192.0.2.1", long+"a"), ratelimit.Key("192.0.2.1", long+"b")
	if len(a) > 255 || a == b || a != ratelimit.Key("192.0.2.1", long+"a") {
		t.Errorf("keys %.80q and %.80q", a, b)
	}
}

// TestUP071_ClientsWithoutAnAddressShareALimit: hiding the address lifts no limit.
func TestUP071_ClientsWithoutAnAddressShareALimit(t *testing.T) {
	eachStore(t, func(t *testing.T, s ratelimit.Store, c *clock) {
		rule, _, err := declared.Compile().For(nil, "/sign-in/email")
		if err != nil {
			t.Fatal(err)
		}
		var got []bool
		for range 4 {
			got = append(got, consume(t, s, ratelimit.Key("", "/sign-in/email"), rule, c.now()).Allowed)
		}
		if diff := cmp.Diff([]bool{true, true, true, false}, got); diff != "" {
			t.Error(diff)
		}
	})
}

// TestOLD009_SpellingsOfAPathShareItsLimit: a spelling either is the path, with its rule and its key, or it is another
// path, which no route has, because the router matches the same text.
func TestOLD009_SpellingsOfAPathShareItsLimit(t *testing.T) {
	const routed = "/sign-in/email"
	table := declared.Compile()
	for spelling, same := range map[string]bool{
		"/sign-in/email": true, "/sign-in/email/": true, "/sign-in/email//": true,
		"/./sign-in/email": true, "/x/../sign-in/email": true, "/%2e/sign-in/email": true, `\sign-in\email`: true,
		"//sign-in/email": false, "/sign-in//email": false, "/%73ign-in/email": false, "/SIGN-IN/email": false,
		"/sign-in/email;x": false, "/sign-in/email%2f": false, "/sign-in/email%00": false,
	} {
		path := origin.NormalizePath("/api/auth"+spelling, "/api/auth")
		if (path == routed) != same {
			t.Errorf("%s is the path %q; want the routed one: %t", spelling, path, same)
		}
		rule, limited, err := table.For(nil, path)
		if err != nil || !limited {
			t.Errorf("%s: limited %t, %v", spelling, limited, err)
		}
		if same && (rule != every(10, 3) || ratelimit.Key("::1", path) != ratelimit.Key("::1", routed)) {
			t.Errorf("%s has the rule %v and the key %q", spelling, rule, ratelimit.Key("::1", path))
		}
	}
}
