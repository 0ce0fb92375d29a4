package crypto

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/text/unicode/norm"
)

var (
	// ErrBusy is returned when the queue of waiting hashes is full or a hash
	// waited too long; no memory was taken. Answer 503 with Retry-After.
	ErrBusy = errors.New("password hashing is busy, try again later")
	// ErrMalformedHash is returned, wrapped, when a stored hash is not salt:key.
	ErrMalformedHash = errors.New("invalid password hash")
)

// HasherOptions bounds a Hasher. The zero value is ready for use.
type HasherOptions struct {
	// Workers is how many hashes run at once, each with 32 MiB of memory that is
	// kept for the next one. 0 means GOMAXPROCS: more would not be faster.
	Workers int
	// Queue is how many callers may wait for a worker; the next gets ErrBusy.
	// 0 means 64.
	Queue int
	// Wait is the longest time in the queue before ErrBusy. 0 means 5 seconds.
	Wait time.Duration
	// Random makes salts. nil means crypto/rand.Reader.
	Random io.Reader
}

// Hasher hashes passwords with scrypt (N=16384, r=16, p=1, 64 bytes) in
// upstream's text format, never using more memory than its workers' buffers. It
// is safe for concurrent use and serves waiting callers in order of arrival.
type Hasher struct {
	tokens  chan struct{} // one per free worker
	waiting atomic.Int64
	queue   int64
	wait    time.Duration
	random  io.Reader

	mu   sync.Mutex
	idle []*scratch // buffers of free workers; at most Workers exist in all
}

// NewHasher returns a Hasher; buffers are allocated when first needed.
func NewHasher(o HasherOptions) *Hasher {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Queue <= 0 {
		o.Queue = 64
	}
	if o.Wait <= 0 {
		o.Wait = 5 * time.Second
	}
	h := &Hasher{
		tokens: make(chan struct{}, o.Workers),
		queue:  int64(o.Queue),
		wait:   o.Wait,
		random: orSystem(o.Random),
	}
	for range o.Workers {
		h.tokens <- struct{}{}
	}
	return h
}

// Hash returns "salt:key", both lower-case hex, for the NFKC form of password.
// It fails with ErrBusy, with ctx.Err() when ctx ends in the queue, or when the
// random source fails.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	var raw [16]byte
	if _, err := io.ReadFull(h.random, raw[:]); err != nil {
		return "", fmt.Errorf("hash password: read random source: %w", err)
	}
	salt := hex.EncodeToString(raw[:])
	key, err := h.derive(ctx, password, salt)
	if err != nil {
		return "", err
	}
	return salt + ":" + key, nil
}

// Verify reports whether password is the one that hash was made from. Besides
// Hash's errors it returns one that wraps ErrMalformedHash, without hashing,
// when hash lacks a salt or a key.
func (h *Hasher) Verify(ctx context.Context, hash, password string) (bool, error) {
	salt, rest, _ := strings.Cut(hash, ":")
	want, _, _ := strings.Cut(rest, ":") // upstream ignores what follows the key
	if salt == "" || want == "" {
		return false, fmt.Errorf("verify password: %w: want salt:key", ErrMalformedHash)
	}
	key, err := h.derive(ctx, password, salt)
	if err != nil {
		return false, err
	}
	return Equal(key, want), nil
}

// derive runs scrypt on a worker. The salt is its text, not the bytes that the
// hex stands for.
func (h *Hasher) derive(ctx context.Context, password, salt string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	buffer := h.take()
	defer h.leave(buffer)
	key, err := buffer.scrypt(norm.NFKC.String(password), salt)
	if err != nil {
		return "", fmt.Errorf("derive password key: %w", err)
	}
	return hex.EncodeToString(key), nil
}

// enter takes a worker's token, waiting in the bounded queue for it.
func (h *Hasher) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case <-h.tokens:
		return nil
	default:
	}
	defer h.waiting.Add(-1)
	if h.waiting.Add(1) > h.queue {
		return ErrBusy
	}
	timer := time.NewTimer(h.wait)
	defer timer.Stop()
	select {
	case <-h.tokens:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return ErrBusy
	}
}

// take returns an idle buffer, the last used first, or a new one.
func (h *Hasher) take() *scratch {
	h.mu.Lock()
	defer h.mu.Unlock()
	last := len(h.idle) - 1
	if last < 0 {
		return new(scratch)
	}
	buffer := h.idle[last]
	h.idle = h.idle[:last]
	return buffer
}

func (h *Hasher) leave(buffer *scratch) {
	h.mu.Lock()
	h.idle = append(h.idle, buffer)
	h.mu.Unlock()
	h.tokens <- struct{}{}
}
