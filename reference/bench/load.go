package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// How many clients ask at once; each waits for its answer. A password hash takes a processor for a tenth of a second:
// more clients would only wait longer.
const (
	clients       = 16
	hashedClients = 4
)

// load is what clients send.
type load struct {
	// request returns the n-th request of all clients together.
	request func(n int) []byte
	// want is a part of every right answer, whose status is 200.
	want    string
	clients int
}

// outcome is what a load came to.
type outcome struct {
	requests int
	wall     time.Duration
	p50, p99 time.Duration
	cpu      time.Duration // the server's processor time
	peak     int           // the server's most resident memory so far, kB
}

func (o *outcome) perSecond() float64 { return float64(o.requests) / o.wall.Seconds() }

func (o *outcome) cpuPerRequest() time.Duration { return o.cpu / time.Duration(max(o.requests, 1)) }

// busy is the part of the time that the server had its processor.
func (o *outcome) busy() float64 { return o.cpu.Seconds() / o.wall.Seconds() }

// warmUp is sent before the measuring starts.
const warmUp = time.Second

// measure loads a server for a while after a warm-up.
func measure(ctx context.Context, s *server, l load, length time.Duration) (outcome, error) {
	if err := pinSelf(ctx, clientCPU); err != nil {
		return outcome{}, err
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var sent atomic.Int64
	if _, err := l.run(ctx, s.addr, warmUp, &sent); err != nil {
		return outcome{}, fmt.Errorf("warm-up: %w", err)
	}
	before, err := cpuTime(s.pid())
	if err != nil {
		return outcome{}, err
	}
	began := time.Now()
	took, err := l.run(ctx, s.addr, length, &sent)
	if err != nil {
		return outcome{}, err
	}
	o := outcome{requests: len(took), wall: time.Since(began)}
	after, err := cpuTime(s.pid())
	if err != nil {
		return outcome{}, err
	}
	o.cpu = after - before
	slices.Sort(took)
	o.p50, o.p99 = percentile(took, 50), percentile(took, 99)
	o.peak, err = memory(s.pid(), "VmHWM")
	return o, err
}

// run returns how long each request took.
func (l *load) run(ctx context.Context, addr string, length time.Duration, sent *atomic.Int64) ([]time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	took, errs := make([][]time.Duration, l.clients), make([]error, l.clients)
	var all sync.WaitGroup
	for i := range l.clients {
		all.Go(func() { took[i], errs[i] = l.client(ctx, addr, sent) })
	}
	all.Wait()
	return slices.Concat(took...), errors.Join(errs...)
}

// client asks until ctx ends.
func (l *load) client(ctx context.Context, addr string, sent *atomic.Int64) ([]time.Duration, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	c, want := newConnection(conn), []byte(l.want)
	var took []time.Duration
	for ctx.Err() == nil {
		request := l.request(int(sent.Add(1)))
		began := time.Now()
		res, err := c.do(request)
		if err != nil {
			return nil, err
		}
		took = append(took, time.Since(began))
		if res.status != 200 || !bytes.Contains(res.body, want) {
			return nil, fmt.Errorf("a wrong answer: %d %s", res.status, res.body)
		}
	}
	return took, nil
}

// percentile takes one of sorted durations.
func percentile(sorted []time.Duration, percent int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)*percent/100, len(sorted)-1)]
}
