package main

import (
	"context"
	"sync"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/plugins/anonymous"
)

// leaked are the column names that an instance of a test file gave, by file: upstream's function changes a table that its
// other instances share, and the file's migrations follow.
var leaked sync.Map

func newAnonymous(in *instance, args []any) (auth.Plugin, error) {
	var o anonymous.Options
	if err := decodeArgument(in, args, &o, connectAnonymous); err != nil {
		return auth.Plugin{}, err
	}
	if o.Schema != nil {
		leaked.Store(in.js.url, o.Schema)
	} else if names, ok := leaked.Load(in.js.url); ok {
		o.Schema, _ = names.(schema.Renames)
	}
	return anonymous.New(o), nil
}

func connectAnonymous(in *instance, o *anonymous.Options, path, fn string) bool {
	switch path {
	case "generateName":
		o.GenerateName = func(c *auth.Call) (string, error) {
			described, err := tagCall(c)
			if err != nil {
				return "", err
			}
			return in.textFrom(c.Ctx(), fn, described)
		}
	case "generateRandomEmail":
		o.GenerateRandomEmail = func(ctx context.Context) (string, error) { return in.textFrom(ctx, fn) }
	case "onLinkAccount":
		o.OnLinkAccount = func(c *auth.Call, l anonymous.Link) error {
			before, err := tagSignedIn(l.Anonymous)
			if err != nil {
				return err
			}
			after, err := tagSignedIn(l.New)
			if err != nil {
				return err
			}
			described, err := tagCall(c)
			if err != nil {
				return err
			}
			_, err = in.js.call(c.Ctx(), fn, object("anonymousUser", before, "newUser", after, "ctx", described))
			return err
		}
	default:
		return false
	}
	return true
}

// textFrom is fn(...args) → text.
func (in *instance) textFrom(ctx context.Context, fn string, args ...any) (string, error) {
	got, err := in.js.call(ctx, fn, args...)
	s, _ := got.value.(string)
	return s, err
}
