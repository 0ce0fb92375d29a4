package mail_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/cli/mail"
)

// ailing are mail servers that ail, as what they do with a connection.
var ailing = map[string]func(conn net.Conn){
	"hangs":                    func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) },
	"hangs up":                 func(net.Conn) {},
	"is busy":                  func(conn net.Conn) { _, _ = io.WriteString(conn, "421 4.3.2 come back later\r\n") },
	"is no mail server":        func(conn net.Conn) { _, _ = io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\n\r\n<html>") },
	"hangs after its greeting": func(conn net.Conn) { _, _ = io.WriteString(conn, "220 ready\r\n"); _, _ = io.Copy(io.Discard, conn) },
	"greets without end": func(conn net.Conn) {
		for err := error(nil); err == nil; {
			_, err = conn.Write(bytes.Repeat([]byte("220-ready\r\n"), 1000))
		}
	},
	"has a line without end": func(conn net.Conn) {
		for err := error(nil); err == nil; {
			_, err = conn.Write(bytes.Repeat([]byte("2"), 10_000))
		}
	},
	"greets a letter at a time": func(conn net.Conn) {
		for err := error(nil); err == nil; time.Sleep(5 * time.Millisecond) {
			_, err = conn.Write([]byte("2"))
		}
	},
}

// TestFAULT020_AMailServerThatAilsIsAnErrorInTime: what cannot be delivered is an error before long, and the server's words take no
// memory to speak of.
func TestFAULT020_AMailServerThatAilsIsAnErrorInTime(t *testing.T) {
	for name, ails := range ailing {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			go func() {
				for {
					conn, err := l.Accept()
					if err != nil {
						return
					}
					ails(conn)
					_ = conn.Close()
				}
			}()
			at := l.Addr().(*net.TCPAddr)
			m := newSMTP(t, mail.SMTPOptions{Host: "127.0.0.1", Port: at.Port, Security: mail.NoTLS, From: "a@example.com", Timeout: 300 * time.Millisecond})
			before := allocated()
			if err := m.Send(t.Context(), mail.Message{To: "ada@example.com", Subject: "s", Text: "t"}); err == nil {
				t.Error("it was delivered")
			}
			if grown := allocated() - before; grown > 8<<20 {
				t.Errorf("it took %d MB", grown>>20)
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if err := m.Send(ctx, mail.Message{To: "ada@example.com", Subject: "s", Text: "t"}); !errors.Is(err, context.Canceled) {
				t.Errorf("after its time a delivery failed with %v", err)
			}
		})
	}
}

// allocated is how many bytes were allocated in all.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}
