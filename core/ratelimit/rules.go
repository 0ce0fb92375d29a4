package ratelimit

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/origin"
)

// Matcher gives a rule to the paths that Match accepts. Upstream: an entry of a plugin's rateLimit, with pathMatcher.
type Matcher struct {
	Match func(path string) bool
	Rule  Rule
}

// Custom is an application's rule for a path or, with a "*" in it, a pattern. Upstream: an entry of
// rateLimit.customRules.
type Custom struct {
	// Pattern is a path without the base path, or a pattern as [origin.Wildcard] reads it: "*" stays within a segment.
	Pattern string
	// Rule replaces the rule found so far, unless Off or Func is set.
	Rule Rule
	// Off lifts every limit. Upstream: false.
	Off bool
	// Func decides for one request, given the rule found so far; off lifts every limit.
	Func func(r *http.Request, current Rule) (rule Rule, off bool, err error)
}

// Rules declares the rules of every path. Later kinds win over earlier ones; within a kind the first match does.
type Rules struct {
	// Default is for every path. Upstream: rateLimit.window and rateLimit.max.
	Default Rule
	// Special are the rules of the built-in operations, in general [CoreRules].
	Special []Matcher
	// Plugins are the rules that plugins bring, a list a plugin, in the order of the plugins.
	Plugins [][]Matcher
	// Custom are the application's own rules in the order they were declared.
	Custom []Custom
}

// Compile returns the table that answers for these rules.
func (rs Rules) Compile() *Table {
	t := &Table{rules: rs, custom: make([]func(string) bool, len(rs.Custom))}
	for i, c := range rs.Custom {
		t.custom[i] = c.matcher()
	}
	return t
}

// Table finds rules. It is immutable and safe for concurrent use.
type Table struct {
	rules  Rules
	custom []func(path string) bool // parallel to rules.Custom
}

// For returns the rule of a request to path, which is without the base path and a slash at its end, as
// [origin.NormalizePath] makes it. The request is not limited when a custom rule says so. An error is that of a custom
// rule's function.
func (t *Table) For(r *http.Request, path string) (rule Rule, limited bool, err error) {
	rule = t.declared(path)
	for i, matches := range t.custom {
		if matches(path) {
			return t.rules.Custom[i].apply(r, rule)
		}
	}
	return rule, true, nil
}

func (t *Table) declared(path string) Rule {
	for _, list := range t.rules.Plugins {
		if rule, ok := first(list, path); ok {
			return rule
		}
	}
	if rule, ok := first(t.rules.Special, path); ok {
		return rule
	}
	return t.rules.Default
}

func first(list []Matcher, path string) (Rule, bool) {
	for _, m := range list {
		if m.Match(path) {
			return m.Rule, true
		}
	}
	return Rule{}, false
}

// matcher compiles the pattern. Without a "*" it is a path, also with other special characters.
func (c *Custom) matcher() func(path string) bool {
	if strings.Contains(c.Pattern, "*") {
		return origin.Wildcard(c.Pattern).Match
	}
	return func(path string) bool { return c.Pattern == path }
}

func (c *Custom) apply(r *http.Request, current Rule) (rule Rule, limited bool, err error) {
	switch {
	case c.Off:
		return Rule{}, false, nil
	case c.Func == nil:
		return c.Rule, true, nil
	}
	rule, off, err := c.Func(r, current)
	if err != nil {
		return Rule{}, true, fmt.Errorf("ratelimit: the custom rule for %q failed: %w", c.Pattern, err)
	}
	return rule, !off, nil
}

// Longest returns the longest window of any rule that does not depend on the request.
func (t *Table) Longest() time.Duration {
	longest := t.rules.Default.Window
	for _, list := range append([][]Matcher{t.rules.Special}, t.rules.Plugins...) {
		for _, m := range list {
			longest = max(longest, m.Rule.Window)
		}
	}
	for _, c := range t.rules.Custom {
		longest = max(longest, c.Rule.Window)
	}
	return longest
}

// CoreRules returns the stricter rules of the built-in operations: three requests in ten seconds where passwords can be
// tried, three a minute where a mail is sent.
func CoreRules() []Matcher {
	return []Matcher{
		{Match: triesPassword, Rule: Rule{Window: 10 * time.Second, Max: 3}},
		{Match: sendsMail, Rule: Rule{Window: time.Minute, Max: 3}},
	}
}

func triesPassword(path string) bool {
	return hasAnyPrefix(path, "/sign-in", "/sign-up", "/change-password", "/change-email")
}

func sendsMail(path string) bool {
	switch path {
	case "/request-password-reset", "/send-verification-email",
		"/email-otp/send-verification-otp", "/email-otp/request-password-reset":
		return true
	}
	return hasAnyPrefix(path, "/forget-password")
}

func hasAnyPrefix(path string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(path, p) {
			return true
		}
	}
	return false
}
