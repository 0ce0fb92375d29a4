package magiclink

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/crypto"
	"github.com/goauth-dev/goauth/core/ratelimit"
	"github.com/goauth-dev/goauth/plugins/onetime"
)

// Options configures the plugin.
type Options struct {
	// SendMagicLink delivers the link. It runs in the background. Required.
	SendMagicLink func(ctx context.Context, m Mail) error `option:"-"`
	// ExpiresIn is the life of a link. Default: 5 min.
	ExpiresIn time.Duration `option:"expiresIn"`
	// AllowedAttempts is accepted for upstream's sake and has no effect: a link is good once (UP-018).
	AllowedAttempts any `option:"allowedAttempts"`
	// DisableSignUp refuses addresses that nobody has.
	DisableSignUp bool `option:"disableSignUp"`
	// RateLimit bounds requests to both operations. Default: 5 a minute.
	RateLimit RateLimit `option:"rateLimit"`
	// GenerateToken makes the token of a link. Default: 32 random letters.
	GenerateToken func(ctx context.Context, email string) (string, error) `option:"-"`
	// StoreToken says how tokens are kept: plain (the default) or hashed, or by a Hash function.
	StoreToken onetime.Storage `option:"storeToken"`
	// Confirm answers a link with a page that asks to confirm, and signs in by its button: programs that follow every link
	// of a mail then use none up (GAP-010). Default: off. Upstream has no such option.
	Confirm bool `option:"confirm"`
}

// RateLimit is a number of requests in a span of time.
type RateLimit struct {
	Window time.Duration `option:"window"`
	Max    int           `option:"max"`
}

// Mail is what SendMagicLink delivers.
type Mail struct {
	Email, URL, Token string
	// Metadata is what the client gave, or nil.
	Metadata *auth.Object
	// Request is the request that caused the mail, nil in process. Its body is consumed.
	Request *http.Request
}

const (
	defaultLife = 5 * time.Minute
	tokenLength = 32
)

func (o *Options) life() time.Duration { return cmp.Or(o.ExpiresIn, defaultLife) }

func (o *Options) token(c *auth.Call, email string) (string, error) {
	if o.GenerateToken != nil {
		return o.GenerateToken(c.Ctx(), email)
	}
	return crypto.RandomString(c.Random, tokenLength, crypto.Letters)
}

func (o *Options) rule() ratelimit.Rule {
	return ratelimit.Rule{Window: cmp.Or(o.RateLimit.Window, time.Minute), Max: cmp.Or(o.RateLimit.Max, 5)}
}
