// Package twofactor asks for a second factor after the password: a code of an authenticator app, one that the application
// delivers, or a backup code; and trusts a device that gave one. Upstream: two-factor.
package twofactor

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/ratelimit"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/plugins/onetime"
)

// model is the table of the plugin.
const model = "twoFactor"

// The cookies of the plugin.
const (
	challengeCookie = "two_factor"
	trustCookie     = "trust_device"
)

// passwordPaths are the sign-ins that ask for a second factor by default.
var passwordPaths = []string{"/sign-in/email", "/sign-in/username", "/sign-in/phone-number"}

// New returns the plugin.
func New(o Options) auth.Plugin {
	if s := &o.BackupCodes.StoreBackupCodes; s.Kind == "" {
		s.Kind = onetime.Encrypted
	}
	tables := tables(&o)
	return auth.Plugin{
		ID: "two-factor",
		Endpoints: []auth.AnyEndpoint{
			generateTOTP(&o), getTOTPURI(&o), verifyTOTP(&o), sendOTP(&o), verifyOTP(&o), verifyBackupCode(&o), generateBackupCodes(&o),
			viewBackupCodes(&o), enable(&o), disable(&o),
		},
		Schema: o.Schema.Apply(tables),
		After:  []auth.AfterHook{{Match: o.asks, Run: o.challenge}},
		RateLimits: []ratelimit.Matcher{{
			Match: func(path string) bool { return strings.HasPrefix(path, "/two-factor/") },
			Rule:  ratelimit.Rule{Window: 10 * time.Second, Max: 3},
		}},
		Codes:        codes,
		Cookies:      []string{challengeCookie, trustCookie},
		RevokeAccess: o.remove,
		Init:         func(*auth.Context) error { return o.check(tables) },
	}
}

func tables(o *Options) []schema.Table {
	name := o.TwoFactorTable
	if name == "" {
		name = model
	}
	return []schema.Table{
		{Model: schema.UserModel, Fields: schema.Fields{
			{Name: "twoFactorEnabled", Type: schema.Boolean, Required: option.Off, Default: false, Input: option.Off},
		}},
		{Model: model, Name: name, Fields: schema.Fields{
			{Name: "secret", Type: schema.String, Required: option.On, Returned: option.Off, Index: true},
			{Name: "backupCodes", Type: schema.String, Required: option.On, Returned: option.Off},
			{
				Name: "userId", Type: schema.String, Required: option.On, Returned: option.Off, Index: true,
				References: &schema.Reference{Model: schema.UserModel, Field: "id"},
			},
			{Name: "verified", Type: schema.Boolean, Required: option.Off, Default: true, Input: option.Off},
		}},
	}
}

func (o *Options) check(tables []schema.Table) error {
	if d := o.TOTP.digits(); d < 1 || d > 8 {
		return fmt.Errorf("option totpOptions.digits: %d is not 6 or 8", d)
	}
	if s := &o.BackupCodes.StoreBackupCodes; s.Hash != nil {
		return fmt.Errorf("option backupCodeOptions.storeBackupCodes: give Encrypt and Decrypt, or the kind %q", onetime.Hashed)
	} else if err := s.Check(); err != nil {
		return fmt.Errorf("option backupCodeOptions.storeBackupCodes: %w", err)
	}
	if err := o.OTP.StoreOTP.Check(); err != nil {
		return fmt.Errorf("option otpOptions.storeOTP: %w", err)
	}
	return o.Schema.Check(tables)
}

// asks reports whether an operation is a sign-in that asks for a second factor.
func (o *Options) asks(c *auth.Call) bool {
	return slices.Contains(passwordPaths, c.Path) || slices.Contains(o.EnforceOn, c.Path)
}
