package core

import (
	"net/http"
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/origin"
)

// pathRules knows what the configuration says about paths.
type pathRules struct {
	base     string // without a trailing slash; "" at the root
	disabled map[string]bool
}

func newPathRules(o *auth.Options, baseURL string) pathRules {
	rules := pathRules{base: strings.TrimSuffix(o.BasePath, "/"), disabled: map[string]bool{}}
	if u, err := origin.ParseURL(baseURL); err == nil && baseURL != "" {
		rules.base = strings.TrimSuffix(u.Pathname, "/")
	}
	for _, path := range o.DisabledPaths {
		rules.disabled[path] = true
	}
	return rules
}

// below returns the part of a path below the base path, which must end at a segment.
func (p *pathRules) below(path string) (string, bool) {
	rest, ok := strings.CutPrefix(path, p.base)
	return rest, ok && strings.HasPrefix(rest, "/")
}

// normal is the path that rules name: below the base path, without trailing slashes.
func (p *pathRules) normal(path string) string {
	return origin.NormalizePath(path, p.base)
}

// requestPath returns the escaped path of a request with its dot segments resolved, as a browser sends it.
func requestPath(r *http.Request) string {
	path := r.URL.EscapedPath()
	if !strings.Contains(path, "/.") && !strings.Contains(path, "/%2") && !strings.Contains(path, `\`) {
		return path
	}
	u, err := origin.ParseURL("http://h" + path)
	if err != nil {
		return path
	}
	return u.Pathname
}

// matchesPath reports whether a middleware's path covers a request's: itself, or everything below a "/**".
func matchesPath(pattern, path string) bool {
	prefix, deep := strings.CutSuffix(pattern, "/**")
	if !deep {
		return pattern == path
	}
	rest, ok := strings.CutPrefix(path, prefix)
	return ok && (rest == "" || rest[0] == '/')
}
