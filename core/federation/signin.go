package federation

import (
	"errors"
	"maps"
	"slices"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/crypto"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
)

// Identity is somebody whom another party vouches for.
type Identity struct {
	// Provider and AccountID say who it is: the account at the provider.
	Provider, AccountID string
	// User is what the provider says about the person.
	User *oauth2.UserInfo
	// Tokens are what the provider gave out, or nil.
	Tokens *oauth2.Tokens
	// CallbackURL is where a verification link that may be sent ends.
	CallbackURL string
	// NoSignUp refuses people who have no user here.
	NoSignUp bool
	// Override copies what the provider says onto an existing user.
	Override bool
	// Trusted believes the provider about addresses that it has not verified, as trustedProviders does.
	Trusted bool
}

// Outcome is who signed in.
type Outcome struct {
	*auth.SignedIn
	// New says that the user was created.
	New bool
}

// Refusal is why nobody was signed in, in upstream's words: "account not linked", "signup disabled", "unable to link
// account", "unable to create user", "unable to create session", or what a database hook answered.
type Refusal string

// Error implements error.
func (r Refusal) Error() string { return string(r) }

// The refusals that more than one place gives.
const (
	NotLinked        Refusal = "account not linked"
	SignUpDisabled   Refusal = "signup disabled"
	CannotLink       Refusal = "unable to link account"
	CannotCreateUser Refusal = "unable to create user"
	cannotStart      Refusal = "unable to create session"
)

// attempts is how often a sign-in is tried again because another one of the same person was faster.
const attempts = 3

// SignIn finds the user of an identity, joins the account to the user with its address where that is safe, or creates the
// user, and starts a session: all or nothing. It sets no session cookie. It fails with a [Refusal]. Every door that other
// parties open calls it. Upstream: handleOAuthUserInfo.
func SignIn(c *auth.Call, in Identity) (*Outcome, error) {
	trusted, err := Trusts(c, in.Provider)
	if err != nil {
		return nil, err
	}
	in.Trusted = in.Trusted || trusted
	for range attempts {
		out, err := signIn(c, in)
		if !errors.Is(err, store.ErrDuplicate) {
			return out, err
		}
	}
	return nil, CannotCreateUser
}

// Trusts reports whether a provider is among trustedProviders for this call.
func Trusts(c *auth.Call, provider string) (bool, error) {
	o := &c.Options.Account.AccountLinking
	list := o.TrustedProviders
	if o.TrustedProvidersFunc != nil {
		var err error
		if list, err = o.TrustedProvidersFunc(c.Ctx(), c.Request); err != nil {
			return false, err
		}
	}
	for _, id := range list {
		if id == provider {
			return true, nil
		}
	}
	return false, nil
}

// attempt is one try at a sign-in.
type attempt struct {
	*auth.Call
	Identity
	fields store.Record // of the account
	row    store.Record // the account for the cookie
	out    Outcome
}

func signIn(c *auth.Call, in Identity) (*Outcome, error) {
	fields, err := TokenFields(c, in.Tokens)
	if err != nil {
		return nil, err
	}
	a := &attempt{Call: c, Identity: in, fields: fields, out: Outcome{SignedIn: &auth.SignedIn{}}}
	err = c.InTx(func() error {
		if err := a.findUser(); err != nil {
			return err
		}
		if session.InDatabase(c) {
			return a.start()
		}
		return nil
	})
	if err == nil && a.out.Session == nil {
		err = a.start()
	}
	if err != nil {
		return nil, err
	}
	if a.row != nil && session.StoresAccount(c) {
		if err := session.SetAccountCookie(c, a.row); err != nil {
			return nil, err
		}
	}
	return &a.out, a.announce()
}

// findUser finds or makes the user and the account.
func (a *attempt) findUser() error {
	linked, err := FindAccount(a.Call, a.Provider, a.AccountID)
	if err != nil {
		return err
	}
	if linked != nil {
		return a.returning(linked)
	}
	user, err := account.FindUserByEmail(a.Call, a.User.Email())
	if err != nil {
		return err
	}
	if user != nil {
		return a.join(user)
	}
	return a.create()
}

// FindAccount returns the account of a person at a provider, or nil. Upstream: findAccountByProviderId.
func FindAccount(c *auth.Call, provider, accountID string) (*auth.Account, error) {
	rows, err := c.Find(store.Query{Model: schema.AccountModel, Where: store.Where{
		store.Is("accountId", accountID), store.Is("providerId", provider),
	}})
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if found := auth.AccountFromRecord(row); found.AccountID == accountID && found.ProviderID == provider {
			return found, nil
		}
	}
	return nil, nil
}

// returning signs in somebody who was here before.
func (a *attempt) returning(linked *auth.Account) error {
	user, err := account.FindUserByID(a.Call, linked.UserID)
	if err != nil {
		return err
	}
	if user == nil { // the address alone must not decide who an orphaned account belongs to (UP-057)
		return NotLinked
	}
	if a.row, err = a.refreshAccount(linked); err != nil {
		return err
	}
	if err := a.confirmAddress(user); err != nil {
		return err
	}
	return a.arrive(user)
}

// refreshAccount stores the new tokens, and returns the account's row with them.
func (a *attempt) refreshAccount(linked *auth.Account) (store.Record, error) {
	row := linked.Record()
	if len(a.fields) == 0 || !a.Options.Account.UpdateAccountOnSignIn.Or(true) {
		return row, nil
	}
	maps.Copy(row, a.fields)
	_, err := a.Update(schema.AccountModel, store.Where{store.Is("id", linked.ID)}, a.fields)
	return row, err
}

// join adds the account to the user who has its address already, if that cannot hand the user to somebody else.
func (a *attempt) join(user *auth.User) error {
	o := &a.Options.Account.AccountLinking
	proven := a.Trusted || a.User.EmailVerified()
	owned := user.EmailVerified || !o.RequireLocalEmailVerified.Or(true)
	if !proven || !owned || !o.Enabled.Or(true) || o.DisableImplicitLinking {
		a.Logger.Warn("a user with this address exists, and the account was not linked", "provider", a.Provider)
		return NotLinked
	}
	if _, err := Link(a.Call, user.ID, a.Provider, a.AccountID, a.fields); err != nil {
		if errors.Is(err, store.ErrDuplicate) || errors.Is(err, crypto.ErrRandom) {
			return err
		}
		a.Logger.Error("unable to link an account", "provider", a.Provider, "error", err)
		return CannotLink
	}
	if err := a.confirmAddress(user); err != nil {
		return err
	}
	return a.arrive(user)
}

// confirmAddress marks the user's address as verified when the provider vouches for the same one.
func (a *attempt) confirmAddress(user *auth.User) error {
	if !a.User.EmailVerified() || user.EmailVerified || account.LowerASCII(a.User.Email()) != user.Email {
		return nil
	}
	_, err := account.UpdateUserAt(a.Call, user, store.Record{"emailVerified": true})
	return err
}

// arrive takes over what the provider says about an existing user, when that is wanted.
func (a *attempt) arrive(user *auth.User) error {
	a.out.User = user
	if !a.Override {
		return nil
	}
	data := a.userData()
	if data["email"] == user.Email {
		data["emailVerified"] = user.EmailVerified || a.User.EmailVerified()
	}
	updated, err := account.UpdateUser(a.Call, user.ID, data)
	if errors.Is(err, store.ErrDuplicate) { // somebody else has the address
		return CannotLink
	}
	if updated == nil && err == nil {
		return CannotCreateUser
	}
	a.out.User = updated
	return err
}

// create adds the user with the account.
func (a *attempt) create() error {
	if a.NoSignUp {
		return SignUpDisabled
	}
	now := a.Now()
	data := a.userData()
	data["createdAt"], data["updatedAt"] = now, now
	user, err := account.CreateUser(a.Call, data)
	if err == nil {
		a.out.User, a.out.New = user, true
		var linked *auth.Account
		if linked, err = Link(a.Call, user.ID, a.Provider, a.AccountID, a.fields); err == nil {
			a.row = linked.Record()
			return nil
		}
	}
	if errors.Is(err, store.ErrDuplicate) || errors.Is(err, crypto.ErrRandom) {
		return err
	}
	a.Logger.Error("unable to create a user", "provider", a.Provider, "error", err)
	if answer, ok := errors.AsType[*auth.Error](err); ok {
		return Refusal(answer.Code.Message)
	}
	return CannotCreateUser
}

// userData is what the provider says about the user, as far as it may be set: fields that no client may set are not the
// provider's to set either (UP-058), and names that the table does not have are left out.
func (a *attempt) userData() store.Record {
	data := store.Record{
		"email": account.LowerASCII(a.User.Email()), "name": a.User.Name(), "emailVerified": a.User.EmailVerified(),
	}
	if image := a.User.Image(); image != "" {
		data["image"] = image
	}
	for name, v := range a.User.User.All() {
		if _, own := data[name]; own || slices.Contains(ownFields, name) {
			continue
		}
		if typed, ok := a.ProvidedValue(schema.UserModel, name, v); ok {
			data[name] = typed
		}
	}
	return data
}

// ownFields are the user's fields that the server sets itself.
var ownFields = []string{"id", "image", "createdAt", "updatedAt"}

// start creates the session.
func (a *attempt) start() error {
	s, err := session.Create(a.Call, a.out.User.ID, false, nil)
	if errors.Is(err, auth.ErrAbort) {
		return cannotStart
	}
	a.out.Session = s
	return err
}

// announce mails the verification link to a new user whose address nobody has verified.
func (a *attempt) announce() error {
	o := &a.Options.EmailVerification
	if !a.out.New || a.User.EmailVerified() || !o.SendOnSignUp.Or(false) || o.SendVerificationEmail == nil {
		return nil
	}
	return account.SendVerification(a.Call, a.out.User, a.CallbackURL)
}
