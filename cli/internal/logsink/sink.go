// Package logsink puts a bounded queue between a server and the place that its output goes to, so that a pipe that nobody
// reads holds up no request.
package logsink

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
)

// Sink is a writer that never waits: each Write is queued whole, or dropped and counted when the queue is full. When the
// output flows again, a line says how many were dropped. It is safe for concurrent use.
type Sink struct {
	out     io.Writer
	queue   chan []byte
	dropped atomic.Int64
	noted   int64 // how many of dropped a line has told of; the goroutine's own
	note    func(dropped int64) string

	mu     sync.RWMutex
	closed bool
	done   chan struct{}
}

// New returns a sink in front of out that holds up to size writes. note makes the line about dropped writes. Close ends
// it.
func New(out io.Writer, size int, note func(dropped int64) string) *Sink {
	s := &Sink{out: out, queue: make(chan []byte, size), note: note, done: make(chan struct{})}
	go s.run()
	return s
}

// Write implements io.Writer. It returns at once and without an error, whatever becomes of p.
func (s *Sink) Write(p []byte) (int, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		s.dropped.Add(1)
		return len(p), nil
	}
	select {
	case s.queue <- bytes.Clone(p):
	default:
		s.dropped.Add(1)
	}
	return len(p), nil
}

// Dropped returns how many writes have been lost.
func (s *Sink) Dropped() int64 { return s.dropped.Load() }

// Close refuses further writes and waits until the queued ones are out, or until ctx ends: then it says how many were
// lost, dropped ones included.
func (s *Sink) Close(ctx context.Context) error {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.queue)
	}
	s.mu.Unlock()
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("the output was not read: %d log lines were lost", s.Dropped()+int64(len(s.queue)))
	}
}

// run writes what is queued. Errors of the output end in nothing: there is no place left to report them to.
func (s *Sink) run() {
	defer close(s.done)
	for p := range s.queue {
		_, _ = s.out.Write(p)
		if n := s.Dropped(); n > s.noted && len(s.queue) == 0 {
			s.noted = n
			_, _ = io.WriteString(s.out, s.note(n))
		}
	}
}
