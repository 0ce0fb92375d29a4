package tests

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/jackc/pgx/v5/pgxpool"
)

// line is the way to the server. It counts what is sent, and can swallow everything without a word, be cut, or let nobody in.
type line struct {
	sent   atomic.Int64
	refuse atomic.Bool
	cut    atomic.Bool // what is sent ends the connection
	mu     sync.Mutex
	frozen chan struct{} // closed when it is mended; nil while it works
}

// use leads a pool over the line.
func (l *line) use(c *pgxpool.Config) {
	c.ConnConfig.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if l.refuse.Load() {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
		}
		if mended := l.broken(); mended != nil {
			select {
			case <-mended:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return &lineConn{Conn: conn, line: l}, nil
	}
}

func (l *line) freeze(frozen bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if frozen {
		l.frozen = make(chan struct{})
		return
	}
	close(l.frozen)
	l.frozen = nil
}

func (l *line) broken() chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.frozen
}

// lineConn is a connection over the line. One that was on it when it froze stays dead.
type lineConn struct {
	net.Conn
	line *line
	mu   sync.Mutex
	dead bool
}

func (c *lineConn) Write(b []byte) (int, error) {
	c.line.sent.Add(1)
	if c.line.cut.Load() {
		_ = c.Conn.Close()
		return 0, &net.OpError{Op: "write", Net: "tcp", Err: syscall.ECONNRESET}
	}
	if c.isDead() {
		return len(b), nil
	}
	return c.Conn.Write(b)
}

// Read gives nothing on a dead line, until the deadline comes.
func (c *lineConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	for err == nil && c.isDead() {
		n, err = c.Conn.Read(b)
	}
	return n, err
}

func (c *lineConn) isDead() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dead = c.dead || c.line.broken() != nil
	return c.dead
}
