package zod

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/internal/js"
)

// CoerceBoolean returns what z.coerce.boolean() makes of a value: its truthiness.
// Nothing is refused; "false" is true.
func CoerceBoolean(v any, present bool) bool { return present && js.Truthy(v) }

// CoerceString returns what z.coerce.string() makes of a value, that is String(v).
// Nothing is refused; an absent value is "undefined".
func CoerceString(v any, present bool) string {
	if !present {
		return "undefined"
	}
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return js.FormatNumber(v)
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case js.Number:
		return numberText(v)
	case []any:
		return joinItems(v)
	}
	return "[object Object]"
}

func numberText(n js.Number) string {
	if f := n.Float(); math.IsInf(f, 0) {
		return js.FormatNumber(f)
	}
	text, err := n.AppendJSON(nil)
	if err != nil {
		return "NaN"
	}
	return string(text)
}

// joinItems is Array.prototype.toString: null items are empty.
func joinItems(items []any) string {
	texts := make([]string, len(items))
	for i, item := range items {
		if item != nil {
			texts[i] = CoerceString(item, true)
		}
	}
	return strings.Join(texts, ",")
}

// CoerceNumber returns what z.coerce.number() makes of a value, that is Number(v),
// and whether that is a finite number. When it is not, the wording is [NotANumber].
func CoerceNumber(v any, present bool) (float64, bool) {
	f := toNumber(v, present)
	return f, !math.IsNaN(f) && !math.IsInf(f, 0)
}

// NotANumber is the wording where [CoerceNumber] gives f and refuses it.
func NotANumber(f float64) string { return InvalidType(Num, f, true) }

func toNumber(v any, present bool) float64 {
	if !present {
		return math.NaN()
	}
	switch v := v.(type) {
	case nil:
		return 0
	case bool:
		if v {
			return 1
		}
		return 0
	case js.Number:
		return v.Float()
	case float64:
		return v
	case int:
		return float64(v)
	case int64:
		return float64(v)
	case string:
		return textToNumber(v)
	case []any:
		return textToNumber(joinItems(v))
	case time.Time:
		return float64(v.UnixMilli())
	}
	return math.NaN()
}

// spaces are the characters that JavaScript trims (ECMA-262 §12.2 and §12.3).
const spaces = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"

// TrimSpace trims what String.prototype.trim does.
func TrimSpace(s string) string { return strings.Trim(s, spaces) }

// textToNumber is StringToNumber of ECMA-262 §7.1.4.1.1.
func textToNumber(s string) float64 {
	s = TrimSpace(s)
	if s == "" {
		return 0
	}
	if len(s) > 2 && s[0] == '0' {
		if base := baseOf(s[1]); base != 0 {
			return intInBase(s[2:], base)
		}
	}
	switch s {
	case "Infinity", "+Infinity":
		return math.Inf(1)
	case "-Infinity":
		return math.Inf(-1)
	}
	if strings.Trim(s, "0123456789+-.eE") != "" {
		return math.NaN()
	}
	return js.Number(s).Float()
}

func baseOf(c byte) int {
	switch c {
	case 'x', 'X':
		return 16
	case 'o', 'O':
		return 8
	case 'b', 'B':
		return 2
	}
	return 0
}

func intInBase(digits string, base int) float64 {
	if strings.ContainsAny(digits, "+-_") || len(digits) > 1100 {
		return math.NaN()
	}
	n, ok := new(big.Int).SetString(digits, base)
	if !ok {
		return math.NaN()
	}
	f, _ := new(big.Float).SetInt(n).Float64()
	return f
}
