package apikey

import (
	"net/http"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/access"
)

// UpdateIn is the input of [Update]. Nil leaves a field as it is. What is marked "server" only Go code may set.
type UpdateIn struct {
	ConfigID string  `body:"configId,optional" doc:"The configuration of the key; the default one without"`
	KeyID    string  `body:"keyId" doc:"The id of the key"`
	UserID   *string `body:"userId,optional" is:"coerced" doc:"The owner; server only"`
	Name     *string `body:"name,optional" doc:"The name of the key"`
	Enabled  *bool   `body:"enabled,optional" doc:"Whether the key may be used"`
	// Remaining, RefillAmount and RefillInterval are as in [CreateIn] (server).
	Remaining      *int64 `body:"remaining,optional" is:"min=1" doc:"Number of uses; server only"`
	RefillAmount   *int64 `body:"refillAmount,optional" doc:"Uses after a refill; server only"`
	RefillInterval *int64 `body:"refillInterval,optional" doc:"Milliseconds between refills; server only"`
	Metadata       any    `body:"metadata,optional" doc:"An object to keep with the key"`
	// ExpiresIn is the key's life from now on, in seconds. A null in the body of a request makes it endless.
	ExpiresIn           *float64 `body:"expiresIn,optional,nullable" is:"min=1" doc:"Seconds until the key expires; null: never"`
	RateLimitEnabled    *bool    `body:"rateLimitEnabled,optional" doc:"Whether uses are counted; server only"`
	RateLimitTimeWindow *int64   `body:"rateLimitTimeWindow,optional" doc:"Milliseconds in which uses are counted; server only"`
	RateLimitMax        *int64   `body:"rateLimitMax,optional" doc:"Uses in a window; server only"`
	// Permissions replace the key's (server).
	Permissions access.Permissions `body:"permissions,optional,nullable" doc:"What the key may do; server only"`
}

// Update changes a key of the caller's, or of an organization in which the caller may. Upstream: updateApiKey.
var Update = auth.Endpoint[UpdateIn, *Key]{
	Key: "updateApiKey", Method: auth.POST, Path: "/api-key/update", Doc: "Change an API key",
}

// serverOnly reports whether the body has what only Go code may set.
func serverOnlyUpdate(c *auth.Call) bool {
	for _, name := range []string{"refillAmount", "refillInterval", "rateLimitMax", "rateLimitTimeWindow", "rateLimitEnabled", "remaining", "permissions"} {
		if has(c, name) {
			return true
		}
	}
	return false
}

func (p *plugin) update(c *auth.Call, in UpdateIn) (*Key, error) {
	userID, err := updater(c, &in)
	if err != nil {
		return nil, err
	}
	rec, cfg, err := p.findByID(c, in.ConfigID, in.KeyID)
	if err != nil {
		return nil, err
	}
	if err := mayTouch(c, cfg, rec, userID, actionUpdate); err != nil {
		return nil, err
	}
	set, err := cfg.changes(c, &in)
	if err != nil {
		return nil, err
	}
	if !cfg.inDatabase() {
		set["updatedAt"] = c.Now()
	}
	changed, err := cfg.keys.change(c, rec, nil, set)
	if err != nil {
		return nil, err
	}
	if changed == nil { // deleted meanwhile
		return nil, auth.Fail(http.StatusNotFound, KeyNotFound)
	}
	p.sweep(c)
	p.repairMetadata(c, changed, cfg)
	return keyOf(changed), nil
}

// updater returns who changes the key: the caller, or for a call of the server itself whom it names.
func updater(c *auth.Call, in *UpdateIn) (string, error) {
	s, err := session.Confirmed(c)
	if err != nil {
		return "", err
	}
	asked := ""
	if in.UserID != nil {
		asked = *in.UserID
	}
	userID := asked
	if s != nil {
		userID = s.User.ID
	}
	if c.Header != nil && s == nil || userID == "" || s != nil && asked != "" && asked != userID {
		return "", auth.Fail(http.StatusUnauthorized, UnauthorizedSession)
	}
	if c.Header != nil && serverOnlyUpdate(c) {
		return "", auth.Fail(http.StatusBadRequest, ServerOnlyProperty)
	}
	return userID, nil
}

// changes holds the input against the configuration and returns the fields to set.
func (c *config) changes(call *auth.Call, in *UpdateIn) (store.Record, error) {
	set := store.Record{}
	if in.Name != nil {
		if err := c.checkName(*in.Name); err != nil {
			return nil, err
		}
		set["name"] = *in.Name
	}
	if in.Enabled != nil {
		set["enabled"] = *in.Enabled
	}
	if err := c.changeLife(call, in, set); err != nil {
		return nil, err
	}
	if has(call, "metadata") && c.EnableMetadata {
		if in.Metadata != nil && !isObject(in.Metadata) {
			return nil, auth.Fail(http.StatusBadRequest, InvalidMetadataType)
		}
		set["metadata"] = in.Metadata
	}
	if err := changeLimits(in, set); err != nil {
		return nil, err
	}
	if has(call, "permissions") {
		text, err := store.EncodeJSON(given(call, "permissions"))
		if err != nil {
			return nil, err
		}
		set["permissions"] = text
	}
	if len(set) == 0 {
		return nil, auth.Fail(http.StatusBadRequest, NoValuesToUpdate)
	}
	return set, nil
}

func (c *config) changeLife(call *auth.Call, in *UpdateIn, set store.Record) error {
	switch {
	case !has(call, "expiresIn"):
		return nil
	case c.KeyExpiration.DisableCustomExpiresTime:
		return auth.Fail(http.StatusBadRequest, KeyDisabledExpiration)
	case in.ExpiresIn == nil:
		set["expiresAt"] = nil
		return nil
	}
	set["expiresAt"] = after(call.Now(), *in.ExpiresIn)
	return c.checkLife(*in.ExpiresIn)
}

func changeLimits(in *UpdateIn, set store.Record) error {
	switch {
	case in.RefillAmount != nil && in.RefillInterval == nil:
		return auth.Fail(http.StatusBadRequest, RefillAmountAndIntervalNeeded)
	case in.RefillInterval != nil && in.RefillAmount == nil:
		return auth.Fail(http.StatusBadRequest, RefillIntervalAndAmountNeeded)
	}
	for name, n := range map[string]*int64{
		"remaining": in.Remaining, "refillAmount": in.RefillAmount, "refillInterval": in.RefillInterval,
		"rateLimitTimeWindow": in.RateLimitTimeWindow, "rateLimitMax": in.RateLimitMax,
	} {
		if n != nil {
			set[name] = *n
		}
	}
	if in.RateLimitEnabled != nil {
		set["rateLimitEnabled"] = *in.RateLimitEnabled
	}
	return nil
}
