package routes

import (
	"net/http"
	"strings"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/session"
)

// AccountView is an account as clients see it: without tokens and password.
type AccountView struct {
	account *auth.Account
	hidden  func(name string) bool
}

// Account returns the account with all its fields.
func (v *AccountView) Account() *auth.Account { return v.account }

// AppendJSON writes what clients see.
func (v *AccountView) AppendJSON(dst []byte) ([]byte, error) {
	a := v.account
	scopes := []string{}
	if a.Scope != nil {
		scopes = strings.Split(*a.Scope, ",")
	}
	obj := js.NewObject()
	obj.Set("accountId", a.AccountID)
	obj.Set("providerId", a.ProviderID)
	obj.Set("userId", a.UserID)
	obj.Set("createdAt", a.CreatedAt)
	obj.Set("updatedAt", a.UpdatedAt)
	for name, value := range a.Extra {
		if !v.hidden(name) {
			obj.Set(name, value)
		}
	}
	obj.Set("id", a.ID)
	obj.Set("scopes", scopes)
	return obj.AppendJSON(dst)
}

// ListUserAccounts returns the caller's accounts.
var ListUserAccounts = auth.Endpoint[struct{}, []*AccountView]{
	Key: "listUserAccounts", OperationID: "listUserAccounts", Method: auth.GET, Path: "/list-accounts", Doc: "List all accounts linked to the user",
	Use: []auth.Guard{session.Required}, Handle: listUserAccounts,
}

func listUserAccounts(c *auth.Call, _ struct{}) ([]*AccountView, error) {
	accounts, err := account.List(c, c.Session.User.ID)
	if err != nil {
		return nil, err
	}
	hidden := func(name string) bool { return c.HiddenField(schema.AccountModel, name) }
	views := make([]*AccountView, len(accounts))
	for i, a := range accounts {
		views[i] = &AccountView{a, hidden}
	}
	return views, nil
}

// UnlinkAccountIn is the input of [UnlinkAccount].
type UnlinkAccountIn struct {
	ProviderID string `body:"providerId"`
	AccountID  string `body:"accountId,optional"`
}

// UnlinkAccount removes one of the caller's accounts; the caller must have signed in recently. It fails with
// FAILED_TO_UNLINK_LAST_ACCOUNT or ACCOUNT_NOT_FOUND.
var UnlinkAccount = auth.Endpoint[UnlinkAccountIn, *Status]{
	Key: "unlinkAccount", Method: auth.POST, Path: "/unlink-account", Doc: "Unlink an account",
	Use: []auth.Guard{session.Fresh}, Handle: unlinkAccount,
}

func unlinkAccount(c *auth.Call, in UnlinkAccountIn) (*Status, error) {
	return done, c.Repeat(func() error {
		if _, err := c.Lock(schema.UserModel, c.Session.User.ID); err != nil { // two could each leave the other's account (RACE-014)
			return err
		}
		accounts, err := account.List(c, c.Session.User.ID)
		if err != nil {
			return err
		}
		if len(accounts) == 1 && !c.Options.Account.AccountLinking.AllowUnlinkingAll {
			return auth.Fail(http.StatusBadRequest, auth.FailedToUnlinkLastAccount)
		}
		for _, a := range accounts {
			if a.ProviderID == in.ProviderID && (in.AccountID == "" || a.AccountID == in.AccountID) {
				return account.Unlink(c, a.ID)
			}
		}
		return auth.Fail(http.StatusBadRequest, auth.AccountNotFound)
	})
}
