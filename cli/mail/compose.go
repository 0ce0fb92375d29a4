package mail

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"
)

// compose writes the message as RFC 5322 and MIME have it. Nothing in the message can add a header.
func (s *smtpMailer) compose(m Message) ([]byte, error) {
	if !deliverable(m.To) {
		return nil, errors.New("the recipient's address cannot be delivered to")
	}
	_, domain, _ := strings.Cut(s.from.Address, "@")
	var b bytes.Buffer
	for _, h := range [][2]string{
		{"From", s.from.String()},
		{"To", "<" + m.To + ">"},
		{"Subject", mime.QEncoding.Encode("utf-8", printable(m.Subject))},
		{"Date", s.Now().Format(time.RFC1123Z)},
		{"Message-ID", "<" + s.MessageID() + "@" + domain + ">"},
		{"Auto-Submitted", "auto-generated"}, // RFC 3834: no holiday notes, please
		{"MIME-Version", "1.0"},
		{"Content-Type", "text/plain; charset=utf-8"},
		{"Content-Transfer-Encoding", "quoted-printable"},
	} {
		fmt.Fprintf(&b, "%s: %s\r\n", h[0], h[1])
	}
	b.WriteString("\r\n")
	body := quotedprintable.NewWriter(&b)
	if _, err := body.Write([]byte(m.Text)); err != nil {
		return nil, err
	}
	return b.Bytes(), body.Close()
}

// deliverable reports whether an address is plain: visible ASCII around one @, and nothing that ends an address.
func deliverable(address string) bool {
	for i := range len(address) {
		if c := address[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(`<>"\,;:()[]`, c) >= 0 {
			return false
		}
	}
	local, domain, found := strings.Cut(address, "@")
	return found && local != "" && domain != "" && !strings.Contains(domain, "@") && len(address) <= 254
}
