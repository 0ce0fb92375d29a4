package auth_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
)

func newRunner(o auth.BackgroundOptions) (*auth.Background, *bytes.Buffer) {
	var log bytes.Buffer
	o.Timeout = time.Minute
	return auth.NewBackground(o, slog.New(slog.NewTextHandler(&log, nil))), &log
}

func TestAHandlerGetsEachTaskAndRunsItOnce(t *testing.T) {
	var names []string
	var runs []func()
	b, log := newRunner(auth.BackgroundOptions{Handler: func(name string, run func()) {
		names, runs = append(names, name), append(runs, run)
	}})
	ran := 0
	b.Go(t.Context(), "mail", func(context.Context) error { ran++; return errors.New("no route") })
	b.Go(t.Context(), "sweep", func(context.Context) error { panic("boom") })
	if ran != 0 || strings.Join(names, " ") != "mail sweep" {
		t.Fatalf("%d tasks ran before the handler said so; it got %v", ran, names)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Drain(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("drained with %v while tasks wait", err)
	}
	for _, run := range runs {
		run()
		run()
	}
	if ran != 1 || b.Panics() != 1 {
		t.Errorf("the first ran %d times, %d panics were counted", ran, b.Panics())
	}
	if err := b.Drain(t.Context()); err != nil {
		t.Errorf("drained with %v", err)
	}
	for _, want := range []string{"no route", "boom"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log does not say %q", want)
		}
	}
}

func TestATaskIsNotLostWithItsHandler(t *testing.T) {
	for name, first := range map[string]func(run func()){"before it ran": func(func()) {}, "after it ran": func(run func()) { run() }} {
		t.Run(name, func(t *testing.T) {
			b, _ := newRunner(auth.BackgroundOptions{Handler: func(_ string, run func()) {
				first(run)
				panic("boom")
			}})
			ran := 0
			b.Go(t.Context(), "mail", func(context.Context) error { ran++; return nil })
			if ran != 1 || b.Panics() != 1 {
				t.Errorf("it ran %d times, %d panics were counted", ran, b.Panics())
			}
			ended, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			if err := b.Drain(ended); err != nil {
				t.Errorf("drained with %v", err)
			}
		})
	}
}
