package mail

import (
	"context"
	"fmt"
	"io"
	"strings"
)

// NewConsole returns a mailer that writes each message in one piece to w: a line with the address and the subject, and
// a line with the link. w must be safe for concurrent use, as a file is.
func NewConsole(w io.Writer) Mailer { return console{w} }

type console struct{ w io.Writer }

func (c console) Send(_ context.Context, m Message) error {
	var b strings.Builder
	fmt.Fprintf(&b, "mail to %s: %s\n", printable(m.To), printable(m.Subject))
	if m.URL != "" {
		fmt.Fprintf(&b, "        %s\n", printable(m.URL))
	}
	_, err := io.WriteString(c.w, b.String())
	return err
}
