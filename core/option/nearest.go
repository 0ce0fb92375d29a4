package option

import "strings"

// nearest returns the name that key was probably meant to be, or "": one that differs in case only, else the closest one
// within a third of the key's length.
func nearest(key string, names []string) string {
	best, limit := "", 1+len(key)/3
	for _, name := range names {
		if strings.EqualFold(key, name) {
			return name
		}
		if n := distance(strings.ToLower(key), strings.ToLower(name)); n < limit {
			best, limit = name, n
		}
	}
	return best
}

// distance is the number of bytes to insert, delete, replace or swap with their neighbour to turn a into b.
func distance(a, b string) int {
	var before []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next := make([]int, len(b)+1)
		next[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next[j+1] = min(row[j]+cost, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
