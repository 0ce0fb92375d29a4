package serve_test

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/cli/internal/serve"
)

// drip writes one byte at a time until the server hangs up, and reports whether it did within the limit.
func drip(t *testing.T, addr, start string, limit time.Duration) bool {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Error(err)
		return false
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, start); err != nil {
		return true
	}
	gone := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, conn)
		close(gone)
	}()
	deadline := time.After(limit)
	for {
		select {
		case <-gone:
			return true
		case <-deadline:
			return false
		case <-time.After(20 * time.Millisecond):
			_, _ = conn.Write([]byte("a"))
		}
	}
}

func TestFAULT012_SlowClientsAreCutOffAndOthersAreServed(t *testing.T) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
	})
	ts := httptest.NewUnstartedServer(handler)
	server := serve.NewHTTPServer(handler, slog.New(slog.DiscardHandler))
	// The limits of the real server, forty times as strict: the test is about their effect, GO-007 about their size.
	server.ReadHeaderTimeout /= 40
	server.ReadTimeout /= 40
	ts.Config = server
	ts.Start()
	defer ts.Close()

	addr := ts.Listener.Addr().String()
	var slow sync.WaitGroup
	for i := range 100 {
		start := "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "
		if i%2 == 1 {
			start = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"
		}
		slow.Go(func() {
			if !drip(t, addr, start, 5*time.Second) {
				t.Errorf("a client that sends a byte now and then is still connected: %q", start)
			}
		})
	}
	for range 20 {
		res, err := ts.Client().Get(ts.URL)
		if err != nil {
			t.Fatalf("an honest request beside the slow ones: %v", err)
		}
		_ = res.Body.Close()
	}
	slow.Wait()
}
