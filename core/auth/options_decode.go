package auth

import (
	"errors"
	"time"

	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/ratelimit"
)

// DecodeOption implements [option.Decoder]: an object by path, in order, of {window, max} or false.
func (r *RateLimitRules) DecodeOption(v any) error {
	entries, ok := option.Entries(v)
	if !ok {
		return errors.New("must be an object of rules by path")
	}
	rules := make(RateLimitRules, 0)
	var errs []error
	for path, item := range entries {
		if item == nil {
			continue
		}
		rule, err := decodeRule(item)
		rule.Pattern = path
		errs = append(errs, option.In(path, err))
		rules = append(rules, rule)
	}
	*r = rules
	return errors.Join(errs...)
}

func decodeRule(v any) (ratelimit.Custom, error) {
	if v == false {
		return ratelimit.Custom{Off: true}, nil
	}
	if _, ok := option.Entries(v); !ok {
		return ratelimit.Custom{}, errors.New("must be false or an object with window and max")
	}
	var file struct {
		Window *time.Duration `option:"window"`
		Max    *int           `option:"max"`
	}
	if err := option.Decode(v, &file); err != nil {
		return ratelimit.Custom{}, err
	}
	if file.Window == nil || file.Max == nil {
		return ratelimit.Custom{}, errors.New("needs both window (seconds) and max")
	}
	return ratelimit.Custom{Rule: ratelimit.Rule{Window: *file.Window, Max: *file.Max}}, nil
}

// DecodeOption implements [option.Decoder]: an object of "plain" or "hashed" by prefix, in order.
func (o *IdentifierOverrides) DecodeOption(v any) error {
	entries, ok := option.Entries(v)
	if !ok {
		return errors.New(`must be an object of "plain" or "hashed" by prefix`)
	}
	overrides := make(IdentifierOverrides, 0)
	var errs []error
	for prefix, item := range entries {
		storage, _ := item.(string)
		if storage != "plain" && storage != "hashed" {
			errs = append(errs, option.In(prefix, errors.New(`must be "plain" or "hashed"`)))
		}
		overrides = append(overrides, IdentifierOverride{Prefix: prefix, Storage: storage})
	}
	*o = overrides
	return errors.Join(errs...)
}
