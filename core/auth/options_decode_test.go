package auth_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/cookies"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/ratelimit"
)

func decodeOptions(t *testing.T, doc string) (*auth.Options, error) {
	t.Helper()
	tree, err := option.ParseJSON([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	o := new(auth.Options)
	return o, option.Decode(tree, o)
}

func TestRateLimitRulesDecodeInTheOrderOfTheFile(t *testing.T) {
	o, err := decodeOptions(t, `{"rateLimit":{"window":60,"customRules":{"/z/*":{"window":10,"max":3},"/a":false,"/n":null}}}`)
	if err != nil {
		t.Fatal(err)
	}
	want := auth.RateLimitRules{
		{Pattern: "/z/*", Rule: ratelimit.Rule{Window: 10 * time.Second, Max: 3}},
		{Pattern: "/a", Off: true},
	}
	if diff := cmp.Diff(want, o.RateLimit.CustomRules); diff != "" || o.RateLimit.Window != time.Minute {
		t.Error(o.RateLimit.Window, diff)
	}
}

func TestIdentifierOverridesDecodeInTheOrderOfTheFile(t *testing.T) {
	o, err := decodeOptions(t, `{"verification":{"storeIdentifier":{"default":"hashed","overrides":{"reset-":"plain","a":"hashed"}}}}`)
	if err != nil {
		t.Fatal(err)
	}
	want := &auth.IdentifierStorage{Default: "hashed", Overrides: auth.IdentifierOverrides{{Prefix: "reset-", Storage: "plain"}, {Prefix: "a", Storage: "hashed"}}}
	if diff := cmp.Diff(want, o.Verification.Identifiers); diff != "" {
		t.Error(diff)
	}
}

func TestOptionsWithTwoFormsTakeEither(t *testing.T) {
	o, err := decodeOptions(t, `{
		"baseURL": "http://x",
		"session": {"updateAge": 0, "cookieCache": {"refreshCache": {"updateAge": 0}}},
		"verification": {"storeIdentifier": "hashed"},
		"advanced": {"disableOriginCheck": ["/x"], "database": {"generateId": false},
			"cookies": {"session_token": {"attributes": {"sameSite": "none", "maxAge": 5, "httpOnly": false}}}}
	}`)
	if err != nil {
		t.Fatal(err)
	}
	never, five, none := false, 5, "none"
	want := &auth.Options{BaseURL: "http://x"}
	want.Session.UpdateAge = -1
	want.Session.CookieCache.Refresh = &auth.RefreshCache{UpdateAge: -1}
	want.Verification.StoreIdentifier = "hashed"
	want.Advanced.SkipOriginCheckPaths = []string{"/x"}
	want.Advanced.Database.NoGeneratedID = option.Off
	want.Advanced.Cookies = map[string]auth.CookieOptions{"session_token": {Attributes: cookies.Override{SameSite: &none, MaxAge: &five, HTTPOnly: &never}}}
	for _, diff := range []string{
		cmp.Diff(want.BaseURL, o.BaseURL), cmp.Diff(want.Session.UpdateAge, o.Session.UpdateAge),
		cmp.Diff(want.Session.CookieCache.Refresh, o.Session.CookieCache.Refresh),
		cmp.Diff(want.Verification.StoreIdentifier, o.Verification.StoreIdentifier),
		cmp.Diff(want.Advanced.SkipOriginCheckPaths, o.Advanced.SkipOriginCheckPaths),
		cmp.Diff(want.Advanced.Database.NoGeneratedID, o.Advanced.Database.NoGeneratedID),
		cmp.Diff(want.Advanced.Cookies, o.Advanced.Cookies),
	} {
		if diff != "" {
			t.Error(diff)
		}
	}
	if o.DynamicBaseURL != nil || o.Advanced.DisableOriginCheck != option.Unset || o.Session.CookieCache.RefreshCache != option.Unset {
		t.Error("the other form was set too")
	}
}

func TestOptionErrorsNameThePath(t *testing.T) {
	tests := []struct{ name, doc, want string }{
		{"a near name", `{"emailAndPassword":{"minPaswordLength":8}}`, "emailAndPassword.minPaswordLength: unknown option; did you mean minPasswordLength?"},
		{"a renamed model's near name", `{"user":{"modelNam":"x"}}`, "user.modelNam: unknown option; did you mean modelName?"},
		{"a function", `{"emailVerification":{"sendVerificationEmail":true}}`, "emailVerification.sendVerificationEmail: unknown option"},
		{"a rule", `{"rateLimit":{"customRules":{"/x":true}}}`, `rateLimit.customRules["/x"]: must be false or an object with window and max`},
		{"half a rule", `{"rateLimit":{"customRules":{"/x":{"max":1}}}}`, `rateLimit.customRules["/x"]: needs both window (seconds) and max`},
		{"a rule's key", `{"rateLimit":{"customRules":{"/x":{"window":1,"maxx":1}}}}`, `rateLimit.customRules["/x"].maxx: unknown option; did you mean max?`},
		{"rules", `{"rateLimit":{"customRules":[]}}`, `rateLimit.customRules: must be an object of rules by path`},
		{"an override", `{"verification":{"storeIdentifier":{"default":"plain","overrides":{"a":"salted"}}}}`, `verification.storeIdentifier.overrides.a: must be "plain" or "hashed"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := decodeOptions(t, tt.doc)
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
