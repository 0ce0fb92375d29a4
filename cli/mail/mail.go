// Package mail delivers the messages that a server sends: to the console, to a file of JSON lines, by SMTP, or into a
// list that the development page shows. [Wire] connects a [Mailer] to an instance's options.
package mail

import (
	"context"
	"errors"
	"strings"
	"unicode"
)

// Kind says why a message is sent.
type Kind string

// The kinds of messages.
const (
	VerificationEmail       Kind = "verification-email"
	ResetPassword           Kind = "reset-password"
	DeleteAccount           Kind = "delete-account"
	ChangeEmailConfirmation Kind = "change-email-confirmation"
	ExistingUserSignUp      Kind = "existing-user-sign-up"
	MagicLink               Kind = "magic-link"
	EmailOTP                Kind = "email-otp"
	PhoneOTP                Kind = "phone-otp"
	PhoneResetOTP           Kind = "phone-reset-otp"
	TwoFactorOTP            Kind = "two-factor-otp"
	OrganizationInvitation  Kind = "org-invitation"
)

// Message is one mail.
type Message struct {
	Kind Kind
	// To is the address, or for a text message the telephone number, to deliver to.
	To string
	// NewEmail is the wanted address of a change, else empty.
	NewEmail string
	// URL is the link to follow, and Token the secret in it. Both are empty in a plain notice.
	URL   string
	Token string
	// Code is a one-time password to type in.
	Code string
	// Details are further facts for programs that read the outbox; they say nothing that Text does not.
	Details map[string]any
	// Subject and Text are what a person reads; Text contains URL.
	Subject string
	Text    string
}

// Mailer delivers messages. Send returns when the message is delivered or handed on, or with an error that does not
// contain the token or the code. It is safe for concurrent use.
type Mailer interface {
	Send(ctx context.Context, m Message) error
}

// Tee returns a mailer that delivers to all of several mailers, also when one of them fails.
func Tee(mailers ...Mailer) Mailer { return tee(mailers) }

type tee []Mailer

func (t tee) Send(ctx context.Context, m Message) error {
	var errs []error
	for _, mailer := range t {
		errs = append(errs, mailer.Send(ctx, m))
	}
	return errors.Join(errs...)
}

// printable drops control characters, which could steer a terminal or begin a header.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
}
