package mail_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"mime"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/cli/mail"
)

// server is a small SMTP server that takes one mail and shows the commands and the data it got.
type server struct {
	addr     *net.TCPAddr
	roots    *x509.CertPool
	commands chan string
	data     chan string
}

// serveSMTP starts a server. starttls offers TLS; implicit begins with it; silent never says a word.
func serveSMTP(t *testing.T, mode mail.Security, silent bool) *server {
	t.Helper()
	cert, roots := certificate(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	s := &server{l.Addr().(*net.TCPAddr), roots, make(chan string, 50), make(chan string, 1)}
	config := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		if silent {
			_, _ = io.Copy(io.Discard, conn)
			return
		}
		if mode == mail.ImplicitTLS {
			conn = tls.Server(conn, config)
		}
		s.session(conn, mode == mail.StartTLS, config)
	}()
	return s
}

func (s *server) session(conn net.Conn, starttls bool, config *tls.Config) {
	r := bufio.NewReader(conn)
	say := func(line string) { _, _ = io.WriteString(conn, line+"\r\n") }
	say("220 ready")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSpace(line)
		s.commands <- line
		switch verb, _, _ := strings.Cut(strings.ToUpper(line), " "); verb {
		case "EHLO":
			if starttls {
				say("250-here\r\n250 STARTTLS")
			} else {
				say("250-here\r\n250 AUTH PLAIN")
			}
		case "STARTTLS":
			if !starttls {
				say("502 no")
				continue
			}
			say("220 go")
			conn = tls.Server(conn, config)
			r, starttls = bufio.NewReader(conn), false
		case "AUTH":
			say("235 in")
		case "DATA":
			say("354 send")
			s.data <- readData(r)
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func readData(r *bufio.Reader) string {
	var b strings.Builder
	for {
		line, err := r.ReadString('\n')
		if err != nil || line == ".\r\n" {
			return b.String()
		}
		b.WriteString(line)
	}
}

func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

func (s *server) options(security mail.Security) mail.SMTPOptions {
	return mail.SMTPOptions{
		Host: "127.0.0.1", Port: s.addr.Port, Security: security, From: "Größe <no-reply@example.com>", Timeout: 2 * time.Second,
		TLS: &tls.Config{RootCAs: s.roots, MinVersion: tls.VersionTLS12}, MessageID: func() string { return "id1" },
		Now: func() time.Time { return time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC) },
	}
}

func newSMTP(t *testing.T, o mail.SMTPOptions) mail.Mailer {
	t.Helper()
	m, err := mail.NewSMTP(o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestSMTPDeliversUnderEveryProtection(t *testing.T) {
	for _, tt := range []struct {
		security mail.Security
		user     string
		want     []string
	}{
		{mail.StartTLS, "", []string{"EHLO localhost", "STARTTLS", "EHLO localhost", "MAIL FROM:<no-reply@example.com>", "RCPT TO:<ada@example.com>", "DATA", "QUIT"}},
		{mail.ImplicitTLS, "u", []string{"EHLO localhost", "AUTH PLAIN AHUAcA==", "MAIL FROM:<no-reply@example.com>", "RCPT TO:<ada@example.com>", "DATA", "QUIT"}},
		{mail.NoTLS, "", []string{"EHLO localhost", "MAIL FROM:<no-reply@example.com>", "RCPT TO:<ada@example.com>", "DATA", "QUIT"}},
	} {
		t.Run(string(tt.security), func(t *testing.T) {
			s := serveSMTP(t, tt.security, false)
			o := s.options(tt.security)
			if tt.user != "" {
				o.Username, o.Password = tt.user, "p"
			}
			text := "Öffne diesen Link:\n\nhttp://x/" + strings.Repeat("y", 200) + "?a=1\n\n.\nEnde\n"
			err := newSMTP(t, o).Send(t.Context(), mail.Message{To: "ada@example.com", Subject: "Passwort ändern", Text: text})
			if err != nil {
				t.Fatal(err)
			}
			checkMail(t, <-s.data, text)
			close(s.commands)
			var got []string
			for c := range s.commands {
				got = append(got, c)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func checkMail(t *testing.T, data, text string) {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(data))
	if err != nil {
		t.Fatalf("%v in %q", err, data)
	}
	for name, want := range map[string]string{
		"To": "<ada@example.com>", "Date": "Sat, 31 Jan 2026 12:00:00 +0000", "Message-Id": "<id1@example.com>",
		"Auto-Submitted": "auto-generated", "Mime-Version": "1.0",
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil || subject != "Passwort ändern" {
		t.Errorf("subject %q, %v", subject, err)
	}
	if from, err := m.Header.AddressList("From"); err != nil || from[0].Name != "Größe" {
		t.Errorf("from %v, %v", from, err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		t.Fatal(err)
	}
	got := strings.ReplaceAll(string(body), "\r\n", "\n")
	if diff := cmp.Diff(strings.TrimSpace(text), strings.ReplaceAll(strings.TrimSpace(got), "\n..\n", "\n.\n")); diff != "" {
		t.Error(diff)
	}
	for line := range strings.SplitSeq(data, "\r\n") {
		if len(line) > 998 {
			t.Errorf("a line of %d bytes", len(line))
		}
	}
}

func TestSMTPLetsNothingIntoHeadersAndCommands(t *testing.T) {
	for _, to := range []string{
		"a@x.y\r\nBcc: all@x.y", "a@x.y>\r\nRCPT TO:<b@x.y", "a@x.y,b@x.y", "a b@x.y", "<a@x.y>", "a@b@c", "", "@x.y", "a@", "ä@x.y", strings.Repeat("a", 255) + "@x.y",
	} {
		s := serveSMTP(t, mail.NoTLS, false)
		err := newSMTP(t, s.options(mail.NoTLS)).Send(t.Context(), mail.Message{To: to, Subject: "s", Text: "t"})
		if err == nil {
			t.Errorf("delivered to %q", to)
		}
	}
	s := serveSMTP(t, mail.NoTLS, false)
	err := newSMTP(t, s.options(mail.NoTLS)).Send(t.Context(), mail.Message{To: "a@x.y", Subject: "s\r\nBcc: all@x.y", Text: "t"})
	if err != nil {
		t.Fatal(err)
	}
	if data := <-s.data; strings.Contains(data, "\nBcc:") {
		t.Errorf("the subject added a header: %q", data)
	}
}

func TestSMTPSendsNothingWhenTheServerHasNoSTARTTLS(t *testing.T) {
	s := serveSMTP(t, mail.NoTLS, false)
	o := s.options(mail.StartTLS)
	o.Username, o.Password = "u", "hunter2"
	err := newSMTP(t, o).Send(t.Context(), mail.Message{To: "a@x.y", Subject: "s", Text: "t"})
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the server got the mail in clear, or the error shows the password: %v", err)
	}
}

func TestSMTPChecksTheCertificate(t *testing.T) {
	s := serveSMTP(t, mail.StartTLS, false)
	o := s.options(mail.StartTLS)
	o.TLS = nil // the system's roots do not know it
	if err := newSMTP(t, o).Send(t.Context(), mail.Message{To: "a@x.y", Subject: "s", Text: "t"}); err == nil {
		t.Error("an unknown certificate was accepted")
	}
}

func TestSMTPGivesUpOnASilentServer(t *testing.T) {
	s := serveSMTP(t, mail.NoTLS, true)
	o := s.options(mail.NoTLS)
	o.Timeout = 50 * time.Millisecond
	start := time.Now()
	err := newSMTP(t, o).Send(t.Context(), mail.Message{To: "a@x.y", Subject: "s", Text: "t"})
	if err == nil || time.Since(start) > 5*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := newSMTP(t, s.options(mail.NoTLS)).Send(ctx, mail.Message{To: "a@x.y"}); err == nil {
		t.Error("sent after the context had ended")
	}
}

func TestSMTPOptionsSayWhatIsMissing(t *testing.T) {
	good := mail.SMTPOptions{Host: "mail.example.com", From: "a@example.com"}
	tests := []struct {
		name   string
		change func(o *mail.SMTPOptions)
		want   string
	}{
		{"nothing", func(*mail.SMTPOptions) {}, ""},
		{"the host", func(o *mail.SMTPOptions) { o.Host = "" }, "host: set the name of the mail server"},
		{"the port", func(o *mail.SMTPOptions) { o.Port = 70000 }, "port: 70000 is no port; use 587 or 465"},
		{"the sender", func(o *mail.SMTPOptions) { o.From = "nobody" }, `from: set the sender, as in "Example <no-reply@example.com>"`},
		{"the protection", func(o *mail.SMTPOptions) { o.Security = "ssl" }, `security: must be "starttls", "tls" or "none"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := good
			tt.change(&o)
			_, err := mail.NewSMTP(o)
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
