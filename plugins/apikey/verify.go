package apikey

import (
	"errors"
	"net/http"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/access"
)

// VerifyIn is the input of [Verify].
type VerifyIn struct {
	// ConfigID is the configuration that the key must be of; empty: any.
	ConfigID string `body:"configId,optional"`
	Key      string `body:"key"`
	// Permissions are what the key must be allowed to do; nil: nothing in particular.
	Permissions access.Permissions `body:"permissions,optional"`
}

// VerifyOut says whether a key is good. The use was counted when it is.
type VerifyOut struct {
	Valid bool `json:"valid"`
	// Error says why it is not.
	Error *VerifyError `json:"error"`
	// Key is the key, when it is valid.
	Key *Key `json:"key"`
}

// VerifyError is why a key is not good.
type VerifyError struct {
	Message string
	// Code is an error code of the plugin, or RATE_LIMITED.
	Code string
	// TryAgainIn says, for RATE_LIMITED, in how many milliseconds the key may be used again.
	TryAgainIn int64

	wrapped bool // upstream puts a whole code where the message belongs
}

// AppendJSON writes what upstream answers.
func (e *VerifyError) AppendJSON(dst []byte) ([]byte, error) {
	body := any(struct {
		Message any    `json:"message"`
		Code    string `json:"code"`
	}{e.Message, e.Code})
	switch {
	case e.Code == rateLimited:
		body = limitBody{e.Message, e.Code, limitDetails{e.TryAgainIn}}
	case e.wrapped:
		body = struct {
			Message any    `json:"message"`
			Code    string `json:"code"`
		}{struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		}{InvalidAPIKey.ID, InvalidAPIKey.Message}, e.Code}
	}
	text, err := auth.JSON(body)
	return append(dst, text...), err
}

// MarshalJSON implements json.Marshaler.
func (e *VerifyError) MarshalJSON() ([]byte, error) { return e.AppendJSON(nil) }

// Verify says whether a key is good and counts the use. It is for Go code only. A failing store is an error, not a key that
// is no good (FAULT-005). Upstream: verifyApiKey.
var Verify = auth.Endpoint[VerifyIn, *VerifyOut]{Key: "verifyApiKey", Method: auth.POST, Doc: "Verify an API key", ServerOnly: true}

func (p *plugin) verify(c *auth.Call, in VerifyIn) (*VerifyOut, error) {
	cfg, err := p.configs.resolve(c, in.ConfigID)
	if err != nil {
		return nil, err
	}
	rec, err := p.validate(c, cfg, &in)
	if refusal, refused := errors.AsType[*auth.Error](err); refused {
		return &VerifyOut{Error: verifyError(refusal)}, nil
	}
	if err != nil {
		return nil, err
	}
	p.repairMetadata(c, rec, cfg)
	return &VerifyOut{Valid: true, Key: keyOf(rec)}, nil
}

func verifyError(refusal *auth.Error) *VerifyError {
	e := &VerifyError{Message: refusal.Code.Message, Code: refusal.Code.ID}
	if limit, limited := refusal.Body.(limitBody); limited {
		e.TryAgainIn = limit.Details.TryAgainIn
	}
	if refusal.Status == 0 {
		e.Message, e.wrapped = InvalidAPIKey.Message, true
	}
	return e
}

// validate finds a key and counts the use.
func (p *plugin) validate(c *auth.Call, cfg *config, in *VerifyIn) (store.Record, error) {
	if err := cfg.ask(c, in.Key); err != nil {
		return nil, err
	}
	rec, err := cfg.find(c, in.Key)
	if err != nil {
		return nil, err
	}
	if in.ConfigID != "" && !cfg.has(rec) {
		return nil, auth.Fail(http.StatusUnauthorized, InvalidAPIKey)
	}
	own, err := p.configs.of(c, rec) // a key keeps to its own configuration (UP-113)
	if err != nil {
		return nil, err
	}
	if own != cfg {
		if err := own.ask(c, in.Key); err != nil {
			return nil, err
		}
	}
	if own.References == ownedByUser {
		if _, err := owner(c, rec); err != nil {
			return nil, err
		}
	}
	rec, err = p.use(c, own, rec, in.Permissions)
	if err == nil && own.DeferUpdates {
		p.sweep(c)
	}
	return rec, err
}

// ask lets the application's own validator decide. Its refusal has no status: it is none that clients of routes see.
func (c *config) ask(call *auth.Call, key string) error {
	if c.Validator == nil {
		return nil
	}
	ok, err := c.Validator(call, key)
	if err != nil || ok {
		return err
	}
	return auth.Fail(0, KeyNotFound)
}

// find returns the record of a key, or the refusal.
func (c *config) find(call *auth.Call, key string) (store.Record, error) {
	rec, err := c.keys.byHash(call, c.stored(key))
	if rec == nil && err == nil {
		err = auth.Fail(http.StatusUnauthorized, InvalidAPIKey)
	}
	return rec, err
}
