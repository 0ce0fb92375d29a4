package races

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/apikey"
)

// keyRaces are about API keys, and the keys that sign tokens.
var keyRaces = []race{
	{"RACE-012", "uses that are left", func(r *round) {
		k := r.key(func(in *apikey.CreateIn) { in.Remaining = ptr(5) })
		r.uses(r.fire(times(racers, k.use())...), 5)
		if r.count(apikey.Model, store.Is("id", k.id)) != 0 {
			r.failf("a key without uses is kept")
		}
	}},
	{"RACE-012", "uses of a window", func(r *round) {
		k := r.key(func(in *apikey.CreateIn) {
			in.RateLimitEnabled, in.RateLimitMax, in.RateLimitTimeWindow = ptrTo(true), ptr(7), ptr(60_000)
		})
		r.uses(r.fire(times(racers, k.use())...), 7)
	}},
	{"RACE-012", "a refill", func(r *round) {
		k := r.key(func(in *apikey.CreateIn) {
			in.Remaining, in.RefillAmount, in.RefillInterval = ptr(1), ptr(3), ptr(60_000)
		})
		serve(r.here, k.use())
		past := time.Now().Add(-2 * time.Minute)
		r.change(apikey.Model, store.Record{"lastRefillAt": past, "createdAt": past}, store.Is("id", k.id))
		r.uses(r.fire(times(racers, k.use())...), 3)
	}},
	{"RACE-012", "a key that is disabled", func(r *round) {
		k := r.key(func(*apikey.CreateIn) {})
		shots := times(racers, k.use())
		shots[r.n%racers] = k.owner.call("POST", "/api-key/update", obj{"keyId": k.id, "enabled": false})
		r.fire(shots...)
		r.uses(r.fire(k.use(), k.use()), 0)
	}},
	{"RACE-024", "the first key that signs", func(r *round) {
		b := r.signUp("ada")
		if _, err := r.here.Context().Store.Delete(r.t.Context(), "jwks", store.Where{{Field: "id", Op: store.Ne, Value: ""}}); err != nil {
			r.t.Fatal(err)
		}
		token := b.call("GET", "/token", nil)
		first := r.fire(times(racers, token)...)
		known := map[string]bool{}
		for _, key := range b.get("/jwks")["keys"].([]any) {
			known[key.(obj)["kid"].(string)] = true
		}
		for _, a := range first {
			if !known[kid(a)] {
				r.failf("a token of the start has a key that is not published: %d %.80s", a.Status, a.Body)
			}
		}
		now := r.fire(times(4, token)...)
		for _, a := range now {
			if kid(a) != kid(now[0]) {
				r.failf("the instances sign with %s and %s", kid(a), kid(now[0]))
			}
		}
	}},
}

func ptr(n int64) *int64 { return &n }

func ptrTo[T any](v T) *T { return &v }

// key is an API key of somebody's.
type key struct {
	owner      *browser
	id, secret string
}

func (r *round) key(change func(in *apikey.CreateIn)) key {
	r.t.Helper()
	b := r.signUp("ada")
	id := b.id()
	in := apikey.CreateIn{UserID: &id, RateLimitEnabled: ptrTo(false)}
	change(&in)
	out, err := apikey.Create.Call(r.t.Context(), r.here, in)
	if err != nil {
		r.t.Fatal(err)
	}
	return key{b, out.ID, out.Secret}
}

// use signs a request with the key.
func (k key) use() request {
	return request{Method: http.MethodGet, Path: "/get-session", Header: map[string]string{"X-Api-Key": k.secret}}
}

// uses fails unless so many answers were somebody's.
func (r *round) uses(answers []response, want int) {
	r.t.Helper()
	n := 0
	for _, a := range answers {
		if a.Status == http.StatusOK && strings.Contains(a.Body, `"user":{`) {
			n++
		}
	}
	if n != want {
		r.failf("%d uses succeeded, want %d", n, want)
	}
}

// kid is the key that signed an answer's token; empty when there is none.
func kid(a response) string {
	var body struct{ Token string }
	_ = json.Unmarshal([]byte(a.Body), &body)
	head, _, _ := strings.Cut(body.Token, ".")
	text, _ := base64.RawURLEncoding.DecodeString(head)
	var header struct{ Kid string }
	_ = json.Unmarshal(text, &header)
	return header.Kid
}
