package jwt

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/jose"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/store"
)

// Key is a row of the key set. Upstream: Jwk.
type Key struct {
	// ID is the kid of tokens.
	ID string
	// PublicKey is a JSON Web Key (RFC 7517).
	PublicKey string
	// PrivateKey is a JSON Web Key too, or the JSON text of its encrypted form.
	PrivateKey string
	CreatedAt  time.Time
	// ExpiresAt is when the key stops signing; the zero time means never.
	ExpiresAt time.Time
	// Alg is the algorithm, where an [Adapter] keeps it; the database does not.
	Alg jose.Algorithm
}

// Keys returns every key. Upstream: getAllKeys.
func (o *Options) Keys(c *auth.Call) ([]Key, error) {
	if o.Adapter.Keys != nil {
		return o.Adapter.Keys(c)
	}
	rows, err := c.Find(store.Query{Model: model})
	if err != nil {
		return nil, err
	}
	keys := make([]Key, len(rows))
	for i, row := range rows {
		keys[i] = keyFromRecord(row)
	}
	return keys, nil
}

func keyFromRecord(row store.Record) Key {
	text := func(name string) string { s, _ := row[name].(string); return s }
	at := func(name string) time.Time { t, _ := row[name].(time.Time); return t }
	return Key{ID: text("id"), PublicKey: text("publicKey"), PrivateKey: text("privateKey"), CreatedAt: at("createdAt"), ExpiresAt: at("expiresAt")}
}

// newest returns the key that signs, or nil. Among keys of one moment the id decides, so that every instance chooses the
// same.
func newest(keys []Key) *Key {
	if len(keys) == 0 {
		return nil
	}
	k := slices.MaxFunc(keys, func(a, b Key) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return &k
}

// current returns the key that signs now, and makes one when there is none or it has expired.
func (o *Options) current(c *auth.Call) (*Key, error) {
	keys, err := o.Keys(c)
	if err != nil {
		return nil, err
	}
	if k := newest(keys); k != nil && (k.ExpiresAt.IsZero() || !k.ExpiresAt.Before(c.Now())) {
		return k, nil
	}
	made, err := o.create(c)
	if err != nil || o.Adapter.Keys != nil {
		return made, err
	}
	// Another instance may have made one too: all go on with the newest (RACE-024).
	if keys, err = o.Keys(c); err != nil {
		return nil, err
	}
	if k := newest(keys); k != nil {
		return k, nil
	}
	return made, nil
}

// create makes a key and stores it. Upstream: createJwk.
func (o *Options) create(c *auth.Call) (*Key, error) {
	alg := o.algorithm()
	pair, err := jose.Generate(c.Random, alg, o.JWKS.KeyPairConfig.ModulusLength)
	if err != nil {
		return nil, err
	}
	private := string(pair.Private)
	if !o.JWKS.DisablePrivateKeyEncryption {
		sealed, err := c.Keys.Encrypt(c.Random, private)
		if err != nil {
			return nil, err
		}
		private = `"` + sealed + `"`
	}
	k := Key{PublicKey: string(pair.Public), PrivateKey: private, CreatedAt: c.Now(), Alg: alg}
	if o.JWKS.RotationInterval > 0 {
		k.ExpiresAt = c.Now().Add(o.JWKS.RotationInterval)
	}
	if o.Adapter.Create != nil {
		k, err = o.Adapter.Create(c, k)
		return &k, err
	}
	rec := store.Record{"publicKey": k.PublicKey, "privateKey": k.PrivateKey, "createdAt": k.CreatedAt, "expiresAt": nil}
	if !k.ExpiresAt.IsZero() {
		rec["expiresAt"] = k.ExpiresAt
	}
	row, err := c.Create(model, rec)
	if err != nil {
		return nil, err
	}
	k = keyFromRecord(row)
	return &k, nil
}

// private returns the private key as a JSON Web Key.
func (o *Options) private(c *auth.Call, k *Key) ([]byte, error) {
	if o.JWKS.DisablePrivateKeyEncryption {
		return []byte(k.PrivateKey), nil
	}
	var sealed string
	if err := json.Unmarshal([]byte(k.PrivateKey), &sealed); err != nil {
		return nil, fmt.Errorf("jwt: the private key of %s is not encrypted as the options say: %w", k.ID, err)
	}
	text, err := c.Keys.Decrypt(sealed)
	if err != nil {
		return nil, fmt.Errorf("jwt: the private key of %s cannot be decrypted; was the secret changed without keeping the old one? %w", k.ID, err)
	}
	return []byte(text), nil
}

// algorithmOf is the algorithm that a key is for: what it says, the configured one when it is of that kind, else the one
// that its kind is usually for.
func (o *Options) algorithmOf(k *Key) (jose.Algorithm, error) {
	if k.Alg != "" {
		return k.Alg, nil
	}
	var jwk struct{ Kty, Crv string }
	if err := json.Unmarshal([]byte(k.PublicKey), &jwk); err != nil {
		return "", fmt.Errorf("jwt: the public key of %s: %w", k.ID, err)
	}
	switch {
	case jwk.Kty == "RSA" && o.algorithm() == jose.PS256:
		return jose.PS256, nil
	case jwk.Kty == "RSA":
		return jose.RS256, nil
	case jwk.Crv == "P-256":
		return jose.ES256, nil
	case jwk.Crv == "P-521":
		return jose.ES512, nil
	default:
		return jose.EdDSA, nil
	}
}

// KeySet is a JSON Web Key Set (RFC 7517 section 5).
type KeySet struct {
	Keys []*auth.Object `json:"keys"`
}

// Published returns the public keys: those that sign and those whose tokens may still be around. It makes the first key.
func (o *Options) Published(c *auth.Call) (*KeySet, error) {
	keys, err := o.Keys(c)
	if err != nil {
		return nil, err
	}
	if len(keys) == 0 {
		if _, err := o.create(c); err != nil {
			return nil, err
		}
		if keys, err = o.Keys(c); err != nil {
			return nil, err
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("jwt: the key that was just made is not among the keys; does the adapter return what it creates?")
	}
	set := &KeySet{Keys: []*auth.Object{}}
	for i := range keys {
		if !o.isPublished(c, &keys[i]) {
			continue
		}
		jwk, err := o.publicJWK(&keys[i])
		if err != nil {
			return nil, err
		}
		set.Keys = append(set.Keys, jwk)
	}
	return set, nil
}

func (o *Options) isPublished(c *auth.Call, k *Key) bool {
	grace := max(cmp.Or(o.JWKS.GracePeriod, defaultGrace), 0)
	return k.ExpiresAt.IsZero() || k.ExpiresAt.Add(grace).After(c.Now())
}

// publicJWK is a public key with its algorithm and its id.
func (o *Options) publicJWK(k *Key) (*auth.Object, error) {
	alg, err := o.algorithmOf(k)
	if err != nil {
		return nil, err
	}
	tree, err := option.ParseJSON([]byte(k.PublicKey))
	stored, isObject := tree.(*auth.Object)
	if err != nil || !isObject {
		return nil, fmt.Errorf("jwt: the public key of %s is no JSON Web Key: %w", k.ID, err)
	}
	jwk := option.NewObject()
	jwk.Set("alg", string(alg))
	if crv := o.JWKS.KeyPairConfig.Crv; crv != "" {
		jwk.Set("crv", crv)
	}
	for name, v := range stored.All() {
		jwk.Set(name, v)
	}
	jwk.Set("kid", k.ID)
	return jwk, nil
}
