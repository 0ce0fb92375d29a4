package main

import (
	"context"
	"log/slog"
)

// testLogger writes to the test's logger.log(level, message, ...args).
type testLogger struct {
	in *instance
	fn string
}

// Enabled implements slog.Handler: the options' level is upstream's own default, warn.
func (l *testLogger) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn
}

// Handle implements slog.Handler.
func (l *testLogger) Handle(ctx context.Context, r slog.Record) error {
	level := map[slog.Level]string{slog.LevelWarn: "warn", slog.LevelError: "error"}[r.Level]
	args := []any{level, r.Message}
	r.Attrs(func(a slog.Attr) bool {
		args = append(args, a.Value.String())
		return true
	})
	_, err := l.in.js.call(ctx, l.fn, args...)
	return err
}

// WithAttrs implements slog.Handler.
func (l *testLogger) WithAttrs([]slog.Attr) slog.Handler { return l }

// WithGroup implements slog.Handler.
func (l *testLogger) WithGroup(string) slog.Handler { return l }
