package serve

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/goauth-dev/goauth/cli/config"
	"github.com/goauth-dev/goauth/cli/mail"
	"github.com/goauth-dev/goauth/cli/page"
	"github.com/goauth-dev/goauth/cli/plugin"
	"github.com/goauth-dev/goauth/core"
)

type flag = atomic.Bool

// recentMails is how many mails the development page lists.
const recentMails = 50

// newApp opens what the configuration names, builds the instance and brings the database up to date.
func newApp(ctx context.Context, o *Options, out io.Writer, addr net.Addr) (_ *app, err error) {
	c := o.Config
	a := &app{logger: newLogger(c, out), now: o.Now}
	defer func() {
		if err != nil {
			_ = a.close()
		}
	}()
	c.Options.Logger, c.Options.Getenv, c.Options.Clock = a.logger, o.Getenv, o.Now
	if o.Dev {
		if err := setDevelopment(c, o.Getenv, addr); err != nil {
			return nil, err
		}
	}
	a.baseURL = c.BaseURL
	database, err := a.open(c, o, out)
	if err != nil {
		return nil, err
	}
	if a.auth, err = core.New(c.Options); err != nil {
		return nil, err
	}
	if err := a.migrate(ctx, database); err != nil {
		return nil, err
	}
	a.handler = a.routes(o)
	return a, nil
}

// newLogger writes to out, by default from level info up.
func newLogger(c *config.Config, out io.Writer) *slog.Logger {
	if c.Log.Disabled {
		return slog.New(slog.DiscardHandler)
	}
	var level slog.Level // info
	if c.Log.Level != "" {
		_ = level.UnmarshalText([]byte(c.Log.Level)) // core.New refuses an unknown one
	}
	opts := &slog.HandlerOptions{Level: level}
	if c.Server.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(out, opts))
	}
	return slog.New(slog.NewTextHandler(out, opts))
}

// open opens databases and mailers and hands them to the options.
func (a *app) open(c *config.Config, o *Options, out io.Writer) (config.Storage, error) {
	database, err := a.openDatabase(c)
	if err != nil {
		return nil, err
	}
	if c.Cache.URL != "" {
		closer, err := config.UseRedis(&c.Options, c.Cache.URL, a.logger)
		if err != nil {
			return nil, err
		}
		a.closers = append(a.closers, closer)
	}
	config.UseDatabaseLog(&c.Options, database)
	mailer, closer, err := c.Mail.Mailer(out)
	if err != nil {
		return nil, err
	}
	a.closers = append(a.closers, closer)
	a.mails = c.Mail.Describe()
	if o.Dev {
		a.recent = mail.NewRecent(recentMails, o.Now)
		mailer = mail.Tee(a.recent, mailer)
		a.mails += " and to the page"
	}
	mail.Wire(&c.Options, mailer)
	if c.Plugins, err = plugin.Build(c.Use, &plugin.Env{AppName: cmp.Or(c.AppName, "GoAuth"), Mailer: mailer}); err != nil {
		return nil, err
	}
	return database, nil
}

func (a *app) openDatabase(c *config.Config) (config.Storage, error) {
	if c.DB.URL == "" {
		a.data = "no database, so accounts are lost when it ends"
		return nil, nil
	}
	database, err := config.OpenDatabase(c.DB.URL)
	if err != nil {
		return nil, err
	}
	a.closers = append(a.closers, database)
	c.Options.Database = database
	a.data = "data is in " + config.DescribeDatabase(c.DB.URL)
	return database, nil
}

func (a *app) migrate(ctx context.Context, database config.Storage) error {
	if database == nil {
		return nil
	}
	did, warnings, err := config.Migrate(ctx, database, a.auth.Context().Schema)
	for _, w := range warnings {
		a.logger.Warn(w)
	}
	if err != nil {
		return err
	}
	if did != "" {
		a.logger.Info("database brought up to date", "did", did)
	}
	return nil
}

// routes decides by path, without http.ServeMux: that would clean paths, and the instance must see them as they came.
func (a *app) routes(o *Options) http.Handler {
	own := map[string]http.Handler{
		"/healthz": http.HandlerFunc(a.healthz),
		"/readyz":  http.HandlerFunc(a.readyz),
	}
	var pages http.Handler
	if o.Dev {
		pages = page.New(page.Options{Auth: a.auth.Context(), Recent: a.recent, BaseURL: a.baseURL})
	}
	names := newRouteNames(a.auth)
	return a.logged(names, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch handler := own[r.URL.Path]; {
		case handler != nil:
			secureHeaders(w.Header())
			handler.ServeHTTP(w, r)
		case pages != nil && page.Serves(r.URL.Path):
			secureHeaders(w.Header())
			pages.ServeHTTP(w, r)
		default:
			a.auth.ServeHTTP(w, r)
		}
	}))
}

// secureHeaders are on every answer that the server itself gives.
func secureHeaders(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
}

// healthz answers while the process is up.
func (a *app) healthz(w http.ResponseWriter, r *http.Request) {
	answer(w, r, http.StatusOK, "ok")
}

// readyz answers 200 while requests can be served: the database answers, and the server is not shutting down.
func (a *app) readyz(w http.ResponseWriter, r *http.Request) {
	if a.stopping.Load() {
		answer(w, r, http.StatusServiceUnavailable, "shutting down")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	if err := ping(ctx, a.auth.Context().Store); err != nil {
		a.logger.Error("not ready", "error", err)
		answer(w, r, http.StatusServiceUnavailable, "the database does not answer")
		return
	}
	answer(w, r, http.StatusOK, "ok")
}

func answer(w http.ResponseWriter, r *http.Request, status int, text string) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		status, text = http.StatusMethodNotAllowed, "use GET"
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintln(w, strings.TrimSpace(text))
}
