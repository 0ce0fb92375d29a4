package session

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/cookies"
	"github.com/goauth-dev/goauth/core/internal/js"
)

// The shorter life of copies that are not to be remembered, and the salt of the encrypted form.
const (
	forgottenCompact = time.Minute
	forgottenToken   = 5 * time.Minute
	cacheSalt        = "better-auth-session"
)

// cached is the copy of a session in a cookie.
type cached struct {
	auth.SignedIn
	UpdatedAt int64  `json:"updatedAt"` // milliseconds
	Version   string `json:"version"`

	expiresAt time.Time
	stale     bool // an older secret made it
}

// setCache gives the client a copy of its session, when the option is on. Upstream: setCookieCache.
func setCache(c *auth.Call, s *auth.SignedIn, forget bool) error {
	if !c.Options.Session.CookieCache.Enabled.Or(false) {
		return nil
	}
	version, err := cacheVersion(c, s)
	if err != nil {
		return err
	}
	payload, err := js.Marshal(cached{SignedIn: *visible(c, s), UpdatedAt: c.Now().UnixMilli(), Version: version})
	if err != nil {
		return err
	}
	ck := c.CookieSet.SessionData
	if forget {
		ck = ck.ForBrowserSession()
	}
	value, err := encodeCache(c, payload, ck.Attributes.MaxAge)
	if err != nil {
		return err
	}
	if err := setChunked(c, ck, value); err != nil {
		return err
	}
	return renewAccountCookie(c, s.User.ID)
}

// RefreshCopy gives the client a new copy of its session, when copies are on: what the session or its user say has changed.
// Upstream: setCookieCache.
func RefreshCopy(c *auth.Call, s *auth.SignedIn) error {
	_, forget, _ := c.SignedCookie(c.CookieSet.DontRemember.Name)
	return setCache(c, s, forget)
}

// cacheVersion is the version that copies of this session have now.
func cacheVersion(c *auth.Call, s *auth.SignedIn) (string, error) {
	o := &c.Options.Session.CookieCache
	if o.VersionFunc != nil {
		return o.VersionFunc(c.Ctx(), s.Session, s.User)
	}
	return o.Version, nil
}

func encodeCache(c *auth.Call, payload []byte, maxAge *int) (string, error) {
	life := forgottenToken
	if maxAge != nil && *maxAge > 0 {
		life = time.Duration(*maxAge) * time.Second
	}
	switch c.Options.Session.CookieCache.Strategy {
	case "jwe":
		return c.Keys.EncodeJWE(c.Random, payload, cacheSalt, c.Now(), life)
	case "jwt":
		return c.Keys.SignJWT(payload, c.Now(), life)
	}
	if maxAge == nil || *maxAge == 0 {
		life = forgottenCompact
	}
	expires := strconv.FormatInt(c.Now().Add(life).UnixMilli(), 10)
	signature := c.Keys.SignURL(signedBytes(payload, expires))
	text := `{"session":` + string(payload) + `,"expiresAt":` + expires + `,"signature":"` + signature + `"}`
	return base64.RawURLEncoding.EncodeToString([]byte(text)), nil
}

// signedBytes is what the compact form's signature covers: the payload with the expiry as its last member.
func signedBytes(payload []byte, expires string) []byte {
	signed := append([]byte(nil), payload[:len(payload)-1]...)
	return append(signed, `,"expiresAt":`+expires+`}`...)
}

// cacheState says what became of the request's copy.
type cacheState uint8

const (
	cacheAbsent cacheState = iota
	cacheBroken
	cacheGood
)

// readCache decodes the request's copy. Expiry and version are not checked.
func readCache(c *auth.Call) (*cached, cacheState) {
	text, ok := cookies.Join(c.Jar(), c.CookieSet.SessionData.Name)
	if !ok {
		return nil, cacheAbsent
	}
	var found cached
	var tree any
	switch c.Options.Session.CookieCache.Strategy {
	case "jwe":
		payload, stale, err := c.Keys.DecodeJWE(text, cacheSalt, c.Now())
		tree, found.stale = parsed(payload, err), stale
	case "jwt":
		payload, stale, err := c.Keys.VerifyJWT(text, c.Now())
		tree, found.stale = parsed(payload, err), stale
	default:
		tree = decodeCompact(c, text, &found)
	}
	if !found.read(c, tree) {
		return nil, cacheBroken
	}
	return &found, cacheGood
}

// parsed returns the payload's tree, or nil when it could not be decoded.
func parsed(payload []byte, err error) any {
	if err != nil {
		return nil
	}
	tree, err := js.Parse(payload)
	if err != nil {
		return nil
	}
	return tree
}

// decodeCompact checks the compact form's signature over the payload's own bytes, and returns the payload's tree, or nil.
func decodeCompact(c *auth.Call, text string, found *cached) any {
	data, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil {
		return nil
	}
	members, err := js.Members(data)
	if err != nil {
		return nil
	}
	var tree any
	var payload []byte
	var expires, signature string
	for _, m := range members {
		switch m.Key {
		case "session":
			tree, payload = m.Value, m.Raw
		case "expiresAt":
			expires = string(m.Raw)
		case "signature":
			signature = strings.Trim(string(m.Raw), `"`)
		}
	}
	ms, err := strconv.ParseInt(expires, 10, 64)
	if err != nil || len(payload) < 2 || payload[0] != '{' {
		return nil
	}
	ok, stale := c.Keys.VerifyURL(signedBytes(payload, expires), signature)
	if !ok {
		return nil
	}
	found.expiresAt, found.stale = time.UnixMilli(ms), stale
	return tree
}

// read takes the session, the user and the version out of the payload's tree; nil has none.
func (f *cached) read(c *auth.Call, tree any) bool {
	obj, _ := tree.(*js.Object)
	s := fromTrees(c, first(obj.Get("session")), first(obj.Get("user")))
	if s == nil {
		return false
	}
	f.SignedIn = *s
	f.Version, _ = first(obj.Get("version")).(string)
	if f.Version == "" {
		f.Version = "1"
	}
	if exp, ok := first(obj.Get("exp")).(js.Number); ok && f.expiresAt.IsZero() {
		seconds, _ := exp.Int()
		f.expiresAt = time.Unix(seconds, 0)
	}
	return true
}
