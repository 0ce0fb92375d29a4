package routes

import (
	"net/http"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/cookies"
	"github.com/goauth-dev/goauth/core/origin"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/verification"
)

// RequestPasswordResetIn is the input of [RequestPasswordReset].
type RequestPasswordResetIn struct {
	Email      string `body:"email" is:"email" doc:"The email address of the user to send a password reset email to"`
	RedirectTo string `body:"redirectTo,optional" doc:"The URL to redirect the user to reset their password. If the token isn't valid or expired, it'll be redirected with a query parameter ?error=INVALID_TOKEN. If the token is valid, it'll be redirected with a query parameter ?token=VALID_TOKEN"`
}

// RequestPasswordResetOut is the output of [RequestPasswordReset].
type RequestPasswordResetOut struct {
	Status  bool   `json:"status"`
	Message string `json:"message"`
}

// RequestPasswordReset mails a reset link. It answers alike for every address. It fails with RESET_PASSWORD_DISABLED
// without a sender.
var RequestPasswordReset = auth.Endpoint[RequestPasswordResetIn, *RequestPasswordResetOut]{
	Key: "requestPasswordReset", OperationID: "requestPasswordReset", Method: auth.POST, Path: "/request-password-reset",
	Doc: "Send a password reset email to the user", Handle: requestPasswordReset,
}

var (
	resetDisabled  = auth.Code{ID: "RESET_PASSWORD_DISABLED", Message: "Reset password isn't enabled"}
	resetRequested = &RequestPasswordResetOut{true, "If this email exists in our system, check your email for the reset link"}
)

const resetTokenLength = 24

func resetIdentifier(token string) string { return "reset-password:" + token }

func requestPasswordReset(c *auth.Call, in RequestPasswordResetIn) (*RequestPasswordResetOut, error) {
	o := &c.Options.EmailAndPassword
	if o.SendResetPassword == nil {
		return nil, auth.Fail(http.StatusBadRequest, resetDisabled)
	}
	user, err := account.FindUserByEmail(c, in.Email)
	if err != nil {
		return nil, err
	}
	token, err := c.RandomID(resetTokenLength)
	if err != nil {
		return nil, err
	}
	if user == nil {
		// One write, as for a known address; it finds nothing.
		return resetRequested, verification.Delete(c, resetIdentifier(token))
	}
	expiresAt := c.Now().Add(o.ResetPasswordTokenExpiresIn)
	if err := verification.Create(c, resetIdentifier(token), user.ID, expiresAt); err != nil {
		return nil, err
	}
	url := c.BaseURL + "/reset-password/" + token + "?callbackURL=" + cookies.EncodeComponent(in.RedirectTo)
	account.Deliver(c, o.SendResetPassword, auth.Mail{User: user, URL: url, Token: token})
	return resetRequested, nil
}

// RequestPasswordResetCallbackIn is the input of [RequestPasswordResetCallback].
type RequestPasswordResetCallbackIn struct {
	Token       string `path:"token" doc:"The token to reset the password"`
	CallbackURL string `query:"callbackURL" doc:"The URL to redirect the user to reset their password"`
}

// RequestPasswordResetCallback is where a reset link leads: it redirects to callbackURL with the token, or with
// ?error=INVALID_TOKEN. The token is not used up.
var RequestPasswordResetCallback = auth.Endpoint[RequestPasswordResetCallbackIn, *struct{}]{
	Key: "requestPasswordResetCallback", Method: auth.GET, Path: "/reset-password/:token", OperationID: "resetPasswordCallback",
	Doc: "Redirects the user to the callback URL with the token",
	Use: []auth.Guard{auth.TrustedQuery("callbackURL", auth.InvalidCallbackURL)}, Handle: requestPasswordResetCallback,
}

func requestPasswordResetCallback(c *auth.Call, in RequestPasswordResetCallbackIn) (*struct{}, error) {
	target := in.CallbackURL
	if target == "" {
		return nil, redirectWith(c, c.BaseURL+"/error", "error", auth.InvalidToken.ID)
	}
	v, err := verification.Find(c, resetIdentifier(in.Token))
	if err != nil {
		return nil, err
	}
	if v == nil || v.ExpiresAt.Before(c.Now()) {
		return nil, redirectWith(c, target, "error", auth.InvalidToken.ID)
	}
	return nil, redirectWith(c, target, "token", in.Token)
}

// redirectWith redirects to a URL, resolved against the base URL, with a query parameter set.
func redirectWith(c *auth.Call, target, name, value string) error {
	u, err := origin.ResolveURL(target, c.BaseURL)
	if err != nil {
		return auth.Fail(http.StatusForbidden, auth.InvalidCallbackURL).Because(err)
	}
	u.SetParam(name, value)
	return auth.Redirect(u.Href())
}

// ResetPasswordIn is the input of [ResetPassword].
type ResetPasswordIn struct {
	NewPassword string `body:"newPassword" doc:"The new password to set"`
	Token       string `body:"token,optional" doc:"The token to reset the password"`
	QueryToken  string `query:"token,optional" doc:"The token to reset the password"`
}

// ResetPassword sets a password by the token of a reset link, which is used up: of any number of concurrent attempts one
// succeeds. It fails with INVALID_TOKEN, PASSWORD_TOO_SHORT or PASSWORD_TOO_LONG.
var ResetPassword = auth.Endpoint[ResetPasswordIn, *Status]{
	Key: "resetPassword", OperationID: "resetPassword", Method: auth.POST, Path: "/reset-password", Doc: "Reset the password for a user", Handle: resetPassword,
}

func resetPassword(c *auth.Call, in ResetPasswordIn) (*Status, error) {
	token := in.Token
	if token == "" {
		token = in.QueryToken
	}
	invalid := auth.Fail(http.StatusBadRequest, auth.InvalidToken)
	if token == "" {
		return nil, invalid
	}
	if err := account.CheckPasswordLength(c, in.NewPassword); err != nil {
		return nil, err
	}
	v, err := verification.Find(c, resetIdentifier(token))
	if err != nil {
		return nil, err
	}
	if v == nil || v.ExpiresAt.Before(c.Now()) {
		return nil, invalid
	}
	// Hashed before the token is used up, so that a busy server does not cost the user the link.
	hash, err := c.HashPassword(in.NewPassword)
	if err != nil {
		return nil, err
	}
	userID := v.Value
	err = c.Repeat(func() error {
		taken, err := verification.Consume(c, resetIdentifier(token))
		if err != nil {
			return err
		}
		if taken == nil || taken.Value != userID {
			return invalid
		}
		if err := account.SetPassword(c, userID, hash); err != nil {
			return err
		}
		if c.Options.EmailAndPassword.RevokeSessionsOnPasswordReset {
			return session.DeleteAll(c, userID)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return done, account.AnnounceReset(c, userID)
}

// VerifyPasswordIn is the input of [VerifyPassword].
type VerifyPasswordIn struct {
	Password string `body:"password" doc:"The password to verify"`
}

// VerifyPassword checks the caller's password. It fails with INVALID_PASSWORD.
var VerifyPassword = auth.Endpoint[VerifyPasswordIn, *Status]{
	Key: "verifyPassword", OperationID: "verifyPassword", Method: auth.POST, Path: "/verify-password", Doc: "Verify the current user's password",
	Use: []auth.Guard{session.Sensitive}, Handle: verifyPassword,
}

func verifyPassword(c *auth.Call, in VerifyPasswordIn) (*Status, error) {
	right, err := account.VerifyPassword(c, c.Session.User.ID, in.Password)
	if err != nil {
		return nil, err
	}
	if !right {
		return nil, auth.Fail(http.StatusBadRequest, auth.InvalidPassword)
	}
	return done, nil
}
