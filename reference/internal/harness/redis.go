package harness

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Redis is a small RESP2 server with the commands that a secondary storage needs.
// It refuses HELLO as an old server does, and its content can be read and edited
// directly.
type Redis struct {
	listener net.Listener
	mu       sync.Mutex
	entries  map[string]Entry
}

// Entry is one stored value; a zero Expires never expires.
type Entry struct {
	Value   string
	Expires time.Time
}

// StartRedis listens on the port of 127.0.0.1.
func StartRedis(port int) (*Redis, error) {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return nil, fmt.Errorf("start redis: %w", err)
	}
	r := &Redis{listener: l, entries: map[string]Entry{}}
	go r.accept()
	return r, nil
}

// URL is what a server gets as REDIS_URL.
func (r *Redis) URL() string { return "redis://" + r.listener.Addr().String() }

// Close stops listening.
func (r *Redis) Close() error { return r.listener.Close() }

// Snapshot returns what is stored and not expired.
func (r *Redis) Snapshot() map[string]Entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := map[string]Entry{}
	for k := range r.entries {
		if e, ok := r.live(k); ok {
			out[k] = e
		}
	}
	return out
}

// Clear forgets everything.
func (r *Redis) Clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.entries)
}

// Put stores a value that lives for an hour.
func (r *Redis) Put(key, value string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.entries[key] = Entry{Value: value, Expires: time.Now().Add(time.Hour)}
}

// Edit replaces every value whose key matches the glob by what change returns;
// an empty result deletes the key.
func (r *Redis) Edit(glob string, change func(string) string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for k, e := range r.entries {
		if ok, _ := path.Match(glob, k); !ok {
			continue
		}
		if e.Value = change(e.Value); e.Value == "" {
			delete(r.entries, k)
			continue
		}
		r.entries[k] = e
	}
}

func (r *Redis) accept() {
	for {
		conn, err := r.listener.Accept()
		if err != nil {
			return
		}
		go r.serve(conn)
	}
}

func (r *Redis) serve(conn net.Conn) {
	defer conn.Close()
	in, out := bufio.NewReader(conn), bufio.NewWriter(conn)
	var queued [][]string
	inMulti := false
	for {
		args, err := readCommand(in)
		if err != nil || len(args) == 0 {
			return
		}
		name := strings.ToUpper(args[0])
		switch {
		case name == "MULTI":
			inMulti, queued = true, nil
			out.WriteString("+OK\r\n")
		case name == "DISCARD":
			inMulti = false
			out.WriteString("+OK\r\n")
		case name == "EXEC":
			fmt.Fprintf(out, "*%d\r\n", len(queued))
			for _, q := range queued {
				out.WriteString(r.run(q))
			}
			inMulti = false
		case inMulti:
			queued = append(queued, args)
			out.WriteString("+QUEUED\r\n")
		default:
			out.WriteString(r.run(args))
		}
		if in.Buffered() == 0 && out.Flush() != nil {
			return
		}
	}
}

func readCommand(in *bufio.Reader) ([]string, error) {
	n, err := readLength(in, '*')
	if err != nil {
		return nil, err
	}
	args := make([]string, n)
	for i := range args {
		size, err := readLength(in, '$')
		if err != nil {
			return nil, err
		}
		buf := make([]byte, size+2)
		if _, err := io.ReadFull(in, buf); err != nil {
			return nil, err
		}
		args[i] = string(buf[:size])
	}
	return args, nil
}

func readLength(in *bufio.Reader, kind byte) (int, error) {
	line, err := in.ReadString('\n')
	if err != nil {
		return 0, err
	}
	if line[0] != kind {
		return 0, fmt.Errorf("expected %c, got %q", kind, line)
	}
	n, err := strconv.Atoi(strings.TrimSpace(line[1:]))
	if err != nil || n < 0 || n > 64<<20 {
		return 0, fmt.Errorf("bad length %q", line)
	}
	return n, nil
}
