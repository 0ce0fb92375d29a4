// Command conformance serves Better Auth's profiles as the contract of the comparison asks: configured by environment
// only, with the command line's own configuration code, so that it can stand beside the upstream server.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/goauth-dev/goauth/cli/config"
	"github.com/goauth-dev/goauth/cli/mail"
	"github.com/goauth-dev/goauth/cli/plugin"
	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx, os.Getenv); err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, getenv func(string) string) error {
	config.TuneMemory(getenv)
	logger := newLogger(getenv)
	p, err := readProfile(getenv("PROFILE"))
	if err != nil {
		return err
	}
	options := p.options
	options.Secret, options.Logger, options.Getenv = getenv("SECRET"), logger, getenv
	options.Advanced.Background.Await = true // the outbox is read right after an answer
	if options.BaseURL == "" && options.DynamicBaseURL == nil {
		options.BaseURL = getenv("BASE_URL")
	}
	if to := getenv("OUTBOUND"); to != "" {
		if options.HTTPClient, err = newDetour(to); err != nil {
			return err
		}
	}
	outbox, err := mail.OpenOutbox(getenv("OUTBOX"))
	if err != nil {
		return err
	}
	defer outbox.Close()
	mail.Wire(&options, outbox)
	p.removeSenders(&options)
	if options.Plugins, err = plugin.Build(p.plugins, p.env(outbox)); err != nil {
		return err
	}
	db, err := config.OpenDatabase(getenv("DATABASE_URL"))
	if err != nil {
		return err
	}
	defer db.Close()
	options.Database = db
	if url := getenv("REDIS_URL"); url != "" {
		closer, err := config.UseRedis(&options, url, logger)
		if err != nil {
			return err
		}
		defer closer.Close()
	}
	a, err := core.New(options)
	if err != nil {
		return err
	}
	if _, _, err := config.Migrate(ctx, db, a.Context().Schema); err != nil {
		return err
	}
	return serve(ctx, a, getenv("PORT"))
}

// newLogger drops everything unless CONFORMANCE_DEBUG is set.
func newLogger(getenv func(string) string) *slog.Logger {
	if getenv("CONFORMANCE_DEBUG") == "" {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// serve answers on the port until ctx ends, then finishes what runs.
func serve(ctx context.Context, a *core.Auth, port string) error {
	mux := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && r.URL.Path == backDoorPath {
			backDoor(a, w, r)
			return
		}
		a.ServeHTTP(w, r)
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 32 << 10}
	listener, err := net.Listen("tcp", ":"+port)
	if err != nil {
		return err
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	closing, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return errors.Join(server.Shutdown(closing), a.Close(closing))
}

var _ auth.Caller = (*core.Auth)(nil)
