// Package config reads the configuration of a GoAuth server: a file in JSON, YAML or TOML under Better Auth's own option
// names, environment variables over it, and what they name — databases, secondary storage, mailers — opened.
//
// Reading is strict: an option that nobody reads is an error. Every error is one line: the file or variable, the path of
// the option, and what to do.
package config

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/goauth-dev/goauth/cli/mail"
	"github.com/goauth-dev/goauth/cli/plugin"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
)

// Config is everything that a configuration says. Better Auth's options are on the top level beside the server's own
// sections.
type Config struct {
	auth.Options
	// Server is the HTTP server around the routes.
	Server Server `option:"server"`
	// DB is the database of the section "database".
	DB Database `option:"database"`
	// Cache is the store of the section "secondaryStorage".
	Cache SecondaryStorage `option:"secondaryStorage"`
	// Mail says where mails go.
	Mail Mail `option:"mail"`
	// Use lists the plugins, in their order.
	Use []plugin.Entry `option:"plugins"`
}

// Server configures the HTTP server.
type Server struct {
	// Addr is the address to listen on, as in "127.0.0.1:3000" or ":3000". Default: ":3000", in development
	// "localhost:3000". Environment: GOAUTH_ADDR.
	Addr string `option:"addr"`
	// LogFormat is "text" (the default) or "json". Environment: GOAUTH_LOG_FORMAT.
	LogFormat string `option:"logFormat"`
}

// Database says where the data is.
type Database struct {
	// URL is "sqlite:PATH", "postgres://…", "mysql://…" or "mariadb://…". Environment: GOAUTH_DATABASE_URL.
	URL string `option:"url"`
}

// SecondaryStorage says where sessions, verification values and rate limits are kept beside the database.
type SecondaryStorage struct {
	// URL is what [redis.Open] takes: "redis://[user:password@]host:port[/db]", with "?addr=host2:port2" the nodes of a
	// cluster, with "?master_name=name" the sentinels of a group. Environment: GOAUTH_SECONDARY_STORAGE_URL.
	URL string `option:"url"`
}

// Mail says where mails go.
type Mail struct {
	// Transport is "console" (the default), "file" or "smtp". Environment: GOAUTH_MAIL_TRANSPORT.
	Transport string `option:"transport"`
	// File is the outbox of the transport "file". Environment: GOAUTH_MAIL_FILE.
	File string `option:"file"`
	// SMTP is the server of the transport "smtp". Environment: GOAUTH_MAIL_SMTP_HOST, _PORT, _SECURITY, _USERNAME,
	// _PASSWORD and _FROM.
	SMTP SMTP `option:"smtp"`
}

// SMTP says which mail server takes the mails; [mail.SMTPOptions] explains the fields.
type SMTP struct {
	Host     string        `option:"host"`
	Port     int           `option:"port"`
	Security mail.Security `option:"security"`
	Username string        `option:"username"`
	Password string        `option:"password"`
	From     string        `option:"from"`
}

// Load reads a configuration over the values that c already has: the file, unless its name is empty, then the
// environment. It reports every error at once.
func Load(file string, getenv func(name string) string, c *Config) error {
	if file != "" {
		tree, err := ReadFile(file)
		if err != nil {
			return err
		}
		if err := Decode(file, tree, c); err != nil {
			return err
		}
	}
	used, err := c.applyEnv(getenv)
	if err != nil {
		return err
	}
	return Prefix(source(file, used), c.Check())
}

// source names where the values come from, for errors that may be about any of them.
func source(file string, variables []string) string {
	switch from := strings.Join(variables, ", "); {
	case from == "":
		return file
	case file == "":
		return from
	default:
		return file + " with " + from
	}
}

// Decode fills dst, a pointer to a struct with option tags such as *[Config], from a tree. Errors begin with name, which
// is the file's.
func Decode(name string, tree, dst any) error {
	if tree == nil {
		return nil // an empty file
	}
	return Prefix(name, option.Decode(tree, dst))
}

// Prefix puts the file's name in front of each line of an error. It returns nil for nil.
func Prefix(name string, err error) error {
	if err == nil || name == "" {
		return err
	}
	lines := strings.Split(err.Error(), "\n")
	return &prefixed{name + ": " + strings.Join(lines, "\n"+name+": "), err}
}

type prefixed struct {
	text string
	err  error
}

func (e *prefixed) Error() string { return e.text }
func (e *prefixed) Unwrap() error { return e.err }

// Check finds what is wrong in the server's own sections. [Load] has done so; it is for values set later.
func (c *Config) Check() error {
	return errors.Join(c.checkServer(), c.checkMail())
}

func (c *Config) checkServer() error {
	var errs []error
	if c.Server.Addr != "" {
		if _, _, err := splitAddr(c.Server.Addr); err != nil {
			errs = append(errs, err)
		}
	}
	errs = append(errs, oneOf("server.logFormat", c.Server.LogFormat, "text", "json"))
	return errors.Join(errs...)
}

// splitAddr takes an address to listen on apart.
func splitAddr(addr string) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(addr)
	if err == nil {
		port, err = strconv.Atoi(text)
	}
	if err != nil || port < 0 || port > 65535 {
		return "", 0, fmt.Errorf(`server.addr: %q is no address to listen on; write it as ":3000" or "127.0.0.1:3000"`, addr)
	}
	return host, port, nil
}

func (c *Config) checkMail() error {
	m := &c.Mail
	if err := oneOf("mail.transport", m.Transport, "console", "file", "smtp"); err != nil {
		return err
	}
	switch m.Transport {
	case "file":
		if m.File == "" {
			return errors.New(`mail.file: set the file that mails are appended to, as in "outbox.jsonl"`)
		}
	case "smtp":
		if _, err := m.smtp(); err != nil {
			return fmt.Errorf("mail.smtp.%w", err)
		}
	}
	return nil
}

func oneOf(path, value string, allowed ...string) error {
	for _, a := range allowed {
		if value == "" || value == a {
			return nil
		}
	}
	last := len(allowed) - 1
	return fmt.Errorf("%s: %q is unknown; use %s or %s", path, value, strings.Join(allowed[:last], ", "), allowed[last])
}
