package deviceauthorization

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/crypto"
	"github.com/goauth-dev/goauth/core/schema"
)

// Options configures the plugin.
type Options struct {
	// ExpiresIn is the life of a code. Default: 30 min.
	ExpiresIn time.Duration `option:"expiresIn"`
	// Interval is how long a device waits between two polls. Default: 5 s.
	Interval time.Duration `option:"interval"`
	// DeviceCodeLength is the length of the code that the device keeps. Default: 40.
	DeviceCodeLength int `option:"deviceCodeLength"`
	// UserCodeLength is the length of the code that a person types. Default: 8.
	UserCodeLength int `option:"userCodeLength"`
	// VerificationURI is the page where a person types the code: absolute, or relative to the base URL. Default: "/device".
	VerificationURI string `option:"verificationUri"`
	// Schema renames the table and its columns.
	Schema schema.Renames `option:"schema"`

	// GenerateDeviceCode makes device codes. Default: random letters and digits.
	GenerateDeviceCode func(ctx context.Context) (string, error) `option:"-"`
	// GenerateUserCode makes user codes, without "-". Default: random capitals and digits that cannot be mistaken for each
	// other; what a person types then counts without regard to case, blanks and "-" (UP-101).
	GenerateUserCode func(ctx context.Context) (string, error) `option:"-"`
	// ValidateClient says whether a client may ask. Default: everyone may.
	ValidateClient func(ctx context.Context, clientID string) (bool, error) `option:"-"`
	// OnDeviceAuthRequest hears about every request for a code; scope is "" when none was asked for. Its error refuses it.
	OnDeviceAuthRequest func(ctx context.Context, clientID, scope string) error `option:"-"`
}

// userAlphabet has no letters and digits that look alike.
const userAlphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"

func (o *Options) setDefaults() {
	o.ExpiresIn = cmp.Or(o.ExpiresIn, 30*time.Minute)
	o.Interval = cmp.Or(o.Interval, 5*time.Second)
	o.DeviceCodeLength = cmp.Or(o.DeviceCodeLength, 40)
	o.UserCodeLength = cmp.Or(o.UserCodeLength, 8)
	o.VerificationURI = cmp.Or(o.VerificationURI, "/device")
}

func (o *Options) check(*auth.Context) error {
	if o.DeviceCodeLength < 0 || o.UserCodeLength < 0 {
		return errors.New("options deviceCodeLength and userCodeLength must be above zero")
	}
	if o.ExpiresIn < 0 || o.Interval < 0 {
		return errors.New("options expiresIn and interval must not be negative")
	}
	return o.Schema.Check(tables)
}

func (o *Options) deviceCode(c *auth.Call) (string, error) {
	if o.GenerateDeviceCode != nil {
		return o.GenerateDeviceCode(c.Ctx())
	}
	return crypto.RandomString(c.Random, o.DeviceCodeLength, crypto.AlphaNumeric)
}

func (o *Options) userCode(c *auth.Call) (string, error) {
	if o.GenerateUserCode != nil {
		return o.GenerateUserCode(c.Ctx())
	}
	return crypto.RandomString(c.Random, o.UserCodeLength, userAlphabet)
}
