package tests_test

import (
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// line is a TCP connection to a real server that tests cut and freeze.
type line struct {
	addr, target string
	password     *url.Userinfo
	path         string
	frozen       atomic.Bool

	mu       sync.Mutex
	conns    []net.Conn
	plan     cut
	commands []string // since the plan was made, the greeting of a connection left out
}

// cut says at which command, counted from 1, a connection is cut: on its way there, or when its answer is on its way back.
type cut struct {
	at       int
	answered bool
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
	server, err := net.Dial("tcp", l.target)
	if err != nil {
		return
	}
	defer server.Close()
	l.mu.Lock()
	l.conns = append(l.conns, client, server)
	l.mu.Unlock()
	var lost atomic.Bool // the next answer is
	go pump(client, server, func(command []byte) (goOn bool) {
		if l.frozen.Load() {
			return true
		}
		switch cutNow, answered := l.note(command); {
		case cutNow && !answered:
			return false
		case cutNow:
			lost.Store(true)
		}
		_, err := server.Write(command)
		return err == nil
	})
	pump(server, client, func(answer []byte) (goOn bool) {
		if lost.Load() {
			return false
		}
		if l.frozen.Load() {
			return true
		}
		_, err := client.Write(answer)
		return err == nil
	})
}

// pump carries what comes in until it must not go on, and closes both ends.
func pump(from, to net.Conn, carry func([]byte) bool) {
	defer from.Close()
	defer to.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 && !carry(buffer[:n]) || err != nil {
			return
		}
	}
}

// cutAt makes a plan, and forgets the commands so far. Command 0 is none.
func (l *line) cutAt(plan cut) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.plan, l.commands = plan, nil
}

// sent returns the commands since the last plan.
func (l *line) sent() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.commands)
}

// note counts a command and says whether its connection is to be cut. go-redis writes a command, or a pipeline, at once.
func (l *line) note(command []byte) (cutNow, answered bool) {
	parts := strings.SplitN(string(command), "\r\n", 4) // *2 $3 GET …
	if len(parts) < 3 {
		return false, false
	}
	name := strings.ToLower(parts[2])
	if slices.Contains([]string{"hello", "select", "auth", "client", "cluster"}, name) {
		return false, false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.commands = append(l.commands, name)
	return len(l.commands) == l.plan.at, l.plan.answered
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
