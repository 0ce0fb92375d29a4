package cookies_test

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/cookies"
)

// golden holds values that Better Auth 1.6.9's own packages made on Node 20.
type golden struct {
	Now        int64
	Components []struct{ Plain, Encoded string }
	Decode     []struct {
		Text  string
		Value *string
	}
	Parse []struct {
		Header string
		Pairs  [][2]string
	}
	Serialize []struct {
		Name, Value string
		Opts        options
		Line        *string
	}
	Signed    []struct{ Value, Line string }
	SetCookie []struct {
		Line, Name, Value, Path, Domain, SameSite string
		MaxAge                                    *int
		Secure, HTTPOnly, Partitioned             bool
		Expires                                   *int64
	}
}

type options struct {
	MaxAge                        *int
	Domain, Path, SameSite        string
	Prefix                        string
	Expires                       *float64
	HTTPOnly, Secure, Partitioned bool
}

func (o options) attributes() cookies.Attributes {
	a := cookies.Attributes{
		MaxAge: o.MaxAge, Domain: o.Domain, Path: o.Path, SameSite: o.SameSite, Prefix: o.Prefix,
		HTTPOnly: o.HTTPOnly, Secure: o.Secure, Partitioned: o.Partitioned,
	}
	if o.Expires != nil {
		a.Expires = time.UnixMilli(int64(*o.Expires * 1000))
	}
	return a
}

func readGolden(t testing.TB) (golden, time.Time) {
	t.Helper()
	text, err := os.ReadFile("testdata/upstream.json")
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	return g, time.Unix(g.Now, 0)
}

func TestComponentsEncodeAndDecodeAsInJavaScript(t *testing.T) {
	g, _ := readGolden(t)
	for _, v := range g.Components {
		if diff := cmp.Diff(v.Encoded, cookies.EncodeComponent(v.Plain)); diff != "" {
			t.Errorf("encoding of %q differs (-upstream +ours):\n%s", v.Plain, diff)
		}
		if got, ok := cookies.DecodeComponent(v.Encoded); !ok || got != v.Plain {
			t.Errorf("DecodeComponent(%q) = %q, %v", v.Encoded, got, ok)
		}
	}
	for _, v := range g.Decode {
		got, ok := cookies.DecodeComponent(v.Text)
		if ok != (v.Value != nil) || ok && got != *v.Value {
			t.Errorf("DecodeComponent(%q) = %q, %v; JavaScript gives %v", v.Text, got, ok, v.Value)
		}
	}
	if got := cookies.EncodeComponent("a\xffb"); got != "a%EF%BF%BDb" {
		t.Errorf("an invalid byte became %q", got)
	}
}

func TestHeadersParseAsUpstream(t *testing.T) {
	g, _ := readGolden(t)
	for _, v := range g.Parse {
		var want, got [][2]string
		for _, pair := range v.Pairs {
			if pair[0] != "" { // a cookie without a name cannot be asked for
				want = append(want, pair)
			}
		}
		jar := cookies.Parse(v.Header)
		for name, value := range jar.All() {
			got = append(got, [2]string{name, value})
			if found, ok := jar.Get(name); !ok || found != value {
				t.Errorf("Get(%q) of %q = %q, %v; All has %q", name, v.Header, found, ok, value)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("cookies of %q differ (-upstream +ours):\n%s", v.Header, diff)
		}
	}
}

func TestSetCookieLinesEqualUpstreams(t *testing.T) {
	g, now := readGolden(t)
	for _, v := range g.Serialize {
		line, err := cookies.Serialize(v.Name, v.Value, v.Opts.attributes(), now)
		if (err == nil) != (v.Line != nil) {
			t.Errorf("Serialize(%s, %+v): error %v", v.Name, v.Opts, err)
			continue
		}
		if err == nil {
			if diff := cmp.Diff(*v.Line, line); diff != "" {
				t.Errorf("line differs (-upstream +ours):\n%s", diff)
			}
		}
	}
}

func TestSetCookieLinesReadAsUpstream(t *testing.T) {
	g, _ := readGolden(t)
	for _, v := range g.SetCookie {
		want := cookies.SetCookie{Name: v.Name, Value: v.Value, Attributes: cookies.Attributes{
			MaxAge: v.MaxAge, Domain: v.Domain, Path: v.Path, SameSite: v.SameSite,
			HTTPOnly: v.HTTPOnly, Secure: v.Secure, Partitioned: v.Partitioned,
		}}
		if v.Expires != nil {
			want.Attributes.Expires = time.Unix(*v.Expires, 0).UTC()
		}
		got, ok := cookies.ParseSetCookie(v.Line)
		if diff := cmp.Diff(want, got); diff != "" || !ok {
			t.Errorf("%q reads differently (-upstream +ours):\n%s", v.Line, diff)
		}
	}
	if _, ok := cookies.ParseSetCookie("no name; Path=/"); ok {
		t.Error("a line without a name was accepted")
	}
}

func TestSignedCookiesSplit(t *testing.T) {
	g, _ := readGolden(t)
	for _, v := range g.Signed {
		cookie, _ := cookies.ParseSetCookie(v.Line)
		value, signature, ok := cookies.SplitSigned(cookie.Value)
		if !ok || value != v.Value {
			t.Errorf("SplitSigned(%q) = %q, %v", cookie.Value, value, ok)
		}
		line, err := cookies.Serialize("n", cookies.SignedValue(value, signature), cookies.Attributes{Path: "/"}, time.Time{})
		if diff := cmp.Diff(v.Line, line); diff != "" || err != nil {
			t.Error(diff, err)
		}
	}
}
