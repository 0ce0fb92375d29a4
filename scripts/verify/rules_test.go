package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestJudgeNamesWhatMayNotBeLinked(t *testing.T) {
	c := consumer{module: "facade", thirdParty: coreThirdParty, forbidden: join(noXML, sqlDrivers)}
	for _, tc := range []struct {
		name, standard, other, want string
	}{
		{name: "an allowed dependency passes", other: "golang.org/x/text/unicode/norm"},
		{name: "our own packages pass", other: "github.com/goauth-dev/goauth/core/auth"},
		{name: "a name that only begins alike is not covered", standard: "encoding/xmlish"},
		{name: "a standard package is refused with its reason", standard: "encoding/xml", want: "attack surface"},
		{name: "a subpackage of a driver is refused", other: "github.com/jackc/pgx/v5/stdlib", want: "picks its driver"},
		{name: "anything else is refused", other: "example.org/new", want: "not among its allowed dependencies"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := c.judge(lines(tc.standard), lines(tc.other))
			if tc.want == "" && err != nil {
				t.Fatal(err)
			}
			if tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
				t.Fatalf("error %v, want one with %q", err, tc.want)
			}
		})
	}
}

func TestGoldenShowsWhatCameAndWhatWent(t *testing.T) {
	file := filepath.Join(t.TempDir(), "packages.golden")
	if err := golden(file, []string{"a", "b"}, false); err == nil || !strings.Contains(err.Error(), "UPDATE=1") {
		t.Fatalf("without a file: %v", err)
	}
	if err := golden(file, []string{"a", "b"}, true); err != nil {
		t.Fatal(err)
	}
	if err := golden(file, []string{"a", "b"}, false); err != nil {
		t.Fatal(err)
	}
	err := golden(file, []string{"a", "c"}, false)
	if err == nil || !strings.Contains(err.Error(), "+ c\n- b") {
		t.Fatalf("error %v, want the two lines that differ", err)
	}
}
