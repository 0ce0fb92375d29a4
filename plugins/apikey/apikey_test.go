package apikey_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/access"
	"github.com/goauth-dev/goauth/plugins/apikey"
)

func TestAKeyIsShownOnceAndStoredAsAHash(t *testing.T) {
	k := start(t, false, nil, apikey.Configuration{DefaultPrefix: "jk_"})
	res := k.ada.Post("/api-key/create", map[string]any{"name": "build"}).Want(t, http.StatusOK).Object(t)
	secret := res["key"].(string)
	if len(secret) != 67 || !strings.HasPrefix(secret, "jk_") || res["start"] != secret[:6] || res["prefix"] != "jk_" {
		t.Errorf("created %v", res)
	}
	if row := k.Row(apikey.Model); row["key"] != apikey.Hash(secret) || row["referenceId"] != k.user {
		t.Errorf("row %v", row)
	}
	got := k.ada.Get("/api-key/get?id="+res["id"].(string)).Want(t, http.StatusOK)
	if strings.Contains(got.Body, secret) || strings.Contains(got.Body, apikey.Hash(secret)) || strings.Contains(k.Log.String(), secret) {
		t.Error("the key is shown again")
	}
}

// A key that Node made is found by the hash that Node stored.
func TestNodesHashIsOurs(t *testing.T) {
	if got := apikey.Hash("jk_VjzOkfhnDkaTAGpHGOJUzsCeEAmfOqVyfEbNJzBFPrcGHJaiyMiFwbppFkfvMIMW"); got != "sJQHrfYS4SP2qvoYYbrahk3INM7AOOeIRGh8PiMVBAo" {
		t.Errorf("hash %s", got)
	}
}

func TestAKeyWithoutHashingIsStoredAsItIs(t *testing.T) {
	k := start(t, false, nil, apikey.Configuration{DisableHashing: true})
	created := k.create(apikey.CreateIn{})
	if row := k.Row(apikey.Model); row["key"] != created.Secret {
		t.Errorf("row %v", row)
	}
	k.want("", created.Secret)
}

func TestOLD006_AClientMakesKeysForItselfOnly(t *testing.T) {
	k := start(t, false, nil)
	anybody, grace := k.Client(), k.SignedIn("grace@example.com")
	id := k.create(apikey.CreateIn{}).ID
	for name, tt := range map[string]struct {
		browser *authtest.Client
		path    string
		body    map[string]any
		status  int
		code    string
	}{
		"nobody, for a user":             {anybody, "/api-key/create", map[string]any{"userId": k.user}, 401, "UNAUTHORIZED_SESSION"},
		"nobody":                         {anybody, "/api-key/create", map[string]any{}, 401, "UNAUTHORIZED_SESSION"},
		"somebody, for another":          {grace, "/api-key/create", map[string]any{"userId": k.user}, 401, "UNAUTHORIZED_SESSION"},
		"somebody, with permissions":     {grace, "/api-key/create", map[string]any{"permissions": map[string]any{"a": []string{"b"}}}, 400, "SERVER_ONLY_PROPERTY"},
		"somebody, with a count":         {grace, "/api-key/create", map[string]any{"remaining": 5}, 400, "SERVER_ONLY_PROPERTY"},
		"somebody, without a limit":      {grace, "/api-key/create", map[string]any{"rateLimitEnabled": false}, 400, "SERVER_ONLY_PROPERTY"},
		"somebody, with another limit":   {grace, "/api-key/create", map[string]any{"rateLimitMax": 5}, 400, "SERVER_ONLY_PROPERTY"},
		"change by nobody":               {anybody, "/api-key/update", map[string]any{"keyId": id, "userId": k.user, "name": "x"}, 401, "UNAUTHORIZED_SESSION"},
		"change by another":              {grace, "/api-key/update", map[string]any{"keyId": id, "name": "x"}, 404, "KEY_NOT_FOUND"},
		"change in the name of another":  {grace, "/api-key/update", map[string]any{"keyId": id, "userId": k.user, "name": "x"}, 401, "UNAUTHORIZED_SESSION"},
		"more uses by the owner":         {k.ada, "/api-key/update", map[string]any{"keyId": id, "remaining": 5}, 400, "SERVER_ONLY_PROPERTY"},
		"other permissions by the owner": {k.ada, "/api-key/update", map[string]any{"keyId": id, "permissions": nil}, 400, "SERVER_ONLY_PROPERTY"},
		"deletion by another":            {grace, "/api-key/delete", map[string]any{"keyId": id}, 404, "KEY_NOT_FOUND"},
	} {
		t.Run(name, func(t *testing.T) {
			if res := tt.browser.Post(tt.path, tt.body); res.Status != tt.status || res.Code() != tt.code {
				t.Errorf("%d %s", res.Status, res.Body)
			}
		})
	}
	if res := grace.Get("/api-key/get?id=" + id); res.Code() != "KEY_NOT_FOUND" {
		t.Errorf("another's key: %d %s", res.Status, res.Body)
	}
	if n := k.Count(apikey.Model); n != 1 {
		t.Errorf("%d keys", n)
	}
}

func TestUP061_AnEndedSessionChangesNoKeys(t *testing.T) {
	k := start(t, false, func(o *auth.Options) { o.Session.CookieCache.Enabled = option.On })
	id := k.create(apikey.CreateIn{}).ID
	if err := k.Context().Store.Tx(t.Context(), func(ctx ctx) error {
		_, err := k.Context().Store.Delete(ctx, "session", store.Where{store.Is("userId", k.user)})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for path, body := range map[string]map[string]any{
		"/api-key/create": {}, "/api-key/update": {"keyId": id, "name": "x"}, "/api-key/delete": {"keyId": id},
		"/api-key/create?disableCookieCache=false": {}, "/api-key/update?disableCookieCache=false": {"keyId": id, "name": "x"},
	} {
		if res := k.ada.Post(path, body); res.Status != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", path, res.Status, res.Body)
		}
	}
}

func TestInputsOfNewKeysAreHeldAgainstTheConfiguration(t *testing.T) {
	k := start(t, false, nil, apikey.Configuration{EnableMetadata: true, RequireName: true, MaximumNameLength: 8, MaximumPrefixLength: 4, KeyExpiration: apikey.KeyExpiration{MaxExpiresIn: 1e12}})
	strict := start(t, false, nil, apikey.Configuration{KeyExpiration: apikey.KeyExpiration{DisableCustomExpiresTime: true}})
	for name, tt := range map[string]struct {
		k    *kit
		in   apikey.CreateIn
		want auth.Code
	}{
		"no name":                  {k, apikey.CreateIn{}, apikey.NameRequired},
		"a long name":              {k, apikey.CreateIn{Name: "123456789"}, apikey.InvalidNameLength},
		"a long prefix":            {k, apikey.CreateIn{Name: "n", Prefix: "12345"}, apikey.InvalidPrefixLength},
		"a short life":             {k, apikey.CreateIn{Name: "n", ExpiresIn: ptr(60.0)}, apikey.ExpiresInTooSmall},
		"a life beyond dates":      {k, apikey.CreateIn{Name: "n", ExpiresIn: ptr(9e18)}, apikey.ExpiresInTooLarge},
		"a life where none may be": {strict, apikey.CreateIn{ExpiresIn: ptr(1e6)}, apikey.KeyDisabledExpiration},
		"metadata where none":      {strict, apikey.CreateIn{Metadata: map[string]any{"a": 1}}, apikey.MetadataDisabled},
		"metadata that is a text":  {k, apikey.CreateIn{Name: "n", Metadata: "text"}, apikey.InvalidMetadataType},
		"an amount alone":          {k, apikey.CreateIn{Name: "n", RefillAmount: ptr(int64(1))}, apikey.RefillAmountAndIntervalNeeded},
		"an interval alone":        {k, apikey.CreateIn{Name: "n", RefillInterval: ptr(int64(1))}, apikey.RefillIntervalAndAmountNeeded},
		"an unknown configuration": {start(t, false, nil, apikey.Configuration{ID: "only"}), apikey.CreateIn{}, apikey.NoDefaultConfigurationFound},
	} {
		t.Run(name, func(t *testing.T) {
			tt.in.UserID = &tt.k.user
			_, err := apikey.Create.Call(t.Context(), tt.k, tt.in)
			if !isCode(err, tt.want) {
				t.Errorf("%v, want %v", err, tt.want)
			}
		})
	}
}

func TestGO013_NumbersStayInBounds(t *testing.T) {
	k := start(t, false, nil)
	for _, query := range []string{"limit=-1", "offset=1e18", "limit=x", "limit=1.5"} {
		if res := k.ada.Get("/api-key/list?" + query); res.Status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", query, res.Status, res.Body)
		}
	}
	if res := k.ada.Post("/api-key/create", map[string]any{"expiresIn": 9e18}); res.Code() != "EXPIRES_IN_IS_TOO_LARGE" {
		t.Errorf("%d %s", res.Status, res.Body)
	}
}

func TestGO011_KeysAreSortedByTheirOwnFieldsOnly(t *testing.T) {
	k := start(t, false, nil)
	for _, name := range []string{"b", "a", "c"} {
		k.create(apikey.CreateIn{Name: name})
	}
	list := func(query string) string {
		res := k.ada.Get("/api-key/list?"+query).Want(t, http.StatusOK).Object(t)
		names := ""
		for _, key := range res["apiKeys"].([]any) {
			names += key.(map[string]any)["name"].(string)
		}
		return names
	}
	for query, want := range map[string]string{
		"sortBy=name": "abc", "sortBy=name&sortDirection=desc": "cba", "sortBy=name&limit=1&offset=1": "b", "sortBy=name&offset=7": "", "sortBy=name&limit=0": "",
	} {
		if got := list(query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	for _, field := range []string{"nope", "id;drop", `"key"`} {
		if res := k.ada.Get("/api-key/list?sortBy=" + field); res.Status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", field, res.Status, res.Body)
		}
	}
}

func TestAKeyActsForItsOwner(t *testing.T) {
	k := start(t, false, nil, apikey.Configuration{EnableSession: true})
	key := k.create(apikey.CreateIn{})
	var found authtest.SignedIn
	if err := k.byKey("/get-session", key.Secret).Want(t, http.StatusOK).Decode(&found); err != nil || found.User["id"] != k.user || found.Session["id"] != key.ID {
		t.Errorf("session %v, %v", found, err)
	}
	k.byKey("/list-accounts", key.Secret).Want(t, http.StatusOK)
	k.byKey("/list-accounts", strings.Repeat("x", 64)).Want(t, http.StatusUnauthorized)
	if res := k.byKey("/get-session", "short"); res.Status != http.StatusForbidden || res.Code() != "INVALID_API_KEY" {
		t.Errorf("a short key: %d %s", res.Status, res.Body)
	}
	if n := k.Count("session"); n != 1 {
		t.Errorf("%d sessions are stored", n)
	}
}

func TestAKeyActsOnTheApplicationsOwnRoutesToo(t *testing.T) {
	k := start(t, false, nil, apikey.Configuration{EnableSession: true})
	key := k.create(apikey.CreateIn{RateLimitMax: ptr(int64(2))})
	me := k.RequireSession(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	ask := func(key string) int {
		r := httptest.NewRequest(http.MethodGet, "/me", nil)
		r.Header.Set("X-Api-Key", key)
		w := httptest.NewRecorder()
		me.ServeHTTP(w, r)
		return w.Code
	}
	for i, want := range []int{204, 204, 401} {
		if got := ask(key.Secret); got != want {
			t.Errorf("use %d: %d, want %d", i+1, got, want)
		}
	}
	if got := ask("short"); got != http.StatusForbidden {
		t.Errorf("a short key: %d", got)
	}
}

func TestUP113_AKeyCountsForItsOwnConfigurationOnly(t *testing.T) {
	k := start(t, false, nil,
		apikey.Configuration{ID: "default", EnableSession: true},
		apikey.Configuration{ID: "strict", RateLimit: apikey.RateLimit{MaxRequests: 1}},
		apikey.Configuration{ID: "second", EnableSession: true, DefaultKeyLength: 20})
	strict := k.create(apikey.CreateIn{ConfigID: "strict"})
	if out := k.verify(apikey.VerifyIn{Key: strict.Secret, ConfigID: "default"}); out.Valid || out.Error.Code != "INVALID_API_KEY" {
		t.Errorf("of another configuration: %+v", out)
	}
	if out := k.verify(apikey.VerifyIn{Key: strict.Secret, ConfigID: "strict"}); !out.Valid {
		t.Errorf("of its own: %+v", out.Error)
	}
	k.want("RATE_LIMITED", strict.Secret) // also without saying which
	k.byKey("/get-session", strict.Secret).Want(t, http.StatusUnauthorized)
	second := k.create(apikey.CreateIn{ConfigID: "second"})
	k.byKey("/get-session", second.Secret).Want(t, http.StatusOK)
	if res := k.ada.Get("/api-key/get?id=" + strict.ID); res.Code() != "KEY_NOT_FOUND" {
		t.Errorf("got without its configuration: %d %s", res.Status, res.Body)
	}
	k.ada.Get("/api-key/get?configId=strict&id="+strict.ID).Want(t, http.StatusOK)
}

func TestPermissionsAreNeeded(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		key := k.create(apikey.CreateIn{Permissions: access.Permissions{"files": {"read", "write"}}})
		none := k.create(apikey.CreateIn{})
		for name, tt := range map[string]struct {
			secret string
			need   access.Permissions
			code   string
		}{
			"held":               {key.Secret, access.Permissions{"files": {"read"}}, ""},
			"not held":           {key.Secret, access.Permissions{"files": {"delete"}}, "KEY_NOT_FOUND"},
			"of nothing known":   {key.Secret, access.Permissions{"users": {"read"}}, "KEY_NOT_FOUND"},
			"nothing (UP-111)":   {key.Secret, access.Permissions{"files": {}}, "KEY_NOT_FOUND"},
			"by a key with none": {none.Secret, access.Permissions{"files": {"read"}}, "KEY_NOT_FOUND"},
		} {
			out := k.verify(apikey.VerifyIn{Key: tt.secret, Permissions: tt.need})
			if out.Valid != (tt.code == "") || out.Error != nil && out.Error.Code != tt.code {
				t.Errorf("%s: %+v", name, out)
			}
		}
	})
}

func TestAKeyEnds(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		key := k.create(apikey.CreateIn{ExpiresIn: ptr(2 * 86400.0)})
		k.want("", key.Secret)
		k.Clock.Advance(49 * time.Hour)
		out := k.verify(apikey.VerifyIn{Key: key.Secret})
		if out.Valid {
			t.Error("valid after its end")
		}
		if n := k.Count(apikey.Model); n != 0 {
			t.Errorf("%d rows are left", n)
		}
	})
}

func TestExpiredKeysAreDeletedByTheWay(t *testing.T) {
	k := start(t, false, nil)
	k.create(apikey.CreateIn{ExpiresIn: ptr(2 * 86400.0)})
	k.Clock.Advance(49 * time.Hour)
	k.create(apikey.CreateIn{})
	if n := k.Count(apikey.Model); n != 1 {
		t.Errorf("%d keys are left", n)
	}
	k.create(apikey.CreateIn{ExpiresIn: ptr(2 * 86400.0)})
	k.Clock.Advance(49 * time.Hour)
	if out, err := apikey.DeleteAllExpired.Call(t.Context(), k, struct{}{}); err != nil || !out.Success || k.Count(apikey.Model) != 1 {
		t.Errorf("%v %v", out, err)
	}
}

func TestUsesAreCountedDown(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		key := k.create(apikey.CreateIn{Remaining: ptr(int64(2))})
		for _, left := range []int64{1, 0} {
			if out := k.want("", key.Secret); *out.Key.Remaining != left {
				t.Errorf("%d left, want %d", *out.Key.Remaining, left)
			}
		}
		k.want("USAGE_EXCEEDED", key.Secret)
		k.want("INVALID_API_KEY", key.Secret) // it is deleted
	})
}

func TestUsesAreRefilled(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		key := k.create(apikey.CreateIn{Remaining: ptr(int64(1)), RefillAmount: ptr(int64(2)), RefillInterval: ptr(int64(60_000))})
		k.want("", key.Secret)
		k.want("USAGE_EXCEEDED", key.Secret)
		k.Clock.Advance(61 * time.Second)
		k.want("", key.Secret)
		k.want("", key.Secret)
		k.want("USAGE_EXCEEDED", key.Secret)
	})
}

func TestUsesAreLimitedInTime(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		key := k.create(apikey.CreateIn{RateLimitMax: ptr(int64(2)), RateLimitTimeWindow: ptr(int64(60_000))})
		k.want("", key.Secret)
		k.Clock.Advance(20 * time.Second)
		k.want("", key.Secret)
		k.Clock.Advance(20 * time.Second)
		if out := k.want("RATE_LIMITED", key.Secret); out.Error.TryAgainIn != 40_000 {
			t.Errorf("try again in %d", out.Error.TryAgainIn)
		}
		k.Clock.Advance(41 * time.Second)
		k.want("", key.Secret)
	})
}

func TestKeysAreChangedListedAndDeletedWhereverTheyAre(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		key, other := k.create(apikey.CreateIn{Name: "one"}), k.create(apikey.CreateIn{Name: "two"})
		k.ada.Post("/api-key/update", map[string]any{"keyId": key.ID, "name": "three", "enabled": false}).Want(t, http.StatusOK)
		k.want("KEY_DISABLED", key.Secret)
		res := k.ada.Get("/api-key/list?sortBy=name").Want(t, http.StatusOK).Object(t)
		if res["total"] != 2.0 || res["apiKeys"].([]any)[0].(map[string]any)["name"] != "three" {
			t.Errorf("list %v", res)
		}
		k.ada.Post("/api-key/delete", map[string]any{"keyId": key.ID}).Want(t, http.StatusOK)
		k.want("INVALID_API_KEY", key.Secret)
		k.want("", other.Secret)
		if res := k.ada.Get("/api-key/list").Object(t); res["total"] != 1.0 {
			t.Errorf("list %v", res)
		}
		if res := k.ada.Get("/api-key/get?id=" + key.ID); res.Code() != "KEY_NOT_FOUND" {
			t.Errorf("%d %s", res.Status, res.Body)
		}
	})
}

func TestMetadataIsKept(t *testing.T) {
	k := start(t, false, nil, apikey.Configuration{EnableMetadata: true})
	res := k.ada.Post("/api-key/create", `{"metadata":{"b":1,"a":{"c":[true]}}}`).Want(t, http.StatusOK)
	id := res.Object(t)["id"].(string)
	if row := k.Row(apikey.Model); row["metadata"] != `{"b":1,"a":{"c":[true]}}` {
		t.Errorf("row %v", row["metadata"])
	}
	if got := k.ada.Get("/api-key/get?id=" + id); !strings.Contains(got.Body, `"metadata":{"b":1,"a":{"c":[true]}}`) {
		t.Errorf("got %s", got.Body)
	}
	k.Change(apikey.Model, store.Record{"metadata": `"{\"old\":1}"`}, store.Is("id", id)) // as an older upstream wrote it
	if got := k.ada.Get("/api-key/get?id=" + id); !strings.Contains(got.Body, `"metadata":{"old":1}`) {
		t.Errorf("got %s", got.Body)
	}
	if row := k.Row(apikey.Model); row["metadata"] != `{"old":1}` {
		t.Errorf("row %v", row["metadata"])
	}
}

func TestOrganizationsOwnKeys(t *testing.T) {
	roles := map[string]string{}
	k := start(t, false, func(o *auth.Options) { o.Plugins = append(o.Plugins, memberships(roles)) },
		apikey.Configuration{ID: "default"}, apikey.Configuration{ID: "org", References: "organization"})
	roles[k.user] = "owner"
	grace := k.SignedIn("grace@example.com")
	create := map[string]any{"configId": "org", "organizationId": "org-1"}
	key := k.ada.Post("/api-key/create", create).Want(t, http.StatusOK).Object(t)
	if key["referenceId"] != "org-1" {
		t.Errorf("key %v", key)
	}
	k.want("", key["key"].(string))
	refused := func(code string) {
		t.Helper()
		get := "?configId=org&id=" + key["id"].(string)
		change := map[string]any{"configId": "org", "keyId": key["id"], "name": "x"}
		for what, res := range map[string]authtest.Answer{
			"create": grace.Post("/api-key/create", create), "get": grace.Get("/api-key/get" + get), "list": grace.Get("/api-key/list?organizationId=org-1"),
			"update": grace.Post("/api-key/update", change), "delete": grace.Post("/api-key/delete", change),
		} {
			if res.Status != http.StatusForbidden || res.Code() != code {
				t.Errorf("%s: %d %s, want %s", what, res.Status, res.Body, code)
			}
		}
	}
	refused("USER_NOT_MEMBER_OF_ORGANIZATION")
	for _, row := range k.Rows("user", store.Is("email", "grace@example.com")) {
		roles[row["id"].(string)] = "member"
	}
	refused("INSUFFICIENT_API_KEY_PERMISSIONS")
	if res := k.ada.Get("/api-key/list").Object(t); res["total"] != 0.0 {
		t.Errorf("listed as a user's: %v", res)
	}
	if res := k.ada.Get("/api-key/list?organizationId=org-1").Object(t); res["total"] != 1.0 {
		t.Errorf("not listed: %v", res)
	}
}

func TestPEER037_AKeyOfSomebodyWhoMustNotActIsNoGood(t *testing.T) {
	refused := false
	k := start(t, false, func(o *auth.Options) {
		o.Plugins = append(o.Plugins, auth.Plugin{ID: "p", CheckUser: func(*auth.Call, *auth.User) error {
			if refused {
				return http.ErrNoCookie
			}
			return nil
		}})
	}, apikey.Configuration{EnableSession: true})
	key := k.create(apikey.CreateIn{})
	k.want("", key.Secret)
	refused = true
	k.want("USER_BANNED", key.Secret)
	k.byKey("/get-session", key.Secret).Want(t, http.StatusUnauthorized)
	refused = false
	if err := k.Context().Store.Tx(t.Context(), func(ctx ctx) error {
		_, err := k.Context().Store.Delete(ctx, "user", store.Where{store.Is("id", k.user)})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	k.want("INVALID_REFERENCE_ID_FROM_API_KEY", key.Secret)
	k.byKey("/get-session", key.Secret).Want(t, http.StatusUnauthorized)
}

func TestGO020_AMalformedKeyIsNoServerError(t *testing.T) {
	k := start(t, false, nil, apikey.Configuration{EnableSession: true})
	for _, key := range []string{"%", "\xff", strings.Repeat("é", 64), strings.Repeat("a", 7000)} {
		if res := k.byKey("/get-session", key); res.Status >= 500 {
			t.Errorf("%q: %d %s", key, res.Status, res.Body)
		}
	}
}

func TestConfigurationsThatCannotWorkAreRefused(t *testing.T) {
	for want, configs := range map[string][]apikey.Configuration{
		"configId must be unique":          {{ID: "a"}, {ID: "a"}},
		"configId is required":             {{ID: "a"}, {}},
		"the server has no secondary":      {{Storage: "secondary-storage"}},
		`"files" is neither "database"`:    {{Storage: "files"}},
		`"team" is neither "user" nor "or`: {{References: "team"}},
	} {
		if err := newError(t, configs...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
