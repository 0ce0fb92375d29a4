package ip_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/internal/ip"
)

func TestAddressesHaveUpstreamsNormalForm(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "normal.json"))
	if err != nil {
		t.Fatal(err)
	}
	var rows [][4]any
	if err := json.Unmarshal(text, &rows); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		addr, valid, subnet, want := r[0].(string), r[1].(bool), int(r[2].(float64)), r[3].(string)
		if got := ip.Valid(addr); got != valid {
			t.Errorf("Valid(%q) = %t, want %t", addr, got, valid)
		}
		if got := ip.Normalize(addr, subnet); got != want {
			t.Errorf("Normalize(%q, %d) = %q, want %q", addr, subnet, got, want)
		}
	}
}

func forwarded(values ...string) http.Header { return http.Header{"X-Forwarded-For": values} }

func options(t *testing.T, proxies ...string) ip.Options {
	t.Helper()
	trusted, malformed := ip.ParseProxies(proxies)
	if malformed != nil {
		t.Fatalf("malformed: %q", malformed)
	}
	return ip.Options{TrustedProxies: trusted}
}

func TestUP077_AListIsNotBelievedWithoutTrustedProxies(t *testing.T) {
	for i := range 10 {
		h := forwarded(fmt.Sprintf("198.51.100.%d, 10.0.0.5", i))
		if got := ip.Client(h, ip.Options{}); got != "" {
			t.Errorf("%v: %s is believed", h, got)
		}
		if got := ip.Client(forwarded(fmt.Sprintf("198.51.100.%d", i), "10.0.0.5"), ip.Options{}); got != "" {
			t.Errorf("two headers: %s is believed", got)
		}
	}
	if got := ip.Client(forwarded(" 198.51.100.7 "), ip.Options{}); got != "198.51.100.7" {
		t.Errorf("a single address gives %q", got)
	}
}

func TestUP077_BehindTrustedProxiesTheRightmostUntrustedHopIsTheClient(t *testing.T) {
	o := options(t, "10.0.0.0/8", "2001:db8::/32", "192.0.2.1")
	cases := []struct {
		name string
		list []string
		want string
	}{
		{"a spoofed hop on the left", []string{"6.6.6.6, 203.0.113.9, 10.0.0.5"}, "203.0.113.9"},
		{"several headers are one list", []string{"6.6.6.6", "203.0.113.9, 10.0.0.5", "10.9.9.9"}, "203.0.113.9"},
		{"one hop", []string{"203.0.113.9"}, "203.0.113.9"},
		{"all hops trusted", []string{"10.0.0.1, 192.0.2.1, 10.0.0.5"}, ""},
		{"a malformed hop before the client", []string{"203.0.113.9, nonsense, 10.0.0.5"}, ""},
		{"a malformed hop beyond the client", []string{"nonsense, 203.0.113.9, 10.0.0.5"}, "203.0.113.9"},
		{"a hop with a port", []string{"203.0.113.9:1234, 10.0.0.5"}, ""},
		{"empty entries", []string{",203.0.113.9,, 10.0.0.5 ,"}, "203.0.113.9"},
		{"a mapped proxy", []string{"203.0.113.9, ::ffff:10.0.0.5"}, "203.0.113.9"},
		{"an IPv6 proxy", []string{"203.0.113.9, 2001:db8:1::1"}, "203.0.113.9"},
		{"an IPv6 client is cut to its subnet", []string{"2a00:1:2:3:4:5:6:7, 10.0.0.5"}, "2a00:0001:0002:0003:0000:0000:0000:0000"},
		{"ffff in a foreign prefix does not make a proxy", []string{"203.0.113.9, 2a00:0:0:0:0:ffff:10.0.0.5"}, "10.0.0.5"},
		{"nothing", nil, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := ip.Client(forwarded(c.list...), o); got != c.want {
				t.Errorf("%q gives %q, want %q", c.list, got, c.want)
			}
		})
	}
}

func TestUP077_AMalformedProxyTrustsNobody(t *testing.T) {
	trusted, malformed := ip.ParseProxies([]string{"10.0.0.0/33", "x", "10.0.0.0/8x", "10.0.0.0/", "::1/129", "10.0.0.0/-1", "::ffff:10.0.0.0/104", "", "10.1.2.3/8", "::1", "1.2.3.4"})
	if diff := cmp.Diff([]string{"10.0.0.0/33", "x", "10.0.0.0/8x", "10.0.0.0/", "::1/129", "10.0.0.0/-1", "::ffff:10.0.0.0/104", ""}, malformed); diff != "" {
		t.Error(diff)
	}
	if len(trusted) != 3 || trusted[0].String() != "10.1.2.3/8" || trusted[1].String() != "::1/128" {
		t.Errorf("trusted %v", trusted)
	}
	if got := ip.Client(forwarded("6.6.6.6, 10.0.0.5"), ip.Options{}); got != "" {
		t.Errorf("without a valid proxy a list gives %q", got)
	}
}

func TestHeadersAreTriedInOrder(t *testing.T) {
	h := http.Header{"Cf-Connecting-Ip": {"bad"}, "X-Real-Ip": {"198.51.100.1"}, "X-Forwarded-For": {"198.51.100.2"}}
	for _, c := range []struct {
		name string
		o    ip.Options
		want string
	}{
		{"the default", ip.Options{}, "198.51.100.2"},
		{"the first valid one", ip.Options{Headers: []string{"cf-connecting-ip", "x-real-ip", "x-forwarded-for"}}, "198.51.100.1"},
		{"none asked for", ip.Options{Headers: []string{}, Fallback: "127.0.0.1"}, "127.0.0.1"},
		{"disabled", ip.Options{Disabled: true, Fallback: "127.0.0.1"}, ""},
	} {
		if got := ip.Client(h, c.o); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestRateLimitKeysDoNotCollide(t *testing.T) {
	if a, b := ip.RateLimitKey("192.0.2.1", "/x"), ip.RateLimitKey("192.0.2", ".1/x"); a == b {
		t.Errorf("both are %s", a)
	}
}

func FuzzClientIP(f *testing.F) {
	for _, seed := range []string{"1.2.3.4", "6.6.6.6, 10.0.0.5", "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "a,,b", "fe80::1%x"} {
		f.Add(seed)
	}
	trusted, _ := ip.ParseProxies([]string{"10.0.0.0/8"})
	f.Fuzz(func(t *testing.T, list string) {
		for _, o := range []ip.Options{{}, {IPv6Subnet: 128}, {TrustedProxies: trusted}} {
			got := ip.Client(forwarded(list), o)
			if got != ip.Client(forwarded(list), o) {
				t.Fatalf("%q gives two answers", list)
			}
			for _, r := range got {
				if (r < '0' || r > '9') && (r < 'a' || r > 'f') && r != '.' && r != ':' {
					t.Fatalf("%q gives %q", list, got)
				}
			}
		}
	})
}
