package serve

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"strings"

	"github.com/goauth-dev/goauth/cli/config"
	"github.com/goauth-dev/goauth/cli/plugin"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
)

// DevelopmentDefaults returns the configuration that `serve --dev` starts from; a file and the environment win over it:
// the page's every feature on, on this machine only, with the data in the current folder.
func DevelopmentDefaults() *config.Config {
	c := &config.Config{}
	c.Mode, c.AppName = auth.Development, "GoAuth"
	c.Server.Addr = "localhost:3000"
	c.DB.URL = "sqlite:goauth.db"
	c.EmailAndPassword.Enabled = true
	c.EmailAndPassword.RequireEmailVerification = true
	c.EmailVerification.SendOnSignUp = option.On
	c.User.ChangeEmail.Enabled = true
	c.User.DeleteUser.Enabled = true
	return c
}

// DevelopmentPlugins are those that `serve --dev` has on without a file: the ones that the page offers something for, and that
// need nothing from outside.
func DevelopmentPlugins() []plugin.Entry {
	type options = map[string]any
	return []plugin.Entry{
		{ID: "username"}, {ID: "magic-link"}, {ID: "email-otp"}, {ID: "anonymous"}, {ID: "two-factor"}, {ID: "organization"},
		{ID: "phone-number", Options: options{"signUpOnVerification": options{
			"getTempEmail": "{phoneNumber}@phone.example", "getTempName": "{phoneNumber}",
		}}},
		{ID: "api-key"}, {ID: "multi-session"}, {ID: "device-authorization", Options: options{"verificationUri": "/"}},
		{ID: "open-api"},
	}
}

// setDevelopment fills in what depends on the machine: the base URL and a secret.
func setDevelopment(c *config.Config, getenv func(string) string, addr net.Addr) error {
	if c.BaseURL == "" && c.DynamicBaseURL == nil {
		c.BaseURL = cmp.Or(getenv("BETTER_AUTH_URL"), localURL(addr))
	}
	if c.Secret != "" || len(c.Secrets) > 0 ||
		cmp.Or(getenv("BETTER_AUTH_SECRET"), getenv("BETTER_AUTH_SECRETS"), getenv("AUTH_SECRET")) != "" {
		return nil
	}
	var err error
	random := c.Random
	if random == nil {
		random = rand.Reader
	}
	c.Secret, err = keptSecret(c.DB.URL, random)
	return err
}

// localURL is the address as a browser on this machine writes it.
func localURL(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if ip := net.ParseIP(host); err != nil || ip == nil || ip.IsUnspecified() || ip.IsLoopback() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// NewSecret returns 32 random bytes as base64, fit for BETTER_AUTH_SECRET.
func NewSecret(random io.Reader) (string, error) {
	b := make([]byte, 32)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", fmt.Errorf("read random bytes: %w", err)
	}
	return base64.StdEncoding.EncodeToString(b), nil
}

// keptSecret returns the secret beside a SQLite file, so that sessions survive a restart, and makes it the first time,
// readable by its owner only. Without a file the secret lasts as long as the process.
func keptSecret(databaseURL string, random io.Reader) (string, error) {
	fresh, err := NewSecret(random)
	if err != nil {
		return "", err
	}
	path, ok := config.SQLitePath(databaseURL)
	if !ok || path == ":memory:" {
		return fresh, nil
	}
	path = strings.TrimSuffix(path, ".db") + ".secret"
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return readSecret(path)
	}
	if err != nil {
		return "", fmt.Errorf("keep the development secret: %w", err)
	}
	_, err = io.WriteString(f, fresh+"\n")
	if err = errors.Join(err, f.Close()); err != nil {
		return "", fmt.Errorf("keep the development secret: %w", err)
	}
	return fresh, nil
}

func readSecret(path string) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read the development secret: %w", err)
	}
	secret := strings.TrimSpace(string(data))
	if len(secret) < 32 {
		return "", fmt.Errorf("%s: it holds no secret of 32 characters; delete the file and start again", path)
	}
	return secret, nil
}
