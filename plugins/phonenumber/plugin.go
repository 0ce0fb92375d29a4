// Package phonenumber signs people in with their telephone number: by a code in a text message, or by a password.
// Upstream: phone-number.
package phonenumber

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/ratelimit"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// New returns the plugin.
func New(o Options) auth.Plugin {
	return auth.Plugin{
		ID: "phone-number",
		Endpoints: []auth.AnyEndpoint{
			signIn(&o), sendOTP(&o), verify(&o), requestReset(&o), resetPassword(&o),
		},
		Schema:        o.Schema.Apply(tables),
		Before:        []auth.BeforeHook{{Match: updatesNumber, Run: refuseUpdate}},
		DatabaseHooks: auth.DatabaseHooks{User: auth.ModelHooks{BeforeUpdate: releaseNumber}},
		RateLimits: []ratelimit.Matcher{{
			Match: func(path string) bool { return strings.HasPrefix(path, "/phone-number") },
			Rule:  ratelimit.Rule{Window: time.Minute, Max: 10},
		}},
		Codes:   codes,
		Cookies: []string{passwordCookie},
		Init:    func(*auth.Context) error { return o.Schema.Check(tables) },
	}
}

var tables = []schema.Table{{Model: schema.UserModel, Fields: schema.Fields{
	{Name: "phoneNumber", Type: schema.String, Required: option.Off, Unique: true, Sortable: true, Input: option.On},
	{Name: "phoneNumberVerified", Type: schema.Boolean, Required: option.Off, Input: option.Off},
}}}

// updatesNumber reports whether a request gives the caller another number without proof.
func updatesNumber(c *auth.Call) bool {
	body, _ := c.Body.(*auth.Object)
	v, given := body.Get("phoneNumber")
	return c.Path == "/update-user" && given && v != nil
}

func refuseUpdate(*auth.Call) (*auth.Answer, error) {
	return nil, auth.Fail(http.StatusBadRequest, PhoneNumberCannotBeUpdated)
}

// releaseNumber takes the mark of a number away together with the number.
func releaseNumber(_ context.Context, _ *auth.Call, data store.Record) (store.Record, error) {
	if v, given := data["phoneNumber"]; given && v == nil {
		return store.Record{"phoneNumberVerified": false}, nil
	}
	return nil, nil
}
