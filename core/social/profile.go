package social

import (
	"strings"

	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/oauth2"
)

// profile is what a provider says about a user.
type profile struct{ *oauth2.Object }

// undefined is a member that is not there.
var undefined = oauth2.Undefined

// get returns the member at a path of names and positions, or undefined.
func (p profile) get(path ...any) any {
	var v any = p.Object
	for _, step := range path {
		switch at := step.(type) {
		case string:
			o, _ := v.(*oauth2.Object)
			inner, there := o.Get(at)
			if !there {
				return undefined
			}
			v = inner
		case int:
			list, _ := v.([]any)
			if at >= len(list) {
				return undefined
			}
			v = list[at]
		}
	}
	return v
}

// text returns the member at a path when it is a text, else "".
func (p profile) text(path ...any) string {
	s, _ := p.get(path...).(string)
	return s
}

// object returns the member at a path as a profile; an empty one when it is no object.
func (p profile) object(path ...any) profile {
	o, _ := p.get(path...).(*oauth2.Object)
	return profile{o}
}

// has reports whether there is a text at a path.
func (p profile) has(path ...any) bool { return p.text(path...) != "" }

// mark begins the names under which a step leaves something for a later one. No profile has such a name.
const mark = "\x00"

// public is the profile without marks.
func (p profile) public() *oauth2.Object {
	seen := p.Clone()
	for name := range p.All() {
		if strings.HasPrefix(name, mark) {
			seen.Delete(name)
		}
	}
	return seen
}

// textOf is what JavaScript makes of a value in a text.
func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case js.Number:
		data, _ := v.AppendJSON(nil)
		return string(data)
	case nil:
		return "null"
	default:
		return "undefined"
	}
}

func truthy(v any) bool { return v != undefined && js.Truthy(v) }

// or returns the first value that JavaScript takes for true, or the last.
func or(values ...any) any {
	for _, v := range values[:len(values)-1] {
		if truthy(v) {
			return v
		}
	}
	return values[len(values)-1]
}

// orElse returns the first value that is neither null nor undefined, or the last.
func orElse(values ...any) any {
	for _, v := range values[:len(values)-1] {
		if v != undefined && v != nil {
			return v
		}
	}
	return values[len(values)-1]
}
