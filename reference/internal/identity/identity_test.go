package identity_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/reference/internal/identity"
	"github.com/google/go-cmp/cmp"
)

func TestAnAddressAnswersWhatItIsToldAndTheCallIsKept(t *testing.T) {
	s, err := identity.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Answer("https://other.example/token", http.StatusTeapot, map[string]any{"a": 1})
	ask := func(address, body string) string {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL(), strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Outbound-Url", address)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, _ := io.ReadAll(res.Body)
		return res.Status[:3] + " " + strings.TrimSpace(string(text))
	}
	if got := ask("https://other.example/token?x=1", "code=c"); got != `418 {"a":1}` {
		t.Errorf("answered %s", got)
	}
	want := []identity.Call{{
		Method: "POST", URL: "https://other.example/token?x=1", Body: map[string]any{"code": "c"},
		Header: map[string]string{"content-type": "application/x-www-form-urlencoded"},
	}}
	if diff := cmp.Diff(want, s.Calls()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	s.Reset()
	if got := ask("https://other.example/token", ""); !strings.HasPrefix(got, "404") {
		t.Errorf("after a reset answered %s", got)
	}
	if got := ask(identity.Issuer+"/jwks", ""); !strings.Contains(got, `"kty":"RSA"`) {
		t.Errorf("the keys are %s", got)
	}
}
