package goauth

import (
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/crypto"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/origin"
	"github.com/goauth-dev/goauth/core/ratelimit"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// Options and its parts, named as Better Auth names them.
type (
	Options               = auth.Options
	EmailAndPassword      = auth.EmailAndPassword
	PasswordHash          = auth.PasswordHash
	SignInThrottle        = auth.SignInThrottle
	EmailVerification     = auth.EmailVerification
	UserOptions           = auth.UserOptions
	ChangeEmail           = auth.ChangeEmail
	DeleteUser            = auth.DeleteUser
	SessionOptions        = auth.SessionOptions
	CookieCache           = auth.CookieCache
	RefreshCache          = auth.RefreshCache
	AccountOptions        = auth.AccountOptions
	AccountLinking        = auth.AccountLinking
	VerificationOptions   = auth.VerificationOptions
	IdentifierStorage     = auth.IdentifierStorage
	IdentifierOverrides   = auth.IdentifierOverrides
	IdentifierOverride    = auth.IdentifierOverride
	RateLimitOptions      = auth.RateLimitOptions
	RateLimitStorage      = auth.RateLimitStorage
	RateLimitStore        = ratelimit.Store
	RateLimitRules        = auth.RateLimitRules
	RateLimitRule         = ratelimit.Rule
	CustomRateLimit       = ratelimit.Custom
	RateLimitCounter      = ratelimit.Counter
	AdvancedOptions       = auth.AdvancedOptions
	IPAddressOptions      = auth.IPAddressOptions
	CrossSubDomainCookies = auth.CrossSubDomainCookies
	CookieOptions         = auth.CookieOptions
	CookieAttributes      = auth.CookieAttributes
	AdvancedDatabase      = auth.AdvancedDatabase
	BackgroundOptions     = auth.BackgroundOptions
	OnAPIError            = auth.OnAPIError
	ErrorPage             = auth.ErrorPage
	ErrorPageColors       = auth.ErrorPageColors
	ErrorPageSize         = auth.ErrorPageSize
	ErrorPageFont         = auth.ErrorPageFont
	LogOptions            = auth.LogOptions
)

// The parts of Options.SocialProviders: a provider's options, and what their functions take and return.
type (
	ProviderOptions  = oauth2.Options
	ProviderTokens   = oauth2.Tokens
	ProviderUserInfo = oauth2.UserInfo
	ProviderProfile  = oauth2.Object
)

// DynamicBaseURL finds the base URL from each request among allowed hosts.
type DynamicBaseURL = origin.Dynamic

// Secret is one versioned secret of Options.Secrets.
type Secret = crypto.Secret

// Mode is the environment. The zero value decides by NODE_ENV, and means [Production] unless that says otherwise.
type Mode = auth.Mode

// The modes.
const (
	Production  = auth.Production
	Development = auth.Development
	Test        = auth.Test
)

// Toggle is a switch whose default depends on the option: its zero value means "not set".
type Toggle = option.Toggle

// The settings of a [Toggle].
const (
	On  = option.On
	Off = option.Off
)

// Model renames a core table and its columns, and adds fields to it.
type Model = auth.Model

// Fields is an ordered list of fields, and Field one of them.
type (
	Fields = schema.Fields
	Field  = schema.Field
)

// FieldType is the logical type of a field.
type FieldType = schema.Type

// The types of fields.
const (
	StringField  = schema.String
	NumberField  = schema.Number
	BooleanField = schema.Boolean
	DateField    = schema.Date
	JSONField    = schema.JSON
	StringsField = schema.Strings
	NumbersField = schema.Numbers
)

// Reference makes a field a foreign key.
type Reference = schema.Reference

// Database is the storage of Options.Database; the module sqlx has one.
type Database = store.Database

// SecondaryStorage is the key-value store of Options.SecondaryStorage; the modules redis and pgx have one.
type SecondaryStorage = store.Secondary

// Revocations is the log of ended sessions of Options.Revocations; the modules redis and pgx have one.
type Revocations = store.Revocations

// Record is one row by logical field names, as database hooks see it.
type Record = store.Record
