package option

import (
	"iter"
	"maps"
	"slices"

	"github.com/goauth-dev/goauth/core/internal/js"
)

// object is an ordered object, such as a parsed JSON object.
type object interface {
	All() iter.Seq2[string, any]
}

// Entries returns the entries of an object of a tree, in order; those of a map[string]any are sorted by key. It returns
// false when v is no object.
func Entries(v any) (iter.Seq2[string, any], bool) {
	switch v := v.(type) {
	case object:
		return v.All(), true
	case map[string]any:
		return sortedEntries(v), true
	}
	return nil, false
}

func sortedEntries(m map[string]any) iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			if !yield(key, m[key]) {
				return
			}
		}
	}
}

// NewObject returns an empty tree object that keeps the order of its keys.
func NewObject() *js.Object { return js.NewObject() }
