package crypto_test

import (
	"context"
	"encoding/hex"
	"errors"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/scrypt"
	"golang.org/x/text/unicode/norm"

	"github.com/goauth-dev/goauth/core/crypto"
)

func TestHashesEqualTheReferenceImplementations(t *testing.T) {
	h := crypto.NewHasher(crypto.HasherOptions{Workers: 1})
	for _, password := range []string{"", "password", "ﬁﬀ①２Å", "пароль", strings.Repeat("long", 300), "nul\x00inside"} {
		hash, err := h.Hash(t.Context(), password)
		if err != nil {
			t.Fatal(err)
		}
		salt, got, _ := strings.Cut(hash, ":")
		if !regexp.MustCompile(`^[0-9a-f]{32}:[0-9a-f]{128}$`).MatchString(hash) {
			t.Errorf("hash has another form: %s", hash)
		}
		want, err := scrypt.Key(norm.NFKC.Bytes([]byte(password)), []byte(salt), 16384, 16, 1, 64)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(hex.EncodeToString(want), got); diff != "" {
			t.Errorf("key of %q differs (-x/crypto +ours):\n%s", password, diff)
		}
	}
}

func TestVerifyReportsMalformedHashes(t *testing.T) {
	h := crypto.NewHasher(crypto.HasherOptions{Workers: 1})
	for _, hash := range []string{"", ":", "salt", "salt:", ":key", "$2b$10$abcdefghijklmnopqrstuv", "salt::key"} {
		if ok, err := h.Verify(t.Context(), hash, "password"); ok || !errors.Is(err, crypto.ErrMalformedHash) {
			t.Errorf("Verify(%q) = %v, %v", hash, ok, err)
		}
	}
	for _, hash := range []string{"salt:key", "00:zz"} {
		if ok, err := h.Verify(t.Context(), hash, "password"); ok || err != nil {
			t.Errorf("Verify(%q) = %v, %v", hash, ok, err)
		}
	}
}

// busy starts n hashes that wait for or hold h's workers and returns when the
// workers are taken; the returned function waits for all.
func busy(t *testing.T, h *crypto.Hasher, n int) (wait func()) {
	t.Helper()
	var group sync.WaitGroup
	for range n {
		group.Go(func() {
			if _, err := h.Hash(context.Background(), "occupied"); err != nil {
				t.Error(err)
			}
		})
	}
	time.Sleep(20 * time.Millisecond)
	return group.Wait
}

func TestACancelledCallerLeavesTheQueue(t *testing.T) {
	h := crypto.NewHasher(crypto.HasherOptions{Workers: 1, Queue: 1})
	wait := busy(t, h, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
	defer cancel()
	if _, err := h.Hash(ctx, "password"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error = %v, want the context's", err)
	}
	wait()
	if _, err := h.Hash(t.Context(), "password"); err != nil {
		t.Errorf("the place in the queue was lost: %v", err)
	}
	if _, err := h.Hash(ctx, "password"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("an ended context was served: %v", err)
	}
}

func TestWaitingTooLongIsBusy(t *testing.T) {
	h := crypto.NewHasher(crypto.HasherOptions{Workers: 1, Wait: 5 * time.Millisecond})
	wait := busy(t, h, 1)
	defer wait()
	if _, err := h.Hash(t.Context(), "password"); !errors.Is(err, crypto.ErrBusy) {
		t.Errorf("error = %v, want ErrBusy", err)
	}
}

func TestGAP002_ParallelHashesStayWithinTheWorkersMemory(t *testing.T) {
	const workers, queue, callers = 2, 4, 256
	h := crypto.NewHasher(crypto.HasherOptions{Workers: workers, Queue: queue, Wait: time.Minute})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)

	var done, refused atomic.Int64
	var slowest atomic.Int64
	var group sync.WaitGroup
	for range callers {
		group.Go(func() {
			start := time.Now()
			_, err := h.Hash(context.Background(), "password")
			switch {
			case err == nil:
				done.Add(1)
			case errors.Is(err, crypto.ErrBusy):
				refused.Add(1)
				for took := time.Since(start).Nanoseconds(); took > slowest.Load(); {
					slowest.Store(took)
				}
			default:
				t.Error(err)
			}
		})
	}
	group.Wait()
	runtime.ReadMemStats(&after)

	if done.Load() < workers+queue || done.Load()+refused.Load() != callers {
		t.Errorf("%d hashed and %d refused of %d", done.Load(), refused.Load(), callers)
	}
	if refused.Load() < callers/2 {
		t.Errorf("only %d refused", refused.Load())
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > workers*33<<20+8<<20 {
		t.Errorf("%d MiB allocated for %d workers", got>>20, workers)
	}
	t.Logf("%d hashed, %d refused, slowest refusal %v, %d MiB allocated", done.Load(), refused.Load(),
		time.Duration(slowest.Load()), (after.TotalAlloc-before.TotalAlloc)>>20)
}
