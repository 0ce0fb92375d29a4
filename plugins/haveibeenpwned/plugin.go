// Package haveibeenpwned refuses new passwords that are known from breaches. It asks the range service of Have I Been Pwned
// for the hashes that begin with the same five digits, so that no password leaves the server. Upstream: have-i-been-pwned.
package haveibeenpwned

import (
	"bufio"
	"context"
	"crypto/sha1" //nolint:gosec // the service's format; nothing rests on it
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
)

// Options configures the plugin.
type Options struct {
	// CustomPasswordCompromisedMessage replaces the text of the error.
	CustomPasswordCompromisedMessage string `option:"customPasswordCompromisedMessage"`
	// Paths are the routes whose passwords are checked. Default: every operation that stores a password (UP-082).
	Paths []string `option:"paths"`
	// Enabled switches the check. Default: on.
	Enabled option.Toggle `option:"enabled"`
}

// PasswordCompromised is the answer to a password that is known.
var PasswordCompromised = auth.Code{
	ID: "PASSWORD_COMPROMISED", Message: "The password you entered has been compromised. Please choose a different password.",
}

const (
	service = "https://api.pwnedpasswords.com/range/"
	timeout = 10 * time.Second
	// shown is how many digits of the hash the service gets.
	shown = 5
	// maxAnswer is many times what the service answers, which is 40 to 80 KB.
	maxAnswer = 1 << 20
)

// New returns the plugin.
func New(o Options) auth.Plugin {
	p := auth.Plugin{ID: "have-i-been-pwned", Codes: []auth.Code{PasswordCompromised}}
	if o.Enabled.Or(true) {
		p.CheckPassword = o.check
	}
	return p
}

// check refuses a password that is known. When the service cannot be asked, nothing is stored.
func (o *Options) check(c *auth.Call, password string) error {
	if password == "" || len(o.Paths) > 0 && !slices.Contains(o.Paths, routeOf(c)) {
		return nil
	}
	known, err := isKnown(c, password)
	if err != nil || !known {
		return err
	}
	code := PasswordCompromised
	if o.CustomPasswordCompromisedMessage != "" {
		code = code.With(o.CustomPasswordCompromisedMessage)
	}
	return auth.Fail(http.StatusBadRequest, code)
}

func routeOf(c *auth.Call) string {
	if c.Route == nil {
		return ""
	}
	return c.Route.Path
}

// isKnown asks the service.
func isKnown(c *auth.Call, password string) (bool, error) {
	sum := sha1.Sum([]byte(password)) //nolint:gosec // see the import
	digest := strings.ToUpper(hex.EncodeToString(sum[:]))
	ctx, cancel := context.WithTimeout(c.Ctx(), timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, service+digest[:shown], nil)
	if err != nil {
		return false, err
	}
	req.Header.Set("Add-Padding", "true")
	req.Header.Set("User-Agent", "GoAuth Password Checker")
	res, err := c.HTTP.Do(req)
	if err != nil {
		return false, unreachable(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return false, auth.FailText(http.StatusInternalServerError, fmt.Sprintf("Failed to check password. Status: %d", res.StatusCode))
	}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") { // not the service, whose answer is a text
		return false, unreachable(nil)
	}
	lines := bufio.NewScanner(http.MaxBytesReader(nil, res.Body, maxAnswer))
	for lines.Scan() {
		suffix, count, _ := strings.Cut(lines.Text(), ":")
		if strings.EqualFold(suffix, digest[shown:]) && strings.TrimSpace(count) != "0" { // a line that only pads has the count 0
			return true, nil
		}
	}
	if err := lines.Err(); err != nil {
		return false, unreachable(err)
	}
	return false, nil
}

func unreachable(err error) error {
	return auth.FailText(http.StatusInternalServerError, "Failed to check password. Please try again later.").Because(err)
}
