package access

import (
	"maps"
	"slices"
	"strconv"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
)

// DecodeInput implements [auth.Value]: lists of texts by name. Upstream: z.record(z.string(), z.array(z.string())).
func (p *Permissions) DecodeInput(v any, present bool) []auth.Issue {
	o, ok := v.(*auth.Object)
	if !ok {
		return []auth.Issue{{Text: auth.WrongType("record", v, present)}}
	}
	var issues []auth.Issue
	read := Permissions{}
	for resource, list := range o.All() {
		items, ok := list.([]any)
		if !ok {
			issues = append(issues, auth.Issue{Path: resource, Text: auth.WrongType("array", list, true)})
			continue
		}
		actions := make([]string, len(items))
		for i, item := range items {
			if actions[i], ok = item.(string); !ok {
				issues = append(issues, auth.Issue{Path: resource + "." + strconv.Itoa(i), Text: auth.WrongType("string", item, true)})
			}
		}
		read[resource] = actions
	}
	*p = read
	return issues
}

// InputTree implements [auth.Value].
func (p *Permissions) InputTree() any {
	o := option.NewObject()
	for _, resource := range slices.Sorted(maps.Keys(*p)) {
		actions := make([]any, len((*p)[resource]))
		for i, action := range (*p)[resource] {
			actions[i] = action
		}
		o.Set(resource, actions)
	}
	return o
}
