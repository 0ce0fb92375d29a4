package core

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/crypto"
	"github.com/goauth-dev/goauth/core/internal/outbound"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/origin"
)

const (
	day = 24 * time.Hour
	// developmentSecret is upstream's well-known default, good for development only.
	developmentSecret = "better-auth-secret-12345678901234567890"
	minSecretLength   = 32
	minSecretVariety  = 8
)

// setDefaults fills in every default that needs nothing but the options and the environment.
func setDefaults(o *auth.Options) error {
	setWorld(o)
	if o.Mode == auth.ModeFromEnv {
		o.Mode = modeFromEnv(o.Getenv("NODE_ENV"))
	}
	o.AppName = cmp.Or(o.AppName, "Better Auth")
	o.BasePath = cmp.Or(o.BasePath, "/api/auth")
	if o.Database == nil {
		setStatelessDefaults(o)
	}
	setSessionDefaults(&o.Session)
	setPasswordDefaults(&o.EmailAndPassword)
	o.Account.StoreStateStrategy = cmp.Or(o.Account.StoreStateStrategy, "database")
	o.EmailVerification.ExpiresIn = cmp.Or(o.EmailVerification.ExpiresIn, time.Hour)
	o.User.DeleteUser.DeleteTokenExpiresIn = cmp.Or(o.User.DeleteUser.DeleteTokenExpiresIn, day)
	setRateLimitDefaults(o)
	setAdvancedDefaults(o)
	return checkChoices(o)
}

// setWorld gives the outside world its real defaults.
func setWorld(o *auth.Options) {
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.HTTPClient == nil {
		o.HTTPClient = outbound.Client()
	}
	if o.Logger == nil {
		o.Logger = defaultLogger(o.Log)
	}
}

func defaultLogger(o auth.LogOptions) *slog.Logger {
	if o.Disabled {
		return slog.New(slog.DiscardHandler)
	}
	level := slog.LevelWarn
	switch o.Level {
	case "debug":
		level = slog.LevelDebug
	case "info":
		level = slog.LevelInfo
	case "error":
		level = slog.LevelError
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}

func modeFromEnv(nodeEnv string) auth.Mode {
	switch nodeEnv {
	case "dev", "development":
		return auth.Development
	case "test":
		return auth.Test
	default:
		return auth.Production
	}
}

// setStatelessDefaults makes sessions live in cookies when there is no database.
func setStatelessDefaults(o *auth.Options) {
	cache := &o.Session.CookieCache
	if cache.Enabled == option.Unset {
		cache.Enabled = option.On
	}
	cache.Strategy = cmp.Or(cache.Strategy, "jwe")
	if cache.RefreshCache == option.Unset && cache.Refresh == nil {
		cache.RefreshCache = option.On
	}
	cache.MaxAge = cmp.Or(cache.MaxAge, o.Session.ExpiresIn, 7*day)
	if o.Account.StoreAccountCookie == option.Unset {
		o.Account.StoreAccountCookie = option.On
	}
	o.Account.StoreStateStrategy = cmp.Or(o.Account.StoreStateStrategy, "cookie")
}

func setSessionDefaults(s *auth.SessionOptions) {
	s.ExpiresIn = cmp.Or(s.ExpiresIn, 7*day)
	s.UpdateAge = cmp.Or(s.UpdateAge, day)
	s.FreshAge = cmp.Or(s.FreshAge, day)
	s.CookieCache.MaxAge = cmp.Or(s.CookieCache.MaxAge, 5*time.Minute)
	s.CookieCache.Strategy = cmp.Or(s.CookieCache.Strategy, "compact")
	s.CookieCache.Version = cmp.Or(s.CookieCache.Version, "1")
}

func setPasswordDefaults(e *auth.EmailAndPassword) {
	e.MinPasswordLength = cmp.Or(e.MinPasswordLength, 8)
	e.MaxPasswordLength = cmp.Or(e.MaxPasswordLength, 128)
	e.ResetPasswordTokenExpiresIn = cmp.Or(e.ResetPasswordTokenExpiresIn, time.Hour)
	e.SignInThrottle.Window = cmp.Or(e.SignInThrottle.Window, 15*time.Minute)
}

func setRateLimitDefaults(o *auth.Options) {
	r := &o.RateLimit
	r.Enabled = option.Of(r.Enabled.Or(o.Mode == auth.Production))
	r.Window = cmp.Or(r.Window, 10*time.Second)
	r.Max = cmp.Or(r.Max, 100)
	if r.Storage == "" {
		r.Storage = "memory"
		if o.SecondaryStorage != nil {
			r.Storage = "secondary-storage"
		}
	}
}

func setAdvancedDefaults(o *auth.Options) {
	a := &o.Advanced
	a.CookiePrefix = cmp.Or(a.CookiePrefix, "better-auth")
	a.Database.DefaultFindManyLimit = cmp.Or(a.Database.DefaultFindManyLimit, 100)
	if a.Database.NoGeneratedID == option.Off {
		a.Database.GenerateID = "false"
	}
	if a.DisableOriginCheck == option.Unset && a.SkipOriginCheckPaths == nil && o.Mode == auth.Test {
		a.DisableOriginCheck = option.On
	}
	a.Background.Workers = cmp.Or(a.Background.Workers, 4)
	a.Background.Queue = cmp.Or(a.Background.Queue, 1024)
	a.Background.Timeout = cmp.Or(a.Background.Timeout, 30*time.Second)
}

// checkChoices refuses texts that name no choice, and values out of bounds.
func checkChoices(o *auth.Options) error {
	bound := func(name string, d time.Duration) error {
		switch {
		case d < 0:
			return fmt.Errorf("option %s: %s is negative; use a longer time, or leave it out for the default", name, d)
		case d > 400*day:
			return fmt.Errorf("option %s: %s is longer than 400 days, the longest a cookie may live; use a shorter time", name, d)
		default:
			return nil
		}
	}
	var generated error
	if o.Advanced.Database.NoGeneratedID == option.On {
		generated = errors.New(`option advanced.database.generateId: true is no choice; use "uuid", "serial" or false`)
	}
	var revocations error
	if o.Revocations != nil && o.Database == nil && o.SecondaryStorage == nil {
		revocations = errors.New("option Revocations: without a database or secondary storage a session is its copy in the cookie, and there is nothing to ask instead; configure one")
	}
	var counters error
	if o.RateLimit.Store != nil && (o.RateLimit.CustomStorage.Get != nil || o.RateLimit.CustomStorage.Set != nil) {
		counters = errors.New("option rateLimit: Store and CustomStorage are both set; keep one")
	}
	return errors.Join(generated, revocations, counters,
		oneOf("session.cookieCache.strategy", o.Session.CookieCache.Strategy, "compact", "jwt", "jwe"),
		oneOf("account.storeStateStrategy", o.Account.StoreStateStrategy, "database", "cookie"),
		oneOf("rateLimit.storage", o.RateLimit.Storage, "memory", "database", "secondary-storage"),
		oneOf("verification.storeIdentifier", o.Verification.StoreIdentifier, "", "plain", "hashed"),
		oneOf("advanced.database.generateId", o.Advanced.Database.GenerateID, "", "uuid", "serial", "false"),
		oneOf("logger.level", o.Log.Level, "", "debug", "info", "warn", "error"),
		bound("session.expiresIn", o.Session.ExpiresIn),
		bound("session.cookieCache.maxAge", o.Session.CookieCache.MaxAge),
		bound("emailVerification.expiresIn", o.EmailVerification.ExpiresIn),
		bound("emailAndPassword.resetPasswordTokenExpiresIn", o.EmailAndPassword.ResetPasswordTokenExpiresIn),
		bound("emailAndPassword.signInThrottle.window", o.EmailAndPassword.SignInThrottle.Window),
		bound("user.deleteUser.deleteTokenExpiresIn", o.User.DeleteUser.DeleteTokenExpiresIn),
	)
}

func oneOf(name, value string, allowed ...string) error {
	var quoted []string
	for _, a := range allowed {
		if value == a {
			return nil
		}
		if a != "" {
			quoted = append(quoted, strconv.Quote(a))
		}
	}
	return fmt.Errorf("option %s: %q is none of %s", name, value, strings.Join(quoted, ", "))
}

// keyring reads the secrets from the options and the environment, as upstream does.
func keyring(o *auth.Options) (*crypto.Keyring, error) {
	secrets, err := versionedSecrets(o)
	if err != nil {
		return nil, err
	}
	plain := cmp.Or(o.Secret, o.Getenv("BETTER_AUTH_SECRET"), o.Getenv("AUTH_SECRET"))
	current, name := plain, "secret"
	if len(secrets) > 0 {
		current, name = secrets[0].Value, "first of the secrets"
		if plain == developmentSecret {
			plain = ""
		}
	} else if plain == "" && o.Mode != auth.Production {
		o.Logger.Warn("using the development secret; set BETTER_AUTH_SECRET before production")
		plain, current = developmentSecret, developmentSecret
	}
	if err := checkSecret(o, current, name); err != nil {
		return nil, err
	}
	return crypto.NewKeyring(secrets, plain)
}

func versionedSecrets(o *auth.Options) ([]crypto.Secret, error) {
	if o.Secrets != nil {
		return o.Secrets, nil
	}
	return parseSecrets(o.Getenv("BETTER_AUTH_SECRETS"))
}

// parseSecrets reads "2:new,1:old". Upstream: parseSecretsEnv.
func parseSecrets(env string) ([]crypto.Secret, error) {
	if env == "" {
		return nil, nil
	}
	var secrets []crypto.Secret
	for entry := range strings.SplitSeq(env, ",") {
		number, value, found := strings.Cut(strings.TrimSpace(entry), ":")
		if !found {
			return nil, errors.New(`BETTER_AUTH_SECRETS: an entry has no version; write "<version>:<secret>", entries separated by commas`)
		}
		version, err := strconv.Atoi(strings.TrimSpace(number))
		if err != nil || version < 0 {
			return nil, fmt.Errorf("BETTER_AUTH_SECRETS: version %q is not a non-negative integer", number)
		}
		secrets = append(secrets, crypto.Secret{Version: version, Value: strings.TrimSpace(value)})
	}
	return secrets, nil
}

const secretAdvice = "make one with `goauth secret` or `openssl rand -base64 32` and set it as BETTER_AUTH_SECRET"

// checkSecret refuses a secret that cannot protect a production server, and warns elsewhere.
func checkSecret(o *auth.Options, secret, name string) error {
	var problem string
	switch {
	case secret == "":
		problem = "no secret is set"
	case secret == developmentSecret:
		problem = "the " + name + " is the well-known development secret"
	case len(secret) < minSecretLength:
		problem = fmt.Sprintf("the %s has %d characters, fewer than %d", name, len(secret), minSecretLength)
	case variety(secret) < minSecretVariety:
		problem = fmt.Sprintf("the %s repeats a few characters", name)
	default:
		return nil
	}
	if o.Mode == auth.Production || secret == "" {
		return fmt.Errorf("%s: %s; to keep sessions signed with a weak one, move it behind a new one in BETTER_AUTH_SECRETS", problem, secretAdvice)
	}
	o.Logger.Warn("weak secret: "+problem, "advice", secretAdvice)
	return nil
}

func variety(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// staticBaseURL returns the configured public URL with its path, or "" when each request decides.
func staticBaseURL(o *auth.Options) (string, error) {
	if o.DynamicBaseURL != nil && o.BaseURL != "" {
		return "", errors.New("option baseURL: BaseURL and DynamicBaseURL are both set; keep one")
	}
	if o.DynamicBaseURL != nil {
		if len(o.DynamicBaseURL.AllowedHosts) == 0 {
			return "", errors.New(`option baseURL.allowedHosts cannot be empty: give at least one host pattern, such as "myapp.com" or "*.myapp.com"`)
		}
		return "", nil
	}
	if o.BaseURL != "" {
		return origin.WithPath(o.BaseURL, o.BasePath)
	}
	return origin.FromEnv(o.Getenv, o.BasePath)
}
