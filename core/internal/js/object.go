package js

import (
	"iter"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"
)

// indexedFrom is the size from which an [Object] keeps a map beside its entries;
// below it a walk over the entries is faster.
const indexedFrom = 16

// Object is a JSON object that keeps its keys in order, as a JavaScript object
// does: keys that are array indices ("0", "17") first and ascending, then the
// others as they were first set. The zero value is an empty object; a nil *Object
// reads as an empty one and is written as null. Reading it from many goroutines
// is safe while nobody sets or deletes.
type Object struct {
	entries []entry
	index   map[string]int // nil while the object is small
	numeric bool           // some key is an array index
}

type entry struct {
	key   string
	value any
}

// NewObject returns an empty object.
func NewObject() *Object { return &Object{} }

// Get returns the value of key and whether the key is there. Keys are compared
// byte by byte: case counts.
func (o *Object) Get(key string) (any, bool) {
	if i := o.find(key); i >= 0 {
		return o.entries[i].value, true
	}
	return nil, false
}

// Set gives key a value. A key that is there already keeps its place.
func (o *Object) Set(key string, value any) {
	if i := o.find(key); i >= 0 {
		o.entries[i].value = value
		return
	}
	o.add(key, value)
}

// Delete removes key and tells nobody when it was not there.
func (o *Object) Delete(key string) {
	i := o.find(key)
	if i < 0 {
		return
	}
	o.entries = slices.Delete(o.entries, i, i+1)
	o.index = nil
	o.reindex()
}

// Len returns the number of keys.
func (o *Object) Len() int {
	if o == nil {
		return 0
	}
	return len(o.entries)
}

// All yields keys and values in order.
func (o *Object) All() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for _, e := range o.ordered() {
			if !yield(e.key, e.value) {
				return
			}
		}
	}
}

// Clone returns a copy whose keys can be set without changing o. Values are
// shared.
func (o *Object) Clone() *Object {
	if o == nil {
		return nil
	}
	c := &Object{entries: slices.Clone(o.entries), numeric: o.numeric}
	c.reindex()
	return c
}

// Equal reports whether both objects have the same keys in the same order and
// equal values. Numbers are equal when their text is.
func (o *Object) Equal(other *Object) bool {
	if (o == nil) != (other == nil) || o.Len() != other.Len() {
		return false
	}
	theirs := other.ordered()
	for i, e := range o.ordered() {
		if e.key != theirs[i].key || !equal(e.value, theirs[i].value) {
			return false
		}
	}
	return true
}

func equal(a, b any) bool {
	switch a := a.(type) {
	case *Object:
		b, ok := b.(*Object)
		return ok && a.Equal(b)
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, equal)
	case nil, bool, Number, string:
		return a == b
	}
	left, errLeft := Marshal(a)
	right, errRight := Marshal(b)
	return errLeft == nil && errRight == nil && string(left) == string(right)
}

// add appends a key that is known to be new.
func (o *Object) add(key string, value any) {
	o.entries = append(o.entries, entry{key, value})
	if _, ok := arrayIndex(key); ok {
		o.numeric = true
	}
	if o.index != nil {
		o.index[key] = len(o.entries) - 1
		return
	}
	o.reindex()
}

func (o *Object) reindex() {
	if len(o.entries) < indexedFrom {
		return
	}
	o.index = make(map[string]int, 2*len(o.entries))
	for i, e := range o.entries {
		o.index[e.key] = i
	}
}

func (o *Object) find(key string) int {
	if o == nil {
		return -1
	}
	if o.index != nil {
		if i, ok := o.index[key]; ok {
			return i
		}
		return -1
	}
	for i := range o.entries {
		if o.entries[i].key == key {
			return i
		}
	}
	return -1
}

// ordered returns the entries in JavaScript's order.
func (o *Object) ordered() []entry {
	if o == nil {
		return nil
	}
	if !o.numeric {
		return o.entries
	}
	sorted := slices.Clone(o.entries)
	slices.SortStableFunc(sorted, func(a, b entry) int {
		return compareRank(rank(a.key), rank(b.key))
	})
	return sorted
}

func rank(key string) uint32 {
	if n, ok := arrayIndex(key); ok {
		return n
	}
	return math.MaxUint32
}

func compareRank(a, b uint32) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// arrayIndex reads a key that JavaScript takes for an array index: a decimal
// below 2^32-1 without a leading zero (ECMA-262 §6.1.7).
func arrayIndex(key string) (uint32, bool) {
	if key == "" || len(key) > 10 || key[0] < '0' || key[0] > '9' || (key[0] == '0' && len(key) > 1) {
		return 0, false
	}
	n, err := strconv.ParseUint(key, 10, 32)
	return uint32(n), err == nil && n < math.MaxUint32
}

// Truthy reports whether JavaScript takes v for true in a condition: everything
// but nil, false, the empty string, zero and NaN. Objects and arrays are true
// even when empty.
func Truthy(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case Number:
		f := v.Float()
		return f != 0 && f == f
	case float64:
		return v != 0 && v == v
	case int:
		return v != 0
	case int64:
		return v != 0
	case *Object:
		return v != nil
	}
	return true
}

// UTF16Len returns the length that JavaScript gives to s: its UTF-16 code units.
// Limits on the length of names and passwords count these.
func UTF16Len(s string) int {
	n := 0
	for _, r := range s {
		if r > 0xFFFF && r <= utf8.MaxRune {
			n++
		}
		n++
	}
	return n
}
