package auth

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/goauth-dev/goauth/core/cookies"
	"github.com/goauth-dev/goauth/core/crypto"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/origin"
	"github.com/goauth-dev/goauth/core/ratelimit"
	"github.com/goauth-dev/goauth/core/store"
)

// Options configures one instance. Every field's zero value is its documented default, and the tags are Better Auth's
// own option names, under which a configuration file gives them. Durations are whole seconds there.
type Options struct {
	// AppName is the application's name. Default: "Better Auth".
	AppName string `option:"appName"`
	// BaseURL is the public origin, optionally with a path. Default: the environment variable BETTER_AUTH_URL, else each
	// request's own origin.
	BaseURL string `option:"baseURL"`
	// DynamicBaseURL finds the base URL from each request among allowed hosts. It excludes BaseURL.
	DynamicBaseURL *origin.Dynamic `option:"baseURL"`
	// BasePath is the prefix of every route. Default: "/api/auth".
	BasePath string `option:"basePath"`
	// Secret signs and encrypts. Default: BETTER_AUTH_SECRET, then AUTH_SECRET. In production it must have at least 32
	// characters and must not be the well-known development value.
	Secret string `option:"secret"`
	// Secrets are versioned secrets for rotation: the first signs, every one verifies. Default: BETTER_AUTH_SECRETS
	// ("2:new,1:old").
	Secrets []crypto.Secret `option:"secrets"`
	// Database is the storage. Nil: stateless mode, in which sessions live in encrypted cookies and users in memory.
	Database store.Database `option:"-"`
	// SecondaryStorage takes sessions, verification values and rate limits out of the database.
	SecondaryStorage store.Secondary `option:"-"`
	// Revocations tells every instance at once which sessions have ended, so that none goes on taking the copies in cookies
	// (Session.CookieCache). Nil: a copy lives until it ends, as upstream's does. It needs a database or secondary storage.
	Revocations store.Revocations `option:"-"`

	EmailAndPassword  EmailAndPassword    `option:"emailAndPassword"`
	EmailVerification EmailVerification   `option:"emailVerification"`
	User              UserOptions         `option:"user"`
	Session           SessionOptions      `option:"session"`
	Account           AccountOptions      `option:"account"`
	Verification      VerificationOptions `option:"verification"`
	// SocialProviders are the parties that people sign in with, by their ids, such as "google".
	SocialProviders map[string]oauth2.Options `option:"socialProviders"`
	RateLimit       RateLimitOptions          `option:"rateLimit"`
	Advanced        AdvancedOptions           `option:"advanced"`
	OnAPIError      OnAPIError                `option:"onAPIError"`
	Log             LogOptions                `option:"logger"`

	// TrustedOrigins lists origins and patterns that may call and be redirected to, beside the base URL and
	// BETTER_AUTH_TRUSTED_ORIGINS.
	TrustedOrigins []string `option:"trustedOrigins"`
	// TrustedOriginsFunc adds origins for one request. An error refuses the request.
	TrustedOriginsFunc func(r *http.Request) ([]string, error) `option:"-"`
	// DisabledPaths are answered with 404.
	DisabledPaths []string `option:"disabledPaths"`
	// Plugins add endpoints, tables and hooks, in this order.
	Plugins []Plugin `option:"-"`
	// Hooks run around every endpoint, before the plugins' own.
	Hooks Hooks `option:"-"`
	// DatabaseHooks run around every write of the core tables, after the plugins' own.
	DatabaseHooks DatabaseHooks `option:"-"`

	// OnEvent hears about changes that an account's owner should know of. It runs in the background.
	OnEvent func(ctx context.Context, e Event) error `option:"-"`

	// Mode is the environment. Default: from NODE_ENV ("development" or "dev", "test"), else [Production].
	Mode Mode `option:"-"`
	// Clock tells the time. Default: time.Now.
	Clock func() time.Time `option:"-"`
	// Random is the source of every secret. Default: crypto/rand. A failing source answers 500 and issues nothing.
	Random io.Reader `option:"-"`
	// HTTPClient makes every outbound call. Default: a client with timeouts, size limits and no private addresses.
	HTTPClient *http.Client `option:"-"`
	// Logger takes every log line. Default: text on standard error, from Log.Level up.
	Logger *slog.Logger `option:"-"`
	// Getenv reads the environment. Default: os.Getenv.
	Getenv func(name string) string `option:"-"`
}

// Mode is the environment an instance runs in. Upstream: NODE_ENV.
type Mode uint8

// The modes. Production is the strictest.
const (
	// ModeFromEnv decides by NODE_ENV; anything but a development or test value is Production.
	ModeFromEnv Mode = iota
	// Production limits rates, refuses weak secrets and hides the error page.
	Production
	// Development takes 127.0.0.1 for an unknown client address.
	Development
	// Test is Development that also skips the origin checks unless they are set.
	Test
)

// LogOptions configures the default logger. Upstream: logger.
type LogOptions struct {
	// Disabled drops every line.
	Disabled bool `option:"disabled"`
	// Level is the lowest level written: "debug", "info", "warn" (the default) or "error".
	Level string `option:"level"`
}

// RateLimitOptions configures the rate limiter. Upstream: rateLimit.
type RateLimitOptions struct {
	// Enabled switches it. Default: on in production.
	Enabled option.Toggle `option:"enabled"`
	// Window is the time over which requests are counted. Default: 10 s.
	Window time.Duration `option:"window"`
	// Max is the number of requests in a window. Default: 100.
	Max int `option:"max"`
	// Storage is "memory", "database" or "secondary-storage". Default: secondary storage when configured, else memory.
	Storage string `option:"storage"`
	// Store keeps the counters elsewhere and decides atomically; the module redis has one that takes a single round trip.
	// It wins over Storage. While it fails each process counts for itself.
	Store ratelimit.Store `option:"-"`
	// CustomStorage keeps the counters elsewhere with two plain functions, which is atomic within one process only.
	CustomStorage RateLimitStorage `option:"-"`
	// CustomRules override the built-in and the plugins' rules; the first whose pattern matches the path decides.
	CustomRules RateLimitRules `option:"customRules"`
	// ModelName is the table's name. Default: "rateLimit".
	ModelName string `option:"modelName"`
	// Fields renames columns: key, count, lastRequest.
	Fields map[string]string `option:"fields"`
}

// AdvancedOptions configures the seldom changed. Upstream: advanced.
type AdvancedOptions struct {
	// IPAddress says how the client's address is found.
	IPAddress IPAddressOptions `option:"ipAddress"`
	// UseSecureCookies forces the Secure attribute and the __Secure- prefix on or off. Default: on for an https base URL,
	// and in production without a base URL.
	UseSecureCookies option.Toggle `option:"useSecureCookies"`
	// DisableCSRFCheck skips the origin check of requests. Default: off.
	DisableCSRFCheck option.Toggle `option:"disableCSRFCheck"`
	// DisableOriginCheck skips the check of redirect targets, and that of requests unless DisableCSRFCheck is set.
	// Default: off, on in test mode.
	DisableOriginCheck option.Toggle `option:"disableOriginCheck"`
	// SkipOriginCheckPaths skips both checks for paths below these. Upstream: disableOriginCheck with a list.
	SkipOriginCheckPaths []string `option:"disableOriginCheck"`
	// CrossSubDomainCookies shares cookies between subdomains.
	CrossSubDomainCookies CrossSubDomainCookies `option:"crossSubDomainCookies"`
	// Cookies overrides single cookies by logical name, such as "session_token".
	Cookies map[string]CookieOptions `option:"cookies"`
	// DefaultCookieAttributes applies to every cookie.
	DefaultCookieAttributes CookieAttributes `option:"defaultCookieAttributes"`
	// CookiePrefix starts every cookie name. Default: "better-auth".
	CookiePrefix string `option:"cookiePrefix"`
	// Database tunes ids and list sizes.
	Database AdvancedDatabase `option:"database"`
	// TrustedProxyHeaders believes X-Forwarded-Host and X-Forwarded-Proto. Default: off.
	TrustedProxyHeaders bool `option:"trustedProxyHeaders"`
	// SkipTrailingSlashes accepts paths with a trailing slash. Default: off.
	SkipTrailingSlashes bool `option:"skipTrailingSlashes"`
	// Background tunes the work that does not hold up an answer.
	Background BackgroundOptions `option:"-"`
}

// IPAddressOptions says how the client's address is found. Upstream: advanced.ipAddress.
type IPAddressOptions struct {
	// Headers are tried in order. Nil is x-forwarded-for; with an empty list no header is believed, which is right for a server
	// that clients reach without a proxy. Upstream: ipAddressHeaders.
	Headers []string `option:"ipAddressHeaders"`
	// TrustedProxies are the addresses and networks whose entries in a forwarding list are skipped, right to left.
	TrustedProxies []string `option:"trustedProxies"`
	// DisableIPTracking never reads an address; it also disables rate limiting.
	DisableIPTracking bool `option:"disableIpTracking"`
	// IPv6Subnet is how many bits of an IPv6 address count: 32, 48, 64 (the default) or 128.
	IPv6Subnet int `option:"ipv6Subnet"`
}

// CrossSubDomainCookies shares cookies between subdomains. Upstream: advanced.crossSubDomainCookies.
type CrossSubDomainCookies struct {
	// Enabled sets Domain on cookies.
	Enabled bool `option:"enabled"`
	// Domain is its value. Default: the base URL's host.
	Domain string `option:"domain"`
}

// CookieOptions overrides one cookie. Upstream: advanced.cookies.<name>.
type CookieOptions struct {
	// Name replaces the whole name; the secure prefix is still added.
	Name string `option:"name"`
	// Attributes win over everything else.
	Attributes CookieAttributes `option:"attributes"`
}

// CookieAttributes overrides attributes; unset ones keep their value.
type CookieAttributes = cookies.Override

// AdvancedDatabase tunes storage. Upstream: advanced.database.
type AdvancedDatabase struct {
	// DefaultFindManyLimit caps list queries. Default: 100.
	DefaultFindManyLimit int `option:"defaultFindManyLimit"`
	// GenerateID says who makes ids: "" (32 random characters), "uuid", "serial" or "false" (the database, as text).
	GenerateID string `option:"generateId"`
	// NoGeneratedID is the configuration file's false for GenerateID.
	NoGeneratedID option.Toggle `option:"generateId"`
	// GenerateIDFunc makes the id of a new row of a model; it wins over GenerateID. An empty text leaves the id to the database.
	GenerateIDFunc func(model string) string `option:"-"`
}

// BackgroundOptions tunes the background runner.
type BackgroundOptions struct {
	// Workers run tasks at once. Default: 4.
	Workers int
	// Queue is how many tasks wait before the request that adds one has to, for up to 5 s; then the task is dropped and logged.
	// Default: 1024.
	Queue int
	// Timeout bounds one task: its context ends then, and a second later another task takes the worker. Default: 30 s.
	Timeout time.Duration
	// Await runs each task before the answer, as upstream does without a handler of its own. An answer then takes as long
	// as its mail, which tells known addresses from unknown ones; it is for tests.
	Await bool
	// Handler is given each task instead, to run where the application wants it: in a pool of its own, or where the platform
	// is told to keep the process alive. It must not wait for the task, and has run called once; run does not panic, and logs
	// what fails. Workers, Queue and Await mean nothing then. Upstream: advanced.backgroundTasks.handler.
	Handler func(name string, run func())
}

// OnAPIError tunes what happens on errors. Upstream: onAPIError.
type OnAPIError struct {
	// Throw lets the server's own panic handler see unexpected errors: [core.Auth.ServeHTTP] panics with
	// http.ErrAbortHandler after logging instead of answering 500.
	Throw bool `option:"throw"`
	// OnError observes every error but redirects; it replaces the default logging.
	OnError func(err error, c *Call) `option:"-"`
	// ErrorURL is the page that errors redirect to. Default: the built-in page at /error.
	ErrorURL string `option:"errorURL"`
	// CustomizeDefaultErrorPage changes the built-in page's look, and shows it in production too.
	CustomizeDefaultErrorPage *ErrorPage `option:"customizeDefaultErrorPage"`
}

// ErrorPage is the look of the built-in error page. Empty fields keep the default. Upstream:
// onAPIError.customizeDefaultErrorPage.
type ErrorPage struct {
	Colors                   ErrorPageColors `option:"colors"`
	Size                     ErrorPageSize   `option:"size"`
	Font                     ErrorPageFont   `option:"font"`
	DisableTitleBorder       bool            `option:"disableTitleBorder"`
	DisableCornerDecorations bool            `option:"disableCornerDecorations"`
	DisableBackgroundGrid    bool            `option:"disableBackgroundGrid"`
}

// ErrorPageColors are CSS colors.
type ErrorPageColors struct {
	Background        string `option:"background"`
	Foreground        string `option:"foreground"`
	Primary           string `option:"primary"`
	PrimaryForeground string `option:"primaryForeground"`
	MutedForeground   string `option:"mutedForeground"`
	Border            string `option:"border"`
	Destructive       string `option:"destructive"`
	TitleBorder       string `option:"titleBorder"`
	TitleColor        string `option:"titleColor"`
	GridColor         string `option:"gridColor"`
	CardBackground    string `option:"cardBackground"`
	CornerBorder      string `option:"cornerBorder"`
}

// ErrorPageSize are CSS lengths.
type ErrorPageSize struct {
	RadiusSm string `option:"radiusSm"`
	RadiusMd string `option:"radiusMd"`
	RadiusLg string `option:"radiusLg"`
	TextSm   string `option:"textSm"`
	Text2xl  string `option:"text2xl"`
	Text4xl  string `option:"text4xl"`
	Text6xl  string `option:"text6xl"`
}

// ErrorPageFont are CSS font families.
type ErrorPageFont struct {
	DefaultFamily string `option:"defaultFamily"`
	MonoFamily    string `option:"monoFamily"`
}
