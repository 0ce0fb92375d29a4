package js

import (
	"math"
	"strconv"
	"strings"
)

// Number is a JSON number by its text, so that an integer beyond 2^53 keeps its
// digits (a float64 would round it).
type Number string

// Float returns the number as JavaScript holds it: the nearest float64, ±Inf
// beyond its range, NaN when the text is no number.
func (n Number) Float() float64 {
	f, err := strconv.ParseFloat(string(n), 64)
	if err != nil && !math.IsInf(f, 0) {
		return math.NaN()
	}
	return f
}

// Int returns the number when it is an integer that fits into an int64, however
// it is written (1, 1.0 and 1e0 are all 1).
func (n Number) Int() (int64, bool) {
	if i, err := strconv.ParseInt(string(n), 10, 64); err == nil {
		return i, true
	}
	f := n.Float()
	if f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, false
	}
	return int64(f), true
}

// AppendJSON writes the number as JSON.stringify does, except that an integer
// keeps all its digits.
func (n Number) AppendJSON(dst []byte) ([]byte, error) {
	if isIntegerText(string(n)) {
		return append(dst, n...), nil
	}
	return appendFloat(dst, n.Float()), nil
}

// isIntegerText reports whether s is a plain decimal integer other than -0.
func isIntegerText(s string) bool {
	digits := strings.TrimPrefix(s, "-")
	if digits == "" || s == "-0" {
		return false
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return false
		}
	}
	return digits == "0" || digits[0] != '0'
}

// FormatNumber returns f as String(f) gives it in JavaScript.
func FormatNumber(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	return string(appendFloat(nil, f))
}

// appendFloat writes f as JSON.stringify does: the shortest digits that read back
// as f, plain from 1e-6 up to 1e21, else with an exponent (ECMA-262 §6.1.6.1.20).
func appendFloat(dst []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(dst, "null"...)
	}
	if f == 0 {
		return append(dst, '0')
	}
	if size := math.Abs(f); size >= 1e-6 && size < 1e21 {
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
	if n := len(dst); dst[n-2] == '0' && (dst[n-3] == '-' || dst[n-3] == '+') {
		dst[n-2] = dst[n-1] // e-07 is e-7 in JavaScript
		dst = dst[:n-1]
	}
	return dst
}
