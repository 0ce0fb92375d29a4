package apikey

import (
	"context"
	"errors"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/access"
)

// Options configures the plugin. In a configuration file it is one configuration, or a list of them.
type Options struct {
	// Configurations are the kinds of keys there are. With several each needs an id of its own. None: one with all defaults.
	Configurations []Configuration
	// Schema gives the table and its columns other names.
	Schema schema.Renames
}

// DecodeOption implements [option.Decoder].
func (o *Options) DecodeOption(v any) error {
	if _, list := v.([]any); list {
		return option.Decode(v, &o.Configurations)
	}
	var single struct {
		Configuration
		Schema schema.Renames `option:"schema"`
	}
	err := option.Decode(v, &single)
	o.Configurations, o.Schema = []Configuration{single.Configuration}, single.Schema
	return err
}

// Configuration is one kind of key. Upstream: ApiKeyConfigurationOptions.
type Configuration struct {
	// ID tells several configurations apart; keys carry it. Default: "default".
	ID string `option:"configId"`
	// Headers are where a key is looked for in requests, the first that holds one. Default: x-api-key.
	Headers Headers `option:"apiKeyHeaders"`
	// DisableHashing stores keys as they are: whoever reads the table can use them all. Default: off.
	DisableHashing bool `option:"disableKeyHashing"`
	// Getter finds the key of a request instead of Headers; "" is none.
	Getter func(c *auth.Call) (string, error) `option:"customAPIKeyGetter"`
	// Validator may refuse a key before it is looked up.
	Validator func(c *auth.Call, key string) (bool, error) `option:"customAPIKeyValidator"`
	// Generator makes a new key; length does not count the prefix, which the key should begin with. Default: random letters.
	Generator func(ctx context.Context, length int, prefix string) (string, error) `option:"customKeyGenerator"`
	// StartingCharacters are kept in the clear, so that people can tell their keys apart.
	StartingCharacters StartingCharacters `option:"startingCharactersConfig"`
	// DefaultKeyLength is how many characters a key has behind its prefix; a request's shorter key is refused unread.
	// Default: 64.
	DefaultKeyLength int `option:"defaultKeyLength"`
	// DefaultPrefix is put before a key that asks for no other; end it with an underscore.
	DefaultPrefix string `option:"defaultPrefix"`
	// MinimumPrefixLength and MaximumPrefixLength bound a prefix that is asked for, in UTF-16 units. Default: 1 and 32.
	MinimumPrefixLength Limit `option:"minimumPrefixLength"`
	MaximumPrefixLength Limit `option:"maximumPrefixLength"`
	// RequireName makes a name necessary. Default: off.
	RequireName bool `option:"requireName"`
	// MinimumNameLength and MaximumNameLength bound names, in UTF-16 units. Default: 1 and 32.
	MinimumNameLength Limit `option:"minimumNameLength"`
	MaximumNameLength Limit `option:"maximumNameLength"`
	// EnableMetadata lets keys carry an object of the application's. Default: off.
	EnableMetadata bool `option:"enableMetadata"`
	// KeyExpiration says how long keys live.
	KeyExpiration KeyExpiration `option:"keyExpiration"`
	// RateLimit is the limit of new keys; each key carries its own from then on.
	RateLimit RateLimit `option:"rateLimit"`
	// EnableSession lets a request with a key act as the key's owner, on these routes and on the application's own. Only for
	// keys of users. Default: off. Upstream: enableSessionForAPIKeys.
	EnableSession bool `option:"enableSessionForAPIKeys"`
	// Permissions are what new keys may do.
	Permissions Permissions `option:"permissions"`
	// Storage is "database" (the default) or "secondary-storage".
	Storage string `option:"storage"`
	// FallbackToDatabase keeps keys in the database too, secondary storage being a cache then. Default: off.
	FallbackToDatabase bool `option:"fallbackToDatabase"`
	// CustomStorage is used instead of the server's secondary storage. Its atomic steps are what keeps limits exact.
	CustomStorage store.Secondary `option:"-"`
	// DeferUpdates counts a use after the answer: quicker, and a burst may then exceed a key's limits. Default: off.
	DeferUpdates bool `option:"deferUpdates"`
	// References says whose keys these are: "user" (the default) or "organization".
	References string `option:"references"`
}

// Headers are names of headers; a configuration file may give one as a text.
type Headers []string

// DecodeOption implements [option.Decoder].
func (h *Headers) DecodeOption(v any) error {
	if name, ok := v.(string); ok {
		*h = Headers{name}
		return nil
	}
	return option.Decode(v, (*[]string)(h))
}

// Limit is a number whose zero value means the default; a negative one is zero, as 0 is in a configuration file.
type Limit int64

// DecodeOption implements [option.Decoder].
func (l *Limit) DecodeOption(v any) error {
	if err := option.Decode(v, (*int64)(l)); err != nil {
		return err
	}
	if *l < 0 {
		return errors.New("must not be negative")
	}
	if *l == 0 {
		*l = -1
	}
	return nil
}

func (l Limit) or(def int64) int64 {
	if l == 0 {
		return def
	}
	return max(int64(l), 0)
}

// StartingCharacters are the characters of a key that are kept in the clear.
type StartingCharacters struct {
	// ShouldStore keeps them. Default: on.
	ShouldStore option.Toggle `option:"shouldStore"`
	// CharactersLength is how many, the prefix included. Default: 6.
	CharactersLength Limit `option:"charactersLength"`
}

// KeyExpiration says how long keys live.
type KeyExpiration struct {
	// DefaultExpiresIn is the life of a key that asks for no other; 0: it never ends. In a file a number of seconds.
	DefaultExpiresIn time.Duration `option:"defaultExpiresIn"`
	// DisableCustomExpiresTime refuses a life that is asked for. Default: off.
	DisableCustomExpiresTime bool `option:"disableCustomExpiresTime"`
	// MinExpiresIn and MaxExpiresIn bound a life that is asked for, in days. Default: 1 and 365.
	MinExpiresIn Days `option:"minExpiresIn"`
	MaxExpiresIn Days `option:"maxExpiresIn"`
}

// Days is a number of days whose zero value means the default; a negative one is zero, as 0 is in a configuration file.
type Days float64

// DecodeOption implements [option.Decoder].
func (d *Days) DecodeOption(v any) error {
	if err := option.Decode(v, (*float64)(d)); err != nil {
		return err
	}
	if *d <= 0 {
		*d = -1
	}
	return nil
}

func (d Days) or(def float64) float64 {
	if d == 0 {
		return def
	}
	return max(float64(d), 0)
}

// RateLimit is how often a key may be used.
type RateLimit struct {
	// Enabled counts uses. Off also switches off the limits that keys carry. Default: on.
	Enabled option.Toggle `option:"enabled"`
	// TimeWindow is how long uses count, from the last one on. Default: 24 hours. In a file a number of milliseconds.
	TimeWindow time.Duration `option:"timeWindow,ms,zero"`
	// MaxRequests is how many uses a window has. Default: 10.
	MaxRequests Limit `option:"maxRequests"`
}

// Permissions are what new keys may do.
type Permissions struct {
	// Default is what a key may do that asks for nothing else.
	Default access.Permissions `option:"defaultPermissions"`
	// DefaultFunc decides for each owner; it wins over Default.
	DefaultFunc func(c *auth.Call, referenceID string) (access.Permissions, error) `option:"defaultPermissions"`
}

// The defaults.
const (
	defaultConfigID     = "default"
	defaultHeader       = "x-api-key"
	defaultKeyLength    = 64
	defaultMinLength    = 1
	defaultMaxLength    = 32
	defaultStart        = 6
	defaultMinDays      = 1
	defaultMaxDays      = 365
	defaultRequests     = 10
	defaultWindow       = 24 * time.Hour
	databaseStorage     = "database"
	secondaryStorage    = "secondary-storage"
	ownedByUser         = "user"
	ownedByOrganization = "organization"
)
