package access

import (
	"maps"
	"slices"
	"strconv"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
)

// Grants are permissions as a request gives them, in its order: {"project": ["create", "share"]}. It is an [auth.Value].
type Grants struct {
	tree *auth.Object
}

// GrantsOf returns permissions as an input takes them.
func GrantsOf(p Permissions) Grants {
	tree := option.NewObject()
	for _, resource := range slices.Sorted(maps.Keys(p)) {
		actions := p[resource]
		list := make([]any, len(actions))
		for i, action := range actions {
			list[i] = action
		}
		tree.Set(resource, list)
	}
	return Grants{tree}
}

// DecodeInput implements [auth.Value]. Upstream: z.record(z.string(), z.array(z.string())).
func (g *Grants) DecodeInput(v any, present bool) []auth.Issue {
	obj, ok := v.(*auth.Object)
	if !ok {
		return []auth.Issue{{Text: auth.WrongType("record", v, present)}}
	}
	var issues []auth.Issue
	for resource, actions := range obj.All() {
		list, ok := actions.([]any)
		if !ok {
			issues = append(issues, auth.Issue{Path: resource, Text: auth.WrongType("array", actions, true)})
		}
		for i, action := range list {
			if _, text := action.(string); !text {
				issues = append(issues, auth.Issue{Path: resource + "." + strconv.Itoa(i), Text: auth.WrongType("string", action, true)})
			}
		}
	}
	g.tree = obj
	return issues
}

// InputTree implements [auth.Value].
func (g *Grants) InputTree() any {
	if g.tree == nil {
		return nil
	}
	return g.tree
}

// IsZero reports whether none were given.
func (g Grants) IsZero() bool { return g.tree == nil }

// Needs are the permissions, resource by resource.
func (g Grants) Needs() []Need {
	var needs []Need
	if g.tree == nil {
		return nil
	}
	for resource, actions := range g.tree.All() {
		need := Need{Resource: resource}
		list, _ := actions.([]any)
		for _, action := range list {
			s, _ := action.(string)
			need.Actions = append(need.Actions, s)
		}
		needs = append(needs, need)
	}
	return needs
}

// Permissions are the permissions without their order.
func (g Grants) Permissions() Permissions {
	p := Permissions{}
	for _, need := range g.Needs() {
		p[need.Resource] = need.Actions
	}
	return p
}

// AppendJSON renders them in their order.
func (g Grants) AppendJSON(dst []byte) ([]byte, error) {
	text, err := auth.JSON(g.InputTree())
	return append(dst, text...), err
}
