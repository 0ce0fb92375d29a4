package core_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
)

// tree is a decoded document.
type tree map[string]any

func openAPI(t *testing.T, change func(o *auth.Options)) tree {
	t.Helper()
	text, err := newServer(t, change).OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	var doc tree
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatalf("not JSON: %v", err)
	}
	return doc
}

// at follows keys down; a missing one gives nil.
func (d tree) at(keys ...string) any {
	var v any = map[string]any(d)
	for _, key := range keys {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	return v
}

func (d tree) keys(keys ...string) []string {
	m, _ := d.at(keys...).(map[string]any)
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (d tree) has(keys ...string) bool { return d.at(keys...) != nil }

func TestOpenAPIHasEveryOperationThatIsServed(t *testing.T) {
	s := newServer(t, nil)
	doc := openAPI(t, nil)
	var want, got []string
	for _, route := range s.Routes() {
		if route.Hidden || route.ServerOnly {
			continue
		}
		for _, method := range route.Methods {
			want = append(want, method+" "+strings.NewReplacer(":token", "{token}", ":id", "{id}").Replace(route.Path))
		}
	}
	ids := map[string]bool{}
	for _, path := range doc.keys("paths") {
		for _, method := range doc.keys("paths", path) {
			got = append(got, strings.ToUpper(method)+" "+path)
			if id, named := doc.at("paths", path, method, "operationId").(string); named {
				if id == "" || ids[id] {
					t.Errorf("%s %s: operationId %q is empty or taken", method, path, id)
				}
				ids[id] = true
			}
			for _, member := range []string{"description", "tags", "parameters", "responses"} {
				if !doc.has("paths", path, method, member) {
					t.Errorf("%s %s: no %s", method, path, member)
				}
			}
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("operations (-declared +described):\n%s", diff)
	}
	for _, id := range []string{"signUpWithEmailAndPassword", "getSession", "linkSocialAccount"} {
		if !ids[id] {
			t.Errorf("of %d operations none is %s: %v", len(want), id, ids)
		}
	}
	if id := doc.at("paths", "/list-accounts", "get", "operationId"); id != "listUserAccounts" || doc.has("paths", "/ok", "get", "operationId") {
		t.Errorf("ids are not upstream's: %v", id)
	}
}

func TestOpenAPIDescribesInputAndOutputByTheirTypes(t *testing.T) {
	doc := openAPI(t, nil)
	body := func(path string, keys ...string) any {
		return doc.at(append([]string{"paths", path, "post", "requestBody", "content", "application/json", "schema"}, keys...)...)
	}
	answer := func(path, method string, keys ...string) any {
		return doc.at(append([]string{"paths", path, method, "responses", "200", "content", "application/json", "schema"}, keys...)...)
	}
	list := func(texts ...any) any { return texts }
	for name, c := range map[string]struct{ got, want any }{
		"a required input":  {body("/sign-in/email", "required"), list("email", "password")},
		"a default":         {body("/sign-in/email", "properties", "rememberMe", "default"), true},
		"an optional input": {body("/sign-in/email", "properties", "rememberMe", "type"), list("boolean", "null")},
		"a rule":            {body("/sign-up/email", "properties", "email", "format"), "email"},
		"no input":          {body("/sign-out"), map[string]any{"type": "object", "properties": map[string]any{}}},
		"a query":           {doc.at("paths", "/get-session", "get", "parameters").([]any)[0].(map[string]any)["in"], "query"},
		"a path parameter":  {doc.at("paths", "/reset-password/{token}", "get", "parameters").([]any)[0].(map[string]any)["required"], true},
		"a user":            {answer("/sign-in/email", "post", "properties", "user", "$ref"), "#/components/schemas/User"},
		"an answer or null": {answer("/get-session", "get", "type"), list("object", "null")},
		"a text or null":    {answer("/sign-up/email", "post", "properties", "token", "type"), list("string", "null")},
		"a list":            {answer("/list-sessions", "get", "items", "$ref"), "#/components/schemas/Session"},
		"scopes":            {answer("/list-accounts", "get", "items", "properties", "scopes", "type"), "array"},
		"a redirect":        {doc.at("paths", "/reset-password/{token}", "get", "responses", "302", "description"), "Redirect"},
		"both media types": {
			doc.has("paths", "/sign-in/email", "post", "requestBody", "content", auth.MediaForm), true,
		},
		"the base URL": {strings.HasSuffix(doc.at("servers").([]any)[0].(map[string]any)["url"].(string), "/api/auth"), true},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// ownFields are additional fields of every sort.
func ownFields(o *auth.Options) {
	o.User.AdditionalFields = schema.Fields{
		{Name: "nickname", Type: schema.String, Required: option.On},
		{Name: "role", Type: schema.String, Enum: []string{"user", "admin"}, Default: "user", Input: option.Off},
		{Name: "notes", Type: schema.String, Returned: option.Off},
		{Name: "tags", Type: schema.Strings},
		{Name: "born", Type: schema.Date},
		{Name: "prefs", Type: schema.JSON},
		{Name: "motto", Type: schema.String, Required: option.Off},
		{Name: "mood", Type: schema.String, Required: option.Off, Enum: []string{"fine", "finer"}},
	}
	o.Session.AdditionalFields = schema.Fields{{Name: "theme", Type: schema.String, Default: "dark", Required: option.On}}
	o.Account.AdditionalFields = schema.Fields{{Name: "hiddenKey", Type: schema.String, Returned: option.Off}, {Name: "label", Type: schema.String}}
}

func TestOpenAPIHasAdditionalFieldsAsTheyAreDeclared(t *testing.T) {
	doc := openAPI(t, func(o *auth.Options) {
		ownFields(o)
		o.Plugins = []auth.Plugin{{ID: "echo", Schema: []schema.Table{{Model: "echo", Fields: schema.Fields{{Name: "sound", Type: schema.String}}}}}}
	})
	model := func(name string, keys ...string) any {
		return doc.at(append([]string{"components", "schemas", name, "properties"}, keys...)...)
	}
	body := func(path string) []string {
		return doc.keys("paths", path, "post", "requestBody", "content", "application/json", "schema", "properties")
	}
	for name, c := range map[string]struct{ got, want any }{
		"the model's text":      {model("User", "nickname"), map[string]any{"type": "string"}},
		"not for requests":      {model("User", "role"), map[string]any{"type": "string", "enum": []any{"user", "admin"}, "default": "user", "readOnly": true}},
		"a list":                {model("User", "tags"), map[string]any{"type": "array", "items": map[string]any{"type": "string"}}},
		"a date":                {model("User", "born", "format"), "date-time"},
		"anything":              {model("User", "prefs"), map[string]any{}},
		"a text or null":        {model("User", "motto"), map[string]any{"type": "string"}},
		"a choice or null":      {model("User", "mood"), map[string]any{"type": "string", "enum": []any{"fine", "finer"}}},
		"not returned":          {model("User", "notes"), map[string]any{"type": "string"}},
		"made at run time":      {model("User", "createdAt", "default"), nil},
		"a session's":           {model("Session", "theme", "default"), "dark"},
		"an account's":          {model("Account", "label", "type"), "string"},
		"an account's hidden":   {model("Account", "hiddenKey"), map[string]any{"type": "string"}},
		"an account's password": {model("Account", "password"), map[string]any{"type": "string"}},
		"what a user needs":     {doc.at("components", "schemas", "User", "required"), []any{"name", "email", "createdAt", "updatedAt", "nickname"}},
		"a table without needs": {doc.at("components", "schemas", "Echo", "required"), []any{}},
		"a listed account": {doc.keys("paths", "/list-accounts", "get", "responses", "200", "content", "application/json", "schema", "items", "properties"),
			[]string{"accountId", "createdAt", "id", "label", "providerId", "scopes", "updatedAt", "userId"}},
		"required of a new user":  {slices.Contains(doc.at("paths", "/sign-up/email", "post", "requestBody", "content", "application/json", "schema", "required").([]any), any("nickname")), true},
		"nothing of an update is": {doc.at("paths", "/update-user", "post", "requestBody", "content", "application/json", "schema", "required"), nil},
		"at sign-up":              {body("/sign-up/email"), []string{"born", "callbackURL", "email", "image", "mood", "motto", "name", "nickname", "notes", "password", "prefs", "rememberMe", "tags"}},
		"at an update":            {body("/update-user"), []string{"born", "image", "mood", "motto", "name", "nickname", "notes", "prefs", "tags"}},
		"at a session's update":   {body("/update-session"), []string{"theme"}},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestOpenAPIFollowsTheConfiguration(t *testing.T) {
	ping := auth.Endpoint[struct{}, map[string]any]{
		Key: "ping", Method: auth.GET, Path: "/ping", Doc: "Answer",
		Handle: func(*auth.Call, struct{}) (map[string]any, error) { return nil, nil },
	}
	doc := openAPI(t, func(o *auth.Options) {
		o.DisabledPaths = []string{"/list-accounts"}
		o.RateLimit.Storage = "database"
		o.Plugins = []auth.Plugin{{
			ID: "echo", Endpoints: []auth.AnyEndpoint{ping},
			Schema: []schema.Table{{Model: "echo", Fields: schema.Fields{{Name: "sound", Type: schema.String, Required: option.On, Input: option.On}}}},
		}}
	})
	if doc.has("paths", "/list-accounts") {
		t.Error("a disabled path is described")
	}
	if diff := cmp.Diff([]any{"Echo"}, doc.at("paths", "/ping", "get", "tags")); diff != "" {
		t.Errorf("tags of a plugin's operation (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]any{"sound"}, doc.at("components", "schemas", "Echo", "required")); diff != "" {
		t.Errorf("table of a plugin (-want +got):\n%s", diff)
	}
	if !doc.has("components", "schemas", "RateLimit") || openAPI(t, nil).has("components", "schemas", "RateLimit") {
		t.Error("the table of rate limits is not described exactly when it is there")
	}
}

func TestOpenAPIIsTheSameBytesEveryTime(t *testing.T) {
	s := newServer(t, ownFields)
	first, err := s.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if again, _ := s.OpenAPI(); !bytes.Equal(first, again) {
			t.Fatal("the document changed")
		}
	}
}

func TestOpenAPIRefusesAnOperationOnAnUnknownModel(t *testing.T) {
	type in struct {
		Fields *auth.Object `body:"*" model:"ghost"`
	}
	s := newServer(t, func(o *auth.Options) {
		o.Plugins = []auth.Plugin{{ID: "p", Endpoints: []auth.AnyEndpoint{auth.Endpoint[in, struct{}]{
			Key: "haunt", Method: auth.POST, Path: "/haunt", Handle: func(*auth.Call, in) (struct{}, error) { return struct{}{}, nil },
		}}}}
	})
	if _, err := s.OpenAPI(); err == nil || !strings.Contains(err.Error(), `"ghost"`) {
		t.Errorf("error %v, want one that names the model", err)
	}
}
