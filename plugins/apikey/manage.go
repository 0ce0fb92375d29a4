package apikey

import (
	"net/http"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
)

// GetIn is the input of [Get].
type GetIn struct {
	ConfigID string `query:"configId,optional" doc:"The configuration of the key; the default one without"`
	ID       string `query:"id" doc:"The id of the key"`
}

// Get returns a key of the caller's, or of an organization in which the caller may read keys. Upstream: getApiKey.
var Get = auth.Endpoint[GetIn, *Key]{
	Key: "getApiKey", Method: auth.GET, Path: "/api-key/get", Doc: "Get an API key by its id", Use: []auth.Guard{session.Required},
}

func (p *plugin) get(c *auth.Call, in GetIn) (*Key, error) {
	rec, cfg, err := p.findByID(c, in.ConfigID, in.ID)
	if err != nil {
		return nil, err
	}
	if err := mayTouch(c, cfg, rec, c.Session.User.ID, actionRead); err != nil {
		return nil, err
	}
	p.sweep(c)
	p.repairMetadata(c, rec, cfg)
	return keyOf(rec), nil
}

// findByID returns a key of a configuration, by its id, or fails with KEY_NOT_FOUND.
func (p *plugin) findByID(c *auth.Call, configID, id string) (store.Record, *config, error) {
	cfg, err := p.configs.resolve(c, configID)
	if err != nil {
		return nil, nil, err
	}
	rec, err := cfg.keys.byID(c, id)
	if err != nil {
		return nil, nil, err
	}
	if rec == nil || !cfg.has(rec) {
		return nil, nil, auth.Fail(http.StatusNotFound, KeyNotFound)
	}
	return rec, cfg, nil
}

// DeleteIn is the input of [Delete].
type DeleteIn struct {
	ConfigID string `body:"configId,optional" doc:"The configuration of the key; the default one without"`
	KeyID    string `body:"keyId" doc:"The id of the key"`
}

// DeleteOut is the output of [Delete].
type DeleteOut struct {
	Success bool `json:"success"`
}

// Delete removes a key of the caller's, or of an organization in which the caller may. Upstream: deleteApiKey.
var Delete = auth.Endpoint[DeleteIn, *DeleteOut]{
	Key: "deleteApiKey", Method: auth.POST, Path: "/api-key/delete", Doc: "Delete an API key", Use: []auth.Guard{session.Sensitive},
}

func (p *plugin) delete(c *auth.Call, in DeleteIn) (*DeleteOut, error) {
	if c.Session.User.Extra["banned"] == true {
		return nil, auth.Fail(http.StatusUnauthorized, UserBanned)
	}
	rec, cfg, err := p.findByID(c, in.ConfigID, in.KeyID)
	if err != nil {
		return nil, err
	}
	if err := mayTouch(c, cfg, rec, c.Session.User.ID, actionDelete); err != nil {
		return nil, err
	}
	if err := cfg.keys.remove(c, rec, nil); err != nil {
		return nil, err
	}
	p.sweep(c)
	return &DeleteOut{Success: true}, nil
}

// SweepOut is the output of [DeleteAllExpired].
type SweepOut struct {
	Success bool `json:"success"`
	// Error is what the store said.
	Error *string `json:"error"`
}

// DeleteAllExpired deletes the rows of keys that have expired. It is for Go code only; the other operations do it by the way.
// Upstream: deleteAllExpiredApiKeys.
var DeleteAllExpired = auth.Endpoint[struct{}, *SweepOut]{
	Key: "deleteAllExpiredApiKeys", Method: auth.POST, Doc: "Delete expired API keys", ServerOnly: true,
}

func (p *plugin) deleteAllExpired(c *auth.Call, _ struct{}) (*SweepOut, error) {
	p.sweeper.due(c.Now(), true)
	if err := deleteExpired(c); err != nil {
		return nil, err
	}
	return &SweepOut{Success: true}, nil
}
