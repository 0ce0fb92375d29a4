package sqlx

import (
	"bytes"
	"encoding/json"
	"fmt"
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
	return stringify(v)
}

// stringify marshals without HTML escapes and with U+2028 and U+2029 raw, as JSON.stringify leaves them.
func stringify(v any) (string, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", err
	}
	return string(rawSeparators(bytes.TrimSuffix(buf.Bytes(), []byte("\n")))), nil
}

// rawSeparators replaces the escapes of U+2028 and U+2029, but not an escaped backslash that precedes the same letters.
func rawSeparators(text []byte) []byte {
	if !bytes.Contains(text, []byte(`\u202`)) {
		return text
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			out = append(out, text[i])
			continue
		}
		if esc := text[i:min(i+6, len(text))]; string(esc) == `\u2028` || string(esc) == `\u2029` {
			out = append(out, 0xE2, 0x80, 0xA0|esc[5]&0xF)
			i += 5
			continue
		}
		out = append(out, text[i], text[i+1])
		i++
	}
	return out
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
		var tree any
		if json.Unmarshal([]byte(text), &tree) != nil {
			return nil
		}
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
