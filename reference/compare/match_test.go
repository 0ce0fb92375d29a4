package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/reference/internal/format"
	"github.com/goauth-dev/goauth/reference/internal/harness"
)

func servers() (left, right *harness.Server) {
	return &harness.Server{Config: harness.Config{Port: 4200}}, &harness.Server{Config: harness.Config{Port: 4201}}
}

func differences(t *testing.T, pairs ...[2]any) []Difference {
	t.Helper()
	m := newMatcher(servers())
	for _, p := range pairs {
		m.tree("at", p[0], p[1])
	}
	return m.take()
}

func token(t *testing.T, secret string, claims obj) string {
	t.Helper()
	text, err := format.SignToken(secret, claims)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func encrypted(t *testing.T, claims obj) string {
	t.Helper()
	text, err := format.EncryptToken(harness.Secret, format.SessionSalt, claims)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func compact(t *testing.T, secret, payload string) string {
	t.Helper()
	text, err := format.Compact{Payload: json.RawMessage(payload), ExpiresAt: "1790000000000"}.Encode(secret)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestMatcherAcceptsWhatMeansTheSame(t *testing.T) {
	const idL, idR = "OpaSbZbzeU6mXi7CF5tgSKEMEpEcB0Qv", "Xu5cDVUqOZ0KZIeGeBqeb8AsWLnLpZqY"
	now := time.Now().UTC()
	signed := func(v string) string {
		raw := format.Sign(harness.Secret, v)
		return strings.NewReplacer("%2B", "+", "%2F", "/", "%3D", "=").Replace(raw)
	}
	for name, p := range map[string][2]any{
		"ids":              {idL, idR},
		"backup codes":     {"Zwsg4-PmzFp", "ADEp4-5XVfI"},
		"own origins":      {"http://localhost:4200/x", "http://localhost:4201/x"},
		"dates":            {now.Format(isoLayout), now.Add(time.Second).Format(isoLayout)},
		"milliseconds":     {json.Number("1790000000000"), json.Number("1790000001000")},
		"signed cookies":   {signed(idL), signed(idR)},
		"tokens":           {token(t, harness.Secret, obj{"email": "a", "iat": 1790000000}), token(t, harness.Secret, obj{"email": "a", "iat": 1790000001})},
		"encrypted tokens": {encrypted(t, obj{"email": "a"}), encrypted(t, obj{"email": "a"})},
		"compact cookies":  {compact(t, harness.Secret, `{"id":"`+idL+`"}`), compact(t, harness.Secret, `{"id":"`+idR+`"}`)},
		"links":            {"http://localhost:4200/api/auth/reset-password/" + idL + "?callbackURL=%2F", "http://localhost:4201/api/auth/reset-password/" + idR + "?callbackURL=%2F"},
		"hashes":           {strings.Repeat("ab", 16) + ":" + strings.Repeat("01", 64), strings.Repeat("cd", 16) + ":" + strings.Repeat("23", 64)},
	} {
		t.Run(name, func(t *testing.T) {
			if found := differences(t, p); len(found) > 0 {
				t.Errorf("reported %+v", found)
			}
		})
	}
}

func TestMatcherReportsWhatDiffers(t *testing.T) {
	const idL, idR, otherL = "OpaSbZbzeU6mXi7CF5tgSKEMEpEcB0Qv", "Xu5cDVUqOZ0KZIeGeBqeb8AsWLnLpZqY", "k2UqDVUqOZ0KZIeGeBqeb8AsWLnLpZqA"
	now := time.Now().UTC()
	for name, pairs := range map[string][][2]any{
		"a missing member":            {{obj{"a": nil}, obj{}}},
		"null for a text":             {{obj{"a": nil}, obj{"a": ""}}},
		"a number for a text":         {{json.Number("1"), "1"}},
		"a shorter list":              {{[]any{"a"}, []any{}}},
		"another word":                {{"Invalid token", "Invalid Token"}},
		"an id of other length":       {{idL, idR[:31]}},
		"a longer backup code":        {{"Zwsg4-PmzFp", "ADEp4-5XVfIx"}},
		"an id of other alphabet":     {{idL, strings.ToLower(idR)}},
		"one id where two were":       {{idL, idR}, {otherL, idR}},
		"two ids where one was":       {{idL, idR}, {idL, otherL}},
		"a date a minute later":       {{now.Format(isoLayout), now.Add(time.Minute).Format(isoLayout)}},
		"a date without milliseconds": {{now.Format(isoLayout), now.Format("2006-01-02T15:04:05Z")}},
		"a token of another secret":   {{token(t, harness.Secret, obj{"a": 1}), token(t, "another", obj{"a": 1})}},
		"a token with another claim":  {{token(t, harness.Secret, obj{"a": 1}), token(t, harness.Secret, obj{"a": 2})}},
		"an encrypted other claim":    {{encrypted(t, obj{"a": 1}), encrypted(t, obj{"a": 2})}},
		"a wrongly signed cache":      {{compact(t, harness.Secret, `{"a":1}`), compact(t, "another", `{"a":1}`)}},
		"a link to another path":      {{"http://localhost:4200/a/" + idL, "http://localhost:4201/b/" + idR}},
		"the other server's origin":   {{"http://localhost:4200/x", "http://localhost:4200/x"}},
	} {
		t.Run(name, func(t *testing.T) {
			if found := differences(t, pairs...); len(found) == 0 {
				t.Error("reported nothing")
			}
		})
	}
}

func TestCodesAreTheSameByLengthAndAttempts(t *testing.T) {
	for name, tt := range map[string]struct {
		path, left, right string
		same              bool
	}{
		"sent":                 {"outbox[0].otp", "413182", "954436", true},
		"sent, shorter":        {"outbox[0].otp", "413182", "95443", false},
		"stored":               {"rows.verification[0].value", "413182:1", "954436:1", true},
		"stored, other counts": {"rows.verification[0].value", "413182:1", "954436:0", false},
		"a number elsewhere":   {"rows.verification[0].value", "413182", "954436", false},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMatcher(servers())
			m.tree(tt.path, tt.left, tt.right)
			if same := len(m.take()) == 0; same != tt.same {
				t.Errorf("%s and %s are the same: %v, want %v", tt.left, tt.right, same, tt.same)
			}
		})
	}
}

func TestAWaitMayDifferByASecondAndByHowMuchLongerOneSideTook(t *testing.T) {
	for _, tt := range []struct {
		name  string
		lag   time.Duration
		right string
		same  bool
	}{
		{"a second", 0, "9", true},
		{"two seconds", 0, "8", false},
		{"two seconds after a lag of half a second", 500 * time.Millisecond, "8", true},
		{"three seconds after a lag of half a second", 500 * time.Millisecond, "7", false},
		{"no number", time.Hour, "soon", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := newMatcher(servers())
			m.took(time.Second, time.Second-tt.lag)
			m.tree("answer.header.x-retry-after", "10", tt.right)
			if same := len(m.take()) == 0; same != tt.same {
				t.Errorf("10 and %s are the same: %v, want %v", tt.right, same, tt.same)
			}
		})
	}
}

func TestAcceptanceNeedsEveryPatternToMatch(t *testing.T) {
	f := Finding{Profile: "core", Scenario: "sign-in/refused", Step: "1 POST /sign-in/email", Difference: Difference{Path: "answer.status"}}
	for _, c := range []struct {
		acceptance Acceptance
		want       bool
	}{
		{Acceptance{}, true},
		{Acceptance{Scenario: "sign-in/*", Path: "answer.*"}, true},
		{Acceptance{Scenario: "sign-in/refused", Step: "*email"}, true},
		{Acceptance{Scenario: "sign-up/*"}, false},
		{Acceptance{Scenario: "sign-in/*", Path: "answer.body"}, false},
		{Acceptance{Profile: "minimal"}, false},
	} {
		if got := c.acceptance.matches(f); got != c.want {
			t.Errorf("%+v matches = %v, want %v", c.acceptance, got, c.want)
		}
	}
}

func TestScenariosHaveNamesOfTheirOwnAndSteps(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range corpus() {
		if seen[s.Name] {
			t.Errorf("two scenarios are named %s", s.Name)
		}
		seen[s.Name] = true
		if len(s.Steps) == 0 {
			t.Errorf("%s has no steps", s.Name)
		}
	}
}
