package cookies

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ChunkSize is the most characters one cookie's value may have before Chunk
// splits it: what browsers allow less 200 for name and attributes.
const ChunkSize = MaxSize - 200

// maxChunks bounds the index of a chunk; with the header at most 32 KiB no more
// can arrive.
const maxChunks = 100

// Chunk returns the cookies to set for a value that may be too long for one:
// the name itself, or name.0, name.1 … with ChunkSize characters each. Serialize
// reports ErrTooLarge for a piece whose percent-encoding is still too long; the
// values that upstream splits need none. Before setting them, delete the
// ChunkNames of the request that are not among them.
func Chunk(name, value string) []Pair {
	if len(value) <= ChunkSize {
		return []Pair{{name, value}}
	}
	pairs := make([]Pair, 0, len(value)/ChunkSize+1)
	for value != "" {
		end := chunkEnd(value)
		pairs = append(pairs, Pair{name + "." + strconv.Itoa(len(pairs)), value[:end]})
		value = value[end:]
	}
	return pairs
}

// chunkEnd is ChunkSize or, not to split a character, a little less.
func chunkEnd(value string) int {
	if len(value) <= ChunkSize {
		return len(value)
	}
	for end := ChunkSize; end > ChunkSize-utf8.UTFMax; end-- {
		if utf8.RuneStart(value[end]) {
			return end
		}
	}
	return ChunkSize
}

// Join returns a value that Chunk may have split: the cookie called name when it
// is there and not empty, else the chunks in order of their index. A missing
// chunk leaves a value that fails its integrity check; it is not reported here.
// Upstream: getChunkedCookie.
func Join(jar Jar, name string) (value string, ok bool) {
	if value, ok = jar.Get(name); ok && value != "" {
		return value, true
	}
	chunks := findChunks(jar, name)
	if len(chunks) == 0 {
		return "", false
	}
	slices.SortFunc(chunks, func(a, b chunk) int { return cmp.Compare(a.index, b.index) })
	var joined strings.Builder
	for _, c := range chunks {
		joined.WriteString(c.value)
	}
	return joined.String(), true
}

// ChunkNames returns the names in jar that hold name's value, whole or in
// chunks: the cookies to delete before another form is set. Cookies whose names
// merely start alike are not among them.
func ChunkNames(jar Jar, name string) []string {
	var names []string
	if _, ok := jar.Raw(name); ok {
		names = append(names, name)
	}
	for _, c := range findChunks(jar, name) {
		names = append(names, name+"."+strconv.Itoa(c.index))
	}
	return names
}

type chunk struct {
	index int
	value string
}

// findChunks returns the chunks of name in header order, the first of each index.
func findChunks(jar Jar, name string) []chunk {
	var found []chunk
	var seen [maxChunks]bool
	for n, raw := range jar.pairs() {
		index, ok := chunkIndex(n, name)
		if !ok || seen[index] {
			continue
		}
		seen[index] = true
		value, ok := DecodeComponent(raw)
		if !ok {
			value = raw
		}
		found = append(found, chunk{index, value})
	}
	return found
}

// chunkIndex returns the n of a cookie called exactly name.n, n in decimal
// without leading zeros.
func chunkIndex(cookie, name string) (int, bool) {
	rest, ok := strings.CutPrefix(cookie, name)
	if !ok || len(rest) < 2 || len(rest) > 3 || rest[0] != '.' {
		return 0, false
	}
	index, err := strconv.Atoi(rest[1:])
	return index, err == nil && index >= 0 && strconv.Itoa(index) == rest[1:]
}
