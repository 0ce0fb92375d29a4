package apikey

import (
	"crypto/sha256"
	"encoding/base64"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/access"
)

// Key is an API key without its secret. Upstream: ApiKey.
type Key struct {
	ID       string  `json:"id"`
	ConfigID string  `json:"configId"`
	Name     *string `json:"name"`
	// Start is the beginning of the secret, as far as it is kept in the clear.
	Start  *string `json:"start"`
	Prefix *string `json:"prefix"`
	// ReferenceID is the user or the organization that owns the key.
	ReferenceID string `json:"referenceId"`
	// RefillInterval, in milliseconds, is how often Remaining becomes RefillAmount again.
	RefillInterval *int64     `json:"refillInterval"`
	RefillAmount   *int64     `json:"refillAmount"`
	LastRefillAt   *time.Time `json:"lastRefillAt"`
	Enabled        bool       `json:"enabled"`
	// RateLimitEnabled says that at most RateLimitMax uses follow one another with less than RateLimitTimeWindow
	// milliseconds between them; RequestCount is how many did.
	RateLimitEnabled    bool   `json:"rateLimitEnabled"`
	RateLimitTimeWindow *int64 `json:"rateLimitTimeWindow"`
	RateLimitMax        *int64 `json:"rateLimitMax"`
	RequestCount        int64  `json:"requestCount"`
	// Remaining is how many uses are left; nil: any number.
	Remaining   *int64             `json:"remaining"`
	LastRequest *time.Time         `json:"lastRequest"`
	ExpiresAt   *time.Time         `json:"expiresAt"`
	CreatedAt   time.Time          `json:"createdAt"`
	UpdatedAt   time.Time          `json:"updatedAt"`
	Permissions access.Permissions `json:"permissions"`
	// Metadata is the application's own: a tree of JSON values, or nil.
	Metadata any `json:"metadata"`
}

// keyOf reads a record. Upstream's answers have every field.
func keyOf(rec store.Record) *Key {
	k := &Key{
		Name: text(rec, "name"), Start: text(rec, "start"), Prefix: text(rec, "prefix"),
		RefillInterval: number(rec, "refillInterval"), RefillAmount: number(rec, "refillAmount"), LastRefillAt: date(rec, "lastRefillAt"),
		Enabled: rec["enabled"] != false, RateLimitEnabled: rec["rateLimitEnabled"] != false,
		RateLimitTimeWindow: number(rec, "rateLimitTimeWindow"), RateLimitMax: number(rec, "rateLimitMax"),
		Remaining: number(rec, "remaining"), LastRequest: date(rec, "lastRequest"), ExpiresAt: date(rec, "expiresAt"),
		Permissions: permissionsOf(rec), Metadata: metadataOf(rec),
	}
	k.ID, _ = rec["id"].(string)
	k.ConfigID, _ = rec["configId"].(string)
	k.ReferenceID, _ = rec["referenceId"].(string)
	k.CreatedAt, _ = rec["createdAt"].(time.Time)
	k.UpdatedAt, _ = rec["updatedAt"].(time.Time)
	if n := number(rec, "requestCount"); n != nil {
		k.RequestCount = *n
	}
	return k
}

func text(rec store.Record, name string) *string {
	if s, ok := rec[name].(string); ok {
		return &s
	}
	return nil
}

func number(rec store.Record, name string) *int64 {
	switch n := rec[name].(type) {
	case int64:
		return &n
	case float64:
		whole := int64(n)
		return &whole
	default:
		return nil
	}
}

func date(rec store.Record, name string) *time.Time {
	if t, ok := rec[name].(time.Time); ok {
		return &t
	}
	return nil
}

// permissionsOf reads the stored permissions; nil is none.
func permissionsOf(rec store.Record) access.Permissions {
	stored, _ := rec["permissions"].(string)
	if stored == "" {
		return nil
	}
	tree, err := store.DecodeJSON(stored)
	if err != nil {
		return nil
	}
	var p access.Permissions
	if len(p.DecodeInput(tree, true)) > 0 {
		return nil
	}
	return p
}

// Hash returns what is stored of a key: the base64url form of its SHA-256, without padding. Keys are random and long, so a
// slow hash would add nothing. Upstream: defaultKeyHasher.
func Hash(key string) string {
	sum := sha256.Sum256([]byte(key))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// stored is a key as the configuration keeps it.
func (c *config) stored(key string) string {
	if c.DisableHashing {
		return key
	}
	return Hash(key)
}

// expired reports whether a key is over.
func expired(c *auth.Call, rec store.Record) bool {
	end := date(rec, "expiresAt")
	return end != nil && c.Now().After(*end)
}
