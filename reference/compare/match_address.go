package main

import (
	"net/url"
	"slices"
	"strings"

	"github.com/goauth-dev/goauth/reference/internal/format"
	"github.com/goauth-dev/goauth/reference/internal/harness"
)

// address compares addresses parameter by parameter; what comes before the query must be the same.
func (m *matcher) address(path, l, r string) bool {
	lb, lq, lok := strings.Cut(l, "?")
	rb, rq, rok := strings.Cut(r, "?")
	if !lok || !rok || lb != rb || !strings.Contains(lb, "/") {
		return false
	}
	ln, lp, err1 := parameters(lq)
	rn, rp, err2 := parameters(rq)
	if err1 != nil || err2 != nil {
		return false
	}
	both := func(other map[string]any) func(string) bool {
		return func(name string) bool { _, there := other[name]; return !there }
	}
	if lo, ro := slices.DeleteFunc(ln, both(rp)), slices.DeleteFunc(rn, both(lp)); !slices.Equal(lo, ro) {
		m.report(path+"(order)", lo, ro, "parameters in another order")
	}
	m.object(path+"(query)", lp, rp)
	return true
}

// parameters are the names of a query in order, and the values by name.
func parameters(query string) (names []string, values map[string]any, err error) {
	query = strings.NewReplacer("${ORIGIN%}", "${ORIGIN}", "${HOST%}", "${HOST}").Replace(query)
	values = map[string]any{}
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if name, err = url.QueryUnescape(name); err != nil {
			return nil, nil, err
		}
		if value, err = url.QueryUnescape(value); err != nil {
			return nil, nil, err
		}
		if before, again := values[name]; again {
			values[name] = before.(string) + ", " + value
			continue
		}
		names, values[name] = append(names, name), value
	}
	return names, values, nil
}

// sealed compares what both sides encrypted with the secret by what is in it.
func (m *matcher) sealed(path, l, r string) bool {
	lt, lok := format.Open(harness.Secret, l)
	rt, rok := format.Open(harness.Secret, r)
	if !lok || !rok {
		return false
	}
	m.text(path+"(opened)", lt, rt)
	return true
}
