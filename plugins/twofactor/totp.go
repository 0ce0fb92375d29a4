package twofactor

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 6238 §1.2: what every authenticator app computes
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"strconv"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/cookies"
	"github.com/goauth-dev/goauth/core/origin"
)

// hotp is the code of a counter (RFC 4226 §5.3). The key is the text of the secret, as upstream has it.
func hotp(secret string, counter int64, digits int) string {
	var message [8]byte
	binary.BigEndian.PutUint64(message[:], uint64(counter)) //nolint:gosec // counters of times are positive
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write(message[:])
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 15
	n := binary.BigEndian.Uint32(sum[offset:]) & 0x7fffffff
	mod := uint32(1)
	for range digits {
		mod *= 10
	}
	return fmt.Sprintf("%0*d", digits, n%mod)
}

// step is the counter of a time (RFC 6238 §4.2).
func (o *TOTPOptions) step(now time.Time) int64 { return now.Unix() / o.seconds() }

// match returns the step, one around now, whose code was given. It takes as long for every code.
func (o *TOTPOptions) match(secret, code string, now time.Time) (step int64, ok bool) {
	current := o.step(now)
	for s := current - 1; s <= current+1; s++ {
		if auth.SameText(hotp(secret, s, o.digits()), code) {
			step, ok = s, true
		}
	}
	return step, ok
}

// uri is the address that authenticator apps read from a QR code.
func (o *TOTPOptions) uri(secret, issuer, name string) string {
	var p origin.Params
	p.Append("secret", base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString([]byte(secret)))
	p.Append("issuer", issuer)
	p.Append("digits", strconv.Itoa(o.digits()))
	p.Append("period", strconv.FormatInt(o.seconds(), 10))
	return "otpauth://totp/" + cookies.EncodeComponent(issuer) + ":" + cookies.EncodeComponent(name) + "?" + p.Encode()
}
