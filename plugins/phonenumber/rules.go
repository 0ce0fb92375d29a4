package phonenumber

import (
	"context"
	"net/http"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/verification"
	"github.com/goauth-dev/goauth/plugins/onetime"
)

// find returns the user with a number, or nil.
func find(c *auth.Call, number string) (*auth.User, error) {
	row, err := c.FindOne(store.Query{Model: schema.UserModel, Where: store.Where{store.Is("phoneNumber", number)}})
	if kept, _ := row["phoneNumber"].(string); kept != number { // a database may compare more loosely (GAP-006)
		return nil, err
	}
	return auth.UserFromRecord(row), err
}

func isVerified(u *auth.User) bool {
	verified, _ := u.Extra["phoneNumberVerified"].(bool)
	return verified
}

func (o *Options) checkNumber(c *auth.Call, number string) error {
	if o.PhoneNumberValidator == nil {
		return nil
	}
	ok, err := o.PhoneNumberValidator(c.Ctx(), number)
	if err == nil && !ok {
		err = auth.Fail(http.StatusBadRequest, InvalidPhoneNumber)
	}
	return err
}

// newCode makes a code, and keeps it as value says.
func (o *Options) newCode(c *auth.Call, identifier string, value func(code string) string) (string, error) {
	code, err := onetime.Code(c, o.digits())
	if err != nil {
		return "", err
	}
	return code, verification.Create(c, identifier, value(code), c.Now().Add(o.life()))
}

// deliver sends a code in the background.
func deliver(c *auth.Call, send func(ctx context.Context, m Message) error, number, code string) {
	m := Message{number, code, c.Request}
	c.Send("text message", func(ctx context.Context) error { return send(ctx, m) })
}

// attempt is [verification.UseCode] or [verification.CheckCode].
type attempt = func(c *auth.Call, identifier string, allowed int, right func(stored string) (bool, error)) (verification.CodeState, error)

// try holds a code against the one that is kept, and answers everything but a right one.
func (o *Options) try(c *auth.Call, attempt attempt, identifier, code string) error {
	plain := onetime.Storage{}
	state, err := attempt(c, identifier, o.allowed(), plain.Matcher(c, code))
	if err != nil {
		return err
	}
	switch state {
	case verification.CodeRight:
		return nil
	case verification.CodeMissing:
		return auth.Fail(http.StatusBadRequest, OTPNotFound)
	case verification.CodeExpired:
		return auth.Fail(http.StatusBadRequest, OTPExpired)
	case verification.CodeSpent:
		return auth.Fail(http.StatusForbidden, TooManyAttempts)
	default:
		return auth.Fail(http.StatusBadRequest, InvalidOTP)
	}
}

// passwordCookie remembers that a client gave the right password of a number that was still to be verified.
const passwordCookie = "phone_password"

func (o *Options) cookie(c *auth.Call) auth.Cookie {
	age := int(o.life().Seconds())
	return c.NewCookie(passwordCookie, &age)
}

// prove marks a user's number as verified. The first proof revokes what let somebody in before it (UP-068), unless
// somebody's address is proven already, or the caller has shown to be the one who signed up: by that user's session or
// password.
func (o *Options) prove(c *auth.Call, u *auth.User, caller *auth.SignedIn) (*auth.User, error) {
	set := store.Record{"phoneNumberVerified": true}
	if isVerified(u) || u.EmailVerified || o.isOwner(c, u, caller) {
		return account.UpdateUser(c, u.ID, set)
	}
	return account.Prove(c, u, store.Where{
		store.Is("phoneNumber", u.Extra["phoneNumber"]), store.Is("phoneNumberVerified", u.Extra["phoneNumberVerified"]),
	}, set)
}

func (o *Options) isOwner(c *auth.Call, u *auth.User, caller *auth.SignedIn) bool {
	if caller != nil && caller.User.ID == u.ID {
		return true
	}
	owner, ok, _ := c.SignedCookie(o.cookie(c).Name)
	return ok && auth.SameText(owner, u.ID)
}
