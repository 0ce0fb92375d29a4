package jwt

import (
	"errors"
	"math"
	"slices"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/jose"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/origin"
)

// SessionToken returns a token of a session: what DefinePayload says of it, or the user. Upstream: getJwtToken.
func (o *Options) SessionToken(c *auth.Call, s *auth.SignedIn) (string, error) {
	claims := option.NewObject()
	claims.Set("iat", c.Now().Unix())
	payload, err := o.payload(c, s)
	if err != nil {
		return "", err
	}
	for name, v := range payload.All() {
		claims.Set(name, v)
	}
	subject := s.User.ID
	if o.JWT.GetSubject != nil {
		own, err := o.JWT.GetSubject(c.Ctx(), s)
		if err != nil {
			return "", err
		}
		if own != "" {
			subject = own
		}
	}
	claims.Set("sub", subject)
	return o.Sign(c, claims)
}

func (o *Options) payload(c *auth.Call, s *auth.SignedIn) (*auth.Object, error) {
	var source any = s.User
	if o.JWT.DefinePayload != nil {
		own, err := o.JWT.DefinePayload(c.Ctx(), s)
		if err != nil {
			return nil, err
		}
		source = own
	}
	text, err := auth.JSON(source)
	if err != nil {
		return nil, err
	}
	tree, err := option.ParseJSON(text)
	if err != nil {
		return nil, err
	}
	claims, ok := tree.(*auth.Object)
	if !ok {
		return option.NewObject(), nil
	}
	return claims, nil
}

// Sign returns a token (RFC 7519) with the claims and, where they are missing, exp, iss and aud. Upstream: signJWT.
func (o *Options) Sign(c *auth.Call, claims *auth.Object) (string, error) {
	claims = claims.Clone()
	o.complete(c, claims)
	if o.JWT.Sign != nil {
		return o.JWT.Sign(c.Ctx(), claims)
	}
	k, err := o.current(c)
	if err != nil {
		return "", err
	}
	private, err := o.private(c, k)
	if err != nil {
		return "", err
	}
	alg, err := o.algorithmOf(k)
	if err != nil {
		return "", err
	}
	payload, err := auth.JSON(claims)
	if err != nil {
		return "", err
	}
	return jose.Sign(alg, k.ID, private, payload)
}

// complete adds the registered claims that are missing (RFC 7519 section 4.1).
func (o *Options) complete(c *auth.Call, claims *auth.Object) {
	iat, given := numeric(claims, "iat")
	if !given {
		iat = float64(c.Now().Unix())
	}
	if missing(claims, "exp") {
		claims.Set("exp", o.JWT.ExpirationTime.seconds(int64(iat)))
	}
	if missing(claims, "iss") {
		claims.Set("iss", o.issuer(c))
	}
	if missing(claims, "aud") {
		claims.Set("aud", o.audience(c))
	}
}

func missing(claims *auth.Object, name string) bool {
	v, given := claims.Get(name)
	return !given || v == nil
}

func (o *Options) issuer(c *auth.Call) string {
	if o.JWT.Issuer != "" {
		return o.JWT.Issuer
	}
	return ownOrigin(c)
}

// audience is a text, or a list of several.
func (o *Options) audience(c *auth.Call) any {
	switch {
	case len(o.JWT.Audiences) > 0:
		return o.JWT.Audiences
	case o.JWT.Audience != "":
		return o.JWT.Audience
	default:
		return ownOrigin(c)
	}
}

// ownOrigin is the base URL's origin, or "" when a call from Go has none.
func ownOrigin(c *auth.Call) string {
	u, err := origin.ParseURL(c.BaseURL)
	if err != nil {
		return ""
	}
	own, _ := u.Origin()
	return own
}

// errClaims says that a token is good but not meant for us, or not now.
var errClaims = errors.New("jwt: the claims are not accepted")

// maxSkew is how far ahead another server's clock may be.
const maxSkew = time.Minute

// Verify returns the claims of a token that a key of the set signed with that key's algorithm, whose issuer and audience
// are those of the options, that has a subject and an end, and whose times hold now. Upstream: verifyJWT.
func (o *Options) Verify(c *auth.Call, token string) (*auth.Object, error) {
	kid, err := jose.KeyID(token)
	if err != nil {
		return nil, err
	}
	keys, err := o.Keys(c)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(keys, func(k Key) bool { return kid != "" && k.ID == kid })
	if i < 0 {
		return nil, jose.ErrInvalid
	}
	alg, err := o.algorithmOf(&keys[i])
	if err != nil {
		return nil, err
	}
	payload, err := jose.Verify(token, alg, []byte(keys[i].PublicKey))
	if err != nil {
		return nil, err
	}
	tree, err := option.ParseJSON(payload)
	claims, ok := tree.(*auth.Object)
	if err != nil || !ok || !o.accepts(c, claims) {
		return nil, errClaims
	}
	return claims, nil
}

// accepts checks the registered claims strictly by type (RFC 7519 section 4.1, PEER-020).
func (o *Options) accepts(c *auth.Call, claims *auth.Object) bool {
	now, skew := float64(c.Now().Unix()), maxSkew.Seconds()
	exp, hasEnd := numeric(claims, "exp")
	nbf, hasStart := numeric(claims, "nbf")
	iat, hasIssued := numeric(claims, "iat")
	sub, _ := claims.Get("sub")
	subject, _ := sub.(string)
	switch {
	case !hasEnd || exp <= now, subject == "":
		return false
	case !hasStart && has(claims, "nbf"), hasStart && nbf > now:
		return false
	case !hasIssued && has(claims, "iat"), hasIssued && iat > now+skew:
		return false
	}
	iss, _ := claims.Get("iss")
	if want := o.issuer(c); want != "" && iss != want {
		return false
	}
	return o.isAudience(c, claims)
}

func has(claims *auth.Object, name string) bool {
	_, given := claims.Get(name)
	return given
}

// isAudience reports whether one of the token's audiences is one of ours.
func (o *Options) isAudience(c *auth.Call, claims *auth.Object) bool {
	var theirs []string
	switch aud, _ := claims.Get("aud"); v := aud.(type) {
	case string:
		theirs = []string{v}
	case []any:
		for _, item := range v {
			text, ok := item.(string)
			if !ok {
				return false
			}
			theirs = append(theirs, text)
		}
	}
	ours, several := o.audience(c).([]string)
	if !several {
		ours = []string{o.audience(c).(string)}
	}
	return slices.ContainsFunc(theirs, func(a string) bool { return a != "" && slices.Contains(ours, a) })
}

// numeric returns a claim that is a number (a NumericDate, RFC 7519 section 2).
func numeric(claims *auth.Object, name string) (float64, bool) {
	v, _ := claims.Get(name)
	switch n := option.Plain(v).(type) {
	case int64:
		return float64(n), true
	case float64:
		return n, !math.IsNaN(n) && !math.IsInf(n, 0)
	default:
		return 0, false
	}
}
