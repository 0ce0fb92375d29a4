package option

import (
	"math"
	"reflect"
	"regexp"
	"strconv"
	"time"

	"github.com/goauth-dev/goauth/core/internal/js"
)

// scalar decodes texts, switches, numbers and values of any kind.
func (d *decoder) scalar(path string, v any, dst reflect.Value) {
	switch kind := dst.Kind(); {
	case kind == reflect.String:
		d.text(path, v, dst)
	case kind == reflect.Bool:
		b, ok := v.(bool)
		if !ok {
			d.wrong(path, v, dst.Type())
			return
		}
		dst.SetBool(b)
	case kind >= reflect.Int && kind <= reflect.Uint64:
		d.integer(path, v, dst)
	case kind == reflect.Float32 || kind == reflect.Float64:
		n, ok := numberOf(v)
		if !ok || dst.OverflowFloat(n.float) {
			d.wrong(path, v, dst.Type())
			return
		}
		dst.SetFloat(n.float)
	case kind == reflect.Interface && dst.NumMethod() == 0:
		dst.Set(reflect.ValueOf(Plain(v)))
	case kind == reflect.Func:
		d.fail(path, "is a function; it can be set in Go only")
	default:
		d.fail(path, "cannot be set in a file")
	}
}

func (d *decoder) text(path string, v any, dst reflect.Value) {
	s, ok := v.(string)
	if !ok {
		d.wrong(path, v, dst.Type())
		return
	}
	dst.SetString(s)
}

func (d *decoder) integer(path string, v any, dst reflect.Value) {
	n, ok := numberOf(v)
	switch {
	case !ok:
		d.wrong(path, v, dst.Type())
	case !n.whole:
		d.fail(path, "must be a whole number within ±2^53")
	case dst.CanInt() && !dst.OverflowInt(n.int):
		dst.SetInt(n.int)
	case dst.CanUint() && n.int >= 0 && !dst.OverflowUint(uint64(n.int)):
		dst.SetUint(uint64(n.int))
	default:
		d.fail(path, "%d is out of range", n.int)
	}
}

// maxDuration bounds durations: far beyond any sensible one, and far below what overflows when it is added to a time.
const maxDuration = 100 * 365 * 24 * time.Hour

func (d *decoder) duration(path string, v any, dst reflect.Value, t tag) {
	unit := time.Second
	if t.milliseconds {
		unit = time.Millisecond
	}
	dur, ok := durationOf(v, unit)
	switch {
	case !ok:
		d.wrong(path, v, durationType)
	case dur < 0:
		d.fail(path, "must not be negative")
	case dur > maxDuration:
		d.fail(path, "must be at most 100 years (%d seconds)", maxDuration/time.Second)
	case dur == 0 && t.zero:
		dst.SetInt(-1)
	default:
		dst.SetInt(int64(dur))
	}
}

// durationOf reads a number of units or a text, clamping to just outside the bounds what is far outside.
func durationOf(v any, unit time.Duration) (time.Duration, bool) {
	if s, ok := v.(string); ok {
		return parseDuration(s)
	}
	n, ok := numberOf(v)
	if !ok || math.IsNaN(n.float) {
		return 0, false
	}
	limit := float64((maxDuration + time.Second) / unit)
	return time.Duration(max(-limit, min(n.float, limit)) * float64(unit)), true
}

// daysText is a duration in days or weeks, which Go's durations lack.
var daysText = regexp.MustCompile(`^(\d{1,6})([dw])$`)

func parseDuration(s string) (time.Duration, bool) {
	if m := daysText.FindStringSubmatch(s); m != nil {
		days, err := strconv.Atoi(m[1])
		if m[2] == "w" {
			days *= 7
		}
		return min(time.Duration(min(days, 100_000))*24*time.Hour, maxDuration+time.Second), err == nil
	}
	if dur, err := time.ParseDuration(s); err == nil {
		return dur, true
	}
	dur, err := ParseSpan(s)
	return dur, err == nil
}

func (d *decoder) time(path string, v any, dst reflect.Value) {
	switch v := v.(type) {
	case time.Time:
		dst.Set(reflect.ValueOf(v))
		return
	case string:
		if t, ok := js.ParseDate(v); ok {
			dst.Set(reflect.ValueOf(t))
			return
		}
		d.fail(path, "must be a date as in 2026-01-31 or 2026-01-31T12:00:00Z")
		return
	}
	d.wrong(path, v, timeType)
}

// number is a number of a tree in both its forms.
type number struct {
	float float64
	int   int64
	whole bool
}

func numberOf(v any) (number, bool) {
	if n, ok := v.(numeric); ok {
		i, whole := n.Int()
		return number{n.Float(), i, whole}, true
	}
	r := reflect.ValueOf(v)
	switch {
	case r.CanInt():
		return number{float64(r.Int()), r.Int(), true}, true
	case r.CanUint():
		u := r.Uint()
		return number{float64(u), int64(u & math.MaxInt64), u <= math.MaxInt64}, true
	case r.CanFloat():
		f := r.Float()
		whole := f == math.Trunc(f) && math.Abs(f) <= 1<<53
		if !whole {
			return number{float: f}, true
		}
		return number{f, int64(f), true}, true
	}
	return number{}, false
}

// Plain returns a value of a tree in Go's own kinds: a whole number as int64, another as float64; a list with its items
// made plain; anything else as it is.
func Plain(v any) any {
	if items, ok := v.([]any); ok {
		plain := make([]any, len(items))
		for i, item := range items {
			plain[i] = Plain(item)
		}
		return plain
	}
	n, ok := numberOf(v)
	switch {
	case !ok:
		return v
	case n.whole:
		return n.int
	default:
		return n.float
	}
}
