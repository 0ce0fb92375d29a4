package auth

import (
	"context"
	"net/http"
	"time"

	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// EmailAndPassword configures the password routes. Upstream: emailAndPassword.
type EmailAndPassword struct {
	// Enabled turns password sign-in and sign-up on. Default: off.
	Enabled bool `option:"enabled"`
	// DisableSignUp refuses new accounts.
	DisableSignUp bool `option:"disableSignUp"`
	// RequireEmailVerification blocks sessions until the address is verified, and hides whether an address is taken.
	RequireEmailVerification bool `option:"requireEmailVerification"`
	// MinPasswordLength counts UTF-16 units. Default: 8.
	MinPasswordLength int `option:"minPasswordLength"`
	// MaxPasswordLength counts UTF-16 units. Default: 128.
	MaxPasswordLength int `option:"maxPasswordLength"`
	// AutoSignIn creates a session right after sign-up. Default: on.
	AutoSignIn option.Toggle `option:"autoSignIn"`
	// RevokeSessionsOnPasswordReset ends every session of the user after a reset.
	RevokeSessionsOnPasswordReset bool `option:"revokeSessionsOnPasswordReset"`
	// ResetPasswordTokenExpiresIn is the life of a reset link. Default: 1 h.
	ResetPasswordTokenExpiresIn time.Duration `option:"resetPasswordTokenExpiresIn"`
	// Password replaces or tunes the password hash.
	Password PasswordHash `option:"-"`
	// SignInThrottle bounds consecutive wrong passwords of one account from any address. Default: off.
	SignInThrottle SignInThrottle `option:"signInThrottle"`

	// SendResetPassword delivers the reset link. Nil: resetting is refused. It runs in the background.
	SendResetPassword func(ctx context.Context, m Mail) error `option:"-"`
	// OnPasswordReset runs after a reset.
	OnPasswordReset func(ctx context.Context, u *User, r *http.Request) error `option:"-"`
	// OnExistingUserSignUp runs in the background when a hidden sign-up meets an existing address.
	OnExistingUserSignUp func(ctx context.Context, u *User, r *http.Request) error `option:"-"`
	// CustomSyntheticUser shapes the user shown for a hidden sign-up with an existing address.
	CustomSyntheticUser func(s SyntheticUser) store.Record `option:"-"`
}

// PasswordHash replaces scrypt. Either function may be nil. Upstream: emailAndPassword.password.
type PasswordHash struct {
	Hash   func(ctx context.Context, password string) (string, error)
	Verify func(ctx context.Context, hash, password string) (bool, error)
	// Workers bounds the built-in hashes that run at once, 32 MiB each. Default: GOMAXPROCS.
	Workers int
	// Queue bounds the callers that wait for one; more are answered 503. Default: 64.
	Queue int
}

// SignInThrottle slows guessing of one account's password (NIST SP 800-63B-4 §3.2.2). A device that signed in to the
// account before is never held up.
type SignInThrottle struct {
	// MaxFailures is how many wrong passwords in a row are let through. 0: no throttle.
	MaxFailures int `option:"maxFailures"`
	// Window is how long a failure counts, and so the longest hold-up. Default: 15 min.
	Window time.Duration `option:"window"`
}

// Mail is what a sender delivers: a link, and the token in it.
type Mail struct {
	// To is the user, with the address to send to in User.Email.
	User *User
	// NewEmail is the wanted address of a change, else empty.
	NewEmail string
	URL      string
	Token    string
	// Request is the request that caused the mail, nil in process. Its body is consumed.
	Request *http.Request
}

// SyntheticUser is what a hidden sign-up shows instead of the existing user.
type SyntheticUser struct {
	ID string
	// Core holds name, email, emailVerified, image, createdAt and updatedAt.
	Core store.Record
	// Additional holds the application's own fields of the request.
	Additional store.Record
}

// EmailVerification configures address verification. Upstream: emailVerification.
type EmailVerification struct {
	// SendVerificationEmail delivers the link, in the background.
	SendVerificationEmail func(ctx context.Context, m Mail) error `option:"-"`
	// SendOnSignUp sends it on sign-up. Default: emailAndPassword.requireEmailVerification.
	SendOnSignUp option.Toggle `option:"sendOnSignUp"`
	// SendOnSignIn sends it when an unverified user tries to sign in.
	SendOnSignIn bool `option:"sendOnSignIn"`
	// AutoSignInAfterVerification creates a session after verifying.
	AutoSignInAfterVerification bool `option:"autoSignInAfterVerification"`
	// ExpiresIn is the life of a link. Default: 1 h.
	ExpiresIn time.Duration `option:"expiresIn"`
	// BeforeEmailVerification runs before the address is marked; an error stops it.
	BeforeEmailVerification func(ctx context.Context, u *User, r *http.Request) error `option:"-"`
	// AfterEmailVerification runs after it.
	AfterEmailVerification func(ctx context.Context, u *User, r *http.Request) error `option:"-"`
}

// Model renames a core table and its columns.
type Model struct {
	// ModelName is the table's name.
	ModelName string `option:"modelName"`
	// Fields maps logical names to column names.
	Fields map[string]string `option:"fields"`
	// AdditionalFields adds columns, in this order.
	AdditionalFields schema.Fields `option:"additionalFields"`
}

// UserOptions configures users. Upstream: user.
type UserOptions struct {
	Model
	ChangeEmail ChangeEmail `option:"changeEmail"`
	DeleteUser  DeleteUser  `option:"deleteUser"`
}

// ChangeEmail configures the change of address. Upstream: user.changeEmail.
type ChangeEmail struct {
	Enabled bool `option:"enabled"`
	// UpdateEmailWithoutVerification changes at once while the current address is unverified.
	UpdateEmailWithoutVerification bool `option:"updateEmailWithoutVerification"`
	// SendChangeEmailConfirmation asks the current address first. It runs in the background.
	SendChangeEmailConfirmation func(ctx context.Context, m Mail) error `option:"-"`
}

// DeleteUser configures self-deletion. Upstream: user.deleteUser.
type DeleteUser struct {
	Enabled bool `option:"enabled"`
	// SendDeleteAccountVerification delivers a deletion link; when set, deletion needs its token. It runs in the background.
	SendDeleteAccountVerification func(ctx context.Context, m Mail) error `option:"-"`
	// BeforeDelete runs before the deletion; an error stops it.
	BeforeDelete func(ctx context.Context, u *User, r *http.Request) error `option:"-"`
	// AfterDelete runs after it.
	AfterDelete func(ctx context.Context, u *User, r *http.Request) error `option:"-"`
	// DeleteTokenExpiresIn is the life of a deletion link. Default: 24 h.
	DeleteTokenExpiresIn time.Duration `option:"deleteTokenExpiresIn"`
}

// SessionOptions configures sessions. Upstream: session.
type SessionOptions struct {
	Model
	// ExpiresIn is the life of a session. Default: 7 days.
	ExpiresIn time.Duration `option:"expiresIn"`
	// UpdateAge is the age after which use extends a session. Default: 24 h; negative (a configuration file's 0): every use.
	UpdateAge time.Duration `option:"updateAge,zero"`
	// FreshAge is how long after its creation a session counts as fresh. Default: 24 h; negative (a configuration file's
	// 0): always.
	FreshAge time.Duration `option:"freshAge,zero"`
	// MaxAge ends a session this long after its creation, however it is used. Default: no end.
	MaxAge time.Duration `option:"maxAge"`
	// DisableSessionRefresh never extends a session.
	DisableSessionRefresh bool `option:"disableSessionRefresh"`
	// DeferSessionRefresh makes GET /get-session write nothing; POST then refreshes.
	DeferSessionRefresh bool `option:"deferSessionRefresh"`
	// StoreSessionInDatabase keeps sessions in the database too when secondary storage is configured.
	StoreSessionInDatabase bool `option:"storeSessionInDatabase"`
	// PreserveSessionInDatabase leaves ended sessions in the database.
	PreserveSessionInDatabase bool `option:"preserveSessionInDatabase"`
	// CookieCache keeps a short-lived copy of the session in a cookie.
	CookieCache CookieCache `option:"cookieCache"`
}

// CookieCache configures the session's copy in a cookie. Upstream: session.cookieCache.
type CookieCache struct {
	// Enabled turns it on. Default: off; on without a database.
	Enabled option.Toggle `option:"enabled"`
	// MaxAge is its life. Default: 5 min; the session's life without a database.
	MaxAge time.Duration `option:"maxAge"`
	// Strategy is "compact" (signed, the default), "jwt" (signed) or "jwe" (encrypted, the default without a database).
	Strategy string `option:"strategy"`
	// RefreshCache renews the copy without a store. Default: off; on without a database.
	RefreshCache option.Toggle `option:"refreshCache"`
	// Refresh tunes RefreshCache and turns it on.
	Refresh *RefreshCache `option:"refreshCache"`
	// Version invalidates every older copy when it changes. Default: "1".
	Version string `option:"version"`
	// VersionFunc gives the version for one session; it wins over Version.
	VersionFunc func(ctx context.Context, s *Session, u *User) (string, error) `option:"-"`
}

// RefreshCache tunes the renewal of the cookie cache.
type RefreshCache struct {
	// UpdateAge is the remaining life below which the copy is renewed. Default: a fifth of its life; negative (a
	// configuration file's 0): never before it ends.
	UpdateAge time.Duration `option:"updateAge,zero"`
}

// AccountOptions configures linked accounts. Upstream: account.
type AccountOptions struct {
	Model
	AccountLinking AccountLinking `option:"accountLinking"`
	// UpdateAccountOnSignIn stores the provider's new tokens at every sign-in. Default: on.
	UpdateAccountOnSignIn option.Toggle `option:"updateAccountOnSignIn"`
	// EncryptOAuthTokens encrypts access and refresh tokens in the database; ID tokens stay as they are, as upstream has it.
	// Tokens that were stored before are read as they are.
	EncryptOAuthTokens bool `option:"encryptOAuthTokens"`
	// StoreStateStrategy says where a sign-in through a provider keeps its state: "database" (the default with a database) or
	// "cookie".
	StoreStateStrategy string `option:"storeStateStrategy"`
	// SkipStateCookieCheck accepts a state in any browser, with the strategy "database". It gives up the protection against
	// sign-ins that somebody else began.
	SkipStateCookieCheck bool `option:"skipStateCookieCheck"`
	// StoreAccountCookie keeps provider tokens in an encrypted cookie. Default: off; on without a database.
	StoreAccountCookie option.Toggle `option:"storeAccountCookie"`
}

// AccountLinking configures which accounts join one user. Upstream: account.accountLinking.
type AccountLinking struct {
	// Enabled lets a user have several ways to sign in. Default: on.
	Enabled option.Toggle `option:"enabled"`
	// DisableImplicitLinking joins no account to a user because their addresses are equal.
	DisableImplicitLinking bool `option:"disableImplicitLinking"`
	// TrustedProviders are believed about addresses that they have not verified.
	TrustedProviders []string `option:"trustedProviders"`
	// TrustedProvidersFunc gives them for one request, which is nil in process; it wins over TrustedProviders.
	TrustedProvidersFunc func(ctx context.Context, r *http.Request) ([]string, error) `option:"-"`
	// AllowDifferentEmails lets a signed-in user link an account with another address.
	AllowDifferentEmails bool `option:"allowDifferentEmails"`
	// AllowUnlinkingAll lets a user remove the last account.
	AllowUnlinkingAll bool `option:"allowUnlinkingAll"`
	// UpdateUserInfoOnLink copies the provider's name and picture onto the user who links with an ID token.
	UpdateUserInfoOnLink bool `option:"updateUserInfoOnLink"`
	// RequireLocalEmailVerified joins an account by its address to a user who has proved to own the address, and to nobody
	// else: whoever signed up first with somebody's address would keep the password (UP-001). Default: on. Upstream has it
	// since 1.6.11.
	RequireLocalEmailVerified option.Toggle `option:"requireLocalEmailVerified"`
}

// VerificationOptions configures single-use values. Upstream: verification.
type VerificationOptions struct {
	Model
	// DisableCleanup keeps expired rows.
	DisableCleanup bool `option:"disableCleanup"`
	// StoreIdentifier is "plain" (the default) or "hashed".
	StoreIdentifier string `option:"storeIdentifier"`
	// Identifiers chooses by prefix; it wins over StoreIdentifier.
	Identifiers *IdentifierStorage `option:"storeIdentifier"`
	// StoreInDatabase keeps values in the database too when secondary storage is configured.
	StoreInDatabase bool `option:"storeInDatabase"`
}

// IdentifierStorage chooses how identifiers are stored.
type IdentifierStorage struct {
	// Default is "plain" or "hashed".
	Default string `option:"default"`
	// Overrides maps prefixes of identifiers to "plain" or "hashed"; the first that fits, in this order, decides.
	Overrides IdentifierOverrides `option:"overrides"`
	// Hash replaces the hash of "hashed" (SHA-256, base64url).
	Hash func(identifier string) string `option:"-"`
}

// IdentifierOverrides is an ordered list of overrides; a configuration file gives it as an object.
type IdentifierOverrides []IdentifierOverride

// IdentifierOverride is one entry of [IdentifierStorage].
type IdentifierOverride struct {
	Prefix  string
	Storage string
}
