package routes

import (
	"errors"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/federation"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
)

// AccountTokenIn is the input of [GetAccessToken] and [RefreshToken].
type AccountTokenIn struct {
	ProviderID string `body:"providerId" doc:"The provider ID for the OAuth provider"`
	AccountID  string `body:"accountId,optional" doc:"The account ID associated with the refresh token"`
	// UserID is for calls of the server itself.
	UserID string `body:"userId,optional" doc:"The user ID associated with the account"`
}

// AccessTokenOut is the output of [GetAccessToken].
type AccessTokenOut struct {
	AccessToken          string     `json:"accessToken"`
	AccessTokenExpiresAt *time.Time `json:"accessTokenExpiresAt,omitempty"`
	Scopes               []string   `json:"scopes"`
	IDToken              string     `json:"idToken,omitempty"`
}

// GetAccessToken returns the access token of one of the caller's accounts, refreshed when it ends within five seconds. It
// fails with PROVIDER_NOT_SUPPORTED, ACCOUNT_NOT_FOUND or FAILED_TO_GET_ACCESS_TOKEN.
var GetAccessToken = auth.Endpoint[AccountTokenIn, *AccessTokenOut]{
	Key: "getAccessToken", Method: auth.POST, Path: "/get-access-token", Doc: "Get a valid access token, doing a refresh if needed",
	Handle: getAccessToken,
}

// RefreshTokenOut is the output of [RefreshToken].
type RefreshTokenOut struct {
	AccessToken           string     `json:"accessToken,omitempty"`
	RefreshToken          string     `json:"refreshToken,omitempty"`
	AccessTokenExpiresAt  *time.Time `json:"accessTokenExpiresAt,omitempty"`
	RefreshTokenExpiresAt *time.Time `json:"refreshTokenExpiresAt"`
	Scope                 *string    `json:"scope"`
	IDToken               *string    `json:"idToken"`
	ProviderID            string     `json:"providerId"`
	AccountID             string     `json:"accountId"`
}

// RefreshToken refreshes the tokens of one of the caller's accounts. It fails with USER_ID_OR_SESSION_REQUIRED,
// PROVIDER_NOT_SUPPORTED, TOKEN_REFRESH_NOT_SUPPORTED, ACCOUNT_NOT_FOUND, REFRESH_TOKEN_NOT_FOUND or
// FAILED_TO_REFRESH_ACCESS_TOKEN.
var RefreshToken = auth.Endpoint[AccountTokenIn, *RefreshTokenOut]{
	Key: "refreshToken", Method: auth.POST, Path: "/refresh-token", Doc: "Refresh the access token using a refresh token",
	Handle: refreshToken,
}

// AccountInfoIn is the input of [AccountInfo].
type AccountInfoIn struct {
	Query     *auth.Object `query:"*,absent"`
	AccountID string       `query:"accountId,optional" doc:"The provider given account id for which to get the account info"`
}

// AccountInfoOut is the output of [AccountInfo].
type AccountInfoOut struct {
	// User has id, name, email, image and emailVerified, and Data is the provider's own profile.
	User *auth.Object `json:"user"`
	Data any          `json:"data"`
}

// AccountInfo asks the provider of one of the caller's accounts about the person. It fails with ACCOUNT_NOT_FOUND,
// PROVIDER_NOT_CONFIGURED or ACCESS_TOKEN_NOT_FOUND.
var AccountInfo = auth.Endpoint[AccountInfoIn, *AccountInfoOut]{
	Key: "accountInfo", Method: auth.GET, Path: "/account-info", Doc: "Get the account info provided by the provider",
	Use: []auth.Guard{session.Sensitive}, Handle: accountInfo,
}

var (
	failedToGetAccess   = auth.Code{ID: "FAILED_TO_GET_ACCESS_TOKEN", Message: "Failed to get a valid access token"}
	failedToRefresh     = auth.Code{ID: "FAILED_TO_REFRESH_ACCESS_TOKEN", Message: "Failed to refresh access token"}
	noRefreshToken      = auth.Code{ID: "REFRESH_TOKEN_NOT_FOUND", Message: "Refresh token not found"}
	noAccessToken       = auth.Code{ID: "ACCESS_TOKEN_NOT_FOUND", Message: "Access token not found"}
	userOrSessionNeeded = auth.Code{ID: "USER_ID_OR_SESSION_REQUIRED", Message: "Either userId or session is required"}
)

// accessMargin is the remaining life below which an access token is refreshed.
const accessMargin = 5 * time.Second

// held is an account with where it came from.
type held struct {
	*auth.Account
	cookie store.Record // the row in the client's cookie, or nil
}

// tokenOwner returns whose account an operation is about: the caller's; only the server itself may name another user.
func tokenOwner(c *auth.Call, userID string, none error) (string, error) {
	s, err := session.Confirmed(c)
	switch {
	case err != nil:
		return "", err
	case s != nil:
		return s.User.ID, nil
	case c.Request != nil:
		return "", auth.FailStatus(http.StatusUnauthorized)
	case userID == "":
		return "", none
	default:
		return userID, nil
	}
}

// ownAccount returns a user's account at a provider: the one in the client's cookie when it is that user's, else a stored
// one.
func ownAccount(c *auth.Call, userID, providerID, accountID string) (*held, error) {
	wanted := func(a *auth.Account) bool {
		return a.UserID == userID && a.ProviderID == providerID && (accountID == "" || a.AccountID == accountID)
	}
	if session.StoresAccount(c) {
		if a, row := session.AccountCookie(c); a != nil && wanted(a) {
			return &held{a, row}, nil
		}
	}
	accounts, err := account.List(c, userID)
	if err != nil {
		return nil, err
	}
	for _, a := range accounts {
		if wanted(a) {
			return &held{a, nil}, nil
		}
	}
	return nil, auth.Fail(http.StatusBadRequest, auth.AccountNotFound)
}

func supportedProvider(c *auth.Call, id string) (*oauth2.Provider, error) {
	p := c.Provider(id)
	if p == nil {
		return nil, auth.Fail(http.StatusBadRequest, auth.Code{ID: "PROVIDER_NOT_SUPPORTED", Message: "Provider " + id + " is not supported."})
	}
	return p, nil
}

func getAccessToken(c *auth.Call, in AccountTokenIn) (*AccessTokenOut, error) {
	owner, err := tokenOwner(c, in.UserID, auth.FailStatus(http.StatusUnauthorized))
	if err != nil {
		return nil, err
	}
	p, err := supportedProvider(c, in.ProviderID)
	if err != nil {
		return nil, err
	}
	a, err := ownAccount(c, owner, in.ProviderID, in.AccountID)
	if err != nil {
		return nil, err
	}
	out, err := accessToken(c, p, a)
	if err != nil {
		return nil, auth.Fail(http.StatusBadRequest, failedToGetAccess).Because(err)
	}
	return out, nil
}

// accessToken returns an account's access token, refreshed when it is due and can be.
func accessToken(c *auth.Call, p *oauth2.Provider, a *held) (*AccessTokenOut, error) {
	ends := a.AccessTokenExpiresAt
	if p.Refresh != nil && a.RefreshToken != nil && *a.RefreshToken != "" && ends != nil && ends.Sub(c.Now()) < accessMargin {
		if _, _, err := refreshAccount(c, p, a, false); err != nil {
			return nil, err
		}
	}
	token, err := federation.OpenToken(c, deref(a.AccessToken))
	if err != nil {
		return nil, err
	}
	out := &AccessTokenOut{AccessToken: token, AccessTokenExpiresAt: a.AccessTokenExpiresAt, Scopes: []string{}, IDToken: deref(a.IDToken)}
	if a.Scope != nil {
		out.Scopes = strings.Split(*a.Scope, ",")
	}
	return out, nil
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func refreshToken(c *auth.Call, in AccountTokenIn) (*RefreshTokenOut, error) {
	owner, err := tokenOwner(c, in.UserID, auth.Fail(http.StatusBadRequest, userOrSessionNeeded))
	if err != nil {
		return nil, err
	}
	p, err := supportedProvider(c, in.ProviderID)
	if err != nil {
		return nil, err
	}
	if p.Refresh == nil {
		return nil, auth.Fail(http.StatusBadRequest, auth.Code{
			ID: "TOKEN_REFRESH_NOT_SUPPORTED", Message: "Provider " + in.ProviderID + " does not support token refreshing.",
		})
	}
	a, err := ownAccount(c, owner, in.ProviderID, in.AccountID)
	if err != nil {
		return nil, err
	}
	if deref(a.RefreshToken) == "" {
		return nil, auth.Fail(http.StatusBadRequest, noRefreshToken)
	}
	tokens, used, err := refreshAccount(c, p, a, true)
	if err != nil {
		return nil, auth.Fail(http.StatusBadRequest, failedToRefresh).Because(err)
	}
	out := &RefreshTokenOut{
		AccessToken: tokens.AccessToken, RefreshToken: tokens.RefreshToken, AccessTokenExpiresAt: timeOrNil(tokens.AccessTokenExpiresAt),
		RefreshTokenExpiresAt: a.RefreshTokenExpiresAt, Scope: a.Scope, IDToken: a.IDToken, ProviderID: a.ProviderID, AccountID: a.AccountID,
	}
	if out.RefreshToken == "" {
		out.RefreshToken = used
	}
	return out, nil
}

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// refreshAccount gets new tokens for an account and stores them: in its row, in the client's cookie, and in a. It also
// returns the refresh token that was used. As upstream has it, a refresh that nobody asked for leaves the scopes as they were,
// and one that a client asked for gives no cookie to a client without one.
func refreshAccount(c *auth.Call, p *oauth2.Provider, a *held, asked bool) (*oauth2.Tokens, string, error) {
	old, err := federation.OpenToken(c, deref(a.RefreshToken))
	if err != nil {
		return nil, "", err
	}
	tokens, err := p.Refresh(c.Ctx(), old)
	if err == nil && tokens == nil {
		err = errors.New("the provider gave no tokens")
	}
	if err != nil {
		return nil, "", err
	}
	set, err := federation.TokenFields(c, tokens)
	if err != nil {
		return nil, "", err
	}
	if scope, _ := set["scope"].(string); scope == "" || !asked {
		delete(set, "scope")
	}
	if a.ID != "" {
		if _, err := c.Update(schema.AccountModel, store.Where{store.Is("id", a.ID)}, set); err != nil {
			return nil, "", err
		}
	}
	row := a.Record()
	maps.Copy(row, set)
	a.Account = auth.AccountFromRecord(row)
	if session.StoresAccount(c) && (!asked || a.cookie != nil) {
		if _, said := set["accessTokenExpiresAt"]; asked && !said {
			delete(row, "accessTokenExpiresAt")
		}
		err = session.SetAccountCookie(c, row)
	}
	return tokens, old, err
}

func accountInfo(c *auth.Call, in AccountInfoIn) (*AccountInfoOut, error) {
	a, err := infoAccount(c, in.AccountID)
	if err != nil {
		return nil, err
	}
	p := c.Provider(a.ProviderID)
	if p == nil {
		return nil, auth.Fail(http.StatusInternalServerError, auth.Code{
			ID: "PROVIDER_NOT_CONFIGURED", Message: "Provider account provider is " + a.ProviderID + " but it is not configured",
		})
	}
	token, err := accessToken(c, p, a)
	if err != nil {
		return nil, auth.Fail(http.StatusBadRequest, failedToGetAccess).Because(err)
	}
	if token.AccessToken == "" {
		return nil, auth.Fail(http.StatusBadRequest, noAccessToken)
	}
	tokens := &oauth2.Tokens{AccessToken: token.AccessToken, IDToken: token.IDToken, Scopes: token.Scopes}
	if token.AccessTokenExpiresAt != nil {
		tokens.AccessTokenExpiresAt = *token.AccessTokenExpiresAt
	}
	info, err := p.UserInfo(c.Ctx(), tokens)
	if status, refused := errors.AsType[*oauth2.StatusError](err); refused {
		c.Logger.Error("the provider does not say who this is", "provider", p.ID, "error", status)
		return nil, nil
	}
	if info == nil || err != nil {
		return nil, err
	}
	return &AccountInfoOut{info.User, info.Data}, nil
}

// infoAccount is the caller's account with an id that a provider gave, or the one in the client's cookie. Two providers may
// give the same id; only the caller's own count.
func infoAccount(c *auth.Call, accountID string) (*held, error) {
	userID := c.Session.User.ID
	if accountID == "" {
		if session.StoresAccount(c) {
			if a, row := session.AccountCookie(c); a != nil && a.UserID == userID {
				return &held{a, row}, nil
			}
		}
		return nil, auth.Fail(http.StatusBadRequest, auth.AccountNotFound)
	}
	accounts, err := account.List(c, userID)
	if err != nil {
		return nil, err
	}
	for _, a := range accounts {
		if a.AccountID == accountID {
			return &held{a, nil}, nil
		}
	}
	return nil, auth.Fail(http.StatusBadRequest, auth.AccountNotFound)
}
