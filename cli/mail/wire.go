package mail

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
)

// Wire makes m deliver every mail of an instance: it sets the senders of o that are still nil, in the features that are
// enabled. Deleting an account then needs the link in the mail, and changing a verified address the link that the old
// address gets. The texts name o.AppName.
func Wire(o *auth.Options, m Mailer) {
	s := sender{m, cmp.Or(o.AppName, "GoAuth")}
	verify := &o.EmailVerification.SendVerificationEmail
	if *verify == nil {
		*verify = s.link(VerificationEmail, verificationText)
	}
	if e := &o.EmailAndPassword; e.Enabled {
		if e.SendResetPassword == nil {
			e.SendResetPassword = s.link(ResetPassword, resetText)
		}
		if e.OnExistingUserSignUp == nil {
			e.OnExistingUserSignUp = s.existing
		}
	}
	if c := &o.User.ChangeEmail; c.Enabled && c.SendChangeEmailConfirmation == nil {
		c.SendChangeEmailConfirmation = s.link(ChangeEmailConfirmation, changeText)
	}
	if d := &o.User.DeleteUser; d.Enabled && d.SendDeleteAccountVerification == nil {
		d.SendDeleteAccountVerification = s.link(DeleteAccount, deleteText)
	}
}

type sender struct {
	mailer Mailer
	app    string
}

// text is a subject and the words around a link. {app} is the application, {address} the new address.
type text struct{ subject, before, after string }

var (
	verificationText = text{
		"Verify your e-mail address",
		"Please confirm that this is your e-mail address for {app} by opening this link:",
		"If you did not sign up, you can ignore this mail.",
	}
	resetText = text{
		"Reset your password",
		"Somebody, probably you, asked to reset your password for {app}. Choose a new one here:",
		"If it was not you, you can ignore this mail: your password stays as it is.",
	}
	changeText = text{
		"Confirm your new e-mail address",
		"You asked to change your e-mail address for {app} to {address}. Confirm it with this link:",
		"If it was not you, do not open the link and change your password.",
	}
	deleteText = text{
		"Confirm that your account shall be deleted",
		"You asked to delete your account at {app}. This link deletes it for good:",
		"If it was not you, do not open the link and change your password.",
	}
	existingText = text{
		"You already have an account",
		"Somebody, probably you, tried to sign up for {app} with this address, which already has an account. Sign in instead, or reset your password.",
		"If it was not you, you can ignore this mail.",
	}
)

func (s sender) link(kind Kind, t text) func(ctx context.Context, m auth.Mail) error {
	return func(ctx context.Context, m auth.Mail) error {
		msg := Message{Kind: kind, To: m.User.Email, NewEmail: m.NewEmail, URL: m.URL, Token: m.Token}
		return s.send(ctx, msg, t)
	}
}

func (s sender) existing(ctx context.Context, u *auth.User, _ *http.Request) error {
	return s.send(ctx, Message{Kind: ExistingUserSignUp, To: u.Email}, existingText)
}

func (s sender) send(ctx context.Context, m Message, t text) error {
	m.Subject = t.subject
	m.Text = s.fill(t.before, m) + "\n\n"
	if m.URL != "" {
		m.Text += m.URL + "\n\n"
	}
	m.Text += s.fill(t.after, m) + "\n"
	if err := s.mailer.Send(ctx, m); err != nil {
		return fmt.Errorf("mail %s: %w", m.Kind, err)
	}
	return nil
}

// fill puts the application and the new address into a text, whichever of them it names.
func (s sender) fill(words string, m Message) string {
	return strings.NewReplacer("{app}", printable(s.app), "{address}", printable(m.NewEmail)).Replace(words)
}
