package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/reference/internal/format"
	"github.com/goauth-dev/goauth/reference/internal/harness"
)

// tolerance is how far apart two moments may be that mean the same.
const tolerance = 20 * time.Second

// absent marks a member that one side lacks; null is nil.
const absent = "(absent)"

// A Difference is one place where the two sides disagree.
type Difference struct {
	Path  string `json:"path"`
	Left  any    `json:"left"`
	Right any    `json:"right"`
	Why   string `json:"why"`
}

// A matcher compares the trees of one scenario. Values that are random or depend on
// the time are compared by form, and by identity: it keeps which value on the left
// is which on the right, both ways.
type matcher struct {
	origins     [2]string
	right, left map[string]string
	found       []Difference
	// lag is the longest that one side took more than the other for a step so far. Upstream counts a request after its
	// answer, we before it (UP-078), so that what remains of a window differs by as much.
	lag time.Duration
}

func newMatcher(left, right *harness.Server) *matcher {
	return &matcher{origins: [2]string{left.Origin(), right.Origin()}, right: map[string]string{}, left: map[string]string{}}
}

// take returns the differences since the last call.
func (m *matcher) take() []Difference {
	out := m.found
	m.found = nil
	return out
}

func (m *matcher) report(path string, l, r any, why string) {
	m.found = append(m.found, Difference{Path: path, Left: l, Right: r, Why: why})
}

func (m *matcher) tree(path string, l, r any) {
	switch lv := l.(type) {
	case map[string]any:
		if rv, ok := r.(map[string]any); ok {
			m.object(path, lv, rv)
			return
		}
	case []any:
		if rv, ok := r.([]any); ok {
			m.list(path, lv, rv)
			return
		}
	case string:
		if rv, ok := r.(string); ok {
			m.text(path, lv, rv)
			return
		}
	case json.Number, int64, float64:
		if number(r) {
			m.number(path, l, r)
			return
		}
	default:
		if l == r {
			return
		}
	}
	m.report(path, l, r, "values differ")
}

func (m *matcher) object(path string, l, r map[string]any) {
	keys := map[string]bool{}
	for k := range l {
		keys[k] = true
	}
	for k := range r {
		keys[k] = true
	}
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		lv, inLeft := l[k]
		rv, inRight := r[k]
		switch at := path + "." + k; {
		case !inLeft:
			m.report(at, absent, rv, "only on the right")
		case !inRight:
			m.report(at, lv, absent, "only on the left")
		default:
			m.tree(at, lv, rv)
		}
	}
}

func (m *matcher) list(path string, l, r []any) {
	if len(l) != len(r) {
		m.report(path, l, r, fmt.Sprintf("%d items and %d items", len(l), len(r)))
		return
	}
	for i := range l {
		m.tree(fmt.Sprintf("%s[%d]", path, i), l[i], r[i])
	}
}

func number(v any) bool {
	switch v.(type) {
	case json.Number, int64, float64:
		return true
	}
	return false
}

func (m *matcher) number(path string, l, r any) {
	var lf, rf float64
	fmt.Sscan(fmt.Sprint(l), &lf)
	fmt.Sscan(fmt.Sprint(r), &rf)
	wait := strings.HasSuffix(path, ".tryAgainIn") && math.Abs(lf-rf) <= float64(tolerance.Milliseconds())
	if lf != rf && !wait && !sameMoment(lf, rf) {
		m.report(path, l, r, "numbers differ")
	}
}

// sameMoment knows seconds and milliseconds since the epoch by their size.
func sameMoment(l, r float64) bool {
	between := func(low, high float64) bool { return l >= low && l < high && r >= low && r < high }
	switch {
	case between(1e9, 1e10):
		return math.Abs(l-r) <= tolerance.Seconds()
	case between(1e12, 1e13):
		return math.Abs(l-r) <= float64(tolerance.Milliseconds())
	}
	return false
}

// neutral writes the server's own address the same way on both sides.
func (m *matcher) neutral(side int, text string) string {
	origin := m.origins[side]
	host := strings.TrimPrefix(origin, "http://")
	return strings.NewReplacer(origin, "${ORIGIN}", url.QueryEscape(origin), "${ORIGIN%}", host, "${HOST}", url.QueryEscape(host), "${HOST%}").Replace(text)
}

// text compares two texts: as they are, then as each form that has parts of its own.
func (m *matcher) text(path, l, r string) {
	l, r = m.neutral(0, l), m.neutral(1, r)
	if l == r {
		return
	}
	if strings.HasSuffix(path, "retry-after") && nearby(l, r, m.lag) || strings.HasSuffix(path, ".max-age") && nearby(l, r, 0) {
		return
	}
	if strings.HasSuffix(path, ".start") && len(l) == len(r) { // the first letters of an API key
		return
	}
	if verifier.MatchString(path) && m.opaque(path, l, r) {
		return
	}
	for _, form := range []func(path, l, r string) bool{m.jsonText, m.typed, m.token, m.compact, m.signed, m.sealed, m.segments, m.address, m.opaque, m.code, m.backup, m.device} {
		if form(path, l, r) {
			return
		}
	}
	m.report(path, l, r, "texts differ")
}

// verifier is where PKCE's values and the numbers of public keys are: random throughout, so that no part of them is like the
// other side's.
var verifier = regexp.MustCompile(`(?i)\.(code_?(verifier|challenge)|[xyn])$`)

// took notes how long the sides took for a step.
func (m *matcher) took(left, right time.Duration) { m.lag = max(m.lag, (left - right).Abs()) }

// nearby allows for the second that may pass between two answers, and for a lag.
func nearby(l, r string, lag time.Duration) bool {
	var ln, rn int
	if _, err := fmt.Sscan(l, &ln); err != nil {
		return false
	}
	if _, err := fmt.Sscan(r, &rn); err != nil {
		return false
	}
	most := 1 + int(math.Ceil(lag.Seconds()))
	return ln-rn <= most && rn-ln <= most
}

func (m *matcher) jsonText(path, l, r string) bool {
	if !strings.HasPrefix(l, "{") && !strings.HasPrefix(l, "[") || strings.HasPrefix(l, "${") {
		return false
	}
	lt, lok := parseJSON([]byte(l))
	rt, rok := parseJSON([]byte(r))
	if lok && rok {
		m.tree(path+"(json)", lt, rt)
	}
	return lok && rok
}

// token compares signed and encrypted JWTs by header, claims and validity.
func (m *matcher) token(path, l, r string) bool {
	lt, lok := format.ParseToken(harness.Secret, l)
	rt, rok := format.ParseToken(harness.Secret, r)
	if !lok || !rok {
		return false
	}
	m.jsonText(path+"(header)", string(lt.Header), string(rt.Header))
	if symmetric(lt.Header) || symmetric(rt.Header) { // others are the same again within a second, and another in the next
		m.same(path, l, r)
		m.valid(path, lt.Valid, rt.Valid)
	}
	if lt.Claims != nil && rt.Claims != nil {
		m.text(path+"(claims)", string(lt.Claims), string(rt.Claims))
	}
	return true
}

// symmetric reports whether a header names an algorithm of the secret; the others are of keys that a server makes itself.
func symmetric(header []byte) bool {
	return bytes.Contains(header, []byte(`"HS256"`)) || bytes.Contains(header, []byte(`"dir"`))
}

// userCode is what a person types for a device.
var userCode = regexp.MustCompile(`^[A-HJ-NP-Z2-9]{8}$`)

// typed compares user codes: alone, and as the last parameter of a URL.
func (m *matcher) typed(path, l, r string) bool {
	const parameter = "?user_code="
	lu, lc, inLeft := strings.Cut(l, parameter)
	ru, rc, inRight := strings.Cut(r, parameter)
	if inLeft && inRight && lu == ru {
		l, r = lc, rc
	}
	if !userCode.MatchString(l) || !userCode.MatchString(r) {
		return false
	}
	m.same(path, l, r)
	return true
}

// valid wants both sides to have made a value with the shared secret.
func (m *matcher) valid(path string, l, r bool) {
	if !l || !r {
		m.report(path+"(valid)", l, r, "not made with the secret")
	}
}

func (m *matcher) compact(path, l, r string) bool {
	lc, lok := format.DecodeCompact(l)
	rc, rok := format.DecodeCompact(r)
	if !lok || !rok {
		return false
	}
	m.valid(path, lc.Valid(harness.Secret), rc.Valid(harness.Secret))
	m.number(path+"(expiresAt)", lc.ExpiresAt, rc.ExpiresAt)
	m.text(path+"(payload)", string(lc.Payload), string(rc.Payload))
	return true
}

func (m *matcher) signed(path, l, r string) bool {
	lv, ls, lok := format.SplitSigned(l)
	rv, rs, rok := format.SplitSigned(r)
	if !lok || !rok {
		return false
	}
	m.valid(path, format.VerifySigned(harness.Secret, lv, ls), format.VerifySigned(harness.Secret, rv, rs))
	m.text(path+"(value)", lv, rv)
	return true
}

// volatile finds what differs from run to run inside a longer text.
var volatile = regexp.MustCompile(`eyJ[\w-]+\.[\w-]*\.[\w-]*(?:\.[\w-]*\.[\w-]+)?` +
	`|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z` +
	`|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}` +
	`|[A-Za-z0-9]{20,}|\d{10,13}`)

// segments compares texts that are the same around their volatile parts.
func (m *matcher) segments(path, l, r string) bool {
	lp, rp := volatile.FindAllStringIndex(l, -1), volatile.FindAllStringIndex(r, -1)
	if len(lp) == 0 || len(lp) != len(rp) {
		return false
	}
	if volatile.ReplaceAllString(l, "\x00") != volatile.ReplaceAllString(r, "\x00") {
		return false
	}
	for i := range lp {
		m.part(path, l[lp[i][0]:lp[i][1]], r[rp[i][0]:rp[i][1]])
	}
	return true
}

func (m *matcher) part(path, l, r string) {
	switch {
	case l == r:
	case strings.HasPrefix(l, "eyJ") && m.token(path, l, r), m.sealed(path, l, r):
	case isDate(l) && isDate(r):
		m.date(path, l, r)
	case moment(l) && moment(r):
		m.number(path, json.Number(l), json.Number(r))
	case shape(l) != shape(r):
		m.report(path, l, r, "random values of different form: "+shape(l)+" and "+shape(r))
	default:
		m.same(path, l, r)
	}
}

// opaque accepts whole values of the URL-safe alphabet, such as secrets and nonces.
func (m *matcher) opaque(path, l, r string) bool {
	const least = 20
	if len(l) < least || len(l) != len(r) || !urlSafe.MatchString(l) || !urlSafe.MatchString(r) {
		return false
	}
	m.same(path, l, r)
	return true
}

// code accepts one-time passwords of one length, and stored ones before the same count of attempts; the two sides draw them
// independently, also the same one twice.
func (m *matcher) code(path, l, r string) bool {
	l, lcount, _ := strings.Cut(l, ":")
	r, rcount, _ := strings.Cut(r, ":")
	place := strings.HasSuffix(path, ".otp") || strings.HasSuffix(path, ".value") && lcount != ""
	return place && lcount == rcount && len(l) == len(r) && moment(l) && moment(r)
}

// backupCode is what opens a second factor once.
var backupCode = regexp.MustCompile(`^[A-Za-z0-9]{5}-[A-Za-z0-9]{5}$`)

// backup accepts backup codes.
func (m *matcher) backup(path, l, r string) bool {
	if !backupCode.MatchString(l) || !backupCode.MatchString(r) {
		return false
	}
	m.same(path, l, r)
	return true
}

// device accepts the cookie of a trusted device: a signature over a random identifier.
func (m *matcher) device(path, l, r string) bool {
	lid, ok := cutDevice(l)
	rid, both := cutDevice(r)
	if ok && both {
		m.same(path, lid, rid)
	}
	return ok && both
}

func cutDevice(s string) (id string, ok bool) {
	signature, id, _ := strings.Cut(s, "!")
	return id, len(signature) == 43 && strings.HasPrefix(id, "trust-device-") && urlSafe.MatchString(signature)
}

var urlSafe = regexp.MustCompile(`^[\w-]+$`)

func isDate(s string) bool {
	_, err := time.Parse(isoLayout, s)
	return err == nil
}

func (m *matcher) date(path, l, r string) {
	lt, _ := time.Parse(isoLayout, l)
	rt, _ := time.Parse(isoLayout, r)
	if d := lt.Sub(rt).Abs(); d > tolerance {
		m.report(path, l, r, fmt.Sprintf("dates are %s apart", d))
	}
}

// moment reports whether s is seconds or milliseconds since the epoch.
func moment(s string) bool {
	const longest = 13
	return len(s) <= longest && strings.Trim(s, "0123456789") == ""
}

// shape is the length and alphabet of a random value.
func shape(s string) string {
	kind := "mixed"
	switch {
	case strings.Trim(s, "0123456789abcdef") == "":
		kind = "hex"
	case strings.ToLower(s) == s:
		kind = "lower"
	case strings.ToUpper(s) == s:
		kind = "upper"
	}
	return fmt.Sprintf("%d %s", len(s), kind)
}

// same records that l on the left is r on the right, and reports a broken pair.
func (m *matcher) same(path, l, r string) {
	if known, ok := m.right[l]; ok && known != r {
		m.report(path, l, r, "the left value was "+known+" on the right before")
		return
	}
	if known, ok := m.left[r]; ok && known != l {
		m.report(path, l, r, "the right value was "+known+" on the left before")
		return
	}
	m.right[l], m.left[r] = r, l
}
