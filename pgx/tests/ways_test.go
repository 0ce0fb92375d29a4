package tests

import (
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"testing"
)

// way leads to one of a cluster's nodes, under an address that stays the same.
type way interface {
	url() string
	point(n *node)
}

// ways are what hides from a server which node it talks to.
var ways = []struct {
	name string
	open func(c *cluster, n *node) way
}{
	{"a proxy", openForwarder},
	{"a PgBouncer", openPooler},
}

// forwarder passes bytes on. It does not tell where they go, but a node's end ends the connections to it.
type forwarder struct {
	listener net.Listener
	mu       sync.Mutex
	to       string
}

func openForwarder(c *cluster, n *node) way {
	l, err := net.Listen("tcp", local(0))
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { l.Close() })
	f := &forwarder{listener: l}
	f.point(n)
	go func() {
		for conn, err := l.Accept(); err == nil; conn, err = l.Accept() {
			go f.pass(conn)
		}
	}()
	return f
}

func (f *forwarder) url() string { return serverAt(f.listener.Addr().String()) }

func (f *forwarder) point(n *node) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.to = local(n.port)
}

func (f *forwarder) pass(from net.Conn) {
	defer from.Close()
	f.mu.Lock()
	address := f.to
	f.mu.Unlock()
	to, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer to.Close()
	go func() { _, _ = io.Copy(to, from); to.Close() }()
	_, _ = io.Copy(from, to)
}

// pooler is a PgBouncer in transaction mode: its clients stay connected while the node behind it changes.
type pooler struct {
	t       *testing.T
	port    int
	config  string
	process *os.Process
}

func openPooler(c *cluster, n *node) way {
	program := installed(c.t, "pgbouncer")
	p := &pooler{t: c.t, port: freePort(c.t), config: c.dir + "/pgbouncer.ini"}
	p.write(n)
	cmd, _ := c.serve(p.port, program, "-q", p.config)
	p.process = cmd.Process
	return p
}

// write names the node. What PgBouncer waits between two attempts to reach it, 15 s by default, is one here.
func (p *pooler) write(n *node) {
	p.t.Helper()
	text := fmt.Sprintf(`[databases]
* = host=127.0.0.1 port=%d user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = any
pool_mode = transaction
server_login_retry = 1
`, n.port, p.port)
	if err := os.WriteFile(p.config, []byte(text), 0o644); err != nil { //nolint:gosec // another user reads it
		p.t.Fatal(err)
	}
}

func (p *pooler) url() string {
	return with(serverAt(local(p.port)), "default_query_exec_mode=exec")
}

func (p *pooler) point(n *node) {
	p.t.Helper()
	p.write(n)
	if err := p.process.Signal(syscall.SIGHUP); err != nil {
		p.t.Fatal(err)
	}
}
