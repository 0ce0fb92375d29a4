// Package revoked remembers which sessions have ended lately, on this instance and, through a log, on every other one, so
// that copies of them in cookies are not believed.
//
// The memory only ever says "ask the store": a session that it names too many costs a query and nothing else. It therefore
// needs no clock that instances share, no order, and no care about transactions that are rolled back.
package revoked

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/goauth-dev/goauth/core/store"
)

const (
	// maxIDs is how many ids each of the two generations holds.
	maxIDs = 100_000
	// maxUnsent is how many ids wait for a log that cannot be written.
	maxUnsent = 10_000
	// retryEvery is the time between two attempts to follow or to publish.
	retryEvery = 250 * time.Millisecond
	// publishTimeout bounds one attempt to publish what could not be published at first.
	publishTimeout = 2 * time.Second
)

// Options says how a memory works.
type Options struct {
	// Hold is how long an id is remembered: as long as a copy may live, and an allowance for clocks that differ.
	Hold time.Duration
	// Now tells the time.
	Now func() time.Time
	// Logger hears when the log cannot be followed or written, and when it can again.
	Logger *slog.Logger
}

// Memory is what one instance knows. It is safe for concurrent use. A nil one knows nothing and believes every copy.
type Memory struct {
	log  store.Revocations
	opts Options

	ctx     context.Context // ends with Close
	cancel  context.CancelFunc
	start   sync.Once
	running sync.WaitGroup
	hearing atomic.Bool // everything that is kept was heard, and news is

	mu         sync.RWMutex
	young, old generation
	doubtUntil time.Time // some ids had to be forgotten: until then no copy is believed
	unsent     []string
	sendUntil  time.Time // when the last unsent id has outlived its use
	sending    bool      // a goroutine sends what is unsent
}

// generation is the ids of one stretch of time. Two of them hold an id for at least [Options.Hold] and at most twice that.
type generation struct {
	ids         map[id]struct{}
	began, last time.Time
}

// id is the part of a hash that names a session or a user.
type id [16]byte

func hashed(kind, text string) id {
	var room [128]byte // for every usual text, so that nothing is allocated
	sum := sha256.Sum256(append(append(room[:0], kind...), text...))
	return id(sum[:16])
}

func sessionID(token string) id { return hashed("session:", token) }
func ownerID(userID string) id  { return hashed("user:", userID) }
func (i id) String() string     { return base64.RawURLEncoding.EncodeToString(i[:]) }
func parseID(text string) (id, bool) {
	var i id
	n, err := base64.RawURLEncoding.Decode(i[:], []byte(text))
	return i, err == nil && n == len(i)
}

// New returns a memory on a log. It follows the log from the first question on, until Close.
func New(log store.Revocations, o Options) *Memory {
	ctx, cancel := context.WithCancel(context.Background())
	return &Memory{log: log, opts: o, ctx: ctx, cancel: cancel}
}

// Doubts reports whether a copy of a session must not be believed: because the session or all of its user's have ended
// lately, or because this instance cannot hear what has.
func (m *Memory) Doubts(token, userID string) bool {
	if m == nil {
		return false
	}
	m.start.Do(func() { m.running.Go(m.follow) })
	if !m.hearing.Load() {
		return true
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	if !m.doubtUntil.IsZero() && m.opts.Now().Before(m.doubtUntil) {
		return true
	}
	return m.knows() && (m.has(sessionID(token)) || m.has(ownerID(userID)))
}

// Ended reports whether a session is known to have ended by its own token.
func (m *Memory) Ended(token string) bool {
	if m == nil {
		return false
	}
	m.start.Do(func() { m.running.Go(m.follow) })
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.knows() && m.has(sessionID(token))
}

func (m *Memory) knows() bool { return len(m.young.ids)+len(m.old.ids) > 0 }

func (m *Memory) has(i id) bool {
	if _, ok := m.young.ids[i]; ok {
		return true
	}
	_, ok := m.old.ids[i]
	return ok
}

// remember takes ids.
func (m *Memory) remember(ids []id) {
	now := m.opts.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.young.ids == nil || !now.Before(m.young.began.Add(m.opts.Hold)) {
		m.turn(now)
	}
	for _, i := range ids {
		if len(m.young.ids) >= maxIDs {
			m.turn(now)
		}
		m.young.ids[i] = struct{}{}
	}
	m.young.last = now
}

// turn begins a new generation and forgets the oldest. What is forgotten too early puts every copy in doubt for as long as
// it would have been remembered.
func (m *Memory) turn(now time.Time) {
	if ends := m.old.last.Add(m.opts.Hold); len(m.old.ids) > 0 && ends.After(now) && ends.After(m.doubtUntil) {
		m.doubtUntil = ends
		m.opts.Logger.Warn("sessions: more have ended than can be remembered; the store is asked about all for a while", "until", ends)
	}
	m.old = m.young
	m.young = generation{ids: map[id]struct{}{}, began: now}
}
