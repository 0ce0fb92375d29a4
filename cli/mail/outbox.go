package mail

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
)

// Outbox appends each message to a file as one JSON line: type, to, and then those of newEmail, url and token that the
// message has. Lines are written whole, also by several processes on one local file.
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
type line struct {
	Type     Kind   `json:"type"`
	To       string `json:"to"`
	NewEmail string `json:"newEmail,omitempty"`
	URL      string `json:"url,omitempty"`
	Token    string `json:"token,omitempty"`
}

// Send implements [Mailer].
func (o *Outbox) Send(_ context.Context, m Message) error {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(line{m.Kind, m.To, m.NewEmail, m.URL, m.Token}); err != nil {
		return fmt.Errorf("encode for the outbox: %w", err)
	}
	if _, err := o.file.Write(buf.Bytes()); err != nil { // one write with O_APPEND: a whole line
		return fmt.Errorf("append to the outbox: %w", err)
	}
	return nil
}

// Close closes the file.
func (o *Outbox) Close() error { return o.file.Close() }
