package routes

import (
	"context"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/cookies"
	"github.com/goauth-dev/goauth/core/internal/js"
)

// Claims of the tokens in verification links, as upstream writes them.
type emailClaims struct {
	Email       string `json:"email"`
	UpdateTo    string `json:"updateTo,omitempty"`
	RequestType string `json:"requestType,omitempty"`
}

// The request types of a change of address.
const (
	confirmChange = "change-email-confirmation"
	verifyChange  = "change-email-verification"
)

// emailToken signs claims for a verification link. Upstream: createEmailVerificationToken.
func emailToken(c *auth.Call, claims emailClaims) (string, error) {
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

// sendVerification mails a verification link to a user.
func sendVerification(c *auth.Call, user *auth.User, callbackURL string) error {
	return sendEmailToken(c, c.Options.EmailVerification.SendVerificationEmail, emailClaims{Email: user.Email}, auth.Mail{User: user}, callbackURL)
}

type sender func(ctx context.Context, m auth.Mail) error

// sendEmailToken signs claims, and mails the link in the background.
func sendEmailToken(c *auth.Call, send sender, claims emailClaims, m auth.Mail, callbackURL string) error {
	token, err := emailToken(c, claims)
	if err != nil {
		return err
	}
	m.Token, m.URL = token, verifyEmailURL(c, token, callbackURL)
	deliver(c, send, m)
	return nil
}

// deliver mails in the background.
func deliver(c *auth.Call, send sender, m auth.Mail) {
	m.Request = c.Request
	c.Send("mail", func(ctx context.Context) error { return send(ctx, m) })
}

// at returns the user with another address, for a mail to it.
func at(user *auth.User, email string) *auth.User {
	moved := user.Clone()
	moved.Email = email
	return moved
}
