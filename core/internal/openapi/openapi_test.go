package openapi_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/internal/openapi"
)

// own renders itself.
type own struct{}

func (*own) AppendJSON(dst []byte) ([]byte, error) { return append(dst, '1'), nil }

type inner struct {
	Count int `json:"count"`
}

type everything struct {
	inner
	Text     string         `json:"text" doc:"a text"`
	Maybe    *bool          `json:"maybe"`
	Left     *bool          `json:"left,omitempty"`
	Zero     time.Time      `json:"zero,omitzero"`
	Share    float64        `json:"share"`
	Tree     *js.Object     `json:"tree"`
	Lists    [][]string     `json:"lists"`
	ByName   map[string]int `json:"byName"`
	Own      own            `json:"own"`
	User     *own           `json:"user,omitempty" model:"user"`
	Anything any            `json:"anything"`
	Untagged string
	Skipped  string `json:"-"`
	hidden   string
}

func text(t *testing.T, schema *js.Object) string {
	t.Helper()
	out, err := js.Marshal(schema)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func nothingKnown(reflect.Type) *js.Object { return nil }

func TestOutputDescribesWhatATypeIsRenderedAs(t *testing.T) {
	_ = everything{}.hidden
	got := text(t, openapi.Output(reflect.TypeFor[*everything](), nothingKnown))
	want := `{"type":"object","properties":{` +
		`"count":{"type":"integer"},` +
		`"text":{"type":"string","description":"a text"},` +
		`"maybe":{"type":["boolean","null"]},` +
		`"left":{"type":"boolean"},` +
		`"zero":{"type":"string","format":"date-time"},` +
		`"share":{"type":"number"},` +
		`"tree":{"type":["object","null"]},` +
		`"lists":{"type":"array","items":{"type":"array","items":{"type":"string"}}},` +
		`"byName":{"type":"object"},` +
		`"own":{},` +
		`"user":{"anyOf":[{"$ref":"#/components/schemas/User"},{"type":"null"}]},` +
		`"anything":{},` +
		`"Untagged":{"type":"string"}},` +
		`"required":["count","text","maybe","share","tree","lists","byName","own","anything","Untagged"]}`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestInputsReadTheTags(t *testing.T) {
	type in struct {
		Name   string     `body:"name" is:"nonempty" doc:"who"`
		Email  *string    `body:"email,optional,nullable" is:"email"`
		Sure   bool       `query:"sure" is:"coerced"`
		Token  string     `path:"token"`
		Tree   *js.Object `body:"tree"`
		Fields *js.Object `body:"*,optional" model:"user,name,image"`
		Other  string
	}
	var got []string
	for _, i := range openapi.Inputs(reflect.TypeFor[in]()) {
		line := i.In + " " + i.Name
		if i.Optional {
			line += " optional"
		}
		if i.Schema != nil {
			line += " " + text(t, i.Schema)
		}
		for _, f := range append([]string{i.Model}, i.CoreFields...) {
			if f != "" {
				line += " " + f
			}
		}
		got = append(got, line)
	}
	want := []string{
		`body name {"type":"string","description":"who","minLength":1}`,
		`body email optional {"type":["string","null"],"format":"email"}`,
		`query sure {"type":"boolean"}`,
		`path token {"type":"string"}`,
		`body tree {"type":"object"}`,
		`body * optional user name image`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPropertiesKeepTheirOrderWhenReplaced(t *testing.T) {
	var p openapi.Properties
	if got := text(t, p.Schema()); got != `{"type":"object","properties":{}}` {
		t.Errorf("empty: %s", got)
	}
	p.Add("a", openapi.Object("type", "string"), true)
	p.Add("b", openapi.Object("type", "string"), true)
	p.Add("a", openapi.Object("type", "number"), false)
	if got := text(t, p.Schema()); got != `{"type":"object","properties":{"a":{"type":"number"},"b":{"type":"string"}},"required":["b"]}` {
		t.Errorf("replaced: %s", got)
	}
}
