package main

import (
	"context"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/plugins/emailotp"
	"github.com/goauth-dev/goauth/plugins/magiclink"
	"github.com/goauth-dev/goauth/plugins/onetime"
	"github.com/goauth-dev/goauth/plugins/phonenumber"
	"github.com/goauth-dev/goauth/plugins/twofactor"
)

// connectStorage connects storeOTP and its like.
func connectStorage(in *instance, s *onetime.Storage, path, name, fn string) bool {
	switch path {
	case name + ".hash":
		s.Hash = in.convert(fn)
	case name + ".encrypt":
		s.Encrypt = in.convert(fn)
	case name + ".decrypt":
		s.Decrypt = in.convert(fn)
	default:
		return false
	}
	return true
}

func connectMagicLink(in *instance, o *magiclink.Options, path, fn string) bool {
	switch path {
	case "sendMagicLink":
		o.SendMagicLink = func(ctx context.Context, m magiclink.Mail) error {
			data := object("email", m.Email, "url", m.URL, "token", m.Token)
			if m.Metadata != nil {
				data.Set("metadata", m.Metadata)
			}
			_, err := in.js.call(ctx, fn, data, tagRequest(m.Request))
			return err
		}
	case "generateToken":
		o.GenerateToken = in.convert(fn)
	default:
		return connectStorage(in, &o.StoreToken, path, "storeToken", fn)
	}
	return true
}

func connectEmailOTP(in *instance, o *emailotp.Options, path, fn string) bool {
	switch path {
	case "sendVerificationOTP":
		o.SendVerificationOTP = func(ctx context.Context, m emailotp.Mail) error {
			_, err := in.js.call(ctx, fn, object("email", m.Email, "otp", m.OTP, "type", string(m.Purpose)), tagRequest(m.Request))
			return err
		}
	case "generateOTP":
		o.GenerateOTP = func(c *auth.Call, email string, p emailotp.Purpose) (string, error) {
			return in.textFrom(c.Ctx(), fn, object("email", email, "type", string(p)))
		}
	default:
		return connectStorage(in, &o.StoreOTP, path, "storeOTP", fn)
	}
	return true
}

func (in *instance) phoneMessage(fn string) func(ctx context.Context, m phonenumber.Message) error {
	return func(ctx context.Context, m phonenumber.Message) error {
		_, err := in.js.call(ctx, fn, object("phoneNumber", m.PhoneNumber, "code", m.Code), tagRequest(m.Request))
		return err
	}
}

func connectPhoneNumber(in *instance, o *phonenumber.Options, path, fn string) bool {
	if o.SignUpOnVerification == nil && (path == "signUpOnVerification.getTempEmail" || path == "signUpOnVerification.getTempName") {
		o.SignUpOnVerification = &phonenumber.SignUp{}
	}
	switch path {
	case "sendOTP":
		o.SendOTP = in.phoneMessage(fn)
	case "sendPasswordResetOTP":
		o.SendPasswordResetOTP = in.phoneMessage(fn)
	case "verifyOTP":
		o.VerifyOTP = func(c *auth.Call, m phonenumber.Message) (bool, error) {
			got, err := in.js.call(c.Ctx(), fn, object("phoneNumber", m.PhoneNumber, "code", m.Code), tagRequest(m.Request))
			return got.value == true, err
		}
	case "phoneNumberValidator":
		o.PhoneNumberValidator = in.accepts(fn)
	case "callbackOnVerification":
		o.CallbackOnVerification = func(c *auth.Call, number string, u *auth.User) error {
			user, err := tag(u.Record())
			if err != nil {
				return err
			}
			_, err = in.js.call(c.Ctx(), fn, object("phoneNumber", number, "user", user), tagRequest(c.Request))
			return err
		}
	case "signUpOnVerification.getTempEmail":
		o.SignUpOnVerification.GetTempEmail = in.textToText(fn)
	case "signUpOnVerification.getTempName":
		o.SignUpOnVerification.GetTempName = in.textToText(fn)
	default:
		return false
	}
	return true
}

// newTwoFactor also keeps the table's name for later instances of the file; see [leaked].
func newTwoFactor(in *instance, args []any) (auth.Plugin, error) {
	var o twofactor.Options
	if err := decodeArgument(in, args, &o, connectTwoFactor); err != nil {
		return auth.Plugin{}, err
	}
	key := "table " + in.js.url
	if o.TwoFactorTable != "" {
		leaked.Store(key, o.TwoFactorTable)
	} else if name, ok := leaked.Load(key); ok {
		o.TwoFactorTable, _ = name.(string)
	}
	return twofactor.New(o), nil
}

func connectTwoFactor(in *instance, o *twofactor.Options, path, fn string) bool {
	switch path {
	case "otpOptions.sendOTP":
		o.OTP.SendOTP = func(ctx context.Context, m twofactor.Message) error {
			user, err := tag(m.User.Record())
			if err != nil {
				return err
			}
			_, err = in.js.call(ctx, fn, object("user", user, "otp", m.OTP), tagRequest(m.Request))
			return err
		}
	case "backupCodeOptions.customBackupCodesGenerate":
		o.BackupCodes.CustomBackupCodesGenerate = func() []string {
			got, err := in.js.call(context.Background(), fn)
			if err != nil {
				return nil
			}
			return textsOf(got.value)
		}
	default:
		return connectStorage(in, &o.OTP.StoreOTP, path, "otpOptions.storeOTP", fn) ||
			connectStorage(in, &o.BackupCodes.StoreBackupCodes, path, "backupCodeOptions.storeBackupCodes", fn)
	}
	return true
}
