package auth

import (
	"context"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// Background runs work that an answer need not wait for, such as mail: a bounded queue in front of a few workers, or the
// application's own handler. A task that panics is logged and counted and stops nothing else.
type Background struct {
	logger  *slog.Logger
	handler func(name string, run func())
	timeout time.Duration
	await   bool
	tasks   chan task
	count   int
	start   sync.Once
	workers sync.WaitGroup
	panics  atomic.Int64
	left    atomic.Int64 // tasks that did not end in time

	mu     sync.RWMutex
	closed bool
	stop   chan struct{} // closed by Drain, before it waits for mu
	once   sync.Once
}

const (
	// queueWait is how long a request waits for room in the queue.
	queueWait = 5 * time.Second
	// grace is how long a task may take to see that its time is over.
	grace = time.Second
	// maxLeft is how many tasks that do not end may go on without a worker.
	maxLeft = 256
)

type task struct {
	name string
	run  func(ctx context.Context) error
}

// NewBackground returns a runner. Its workers start with the first task and end with [Background.Drain].
func NewBackground(o BackgroundOptions, logger *slog.Logger) *Background {
	return &Background{logger: logger, handler: o.Handler, timeout: o.Timeout, await: o.Await, tasks: make(chan task, o.Queue), count: o.Workers, stop: make(chan struct{})}
}

// Go queues a task. When the queue is full it waits for room up to 5 s, or until ctx ends; a task that finds no room, or comes
// after Drain, is logged and dropped.
func (b *Background) Go(ctx context.Context, name string, run func(ctx context.Context) error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.closed {
		b.logger.Error(droppedAtEnd, "task", name)
		return
	}
	switch {
	case b.handler != nil:
		b.hand(task{name, run})
		return
	case b.await:
		b.do(task{name, run})
		return
	}
	b.start.Do(b.startWorkers)
	b.queue(ctx, task{name, run})
}

const droppedAtEnd = "background task dropped: the server is shutting down"

func (b *Background) queue(ctx context.Context, t task) {
	select {
	case b.tasks <- t:
		return
	default:
	}
	ctx, cancel := context.WithTimeout(ctx, queueWait)
	defer cancel()
	select {
	case b.tasks <- t:
	case <-b.stop:
		b.logger.Error(droppedAtEnd, "task", t.name)
	case <-ctx.Done():
		b.logger.Error("background task dropped: the queue is full", "task", t.name)
	}
}

// hand gives a task to the application's handler. When that one panics, the task runs here: it is not lost.
func (b *Background) hand(t task) {
	b.workers.Add(1)
	var once sync.Once
	run := func() {
		once.Do(func() {
			defer b.workers.Done()
			b.do(t)
		})
	}
	defer func() {
		if p := recover(); p != nil {
			b.panicked(t.name, p)
			run()
		}
	}()
	b.handler(t.name, run)
}

func (b *Background) startWorkers() {
	for range b.count {
		b.workers.Go(func() {
			for t := range b.tasks {
				b.do(t)
			}
		})
	}
}

// Drain refuses new tasks and waits until those that were queued or handed on are done, or until ctx ends.
func (b *Background) Drain(ctx context.Context) error {
	b.once.Do(func() { close(b.stop) })
	b.mu.Lock()
	if !b.closed {
		b.closed = true
		close(b.tasks)
	}
	b.mu.Unlock()
	done := make(chan struct{})
	go func() {
		b.workers.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Panics returns how many tasks panicked.
func (b *Background) Panics() int64 { return b.panics.Load() }

// do runs a task, and waits for it until shortly after its time is over. One that does not look at its context goes on alone then,
// so that a mail server that hangs does not take the workers for good.
func (b *Background) do(t task) {
	ctx, cancel := context.WithTimeout(context.Background(), b.timeout)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer cancel()
		b.run(ctx, t)
	}()
	if waited(done, b.timeout+grace) {
		return
	}
	if b.left.Add(1) > maxLeft {
		<-done
		b.left.Add(-1)
		return
	}
	b.logger.Error("background task does not end, though its time is over; it goes on without a worker", "task", t.name)
	go func() {
		<-done
		b.left.Add(-1)
	}()
}

// waited reports whether done comes in time.
func waited(done <-chan struct{}, within time.Duration) bool {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	select {
	case <-done:
		return true
	case <-ctx.Done():
		return false
	}
}

func (b *Background) run(ctx context.Context, t task) {
	defer func() {
		if p := recover(); p != nil {
			b.panicked(t.name, p)
		}
	}()
	if err := t.run(ctx); err != nil {
		b.logger.Error("background task failed", "task", t.name, "error", err)
	}
}

func (b *Background) panicked(name string, p any) {
	b.panics.Add(1)
	b.logger.Error("background task panicked", "task", name, "panic", p, "stack", string(debug.Stack()))
}
