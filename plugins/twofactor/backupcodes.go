package twofactor

import (
	"cmp"
	"slices"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/crypto"
	"github.com/goauth-dev/goauth/core/option"
)

// backupAlphabet is a-z 0-9 A-Z, as upstream has it.
const backupAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// generate makes new codes.
func (o *BackupCodeOptions) generate(c *auth.Call) ([]string, error) {
	if o.CustomBackupCodesGenerate != nil {
		return o.CustomBackupCodesGenerate(), nil
	}
	made := make([]string, cmp.Or(o.Amount, 10))
	for i := range made {
		text, err := crypto.RandomString(c.Random, cmp.Or(o.Length, 10), backupAlphabet)
		if err != nil {
			return nil, err
		}
		half := min(5, len(text))
		made[i] = text[:half] + "-" + text[half:]
	}
	return made, nil
}

func (o *BackupCodeOptions) hashed() bool { return o.StoreBackupCodes.OneWay() }

// encode returns what to keep of new codes.
func (o *BackupCodeOptions) encode(c *auth.Call, plain []string) (string, error) {
	if !o.hashed() {
		return o.seal(c, plain)
	}
	hashes := make([]string, len(plain))
	for i, code := range plain {
		hashes[i] = crypto.HashIdentifier(code)
	}
	return o.seal(c, hashes)
}

// seal returns what to keep of a list that was kept before, or is kept as it is.
func (o *BackupCodeOptions) seal(c *auth.Call, list []string) (string, error) {
	text, err := auth.JSON(list)
	if err != nil || o.hashed() {
		return string(text), err
	}
	return o.StoreBackupCodes.Store(c, string(text))
}

// open returns the kept list, or nil when it is none.
func (o *BackupCodeOptions) open(c *auth.Call, stored string) ([]string, error) {
	plain := stored
	if !o.hashed() {
		var err error
		if plain, err = o.StoreBackupCodes.Reveal(c, stored); err != nil {
			return nil, err
		}
	}
	tree, _ := option.ParseJSON([]byte(plain)) // what is no list holds no code
	items, isList := tree.([]any)
	if !isList {
		return nil, nil
	}
	list := make([]string, 0, len(items))
	for _, item := range items {
		if s, ok := item.(string); ok {
			list = append(list, s)
		}
	}
	return list, nil
}

// take returns the list without a code, and whether it was there; every one is compared, in constant time (GAP-021).
func (o *BackupCodeOptions) take(list []string, code string) (rest []string, found bool) {
	if o.hashed() {
		code = crypto.HashIdentifier(code)
	}
	rest = slices.DeleteFunc(slices.Clone(list), func(kept string) bool {
		same := auth.SameText(kept, code)
		found = found || same
		return same
	})
	return rest, found
}
