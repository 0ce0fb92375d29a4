package auth_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
)

// deaf is a task that does not look at its context, as net/smtp's SendMail does not, until well is closed.
func deaf(well <-chan struct{}) func(context.Context) error {
	return func(context.Context) error { <-well; return nil }
}

// TestFAULT020_AMailServerThatHangsHoldsUpNoRequestForLong fills the queue behind senders that hang.
func TestFAULT020_AMailServerThatHangsHoldsUpNoRequestForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, log := newRunner(auth.BackgroundOptions{Workers: 2, Queue: 3})
		well := make(chan struct{})
		began := time.Now()
		for range 5 {
			b.Go(t.Context(), "mail", deaf(well))
			synctest.Wait()
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("what fits into the queue waited %v", took)
		}
		for range 2 {
			began := time.Now()
			b.Go(t.Context(), "one too many", deaf(well))
			if took := time.Since(began); took != 5*time.Second {
				t.Errorf("what does not waited %v, want 5 s", took)
			}
		}
		if n := strings.Count(log.String(), "the queue is full"); n != 2 {
			t.Errorf("%d tasks were dropped, want 2: %s", n, log)
		}
		close(well)
		if err := b.Drain(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestFAULT020_ASenderThatNeverReturnsCostsNoWorker: mail goes out again once the mail server is well, though senders of before
// still hang.
func TestFAULT020_ASenderThatNeverReturnsCostsNoWorker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, log := newRunner(auth.BackgroundOptions{Workers: 2, Queue: 300})
		never := make(chan struct{})
		for range 300 {
			b.Go(t.Context(), "hangs", deaf(never))
		}
		time.Sleep(100 * 61 * time.Second)
		var sent atomic.Int64
		b.Go(t.Context(), "mail", func(context.Context) error { sent.Add(1); return nil })
		time.Sleep(30 * 61 * time.Second)
		synctest.Wait()
		if n := strings.Count(log.String(), "does not end"); n != 256 || sent.Load() != 0 {
			t.Errorf("%d tasks went on without a worker, want 256, and %d mails were sent behind those that keep theirs", n, sent.Load())
		}
		close(never)
		synctest.Wait()
		if sent.Load() != 1 {
			t.Errorf("%d mails were sent, want 1", sent.Load())
		}
		if err := b.Drain(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestFAULT020_ATaskThatLooksAtItsContextKeepsItsWorkerToItsEnd is what happens to senders that are well written.
func TestFAULT020_ATaskThatLooksAtItsContextKeepsItsWorkerToItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, log := newRunner(auth.BackgroundOptions{Workers: 1, Queue: 1})
		began := time.Now()
		b.Go(t.Context(), "mail", func(ctx context.Context) error {
			<-ctx.Done()
			return errors.New("gave up")
		})
		if err := b.Drain(t.Context()); err != nil || time.Since(began) != time.Minute {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		if !strings.Contains(log.String(), "gave up") || strings.Contains(log.String(), "does not end") {
			t.Errorf("the log says %s", log)
		}
	})
}

// TestFAULT020_ShuttingDownDoesNotWaitForRoomInTheQueue ends with requests that wait.
func TestFAULT020_ShuttingDownDoesNotWaitForRoomInTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, log := newRunner(auth.BackgroundOptions{Workers: 1, Queue: 1})
		well := make(chan struct{})
		for range 2 {
			b.Go(t.Context(), "mail", deaf(well))
			synctest.Wait()
		}
		go b.Go(t.Context(), "waits", deaf(well))
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if err := b.Drain(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Second {
			t.Errorf("drained with %v after %v", err, time.Since(began))
		}
		if !strings.Contains(log.String(), "shutting down") {
			t.Errorf("the log says %s", log)
		}
		close(well)
		synctest.Wait()
	})
}
