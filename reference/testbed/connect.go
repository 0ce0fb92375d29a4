package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/goauth-dev/goauth/core/auth"
)

// connect gives the options the functions of the test. A function that has no place in them is an error with its path.
func (in *instance) connect(o *auth.Options, found *functions) error {
	for _, path := range found.paths {
		if !in.connectOne(o, path, found.ids[path]) && !ignored(path) {
			return fmt.Errorf("%s: this function has no counterpart in the testbed", path)
		}
	}
	return nil
}

// ignored reports whether a function belongs to a feature that is not built.
func ignored(path string) bool {
	for _, prefix := range notYet {
		if len(path) > len(prefix) && path[:len(prefix)] == prefix || path == prefix {
			return true
		}
	}
	return false
}

func (in *instance) connectOne(o *auth.Options, path, fn string) bool {
	e, v, u := &o.EmailAndPassword, &o.EmailVerification, &o.User
	switch path {
	case "emailAndPassword.sendResetPassword":
		e.SendResetPassword = in.mail(fn, false)
	case "emailAndPassword.onPasswordReset":
		e.OnPasswordReset = in.user(fn, true)
	case "emailAndPassword.onExistingUserSignUp":
		e.OnExistingUserSignUp = in.user(fn, true)
	case "emailAndPassword.password.hash":
		e.Password.Hash = in.hash(fn)
	case "emailAndPassword.password.verify":
		e.Password.Verify = in.verify(fn)
	case "emailVerification.sendVerificationEmail":
		v.SendVerificationEmail = in.mail(fn, false)
	case "emailVerification.beforeEmailVerification":
		v.BeforeEmailVerification = in.user(fn, false)
	case "emailVerification.afterEmailVerification":
		v.AfterEmailVerification = in.user(fn, false)
	case "user.changeEmail.sendChangeEmailConfirmation":
		u.ChangeEmail.SendChangeEmailConfirmation = in.mail(fn, true)
	case "user.deleteUser.sendDeleteAccountVerification":
		u.DeleteUser.SendDeleteAccountVerification = in.mail(fn, false)
	case "user.deleteUser.beforeDelete":
		u.DeleteUser.BeforeDelete = in.user(fn, false)
	case "user.deleteUser.afterDelete":
		u.DeleteUser.AfterDelete = in.user(fn, false)
	case "trustedOrigins":
		o.TrustedOriginsFunc = in.origins(fn)
	case "onAPIError.onError":
		o.OnAPIError.OnError = func(err error, _ *auth.Call) {
			_, _ = in.js.call(context.Background(), fn, tagError(err, nil), object())
		}
	case "hooks.before":
		o.Hooks.Before = in.before(fn)
	case "hooks.after":
		o.Hooks.After = in.after(fn)
	default:
		return in.connectSocial(o, path, fn) || in.connectDatabaseHook(o, path, fn) || in.connectSecondary(o, path, fn) || in.connectSeldom(o, path, fn)
	}
	return true
}

func (in *instance) connectSecondary(o *auth.Options, path, fn string) bool {
	s, _ := o.SecondaryStorage.(*secondary)
	if s == nil {
		s = &secondary{js: in.js}
	}
	switch path {
	case "secondaryStorage.get":
		s.get = fn
	case "secondaryStorage.set":
		s.set = fn
	case "secondaryStorage.delete":
		s.remove = fn
	default:
		return false
	}
	o.SecondaryStorage = s
	return true
}

// mail is a sender: fn({user, url, token}, request).
func (in *instance) mail(fn string, newEmail bool) func(ctx context.Context, m auth.Mail) error {
	return func(ctx context.Context, m auth.Mail) error {
		user, err := tag(m.User.Record())
		if err != nil {
			return err
		}
		data := object("user", user, "url", m.URL, "token", m.Token)
		if newEmail {
			data.Set("newEmail", m.NewEmail)
		}
		_, err = in.js.call(ctx, fn, data, tagRequest(m.Request))
		return err
	}
}

// user is fn(user, request), or with wrapped fn({user}, request).
func (in *instance) user(fn string, wrapped bool) func(ctx context.Context, u *auth.User, r *http.Request) error {
	return func(ctx context.Context, u *auth.User, r *http.Request) error {
		user, err := tag(u.Record())
		if err != nil {
			return err
		}
		if wrapped {
			user = object("user", user)
		}
		_, err = in.js.call(ctx, fn, user, tagRequest(r))
		return err
	}
}

func (in *instance) hash(fn string) func(ctx context.Context, password string) (string, error) {
	return func(ctx context.Context, password string) (string, error) {
		got, err := in.js.call(ctx, fn, password)
		hash, _ := got.value.(string)
		return hash, err
	}
}

func (in *instance) verify(fn string) func(ctx context.Context, hash, password string) (bool, error) {
	return func(ctx context.Context, hash, password string) (bool, error) {
		got, err := in.js.call(ctx, fn, object("hash", hash, "password", password))
		return got.value == true, err
	}
}

// originsFunc gives trusted origins for one request.
type originsFunc = func(r *http.Request) ([]string, error)

// addOrigins joins the functions that give trusted origins.
func (in *instance) addOrigins(o *auth.Options) {
	if len(in.moreOrigins) == 0 {
		return
	}
	all := in.moreOrigins
	if o.TrustedOriginsFunc != nil {
		all = append(all, o.TrustedOriginsFunc)
	}
	o.TrustedOriginsFunc = func(r *http.Request) ([]string, error) {
		var origins []string
		for _, f := range all {
			more, err := f(r)
			if err != nil {
				return nil, err
			}
			origins = append(origins, more...)
		}
		return origins, nil
	}
}

func (in *instance) origins(fn string) originsFunc {
	return func(r *http.Request) ([]string, error) {
		got, err := in.js.call(r.Context(), fn, tagRequest(r))
		return textsOf(got.value), err
	}
}
