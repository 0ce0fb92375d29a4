package oauth2

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/goauth-dev/goauth/core/internal/jose"
	"github.com/goauth-dev/goauth/core/internal/js"
)

// ErrIDToken is returned, wrapped, for every ID token that is refused.
var ErrIDToken = errors.New("oauth2: the ID token is refused")

// leeway is how far the clock of another party may be off.
const leeway = 30 * time.Second

// IDTokenRules says which ID tokens are accepted (OpenID Connect Core section 3.1.3.7).
type IDTokenRules struct {
	// Keys is the address of the key set.
	Keys string
	// Issuers are the accepted issuers; IssuerFunc decides by the claims where that is not enough. One of the two is needed.
	Issuers    []string
	IssuerFunc func(claims *Object) bool
	// Audience are the accepted audiences; at least one is needed.
	Audience []string
	// MaxAge bounds the time since the token was issued. 0: no bound.
	MaxAge time.Duration
	// Nonce must be the token's, unless it is empty.
	Nonce string
}

// VerifyIDToken returns the claims of an ID token that is right in every way, or fails with [ErrIDToken], or with what
// kept the key set away.
func (c *Client) VerifyIDToken(ctx context.Context, token string, r IDTokenRules) (*Object, error) {
	payload, err := c.verifySignature(ctx, token, r.Keys)
	if errors.Is(err, jose.ErrInvalid) {
		return nil, fmt.Errorf("%w: %w", ErrIDToken, err)
	}
	if err != nil {
		return nil, err
	}
	claims, err := claimsOf(payload)
	if err != nil {
		return nil, err
	}
	return claims, r.check(claims, c.Now())
}

func claimsOf(payload []byte) (*Object, error) {
	tree, err := js.Parse(payload)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrIDToken, err)
	}
	claims, ok := tree.(*Object)
	if !ok {
		return nil, fmt.Errorf("%w: its claims are no object", ErrIDToken)
	}
	return claims, nil
}

func refuse(why string) error { return fmt.Errorf("%w: %s", ErrIDToken, why) }

func (r *IDTokenRules) check(claims *Object, now time.Time) error {
	if err := r.checkParties(claims); err != nil {
		return err
	}
	if err := r.checkTimes(claims, now); err != nil {
		return err
	}
	if r.Nonce != "" && Text(claims, "nonce") != r.Nonce {
		return refuse("it has another nonce")
	}
	if Text(claims, "sub") == "" {
		return refuse("it has no subject")
	}
	return nil
}

func (r *IDTokenRules) checkParties(claims *Object) error {
	issuer := Text(claims, "iss")
	switch {
	case r.IssuerFunc != nil && !r.IssuerFunc(claims), r.IssuerFunc == nil && !slices.Contains(r.Issuers, issuer), issuer == "":
		return refuse("another party issued it")
	}
	audience, ok := audienceOf(claims)
	if !ok || !slices.ContainsFunc(audience, func(a string) bool { return slices.Contains(r.Audience, a) }) {
		return refuse("it is for another application")
	}
	azp, given := claims.Get("azp")
	if text, _ := azp.(string); len(audience) > 1 && !slices.Contains(r.Audience, text) || given && text == "" {
		return refuse("it was given to another application")
	}
	return nil
}

// audienceOf reads the claim aud: a text, or a list of texts and of nothing else.
func audienceOf(claims *Object) ([]string, bool) {
	switch v := member(claims, "aud").(type) {
	case string:
		return []string{v}, v != ""
	case []any:
		list := make([]string, len(v))
		for i, item := range v {
			s, ok := item.(string)
			if !ok || s == "" {
				return nil, false
			}
			list[i] = s
		}
		return list, len(list) > 0
	}
	return nil, false
}

func (r *IDTokenRules) checkTimes(claims *Object, now time.Time) error {
	expires, ok := numericDate(claims, "exp")
	if !ok || !expires.After(now.Add(-leeway)) {
		return refuse("it has expired")
	}
	issued, ok := numericDate(claims, "iat")
	switch {
	case !ok && (r.MaxAge > 0 || has(claims, "iat")):
		return refuse("it does not say when it was issued")
	case ok && issued.After(now.Add(leeway)):
		return refuse("it was issued in the future")
	case r.MaxAge > 0 && now.Sub(issued) > r.MaxAge+leeway:
		return refuse("it was issued too long ago")
	}
	if from, ok := numericDate(claims, "nbf"); ok && from.After(now.Add(leeway)) || !ok && has(claims, "nbf") {
		return refuse("it is not valid yet")
	}
	return nil
}

func has(claims *Object, name string) bool {
	_, there := claims.Get(name)
	return there
}

// numericDate reads a time in seconds (RFC 7519 section 2).
func numericDate(claims *Object, name string) (time.Time, bool) {
	n, ok := member(claims, name).(js.Number)
	if !ok {
		return time.Time{}, false
	}
	seconds := n.Float()
	if !(seconds >= 0 && seconds < 1<<40) {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(seconds * 1000)), true
}

// Claims returns the claims of an ID token that came straight from the provider's token endpoint, where the connection and
// not the signature vouches for it (OpenID Connect Core section 3.1.3.7, step 6). Upstream: decodeJwt.
func Claims(token string) (*Object, error) {
	payload, err := jose.Payload(token)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrIDToken, err)
	}
	return claimsOf(payload)
}
