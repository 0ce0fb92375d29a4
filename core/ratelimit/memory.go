package ratelimit

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// defaultEntries is how many counters a process keeps. Upstream, since 1.6.17: MEMORY_STORE_MAX_ENTRIES.
const defaultEntries = 100_000

// Memory keeps counters in this process. Every process counts for itself. Upstream: rateLimit.storage "memory".
type Memory struct {
	max int

	mu      sync.Mutex
	entries map[string]*entry
	order   byExpiry
}

// NewMemory returns a store of at most limit counters; 0 means 100,000. Expired counters are dropped at every call, and
// when there are too many live ones, those that would end first.
func NewMemory(limit int) *Memory {
	if limit <= 0 {
		limit = defaultEntries
	}
	return &Memory{max: limit, entries: make(map[string]*entry)}
}

// Consume implements [Store]. It never fails.
func (m *Memory) Consume(_ context.Context, key string, rule Rule, now time.Time) (Decision, error) {
	if rule.Window <= 0 {
		return Decision{Allowed: true}, nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep(now.UnixMilli())
	e := m.entries[key]
	var current *Counter
	if e != nil {
		current = &e.counter
	}
	next, d := decide(current, key, rule, now)
	if d.Allowed {
		m.put(e, next, next.LastRequest+rule.Window.Milliseconds())
	}
	return d, nil
}

// Len returns how many counters there are now.
func (m *Memory) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.entries)
}

func (m *Memory) put(e *entry, c Counter, expires int64) {
	if e != nil {
		e.counter, e.expires = c, expires
		heap.Fix(&m.order, e.index)
		return
	}
	if len(m.entries) >= m.max {
		m.drop()
	}
	e = &entry{counter: c, expires: expires}
	m.entries[c.Key] = e
	heap.Push(&m.order, e)
}

func (m *Memory) sweep(now int64) {
	for len(m.order) > 0 && m.order[0].expires <= now {
		m.drop()
	}
}

// drop removes the counter that ends first.
func (m *Memory) drop() {
	e := heap.Pop(&m.order).(*entry)
	delete(m.entries, e.counter.Key)
}

type entry struct {
	counter Counter
	expires int64 // milliseconds since 1970
	index   int   // in the heap
}

// byExpiry is a heap of entries; the first is the one that ends first.
type byExpiry []*entry

func (h byExpiry) Len() int           { return len(h) }
func (h byExpiry) Less(i, j int) bool { return h[i].expires < h[j].expires }

func (h byExpiry) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *byExpiry) Push(x any) {
	e := x.(*entry)
	e.index = len(*h)
	*h = append(*h, e)
}

func (h *byExpiry) Pop() any {
	last := len(*h) - 1
	e := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return e
}
