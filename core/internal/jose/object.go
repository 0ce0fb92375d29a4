package jose

import (
	"encoding/json"
	"errors"
	"iter"
)

// Member is one member of a JSON object, by where it stands in the text.
type Member struct {
	Name       string // unescaped
	Value      []byte // the raw value, without surrounding space
	Start, End int    // the value is text[Start:End]
}

var errNotObject = errors.New("not a JSON object")

// Members yields the members of the JSON object in text, in order, duplicates
// included. It returns an error unless text is one valid JSON object. Names are
// compared as written: nothing is matched without regard to case.
func Members(text []byte) (iter.Seq[Member], error) {
	start := skipSpace(text, 0)
	if start == len(text) || text[start] != '{' || !json.Valid(text) {
		return nil, errNotObject
	}
	return func(yield func(Member) bool) {
		for i := skipSpace(text, start+1); text[i] != '}'; {
			var m Member
			m, i = nextMember(text, i)
			if !yield(m) {
				return
			}
			if i = skipSpace(text, i); text[i] == ',' {
				i = skipSpace(text, i+1)
			}
		}
	}, nil
}

// nextMember reads the member that starts at i; text is known to be valid.
func nextMember(text []byte, i int) (Member, int) {
	nameEnd := skipString(text, i)
	start := skipSpace(text, skipSpace(text, nameEnd)+1)
	end := skipValue(text, start)
	return Member{Name: unquote(text[i:nameEnd]), Value: text[start:end], Start: start, End: end}, end
}

func unquote(quoted []byte) string {
	for _, c := range quoted {
		if c == '\\' {
			var s string
			if json.Unmarshal(quoted, &s) != nil {
				return ""
			}
			return s
		}
	}
	return string(quoted[1 : len(quoted)-1])
}

func skipSpace(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r') {
		i++
	}
	return i
}

func skipString(text []byte, i int) int {
	for i++; text[i] != '"'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return i + 1
}

func skipValue(text []byte, i int) int {
	depth := 0
	for ; i < len(text); i++ {
		switch text[i] {
		case '"':
			i = skipString(text, i) - 1
		case '{', '[':
			depth++
			continue
		case '}', ']':
			if depth == 0 {
				return i
			}
			depth--
		case ',', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return i
			}
			continue
		default:
			continue
		}
		if depth == 0 {
			return i + 1
		}
	}
	return i
}
