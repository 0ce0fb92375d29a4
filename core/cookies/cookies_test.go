package cookies_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/cookies"
)

const sessionData = "__Secure-better-auth.session_data"

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

func TestOverridesChangeOnlyWhatTheySet(t *testing.T) {
	base := cookies.Attributes{MaxAge: new(300), Path: "/", HTTPOnly: true, Secure: true, SameSite: "lax"}
	got := base.With(cookies.Override{HTTPOnly: new(false), Domain: new("example.com"), MaxAge: new(0)})
	want := cookies.Attributes{MaxAge: new(0), Path: "/", Domain: "example.com", Secure: true, SameSite: "lax"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(base, base.With(cookies.Override{})); diff != "" {
		t.Error(diff)
	}
	if *base.MaxAge != 300 || *base.Deletion().MaxAge != 0 || *base.WithMaxAge(5).MaxAge != 5 || *base.MaxAge != 300 {
		t.Error("a derived copy changed its origin")
	}
}

func TestPrefixesAndPartitionedForceWhatBrowsersDemand(t *testing.T) {
	for _, c := range []struct {
		name string
		a    cookies.Attributes
		want string
	}{
		{"n", cookies.Attributes{Prefix: cookies.PrefixSecure}, "__Secure-n=v; Secure"},
		{"n", cookies.Attributes{Prefix: cookies.PrefixHost, Domain: "a.com", Path: "/x"}, "__Host-n=v; Path=/; Secure"},
		{"n", cookies.Attributes{Partitioned: true}, "n=v; Secure; Partitioned"},
	} {
		line, err := cookies.Serialize(c.name, "v", c.a, noon)
		if diff := cmp.Diff(c.want, line); diff != "" || err != nil {
			t.Error(diff, err)
		}
	}
}

func TestSerializeRefusesWhatWouldBreakTheHeader(t *testing.T) {
	for _, c := range []struct {
		name string
		a    cookies.Attributes
	}{
		{"", cookies.Attributes{}},
		{"a b", cookies.Attributes{}},
		{"a=b", cookies.Attributes{}},
		{"a;b", cookies.Attributes{}},
		{"a\r\nSet-Cookie: x", cookies.Attributes{}},
		{"é", cookies.Attributes{}},
		{"a", cookies.Attributes{Path: "/; Domain=evil.com"}},
		{"a", cookies.Attributes{Domain: "x\r\nY: z"}},
		{"a", cookies.Attributes{SameSite: "lax; x"}},
	} {
		if line, err := cookies.Serialize(c.name, "v", c.a, noon); !errors.Is(err, cookies.ErrInvalid) {
			t.Errorf("Serialize(%q, %+v) = %q, %v", c.name, c.a, line, err)
		}
	}
	if _, err := cookies.Serialize("a", "v", cookies.Attributes{MaxAge: new(34560001)}, noon); !errors.Is(err, cookies.ErrTooLong) {
		t.Errorf("400 days and a second: %v", err)
	}
}

func TestUP123_CookieHeadersAreReadTolerantly(t *testing.T) {
	for _, c := range []struct {
		header, name, want string
		ok                 bool
	}{
		{"a=1;b=2", "b", "2", true},
		{"session_token=first; session_token=second", "session_token", "first", true},
		{"a=1;;;b=2", "b", "2", true},
		{"junk; a=1", "a", "1", true},
		{"a=x%2By%3D%3D", "a", "x+y==", true},
		{"a=x+y==", "a", "x+y==", true},
		{`a="quoted"`, "a", "quoted", true},
		{"a=", "a", "", true},
		{"aa=1; a.b=2", "a", "", false},
		{"A=1", "a", "", false},
	} {
		if got, ok := cookies.Parse(c.header).Get(c.name); got != c.want || ok != c.ok {
			t.Errorf("Get(%q) of %q = %q, %v", c.name, c.header, got, ok)
		}
	}
	jar := cookies.Parse("s=plain; __Secure-s=secure; t=only")
	for name, want := range map[string]string{"s": "secure", "t": "only"} {
		if got, _ := jar.GetPreferSecure(name); got != want {
			t.Errorf("GetPreferSecure(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestUP139_LargeValuesAreSplitAndTooLargeOnesReported(t *testing.T) {
	attributes := cookies.Attributes{MaxAge: new(300), Path: "/", HTTPOnly: true, Secure: true, SameSite: "lax", Domain: "app.example.com"}
	for _, size := range []int{1, 3895, 3896, 3897, 4000, 4093, 4094, 4096, 7792, 7793, 20000} {
		value := strings.Repeat("0123456789abcde", size/15+1)[:size]
		var header []string
		for _, p := range cookies.Chunk(sessionData, value) {
			line, err := cookies.Serialize(p.Name, p.Value, attributes, noon)
			if err != nil || len(line) > cookies.MaxSize {
				t.Fatalf("a piece of %d characters: line of %d bytes, %v", size, len(line), err)
			}
			pair, _, _ := strings.Cut(line, ";")
			header = append([]string{pair}, header...) // the order on the wire is the browser's
		}
		jar := cookies.Parse(strings.Join(header, "; "))
		if got, ok := cookies.Join(jar, sessionData); !ok || got != value {
			t.Errorf("%d characters came back as %d, %v", size, len(got), ok)
		}
		if got := cookies.ChunkNames(jar, sessionData); len(got) != len(header) {
			t.Errorf("ChunkNames = %v for %d cookies", got, len(header))
		}
	}
	_, err := cookies.Serialize("a", strings.Repeat("x", 4096), cookies.Attributes{}, noon)
	if !errors.Is(err, cookies.ErrTooLarge) {
		t.Errorf("4097 bytes: %v", err)
	}
	if _, err := cookies.Serialize("a", strings.Repeat("x", 4095), cookies.Attributes{}, noon); err != nil {
		t.Errorf("4096 bytes: %v", err)
	}
}

func TestChunksNeverSplitACharacter(t *testing.T) {
	value := "x" + strings.Repeat("é€😀", 1000)
	var joined strings.Builder
	for _, p := range cookies.Chunk("n", value) {
		if strings.Contains(cookies.EncodeComponent(p.Value), "%EF%BF%BD") {
			t.Errorf("%s ends inside a character", p.Name)
		}
		joined.WriteString(p.Value)
	}
	if joined.String() != value {
		t.Error("the pieces do not make the value")
	}
}

func TestJoinPrefersTheWholeCookieAndIgnoresStrangers(t *testing.T) {
	for _, c := range []struct {
		header, want string
		ok           bool
		names        []string
	}{
		{"n.0=a; n=whole; n.1=b", "whole", true, []string{"n", "n.0", "n.1"}},
		{"n.10=k; n.2=c; n.0=a; n.1=b", "abck", true, []string{"n.10", "n.2", "n.0", "n.1"}},
		{"n=; n.0=a", "a", true, []string{"n", "n.0"}},
		{"n.0=a; n.0=z; n.1=b", "ab", true, []string{"n.0", "n.1"}},
		{"n.1=b", "b", true, []string{"n.1"}},
		{"n2=x; n.x=y; n.0.1=z; n.00=q; n.-1=w; n.+1=v; n.100=u; n.=t; nn.0=s; n.01=r", "", false, nil},
		{"", "", false, nil},
	} {
		jar := cookies.Parse(c.header)
		if got, ok := cookies.Join(jar, "n"); got != c.want || ok != c.ok {
			t.Errorf("Join of %q = %q, %v", c.header, got, ok)
		}
		if diff := cmp.Diff(c.names, cookies.ChunkNames(jar, "n")); diff != "" {
			t.Errorf("names in %q differ:\n%s", c.header, diff)
		}
	}
}

func TestFAULT015_MutatedSignedCookiesNeverSplitIntoAValidForm(t *testing.T) {
	signature := strings.Repeat("A", 43) + "="
	for name, decoded := range map[string]string{
		"empty":            "",
		"no dot":           "token" + signature,
		"no value":         "." + signature,
		"empty signature":  "token.",
		"short signature":  "token." + signature[1:],
		"long signature":   "token.A" + signature,
		"no padding":       "token." + strings.Repeat("A", 44),
		"NUL after":        "token." + signature + "\x00",
		"dots only":        "....",
		"dot in signature": "token." + signature[:20] + "." + signature[20:],
		"megabyte":         strings.Repeat("x", 1<<20),
	} {
		if value, got, ok := cookies.SplitSigned(decoded); ok {
			t.Errorf("%s: split into %q and %q", name, value, got)
		}
	}
	value, got, ok := cookies.SplitSigned("a.b\x00.c." + signature)
	if value != "a.b\x00.c" || got != signature || !ok {
		t.Errorf("the last dot does not divide: %q, %q, %v", value, got, ok)
	}
}

func TestFAULT015_HugeHeadersAreReadInLinearTime(t *testing.T) {
	var many strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&many, "c%d=%d;", i, i)
	}
	header := many.String() + "last=1; " + strings.Repeat(";", 100_000) + strings.Repeat("=", 100_000) + "; end=2"
	jar := cookies.Parse(header)
	allocs := testing.AllocsPerRun(5, func() {
		if v, ok := jar.Get("end"); v != "2" || !ok {
			t.Errorf("end = %q, %v", v, ok)
		}
	})
	if allocs > 0 {
		t.Errorf("a lookup allocates %v times", allocs)
	}
	count := 0
	for range jar.All() {
		count++
	}
	if count != 10_002 {
		t.Errorf("%d cookies", count)
	}
}
