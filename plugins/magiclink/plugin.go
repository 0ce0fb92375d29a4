// Package magiclink signs people in by a link in a mail. Upstream: magic-link.
package magiclink

import (
	"errors"
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/ratelimit"
)

const (
	signInPath = "/sign-in/magic-link"
	verifyPath = "/magic-link/verify"
)

// New returns the plugin.
func New(o Options) auth.Plugin {
	return auth.Plugin{
		ID:        "magic-link",
		Endpoints: []auth.AnyEndpoint{signIn(&o), verify(&o)},
		Before: []auth.BeforeHook{{
			Match: o.asks, Run: func(*auth.Call) (*auth.Answer, error) { return &auth.Answer{Value: confirmPage()}, nil },
		}},
		RateLimits: []ratelimit.Matcher{{
			Match: func(path string) bool {
				return strings.HasPrefix(path, signInPath) || strings.HasPrefix(path, verifyPath)
			},
			Rule: o.rule(),
		}},
		Init: func(*auth.Context) error { return o.check() },
	}
}

func (o *Options) check() error {
	if o.SendMagicLink == nil {
		return errors.New("option SendMagicLink: it is needed to deliver links")
	}
	return o.StoreToken.Check()
}
