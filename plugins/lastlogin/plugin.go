// Package lastlogin remembers how somebody signed in last: in a cookie that scripts may read, to mark that way in the
// sign-in form, and if wanted in the user's row. Upstream: last-login-method.
package lastlogin

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// Options configures the plugin.
type Options struct {
	// CookieName is the cookie's whole name. Default: "better-auth.last_used_login_method".
	CookieName string `option:"cookieName"`
	// MaxAge is the cookie's life. Default: 30 days.
	MaxAge time.Duration `option:"maxAge"`
	// StoreInDatabase keeps the method in the user's row too. Default: off.
	StoreInDatabase bool `option:"storeInDatabase"`
	// Schema renames the column.
	Schema Schema `option:"schema"`
	// Resolve names the method of a call that signs in; "" leaves it to the plugin. Upstream: customResolveMethod.
	Resolve func(c *auth.Call) string `option:"-"`
}

// Schema renames what the plugin adds. Upstream: schema.
type Schema struct {
	// User renames columns of the user's table.
	User UserColumns `option:"user"`
}

// UserColumns names columns.
type UserColumns struct {
	// LastLoginMethod is the column of the method. Default: "lastLoginMethod".
	LastLoginMethod string `option:"lastLoginMethod"`
}

const field = "lastLoginMethod"

// New returns the plugin.
func New(o Options) auth.Plugin {
	o.CookieName = cmp.Or(o.CookieName, "better-auth.last_used_login_method")
	o.MaxAge = cmp.Or(o.MaxAge, 30*24*time.Hour)
	p := auth.Plugin{ID: "last-login-method", After: []auth.AfterHook{{Run: o.setCookie}}}
	if !o.StoreInDatabase {
		return p
	}
	p.Schema = []schema.Table{{Model: schema.UserModel, Fields: schema.Fields{{
		Name: field, Column: cmp.Or(o.Schema.User.LastLoginMethod, field), Type: schema.String, Required: option.Off, Input: option.Off,
	}}}}
	p.DatabaseHooks.User.BeforeCreate = o.markUser
	p.DatabaseHooks.Session.AfterCreate = o.updateUser
	return p
}

// method names the way in that a call takes, or returns "" for a call that is none.
func (o *Options) method(c *auth.Call) string {
	if o.Resolve != nil {
		if name := o.Resolve(c); name != "" {
			return name
		}
	}
	return Method(c)
}

// Method names the way in that a call takes by its route: "email", "siwe", "passkey", "magic-link" or the id of an OAuth
// provider; "" for a call that is none.
func Method(c *auth.Call) string {
	switch path := c.Path; {
	case strings.HasPrefix(path, "/callback/"), strings.HasPrefix(path, "/oauth2/callback/"):
		return cmp.Or(c.Params["id"], c.Params["providerId"], path[strings.LastIndexByte(path, '/')+1:])
	case path == "/sign-in/email", path == "/sign-up/email":
		return "email"
	case strings.Contains(path, "siwe"):
		return "siwe"
	case strings.Contains(path, "/passkey/verify-authentication"):
		return "passkey"
	case strings.HasPrefix(path, "/magic-link/verify"):
		return "magic-link"
	default:
		return ""
	}
}

// setCookie tells the browser, beside the session cookie and with its attributes.
func (o *Options) setCookie(c *auth.Call) error {
	name := o.method(c)
	if name == "" || !signsIn(c) {
		return nil
	}
	ck := c.CookieSet.SessionToken.WithName(o.CookieName).WithMaxAge(int(o.MaxAge / time.Second))
	ck.Attributes.HTTPOnly = false
	return c.SetCookie(ck, name)
}

// signsIn reports whether the answer sets a session cookie.
func signsIn(c *auth.Call) bool {
	for _, line := range c.Reply.SetCookies() {
		if strings.Contains(line, c.CookieSet.SessionToken.Name) {
			return true
		}
	}
	return false
}

// markUser adds the method to a new user.
func (o *Options) markUser(_ context.Context, c *auth.Call, _ store.Record) (store.Record, error) {
	if name := o.method(c); name != "" {
		return store.Record{field: name}, nil
	}
	return nil, nil
}

// updateUser keeps the method of a session that began. That it fails is logged and signs nobody out.
func (o *Options) updateUser(_ context.Context, c *auth.Call, row store.Record) error {
	id, _ := row["userId"].(string)
	name := o.method(c)
	if name == "" || id == "" {
		return nil
	}
	_, err := account.UpdateUser(c, id, store.Record{field: name})
	return err
}
