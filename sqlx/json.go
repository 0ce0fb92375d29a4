package sqlx

import (
	"encoding/json"
	"fmt"

	"github.com/goauth-dev/goauth/core/store"
)

// encodeTree writes a JSON field or a list as JSON.stringify does. A nil slice is an empty list.
func encodeTree(k kind, v any) (any, error) {
	switch list := v.(type) {
	case []string:
		if k == kindNumbers {
			return nil, fmt.Errorf("cannot hold a %T", v)
		}
		if list == nil {
			return "[]", nil
		}
	case []float64:
		if k == kindStrings {
			return nil, fmt.Errorf("cannot hold a %T", v)
		}
		if list == nil {
			return "[]", nil
		}
	default:
		if k != kindJSON {
			return nil, fmt.Errorf("cannot hold a %T", v)
		}
	}
	return store.EncodeJSON(v)
}

// decodeTree reads a JSON field or a list. Text that is not what it should be gives nil, as upstream reads it.
func decodeTree(k kind, src any) any {
	text, ok := src.(string)
	if !ok {
		if k == kindJSON { // a driver that decoded, or a bare number in a typeless column
			return src
		}
		return nil
	}
	switch k {
	case kindStrings:
		return decodeList[string](text)
	case kindNumbers:
		return decodeList[float64](text)
	default:
		tree, _ := store.DecodeJSON(text)
		return tree
	}
}

func decodeList[T any](text string) any {
	var list []T
	if json.Unmarshal([]byte(text), &list) != nil || list == nil {
		return nil
	}
	return list
}
