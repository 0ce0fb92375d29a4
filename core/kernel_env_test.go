package core_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/crypto"
)

// env is an environment of variables.
func env(vars map[string]string) func(string) string {
	return func(name string) string { return vars[name] }
}

const (
	strongA = "a-strong-secret-of-the-first-kind-0001"
	strongB = "b-strong-secret-of-another-kind-00002"
	advice  = "make one with `goauth secret` or `openssl rand -base64 32` and set it as BETTER_AUTH_SECRET; " +
		"to keep sessions signed with a weak one, move it behind a new one in BETTER_AUTH_SECRETS"
	developmentSecret = "better-auth-secret-12345678901234567890"
)

func TestSecretsThatProtectNothingAreRefusedInProduction(t *testing.T) {
	versions := func(values ...string) (list []crypto.Secret) {
		for i, v := range values {
			list = append(list, crypto.Secret{Version: len(values) - i, Value: v})
		}
		return list
	}
	cases := map[string]struct {
		secret  string
		secrets []crypto.Secret
		vars    map[string]string
		want    string
	}{
		"none":                        {want: "no secret is set: " + advice},
		"the default":                 {secret: developmentSecret, want: "the secret is the well-known development secret: " + advice},
		"the default of the variable": {vars: map[string]string{"BETTER_AUTH_SECRET": developmentSecret}, want: "the secret is the well-known development secret: " + advice},
		"a short one":                 {secret: "0123456789abcdefghijklmnopqrstu", want: "the secret has 31 characters, fewer than 32: " + advice},
		"a short one of AUTH_SECRET":  {vars: map[string]string{"AUTH_SECRET": "short"}, want: "the secret has 5 characters, fewer than 32: " + advice},
		"one that repeats":            {secret: strings.Repeat("abc", 20), want: "the secret repeats a few characters: " + advice},
		"a short first":               {secrets: versions("short", strongA), want: "the first of the secrets has 5 characters, fewer than 32: " + advice},
		"an empty first":              {secrets: versions("", strongA), want: "no secret is set: " + advice},
		"the default first":           {secrets: versions(developmentSecret), want: "the first of the secrets is the well-known development secret: " + advice},
		"a weak variable":             {vars: map[string]string{"BETTER_AUTH_SECRETS": "1:weak"}, want: "the first of the secrets has 4 characters, fewer than 32: " + advice},
		"a variable without versions": {vars: map[string]string{"BETTER_AUTH_SECRETS": strongA}, want: `BETTER_AUTH_SECRETS: an entry has no version; write "<version>:<secret>", entries separated by commas`},
		"a version that is no number": {vars: map[string]string{"BETTER_AUTH_SECRETS": "x:" + strongA}, want: `BETTER_AUTH_SECRETS: version "x" is not a non-negative integer`},
		"a negative version":          {vars: map[string]string{"BETTER_AUTH_SECRETS": "-1:" + strongA}, want: `BETTER_AUTH_SECRETS: version "-1" is not a non-negative integer`},
	}
	for name, tt := range cases {
		build := func(mode auth.Mode) error {
			_, err := core.New(bare(func(o *auth.Options) {
				o.Secret, o.Secrets, o.Getenv, o.Mode = tt.secret, tt.secrets, env(tt.vars), mode
			}))
			return err
		}
		err := build(auth.Production)
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s:\n got %v\nwant %s", name, err, tt.want)
		}
		for _, secret := range []string{strongA, "0123456789abcdefghijklmnopqrstu", "abcabc", developmentSecret} {
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("%s: the sentence gives the secret away: %v", name, err)
			}
		}
	}
}

func TestWeakSecretsAreWarnedOfInDevelopment(t *testing.T) {
	for secret, want := range map[string]string{"": "using the development secret", "short": "weak secret: the secret has 5 characters", developmentSecret: "weak secret: the secret is the well-known"} {
		s := newServer(t, func(o *auth.Options) { o.Secret, o.Mode = secret, auth.Development })
		if log := s.Log.String(); !strings.Contains(log, want) || !strings.Contains(log, "level=WARN") {
			t.Errorf("%q: the log is %q", secret, log)
		}
		s.client().signUp("weak@example.com")
	}
	quiet := newServer(t, func(o *auth.Options) { o.Mode = auth.Development })
	if log := quiet.Log.String(); log != "" {
		t.Errorf("a good secret: the log is %q", log)
	}
}

func TestModesComeFromTheEnvironment(t *testing.T) {
	for value, allowsWeak := range map[string]bool{"": false, "production": false, "staging": false, "development": true, "dev": true, "test": true} {
		_, err := core.New(bare(func(o *auth.Options) {
			o.Secret, o.Mode, o.Getenv = "short", auth.ModeFromEnv, env(map[string]string{"NODE_ENV": value})
		}))
		if (err == nil) != allowsWeak {
			t.Errorf("NODE_ENV=%s: %v", value, err)
		}
	}
}

// acceptsCookieOf reports whether one server takes the session cookie that another one set, on one database.
func acceptsCookieOf(t *testing.T, signed, reading func(o *auth.Options)) bool {
	t.Helper()
	first := newServer(t, signed)
	c := first.client()
	c.signUp("secret@example.com")
	second := newServer(t, func(o *auth.Options) {
		o.Database = first.Context().Options.Database
		reading(o)
	})
	other := second.client()
	res := other.do(request{Path: "/get-session", Header: http.Header{"Cookie": {"better-auth.session_token=" + c.cookie("better-auth.session_token")}}})
	return strings.Contains(res.Body, "secret@example.com")
}

func TestSecretsComeFromTheOptionsAndThenTheEnvironment(t *testing.T) {
	with := func(secret string, vars map[string]string) func(o *auth.Options) {
		return func(o *auth.Options) { o.Secret, o.Getenv = secret, env(vars) }
	}
	signedA := with(strongA, nil)
	cases := map[string]struct {
		reading func(o *auth.Options)
		want    bool
	}{
		"the option":                     {with(strongA, map[string]string{"BETTER_AUTH_SECRET": strongB, "AUTH_SECRET": strongB}), true},
		"BETTER_AUTH_SECRET":             {with("", map[string]string{"BETTER_AUTH_SECRET": strongA, "AUTH_SECRET": strongB}), true},
		"AUTH_SECRET":                    {with("", map[string]string{"AUTH_SECRET": strongA}), true},
		"another secret":                 {with(strongB, nil), false},
		"a rotated variable":             {with("", map[string]string{"BETTER_AUTH_SECRETS": "2:" + strongB + ", 1:" + strongA}), true},
		"a variable without the old":     {with("", map[string]string{"BETTER_AUTH_SECRETS": "2:" + strongB}), false},
		"a plain secret behind versions": {with(strongA, map[string]string{"BETTER_AUTH_SECRETS": "2:" + strongB}), true},
		"the option's list over variable": {func(o *auth.Options) {
			o.Secret, o.Secrets, o.Getenv = "", []crypto.Secret{{Version: 1, Value: strongB}}, env(map[string]string{"BETTER_AUTH_SECRETS": "1:" + strongA})
		}, false},
	}
	for name, tt := range cases {
		if got := acceptsCookieOf(t, signedA, tt.reading); got != tt.want {
			t.Errorf("%s: accepted %t; want %t", name, got, tt.want)
		}
	}
	if !acceptsCookieOf(t, with("", map[string]string{"BETTER_AUTH_SECRETS": "2:" + strongB + ",1:" + strongA}), with(strongB, nil)) {
		t.Error("the first of the versions does not sign")
	}
}

func TestTheBaseURLComesFromTheEnvironment(t *testing.T) {
	for vars, want := range map[[4]string]string{
		{"BETTER_AUTH_URL", "https://env.example", "", ""}:                                "https://env.example/api/auth",
		{"BETTER_AUTH_URL", "https://env.example/own", "", ""}:                            "https://env.example/own",
		{"BETTER_AUTH_URL", "https://env.example", "NUXT_PUBLIC_AUTH_URL", "https://b.c"}: "https://env.example/api/auth",
		{"NEXT_PUBLIC_BETTER_AUTH_URL", "https://next.example", "", ""}:                   "https://next.example/api/auth",
		{"BASE_URL", "https://base.example", "", ""}:                                      "https://base.example/api/auth",
	} {
		s := newServer(t, func(o *auth.Options) {
			baseURLs(o)
			o.BaseURL, o.Getenv = "", env(map[string]string{vars[0]: vars[1], vars[2]: vars[3]})
		})
		path := strings.TrimPrefix(want, "https://")
		path = path[strings.IndexByte(path, '/'):]
		if res := s.client().getAt(path+"/base", "any.example", http.Header{}); res.Body != `"`+want+`"` {
			t.Errorf("%v: %d %s; want %s", vars, res.Status, res.Body, want)
		}
	}
	if _, err := core.New(bare(func(o *auth.Options) { o.BaseURL, o.Getenv = "", env(map[string]string{"BETTER_AUTH_URL": "nonsense"}) })); err == nil {
		t.Error("BETTER_AUTH_URL that is no URL: no error")
	}
}

func TestTrustedOriginsComeFromTheEnvironmentToo(t *testing.T) {
	s := newServer(t, func(o *auth.Options) {
		o.TrustedOrigins = []string{"https://option.example"}
		o.Getenv = env(map[string]string{"BETTER_AUTH_TRUSTED_ORIGINS": "https://one.example,https://*.two.example,"})
	})
	for target, trusted := range map[string]bool{
		"https://option.example": true, "https://one.example": true, "https://x.two.example": true, "https://evil.tld": false, "https://two.example": false,
	} {
		res := s.client().post("/sign-in/email", map[string]any{"email": "a@example.com", "password": "x", "callbackURL": target})
		if got := res.code() != "INVALID_CALLBACK_URL"; got != trusted {
			t.Errorf("%s: %d %s; trusted should be %t", target, res.Status, res.Body, trusted)
		}
	}
}

func TestChoicesThatDoNotExistAreRefused(t *testing.T) {
	cases := map[string]func(o *auth.Options){
		`option session.cookieCache.strategy: "jose" is none of "compact", "jwt", "jwe"`:                                 func(o *auth.Options) { o.Session.CookieCache.Strategy = "jose" },
		`option rateLimit.storage: "redis" is none of "memory", "database", "secondary-storage"`:                         func(o *auth.Options) { o.RateLimit.Storage = "redis" },
		`option verification.storeIdentifier: "sha" is none of "plain", "hashed"`:                                        func(o *auth.Options) { o.Verification.StoreIdentifier = "sha" },
		`option advanced.database.generateId: "random" is none of "uuid", "serial", "false"`:                             func(o *auth.Options) { o.Advanced.Database.GenerateID = "random" },
		`option logger.level: "loud" is none of "debug", "info", "warn", "error"`:                                        func(o *auth.Options) { o.Log.Level = "loud" },
		`option advanced.ipAddress.trustedProxies: "10.0.0.0/99" is not an address or a network`:                         func(o *auth.Options) { o.Advanced.IPAddress.TrustedProxies = []string{"10.0.0.0/99"} },
		`schema: the options rename "colour" of "user", which has no such field`:                                         func(o *auth.Options) { o.User.Fields = map[string]string{"colour": "c"} },
		`option session.expiresIn: 9624h0m0s is longer than 400 days, the longest a cookie may live; use a shorter time`: func(o *auth.Options) { o.Session.ExpiresIn = 401 * 24 * 3600e9 },
	}
	for want, change := range cases {
		if _, err := core.New(bare(change)); err == nil || err.Error() != want {
			t.Errorf("got %v\nwant %s", err, want)
		}
	}
}
