package crypto

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/goauth-dev/goauth/core/internal/jose"
)

// claim is one member to put into a claims object; value is raw JSON.
type claim struct{ name, value string }

func lifetime(now time.Time, ttl time.Duration) []claim {
	issued := now.Unix()
	expires := issued + int64(ttl/time.Second)
	return []claim{{"iat", strconv.FormatInt(issued, 10)}, {"exp", strconv.FormatInt(expires, 10)}}
}

// setClaims returns the object with each claim set the way JavaScript assigns a
// property: in place where the name exists, else at the end.
func setClaims(object []byte, claims ...claim) ([]byte, error) {
	members, err := jose.Members(object)
	if err != nil {
		return nil, fmt.Errorf("claims: %w", err)
	}
	out := make([]byte, 0, len(object)+128)
	done, empty := 0, true
	present := make([]bool, len(claims))
	for m := range members {
		empty = false
		for i, c := range claims {
			if m.Name == c.name {
				out = append(append(out, object[done:m.Start]...), c.value...)
				done, present[i] = m.End, true
			}
		}
	}
	out = append(out, object[done:bytes.LastIndexByte(object, '}')]...)
	for i, c := range claims {
		if present[i] {
			continue
		}
		if !empty {
			out = append(out, ',')
		}
		empty = false
		out = append(append(append(append(out, '"'), c.name...), '"', ':'), c.value...)
	}
	return append(out, '}'), nil
}

// checkTimes applies the rules of RFC 7519 sections 4.1.4 to 4.1.6 as jose's
// jwtVerify does, with whole seconds on our side and any number on theirs.
func checkTimes(object []byte, now time.Time, tolerance time.Duration) error {
	times, err := readTimes(object)
	if err != nil {
		return err
	}
	seconds, skew := float64(now.Unix()), tolerance.Seconds()
	if times.nbf.present && times.nbf.value > seconds+skew {
		return fmt.Errorf("%w: not valid yet", ErrTokenInvalid)
	}
	if times.exp.present && times.exp.value <= seconds-skew {
		return ErrTokenExpired
	}
	return nil
}

type numericDate struct {
	present bool
	value   float64
}

type tokenTimes struct{ iat, nbf, exp numericDate }

func readTimes(object []byte) (tokenTimes, error) {
	members, err := jose.Members(object)
	if err != nil {
		return tokenTimes{}, fmt.Errorf("%w: claims are %w", ErrTokenInvalid, err)
	}
	var raw struct{ iat, nbf, exp []byte } // the last duplicate counts
	for m := range members {
		switch m.Name {
		case "iat":
			raw.iat = m.Value
		case "nbf":
			raw.nbf = m.Value
		case "exp":
			raw.exp = m.Value
		}
	}
	var times tokenTimes
	return times, errors.Join(
		times.iat.set("iat", raw.iat), times.nbf.set("nbf", raw.nbf), times.exp.set("exp", raw.exp))
}

func (d *numericDate) set(name string, raw []byte) error {
	if raw == nil {
		return nil
	}
	if c := raw[0]; c != '-' && (c < '0' || c > '9') {
		return fmt.Errorf("%w: %q claim must be a number", ErrTokenInvalid, name)
	}
	d.present = true
	d.value, _ = strconv.ParseFloat(string(raw), 64) // out of range is ±Inf, as in JavaScript
	return nil
}
