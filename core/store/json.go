package store

import (
	"encoding/json"

	"github.com/goauth-dev/goauth/core/internal/js"
)

// EncodeJSON returns a value as JSON.stringify writes it: what an adapter stores for a JSON field or a list. Objects keep
// the order of their keys; Go maps are sorted.
func EncodeJSON(v any) (string, error) {
	text, err := js.Marshal(v)
	return string(text), err
}

// DecodeJSON returns the tree of a stored JSON text. Objects keep the order of their keys, and numbers their digits, as in
// the tree of a request. A text that nests deeper than a request may becomes maps, slices and float64s.
func DecodeJSON(text string) (any, error) {
	tree, err := js.Parse([]byte(text))
	if err == nil {
		return tree, nil
	}
	if err := json.Unmarshal([]byte(text), &tree); err != nil {
		return nil, err
	}
	return tree, nil
}
