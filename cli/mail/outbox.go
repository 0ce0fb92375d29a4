package mail

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
)

// Outbox appends each message to a file as one JSON line: type, to, those of newEmail, url, token and otp that the message
// has, and its details. Lines are written whole, also by several processes on one local file.
type Outbox struct{ file *os.File }

// OpenOutbox opens or creates the file, readable by its owner only, since its links let one in.
func OpenOutbox(path string) (*Outbox, error) {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the outbox: %w", err)
	}
	return &Outbox{f}, nil
}

// line is the form of a message in the file.
func line(m Message) ([]byte, error) {
	l := option.NewObject()
	l.Set("type", string(m.Kind))
	l.Set("to", m.To)
	for _, f := range []struct{ key, text string }{{"newEmail", m.NewEmail}, {"url", m.URL}, {"token", m.Token}, {"otp", m.Code}} {
		if f.text != "" {
			l.Set(f.key, f.text)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(m.Details)) {
		l.Set(key, m.Details[key])
	}
	text, err := auth.JSON(l)
	return append(text, '\n'), err
}

// Send implements [Mailer].
func (o *Outbox) Send(_ context.Context, m Message) error {
	text, err := line(m)
	if err != nil {
		return fmt.Errorf("encode for the outbox: %w", err)
	}
	if _, err := o.file.Write(text); err != nil { // one write with O_APPEND: a whole line
		return fmt.Errorf("append to the outbox: %w", err)
	}
	return nil
}

// Close closes the file.
func (o *Outbox) Close() error { return o.file.Close() }
