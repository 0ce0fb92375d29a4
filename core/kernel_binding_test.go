package core_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/auth"
)

// boundIn has every rule that the core's own operations do not use.
type boundIn struct {
	Wallet string       `body:"wallet,optional" is:"pattern=/^0x[a-f0-9]{4}$/i length=6"`
	Grant  string       `body:"grant,optional" is:"literal=urn:x"`
	Chain  int64        `body:"chain" is:"positive" default:"1"`
	Rate   float64      `body:"rate,optional"`
	Data   *auth.Object `body:"data,optional" is:"record"`
	Any    any          `body:"any,optional"`
	Count  *int64       `body:"count,optional,nullable"`
	Limit  *int64       `body:"limit,optional" is:"coerced min=0"`
	Slug   string       `body:"slug,optional" is:"nonempty" message:"slug cannot be empty"`
}

func TestInputsAreCheckedInUpstreamsWords(t *testing.T) {
	var got boundIn
	s := newServer(t, func(o *auth.Options) {
		o.Plugins = []auth.Plugin{{ID: "p", Endpoints: []auth.AnyEndpoint{auth.Endpoint[boundIn, bool]{
			Key: "bound", Method: auth.POST, Path: "/bound",
			Handle: func(_ *auth.Call, in boundIn) (bool, error) { got = in; return true, nil },
		}}}}
	})
	seven := int64(7)
	for body, want := range map[string]any{
		`{}`:                              boundIn{Chain: 1},
		`{"wallet":"0xABCD","chain":137}`: boundIn{Wallet: "0xABCD", Chain: 137},
		`{"grant":"urn:x","rate":1.5,"any":[true],"count":7}`: boundIn{Grant: "urn:x", Chain: 1, Rate: 1.5, Any: []any{true}, Count: &seven},
		`{"count":null,"any":null}`:                           boundIn{Chain: 1},
		`{"wallet":"0xAB"}`: "[body.wallet] Invalid string: must match pattern /^0x[a-f0-9]{4}$/i; " +
			"[body.wallet] Too small: expected string to have >=6 characters",
		`{"wallet":4}`: "[body.wallet] Invalid input: expected string, received number",
		`{"wallet":["x"]}`: "[body.wallet] Invalid input: expected string, received array; " +
			"[body.wallet] Too small: expected array to have >=6 items",
		`{"grant":"urn:y"}`:          `[body.grant] Invalid input: expected "urn:x"`,
		`{"chain":0}`:                "[body.chain] Too small: expected number to be >0",
		`{"chain":1.5}`:              "[body.chain] Invalid input: expected int, received number",
		`{"chain":9007199254740992}`: "[body.chain] Too big: expected int to be <=9007199254740991",
		`{"chain":null}`:             "[body.chain] Invalid input: expected number, received null",
		`{"rate":"1"}`:               "[body.rate] Invalid input: expected number, received string",
		`{"data":[]}`:                "[body.data] Invalid input: expected record, received array",
		`{"limit":"7"}`:              boundIn{Chain: 1, Limit: &seven},
		`{"limit":"x"}`:              "[body.limit] Invalid input: expected number, received NaN",
		`{"limit":-1}`:               "[body.limit] Too small: expected number to be >=0",
		`{"limit":"0.5"}`:            "[body.limit] Invalid input: expected int, received number",
		`{"slug":""}`:                "[body.slug] slug cannot be empty",
	} {
		got = boundIn{}
		res := s.client().post("/bound", body)
		if message, refused := want.(string); refused {
			if res.Status != 400 || res.object(t)["message"] != message {
				t.Errorf("%s: %d %s, want %q", body, res.Status, res.Body, message)
			}
			continue
		}
		if diff := cmp.Diff(want, got); res.Status != 200 || diff != "" {
			t.Errorf("%s: %d %s (-want +got):\n%s", body, res.Status, res.Body, diff)
		}
	}
}

func TestARecordHasNoPrototype(t *testing.T) {
	var got *auth.Object
	s := newServer(t, func(o *auth.Options) {
		o.Plugins = []auth.Plugin{{ID: "p", Endpoints: []auth.AnyEndpoint{auth.Endpoint[boundIn, bool]{
			Key: "bound", Method: auth.POST, Path: "/bound",
			Handle: func(_ *auth.Call, in boundIn) (bool, error) { got = in.Data; return true, nil },
		}}}}
	})
	if res := s.client().post("/bound", `{"data":{"__proto__":{"a":1},"b":{"__proto__":2}}}`); res.Status != 200 {
		t.Fatalf("%d %s", res.Status, res.Body)
	}
	if text, err := auth.JSON(got); err != nil || string(text) != `{"b":{"__proto__":2}}` {
		t.Errorf("record %s, %v", text, err)
	}
}

func TestABodyThatMayBeAbsentIsRefusedInOneSentence(t *testing.T) {
	s := newServer(t, nil)
	res := s.client().post("/callback/google", `["code"]`)
	if want := "[body] Invalid input: expected object, received array"; res.Status != 400 || res.object(t)["message"] != want {
		t.Errorf("%d %s, want %q", res.Status, res.Body, want)
	}
}

func TestTagsThatCannotBeObeyedAreRefused(t *testing.T) {
	for name, e := range map[string]auth.AnyEndpoint{
		"an unknown rule": auth.Endpoint[struct {
			A string `body:"a" is:"odd"`
		}, bool]{Key: "a"},
		"an expression without slashes": auth.Endpoint[struct {
			A string `body:"a" is:"pattern=x"`
		}, bool]{Key: "a"},
		"a length that is none": auth.Endpoint[struct {
			A string `body:"a" is:"length=x"`
		}, bool]{Key: "a"},
		"a least number that is none": auth.Endpoint[struct {
			A int64 `body:"a" is:"min=x"`
		}, bool]{Key: "a"},
		"a default of another type": auth.Endpoint[struct {
			A int64 `body:"a" default:"x"`
		}, bool]{Key: "a"},
		"a type that is not decoded": auth.Endpoint[struct {
			A []byte `body:"a"`
		}, bool]{Key: "a"},
	} {
		if _, err := e.Route(); err == nil {
			t.Errorf("%s passes", name)
		}
	}
}
