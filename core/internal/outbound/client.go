// Package outbound makes the HTTP client for calls to addresses that other parties choose.
package outbound

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// Limits of every outbound call.
const (
	Timeout     = 10 * time.Second
	MaxBody     = 1 << 20
	dialTimeout = 5 * time.Second
)

// ErrPrivateAddress reports that a name led to an address that is not public.
var ErrPrivateAddress = errors.New("outbound: the address is not public")

// ErrTooLarge reports an answer of more than MaxBody bytes.
var ErrTooLarge = errors.New("outbound: the answer is too large")

// Client returns a client that follows no redirect, reads no proxy settings, gives up after Timeout, reads at most
// MaxBody bytes of an answer, and connects to public addresses only: the address that is dialled is checked, so a name
// that changes its address between a check and the call gains nothing.
func Client() *http.Client { return newClient(controlPublic) }

type control = func(network, address string, c syscall.RawConn) error

func newClient(check control) *http.Client {
	dialer := &net.Dialer{Timeout: dialTimeout, Control: check}
	return &http.Client{
		Timeout:       Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &limited{&http.Transport{
			DialContext:            dialer.DialContext,
			TLSHandshakeTimeout:    dialTimeout,
			ResponseHeaderTimeout:  Timeout,
			MaxResponseHeaderBytes: 64 << 10,
			MaxIdleConnsPerHost:    8,
			IdleConnTimeout:        time.Minute,
			ForceAttemptHTTP2:      true,
		}},
	}
}

func controlPublic(_, address string, _ syscall.RawConn) error {
	addr, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("outbound: %w", err)
	}
	if !public(addr.Addr().Unmap()) {
		return ErrPrivateAddress
	}
	return nil
}

// reserved are the networks of RFC 6890 and its successors that netip does not classify.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("192.88.99.0/24"), netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"),
}

func public(a netip.Addr) bool {
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, p := range reserved {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// limited cuts answers off.
type limited struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (l *limited) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := l.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	res.Body = &limitedBody{res.Body, MaxBody + 1}
	return res, nil
}

type limitedBody struct {
	io.ReadCloser
	left int64
}

// Read implements io.Reader.
func (b *limitedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	if b.left -= int64(n); b.left == 0 {
		return n, ErrTooLarge
	}
	return n, err
}
