package origin

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// DefaultBasePath is where the endpoints are when an application does not say.
const DefaultBasePath = "/api/auth"

// ErrBaseURL is a base URL that cannot be used or found out. The message says why,
// in upstream's words.
var ErrBaseURL = errors.New("base URL")

// baseError carries upstream's sentence alone, and is an [ErrBaseURL].
type baseError string

func (e baseError) Error() string        { return string(e) }
func (e baseError) Is(target error) bool { return target == ErrBaseURL }

// WithPath puts path behind a URL that has none; one that has a path stays as it is.
// An empty path and "/" add nothing. The URL must be http or https.
func WithPath(url, path string) (string, error) {
	u, err := ParseURL(url)
	if err != nil {
		return "", baseError(fmt.Sprintf("Invalid base URL: %s. Please provide a valid base URL.", url))
	}
	if u.Protocol != "http:" && u.Protocol != "https:" {
		return "", baseError(fmt.Sprintf("Invalid base URL: %s. URL must include 'http://' or 'https://'", url))
	}
	if strings.TrimRight(u.Pathname, "/") != "" {
		return url, nil
	}
	url = strings.TrimRight(url, "/")
	if path == "" || path == "/" {
		return url, nil
	}
	return url + "/" + strings.TrimPrefix(path, "/"), nil
}

// envNames are the variables that may hold the base URL, in order.
var envNames = []string{
	"BETTER_AUTH_URL", "NEXT_PUBLIC_BETTER_AUTH_URL", "PUBLIC_BETTER_AUTH_URL",
	"NUXT_PUBLIC_BETTER_AUTH_URL", "NUXT_PUBLIC_AUTH_URL", "BASE_URL",
}

// FromEnv returns the base URL that the environment gives, with basePath behind it,
// or "" when it gives none.
func FromEnv(getenv func(string) string, basePath string) (string, error) {
	for _, name := range envNames {
		value := getenv(name)
		if value == "" || (name == "BASE_URL" && value == "/") {
			continue
		}
		return WithPath(value, basePath)
	}
	return "", nil
}

// Source is what a request says about where it was sent.
type Source struct {
	Host   string      // the Host header or :authority
	Scheme string      // "http" or "https" as the connection was; "" when unknown
	Header http.Header // for X-Forwarded-Host and X-Forwarded-Proto
}

// Dynamic is a base URL that depends on the host a request was sent to.
type Dynamic struct {
	// AllowedHosts are the hosts, with port, that are served; see [MatchHost].
	AllowedHosts []string `option:"allowedHosts"`
	// Fallback is the base URL for every other host; without it they are errors.
	Fallback string `option:"fallback"`
	// Protocol is "http" or "https"; anything else is the request's own.
	Protocol string `option:"protocol"`
}

// Resolve returns the base URL for a request. With trustProxy, X-Forwarded-Host and
// X-Forwarded-Proto count before the request's own host and scheme. It must be the
// application's explicit choice: 1.6.9 trusted them whenever it was not set, and so
// let a client pick another allowed host.
func (d Dynamic) Resolve(s Source, basePath string, trustProxy bool) (string, error) {
	host := s.host(trustProxy)
	allowed := host != "" && slices.ContainsFunc(d.AllowedHosts, func(p string) bool { return MatchHost(host, p) })
	switch {
	case allowed:
		return WithPath(d.scheme(s, host, trustProxy)+"://"+host, basePath)
	case d.Fallback != "":
		return WithPath(d.Fallback, basePath)
	case host == "":
		return "", baseError("Could not determine host from request headers. " +
			"Please provide a fallback URL in your baseURL config.")
	}
	return "", baseError(fmt.Sprintf("Host \"%s\" is not in the allowed hosts list. Allowed hosts: %s. "+
		"Add this host to your allowedHosts config or provide a fallback URL.", host, strings.Join(d.AllowedHosts, ", ")))
}

// TrustedOrigins returns the origins that the configuration itself trusts: those of
// the allowed hosts and of the fallback.
func (d Dynamic) TrustedOrigins() []string {
	origins := TrustedFromHosts(d.AllowedHosts)
	if u, err := ParseURL(d.Fallback); err == nil {
		if o, ok := u.Origin(); ok {
			origins = append(origins, o)
		}
	}
	return origins
}

// TrustedFromHosts turns allowed hosts into trusted origins: https, for loopback
// hosts http too. An entry with a scheme stays as it is.
func TrustedFromHosts(hosts []string) []string {
	var origins []string
	for _, host := range hosts {
		if strings.Contains(host, "://") {
			origins = append(origins, host)
			continue
		}
		origins = append(origins, "https://"+host)
		if IsLoopbackHost(host) {
			origins = append(origins, "http://"+host)
		}
	}
	return origins
}

func (s Source) host(trustProxy bool) string {
	if trustProxy {
		if forwarded := strings.Join(s.Header.Values("X-Forwarded-Host"), ", "); ValidProxyHost(forwarded) {
			return forwarded
		}
	}
	if ValidProxyHost(s.Host) {
		return s.Host
	}
	scheme := s.Scheme
	if scheme == "" {
		scheme = "http"
	}
	u, err := ParseURL(scheme + "://" + s.Host)
	if err != nil || strings.ContainsAny(s.Host, `/\?#@`) {
		return ""
	}
	return u.Host()
}

func (d Dynamic) scheme(s Source, host string, trustProxy bool) string {
	if isWebScheme(d.Protocol) {
		return d.Protocol
	}
	if trustProxy {
		if forwarded := strings.Join(s.Header.Values("X-Forwarded-Proto"), ", "); isWebScheme(forwarded) {
			return forwarded
		}
	}
	if isWebScheme(s.Scheme) {
		return s.Scheme
	}
	if isDevHost(host) {
		return "http"
	}
	return "https"
}

func isWebScheme(s string) bool { return s == "http" || s == "https" }

// proxyHost is a host name or an IPv6 address in brackets, with a port perhaps.
var proxyHost = regexp.MustCompile(`\A(?:` + hostLabel + `(?:\.` + hostLabel + `)*|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?\z`)

const hostLabel = `[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?`

// ValidProxyHost reports whether a forwarded host may be used: a host name or
// address with a port perhaps, and nothing that reads as javascript:, file: or data:.
func ValidProxyHost(host string) bool {
	if !proxyHost.MatchString(host) {
		return false
	}
	host = lower(host)
	return !strings.Contains(host, "javascript:") && !strings.Contains(host, "file:") && !strings.Contains(host, "data:")
}

// ForwardedOrigin returns scheme://host from X-Forwarded-Proto and -Host when both
// are there and well formed. Ask only where the application trusts its proxy.
func ForwardedOrigin(h http.Header) (string, bool) {
	host := strings.Join(h.Values("X-Forwarded-Host"), ", ")
	scheme := strings.Join(h.Values("X-Forwarded-Proto"), ", ")
	if !isWebScheme(scheme) || !ValidProxyHost(host) {
		return "", false
	}
	return scheme + "://" + host, true
}

// MatchHost reports whether a host, with port, matches a pattern of the allowed
// hosts: the same name, ASCII case aside, or a pattern with wildcards (see
// [Wildcard]; * spans dots). A scheme or path in either is ignored.
func MatchHost(host, pattern string) bool {
	if host == "" || pattern == "" {
		return false
	}
	host, pattern = bareHost(host), bareHost(pattern)
	if strings.ContainsAny(pattern, "*?") {
		return Wildcard(pattern).Match(host)
	}
	return host == pattern
}

func bareHost(s string) string {
	if after, ok := strings.CutPrefix(s, "http://"); ok {
		s = after
	} else {
		s = strings.TrimPrefix(s, "https://")
	}
	s, _, _ = strings.Cut(s, "/")
	return lower(s)
}
