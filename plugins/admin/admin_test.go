package admin_test

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/memory"
	"github.com/goauth-dev/goauth/plugins/access"
	"github.com/goauth-dev/goauth/plugins/admin"
	"github.com/goauth-dev/goauth/plugins/apikey"
	"github.com/goauth-dev/goauth/plugins/bearer"
	"github.com/goauth-dev/goauth/plugins/username"
)

// kit is a server with an admin, root, and a user, ada.
type kit struct {
	*authtest.Server
	t         *testing.T
	root, ada *authtest.Client
	rootID    string
	id        string // ada's
}

func start(t *testing.T, o admin.Options, change func(o *auth.Options)) *kit {
	t.Helper()
	s := authtest.New(t, func(opts *auth.Options) {
		opts.Plugins = append(opts.Plugins, admin.New(o))
		if change != nil {
			change(opts)
		}
	})
	k := &kit{Server: s, t: t, root: s.SignedIn("root@example.com"), ada: s.SignedIn("ada@example.com")}
	k.rootID, k.id = k.idOf("root@example.com"), k.idOf("ada@example.com")
	k.give(k.rootID, "admin")
	return k
}

func (k *kit) idOf(email string) string {
	k.t.Helper()
	return k.Row(schema.UserModel, store.Is("email", email))["id"].(string)
}

// give gives a user a role past every rule, copies in secondary storage included.
func (k *kit) give(id, role string) {
	k.t.Helper()
	k.Change(schema.UserModel, store.Record{"role": role}, store.Is("id", id))
}

func (k *kit) user() store.Record { k.t.Helper(); return k.Row(schema.UserModel, store.Is("id", k.id)) }

type obj = map[string]any

// limited has roles that hold one permission each.
func limited() admin.Options {
	roles := access.Roles{"admin": admin.DefaultRoles["admin"], "user": {}}
	for _, action := range admin.Statements["user"] {
		roles["only-"+action] = access.Role{"user": {action}}
	}
	return admin.Options{AC: admin.Statements, Roles: roles}
}

func TestEveryOperationNeedsItsPermission(t *testing.T) {
	k := start(t, admin.Options{}, nil)
	for path, tt := range map[string]struct {
		body obj
		code string
	}{
		"/admin/set-role":             {obj{"userId": k.id, "role": "admin"}, "YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE"},
		"/admin/create-user":          {obj{"email": "x@example.com", "name": "x"}, "YOU_ARE_NOT_ALLOWED_TO_CREATE_USERS"},
		"/admin/update-user":          {obj{"userId": k.id, "data": obj{"name": "x"}}, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_USERS"},
		"/admin/list-user-sessions":   {obj{"userId": k.id}, "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS_SESSIONS"},
		"/admin/ban-user":             {obj{"userId": k.rootID}, "YOU_ARE_NOT_ALLOWED_TO_BAN_USERS"},
		"/admin/unban-user":           {obj{"userId": k.rootID}, "YOU_ARE_NOT_ALLOWED_TO_BAN_USERS"},
		"/admin/impersonate-user":     {obj{"userId": k.rootID}, "YOU_ARE_NOT_ALLOWED_TO_IMPERSONATE_USERS"},
		"/admin/revoke-user-session":  {obj{"sessionToken": "x"}, "YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS"},
		"/admin/revoke-user-sessions": {obj{"userId": k.rootID}, "YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS"},
		"/admin/remove-user":          {obj{"userId": k.rootID}, "YOU_ARE_NOT_ALLOWED_TO_DELETE_USERS"},
		"/admin/set-user-password":    {obj{"userId": k.rootID, "newPassword": "x"}, "YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PASSWORD"},
	} {
		if res := k.ada.Post(path, tt.body); res.Status != http.StatusForbidden || res.Code() != tt.code {
			t.Errorf("%s as a user: %d %s", path, res.Status, res.Body)
		}
		if res := k.Client().Post(path, tt.body); res.Status != http.StatusUnauthorized {
			t.Errorf("%s as nobody: %d %s", path, res.Status, res.Body)
		}
	}
	for _, path := range []string{"/admin/list-users", "/admin/get-user?id=" + k.id} {
		if res := k.ada.Get(path); res.Status != http.StatusForbidden {
			t.Errorf("%s: %d %s", path, res.Status, res.Body)
		}
	}
}

func TestAnAdminManagesUsers(t *testing.T) {
	k := start(t, admin.Options{}, nil)
	made := k.root.Post("/admin/create-user", obj{"email": "New@Example.com", "name": "New", "password": "a long password", "role": []string{"user", "admin"}}).Want(t, 200).Object(t)
	user := made["user"].(obj)
	if user["email"] != "new@example.com" || user["role"] != "user,admin" {
		t.Errorf("made %v", made)
	}
	k.Client().Post("/sign-in/email", obj{"email": "new@example.com", "password": "a long password"}).Want(t, 200)
	k.root.Post("/admin/set-user-password", obj{"userId": user["id"], "newPassword": "another password"}).Want(t, 200)
	k.Client().Post("/sign-in/email", obj{"email": "new@example.com", "password": "another password"}).Want(t, 200)
	k.root.Post("/admin/set-role", obj{"userId": user["id"], "role": "user"}).Want(t, 200)
	if got := k.root.Get("/admin/get-user?id="+user["id"].(string)).Want(t, 200).Object(t); got["role"] != "user" {
		t.Errorf("got %v", got)
	}
	if res := k.root.Post("/admin/create-user", obj{"email": "new@example.com", "name": "x"}); res.Code() != "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL" {
		t.Errorf("again: %d %s", res.Status, res.Body)
	}
	k.root.Post("/admin/update-user", obj{"userId": user["id"], "data": obj{"name": "Other", "id": "x", "nothing": 1}}).Want(t, 200)
	if row := k.Row(schema.UserModel, store.Is("email", "new@example.com")); row["name"] != "Other" || row["id"] != user["id"] {
		t.Errorf("row %v", row)
	}
	sessions := k.root.Post("/admin/list-user-sessions", obj{"userId": user["id"]}).Want(t, 200).Object(t)["sessions"].([]any)
	if len(sessions) != 2 {
		t.Fatalf("%d sessions", len(sessions))
	}
	k.root.Post("/admin/revoke-user-session", obj{"sessionToken": sessions[0].(obj)["token"]}).Want(t, 200)
	k.root.Post("/admin/revoke-user-sessions", obj{"userId": user["id"]}).Want(t, 200)
	if n := k.Count(schema.SessionModel, store.Is("userId", user["id"])); n != 0 {
		t.Errorf("%d sessions", n)
	}
	if res := k.root.Post("/admin/remove-user", obj{"userId": k.rootID}); res.Code() != "YOU_CANNOT_REMOVE_YOURSELF" {
		t.Errorf("self: %d %s", res.Status, res.Body)
	}
}

func TestUP002_ARemovedUserHasNoSession(t *testing.T) {
	secondary := memory.NewSecondary(time.Now)
	k := start(t, admin.Options{}, func(o *auth.Options) { o.SecondaryStorage = secondary })
	k.root.SignIn("root@example.com") // its copy has the role now
	k.root.Post("/admin/remove-user", obj{"userId": k.id}).Want(t, 200)
	if k.ada.Session() != nil {
		t.Error("a removed user is signed in")
	}
	if _, ok, _ := secondary.Get(t.Context(), "active-sessions-"+k.id); ok {
		t.Error("the list of sessions is left")
	}
}

func TestABanEndsSessionsAndHoldsOnEverySignIn(t *testing.T) {
	k := start(t, admin.Options{BannedUserMessage: "Out."}, func(o *auth.Options) { o.Plugins = append(o.Plugins, username.New(username.Options{})) })
	k.Change(schema.UserModel, store.Record{"username": "ada", "displayUsername": "ada"}, store.Is("id", k.id))
	k.root.Post("/admin/ban-user", obj{"userId": k.id}).Want(t, 200)
	if row := k.user(); row["banned"] != true || row["banReason"] != "No reason" || row["banExpires"] != nil {
		t.Errorf("row %v", row)
	}
	if k.ada.Session() != nil {
		t.Error("a banned user is signed in")
	}
	for path, body := range map[string]obj{
		"/sign-in/email": {"email": "ada@example.com", "password": authtest.Password}, "/sign-in/username": {"username": "ada", "password": authtest.Password},
	} {
		if res := k.Client().Post(path, body); res.Status != http.StatusForbidden || res.Object(t)["message"] != "Out." || res.Code() != "BANNED_USER" {
			t.Errorf("%s: %d %s", path, res.Status, res.Body)
		}
	}
	if res := k.root.Post("/admin/impersonate-user", obj{"userId": k.id}); res.Code() != "BANNED_USER" {
		t.Errorf("impersonation: %d %s", res.Status, res.Body)
	}
	if n := k.Count(schema.SessionModel, store.Is("userId", k.id)); n != 0 {
		t.Errorf("%d sessions", n)
	}
	k.root.Post("/admin/unban-user", obj{"userId": k.id}).Want(t, 200)
	k.ada.SignIn("ada@example.com")
	if res := k.root.Post("/admin/ban-user", obj{"userId": k.rootID}); res.Code() != "YOU_CANNOT_BAN_YOURSELF" {
		t.Errorf("self: %d %s", res.Status, res.Body)
	}
}

func TestABanEnds(t *testing.T) {
	k := start(t, admin.Options{}, nil)
	k.root.Post("/admin/ban-user", obj{"userId": k.id, "banReason": "spam", "banExpiresIn": 60}).Want(t, 200)
	k.Clock.Advance(61 * time.Second)
	k.ada.SignIn("ada@example.com")
	if row := k.user(); row["banned"] != false || row["banReason"] != nil || row["banExpires"] != nil {
		t.Errorf("row %v", row)
	}
	k.root.Post("/admin/ban-user", obj{"userId": k.id, "banExpiresIn": 60}).Want(t, 200)
	k.root.Post("/admin/ban-user", obj{"userId": k.id}).Want(t, 200)
	k.Clock.Advance(61 * time.Second)
	k.Client().Post("/sign-in/email", obj{"email": "ada@example.com", "password": authtest.Password}).Want(t, 403)
}

func TestGO013_ABanOfAnyLengthIsNoServerError(t *testing.T) {
	k := start(t, admin.Options{}, nil)
	for _, seconds := range []any{9e18, -9e18, 1e300} {
		if res := k.root.Post("/admin/ban-user", obj{"userId": k.id, "banExpiresIn": seconds}); res.Status != http.StatusBadRequest {
			t.Errorf("%v: %d %s", seconds, res.Status, res.Body)
		}
	}
}

func TestOLD029_DatesThatAreNoneAreRefused(t *testing.T) {
	k := start(t, admin.Options{}, nil)
	for _, data := range []obj{{"banExpires": "x"}, {"createdAt": true}, {"banned": "x"}, {"name": 5}} {
		if res := k.root.Post("/admin/update-user", obj{"userId": k.id, "data": data}); res.Status != http.StatusBadRequest {
			t.Errorf("%v: %d %s", data, res.Status, res.Body)
		}
	}
}

func TestPEER037_ABanHoldsAtEveryUse(t *testing.T) {
	for name, secondary := range map[string]bool{"in the database": false, "in secondary storage": true} {
		t.Run(name, func(t *testing.T) {
			k := start(t, admin.Options{}, func(o *auth.Options) {
				o.Plugins = append(o.Plugins, bearer.New(bearer.Options{}), apikey.New(apikey.Options{Configurations: []apikey.Configuration{{EnableSession: true}}}))
				if secondary {
					o.SecondaryStorage = memory.NewSecondary(o.Clock)
				}
			})
			k.root.SignIn("root@example.com")
			key, err := apikey.Create.Call(t.Context(), k, apikey.CreateIn{UserID: &k.id})
			if err != nil {
				t.Fatal(err)
			}
			token := k.ada.Session().Session["token"].(string)
			k.root.Post("/admin/ban-user", obj{"userId": k.id}).Want(t, 200)
			ask := func(h http.Header) authtest.Answer {
				return k.Client().Do(authtest.Request{Path: "/list-accounts", Header: h})
			}
			k.ada.Get("/list-accounts").Want(t, 401)
			ask(http.Header{"Authorization": {"Bearer " + token}}).Want(t, 401)
			ask(http.Header{"X-Api-Key": {key.Secret}}).Want(t, 401)
			if out, err := apikey.Verify.Call(t.Context(), k, apikey.VerifyIn{Key: key.Secret}); err != nil || out.Valid || out.Error.Code != "USER_BANNED" {
				t.Errorf("key: %+v, %v", out, err)
			}
		})
	}
}

// A ban that another server or a hand wrote, without ending sessions, holds too.
func TestPEER037_ABanThatEndedNoSessionHolds(t *testing.T) {
	k := start(t, admin.Options{}, nil)
	k.Change(schema.UserModel, store.Record{"banned": true}, store.Is("id", k.id))
	if k.ada.Session() != nil {
		t.Error("a banned user is signed in")
	}
}

func TestUP060_AnAdminWhoWasDemotedHasNoPower(t *testing.T) {
	k := start(t, admin.Options{}, func(o *auth.Options) { o.Session.CookieCache.Enabled = option.On })
	k.root.Session("?disableCookieCache=true") // its copy says admin
	k.root.Get("/admin/list-users").Want(t, 200)
	k.give(k.rootID, "user")
	k.root.Get("/admin/list-users").Want(t, 403)
	k.give(k.rootID, "admin")
	k.Change(schema.UserModel, store.Record{"banned": true}, store.Is("id", k.rootID))
	k.root.Get("/admin/list-users?disableCookieCache=false").Want(t, 401)
}

func TestUP059_FieldsThatNeedMoreThanToUpdateOrCreate(t *testing.T) {
	k := start(t, limited(), nil)
	for role, path := range map[string]string{"only-create": "/admin/create-user", "only-update": "/admin/update-user"} {
		k.give(k.rootID, role)
		for _, field := range []obj{{"role": "admin"}, {"banned": true}, {"banReason": "x"}, {"emailVerified": true}, {"email": "x@example.com"}} {
			body := obj{"userId": k.id, "email": "new@example.com", "name": "New", "data": field}
			if res := k.root.Post(path, body); res.Status != http.StatusForbidden {
				t.Errorf("%s %v: %d %s", path, field, res.Status, res.Body)
			}
		}
		if res := k.root.Post(path, obj{"userId": k.id, "email": "new@example.com", "name": "New", "data": obj{"password": "x"}}); res.Status != http.StatusBadRequest {
			t.Errorf("%s password: %d %s", path, res.Status, res.Body)
		}
	}
	k.give(k.rootID, "only-create")
	if res := k.root.Post("/admin/create-user", obj{"email": "new@example.com", "name": "New", "role": "admin"}); res.Status != http.StatusForbidden {
		t.Errorf("role: %d %s", res.Status, res.Body)
	}
	k.give(k.rootID, "admin")
	for data, want := range map[string]string{
		`{"role":"root"}`: "YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE", `{"role":["user",5]}`: "INVALID_ROLE_TYPE", `{"email":"no address"}`: "INVALID_EMAIL",
		`{"email":"ROOT@example.com"}`: "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL",
	} {
		if res := k.root.Post("/admin/update-user", `{"userId":"`+k.id+`","data":`+data+`}`); res.Code() != want {
			t.Errorf("%s: %d %s, want %s", data, res.Status, res.Body, want)
		}
	}
	if res := k.root.Post("/admin/update-user", obj{"userId": k.rootID, "data": obj{"banned": true}}); res.Code() != "YOU_CANNOT_BAN_YOURSELF" {
		t.Errorf("self-ban: %d %s", res.Status, res.Body)
	}
	k.root.Post("/admin/update-user", obj{"userId": k.id, "data": obj{"email": "ADA2@Example.com", "banned": true}}).Want(t, 200)
	if row := k.user(); row["email"] != "ada2@example.com" || k.Count(schema.SessionModel, store.Is("userId", k.id)) != 0 {
		t.Errorf("row %v", row)
	}
}

func TestUP124_UsernamesFollowTheirRulesHereToo(t *testing.T) {
	k := start(t, admin.Options{}, func(o *auth.Options) { o.Plugins = append(o.Plugins, username.New(username.Options{})) })
	if res := k.root.Post("/admin/create-user", obj{"email": "n@example.com", "name": "N", "data": obj{"username": "A B!"}}); res.Status != http.StatusBadRequest {
		t.Errorf("%d %s", res.Status, res.Body)
	}
}

func TestOLD032_PasswordsNeedTheirOwnPermission(t *testing.T) {
	k := start(t, limited(), nil)
	k.give(k.rootID, "only-update")
	k.root.Post("/admin/set-user-password", obj{"userId": k.id, "newPassword": "a long password"}).Want(t, 403)
	can := func(who *authtest.Client, body obj) any {
		return who.Post("/admin/has-permission", body).Want(t, 200).Object(t)["success"]
	}
	if can(k.ada, obj{"userId": k.rootID, "permissions": obj{"user": []string{"update"}}}) != false {
		t.Error("a user learns of, or has, an admin's permissions")
	}
	if can(k.root, obj{"role": "user", "permissions": obj{"user": []string{"update"}}}) != true {
		t.Error("the caller's own permission is not told")
	}
}

func TestUP111_NoActionsAreNoPermission(t *testing.T) {
	k := start(t, admin.Options{}, nil)
	if res := k.root.Post("/admin/has-permission", obj{"permissions": obj{"user": []string{}}}).Want(t, 200).Object(t); res["success"] != false {
		t.Errorf("%v", res)
	}
}

func TestTheServerAsksForPermissionsOfAnybody(t *testing.T) {
	k := start(t, admin.Options{AdminUserIDs: []string{"someone"}}, nil)
	need := admin.Need{Permissions: access.Permissions{"user": {"ban"}}}
	for name, tt := range map[string]struct {
		in   admin.HasPermissionIn
		want bool
	}{
		"a role": {admin.HasPermissionIn{Role: "admin", Need: need}, true}, "another role": {admin.HasPermissionIn{Role: "user", Need: need}, false},
		"a user": {admin.HasPermissionIn{UserID: k.rootID, Need: need}, true}, "a listed id": {admin.HasPermissionIn{UserID: "someone", Role: "user", Need: need}, true},
	} {
		if out, err := admin.HasPermission.Call(t.Context(), k, tt.in); err != nil || out.Success != tt.want {
			t.Errorf("%s: %v, %v", name, out, err)
		}
	}
	if made, err := admin.CreateUser.Call(t.Context(), k, admin.CreateUserIn{Email: "s@example.com", Name: "S"}); err != nil || made.User.Extra["role"] != "user" {
		t.Errorf("created %v, %v", made, err)
	}
}

func TestGAP013_TheFieldsOfThePluginAreNotForClients(t *testing.T) {
	k := start(t, admin.Options{}, nil)
	for path, field := range map[string]obj{"/update-user": {"role": "admin"}, "/update-session": {"impersonatedBy": k.rootID}} {
		if res := k.ada.Post(path, field); res.Status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", path, res.Status, res.Body)
		}
	}
	res := k.Client().Post("/sign-up/email", obj{"name": "N", "email": "n@example.com", "password": authtest.Password, "role": "admin", "banned": true})
	if res.Status == http.StatusOK && k.Row(schema.UserModel, store.Is("email", "n@example.com"))["role"] != "user" {
		t.Errorf("a client made itself admin: %s", res.Body)
	}
	if row := k.user(); row["role"] != "user" {
		t.Errorf("row %v", row)
	}
}

func TestGO011_UsersAreListedByWhatIsThere(t *testing.T) {
	k := start(t, admin.Options{}, nil)
	for _, name := range []string{"c", "a", "b"} {
		k.root.Post("/admin/create-user", obj{"email": name + "@list.test", "name": name}).Want(t, 200)
	}
	list := func(query string) (string, float64) {
		res := k.root.Get("/admin/list-users?"+query).Want(t, 200).Object(t)
		names := ""
		for _, u := range res["users"].([]any) {
			names += u.(obj)["name"].(string)[:1]
		}
		return names, res["total"].(float64)
	}
	for query, want := range map[string]string{
		"searchValue=list.test&sortBy=name": "abc", "searchValue=LIST.test&sortBy=name&sortDirection=desc": "cba", "searchValue=a&searchField=name&searchOperator=starts_with": "a",
		"searchValue=list.test&sortBy=name&limit=1&offset=1": "b", "filterField=role&filterValue=admin": "S", "filterField=name&filterValue=a&filterOperator=ne&searchValue=list.test&sortBy=name": "bc",
		"filterField=name&filterValue=a&filterValue=c&filterOperator=in&sortBy=name": "ac", "filterField=nothing&filterValue=x": "", "sortBy=id;drop": "", "searchValue=%25": "",
		"filterField=password&filterValue=x": "", "filterField=name&filterValue=x&filterOperator=in": "", "filterField=banned&filterValue=false&searchValue=list.test&sortBy=name": "abc",
	} {
		if got, _ := list(query); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	if _, total := list("searchValue=list.test&limit=1"); total != 3 {
		t.Errorf("total %v", total)
	}
	for _, query := range []string{"searchField=password", "filterOperator=or", "sortDirection=up"} {
		k.root.Get("/admin/list-users?"+query).Want(t, 400)
	}
}

func TestAnAdminActsAsAUserAndStops(t *testing.T) {
	k := start(t, admin.Options{ImpersonationSessionDuration: 30 * time.Minute}, nil)
	own := k.root.Session().Session["token"]
	res := k.root.Post("/admin/impersonate-user", obj{"userId": k.id}).Want(t, 200).Object(t)
	s := k.root.Session()
	if s.User["id"] != k.id || s.Session["impersonatedBy"] != k.rootID || s.Session["token"] == own {
		t.Errorf("session %v", s)
	}
	ends, _ := time.Parse(time.RFC3339, res["session"].(obj)["expiresAt"].(string))
	if !ends.Equal(k.Clock.Now().Add(30 * time.Minute)) {
		t.Errorf("ends %s", ends)
	}
	if strings.Contains(k.ada.Get("/list-sessions").Want(t, 200).Body, k.rootID) {
		t.Error("the user sees the admin's session")
	}
	used := k.root.Cookie("better-auth.session_token")
	k.root.Post("/admin/stop-impersonating", nil).Want(t, 200)
	if s := k.root.Session(); s.User["id"] != k.rootID || s.Session["token"] != own {
		t.Errorf("session %v", s)
	}
	if k.root.Cookie("better-auth.admin_session") != "" {
		t.Error("the kept session is still in a cookie")
	}
	replay := k.Client()
	replay.SetCookie("better-auth.session_token", used)
	if replay.Session() != nil {
		t.Error("the impersonation lives on")
	}
	k.root.Post("/admin/stop-impersonating", nil).Want(t, 400)
}

func TestAdminsAreNotImpersonatedWithoutAPermissionForThat(t *testing.T) {
	for name, tt := range map[string]struct {
		o    admin.Options
		want int
	}{
		"by default":     {admin.Options{}, 403},
		"when all may":   {admin.Options{AllowImpersonatingAdmins: true}, 200},
		"as a listed id": {admin.Options{AdminUserIDs: []string{"x"}}, 403},
	} {
		t.Run(name, func(t *testing.T) {
			k := start(t, tt.o, nil)
			k.give(k.id, "user,admin")
			k.root.Post("/admin/impersonate-user", obj{"userId": k.id}).Want(t, tt.want)
		})
	}
}

func TestRACE027_AnImpersonationIsStoppedOnce(t *testing.T) {
	k := start(t, admin.Options{}, nil)
	k.root.Post("/admin/impersonate-user", obj{"userId": k.id}).Want(t, 200)
	h := k.root.Header()
	var ok atomic.Int64
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := admin.StopImpersonating.Call(t.Context(), k, struct{}{}, auth.WithHeader(h)); err == nil {
				ok.Add(1)
			}
		})
	}
	all.Wait()
	if ok.Load() != 1 {
		t.Errorf("stopped %d times", ok.Load())
	}
}

func TestRACE021_NoSessionLivesAfterABan(t *testing.T) {
	for name, secondary := range map[string]bool{"in the database": false, "in secondary storage": true} {
		t.Run(name, func(t *testing.T) {
			k := start(t, admin.Options{}, func(o *auth.Options) {
				if secondary {
					o.SecondaryStorage = memory.NewSecondary(o.Clock)
				}
			})
			k.root.SignIn("root@example.com")
			for range 20 {
				browsers := make([]*authtest.Client, 10)
				var all sync.WaitGroup
				for i := range browsers {
					browsers[i] = k.Client()
					all.Go(func() {
						browsers[i].Post("/sign-in/email", obj{"email": "ada@example.com", "password": authtest.Password})
					})
				}
				all.Go(func() { k.root.Post("/admin/ban-user", obj{"userId": k.id}).Want(t, 200) })
				all.Wait()
				for _, b := range browsers {
					if b.Session() != nil {
						t.Error("a session lives after the ban")
					}
				}
				k.root.Post("/admin/unban-user", obj{"userId": k.id}).Want(t, 200)
			}
		})
	}
}

func TestRolesThatDoNotFitTogetherAreRefused(t *testing.T) {
	for want, o := range map[string]admin.Options{
		`option adminRoles: "root" is none of the roles`:              {AdminRoles: admin.Names{"root"}},
		`option roles.x: access: the statements have no action "fly"`: {AC: admin.Statements, Roles: access.Roles{"x": {"user": {"fly"}}}},
	} {
		s := authtest.NewUnserved(t, nil)
		opts := s.Options()
		opts.BaseURL, opts.Plugins = "http://localhost:3000", []auth.Plugin{admin.New(o)}
		if _, err := core.New(opts); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
