package account

import (
	"context"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/cookies"
	"github.com/goauth-dev/goauth/core/internal/js"
)

// EmailClaims are the claims of the tokens in verification links, as upstream writes them.
type EmailClaims struct {
	Email       string `json:"email"`
	UpdateTo    string `json:"updateTo,omitempty"`
	RequestType string `json:"requestType,omitempty"`
}

// Sender delivers a link.
type Sender func(ctx context.Context, m auth.Mail) error

// EmailToken signs claims for a verification link. Upstream: createEmailVerificationToken.
func EmailToken(c *auth.Call, claims EmailClaims) (string, error) {
	payload, err := js.Marshal(claims)
	if err != nil {
		return "", err
	}
	return c.Keys.SignJWT(payload, c.Now(), c.Options.EmailVerification.ExpiresIn)
}

// verifyEmailURL is the link to verify a token; the client ends at callbackURL, encoded so that it cannot add parameters
// (UP-121).
func verifyEmailURL(c *auth.Call, token, callbackURL string) string {
	if callbackURL == "" {
		callbackURL = "/"
	}
	return c.BaseURL + "/verify-email?token=" + token + "&callbackURL=" + cookies.EncodeComponent(callbackURL)
}

// SendVerification mails a verification link to a user with the configured sender.
func SendVerification(c *auth.Call, user *auth.User, callbackURL string) error {
	return SendEmailToken(c, c.Options.EmailVerification.SendVerificationEmail, EmailClaims{Email: user.Email}, auth.Mail{User: user}, callbackURL)
}

// SendEmailToken signs claims, and mails the link in the background.
func SendEmailToken(c *auth.Call, send Sender, claims EmailClaims, m auth.Mail, callbackURL string) error {
	token, err := EmailToken(c, claims)
	if err != nil {
		return err
	}
	m.Token, m.URL = token, verifyEmailURL(c, token, callbackURL)
	Deliver(c, send, m)
	return nil
}

// Deliver mails in the background.
func Deliver(c *auth.Call, send Sender, m auth.Mail) {
	m.Request = c.Request
	c.Send("mail", func(ctx context.Context) error { return send(ctx, m) })
}
