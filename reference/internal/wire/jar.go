package wire

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Cookie is one Set-Cookie line: its raw value and its attributes by lower-case
// name (a flag such as HttpOnly has an empty value).
type Cookie struct {
	Name, Value string
	Attributes  map[string]string
}

// Cookies returns the effective cookies of an answer: the last line of each name.
func Cookies(h http.Header) map[string]Cookie {
	out := map[string]Cookie{}
	for _, line := range h.Values("Set-Cookie") {
		c := parseCookie(line)
		out[c.Name] = c
	}
	return out
}

func parseCookie(line string) Cookie {
	parts := strings.Split(line, ";")
	name, value, _ := strings.Cut(strings.TrimSpace(parts[0]), "=")
	c := Cookie{Name: name, Value: value, Attributes: map[string]string{}}
	for _, part := range parts[1:] {
		k, v, _ := strings.Cut(strings.TrimSpace(part), "=")
		c.Attributes[strings.ToLower(k)] = v
	}
	return c
}

// Deleted reports whether the cookie asks to be removed.
func (c Cookie) Deleted() bool { return c.Attributes["max-age"] == "0" }

// Jar keeps raw cookie values by name, as one browser does for one origin.
type Jar map[string]string

// Update applies the cookies of an answer.
func (j Jar) Update(h http.Header) {
	for name, c := range Cookies(h) {
		if c.Deleted() {
			delete(j, name)
			continue
		}
		j[name] = c.Value
	}
}

// Header is the value of the Cookie header, names in order; empty without cookies.
func (j Jar) Header() string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(j)) {
		pairs = append(pairs, name+"="+j[name])
	}
	return strings.Join(pairs, "; ")
}
