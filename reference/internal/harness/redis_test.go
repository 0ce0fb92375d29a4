package harness

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
)

func TestRedisAnswersAsRESP2(t *testing.T) {
	r, err := StartRedis(0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.URL(), "redis://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	for _, c := range []struct{ command, want string }{
		{"HELLO 3", "-ERR unknown command 'HELLO'\r\n"},
		{"SET a 1", "+OK\r\n"},
		{"SET a 2 NX", "$-1\r\n"},
		{"INCR a", ":2\r\n"},
		{"SETEX b 100 x", "+OK\r\n"},
		{"TTL b", ":100\r\n"},
		{"TTL a", ":-1\r\n"},
		{"TTL none", ":-2\r\n"},
		{"KEYS b*", "*1\r\n$1\r\nb\r\n"},
		{"SCAN 0 MATCH a*", "*2\r\n$1\r\n0\r\n*1\r\n$1\r\na\r\n"},
		{"GETDEL b", "$1\r\nx\r\n"},
		{"GET b", "$-1\r\n"},
		{"EXPIRE a 0", ":1\r\n"},
		{"GET a", "$-1\r\n"},
		{"MULTI", "+OK\r\n"},
		{"SET c 1", "+QUEUED\r\n"},
		{"EXEC", "*1\r\n+OK\r\n"},
		{"DEL c d", ":1\r\n"},
		{"GET", "-ERR wrong number of arguments\r\n"},
	} {
		words := strings.Fields(c.command)
		fmt.Fprintf(conn, "*%d\r\n", len(words))
		for _, w := range words {
			fmt.Fprintf(conn, "$%d\r\n%s\r\n", len(w), w)
		}
		got := make([]byte, len(c.want))
		if _, err := io.ReadFull(in, got); err != nil || string(got) != c.want {
			t.Fatalf("%s answered %q (%v), want %q", c.command, got, err, c.want)
		}
	}
}
