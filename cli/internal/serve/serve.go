// Package serve is the HTTP server around an instance: start, health, logs, shutdown, and in development the page.
package serve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/goauth-dev/goauth/cli/config"
	"github.com/goauth-dev/goauth/cli/internal/logsink"
	"github.com/goauth-dev/goauth/cli/mail"
	"github.com/goauth-dev/goauth/core"
)

// Options is what a server needs from outside.
type Options struct {
	// Config is the configuration, read and checked.
	Config *config.Config
	// Dev turns the development page on.
	Dev bool
	// Out takes the start line, log lines and the console's mails. A reader that does not read it holds up nothing.
	Out io.Writer
	// Getenv reads the environment, and Now tells the time.
	Getenv func(name string) string
	Now    func() time.Time
}

const (
	// outputQueue is how many writes may wait for a slow output.
	outputQueue = 4096
	// drainTimeout bounds the wait for running requests and for background work at the end.
	drainTimeout = 20 * time.Second
	// flushTimeout bounds the wait for the output at the end.
	flushTimeout = 2 * time.Second
)

// Run listens and serves until ctx ends; then it lets running requests and queued mails finish, and returns. ready, when
// not nil, is called with the address once requests are taken.
func Run(ctx context.Context, o Options, ready func(addr net.Addr)) error {
	sink := logsink.New(o.Out, outputQueue, func(n int64) string {
		return fmt.Sprintf("goauth: dropped %d log lines because the output was not read\n", n)
	})
	err := run(ctx, o, sink, ready)
	flush, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTimeout)
	defer cancel()
	return errors.Join(err, sink.Close(flush))
}

func run(ctx context.Context, o Options, sink *logsink.Sink, ready func(net.Addr)) (err error) {
	addr := cmp.Or(o.Config.Server.Addr, ":3000")
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w; choose another address with --addr or GOAUTH_ADDR", addr, cause(err))
	}
	a, err := newApp(ctx, &o, sink, listener.Addr())
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { err = errors.Join(err, a.close()) }()
	server := NewHTTPServer(a, a.logger)
	fmt.Fprintln(sink, a.announcement(listener.Addr()))
	if ready != nil {
		ready(listener.Addr())
	}
	return a.serve(ctx, server, listener)
}

// cause drops the repetition of the address from an error of Listen.
func cause(err error) error {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op.Err
	}
	return err
}

// NewHTTPServer returns a server that has a limit on everything that a client can make long.
func NewHTTPServer(h http.Handler, logger *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
}

// serve runs the server until ctx ends or the listener fails.
func (a *app) serve(ctx context.Context, server *http.Server, listener net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("the listener failed: %w", err)
	case <-ctx.Done():
	}
	a.stopping.Store(true)
	a.logger.Info("shutting down", "wait", drainTimeout)
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	err := server.Shutdown(drain)
	if err != nil {
		err = errors.Join(fmt.Errorf("requests were still running after %v: %w", drainTimeout, err), server.Close())
	}
	if mails := a.auth.Close(drain); mails != nil {
		err = errors.Join(err, fmt.Errorf("background work was not finished: %w", mails))
	}
	return err
}

// app is one configured server.
type app struct {
	auth     *core.Auth
	logger   *slog.Logger
	now      func() time.Time
	handler  http.Handler
	recent   *mail.Recent // nil outside development
	data     string
	mails    string
	baseURL  string
	stopping flag
	closers  []io.Closer
}

// ServeHTTP implements http.Handler.
func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.handler.ServeHTTP(w, r) }

// close closes what was opened, last first.
func (a *app) close() error {
	var errs []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		errs = append(errs, a.closers[i].Close())
	}
	return errors.Join(errs...)
}

// announcement is the one line that says where everything is.
func (a *app) announcement(addr net.Addr) string {
	at := localURL(addr)
	if a.baseURL != "" && a.baseURL != at {
		at += " for " + a.baseURL
	}
	return fmt.Sprintf("goauth: listening on %s; %s; mails go to %s", at, a.data, a.mails)
}
