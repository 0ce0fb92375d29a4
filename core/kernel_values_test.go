package core_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// pick is one of two members, as upstream's unions of objects are.
type pick struct{ name, id string }

func (p *pick) DecodeInput(v any, _ bool) []auth.Issue {
	obj, _ := v.(*auth.Object)
	if obj == nil {
		return []auth.Issue{{Text: auth.InvalidInput}}
	}
	name, _ := obj.Get("name")
	id, _ := obj.Get("id")
	p.name, _ = name.(string)
	p.id, _ = id.(string)
	switch {
	case name == "":
		return []auth.Issue{{Path: "name", Text: auth.TooShort()}}
	case p.name == "" && p.id == "":
		return []auth.Issue{{Text: auth.InvalidInput}}
	}
	return nil
}

func (p *pick) InputTree() any {
	obj := option.NewObject()
	if p.name != "" {
		obj.Set("name", p.name)
	}
	if p.id != "" {
		obj.Set("id", p.id)
	}
	return obj
}

type deepIn struct {
	Scope string     `body:"scope,optional"`
	Roles auth.Texts `body:"roles,optional"`
	Limit auth.Count `body:"limit,optional"`
	User  string     `body:"user,optional" is:"coerced"`
	Way   string     `body:"way,optional" is:"literal=up|down"`
	Data  *deepData  `body:"data,optional"`
	Pick  pick       `body:"*"`
}

type deepData struct {
	Name  *string      `body:"name,optional" is:"nonempty"`
	At    *time.Time   `body:"at,optional"`
	Extra store.Record `body:"+,optional" model:"thing"`
}

// things is a plugin with an operation that takes all of deepIn.
func things(got *deepIn) auth.Plugin {
	return auth.Plugin{
		ID: "things",
		Schema: []schema.Table{{Model: "thing", Fields: schema.Fields{
			{Name: "own", Type: schema.String, Input: option.Off},
			{Name: "color", Type: schema.String}, {Name: "size", Type: schema.Number}, {Name: "tags", Type: schema.Strings},
		}}},
		Endpoints: []auth.AnyEndpoint{deepEndpoint(got)},
	}
}

func deepEndpoint(got *deepIn) auth.Endpoint[deepIn, bool] {
	return auth.Endpoint[deepIn, bool]{
		Key: "deep", Method: auth.POST, Path: "/deep",
		Handle: func(_ *auth.Call, in deepIn) (bool, error) { *got = in; return true, nil },
	}
}

func TestInputsMayHaveParts(t *testing.T) {
	var got deepIn
	s := newServer(t, func(o *auth.Options) { o.Plugins = []auth.Plugin{things(&got)} })
	red := "red"
	for body, want := range map[string]any{
		`{"name":"a","roles":"x","limit":"12","user":7}`: deepIn{Roles: auth.Texts{"x"}, Limit: 12, User: "7", Pick: pick{name: "a"}},
		`{"id":"a","roles":["x","y"],"limit":3,"way":"up","user":null}`: deepIn{
			Roles: auth.Texts{"x", "y"}, Limit: 3, Way: "up", User: "null", Pick: pick{id: "a"}},
		`{"id":"a","limit":"x","data":{"name":"red","color":"blue","size":2,"own":"mine","other":1}}`: deepIn{
			Pick: pick{id: "a"}, Data: &deepData{Name: &red, Extra: store.Record{"color": "blue", "size": int64(2)}}},
		`{}`:                           "[body] Invalid input",
		`[]`:                           "[body] Invalid input: expected object, received array; [body] Invalid input",
		`{"name":""}`:                  "[body.name] Too small: expected string to have >=1 characters",
		`{"scope":1}`:                  "[body.scope] Invalid input: expected string, received number; [body] Invalid input",
		`{"id":"a","roles":[1]}`:       "[body.roles] Invalid input",
		`{"id":"a","limit":[1]}`:       "[body.limit] Invalid input",
		`{"id":"a","way":"left"}`:      `[body.way] Invalid option: expected one of "up"|"down"`,
		`{"id":"a","data":5}`:          "[body.data] Invalid input: expected object, received number",
		`{"id":"a","data":{"at":"x"}}`: "[body.data.at] Invalid input: expected date, received string",
		`{"id":"a","data":{"name":"","color":1,"size":"x","tags":[1]}}`: "[body.data.name] Too small: expected string to have >=1 characters; " +
			"[body.data.color] Invalid input: expected string, received number; [body.data.size] Invalid input: expected number, received string; " +
			"[body.data.tags.0] Invalid input: expected string, received number",
	} {
		got = deepIn{}
		res := s.client().post("/deep", body)
		if message, refused := want.(string); refused {
			if res.Status != 400 || res.object(t)["message"] != message {
				t.Errorf("%s: %d %s, want %q", body, res.Status, res.Body, message)
			}
			continue
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(pick{})); res.Status != 200 || diff != "" {
			t.Errorf("%s: %d %s (-want +got):\n%s", body, res.Status, res.Body, diff)
		}
	}
}

func TestGoMayGiveInputsWithParts(t *testing.T) {
	var got deepIn
	s := newServer(t, func(o *auth.Options) { o.Plugins = []auth.Plugin{things(&got)} })
	name, at := "red", time.UnixMilli(1_700_000_000_000).UTC()
	want := deepIn{
		Roles: auth.Texts{"x", "y"}, Limit: 3, User: "u", Pick: pick{id: "a"},
		Data: &deepData{Name: &name, At: &at, Extra: store.Record{"color": "blue", "size": int64(2)}},
	}
	if _, err := deepEndpoint(&got).Call(t.Context(), s, want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(pick{})); diff != "" {
		t.Error(diff)
	}
}
