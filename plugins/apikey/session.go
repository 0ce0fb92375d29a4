package apikey

import (
	"net/http"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/store"
)

// sessionPath is the operation that the session itself answers.
const sessionPath = "/get-session"

// sessionsByKey reports whether some key may stand for a session at all.
func (p *plugin) sessionsByKey(c *auth.Call) bool {
	if c.Header == nil {
		return false
	}
	for _, cfg := range p.configs {
		if cfg.EnableSession {
			return true
		}
	}
	return false
}

// actByKey makes a request with a key act as the key's owner: the session has the key as its token, and nothing is stored.
func (p *plugin) actByKey(c *auth.Call) (*auth.Answer, error) {
	key, cfg, rec, err := p.sent(c)
	if rec == nil || err != nil {
		return nil, err
	}
	if rec, err = p.use(c, cfg, rec, nil); err != nil {
		return nil, err
	}
	p.sweep(c)
	if cfg.References != ownedByUser {
		return nil, auth.Fail(http.StatusUnauthorized, InvalidReferenceIDFromAPIKey)
	}
	u, err := owner(c, rec)
	if err != nil {
		return nil, err
	}
	c.Session = &auth.SignedIn{Session: sessionOf(c, key, rec), User: c.VisibleUser(u)}
	c.SessionCopied = false
	if c.Path == sessionPath {
		return &auth.Answer{Value: c.Session}, nil
	}
	return nil, nil
}

// sent returns the key of a request with its record, and the configuration that it is of; no record is no key. A key counts
// for its own configuration only (UP-113). The refusal is that of the first configuration which found one.
func (p *plugin) sent(c *auth.Call) (string, *config, store.Record, error) {
	var refusal error
	for _, cfg := range p.configs {
		if !cfg.EnableSession {
			continue
		}
		key, err := cfg.get(c)
		if err != nil {
			return "", nil, nil, err
		}
		if key == "" {
			continue
		}
		rec, err := cfg.accept(c, key)
		if err == nil {
			return key, cfg, rec, nil
		}
		if refusal == nil {
			refusal = err
		}
	}
	return "", nil, nil, refusal
}

// get finds the key of a request; "" is none.
func (c *config) get(call *auth.Call) (string, error) {
	if c.Getter != nil {
		return c.Getter(call)
	}
	for _, name := range c.Headers {
		if key := call.Header.Get(name); key != "" {
			return key, nil
		}
	}
	return "", nil
}

// accept returns the record of a key that a request may use.
func (c *config) accept(call *auth.Call, key string) (store.Record, error) {
	if units(key) < c.DefaultKeyLength {
		return nil, auth.Fail(http.StatusForbidden, InvalidAPIKey)
	}
	if c.Validator != nil {
		ok, err := c.Validator(call, key)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, auth.Fail(http.StatusForbidden, InvalidAPIKey)
		}
	}
	rec, err := c.find(call, key)
	if err == nil && !c.has(rec) {
		err = auth.Fail(http.StatusUnauthorized, InvalidAPIKey)
	}
	return rec, err
}

// sessionOf is the session that a key stands for. Without an end of its own it has the one that upstream gives it, which
// counts the seconds of the option as milliseconds.
func sessionOf(c *auth.Call, key string, rec store.Record) *auth.Session {
	now := c.Now()
	s := &auth.Session{Token: key, CreatedAt: now, UpdatedAt: now, ExpiresAt: now.Add(time.Duration(c.Options.Session.ExpiresIn.Seconds()) * time.Millisecond)}
	s.ID, _ = rec["id"].(string)
	s.UserID, _ = rec["referenceId"].(string)
	if end := date(rec, "expiresAt"); end != nil {
		s.ExpiresAt = *end
	}
	if c.Request == nil {
		return s
	}
	if values := c.Header.Values("User-Agent"); len(values) > 0 {
		s.UserAgent = &values[0]
	}
	if address := c.ClientIP(); address != "" {
		s.IPAddress = &address
	}
	return s
}
