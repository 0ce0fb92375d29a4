package routes

import (
	"errors"
	"net/http"
	"strings"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/crypto"
	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
)

// SendVerificationEmailIn is the input of [SendVerificationEmail].
type SendVerificationEmailIn struct {
	Email       string `body:"email" is:"email" doc:"The email to send the verification email to"`
	CallbackURL string `body:"callbackURL,optional" doc:"The URL to use for email verification callback"`
}

// SendVerificationEmail mails a verification link. Without a session it answers alike for every address. It fails with
// VERIFICATION_EMAIL_NOT_ENABLED, and for the caller's own session with EMAIL_MISMATCH or EMAIL_ALREADY_VERIFIED.
var SendVerificationEmail = auth.Endpoint[SendVerificationEmailIn, *Status]{
	Key: "sendVerificationEmail", OperationID: "sendVerificationEmail", Method: auth.POST, Path: "/send-verification-email",
	Doc: "Send a verification email to the user", Handle: sendVerificationEmail,
}

func sendVerificationEmail(c *auth.Call, in SendVerificationEmailIn) (*Status, error) {
	if c.Options.EmailVerification.SendVerificationEmail == nil {
		return nil, auth.Fail(http.StatusBadRequest, auth.VerificationEmailNotEnabled)
	}
	if s := session.Current(c, session.LookupOptions{}); s != nil {
		switch {
		case s.User.Email != in.Email:
			return nil, auth.Fail(http.StatusBadRequest, auth.EmailMismatch)
		case s.User.EmailVerified:
			return nil, auth.Fail(http.StatusBadRequest, auth.EmailAlreadyVerified)
		}
		return done, account.SendVerification(c, s.User, in.CallbackURL)
	}
	user, err := account.FindUserByEmail(c, in.Email)
	if err != nil {
		return nil, err
	}
	if user == nil || user.EmailVerified {
		_, err := account.EmailToken(c, account.EmailClaims{Email: in.Email}) // as much work as for a known address
		return done, err
	}
	return done, account.SendVerification(c, user, in.CallbackURL)
}

// VerifyEmailIn is the input of [VerifyEmail].
type VerifyEmailIn struct {
	Token       string `query:"token" doc:"The token to verify the email"`
	CallbackURL string `query:"callbackURL,optional" doc:"The URL to redirect to after email verification"`
}

// VerifyEmailOut is the output of [VerifyEmail].
type VerifyEmailOut struct {
	Status bool `json:"status"`
	// User is the changed user after a change of address, else null; it is absent after a confirmation.
	User *nullableUser `json:"user,omitempty" model:"user"`
}

// nullableUser tells an absent user from null.
type nullableUser struct{ user *auth.User }

// AppendJSON writes the user or null.
func (n *nullableUser) AppendJSON(dst []byte) ([]byte, error) { return n.user.AppendJSON(dst) }

var verified = &VerifyEmailOut{Status: true, User: &nullableUser{}}

// VerifyEmail marks an address as verified by the token of a link, or takes a step of a change of address. With a
// callbackURL it redirects there, with ?error= when it fails. It fails with TOKEN_EXPIRED, INVALID_TOKEN, USER_NOT_FOUND
// or INVALID_USER.
var VerifyEmail = auth.Endpoint[VerifyEmailIn, *VerifyEmailOut]{
	Key: "verifyEmail", Method: auth.GET, Path: "/verify-email", Doc: "Verify the email of the user",
	Use: []auth.Guard{auth.NotPrefetch, auth.TrustedQuery("callbackURL", auth.InvalidCallbackURL)}, Handle: verifyEmail,
}

func verifyEmail(c *auth.Call, in VerifyEmailIn) (*VerifyEmailOut, error) {
	claims, code := readEmailToken(c, in.Token)
	if claims == nil {
		return nil, linkFailure(in.CallbackURL, code)
	}
	user, err := account.FindUserByEmail(c, claims.Email)
	if err != nil {
		return nil, err
	}
	if user == nil {
		return nil, linkFailure(in.CallbackURL, auth.UserNotFound)
	}
	if claims.UpdateTo != "" {
		return changeEmailStep(c, in, claims, user)
	}
	if user.EmailVerified {
		return redirectOr(in.CallbackURL, verified)
	}
	if err := markVerified(c, user); err != nil {
		return nil, err
	}
	return redirectOr(in.CallbackURL, verified)
}

// readEmailToken checks a link's token.
func readEmailToken(c *auth.Call, token string) (*account.EmailClaims, auth.Code) {
	payload, _, err := c.Keys.VerifyJWT(token, c.Now())
	if errors.Is(err, crypto.ErrTokenExpired) {
		return nil, auth.TokenExpired
	}
	if err != nil {
		return nil, auth.InvalidToken
	}
	tree, err := js.Parse(payload)
	obj, ok := tree.(*js.Object)
	if err != nil || !ok {
		return nil, auth.InvalidToken
	}
	text := func(name string) string {
		v, _ := obj.Get(name)
		s, _ := v.(string)
		return s
	}
	claims := &account.EmailClaims{Email: text("email"), UpdateTo: text("updateTo"), RequestType: text("requestType")}
	if !auth.IsEmail(claims.Email) {
		return nil, auth.InvalidToken
	}
	return claims, auth.Code{}
}

// linkFailure redirects with the error, or answers it.
func linkFailure(callbackURL string, code auth.Code) error {
	if callbackURL == "" {
		return auth.Fail(http.StatusUnauthorized, code)
	}
	separator := "?"
	if strings.Contains(callbackURL, "?") {
		separator = "&"
	}
	return auth.Redirect(callbackURL + separator + "error=" + code.ID)
}

// redirectOr redirects to where the client wants, or answers.
func redirectOr(callbackURL string, out *VerifyEmailOut) (*VerifyEmailOut, error) {
	if callbackURL != "" {
		return nil, auth.Redirect(callbackURL)
	}
	return out, nil
}

// markVerified marks the address and, when configured, signs the user in: both or none.
func markVerified(c *auth.Call, user *auth.User) error {
	o := &c.Options.EmailVerification
	if o.BeforeEmailVerification != nil {
		if err := o.BeforeEmailVerification(c.Ctx(), user, c.Request); err != nil {
			return err
		}
	}
	var updated *auth.User
	var current *auth.SignedIn
	err := c.InTx(func() (err error) {
		updated, err = account.UpdateUserAt(c, user, store.Record{"emailVerified": true})
		if updated == nil || err != nil || !o.AutoSignInAfterVerification {
			return err
		}
		current, err = sessionOf(c, user)
		return err
	})
	if err != nil {
		return err
	}
	if o.AfterEmailVerification != nil && updated != nil {
		if err := o.AfterEmailVerification(c.Ctx(), updated, c.Request); err != nil {
			return err
		}
	}
	if current == nil {
		return nil
	}
	shown := current.User.Clone()
	shown.EmailVerified = true
	return session.SetCookie(c, &auth.SignedIn{Session: current.Session, User: shown}, option.Unset)
}

// sessionOf returns the caller's session when it is the user's, else a new one.
func sessionOf(c *auth.Call, user *auth.User) (*auth.SignedIn, error) {
	current, err := session.Confirmed(c)
	if err != nil || current != nil && current.User.Email == user.Email {
		return current, err
	}
	s, err := session.Start(c, user.ID, false, http.StatusInternalServerError)
	return &auth.SignedIn{Session: s, User: user}, err
}

// changeEmailStep takes the step of a change of address that the token stands for. Upstream: the updateTo branch of
// verifyEmail.
func changeEmailStep(c *auth.Call, in VerifyEmailIn, claims *account.EmailClaims, user *auth.User) (*VerifyEmailOut, error) {
	current, err := session.Confirmed(c)
	if err != nil {
		return nil, err
	}
	if current != nil && current.User.Email != claims.Email {
		return nil, linkFailure(in.CallbackURL, auth.InvalidUser)
	}
	if claims.RequestType == confirmChange {
		if send := c.Options.EmailVerification.SendVerificationEmail; send != nil {
			next := account.EmailClaims{Email: claims.Email, UpdateTo: claims.UpdateTo, RequestType: verifyChange}
			if err := account.SendEmailToken(c, send, next, auth.Mail{User: at(user, claims.UpdateTo)}, in.CallbackURL); err != nil {
				return nil, err
			}
		}
		return redirectOr(in.CallbackURL, &VerifyEmailOut{Status: true})
	}
	updated, err := moveEmail(c, claims, user, current)
	if err != nil {
		if errors.Is(err, store.ErrDuplicate) || errors.Is(err, auth.ErrAbort) {
			return nil, linkFailure(in.CallbackURL, auth.InvalidToken)
		}
		return nil, err
	}
	return redirectOr(in.CallbackURL, &VerifyEmailOut{Status: true, User: &nullableUser{c.VisibleUser(updated)}})
}

// moveEmail changes the address, signing the user in who is not yet. The address counts as verified when its link was
// followed; a token of the older, one-step flow sends that link.
func moveEmail(c *auth.Call, claims *account.EmailClaims, user *auth.User, current *auth.SignedIn) (*auth.User, error) {
	proven := claims.RequestType == verifyChange
	var updated *auth.User
	err := c.InTx(func() (err error) {
		updated, err = account.UpdateUserAt(c, user, store.Record{"email": claims.UpdateTo, "emailVerified": proven})
		if err != nil {
			return err
		}
		if updated == nil {
			return auth.Fail(http.StatusUnauthorized, auth.UserNotFound)
		}
		if current == nil {
			s, err := session.Start(c, user.ID, false, http.StatusInternalServerError)
			if err != nil {
				return err
			}
			current = &auth.SignedIn{Session: s, User: user}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	c.Emit(auth.EmailChanged, user)
	if err := announceEmail(c, updated, proven); err != nil {
		return nil, err
	}
	shown := current.User.Clone()
	shown.Email, shown.EmailVerified = claims.UpdateTo, proven
	return updated, session.SetCookie(c, &auth.SignedIn{Session: current.Session, User: shown}, option.Unset)
}

// announceEmail tells the application that an address is proven, or mails the link that proves it.
func announceEmail(c *auth.Call, updated *auth.User, proven bool) error {
	o := &c.Options.EmailVerification
	switch {
	case proven && o.AfterEmailVerification != nil:
		return o.AfterEmailVerification(c.Ctx(), updated, c.Request)
	case !proven && o.SendVerificationEmail != nil:
		callbackURL, _ := c.Query.Get("callbackURL")
		text, _ := callbackURL.(string)
		return account.SendVerification(c, updated, text)
	default:
		return nil
	}
}
