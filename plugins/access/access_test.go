package access_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/goauth-dev/goauth/plugins/access"
)

var (
	statements = access.Statements{"project": {"create", "share", "delete"}, "ui": {"view", "hide"}}
	editor     = access.Role{"project": {"create", "share"}, "ui": {"view"}, "log": {}}
)

func TestARoleAllowsWhatItHolds(t *testing.T) {
	for name, tt := range map[string]struct {
		need access.Permissions
		want bool
	}{
		"an action it holds":                {access.Permissions{"project": {"create"}}, true},
		"all its actions":                   {access.Permissions{"project": {"share", "create"}, "ui": {"view"}}, true},
		"an action it does not hold":        {access.Permissions{"project": {"delete"}}, false},
		"one of two actions":                {access.Permissions{"project": {"create", "delete"}}, false},
		"one of two resources":              {access.Permissions{"project": {"create"}, "ui": {"hide"}}, false},
		"a resource it does not know":       {access.Permissions{"mail": {"send"}}, false},
		"a name that objects have in Node":  {access.Permissions{"constructor": {"name"}}, false},
		"a resource with nothing allowed":   {access.Permissions{"log": {"read"}}, false},
		"an action in other letters":        {access.Permissions{"project": {"Create"}}, false},
		"no resources":                      {access.Permissions{}, false},
		"a known and an unknown resource":   {access.Permissions{"project": {"create"}, "mail": {"send"}}, false},
		"no actions beside an allowed need": {access.Permissions{"project": {"create"}, "ui": {}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := editor.Allows(tt.need); got != tt.want {
				t.Errorf("Allows(%v) = %v, want %v", tt.need, got, tt.want)
			}
		})
	}
}

func TestUP111_NoActionsAreNoPermission(t *testing.T) {
	if editor.Allows(access.Permissions{"project": {}}) {
		t.Error("an empty list of actions is allowed")
	}
	if editor.Authorize(access.Need{Resource: "project"}) == nil || editor.Authorize(access.Need{Resource: "project", Any: true}) == nil {
		t.Error("an empty list of actions is authorised")
	}
	if editor.Authorize() == nil || editor.AuthorizeAny() == nil {
		t.Error("nothing is authorised")
	}
}

func TestNeedsMayBeAlternatives(t *testing.T) {
	need := func(resource string, actions ...string) access.Need {
		return access.Need{Resource: resource, Actions: actions}
	}
	either := func(n access.Need) access.Need { n.Any = true; return n }
	for name, tt := range map[string]struct {
		err  error
		want bool
	}{
		"all needs are met":                        {editor.Authorize(need("project", "create"), need("ui", "view")), true},
		"one need is not met":                      {editor.Authorize(need("project", "create"), need("ui", "hide")), false},
		"one of a resource's actions":              {editor.Authorize(either(need("project", "delete", "create")), need("ui", "view")), true},
		"none of a resource's actions":             {editor.Authorize(either(need("project", "delete", "sell"))), false},
		"any need: the second is met":              {editor.AuthorizeAny(need("project", "delete"), need("ui", "view")), true},
		"any need: none is met":                    {editor.AuthorizeAny(need("project", "delete"), need("ui", "hide")), false},
		"any need: an unknown resource ends it":    {editor.AuthorizeAny(need("mail", "send"), need("ui", "view")), false},
		"any need: met before an unknown resource": {editor.AuthorizeAny(need("ui", "view"), need("mail", "send")), true},
	} {
		t.Run(name, func(t *testing.T) {
			if (tt.err == nil) != tt.want || tt.err != nil && !errors.Is(tt.err, access.ErrDenied) {
				t.Errorf("%v, want allowed %v", tt.err, tt.want)
			}
		})
	}
}

func TestWithHoldsWhatEitherHolds(t *testing.T) {
	base := access.Role{"project": {"create"}}
	got := base.With(access.Role{"project": {"create", "share"}, "ui": {"view"}})
	if want := (access.Role{"project": {"create", "share"}, "ui": {"view"}}); !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if want := (access.Role{"project": {"create"}}); !reflect.DeepEqual(base, want) {
		t.Errorf("the role itself changed: %v", base)
	}
	if got := access.Role(nil).With(base); !reflect.DeepEqual(got, base) {
		t.Errorf("with nothing: %v", got)
	}
}

func TestStatementsNameWhatARoleHoldsBeyondThem(t *testing.T) {
	for want, role := range map[string]access.Role{
		"": {"project": {"create"}, "ui": {}},
		`access: the statements have no resource "mail"`:            {"mail": {"send"}, "ui": {"view"}},
		`access: the statements have no action "sell" of "project"`: {"project": {"create", "sell"}},
	} {
		got := ""
		if err := statements.Check(role); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%v: %q, want %q", role, got, want)
		}
	}
}

func TestOneOfSeveralRolesIsEnough(t *testing.T) {
	roles := access.Roles{"editor": editor, "owner": {"project": {"delete"}}}
	need := access.Permissions{"project": {"delete"}}
	for names, want := range map[string]bool{"owner": true, "editor,owner": true, "editor": false, "": false, "root": false, "editor, owner": false} {
		if got := roles.Allow(names, need); got != want {
			t.Errorf("%q: %v, want %v", names, got, want)
		}
	}
}
