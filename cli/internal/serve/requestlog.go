package serve

import (
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core"
)

// logged writes a line for each request: method, route, status and duration. It has the route's pattern, never the path
// or the query, which hold tokens, and no header.
func (a *app) logged(names *routeNames, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := a.now()
		rec := &recorder{ResponseWriter: w}
		defer func() {
			level := slog.LevelInfo
			route := names.of(r.URL.Path)
			switch {
			case rec.status >= 500:
				level = slog.LevelError
			case route == "/healthz" || route == "/readyz":
				level = slog.LevelDebug
			}
			a.logger.LogAttrs(r.Context(), level, "request", slog.String("method", r.Method), slog.String("route", route),
				slog.Int("status", rec.status), slog.Duration("duration", a.now().Sub(start).Round(time.Microsecond)))
		}()
		next.ServeHTTP(rec, r)
	})
}

// recorder notes the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the writer.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// routeNames finds the pattern of a path.
type routeNames struct {
	base     string
	static   map[string]bool
	patterns [][]string
}

// otherRoute stands for every path that is nobody's: it may hold anything.
const otherRoute = "other"

func newRouteNames(a *core.Auth) *routeNames {
	n := &routeNames{base: strings.TrimSuffix(a.Context().Options.BasePath, "/"), static: map[string]bool{}}
	for _, route := range a.Routes() {
		if strings.Contains(route.Path, "/:") {
			n.patterns = append(n.patterns, strings.Split(route.Path, "/"))
			continue
		}
		n.static[route.Path] = true
	}
	return n
}

func (n *routeNames) of(path string) string {
	switch path {
	case "/healthz", "/readyz", "/":
		return path
	}
	rest, ours := strings.CutPrefix(path, n.base)
	switch {
	case strings.HasPrefix(path, "/goauth/"):
		return "/goauth/*"
	case ours && n.static[rest]:
		return path
	case ours:
		return n.pattern(strings.Split(rest, "/"))
	default:
		return otherRoute
	}
}

func (n *routeNames) pattern(segments []string) string {
	for _, p := range n.patterns {
		if matches(p, segments) {
			return n.base + strings.Join(p, "/")
		}
	}
	return otherRoute
}

func matches(pattern, segments []string) bool {
	if len(pattern) != len(segments) {
		return false
	}
	for i, p := range pattern {
		if p != segments[i] && !strings.HasPrefix(p, ":") {
			return false
		}
	}
	return true
}
