package twofactor

import (
	"net/http"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
)

// VerifyBackupCodeIn is the input of verifyBackupCode.
type VerifyBackupCodeIn struct {
	Code           string `body:"code" doc:"A backup code to verify"`
	DisableSession *bool  `body:"disableSession,optional" doc:"If true, no session is started"`
	TrustDevice    *bool  `body:"trustDevice,optional" doc:"If true, the device is not asked again for 30 days after each sign-in"`
}

// VerifyBackupCode is the operation verifyBackupCode, as an application calls it: with a backup code, which is used up, it
// ends a sign-in that waits. It fails with INVALID_TWO_FACTOR_COOKIE, BACKUP_CODES_NOT_ENABLED, INVALID_BACKUP_CODE,
// TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE or ACCOUNT_TEMPORARILY_LOCKED.
var VerifyBackupCode = verifyBackupCode(&Options{})

func verifyBackupCode(o *Options) auth.Endpoint[VerifyBackupCodeIn, *VerifyOut] {
	return auth.Endpoint[VerifyBackupCodeIn, *VerifyOut]{
		Key: "verifyBackupCode", Method: auth.POST, Path: "/two-factor/verify-backup-code",
		Doc: "Verify a backup code for two-factor authentication", Handle: o.verifyBackupCode,
	}
}

func (o *Options) verifyBackupCode(c *auth.Call, in VerifyBackupCodeIn) (*VerifyOut, error) {
	p, err := o.partyOf(c)
	if err != nil {
		return nil, err
	}
	withSession := in.DisableSession == nil || !*in.DisableSession
	var started *auth.Session
	err = o.attempt(c, p, factorCheck{
		wrong: auth.Fail(http.StatusUnauthorized, InvalidBackupCode), perChallenge: true,
		run: func() (bool, *auth.Error, error) { return o.useBackupCode(c, p.user.ID, in.Code) },
		then: func() (err error) {
			if p.session == nil && withSession {
				started, err = o.begin(c, p)
			}
			return err
		},
	})
	switch {
	case err != nil:
		return nil, err
	case started != nil:
		return o.finish(c, p, started, in.TrustDevice)
	case p.session != nil:
		return answer(c, p.session), nil
	default:
		return &VerifyOut{User: c.VisibleUser(p.user)}, nil
	}
}

// useBackupCode takes a code off a user's list, which must not have changed since it was read.
func (o *Options) useBackupCode(c *auth.Call, userID, code string) (bool, *auth.Error, error) {
	f, err := find(c, userID)
	if err != nil {
		return false, nil, err
	}
	if f == nil {
		return false, auth.Fail(http.StatusBadRequest, BackupCodesNotEnabled), nil
	}
	list, err := o.BackupCodes.open(c, f.backupCodes)
	if err != nil {
		return false, nil, err
	}
	rest, found := o.BackupCodes.take(list, code)
	if !found {
		return false, nil, nil
	}
	kept, err := o.BackupCodes.seal(c, rest)
	if err != nil {
		return false, nil, err
	}
	row, err := c.Update(model, store.Where{store.Is("id", f.id), store.Is("backupCodes", f.backupCodes)}, store.Record{"backupCodes": kept})
	if row == nil && err == nil {
		return false, auth.FailText(http.StatusConflict, "Failed to verify backup code. Please try again."), nil
	}
	return err == nil, nil, err
}

// BackupCodesOut is the output of generateBackupCodes and viewBackupCodes.
type BackupCodesOut struct {
	Status      bool     `json:"status"`
	BackupCodes []string `json:"backupCodes"`
}

// GenerateBackupCodes is the operation generateBackupCodes, as an application calls it: it makes new codes in the place of
// the caller's old ones. It fails with TWO_FACTOR_NOT_ENABLED or INVALID_PASSWORD.
var GenerateBackupCodes = generateBackupCodesWith(&Options{})

func generateBackupCodes(o *Options) auth.AnyEndpoint {
	e := generateBackupCodesWith(o)
	if !o.BackupCodes.AllowPasswordless.Or(o.AllowPasswordless) {
		return e
	}
	return auth.Endpoint[passwordFreeIn, *BackupCodesOut]{
		Key: e.Key, Method: auth.POST, Path: e.Path, Doc: e.Doc, Use: e.Use,
		Handle: func(c *auth.Call, in passwordFreeIn) (*BackupCodesOut, error) {
			return o.generateBackupCodes(c, DisableIn(in))
		},
	}
}

func generateBackupCodesWith(o *Options) auth.Endpoint[DisableIn, *BackupCodesOut] {
	return auth.Endpoint[DisableIn, *BackupCodesOut]{
		Key: "generateBackupCodes", Method: auth.POST, Path: "/two-factor/generate-backup-codes",
		Doc: "Generate new backup codes for two-factor authentication", Use: []auth.Guard{session.Sensitive}, Handle: o.generateBackupCodes,
	}
}

func (o *Options) generateBackupCodes(c *auth.Call, in DisableIn) (*BackupCodesOut, error) {
	user, off := c.Session.User, auth.Fail(http.StatusBadRequest, TwoFactorNotEnabled)
	if !isEnabled(user) {
		return nil, off
	}
	if err := checkPassword(c, in.Password, o.BackupCodes.AllowPasswordless.Or(o.AllowPasswordless)); err != nil {
		return nil, err
	}
	plain, err := o.BackupCodes.generate(c)
	if err != nil {
		return nil, err
	}
	kept, err := o.BackupCodes.encode(c, plain)
	if err != nil {
		return nil, err
	}
	row, err := c.Update(model, store.Where{store.Is("userId", user.ID)}, store.Record{"backupCodes": kept})
	if row == nil && err == nil {
		err = off
	}
	return &BackupCodesOut{true, plain}, err
}

// ViewBackupCodesIn is the input of viewBackupCodes.
type ViewBackupCodesIn struct {
	UserID string `body:"userId" is:"coerced" doc:"The user ID to view all backup codes"`
}

// ViewBackupCodes is the operation viewBackupCodes: it reads a user's codes that are good still. It is not served over
// HTTP; call it for a user who has just signed in. It fails with BACKUP_CODES_NOT_ENABLED, and with INVALID_BACKUP_CODE
// when codes are kept hashed.
var ViewBackupCodes = viewBackupCodes(&Options{})

func viewBackupCodes(o *Options) auth.Endpoint[ViewBackupCodesIn, *BackupCodesOut] {
	return auth.Endpoint[ViewBackupCodesIn, *BackupCodesOut]{
		Key: "viewBackupCodes", Method: auth.POST, Doc: "View backup codes", Handle: o.viewBackupCodes,
	}
}

func (o *Options) viewBackupCodes(c *auth.Call, in ViewBackupCodesIn) (*BackupCodesOut, error) {
	f, err := find(c, in.UserID)
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, auth.Fail(http.StatusBadRequest, BackupCodesNotEnabled)
	}
	var list []string
	if !o.BackupCodes.hashed() {
		if list, err = o.BackupCodes.open(c, f.backupCodes); err != nil {
			return nil, err
		}
	}
	if list == nil {
		return nil, auth.Fail(http.StatusBadRequest, InvalidBackupCode)
	}
	return &BackupCodesOut{true, list}, nil
}
