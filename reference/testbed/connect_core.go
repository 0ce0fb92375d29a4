package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/ratelimit"
	"github.com/goauth-dev/goauth/core/store"
)

// connectSeldom connects the functions that few tests have.
func (in *instance) connectSeldom(o *auth.Options, path, fn string) bool {
	switch path {
	case "emailAndPassword.customSyntheticUser":
		o.EmailAndPassword.CustomSyntheticUser = in.syntheticUser(fn)
	case "session.cookieCache.version":
		o.Session.CookieCache.VersionFunc = in.cacheVersion(fn)
	case "advanced.database.generateId":
		o.Advanced.Database.GenerateIDFunc = in.generateID(fn)
	case "verification.storeIdentifier.hash", "verification.storeIdentifier.default.hash":
		if o.Verification.Identifiers == nil {
			o.Verification.Identifiers = &auth.IdentifierStorage{Default: "hashed"}
		}
		o.Verification.Identifiers.Hash = in.text(fn)
	case "rateLimit.customStorage.get":
		o.RateLimit.CustomStorage.Get = in.counterGet(fn)
	case "rateLimit.customStorage.set":
		o.RateLimit.CustomStorage.Set = in.counterSet(fn)
	case "advanced.backgroundTasks.handler":
		o.Advanced.Background.Handler = in.background(fn)
	case "logger.log":
		o.Logger = slog.New(&testLogger{in, fn})
	default:
		return in.connectModelField(o, path, fn) || in.connectRule(o, path, fn)
	}
	return true
}

// connectRule connects rateLimit.customRules[PATH].
func (in *instance) connectRule(o *auth.Options, path, fn string) bool {
	pattern, ok := strings.CutPrefix(path, "rateLimit.customRules.")
	if !ok {
		return false
	}
	o.RateLimit.CustomRules = append(o.RateLimit.CustomRules, ratelimit.Custom{Pattern: pattern, Func: in.rule(fn)})
	return true
}

// background is fn(promise): the task is done by then, as the promise of one that began at once may be.
func (in *instance) background(fn string) func(name string, run func()) {
	return func(_ string, run func()) {
		run()
		if _, err := in.js.call(context.Background(), fn, object("$promise", true)); err != nil {
			panic(err)
		}
	}
}

// text is fn(text) that returns a text.
func (in *instance) text(fn string) func(s string) string {
	return func(s string) string {
		got, _ := in.js.call(context.Background(), fn, s)
		result, _ := got.value.(string)
		return result
	}
}

// syntheticUser is fn({coreFields, additionalFields, id}).
func (in *instance) syntheticUser(fn string) func(s auth.SyntheticUser) store.Record {
	return func(s auth.SyntheticUser) store.Record {
		core, errCore := tag(s.Core)
		additional, errAdditional := tag(s.Additional)
		if errors.Join(errCore, errAdditional) != nil {
			return nil
		}
		got, err := in.js.call(context.Background(), fn, object("coreFields", core, "additionalFields", additional, "id", s.ID))
		o, ok := got.value.(*auth.Object)
		if err != nil || !ok {
			return nil
		}
		user := store.Record{}
		for name, v := range o.All() {
			user[name] = plain(v)
		}
		return user
	}
}

// cacheVersion is fn(session, user).
func (in *instance) cacheVersion(fn string) func(ctx context.Context, s *auth.Session, u *auth.User) (string, error) {
	return func(ctx context.Context, s *auth.Session, u *auth.User) (string, error) {
		session, err := tag(s.Record())
		if err != nil {
			return "", err
		}
		user, err := tag(u.Record())
		if err != nil {
			return "", err
		}
		got, err := in.js.call(ctx, fn, session, user)
		version, _ := got.value.(string)
		return version, err
	}
}

// generateID is fn({model}), which returns a text or false.
func (in *instance) generateID(fn string) func(model string) string {
	return func(model string) string {
		got, _ := in.js.call(context.Background(), fn, object("model", model))
		id, _ := got.value.(string)
		return id
	}
}

func (in *instance) counterGet(fn string) ratelimit.Get {
	return func(ctx context.Context, key string) (*ratelimit.Counter, error) {
		got, err := in.js.call(ctx, fn, key)
		o, ok := got.value.(*auth.Object)
		if err != nil || !ok {
			return nil, err
		}
		count, _ := integer(at(o, "count"))
		last, _ := integer(at(o, "lastRequest"))
		return &ratelimit.Counter{Key: text(o, "key"), Count: count, LastRequest: last}, nil
	}
}

func (in *instance) counterSet(fn string) ratelimit.Set {
	return func(ctx context.Context, key string, c ratelimit.Counter, update bool) error {
		_, err := in.js.call(ctx, fn, key, object("key", c.Key, "count", c.Count, "lastRequest", c.LastRequest), update)
		return err
	}
}

// rule is fn(request, rule), which returns {window, max} or false.
func (in *instance) rule(fn string) func(r *http.Request, current ratelimit.Rule) (ratelimit.Rule, bool, error) {
	return func(r *http.Request, current ratelimit.Rule) (ratelimit.Rule, bool, error) {
		now := object("window", int64(current.Window/time.Second), "max", int64(current.Max))
		got, err := in.js.call(r.Context(), fn, tagRequest(r), now)
		if err != nil || got.value == false {
			return current, err == nil, err
		}
		o, ok := got.value.(*auth.Object)
		if !ok {
			return current, false, nil
		}
		window, _ := integer(at(o, "window"))
		most, _ := integer(at(o, "max"))
		return ratelimit.Rule{Window: time.Duration(window) * time.Second, Max: int(most)}, false, nil
	}
}
