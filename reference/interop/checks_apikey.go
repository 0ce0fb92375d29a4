package main

import (
	"fmt"

	"github.com/goauth-dev/goauth/reference/internal/harness"
)

var (
	keys      = []string{"api-key"}
	keysOfOrg = []string{"api-key-organization"}
)

var keyChecks = []check{
	{"an API key made here is one there", keys, told(keyCheck)},
	{"uses of an API key count on both", keys, told(remainingCheck)},
	{"the rate of an API key is bounded across both", keys, told(keyRateCheck)},
	{"an API key changed or deleted there is so here", keys, told(keyChangeCheck)},
	{"an API key of an organization is one there", keysOfOrg, told(organizationKeyCheck)},
}

// valid wants a server's word on a key.
func (t *talk) valid(s *harness.Server, key string, want bool) answer {
	return t.validFor(s, obj{"key": key}, want)
}

func (t *talk) validFor(s *harness.Server, in obj, want bool) answer {
	a := t.call(s, "verifyApiKey", in)
	if got, _ := a.value("valid").(bool); t.err == nil && got != want {
		t.err = fmt.Errorf("%s says that a key is valid: %v, want %v: %v", s.Kind, got, want, a.body)
	}
	return a
}

func keyCheck(t *talk, here, there *harness.Server) {
	b, id := t.member(here, "ada")
	made := t.post(b, here, "/api-key/create", obj{"name": "build", "prefix": "ci_", "expiresIn": 90000, "metadata": obj{"b": 1, "a": []any{true, nil, "é"}}})
	key, keyID := made.text("key"), made.text("id")
	a := t.valid(there, key, true)
	t.same("the owner", a.text("key.referenceId"), id)
	t.same("the metadata", a.value("key.metadata"), made.value("metadata"))
	t.validFor(there, obj{"key": key, "permissions": obj{"files": []any{"read"}}}, true)
	t.validFor(there, obj{"key": key, "permissions": obj{"files": []any{"write"}}}, false)
	t.valid(there, key+"x", false)
	t.agree(b, here, there, "/api-key/get?id="+keyID)
	t.agree(b, here, there, "/api-key/list")
	t.same("the user of the key", t.signedIn(with("x-api-key", key), there).text("user.id"), id)
}

func remainingCheck(t *talk, here, there *harness.Server) {
	_, id := t.member(here, "ada")
	key := t.call(here, "createApiKey", obj{"body": nil, "userId": id, "remaining": 3, "rateLimitEnabled": false}).text("key")
	for i, s := range []*harness.Server{there, here, there} {
		t.same(fmt.Sprintf("what %s leaves", s.Kind), t.valid(s, key, true).value("key.remaining"), 2-i)
	}
	t.valid(here, key, false)
	t.valid(there, key, false)
}

// keyRateCheck makes the five requests that the profile allows, on both servers by turns.
func keyRateCheck(t *talk, here, there *harness.Server) {
	b, _ := t.member(here, "ada")
	key := t.post(b, here, "/api-key/create", obj{}).text("key")
	for i := range 5 {
		t.valid([]*harness.Server{there, here}[i%2], key, true)
	}
	t.valid(there, key, false)
	t.valid(here, key, false)
}

func keyChangeCheck(t *talk, here, there *harness.Server) {
	b, _ := t.member(here, "ada")
	made := t.post(b, here, "/api-key/create", obj{"name": "build"})
	key, id := made.text("key"), made.text("id")
	t.post(b, there, "/api-key/update", obj{"keyId": id, "name": "renamed", "metadata": obj{"é": "<>"}})
	t.same("the name", t.agree(b, here, there, "/api-key/get?id="+id).text("name"), "renamed")
	t.post(b, there, "/api-key/update", obj{"keyId": id, "enabled": false})
	t.valid(here, key, false)
	t.post(b, there, "/api-key/update", obj{"keyId": id, "enabled": true})
	t.valid(here, key, true)
	t.post(b, there, "/api-key/delete", obj{"keyId": id})
	t.valid(here, key, false)
	t.same("the number of keys", t.get(b, here, "/api-key/list").size("apiKeys"), 0)
}

func organizationKeyCheck(t *talk, here, there *harness.Server) {
	b, _ := t.member(here, "ada")
	org := t.post(b, here, "/organization/create", obj{"name": "Acme", "slug": "acme"}).text("id")
	made := t.post(b, here, "/api-key/create", obj{"configId": "org", "organizationId": org, "name": "theirs"})
	a := t.validFor(there, obj{"configId": "org", "key": made.text("key")}, true)
	t.same("the owner", a.text("key.referenceId"), org)
	t.agree(b, here, there, "/api-key/list?organizationId="+org)
	eve, _ := t.member(there, "eve")
	t.refused(eve, there, "/api-key/create", obj{"configId": "org", "organizationId": org})
	t.post(b, there, "/api-key/delete", obj{"configId": "org", "keyId": made.text("id")})
	t.validFor(here, obj{"configId": "org", "key": made.text("key")}, false)
}
