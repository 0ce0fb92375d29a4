package core

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
)

// router finds the operation of a method and a path: literal paths in a map, the few with parameters in a list. There are
// no redirects: an unknown path, a wrong method, a trailing slash and a double slash are all "not found", as upstream
// answers them.
type router struct {
	all           []*auth.Route
	literal       map[string][]*auth.Route
	patterns      []pattern
	trailingSlash bool
	owners        map[string]string
}

// pattern is a path with parameters.
type pattern struct {
	segments []string
	route    *auth.Route
}

func newRouter(trailingSlash bool) *router {
	return &router{literal: map[string][]*auth.Route{}, trailingSlash: trailingSlash, owners: map[string]string{}}
}

// add registers a route. It fails when another owner serves the same method and path.
func (r *router) add(owner string, route *auth.Route) error {
	r.all = append(r.all, route)
	if route.ServerOnly {
		return nil
	}
	for _, method := range route.Methods {
		key := method + " " + shape(route.Path)
		if other, taken := r.owners[key]; taken {
			return fmt.Errorf("%s and %s both serve %s %s; use only one of them", other, owner, method, route.Path)
		}
		r.owners[key] = owner
	}
	if strings.Contains(route.Path, "/:") {
		r.patterns = append(r.patterns, pattern{strings.Split(route.Path[1:], "/"), route})
		return nil
	}
	r.literal[route.Path] = append(r.literal[route.Path], route)
	return nil
}

// shape is a path with its parameters' names left out: two paths of one shape match the same requests.
func shape(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if strings.HasPrefix(s, ":") {
			segments[i] = ":"
		}
	}
	return strings.Join(segments, "/")
}

// find returns the route of a path below the base path, still percent-encoded, and its parameters.
func (r *router) find(method, path string) (*auth.Route, map[string]string) {
	if r.trailingSlash {
		path = strings.TrimSuffix(path, "/")
	}
	if path == "" || strings.Contains(path, "//") {
		return nil, nil
	}
	for _, route := range r.literal[path] {
		if slices.Contains(route.Methods, method) {
			return route, nil
		}
	}
	for i := range r.patterns {
		p := &r.patterns[i]
		if params, ok := p.match(path); ok && slices.Contains(p.route.Methods, method) {
			return p.route, params
		}
	}
	return nil, nil
}

// match compares segment by segment; a parameter takes one segment that is not empty.
func (p *pattern) match(path string) (map[string]string, bool) {
	rest := path[1:]
	for i, want := range p.segments {
		segment, tail, more := strings.Cut(rest, "/")
		if more == (i == len(p.segments)-1) || segment == "" {
			return nil, false
		}
		if !strings.HasPrefix(want, ":") && want != segment {
			return nil, false
		}
		rest = tail
	}
	params := map[string]string{}
	rest = path[1:]
	for _, want := range p.segments {
		segment, tail, _ := strings.Cut(rest, "/")
		if name, ok := strings.CutPrefix(want, ":"); ok {
			params[name] = segment
		}
		rest = tail
	}
	return params, true
}
