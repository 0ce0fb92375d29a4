package tests_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// tinyServer speaks RESP2, refuses HELLO, and knows GET, SET, SETEX, DEL and PING, and MULTI and EXEC when it is told so.
type tinyServer struct {
	addr  string
	knows []string

	mu      sync.Mutex
	values  map[string]string
	ends    map[string]time.Time
	journal []string // every command but the greeting
}

func startTiny(t *testing.T, more ...string) *tinyServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &tinyServer{
		addr: l.Addr().String(), knows: append([]string{"get", "set", "setex", "del", "ping"}, more...),
		values: make(map[string]string), ends: make(map[string]time.Time),
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(conn)
		}
	}()
	return s
}

func (s *tinyServer) commands() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.journal)
}

func (s *tinyServer) serve(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	queue, queueing := [][]string(nil), false
	for {
		args, err := readCommand(in)
		if err != nil {
			return
		}
		name := strings.ToLower(args[0])
		var reply string
		switch {
		case !slices.Contains(s.knows, name):
			reply = fmt.Sprintf("-ERR unknown command '%s', with args beginning with: '%s'\r\n", args[0], strings.Join(args[1:], "' '"))
		case name == "multi":
			queue, queueing, reply = nil, true, "+OK\r\n"
		case name == "exec":
			reply = s.all(queue)
			queueing = false
		case queueing:
			queue, reply = append(queue, args), "+QUEUED\r\n"
		default:
			reply = s.one(args)
		}
		s.note(args)
		if _, err := io.WriteString(conn, reply); err != nil {
			return
		}
	}
}

func (s *tinyServer) note(args []string) {
	if strings.EqualFold(args[0], "hello") {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.journal = append(s.journal, strings.Join(args, " "))
}

func (s *tinyServer) one(args []string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.run(args)
}

func (s *tinyServer) all(queue [][]string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	reply := fmt.Sprintf("*%d\r\n", len(queue))
	for _, args := range queue {
		reply += s.run(args)
	}
	return reply
}

func (s *tinyServer) run(args []string) string {
	name := strings.ToLower(args[0])
	if name == "ping" {
		return "+PONG\r\n"
	}
	key := args[1]
	if end, ok := s.ends[key]; ok && !time.Now().Before(end) {
		delete(s.values, key)
		delete(s.ends, key)
	}
	value, exists := s.values[key]
	switch name {
	case "get":
		if !exists {
			return "$-1\r\n"
		}
		return fmt.Sprintf("$%d\r\n%s\r\n", len(value), value)
	case "del":
		delete(s.values, key)
		delete(s.ends, key)
		return map[bool]string{true: ":1\r\n", false: ":0\r\n"}[exists]
	case "setex":
		seconds, err := strconv.Atoi(args[2])
		if err != nil || seconds < 1 {
			return "-ERR value is not an integer or out of range\r\n"
		}
		s.values[key], s.ends[key] = args[3], time.Now().Add(time.Duration(seconds)*time.Second)
	default:
		delete(s.ends, key)
		s.values[key] = args[2]
	}
	return "+OK\r\n"
}

// readCommand reads an array of bulk strings.
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
		arg := make([]byte, size+2)
		if _, err := io.ReadFull(in, arg); err != nil {
			return nil, err
		}
		args[i] = string(arg[:size])
	}
	return args, nil
}

func readLength(in *bufio.Reader, kind byte) (int, error) {
	line, err := in.ReadString('\n')
	if err != nil {
		return 0, err
	}
	if line[0] != kind {
		return 0, fmt.Errorf("want %c, got %q", kind, line)
	}
	return strconv.Atoi(strings.TrimSpace(line[1:]))
}
