package username

import (
	"cmp"
	"context"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
)

// Validator says whether a name may be used.
type Validator func(ctx context.Context, name string) (bool, error)

// Options configures the plugin.
type Options struct {
	// MinUsernameLength counts UTF-16 units. Default: 3.
	MinUsernameLength int `option:"minUsernameLength"`
	// MaxUsernameLength counts UTF-16 units. Default: 30.
	MaxUsernameLength int `option:"maxUsernameLength"`
	// UsernameValidator replaces the rule for names. Default: ASCII letters, digits, "_" and ".".
	UsernameValidator Validator `option:"-"`
	// DisplayUsernameValidator is the rule for display names. Default: none.
	DisplayUsernameValidator Validator `option:"-"`
	// NormalizeUsername: Off keeps names as they are given. Default: on. Upstream: usernameNormalization false.
	NormalizeUsername option.Toggle `option:"usernameNormalization"`
	// UsernameNormalization gives the form in which names are kept and looked up. Default: A to Z become small; other
	// letters stay, so that no two names become one (GO-004).
	UsernameNormalization func(name string) string `option:"-"`
	// DisplayUsernameNormalization gives the form in which display names are kept. Default: as given.
	DisplayUsernameNormalization func(name string) string `option:"-"`
	// ValidationOrder says which form the validators see.
	ValidationOrder ValidationOrder `option:"validationOrder"`
	// Schema renames the columns of the table user.
	Schema schema.Renames `option:"schema"`
}

// ValidationOrder says which form the validators see: "pre-normalization" (the default) or "post-normalization".
type ValidationOrder struct {
	Username        string `option:"username"`
	DisplayUsername string `option:"displayUsername"`
}

const (
	preNormalization  = "pre-normalization"
	postNormalization = "post-normalization"
)

func (o *Options) normalize(name string) string {
	switch {
	case o.NormalizeUsername == option.Off:
		return name
	case o.UsernameNormalization != nil:
		return o.UsernameNormalization(name)
	default:
		return account.LowerASCII(name)
	}
}

func (o *Options) normalizeDisplay(name string) string {
	if o.DisplayUsernameNormalization == nil {
		return name
	}
	return o.DisplayUsernameNormalization(name)
}

func (o *Options) minLength() int { return cmp.Or(o.MinUsernameLength, 3) }

func (o *Options) maxLength() int { return cmp.Or(o.MaxUsernameLength, 30) }

// validate asks the validator, or the default rule.
func (o *Options) validate(ctx context.Context, name string) (bool, error) {
	if o.UsernameValidator != nil {
		return o.UsernameValidator(ctx, name)
	}
	for i := range len(name) {
		switch ch := name[i]; {
		case ch >= 'a' && ch <= 'z', ch >= 'A' && ch <= 'Z', ch >= '0' && ch <= '9', ch == '_', ch == '.':
		default:
			return false, nil
		}
	}
	return name != "", nil
}
