package mail_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/cli/mail"
	"github.com/goauth-dev/goauth/core/auth"
)

func TestConsoleShowsAReadableLineAndTheLink(t *testing.T) {
	var out bytes.Buffer
	m := mail.Message{To: "ada@example.com", Subject: "Reset your password", URL: "http://localhost/x?token=1"}
	if err := mail.NewConsole(&out).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	want := "mail to ada@example.com: Reset your password\n        http://localhost/x?token=1\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestConsoleLetsNoControlCharacterThrough(t *testing.T) {
	var out bytes.Buffer
	m := mail.Message{To: "a\x1b[2Jb@example.com\nmail to root", Subject: "x\r\ny", URL: "http://x\x07"}
	if err := mail.NewConsole(&out).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); strings.ContainsAny(got, "\x1b\r\x07") || strings.Count(got, "\n") != 2 {
		t.Errorf("got %q", got)
	}
}

func TestOutboxAppendsWholeLinesFromManyAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "outbox.jsonl")
	if err := os.WriteFile(path, []byte("{\"type\":\"earlier\"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for box := range 2 { // as two processes would
		o, err := mail.OpenOutbox(path)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 50 {
			wg.Go(func() {
				m := mail.Message{Kind: mail.ResetPassword, To: fmt.Sprintf("%d-%d@example.com", box, i), URL: strings.Repeat("x", 3000), Token: "t"}
				if err := o.Send(context.Background(), m); err != nil {
					t.Error(err)
				}
			})
		}
		defer func() { _ = o.Close() }()
	}
	wg.Wait()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	if len(lines) != 101 {
		t.Fatalf("%d lines", len(lines))
	}
	for _, l := range lines {
		if !json.Valid([]byte(l)) {
			t.Fatalf("broken line %.80s…", l)
		}
	}
}

func TestOutboxLinesHaveTheFieldsOfTheMessageOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "outbox.jsonl")
	o, err := mail.OpenOutbox(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []mail.Message{
		{Kind: mail.VerificationEmail, To: "a@x.y", URL: "http://x/?a=1&b=<2>", Token: "t", Subject: "s", Text: "t"},
		{Kind: mail.ChangeEmailConfirmation, To: "a@x.y", NewEmail: "b@x.y", URL: "u", Token: "t"},
		{Kind: mail.ExistingUserSignUp, To: "a@x.y"},
	} {
		if err := o.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"type":"verification-email","to":"a@x.y","url":"http://x/?a=1&b=<2>","token":"t"}
{"type":"change-email-confirmation","to":"a@x.y","newEmail":"b@x.y","url":"u","token":"t"}
{"type":"existing-user-sign-up","to":"a@x.y"}
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestOutboxSaysThatItCannotBeOpened(t *testing.T) {
	_, err := mail.OpenOutbox(filepath.Join(t.TempDir(), "missing", "outbox"))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestRecentKeepsTheNewestFirst(t *testing.T) {
	now := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	r := mail.NewRecent(2, func() time.Time { return now })
	for _, s := range []string{"one", "two", "three"} {
		if err := r.Send(t.Context(), mail.Message{Subject: s}); err != nil {
			t.Fatal(err)
		}
	}
	want := []mail.Received{{Message: mail.Message{Subject: "three"}, ID: 3, At: now}, {Message: mail.Message{Subject: "two"}, ID: 2, At: now}}
	if diff := cmp.Diff(want, r.List()); diff != "" {
		t.Error(diff)
	}
}

type broken struct{}

func (broken) Send(context.Context, mail.Message) error { return errors.New("broken") }

func TestTeeDeliversToAllThoughOneFails(t *testing.T) {
	r := mail.NewRecent(9, time.Now)
	err := mail.Tee(broken{}, r).Send(t.Context(), mail.Message{Subject: "x"})
	if err == nil || len(r.List()) != 1 {
		t.Errorf("error %v, %d delivered", err, len(r.List()))
	}
}

func TestWireSendsEveryMailWithItsLink(t *testing.T) {
	r := mail.NewRecent(9, time.Now)
	o := &auth.Options{AppName: "Example"}
	o.EmailAndPassword.Enabled, o.User.ChangeEmail.Enabled, o.User.DeleteUser.Enabled = true, true, true
	mail.Wire(o, r)
	u := &auth.User{Email: "ada@example.com"}
	m := auth.Mail{User: u, URL: "http://x/verify", Token: "secret", NewEmail: "new@example.com"}
	for _, send := range []func(context.Context, auth.Mail) error{
		o.EmailVerification.SendVerificationEmail, o.EmailAndPassword.SendResetPassword,
		o.User.ChangeEmail.SendChangeEmailConfirmation, o.User.DeleteUser.SendDeleteAccountVerification,
	} {
		if err := send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.EmailAndPassword.OnExistingUserSignUp(t.Context(), u, nil); err != nil {
		t.Fatal(err)
	}
	var kinds []mail.Kind
	for _, got := range r.List() {
		kinds = append(kinds, got.Kind)
		if got.To != u.Email || got.Subject == "" || !strings.Contains(got.Text, "Example") || strings.ContainsAny(got.Text, "{}%") {
			t.Errorf("%s: to %s, subject %q, text %q", got.Kind, got.To, got.Subject, got.Text)
		}
		if got.Kind != mail.ExistingUserSignUp && (!strings.Contains(got.Text, "\n\n"+m.URL+"\n") || got.Token != "secret") {
			t.Errorf("%s: no link in %q", got.Kind, got.Text)
		}
	}
	want := []mail.Kind{mail.ExistingUserSignUp, mail.DeleteAccount, mail.ChangeEmailConfirmation, mail.ResetPassword, mail.VerificationEmail}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Error(diff)
	}
}

func TestWireLeavesDisabledFeaturesAndOwnSendersAlone(t *testing.T) {
	o := &auth.Options{}
	own := func(context.Context, auth.Mail) error { return errors.New("own") }
	o.EmailVerification.SendVerificationEmail = own
	mail.Wire(o, mail.NewRecent(1, time.Now))
	if o.EmailAndPassword.SendResetPassword != nil || o.EmailAndPassword.OnExistingUserSignUp != nil ||
		o.User.ChangeEmail.SendChangeEmailConfirmation != nil || o.User.DeleteUser.SendDeleteAccountVerification != nil {
		t.Error("a disabled feature got a sender")
	}
	if err := o.EmailVerification.SendVerificationEmail(t.Context(), auth.Mail{}); err == nil || err.Error() != "own" {
		t.Errorf("the own sender was replaced: %v", err)
	}
}
