package authtest

import (
	"context"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
)

// Clock is a time that moves only when told to.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock that shows 2026-03-01 12:00 UTC.
func NewClock() *Clock { return &Clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

// Now returns the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the time.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// NewRandom returns an endless source of bytes that is the same for the same seed: ids and tokens are the same in every
// run. It is safe for concurrent use, and no secret.
func NewRandom(seed uint64) io.Reader {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	return &seeded{source: rand.NewChaCha8(key)}
}

type seeded struct {
	mu     sync.Mutex
	source *rand.ChaCha8
}

// Read implements io.Reader.
func (s *seeded) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.source.Read(p)
}

// Mail is one thing that a sender delivered: a link, a code, a notice.
type Mail struct {
	// Kind is the name that the sender was made with.
	Kind string
	// To is an address or a telephone number.
	To string
	// NewEmail is the wanted address of a change.
	NewEmail string
	// URL is the link to follow, and Token the secret in it. Code is a one-time password.
	URL, Token, Code string
}

// Outbox keeps what senders delivered.
type Outbox struct {
	t     testing.TB
	mu    sync.Mutex
	mails []Mail
}

// Sender returns a sender of links that delivers here.
func (o *Outbox) Sender(kind string) func(context.Context, auth.Mail) error {
	return func(_ context.Context, m auth.Mail) error {
		o.Add(Mail{Kind: kind, To: m.User.Email, NewEmail: m.NewEmail, URL: m.URL, Token: m.Token})
		return nil
	}
}

// Add keeps a mail; senders of plugins call it.
func (o *Outbox) Add(m Mail) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.mails = append(o.mails, m)
}

// All returns the mails so far.
func (o *Outbox) All() []Mail {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]Mail(nil), o.mails...)
}

// Wait returns the n-th mail, counted from 1. Mails are sent in the background: it waits up to five seconds, then ends the
// test.
func (o *Outbox) Wait(n int) Mail {
	o.t.Helper()
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if all := o.All(); len(all) >= n {
			return all[n-1]
		}
	}
	o.t.Fatalf("no %d. mail; there are %d", n, len(o.All()))
	return Mail{}
}
