package twofactor

import (
	"strconv"
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/crypto"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/verification"
)

// A trusted device has a cookie, signed, with "HMAC!identifier": the HMAC binds the identifier to the user, and a
// verification value by that identifier, which holds the user's id, makes it good once.

const (
	devicePrefix   = "trust-device-"
	deviceIDLength = 32
)

func (o *Options) deviceCookie(c *auth.Call) auth.Cookie {
	return c.NewCookie(trustCookie, seconds(o.trustLife()))
}

// trust remembers the client's device.
func (o *Options) trust(c *auth.Call, userID string) error {
	id, err := crypto.RandomString(c.Random, deviceIDLength, crypto.URLSafe)
	if err != nil {
		return err
	}
	identifier := devicePrefix + id
	if err := verification.Create(c, identifier, userID, c.Now().Add(o.trustLife())); err != nil {
		return err
	}
	return c.SetSignedCookie(o.deviceCookie(c), c.Keys.SignURL([]byte(userID+"!"+identifier))+"!"+identifier)
}

// device returns the identifier in the client's cookie, or "".
func (o *Options) device(c *auth.Call) string {
	value, ok, _ := c.SignedCookie(o.deviceCookie(c).Name)
	_, identifier, found := strings.Cut(value, "!")
	if !ok || !found || !strings.HasPrefix(identifier, devicePrefix) {
		return ""
	}
	return identifier
}

// trusted reports whether the client's device is trusted by the user, and uses that trust up.
func (o *Options) trusted(c *auth.Call, userID string) (bool, error) {
	identifier := o.device(c)
	if identifier == "" {
		return false, nil
	}
	value, _, _ := c.SignedCookie(o.deviceCookie(c).Name)
	signature, _, _ := strings.Cut(value, "!")
	if ok, _ := c.Keys.VerifyURL([]byte(userID+"!"+identifier), signature); !ok {
		return false, nil
	}
	v, err := verification.Consume(c, identifier)
	if v == nil || v.Value != userID || err != nil {
		return false, err
	}
	ended, err := trustEnded(c, userID)
	return ended == 0 || v.CreatedAt.UnixMilli() > ended, err
}

// hasDeviceCookie reports whether the client sends a cookie of a trusted device, good or not.
func (o *Options) hasDeviceCookie(c *auth.Call) bool {
	_, ok, _ := c.SignedCookie(o.deviceCookie(c).Name)
	return ok
}

// endedName is where the time is kept at which a user's devices lost their trust.
func endedName(userID string) string { return "2fa-trust-ended-" + userID }

// onlyCached reports whether verification values are in secondary storage alone, where nobody finds them by their user.
func onlyCached(c *auth.Call) bool {
	return c.Secondary != nil && !c.Options.Verification.StoreInDatabase
}

// trustEnded is the time, in milliseconds, up to which trust has ended; 0 without one.
func trustEnded(c *auth.Call, userID string) (int64, error) {
	if !onlyCached(c) {
		return 0, nil
	}
	v, err := verification.Find(c, endedName(userID))
	if v == nil || err != nil {
		return 0, err
	}
	return strconv.ParseInt(v.Value, 10, 64)
}

// forgetDevices ends the trust of all devices of a user. Where identifiers are kept hashed they cannot be told from the
// user's other values, which go too: links that are not used yet. Values in secondary storage alone cannot be found: the
// time is kept instead, as long as any trust from before lasts.
func (o *Options) forgetDevices(c *auth.Call, userID string) error {
	if onlyCached(c) {
		now := c.Now()
		return verification.Create(c, endedName(userID), strconv.FormatInt(now.UnixMilli(), 10), now.Add(o.trustLife()))
	}
	where := store.Where{store.Is("value", userID)}
	if c.Options.Verification.StoreIdentifier != "hashed" && c.Options.Verification.Identifiers == nil {
		where = append(where, store.Cond{Field: "identifier", Op: store.StartsWith, Value: devicePrefix})
	}
	if c.Secondary != nil {
		rows, err := c.Find(store.Query{Model: schema.VerificationModel, Where: where})
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := c.Secondary.Delete(c.Ctx(), "verification:"+row["identifier"].(string)); err != nil {
				return err
			}
		}
	}
	return c.Delete(schema.VerificationModel, where)
}
