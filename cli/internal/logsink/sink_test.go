package logsink_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/cli/internal/logsink"
)

func note(n int64) string { return fmt.Sprintf("dropped=%d\n", n) }

// pipe is an output that waits while nobody reads.
type pipe struct {
	open chan struct{}
	mu   sync.Mutex
	text strings.Builder
}

func (p *pipe) Write(b []byte) (int, error) {
	<-p.open
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(b)
}

func TestSinkKeepsLinesWholeAndInOrder(t *testing.T) {
	p := &pipe{open: make(chan struct{})}
	close(p.open)
	s := logsink.New(p, 100, note)
	for i := range 100 {
		fmt.Fprintf(s, "line %d\n", i)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(p.text.String()), "\n")
	if len(lines) != 100 || lines[0] != "line 0" || lines[99] != "line 99" {
		t.Errorf("%d lines, %q … %q", len(lines), lines[0], lines[len(lines)-1])
	}
}

func TestFAULT028_ABlockedOutputHoldsUpNobodyAndIsCounted(t *testing.T) {
	p := &pipe{open: make(chan struct{})}
	s := logsink.New(p, 10, note)
	start := time.Now()
	for range 10_000 {
		fmt.Fprintln(s, "a line")
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("10000 writes to a blocked output took %v", took)
	}
	if n := s.Dropped(); n < 9_980 || n > 9_990 {
		t.Errorf("dropped %d", n)
	}
	close(p.open) // somebody reads at last
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if want := note(s.Dropped()); !strings.HasSuffix(p.text.String(), want) {
		t.Errorf("the output does not end in %q", want)
	}
}

func TestFAULT028_ClosingDoesNotWaitForAnOutputThatNobodyReads(t *testing.T) {
	p := &pipe{open: make(chan struct{})}
	s := logsink.New(p, 10, note)
	for range 50 {
		fmt.Fprintln(s, "a line")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	err := s.Close(ctx)
	if err == nil || !strings.Contains(err.Error(), "log lines were lost") {
		t.Errorf("got %v", err)
	}
	if n, err := s.Write([]byte("late\n")); n != 5 || err != nil {
		t.Errorf("a late write: %d, %v", n, err)
	}
	close(p.open)
}
