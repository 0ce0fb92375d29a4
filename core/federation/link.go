package federation

import (
	"crypto/sha256"
	"errors"
	"maps"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// Link adds a provider's account to a user. fields are its tokens. It fails with store.ErrDuplicate when somebody was
// faster, wherever ids are the server's own.
func Link(c *auth.Call, userID, provider, accountID string, fields store.Record) (*auth.Account, error) {
	data := maps.Clone(fields)
	data["userId"], data["providerId"], data["accountId"] = userID, provider, accountID
	if id, ok := rowID(c, provider, accountID); ok {
		data["id"] = id
	}
	return account.Link(c, data)
}

// rowID is the id of the row of a provider's account. 1.6.9's table has no index that keeps an account from having two rows;
// an id that follows from the account lets the primary key do it, and looks like any other (GAP-019).
func rowID(c *auth.Call, provider, accountID string) (string, bool) {
	db := &c.Options.Advanced.Database
	sum := sha256.Sum256([]byte(provider + "\x00" + accountID))
	switch {
	case db.GenerateIDFunc != nil:
		return "", false
	case db.GenerateID == "":
		return idText(sum[:]), true
	case db.GenerateID == "uuid":
		return uuidText(sum[:16]), true
	default:
		return "", false
	}
}

// idText is 32 letters and digits, one for each byte.
func idText(sum []byte) string {
	const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	text := make([]byte, len(sum))
	for i, b := range sum {
		text[i] = alphabet[int(b)%len(alphabet)]
	}
	return string(text)
}

// uuidText has the form of a random UUID (RFC 9562 section 5.4).
func uuidText(b []byte) string {
	const digits = "0123456789abcdef"
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	text := make([]byte, 0, 36)
	for i, x := range b {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			text = append(text, '-')
		}
		text = append(text, digits[x>>4], digits[x&0xf])
	}
	return string(text)
}

// Adding is an account that a signed-in user adds.
type Adding struct {
	LinkTo
	// Provider and AccountID say which account, User what the provider says about the person.
	Provider, AccountID string
	User                *oauth2.UserInfo
	Tokens              *oauth2.Tokens
	// AnyProof takes the provider's word for the address although nobody has verified it.
	AnyProof bool
}

// The refusals of [Add], which are upstream's slugs.
const (
	UnableToLink      Refusal = "unable_to_link_account"
	EmailDiffers      Refusal = "email_doesn't_match"
	LinkedToSomebody  Refusal = "account_already_linked_to_different_user"
	addingTriesAtMost         = 3
)

// Add links an account to a user who asked for it, or stores new tokens when it is the user's already. It fails with a
// [Refusal]. Upstream: the link branch of the callbacks.
func Add(c *auth.Call, in Adding) error {
	if err := MayLink(c, in); err != nil {
		return err
	}
	fields, err := TokenFields(c, in.Tokens)
	if err != nil {
		return err
	}
	for range addingTriesAtMost {
		err = c.InTx(func() error { return add(c, in, fields) })
		if !errors.Is(err, store.ErrDuplicate) {
			return err
		}
	}
	return UnableToLink
}

// MayLink refuses an account that may not be linked to the user.
func MayLink(c *auth.Call, in Adding) error {
	o := &c.Options.Account.AccountLinking
	trusted, err := Trusts(c, in.Provider)
	if err != nil {
		return err
	}
	if !trusted && !in.AnyProof && !in.User.EmailVerified() || !o.Enabled.Or(true) {
		return UnableToLink
	}
	if account.LowerASCII(in.User.Email()) != account.LowerASCII(in.Email) && !o.AllowDifferentEmails {
		return EmailDiffers
	}
	return nil
}

func add(c *auth.Call, in Adding, fields store.Record) error {
	user, err := account.FindUserByID(c, in.UserID)
	if err != nil {
		return err
	}
	if user == nil { // deleted since the link was asked for
		return UnableToLink
	}
	existing, err := FindAccount(c, in.Provider, in.AccountID)
	switch {
	case err != nil:
		return err
	case existing == nil:
		_, err = Link(c, in.UserID, in.Provider, in.AccountID, fields)
		if errors.Is(err, auth.ErrAbort) {
			return UnableToLink
		}
		return err
	case existing.UserID != in.UserID:
		return LinkedToSomebody
	case len(fields) == 0:
		return nil
	default:
		_, err = c.Update(schema.AccountModel, store.Where{store.Is("id", existing.ID)}, fields)
		return err
	}
}
