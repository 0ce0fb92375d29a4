package auth

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/internal/zod"
)

// rule is one word of a tag "is": a name, or a name and an argument after "=".
type rule struct {
	name string
	// options are the texts that "literal" accepts.
	options []any
	// check returns upstream's sentence for a value of the right type that is not accepted; nil checks nothing.
	check func(v any) string
	// size is the part of check that looks at a length, of a text in UTF-16 units or of a list that is given instead.
	size func(kind string, length int) string
}

// newRules reads a tag "is": rules separated by spaces, checked in this order.
func newRules(tag string) ([]rule, error) {
	var rules []rule
	for word := range strings.FieldsSeq(tag) {
		name, arg, _ := strings.Cut(word, "=")
		r := rule{name: name}
		var err error
		switch name {
		case "coerced", "record":
		case "literal":
			for option := range strings.SplitSeq(arg, "|") {
				r.options = append(r.options, option)
			}
		case "email":
			r.check = onText(zod.IsEmail, zod.InvalidEmail)
		case "nonempty":
			r.size = nonempty
		case "length":
			r.size, err = exactly(arg)
		case "pattern":
			r.check, err = matches(arg)
		case "positive":
			r.check = positive
		case "min":
			r.check, err = atLeast(arg)
		default:
			err = fmt.Errorf("unknown rule %q", name)
		}
		if err != nil {
			return nil, err
		}
		if r.size != nil {
			r.check = r.ofText
		}
		rules = append(rules, r)
	}
	return rules, nil
}

func onText(ok func(string) bool, sentence string) func(any) string {
	return func(v any) string {
		if s, isText := v.(string); isText && !ok(s) {
			return sentence
		}
		return ""
	}
}

// ofText checks the size of a text.
func (r *rule) ofText(v any) string {
	s, _ := v.(string)
	return r.size(zod.String, js.UTF16Len(s))
}

func nonempty(kind string, length int) string {
	if length > 0 {
		return ""
	}
	return zod.TooSmall(kind, 1, true)
}

// exactly wants a length of n.
func exactly(arg string) (func(kind string, length int) string, error) {
	n, err := strconv.Atoi(arg)
	if err != nil {
		return nil, fmt.Errorf("rule length: %w", err)
	}
	return func(kind string, length int) string {
		switch {
		case length > n:
			return zod.TooBig(kind, float64(n), true)
		case length < n:
			return zod.TooSmall(kind, float64(n), true)
		default:
			return ""
		}
	}, nil
}

// matches wants a text that an expression matches, which is given as JavaScript writes it: between slashes, with the flag i
// or none. It may use only what Go's expressions mean too.
func matches(arg string) (func(any) string, error) {
	source, flags, ok := strings.Cut(strings.TrimPrefix(arg, "/"), "/")
	if !ok || !strings.HasPrefix(arg, "/") || flags != "" && flags != "i" {
		return nil, fmt.Errorf("rule pattern: %q is not an expression between slashes", arg)
	}
	if flags != "" {
		source = "(?" + flags + ")" + source
	}
	expression, err := regexp.Compile(source)
	if err != nil {
		return nil, fmt.Errorf("rule pattern: %w", err)
	}
	return onText(expression.MatchString, zod.Pattern(arg)), nil
}

func positive(v any) string {
	if n, ok := v.(float64); ok && n <= 0 {
		return zod.TooSmall(zod.Num, 0, false)
	}
	return ""
}

// atLeast wants a number of n or more.
func atLeast(arg string) (func(any) string, error) {
	n, err := strconv.ParseFloat(arg, 64)
	if err != nil {
		return nil, fmt.Errorf("rule min: %w", err)
	}
	return func(v any) string {
		if got, ok := v.(float64); ok && got < n {
			return zod.TooSmall(zod.Num, n, true)
		}
		return ""
	}, nil
}

// has reports whether the field has a rule.
func (f *field) has(name string) bool {
	for i := range f.rules {
		if f.rules[i].name == name {
			return true
		}
	}
	return false
}

// literals returns the only texts that are accepted, if the field has such.
func (f *field) literals() ([]any, bool) {
	for i := range f.rules {
		if f.rules[i].name == "literal" {
			return f.rules[i].options, true
		}
	}
	return nil, false
}

// refuse returns the sentences of the rules that a value of the right type breaks, or "".
func (f *field) refuse(v any) string {
	var refused string
	for i := range f.rules {
		if f.rules[i].check == nil {
			continue
		}
		msg := f.rules[i].check(v)
		if msg != "" && f.message != "" {
			msg = f.message
		}
		switch {
		case msg == "":
		case refused == "":
			refused = msg
		default:
			refused += f.further(msg)
		}
	}
	return refused
}
