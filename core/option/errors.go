package option

import (
	"fmt"
	"slices"
	"strings"
)

// Error is one wrong place of a configuration tree.
type Error struct {
	// Path leads to the value: keys joined by dots, list positions and unusual keys in brackets. Empty: the whole tree.
	Path string
	// Problem says what is wrong with it, without the path.
	Problem string
	// Err is the cause when a [Decoder] gave one.
	Err error
}

// Error implements error: the path and the problem.
func (e *Error) Error() string {
	if e.Path == "" {
		return e.Problem
	}
	return e.Path + ": " + e.Problem
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errors is everything that is wrong with a configuration tree, sorted by path. Its text has a line for each.
type Errors []*Error

// Error implements error.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, err := range e {
		lines[i] = err.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the single errors.
func (e Errors) Unwrap() []error {
	errs := make([]error, len(e))
	for i, err := range e {
		errs[i] = err
	}
	return errs
}

// sorted returns the errors by path as an error, or nil when there are none.
func (e Errors) sorted() error {
	if len(e) == 0 {
		return nil
	}
	slices.SortStableFunc(e, func(a, b *Error) int {
		return strings.Compare(a.Path, b.Path)
	})
	return e
}

// In puts key in front of the path of an error that [Decode] or a [Decoder] returned, for a Decoder that decodes the parts
// of its value itself; it may return several with errors.Join. In returns nil for nil.
func In(key string, err error) error {
	if err == nil {
		return nil
	}
	return within(join("", key), err).sorted()
}

// within puts an error's places below path. Joined errors come apart.
func within(path string, err error) Errors {
	switch e := err.(type) { //nolint:errorlint // wrappers are what is taken apart here
	case *Error:
		return Errors{{Path: below(path, e.Path), Problem: e.Problem, Err: e.Err}}
	case interface{ Unwrap() []error }:
		var all Errors
		for _, one := range e.Unwrap() {
			all = append(all, within(path, one)...)
		}
		return all
	default:
		return Errors{{Path: path, Problem: err.Error(), Err: err}}
	}
}

// below joins two paths.
func below(path, rest string) string {
	if path == "" || rest == "" || rest[0] == '[' {
		return path + rest
	}
	return path + "." + rest
}

// join adds a key to a path.
func join(path, key string) string {
	if plain(key) {
		return below(path, key)
	}
	return fmt.Sprintf("%s[%q]", path, key)
}

// plain reports whether a key needs no quotes in a path.
func plain(key string) bool {
	for _, r := range key {
		if r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return false
		}
	}
	return key != ""
}
