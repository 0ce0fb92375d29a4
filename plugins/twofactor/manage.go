package twofactor

import (
	"errors"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/crypto"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/verification"
)

// EnableIn is the input of enableTwoFactor.
type EnableIn struct {
	Password string `body:"password" doc:"User password"`
	Issuer   string `body:"issuer,optional" doc:"Custom issuer for the TOTP URI"`
}

// enableFreeIn is EnableIn where users may have no password.
type enableFreeIn struct {
	Password string `body:"password,optional" doc:"User password"`
	Issuer   string `body:"issuer,optional" doc:"Custom issuer for the TOTP URI"`
}

// EnableOut is the output of enableTwoFactor.
type EnableOut struct {
	// TOTPURI is what the QR code for an authenticator app holds.
	TOTPURI string `json:"totpURI"`
	// BackupCodes are shown this once.
	BackupCodes []string `json:"backupCodes"`
}

// Enable is the operation enableTwoFactor, as an application calls it: it makes a secret and backup codes for the caller.
// The second factor is on once a code was verified. It fails with INVALID_PASSWORD.
var Enable = enableWith(&Options{})

func enable(o *Options) auth.AnyEndpoint {
	e := enableWith(o)
	if !o.AllowPasswordless {
		return e
	}
	return auth.Endpoint[enableFreeIn, *EnableOut]{
		Key: e.Key, Method: auth.POST, Path: e.Path, Doc: e.Doc, Use: e.Use,
		Handle: func(c *auth.Call, in enableFreeIn) (*EnableOut, error) { return o.enable(c, EnableIn(in)) },
	}
}

func enableWith(o *Options) auth.Endpoint[EnableIn, *EnableOut] {
	return auth.Endpoint[EnableIn, *EnableOut]{
		Key: "enableTwoFactor", Method: auth.POST, Path: "/two-factor/enable",
		Doc: "Make a TOTP URI and backup codes. Two factor authentication is enabled once a code is verified.",
		Use: []auth.Guard{session.Sensitive}, Handle: o.enable,
	}
}

const secretLength = 32

func (o *Options) enable(c *auth.Call, in EnableIn) (*EnableOut, error) {
	if err := checkPassword(c, in.Password, o.AllowPasswordless); err != nil {
		return nil, err
	}
	current := c.Session
	secret, err := crypto.RandomString(c.Random, secretLength, crypto.URLSafe)
	if err != nil {
		return nil, err
	}
	plain, err := o.BackupCodes.generate(c)
	if err != nil {
		return nil, err
	}
	var fresh *auth.SignedIn
	err = c.InTx(func() (err error) {
		if _, err = lock(c, current.User.ID); err != nil {
			return err
		}
		if o.SkipVerificationOnEnable {
			if fresh, err = switchTo(c, current, true); err != nil {
				return err
			}
		}
		return o.replace(c, current.User.ID, secret, plain)
	})
	if err != nil {
		return nil, err
	}
	if fresh != nil {
		if err := setSession(c, fresh); err != nil {
			return nil, err
		}
	}
	issuer := firstOf(in.Issuer, o.Issuer, c.Options.AppName)
	return &EnableOut{o.TOTP.uri(secret, issuer, current.User.Email), plain}, nil
}

func firstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

// replace stores a new secret and new backup codes in the place of a user's old ones.
func (o *Options) replace(c *auth.Call, userID, secret string, plain []string) error {
	sealed, err := c.Keys.Encrypt(c.Random, secret)
	if err != nil {
		return err
	}
	kept, err := o.BackupCodes.encode(c, plain)
	if err != nil {
		return err
	}
	before, err := find(c, userID)
	if err != nil {
		return err
	}
	if err := c.Delete(model, store.Where{store.Is("userId", userID)}); err != nil {
		return err
	}
	if err := verification.Delete(c, stepName(userID)); err != nil { // the steps were those of another secret
		return err
	}
	_, err = c.Create(model, store.Record{
		"secret": sealed, "backupCodes": kept, "userId": userID,
		"verified": before != nil && !before.unverified() || o.SkipVerificationOnEnable,
	})
	return err
}

// DisableIn is the input of disableTwoFactor.
type DisableIn struct {
	Password string `body:"password" doc:"User password"`
}

// passwordFreeIn is DisableIn where users may have no password.
type passwordFreeIn struct {
	Password string `body:"password,optional" doc:"User password"`
}

// Status is the output of operations that have nothing else to say.
type Status struct {
	Status bool `json:"status"`
}

// Disable is the operation disableTwoFactor, as an application calls it: it takes the second factor away, and the trust of
// every device. It fails with INVALID_PASSWORD.
var Disable = disableWith(&Options{})

func disable(o *Options) auth.AnyEndpoint {
	e := disableWith(o)
	if !o.AllowPasswordless {
		return e
	}
	return auth.Endpoint[passwordFreeIn, *Status]{
		Key: e.Key, Method: auth.POST, Path: e.Path, Doc: e.Doc, Use: e.Use,
		Handle: func(c *auth.Call, in passwordFreeIn) (*Status, error) { return o.disable(c, DisableIn(in)) },
	}
}

func disableWith(o *Options) auth.Endpoint[DisableIn, *Status] {
	return auth.Endpoint[DisableIn, *Status]{
		Key: "disableTwoFactor", Method: auth.POST, Path: "/two-factor/disable", Doc: "Disable two factor authentication",
		Use: []auth.Guard{session.Sensitive}, Handle: o.disable,
	}
}

func (o *Options) disable(c *auth.Call, in DisableIn) (*Status, error) {
	if err := checkPassword(c, in.Password, o.AllowPasswordless); err != nil {
		return nil, err
	}
	current := c.Session
	var fresh *auth.SignedIn
	err := c.InTx(func() (err error) {
		if _, err = lock(c, current.User.ID); err != nil {
			return err
		}
		if fresh, err = switchTo(c, current, false); err != nil {
			return err
		}
		return o.remove(c, current.User.ID)
	})
	if err != nil {
		return nil, err
	}
	if err := setSession(c, fresh); err != nil {
		return nil, err
	}
	if !o.hasDeviceCookie(c) {
		return &Status{true}, nil
	}
	if identifier := o.device(c); identifier != "" {
		if err := verification.Delete(c, identifier); err != nil {
			return nil, err
		}
	}
	return &Status{true}, c.ExpireCookie(o.deviceCookie(c))
}

// errNoSecret is a row whose secret cannot be opened.
var errNoSecret = errors.New("two-factor: the secret cannot be decrypted; was it made with another server secret?")

func openSecret(c *auth.Call, f *factor) (string, error) {
	secret, err := c.Keys.Decrypt(f.secret)
	if err != nil {
		return "", errors.Join(errNoSecret, err)
	}
	return secret, nil
}
