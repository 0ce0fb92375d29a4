package origin

import (
	"slices"
	"strings"

	"github.com/goauth-dev/goauth/core/internal/js"
)

// Param is one name and value of a query, decoded.
type Param struct{ Name, Value string }

// Params is a query in its order, as JavaScript's URLSearchParams.
type Params []Param

// ParseParams reads a query; a question mark in front of it is skipped.
func ParseParams(query string) Params {
	var p Params
	for name, value := range js.Pairs(strings.TrimPrefix(query, "?")) {
		p = append(p, Param{name, value})
	}
	return p
}

// Get returns the first value of name.
func (p Params) Get(name string) (string, bool) {
	for _, param := range p {
		if param.Name == name {
			return param.Value, true
		}
	}
	return "", false
}

// Append adds a parameter at the end, beside others of its name.
func (p *Params) Append(name, value string) { *p = append(*p, Param{name, value}) }

// Set gives the first parameter of name the value and removes the others, or
// appends it.
func (p *Params) Set(name, value string) {
	i := slices.IndexFunc(*p, func(param Param) bool { return param.Name == name })
	if i < 0 {
		p.Append(name, value)
		return
	}
	(*p)[i].Value = value
	rest := slices.DeleteFunc((*p)[i+1:], func(param Param) bool { return param.Name == name })
	*p = (*p)[:i+1+len(rest)]
}

// Delete removes all parameters of name.
func (p *Params) Delete(name string) {
	*p = slices.DeleteFunc(*p, func(param Param) bool { return param.Name == name })
}

// Encode writes the query as URLSearchParams.toString does (WHATWG URL §5.2).
func (p Params) Encode() string {
	var b []byte
	for i, param := range p {
		if i > 0 {
			b = append(b, '&')
		}
		b = appendForm(b, param.Name)
		b = append(b, '=')
		b = appendForm(b, param.Value)
	}
	return string(b)
}

func appendForm(dst []byte, s string) []byte {
	s = js.ToValidUTF8(s)
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ':
			dst = append(dst, '+')
		case isAlnum(c) || strings.IndexByte("*-._", c) >= 0:
			dst = append(dst, c)
		default:
			dst = appendPercent(dst, c)
		}
	}
	return dst
}
