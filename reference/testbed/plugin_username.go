package main

import (
	"context"

	"github.com/goauth-dev/goauth/plugins/username"
)

func connectUsername(in *instance, o *username.Options, path, fn string) bool {
	switch path {
	case "usernameValidator":
		o.UsernameValidator = in.accepts(fn)
	case "displayUsernameValidator":
		o.DisplayUsernameValidator = in.accepts(fn)
	case "usernameNormalization":
		o.UsernameNormalization = in.textToText(fn)
	case "displayUsernameNormalization":
		o.DisplayUsernameNormalization = in.textToText(fn)
	default:
		return false
	}
	return true
}

// accepts is fn(text) → boolean.
func (in *instance) accepts(fn string) func(ctx context.Context, text string) (bool, error) {
	return func(ctx context.Context, text string) (bool, error) {
		got, err := in.js.call(ctx, fn, text)
		return got.value == true, err
	}
}

// textToText is fn(text) → text; a failure gives the text as it was.
func (in *instance) textToText(fn string) func(text string) string {
	return func(text string) string {
		got, err := in.js.call(context.Background(), fn, text)
		if s, ok := got.value.(string); ok && err == nil {
			return s
		}
		return text
	}
}

// convert is fn(text) → text.
func (in *instance) convert(fn string) func(ctx context.Context, text string) (string, error) {
	return func(ctx context.Context, text string) (string, error) {
		got, err := in.js.call(ctx, fn, text)
		s, _ := got.value.(string)
		return s, err
	}
}
