package zod_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/internal/zod"
)

// golden reads a table that testdata/golden.mjs wrote.
func golden[T any](t *testing.T, name string) []T {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var rows []T
	if err := json.Unmarshal(text, &rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

func agrees(t *testing.T, table string, rule func(string) bool) {
	t.Helper()
	yes, no := 0, 0
	for _, r := range golden[[2]any](t, table) {
		text, want := r[0].(string), r[1].(bool)
		if got := rule(text); got != want {
			t.Errorf("%s: %.80q fits: %t, zod says %t", table, text, got, want)
		}
		if want {
			yes++
		} else {
			no++
		}
	}
	if yes < 3 || no < 3 {
		t.Errorf("%s has %d that fit and %d that do not", table, yes, no)
	}
}

func TestGO003_EmailsAreThoseOfZod(t *testing.T) {
	if n := len(golden[[2]any](t, "emails.json")); n < 200 {
		t.Errorf("only %d cases", n)
	}
	agrees(t, "emails.json", zod.IsEmail)
}

func TestGO003_LongEmailsTakeLinearTime(t *testing.T) {
	for _, s := range []string{strings.Repeat("a", 1<<20), strings.Repeat("a.", 1<<19) + "@", "a@" + strings.Repeat("a-", 1<<19), "a@" + strings.Repeat("a.", 1<<19)} {
		start := time.Now()
		if zod.IsEmail(s) {
			t.Errorf("%.10q… is an address", s)
		}
		if took := time.Since(start); took > time.Second {
			t.Errorf("%.10q… took %s", s, took)
		}
	}
}

func TestGO004_OnlyASCIILettersMakeAnEmail(t *testing.T) {
	for _, s := range []string{"\u212aelvin@b.com", "a@\u212aelvin.com", "a@b.c\u017fm", "\u0131@b.com", "\u0130@b.com", "ａ@b.com"} {
		if zod.IsEmail(s) {
			t.Errorf("%q is an address", s)
		}
	}
}

func TestAddressesAreThoseOfZod(t *testing.T) {
	agrees(t, "ipv4.json", zod.IsIPv4)
	agrees(t, "ipv6.json", zod.IsIPv6)
}

func TestAnIPv6AddressMayNotCloseItsBracket(t *testing.T) {
	for _, s := range []string{"::1]/x[", "::1]:80/[", "::1]?[", "::\t1"} {
		if zod.IsIPv6(s) {
			t.Errorf("%q is an address", s)
		}
	}
}

// check answers for one schema of the golden table: the message, or "" and the value.
type check func(v any, present bool) (message string, out any)

// typed is a schema that wants values zod calls by one of the names.
func typed(expected string, then check, names ...string) check {
	return func(v any, present bool) (string, any) {
		for _, name := range names {
			if zod.TypeName(v, present) != name {
				continue
			}
			if n, ok := v.(js.Number); ok && math.IsInf(n.Float(), 0) {
				break
			}
			if then == nil {
				return "", v
			}
			return then(v, present)
		}
		return zod.InvalidType(expected, v, present), nil
	}
}

func when(bad func(v any) bool, message string) check {
	return func(v any, _ bool) (string, any) {
		if bad(v) {
			return message, nil
		}
		return "", v
	}
}

func length(v any) int {
	switch v := v.(type) {
	case string:
		return js.UTF16Len(v)
	case []any:
		return len(v)
	}
	return v.(*js.Object).Len()
}

func float(v any) float64 { return v.(js.Number).Float() }

func oneOf(options ...any) check {
	return func(v any, present bool) (string, any) {
		for _, o := range options {
			if present && o == v {
				return "", v
			}
		}
		return zod.InvalidOption(options...), nil
	}
}

var schemas = map[string]check{
	"string":  typed("string", nil, "string"),
	"number":  typed("number", nil, "number"),
	"boolean": typed("boolean", nil, "boolean"),
	"array":   typed("array", nil, "array"),
	"object":  typed("object", func(any, bool) (string, any) { return "", js.NewObject() }, "object"),
	"record":  typed("record", nil, "object"),
	"date":    typed("date", nil, "Date"),
	"null":    typed("null", nil, "null"),
	"int":     typed("number", integer, "number"),
	"safe":    typed("number", integer, "number"),
	"email":   typed("string", when(func(v any) bool { return !zod.IsEmail(v.(string)) }, zod.InvalidEmail), "string"),
	"enum":    oneOf("a", "b"),
	"enum1":   oneOf("a"),
	"literal": oneOf("a", js.Number("1"), true, nil),
	"union": func(v any, present bool) (string, any) {
		if present && v == nil {
			return "", nil
		}
		return zod.InvalidInput, nil
	},
	"min1":      typed("string", when(func(v any) bool { return length(v) < 1 }, zod.TooSmall(zod.String, 1, true)), "string"),
	"max3":      typed("string", when(func(v any) bool { return length(v) > 3 }, zod.TooBig(zod.String, 3, true)), "string"),
	"arrayMin2": typed("array", when(func(v any) bool { return length(v) < 2 }, zod.TooSmall(zod.Array, 2, true)), "array"),
	"arrayMax1": typed("array", when(func(v any) bool { return length(v) > 1 }, zod.TooBig(zod.Array, 1, true)), "array"),
	"gte1":      typed("number", when(func(v any) bool { return float(v) < 1 }, zod.TooSmall(zod.Num, 1, true)), "number"),
	"positive":  typed("number", when(func(v any) bool { return float(v) <= 0 }, zod.TooSmall(zod.Num, 0, false)), "number"),
	"lte5":      typed("number", when(func(v any) bool { return float(v) > 5 }, zod.TooBig(zod.Num, 5, true)), "number"),
	"lt5":       typed("number", when(func(v any) bool { return float(v) >= 5 }, zod.TooBig(zod.Num, 5, false)), "number"),
	"url":       typed("string", when(func(v any) bool { return v != "http://x" }, zod.InvalidURL), "string"),
	"regex": typed("string", when(func(v any) bool {
		return v != "a" && v != "ab" && v != "abcd" && v != "Infinity" && v != "infinity" && v != "NaN"
	}, zod.Pattern("/^[a-z]+$/i")), "string"),
	"len2": typed("string", func(v any, _ bool) (string, any) {
		switch n := length(v); {
		case n > 2:
			return zod.TooBig(zod.String, 2, true), nil
		case n < 2:
			return zod.TooSmall(zod.String, 2, true), nil
		}
		return "", v
	}, "string"),
	"strict": typed("object", func(v any, _ bool) (string, any) {
		var keys []string
		for k := range v.(*js.Object).All() {
			keys = append(keys, k)
		}
		if keys != nil {
			return zod.UnrecognizedKeys(keys...), nil
		}
		return "", v
	}, "object"),
	"coerceBoolean": func(v any, present bool) (string, any) { return "", zod.CoerceBoolean(v, present) },
	"coerceString":  func(v any, present bool) (string, any) { return "", zod.CoerceString(v, present) },
	"coerceNumber": func(v any, present bool) (string, any) {
		if f, ok := zod.CoerceNumber(v, present); ok {
			return "", f
		} else {
			return zod.NotANumber(f), nil
		}
	},
}

func integer(v any, _ bool) (string, any) {
	switch f := float(v); {
	case f != math.Trunc(f):
		return zod.InvalidType(zod.Int, v, true), nil
	case f > 1<<53-1:
		return zod.TooBig(zod.Int, 1<<53-1, true), nil
	}
	return "", v
}

func TestWordingAndCoercionAreThoseOfZod(t *testing.T) {
	type row struct{ Schema, Value, Out, Message string }
	for _, r := range golden[row](t, "wording.json") {
		var v any
		if r.Value != "" {
			var err error
			if v, err = js.Parse([]byte(r.Value)); err != nil {
				t.Fatal(err)
			}
		}
		schema, ok := schemas[r.Schema]
		if !ok {
			t.Fatalf("no schema %s", r.Schema)
		}
		message, out := schema(v, r.Value != "")
		if message != r.Message {
			t.Errorf("%s of %q: %q, zod says %q", r.Schema, r.Value, message, r.Message)
			continue
		}
		if message != "" {
			continue
		}
		if text, err := js.Marshal(out); err != nil || string(text) != r.Out {
			t.Errorf("%s of %q gives %s, %v; zod gives %s", r.Schema, r.Value, text, err, r.Out)
		}
	}
}

func TestTypesHaveZodsNames(t *testing.T) {
	for want, v := range map[string]any{"NaN": math.NaN(), "Date": time.Time{}, "number": 5, "array": []string{}, "string": "x", "boolean": true, "object": map[string]any{}, "null": nil, "function": func() {}} {
		if got := zod.TypeName(v, true); got != want {
			t.Errorf("%T is %s, want %s", v, got, want)
		}
	}
	if got := zod.TypeName("x", false); got != "undefined" {
		t.Errorf("an absent value is %s", got)
	}
}

func TestTheOtherSentencesAreZods(t *testing.T) {
	for got, want := range map[string]string{
		zod.StartsWith("a"):              `Invalid string: must start with "a"`,
		zod.EndsWith("a"):                `Invalid string: must end with "a"`,
		zod.Includes("a"):                `Invalid string: must include "a"`,
		zod.NotMultipleOf(0.5):           "Invalid number: must be a multiple of 0.5",
		zod.InvalidKey("record"):         "Invalid key in record",
		zod.TooSmall(zod.Date, 0, true):  "Too small: expected date to be >=0",
		zod.TooBig(zod.Num, 1e21, false): "Too big: expected number to be <1e+21",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
