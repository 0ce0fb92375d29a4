package federation

import (
	"regexp"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/store"
)

// SealToken returns a provider's token as accounts store it: encrypted with encryptOAuthTokens. Upstream: setTokenUtil.
func SealToken(c *auth.Call, token string) (string, error) {
	if !c.Options.Account.EncryptOAuthTokens || token == "" {
		return token, nil
	}
	return c.Keys.Encrypt(c.Random, token)
}

// hexText is how an encrypted token looks that was made with a plain secret.
var hexText = regexp.MustCompile(`^(?:[0-9a-fA-F]{2})+$`)

// OpenToken returns a stored token. One that was stored before encryption was on is returned as it is. Upstream:
// decryptOAuthToken.
func OpenToken(c *auth.Call, stored string) (string, error) {
	if !c.Options.Account.EncryptOAuthTokens || !strings.HasPrefix(stored, "$ba$") && !hexText.MatchString(stored) {
		return stored, nil
	}
	return c.Keys.Decrypt(stored)
}

// TokenFields are the fields of an account that tokens give; what the provider did not say is left out.
func TokenFields(c *auth.Call, t *oauth2.Tokens) (store.Record, error) {
	rec := store.Record{}
	if t == nil {
		return rec, nil
	}
	for name, token := range map[string]string{"accessToken": t.AccessToken, "refreshToken": t.RefreshToken} {
		sealed, err := SealToken(c, token)
		if err != nil {
			return nil, err
		}
		setText(rec, name, sealed)
	}
	setText(rec, "idToken", t.IDToken)
	setTime(rec, "accessTokenExpiresAt", t.AccessTokenExpiresAt)
	setTime(rec, "refreshTokenExpiresAt", t.RefreshTokenExpiresAt)
	if scope := t.ScopeText(); scope != nil {
		rec["scope"] = *scope
	}
	return rec, nil
}

func setText(rec store.Record, name, text string) {
	if text != "" {
		rec[name] = text
	}
}

func setTime(rec store.Record, name string, at time.Time) {
	if !at.IsZero() {
		rec[name] = at
	}
}
