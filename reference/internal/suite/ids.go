package suite

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// CaseID names a case by its line in upstream's file: "119", or "119.2" for the second case that the line makes.
type CaseID string

// place returns the line, and which of the line's cases it is.
func (id CaseID) place() (line, nth int, err error) {
	first, rest, several := strings.Cut(string(id), ".")
	nth = 1
	if line, err = strconv.Atoi(first); err == nil && several {
		nth, err = strconv.Atoi(rest)
	}
	if err != nil || line < 1 || nth < 1 {
		return 0, 0, fmt.Errorf("%q names no case: want a line, or line.n", id)
	}
	return line, nth, nil
}

func compareIDs(a, b CaseID) int {
	lineA, nthA, _ := a.place()
	lineB, nthB, _ := b.place()
	return cmp.Or(cmp.Compare(lineA, lineB), cmp.Compare(nthA, nthB))
}

// IDs is a list of cases of one file; in JSON one text, so that a file is one line of the ledger.
type IDs []CaseID

// MarshalText implements encoding.TextMarshaler.
func (ids IDs) MarshalText() ([]byte, error) {
	sorted := slices.SortedFunc(slices.Values(ids), compareIDs)
	texts := make([]string, len(sorted))
	for i, id := range sorted {
		texts[i] = string(id)
	}
	return []byte(strings.Join(texts, " ")), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (ids *IDs) UnmarshalText(text []byte) error {
	*ids = nil
	for word := range strings.FieldsSeq(string(text)) {
		id := CaseID(word)
		if _, _, err := id.place(); err != nil {
			return err
		}
		*ids = append(*ids, id)
	}
	return nil
}

// Has reports whether a case is in the list.
func (ids IDs) Has(id CaseID) bool { return slices.Contains(ids, id) }
