package outbound

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// anywhere is a client with every limit but that of addresses.
func anywhere() *http.Client { return newClient(nil) }

func get(t *testing.T, c *http.Client, url string) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := c.Do(r)
	if err == nil {
		t.Cleanup(func() { _ = res.Body.Close() })
	}
	return res, err
}

// canary is a server that must not be reached.
func canary(t *testing.T) (*httptest.Server, *atomic.Int32) {
	t.Helper()
	hits := &atomic.Int32{}
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	t.Cleanup(s.Close)
	return s, hits
}

func TestGO008_RedirectsAreNotFollowed(t *testing.T) {
	other, hits := canary(t)
	for _, status := range []int{301, 302, 303, 307, 308} {
		s := httptest.NewServer(http.RedirectHandler(other.URL, status))
		t.Cleanup(s.Close)
		res, err := get(t, anywhere(), s.URL)
		if err != nil || res.StatusCode != status {
			t.Errorf("%d: %v, %v; want the redirect itself", status, res, err)
		}
	}
	if n := hits.Load(); n != 0 {
		t.Errorf("the target was called %d times", n)
	}
}

func TestGO008_AddressesThatAreNotPublicAreNotDialled(t *testing.T) {
	s, hits := canary(t)
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{
		"127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::]", "[::ffff:127.0.0.1]", "127.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1",
		"169.254.169.254", "100.64.0.1", "[fd00::1]", "[fe80::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
	} {
		if _, err := get(t, Client(), "http://"+host+":"+port); !errors.Is(err, ErrPrivateAddress) {
			t.Errorf("%s: %v; want ErrPrivateAddress", host, err)
		}
	}
	if n := hits.Load(); n != 0 {
		t.Errorf("the server was called %d times", n)
	}
}

func TestGO008_PublicAddressesAreTold(t *testing.T) {
	public := []string{"1.1.1.1", "8.8.8.8", "93.184.216.34", "192.0.1.1", "198.17.0.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00::1"}
	private := []string{
		"0.0.0.0", "0.1.2.3", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "169.254.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1",
		"192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:10.0.0.1",
		"64:ff9b::1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002::1", "fc00::1", "fdff::1", "fe80::1", "ff02::1",
	}
	for _, a := range public {
		if err := controlPublic("tcp", netip.AddrPortFrom(netip.MustParseAddr(a), 443).String(), nil); err != nil {
			t.Errorf("%s: %v", a, err)
		}
	}
	for _, a := range private {
		if err := controlPublic("tcp", netip.AddrPortFrom(netip.MustParseAddr(a), 443).String(), nil); !errors.Is(err, ErrPrivateAddress) {
			t.Errorf("%s: %v; want ErrPrivateAddress", a, err)
		}
	}
}

// rebinding is a name server whose answer changes: a public address at first, then 127.0.0.1.
func rebinding(t *testing.T) *atomic.Int32 {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	asked := &atomic.Int32{}
	go func() {
		buf := make([]byte, 512)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			if reply := answerA(buf[:n], asked); reply != nil {
				_, _ = conn.WriteTo(reply, from)
			}
		}
	}()
	before := net.DefaultResolver
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
	t.Cleanup(func() {
		net.DefaultResolver = before
		_ = conn.Close()
	})
	return asked
}

// answerA answers a DNS query (RFC 1035 §4): the first question for an A record with 93.184.216.34, later ones with
// 127.0.0.1, any other type with nothing.
func answerA(query []byte, asked *atomic.Int32) []byte {
	end := 12
	for end < len(query) && query[end] != 0 {
		end += int(query[end]) + 1
	}
	end += 5
	if len(query) < end {
		return nil
	}
	reply := append([]byte(nil), query[:end]...)
	reply[2], reply[3] = 0x84, 0x00 // an authoritative answer
	clear(reply[6:12])
	if query[end-3] != 1 { // no A record
		return reply
	}
	ip := []byte{93, 184, 216, 34}
	if asked.Add(1) > 1 {
		ip = []byte{127, 0, 0, 1}
	}
	reply[7] = 1
	return append(reply, append([]byte{0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4}, ip...)...)
}

func TestGO008_ANameThatChangesItsAddressGainsNothing(t *testing.T) {
	s, hits := canary(t)
	asked := rebinding(t)
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	checked, err := net.DefaultResolver.LookupNetIP(t.Context(), "ip4", "rebind.example.")
	if err != nil || len(checked) != 1 || !public(checked[0].Unmap()) {
		t.Fatalf("the first look-up: %v, %v; want a public address", checked, err)
	}
	if _, err := get(t, Client(), "http://rebind.example.:"+port); !errors.Is(err, ErrPrivateAddress) {
		t.Errorf("%v; want ErrPrivateAddress", err)
	}
	if asked.Load() < 2 || hits.Load() != 0 {
		t.Errorf("the name was asked for %d times, the server was called %d times", asked.Load(), hits.Load())
	}
	if res, err := get(t, anywhere(), "http://rebind.example.:"+port); err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("the way there is not open: %v", err)
	}
}

func TestGO008_ProxySettingsAreNotRead(t *testing.T) {
	// net/http reads the environment once a process, so that setting a variable here would prove nothing.
	if inner(t, Client()).Proxy != nil {
		t.Error("the client asks for a proxy")
	}
}

// inner returns the transport behind the limits.
func inner(t *testing.T, c *http.Client) *http.Transport {
	t.Helper()
	l, ok := c.Transport.(*limited)
	if !ok {
		t.Fatalf("the transport is a %T", c.Transport)
	}
	transport, ok := l.next.(*http.Transport)
	if !ok {
		t.Fatalf("the transport behind is a %T", l.next)
	}
	return transport
}

func TestGO008_AnswersAreCutOff(t *testing.T) {
	for _, size := range []int{MaxBody, MaxBody + 1, 10 * MaxBody} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.Copy(w, io.LimitReader(zeros{}, int64(size)))
		}))
		t.Cleanup(s.Close)
		res, err := get(t, anywhere(), s.URL)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		if size <= MaxBody && (err != nil || len(body) != size) {
			t.Errorf("%d bytes: read %d, %v", size, len(body), err)
		}
		if size > MaxBody && (!errors.Is(err, ErrTooLarge) || len(body) > MaxBody+1) {
			t.Errorf("%d bytes: read %d, %v; want ErrTooLarge", size, len(body), err)
		}
	}
}

func TestGO008_ACompressedAnswerCountsByWhatItBecomes(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		zipped(w, 100*MaxBody)
	}))
	t.Cleanup(s.Close)
	res, err := get(t, anywhere(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, res.Body)
	if n > MaxBody+1 || !errors.Is(err, ErrTooLarge) {
		t.Errorf("read %d bytes, %v; want ErrTooLarge", n, err)
	}
}

func TestGO008_HeadersAreCutOff(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X", strings.Repeat("a", 1<<20))
	}))
	t.Cleanup(s.Close)
	if _, err := get(t, anywhere(), s.URL); err == nil {
		t.Error("an answer with a megabyte of headers was read")
	}
}

func TestGO008_SlowServersAreGivenUp(t *testing.T) {
	for name, serve := range map[string]func(c net.Conn){
		"silence": func(net.Conn) {},
		"dripping headers": func(c net.Conn) {
			drip(c, "HTTP/1.1 200 OK\r\n", func(i int) string { return fmt.Sprintf("X-%d: y\r\n", i) })
		},
		"a dripping body": func(c net.Conn) { drip(c, "HTTP/1.1 200 OK\r\n\r\n", func(int) string { return "x" }) },
	} {
		synctest.Test(t, func(t *testing.T) {
			c := anywhere()
			inner(t, c).DialContext = func(context.Context, string, string) (net.Conn, error) {
				here, there := net.Pipe()
				go func() { _, _ = io.Copy(io.Discard, there) }()
				go serve(there)
				return here, nil
			}
			began := time.Now()
			err := read(c)
			if took := time.Since(began); err == nil || took > Timeout+time.Second {
				t.Errorf("%s: %v after %v; want an error within %v", name, err, took, Timeout)
			}
			time.Sleep(2 * time.Second) // the server notices
		})
	}
}

// read makes one call and reads its whole answer.
func read(c *http.Client) error {
	res, err := c.Get("http://slow.example/")
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	_, err = io.Copy(io.Discard, res.Body)
	return err
}

// drip writes a little every second, until the other end is closed.
func drip(c net.Conn, start string, next func(i int) string) {
	_, err := io.WriteString(c, start)
	for i := 0; err == nil; i++ {
		time.Sleep(time.Second)
		_, err = io.WriteString(c, next(i))
	}
}
