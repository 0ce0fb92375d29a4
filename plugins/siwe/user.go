package siwe

import (
	"cmp"
	"errors"
	"strings"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/origin"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
)

// wallet is an address on a chain.
type wallet struct {
	address string
	chainID int64
}

// signIn begins a session of the wallet's user, who is made if there is none.
func (o *Options) signIn(c *auth.Call, w wallet, email *string) (*VerifyOut, error) {
	user, err := o.user(c, w, email)
	if errors.Is(err, store.ErrDuplicate) { // the same wallet signed up on another chain meanwhile (RACE-015)
		user, err = o.user(c, w, email)
	}
	if err != nil {
		return nil, err
	}
	started, err := session.Create(c, user.ID, false, nil)
	if err != nil {
		return nil, err
	}
	if err := session.SetCookie(c, &auth.SignedIn{Session: started, User: user}, option.Unset); err != nil {
		return nil, err
	}
	return &VerifyOut{started.Token, true, WalletUser{user.ID, w.address, w.chainID}}, nil
}

// user returns the user of a wallet, to whom this chain is added when only others were known, or a new one: all or nothing.
func (o *Options) user(c *auth.Call, w wallet, email *string) (user *auth.User, err error) {
	err = c.InTx(func() error {
		known, exact, err := find(c, w)
		if err != nil {
			return err
		}
		user = known
		if user == nil {
			if user, err = o.create(c, w, email); err != nil {
				return err
			}
			return link(c, user, w, true)
		}
		if exact {
			return nil
		}
		return link(c, user, w, false)
	})
	return user, err
}

// find returns the user of an address; exact says that this very chain is known.
func find(c *auth.Call, w wallet) (user *auth.User, exact bool, err error) {
	address := store.Is("address", w.address)
	row, err := c.FindOne(store.Query{Model: model, Where: store.Where{address, store.Is("chainId", w.chainID)}})
	if err != nil {
		return nil, false, err
	}
	exact = row != nil
	if row == nil {
		if row, err = c.FindOne(store.Query{Model: model, Where: store.Where{address}}); row == nil || err != nil {
			return nil, false, err
		}
	}
	id, _ := row["userId"].(string)
	user, err = account.FindUserByID(c, id)
	return user, exact, err
}

// create makes the wallet's user. An e-mail address that somebody has already is left with its owner (UP-036).
func (o *Options) create(c *auth.Call, w wallet, email *string) (*auth.User, error) {
	address := w.address + "@" + o.emailDomain(c)
	if email != nil && *email != "" && !o.Anonymous.Or(true) {
		owner, err := account.FindUserByEmail(c, *email)
		if err != nil {
			return nil, err
		}
		if owner == nil {
			address = *email
		}
	}
	name := Name{}
	if o.ENSLookup != nil {
		var err error
		if name, err = o.ENSLookup(c.Ctx(), w.address); err != nil {
			return nil, err
		}
	}
	return account.CreateUser(c, store.Record{
		"name": cmp.Or(name.Name, w.address), "email": address, "image": name.Avatar, "emailVerified": false,
		"createdAt": c.Now(), "updatedAt": c.Now(),
	})
}

func (o *Options) emailDomain(c *auth.Call) string {
	if o.EmailDomainName != "" {
		return o.EmailDomainName
	}
	u, err := origin.ParseURL(c.BaseURL)
	if err != nil {
		return strings.TrimPrefix(c.BaseURL, "/")
	}
	own, _ := u.Origin()
	return own
}

// link stores the wallet and the account of it.
func link(c *auth.Call, u *auth.User, w wallet, primary bool) error {
	now := c.Now()
	_, err := c.Create(model, store.Record{
		"userId": u.ID, "address": w.address, "chainId": w.chainID, "isPrimary": primary, "createdAt": now,
	})
	if err != nil {
		return err
	}
	accountID := strings.TrimPrefix(identifier(w.address, w.chainID), "siwe:")
	_, err = c.Create(schema.AccountModel, store.Record{
		"userId": u.ID, "providerId": "siwe", "accountId": accountID, "createdAt": now, "updatedAt": now,
	})
	return err
}
