package jwt

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/jose"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
)

// Options configures the plugin.
type Options struct {
	// JWKS says which keys there are and where they are published.
	JWKS KeyOptions `option:"jwks"`
	// JWT says what tokens hold.
	JWT TokenOptions `option:"jwt"`
	// DisableSettingJWTHeader leaves the header Set-Auth-Jwt out of get-session's answers. Default: off.
	DisableSettingJWTHeader bool `option:"disableSettingJwtHeader"`
	// Schema renames the table of keys and its columns.
	Schema schema.Renames `option:"schema"`
	// Adapter keeps the keys elsewhere than in the database.
	Adapter Adapter `option:"adapter"`
}

// KeyOptions configures the keys. Upstream: jwks.
type KeyOptions struct {
	// RemoteURL is where the keys are published when that is not here: the endpoint then answers 404. It needs
	// KeyPairConfig.Alg.
	RemoteURL string `option:"remoteUrl"`
	// KeyPairConfig chooses the algorithm. Default: EdDSA.
	KeyPairConfig KeyPairConfig `option:"keyPairConfig"`
	// DisablePrivateKeyEncryption stores private keys as they are. Default: off: they are encrypted with the secret.
	DisablePrivateKeyEncryption bool `option:"disablePrivateKeyEncryption"`
	// RotationInterval is how long a key signs before another is made. Default: for ever.
	RotationInterval time.Duration `option:"rotationInterval"`
	// GracePeriod is how long a key stays published after it stopped signing. Default: 30 days; negative (a configuration
	// file's 0): not at all.
	GracePeriod time.Duration `option:"gracePeriod,zero"`
	// JWKSPath is the path of the key set. Default: "/jwks".
	JWKSPath string `option:"jwksPath"`
}

// KeyPairConfig chooses the kind of new keys. Upstream: jwks.keyPairConfig.
type KeyPairConfig struct {
	// Alg is EdDSA (the default), ES256, ES512, RS256 or PS256.
	Alg jose.Algorithm `option:"alg"`
	// Crv is Ed25519, the only curve of EdDSA here and in upstream.
	Crv string `option:"crv"`
	// ModulusLength is the length of an RSA key in bits, from 2048 to 8192. Default: 2048.
	ModulusLength int `option:"modulusLength"`
}

// TokenOptions configures what tokens hold. Upstream: jwt.
type TokenOptions struct {
	// Issuer is the claim iss. Default: the base URL's origin.
	Issuer string `option:"issuer"`
	// Audience is the claim aud. Default: the base URL's origin.
	Audience string `option:"audience"`
	// Audiences is Audience when there are several.
	Audiences []string `option:"audience"`
	// ExpirationTime is when tokens end. Default: 15 minutes after they are made.
	ExpirationTime Expiry `option:"expirationTime"`
	// DefinePayload makes the claims of a session. Default: the user's fields. Times and the subject are added.
	DefinePayload func(ctx context.Context, s *auth.SignedIn) (map[string]any, error) `option:"-"`
	// GetSubject makes the claim sub; "" means the user's id, the default.
	GetSubject func(ctx context.Context, s *auth.SignedIn) (string, error) `option:"-"`
	// Sign signs elsewhere: it gets every claim and returns the token, whose header is its own business. It needs
	// KeyOptions.RemoteURL.
	Sign func(ctx context.Context, claims *auth.Object) (string, error) `option:"-"`
}

// Adapter keeps keys elsewhere. Each function that is nil leaves its part to the database. Upstream: adapter.
type Adapter struct {
	// Keys returns every key, those that no longer sign too. Upstream: getJwks.
	Keys func(c *auth.Call) ([]Key, error) `option:"-"`
	// Create stores a new key and returns it with its id. Upstream: createJwk.
	Create func(c *auth.Call, k Key) (Key, error) `option:"-"`
}

// Expiry is when a token ends: a while after it is made, or at a time, which wins. A configuration file gives a span such as
// "15m" or "1 hour", or a number: the very claim exp, in seconds.
type Expiry struct {
	After time.Duration
	At    time.Time
}

// DecodeOption implements [option.Decoder].
func (e *Expiry) DecodeOption(v any) (err error) {
	switch v := option.Plain(v).(type) {
	case string:
		e.After, err = option.ParseSpan(v)
	case int64:
		e.At = time.Unix(v, 0)
	case time.Time:
		e.At = v
	default:
		err = errors.New(`must be a span of time such as "15m", or the seconds of a time`)
	}
	return err
}

// seconds is the claim exp of a token made at iat.
func (e Expiry) seconds(iat int64) int64 {
	switch {
	case !e.At.IsZero():
		return e.At.Unix()
	case e.After != 0:
		return iat + int64(e.After.Round(time.Second)/time.Second)
	default:
		return iat + int64(defaultLife/time.Second)
	}
}

const (
	defaultLife  = 15 * time.Minute
	defaultGrace = 30 * 24 * time.Hour
	defaultPath  = "/jwks"
)

// check refuses options that contradict each other.
func (o *Options) check(*auth.Context) error {
	k := &o.JWKS
	switch {
	case o.JWT.Sign != nil && k.RemoteURL == "":
		return errors.New("options.jwks.remoteUrl must be set when using options.jwt.sign")
	case k.RemoteURL != "" && k.KeyPairConfig.Alg == "":
		return errors.New("options.jwks.keyPairConfig.alg must be specified when using the oidc plugin with options.jwks.remoteUrl")
	case k.JWKSPath != "" && (!strings.HasPrefix(k.JWKSPath, "/") || strings.Contains(k.JWKSPath, "..")):
		return errors.New("options.jwks.jwksPath must be a non-empty string starting with '/' and not contain '..'")
	case k.KeyPairConfig.Alg != "" && !k.KeyPairConfig.Alg.Known():
		return fmt.Errorf("options.jwks.keyPairConfig.alg: %q is none of %v", k.KeyPairConfig.Alg, jose.Algorithms())
	case k.KeyPairConfig.Crv != "" && k.KeyPairConfig.Crv != "Ed25519":
		return fmt.Errorf("options.jwks.keyPairConfig.crv: %q is not Ed25519, the only curve to choose", k.KeyPairConfig.Crv)
	default:
		return o.Schema.Check(tables)
	}
}

// algorithm is the one of new keys.
func (o *Options) algorithm() jose.Algorithm {
	if o.JWKS.KeyPairConfig.Alg == "" {
		return jose.EdDSA
	}
	return o.JWKS.KeyPairConfig.Alg
}
