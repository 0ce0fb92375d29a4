package tests_test

import (
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// line is a TCP connection to a real server that tests cut and freeze.
type line struct {
	addr, target string
	password     *url.Userinfo
	path         string
	frozen       atomic.Bool

	mu    sync.Mutex
	conns []net.Conn
	down  bool
	// before, when set, sees each command on its way to the server, counted from 1; after sees the answer's first bytes.
	// What returns true cuts the connection there.
	before, after func(n int, name string) (cut bool)
	commands      []string
}

// startLine opens a line to the server of a URL.
func startLine(t *testing.T, to string) *line {
	t.Helper()
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{addr: listener.Addr().String(), target: u.Host, password: u.User, path: u.Path}
	t.Cleanup(func() { _ = listener.Close(); l.cutAll() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go l.carry(conn)
		}
	}()
	return l
}

// url is that of the server, by this line.
func (l *line) url() string {
	u := url.URL{Scheme: "redis", User: l.password, Host: l.addr, Path: l.path}
	return u.String()
}

func (l *line) carry(client net.Conn) {
	defer client.Close()
	l.mu.Lock()
	down := l.down
	l.mu.Unlock()
	if down {
		return
	}
	server, err := net.Dial("tcp", l.target)
	if err != nil {
		return
	}
	defer server.Close()
	l.mu.Lock()
	l.conns = append(l.conns, client, server)
	l.mu.Unlock()
	go l.pump(client, server)
	l.pump(server, client)
}

// pump carries bytes; a frozen line swallows them.
func (l *line) pump(from, to net.Conn) {
	defer from.Close()
	defer to.Close()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 && !l.frozen.Load() {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			if err != io.EOF {
				return
			}
			return
		}
	}
}

func (l *line) freeze(on bool) { l.frozen.Store(on) }

// cutAll closes every connection; new ones may come.
func (l *line) cutAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.conns {
		_ = c.Close()
	}
	l.conns = nil
}

// shut refuses connections until it is opened again, and closes those that are there.
func (l *line) shut(on bool) {
	l.mu.Lock()
	l.down = on
	l.mu.Unlock()
	if on {
		l.cutAll()
	}
	time.Sleep(time.Millisecond)
}
