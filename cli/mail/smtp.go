package mail

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/smtp"
	"strconv"
	"strings"
	"time"
)

// Security says how a connection to a mail server is protected.
type Security string

// The protections of a connection.
const (
	// StartTLS begins in clear and requires TLS before anything else (RFC 3207). It is the default.
	StartTLS Security = "starttls"
	// ImplicitTLS begins with TLS (RFC 8314 §3.3). It is the default on port 465.
	ImplicitTLS Security = "tls"
	// NoTLS sends everything in clear, passwords excepted, which are refused. It is for a relay on the same machine.
	NoTLS Security = "none"
)

// SMTPOptions says which server takes the mails.
type SMTPOptions struct {
	// Host is the server's name, which its certificate must have.
	Host string
	// Port is its port. Default: 587, with ImplicitTLS 465.
	Port int
	// Security protects the connection. Default: ImplicitTLS on port 465, else StartTLS.
	Security Security
	// Username and Password sign in. Empty: nobody signs in.
	Username string
	Password string
	// From is the sender, as in "Example <no-reply@example.com>".
	From string

	// Timeout bounds one delivery. Default: 20 s.
	Timeout time.Duration
	// TLS is the base of the TLS configuration. Default: the system's roots, TLS 1.2 and up.
	TLS *tls.Config
	// Now tells the time. Default: time.Now.
	Now func() time.Time
	// MessageID makes the left part of a Message-ID. Default: 128 random bits.
	MessageID func() string
}

// NewSMTP returns a mailer that hands every message to a mail server, on a connection of its own (RFC 5321). It fails
// when the options do not say enough; it connects only to send.
func NewSMTP(o SMTPOptions) (Mailer, error) {
	if o.Port == 465 || o.Port == 0 && o.Security == ImplicitTLS {
		o.Security = cmp.Or(o.Security, ImplicitTLS)
		o.Port = 465
	}
	o.Port, o.Security = cmp.Or(o.Port, 587), cmp.Or(o.Security, StartTLS)
	o.Timeout = cmp.Or(o.Timeout, 20*time.Second)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.MessageID == nil {
		o.MessageID = rand.Text
	}
	from, err := netmail.ParseAddress(o.From)
	switch {
	case o.Host == "" || strings.ContainsAny(o.Host, " \r\n"):
		return nil, errors.New("host: set the name of the mail server")
	case o.Port < 1 || o.Port > 65535:
		return nil, fmt.Errorf("port: %d is no port; use 587 or 465", o.Port)
	case o.Security != StartTLS && o.Security != ImplicitTLS && o.Security != NoTLS:
		return nil, fmt.Errorf("security: must be %q, %q or %q", StartTLS, ImplicitTLS, NoTLS)
	case err != nil:
		return nil, errors.New(`from: set the sender, as in "Example <no-reply@example.com>"`)
	}
	return &smtpMailer{o, from}, nil
}

type smtpMailer struct {
	SMTPOptions
	from *netmail.Address
}

// Send implements [Mailer].
func (s *smtpMailer) Send(ctx context.Context, m Message) error {
	data, err := s.compose(m)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	conn, err := s.dial(ctx)
	if err != nil {
		return fmt.Errorf("connect to the mail server: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // ends whatever waits
	defer stop()
	if err := s.deliver(conn, m.To, data); err != nil {
		_ = conn.Close()
		return fmt.Errorf("mail server %s: %w", s.Host, err)
	}
	return nil
}

func (s *smtpMailer) dial(ctx context.Context) (net.Conn, error) {
	addr := net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
	if s.Security == ImplicitTLS {
		return (&tls.Dialer{Config: s.tls()}).DialContext(ctx, "tcp", addr)
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", addr)
}

func (s *smtpMailer) tls() *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.TLS != nil {
		c = s.TLS.Clone()
	}
	c.ServerName = s.Host
	return c
}

// maxReplies is more than a mail server has to say in one session, in bytes. net/smtp keeps a reply of any length.
const maxReplies = 256 << 10

// terse is a connection whose other end may say so much and no more.
type terse struct {
	net.Conn
	left int
}

// Read implements io.Reader.
func (c *terse) Read(b []byte) (int, error) {
	if c.left <= 0 {
		return 0, errors.New("it says too much")
	}
	n, err := c.Conn.Read(b[:min(len(b), c.left)])
	c.left -= n
	return n, err
}

// deliver speaks one SMTP session.
func (s *smtpMailer) deliver(conn net.Conn, to string, data []byte) error {
	c, err := smtp.NewClient(&terse{conn, maxReplies}, s.Host)
	if err != nil {
		return err
	}
	if s.Security == StartTLS {
		if err := c.StartTLS(s.tls()); err != nil {
			return fmt.Errorf("STARTTLS: %w; set security to \"tls\" if the server wants TLS from the start", err)
		}
	}
	if s.Username != "" {
		if err := c.Auth(smtp.PlainAuth("", s.Username, s.Password, s.Host)); err != nil {
			return fmt.Errorf("sign in as %q: %w", s.Username, err)
		}
	}
	if err := c.Mail(s.from.Address); err != nil {
		return fmt.Errorf("sender refused: %w", err)
	}
	if err := c.Rcpt(to); err != nil {
		return fmt.Errorf("recipient refused: %w", err)
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(data); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return c.Quit()
}
