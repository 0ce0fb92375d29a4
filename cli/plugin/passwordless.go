package plugin

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/goauth-dev/goauth/cli/mail"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/plugins/emailotp"
	"github.com/goauth-dev/goauth/plugins/magiclink"
	"github.com/goauth-dev/goauth/plugins/phonenumber"
	"github.com/goauth-dev/goauth/plugins/twofactor"
)

// has reports whether a sender is configured.
func (e *Env) has(kind mail.Kind) bool { return !slices.Contains(e.Without, kind) }

// codeMail is a message with a code to type in.
func (e *Env) codeMail(kind mail.Kind, to, code string) mail.Message {
	return mail.Message{
		Kind: kind, To: to, Code: code, Subject: "Your code for " + e.AppName,
		Text: fmt.Sprintf("Your code for %s is %s.\n\nIf you did not ask for it, you can ignore this message. Give the code to nobody.\n", e.AppName, code),
	}
}

func newMagicLink(o magiclink.Options, env *Env) auth.Plugin {
	o.SendMagicLink = func(ctx context.Context, m magiclink.Mail) error {
		msg := mail.Message{
			Kind: mail.MagicLink, To: m.Email, URL: m.URL, Token: m.Token, Subject: "Sign in to " + env.AppName,
			Text: fmt.Sprintf("Sign in to %s with this link:\n\n%s\n\nIf you did not ask for it, you can ignore this mail.\n", env.AppName, m.URL),
		}
		if m.Metadata != nil {
			msg.Details = map[string]any{"metadata": m.Metadata}
		}
		return env.Mailer.Send(ctx, msg)
	}
	return magiclink.New(o)
}

func newEmailOTP(o emailotp.Options, env *Env) auth.Plugin {
	o.SendVerificationOTP = func(ctx context.Context, m emailotp.Mail) error {
		msg := env.codeMail(mail.EmailOTP, m.Email, m.OTP)
		msg.Details = map[string]any{"purpose": string(m.Purpose)}
		return env.Mailer.Send(ctx, msg)
	}
	return emailotp.New(o)
}

func newTwoFactor(o twofactor.Options, env *Env) auth.Plugin {
	if env.has(mail.TwoFactorOTP) {
		o.OTP.SendOTP = func(ctx context.Context, m twofactor.Message) error {
			return env.Mailer.Send(ctx, env.codeMail(mail.TwoFactorOTP, m.User.Email, m.OTP))
		}
	}
	return twofactor.New(o)
}

// phoneOptions are the options of phone-number in a file, where its functions are texts.
type phoneOptions struct {
	phonenumber.Options
	// Number is a regular expression for numbers.
	Number string `option:"phoneNumberValidator"`
	// SignUp has the texts for new users, with {phoneNumber} in them.
	SignUp *struct {
		Email string `option:"getTempEmail"`
		Name  string `option:"getTempName"`
	} `option:"signUpOnVerification"`
}

func newPhoneNumber(o phoneOptions, env *Env) auth.Plugin {
	p := o.Options
	send := func(kind mail.Kind) func(ctx context.Context, m phonenumber.Message) error {
		return func(ctx context.Context, m phonenumber.Message) error {
			return env.Mailer.Send(ctx, env.codeMail(kind, m.PhoneNumber, m.Code))
		}
	}
	p.SendOTP, p.SendPasswordResetOTP = send(mail.PhoneOTP), send(mail.PhoneResetOTP)
	if s := o.SignUp; s != nil {
		fill := func(text string) func(number string) string {
			return func(number string) string { return strings.ReplaceAll(text, "{phoneNumber}", number) }
		}
		p.SignUpOnVerification = &phonenumber.SignUp{GetTempEmail: fill(s.Email)}
		if s.Name != "" {
			p.SignUpOnVerification.GetTempName = fill(s.Name)
		}
	}
	plugin := phonenumber.New(p)
	if o.Number == "" {
		return plugin
	}
	pattern, err := regexp.Compile(o.Number)
	if err != nil {
		plugin.Init = func(*auth.Context) error { return fmt.Errorf("option phoneNumberValidator: %w", err) }
		return plugin
	}
	p.PhoneNumberValidator = func(_ context.Context, number string) (bool, error) { return pattern.MatchString(number), nil }
	return phonenumber.New(p)
}
