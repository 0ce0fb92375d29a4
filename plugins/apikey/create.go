package apikey

import (
	"net/http"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/crypto"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/access"
)

// CreateIn is the input of [Create]. What is marked "server" only Go code may set; a client is refused with
// SERVER_ONLY_PROPERTY.
type CreateIn struct {
	ConfigID string `body:"configId,optional" doc:"The configuration of the key; the default one without"`
	Name     string `body:"name,optional" doc:"A name to tell the key by"`
	// ExpiresIn is the key's life in seconds; nil: the configuration's.
	ExpiresIn *float64 `body:"expiresIn,optional,nullable" is:"min=1" doc:"Seconds until the key expires"`
	Prefix    string   `body:"prefix,optional" is:"pattern=/^[a-zA-Z0-9_-]+$/" message:"Invalid prefix format, must be alphanumeric and contain only underscores and hyphens." doc:"What the key begins with"`
	// Remaining is how often the key may be used (server); nil: any number, or RefillAmount.
	Remaining *int64 `body:"remaining,optional,nullable" is:"min=0" doc:"Number of uses; server only"`
	// Metadata is an object of the application's, where the configuration allows one.
	Metadata any `body:"metadata,optional" doc:"An object to keep with the key"`
	// RefillAmount is what Remaining becomes again every RefillInterval milliseconds (server).
	RefillAmount   *int64 `body:"refillAmount,optional" is:"min=1" doc:"Uses after a refill; server only"`
	RefillInterval *int64 `body:"refillInterval,optional" doc:"Milliseconds between refills; server only"`
	// RateLimitTimeWindow, in milliseconds, RateLimitMax and RateLimitEnabled replace the configuration's (server).
	RateLimitTimeWindow *int64 `body:"rateLimitTimeWindow,optional" doc:"Milliseconds in which uses are counted; server only"`
	RateLimitMax        *int64 `body:"rateLimitMax,optional" doc:"Uses in a window; server only"`
	RateLimitEnabled    *bool  `body:"rateLimitEnabled,optional" doc:"Whether uses are counted; server only"`
	// Permissions are what the key may do (server); nil: the configuration's.
	Permissions access.Permissions `body:"permissions,optional" doc:"What the key may do; server only"`
	// UserID is the owner, or who asks for an organization's key (server).
	UserID         *string `body:"userId,optional" is:"coerced" doc:"The owner; server only"`
	OrganizationID string  `body:"organizationId,optional" is:"coerced" doc:"The organization that owns the key"`
}

// Created is a new key with its secret.
type Created struct {
	Key
	// Secret is the key itself, which is nowhere else.
	Secret string `json:"key"`
}

// Create makes a key for the caller, for a user, or for an organization. Upstream: createApiKey.
var Create = auth.Endpoint[CreateIn, *Created]{
	Key: "createApiKey", Method: auth.POST, Path: "/api-key/create", Doc: "Create an API key for a user or an organization",
}

// serverOnly reports whether the input has what only Go code may set.
func (in *CreateIn) serverOnly() bool {
	return in.RefillAmount != nil || in.RefillInterval != nil || in.RateLimitMax != nil || in.RateLimitTimeWindow != nil ||
		in.RateLimitEnabled != nil || in.Permissions != nil || in.Remaining != nil
}

func (p *plugin) create(c *auth.Call, in CreateIn) (*Created, error) {
	cfg, err := p.configs.resolve(c, in.ConfigID)
	if err != nil {
		return nil, err
	}
	owner, err := ownerOfNew(c, cfg, &in)
	if err != nil {
		return nil, err
	}
	if err := cfg.checkNew(&in); err != nil {
		return nil, err
	}
	p.sweep(c)
	key, err := cfg.generate(c, in.Prefix)
	if err != nil {
		return nil, err
	}
	rec, err := cfg.newRecord(c, &in, owner, key)
	if err != nil {
		return nil, err
	}
	stored, err := cfg.keys.create(c, rec)
	if err != nil {
		return nil, err
	}
	created := &Created{Key: *keyOf(stored), Secret: key}
	created.Metadata = in.Metadata
	return created, nil
}

// ownerOfNew decides whose key it will be. A client makes keys for itself only (OLD-006).
func ownerOfNew(c *auth.Call, cfg *config, in *CreateIn) (string, error) {
	s, err := session.Confirmed(c)
	if err != nil {
		return "", err
	}
	if c.Header != nil && in.serverOnly() {
		return "", auth.Fail(http.StatusBadRequest, ServerOnlyProperty)
	}
	nobody := auth.Fail(http.StatusUnauthorized, UnauthorizedSession)
	if c.Request != nil && in.UserID != nil {
		return "", nobody
	}
	if cfg.References == ownedByOrganization {
		return organizationOfNew(c, s, in)
	}
	asked := ""
	if in.UserID != nil {
		asked = *in.UserID
	}
	switch {
	case s != nil && (c.Header != nil || asked == "" || asked == s.User.ID):
		return s.User.ID, nil
	case s == nil && c.Header == nil && asked != "":
		return asked, nil
	default:
		return "", nobody
	}
}

func organizationOfNew(c *auth.Call, s *auth.SignedIn, in *CreateIn) (string, error) {
	if in.OrganizationID == "" {
		return "", auth.Fail(http.StatusBadRequest, OrganizationIDRequired)
	}
	userID := ""
	switch {
	case s != nil:
		userID = s.User.ID
	case in.UserID != nil:
		userID = *in.UserID
	}
	if userID == "" {
		return "", auth.Fail(http.StatusUnauthorized, UnauthorizedSession)
	}
	return in.OrganizationID, mayInOrganization(c, userID, in.OrganizationID, actionCreate)
}

// checkNew holds the input against the configuration.
func (c *config) checkNew(in *CreateIn) error {
	bad := func(code auth.Code) error { return auth.Fail(http.StatusBadRequest, code) }
	switch given := truthy(in.Metadata); {
	case given && !c.EnableMetadata:
		return bad(MetadataDisabled)
	case given && !isObject(in.Metadata):
		return bad(InvalidMetadataType)
	case positive(in.RefillAmount) && !positive(in.RefillInterval):
		return bad(RefillAmountAndIntervalNeeded)
	case positive(in.RefillInterval) && !positive(in.RefillAmount):
		return bad(RefillIntervalAndAmountNeeded)
	}
	if in.ExpiresIn != nil {
		if err := c.checkLife(*in.ExpiresIn); err != nil {
			return err
		}
	}
	if n := int64(len(in.Prefix)); n > 0 && (n < c.MinimumPrefixLength.or(defaultMinLength) || n > c.MaximumPrefixLength.or(defaultMaxLength)) {
		return bad(InvalidPrefixLength)
	}
	if in.Name != "" {
		return c.checkName(in.Name)
	}
	if c.RequireName {
		return bad(NameRequired)
	}
	return nil
}

func positive(n *int64) bool { return n != nil && *n != 0 }

func (c *config) checkName(name string) error {
	if n := int64(units(name)); n < c.MinimumNameLength.or(defaultMinLength) || n > c.MaximumNameLength.or(defaultMaxLength) {
		return auth.Fail(http.StatusBadRequest, InvalidNameLength)
	}
	return nil
}

// longestLife is the most that a life can be, whatever the configuration says: what comes far beyond is no date (GO-013).
const longestLife = 100 * 365 * 24 * 60 * 60

// checkLife holds a life in seconds against the configuration.
func (c *config) checkLife(seconds float64) error {
	const day = 24 * 60 * 60
	switch days := seconds / day; {
	case c.KeyExpiration.DisableCustomExpiresTime:
		return auth.Fail(http.StatusBadRequest, KeyDisabledExpiration)
	case days < c.KeyExpiration.MinExpiresIn.or(defaultMinDays):
		return auth.Fail(http.StatusBadRequest, ExpiresInTooSmall)
	case days > c.KeyExpiration.MaxExpiresIn.or(defaultMaxDays), seconds > longestLife:
		return auth.Fail(http.StatusBadRequest, ExpiresInTooLarge)
	default:
		return nil
	}
}

// generate makes a key.
func (c *config) generate(call *auth.Call, prefix string) (string, error) {
	if prefix == "" {
		prefix = c.DefaultPrefix
	}
	if c.Generator != nil {
		return c.Generator(call.Ctx(), c.DefaultKeyLength, prefix)
	}
	letters, err := crypto.RandomString(call.Random, c.DefaultKeyLength, crypto.Letters)
	return prefix + letters, err
}

// newRecord is the record of a new key.
func (c *config) newRecord(call *auth.Call, in *CreateIn, owner, key string) (store.Record, error) {
	now := call.Now()
	rec := store.Record{
		"configId": c.id(), "createdAt": now, "updatedAt": now, "name": nil, "prefix": orNull(in.Prefix),
		"start": nil, "key": c.stored(key), "enabled": true, "expiresAt": nil, "referenceId": owner, "lastRefillAt": nil,
		"lastRequest": nil, "metadata": nil, "rateLimitMax": either(in.RateLimitMax, c.RateLimit.MaxRequests.or(defaultRequests)),
		"rateLimitTimeWindow": either(in.RateLimitTimeWindow, c.window().Milliseconds()), "remaining": value(in.Remaining),
		"refillAmount": value(in.RefillAmount), "refillInterval": value(in.RefillInterval),
		"rateLimitEnabled": either(in.RateLimitEnabled, c.limits()), "requestCount": int64(0),
	}
	if has(call, "name") {
		rec["name"] = in.Name
	}
	if in.Prefix == "" {
		rec["prefix"] = orNull(c.DefaultPrefix)
	}
	if c.StartingCharacters.ShouldStore.Or(true) {
		rec["start"] = firstUnits(key, int(c.StartingCharacters.CharactersLength.or(defaultStart)))
	}
	switch {
	case in.ExpiresIn != nil:
		rec["expiresAt"] = after(now, *in.ExpiresIn)
	case c.KeyExpiration.DefaultExpiresIn > 0:
		rec["expiresAt"] = now.Add(c.KeyExpiration.DefaultExpiresIn)
	}
	if truthy(in.Metadata) {
		rec["metadata"] = in.Metadata
	}
	permissions, err := c.permissionsOfNew(call, in, owner)
	if permissions != nil && err == nil {
		rec["permissions"], err = store.EncodeJSON(permissions)
	}
	return rec, err
}

// permissionsOfNew is what is stored as permissions, in the order in which they came; nil is nothing.
func (c *config) permissionsOfNew(call *auth.Call, in *CreateIn, owner string) (any, error) {
	if in.Permissions != nil {
		return given(call, "permissions"), nil
	}
	permissions := c.Permissions.Default
	if f := c.Permissions.DefaultFunc; f != nil {
		var err error
		if permissions, err = f(call, owner); err != nil {
			return nil, err
		}
	}
	if permissions == nil {
		return nil, nil
	}
	return permissions.InputTree(), nil
}

// after returns the time in some seconds, in whole milliseconds.
func after(now time.Time, seconds float64) time.Time {
	return now.Add(time.Duration(seconds*1000) * time.Millisecond)
}
