package core

import (
	"cmp"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/internal/openapi"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/routes"
	"github.com/goauth-dev/goauth/core/schema"
)

// OpenAPI returns the description of every operation that this configuration serves, as an OpenAPI 3.1 document in JSON.
// It is derived from the operations' own declarations and the tables, so that additional fields are in it, those that are
// not for requests as readOnly. Operations that are hidden, disabled or for Go code only are left out. The same configuration gives the same bytes. Upstream: the generator of the plugin open-api,
// whose shape it has.
func (a *Auth) OpenAPI() ([]byte, error) {
	tables, err := tablesOf(&a.context.Options)
	if err != nil {
		return nil, err
	}
	own, err := schema.Tables(nil, nil, a.context.Now)
	if err != nil {
		return nil, err
	}
	d := &document{auth: a, own: own, models: map[string]*schema.Table{}, tags: pluginTags(&a.context.Options)}
	schemas := js.NewObject()
	for _, t := range tables {
		if t.Model == schema.RateLimitModel && a.context.Options.RateLimit.Storage != "database" {
			continue
		}
		d.models[t.Model] = t
		schemas.Set(openapi.Component(t.Model), modelSchema(t))
	}
	paths, err := d.paths()
	if err != nil {
		return nil, err
	}
	return js.Marshal(openapi.Object(
		"openapi", "3.1.1",
		"info", openapi.Object("title", "Better Auth", "description", "API Reference for your Better Auth Instance", "version", "1.1.0"),
		"components", openapi.Object("schemas", schemas, "securitySchemes", securitySchemes()),
		"security", []any{openapi.Object("apiKeyCookie", []any{}, "bearerAuth", []any{})},
		"servers", []any{openapi.Object("url", d.server())},
		"tags", []any{openapi.Object("name", "Default", "description",
			"Default endpoints that are included with Better Auth by default. These endpoints are not part of any plugin.")},
		"paths", paths,
	))
}

// document is what the operations' descriptions need to know.
type document struct {
	auth   *Auth
	own    []*schema.Table // the core's, without what options and plugins add
	models map[string]*schema.Table
	tags   map[string]string // operation → the tag of its plugin
}

// server is the base URL, relative where each request decides.
func (d *document) server() string {
	if d.auth.baseURL != "" {
		return d.auth.baseURL
	}
	return cmp.Or(d.auth.paths.base, "/")
}

func securitySchemes() *js.Object {
	return openapi.Object(
		"apiKeyCookie", openapi.Object("type", "apiKey", "in", "cookie", "name", "apiKeyCookie", "description", "API Key authentication via cookie"),
		"bearerAuth", openapi.Object("type", "http", "scheme", "bearer", "description", "Bearer token authentication"),
	)
}

// pluginTags names the tag of every operation that a plugin brings.
func pluginTags(o *auth.Options) map[string]string {
	tags := map[string]string{}
	for i := range o.Plugins {
		for _, e := range o.Plugins[i].Endpoints {
			if route, err := e.Route(); err == nil { // New has refused the others
				tags[route.Key] = openapi.Component(o.Plugins[i].ID)
			}
		}
	}
	return tags
}

// paths describes the operations in the order of the routes.
func (d *document) paths() (*js.Object, error) {
	paths := js.NewObject()
	for _, route := range d.auth.routes.all {
		if route.ServerOnly || route.Hidden || d.auth.paths.disabled[route.Path] {
			continue
		}
		path := templatePath(route.Path)
		item, _ := paths.Get(path)
		operations, _ := item.(*js.Object)
		if operations == nil {
			operations = js.NewObject()
		}
		for i, method := range route.Methods {
			operation, err := d.operation(route, method, i)
			if err != nil {
				return nil, err
			}
			operations.Set(strings.ToLower(method), operation)
		}
		paths.Set(path, operations)
	}
	return paths, nil
}

// templatePath writes parameters as OpenAPI does: /reset-password/{token}.
func templatePath(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if name, ok := strings.CutPrefix(s, ":"); ok {
			segments[i] = "{" + name + "}"
		}
	}
	return strings.Join(segments, "/")
}

// operation describes one method of a route. An id names one operation only, so that of a further method ends with it.
func (d *document) operation(route *auth.Route, method string, nth int) (*js.Object, error) {
	inputs := openapi.Inputs(route.In)
	id := any(nil)
	switch {
	case route.OperationID != "" && nth > 0:
		id = route.OperationID + openapi.Component(strings.ToLower(method))
	case route.OperationID != "":
		id = route.OperationID
	}
	tag := d.tags[route.Key]
	if tag == "" {
		tag = "Default"
	}
	op := openapi.Object(
		"tags", []string{tag},
		"description", route.Doc,
		"operationId", id,
		"security", []any{openapi.Object("bearerAuth", []any{})},
		"parameters", parameters(inputs),
	)
	if method != http.MethodGet && method != http.MethodHead {
		body, err := d.requestBody(route, inputs)
		if err != nil {
			return nil, err
		}
		op.Set("requestBody", body)
	}
	op.Set("responses", d.responses(route))
	return op, nil
}

func parameters(inputs []openapi.Input) []any {
	list := []any{}
	for _, in := range inputs {
		if in.In == openapi.InBody || in.Name == "*" {
			continue
		}
		p := openapi.Object("name", in.Name, "in", in.In)
		if !in.Optional {
			p.Set("required", true)
		}
		p.Set("schema", in.Schema)
		list = append(list, p)
	}
	return list
}

// requestBody describes the body, in every media type that the operation accepts.
func (d *document) requestBody(route *auth.Route, inputs []openapi.Input) (*js.Object, error) {
	var p openapi.Properties
	used := false
	for _, in := range inputs {
		switch {
		case in.In != openapi.InBody:
		case in.Name != "*":
			used = true
			p.Add(in.Name, in.Schema, !in.Optional)
		default:
			used = true
			if err := d.modelInputs(&p, route, in); err != nil {
				return nil, err
			}
		}
	}
	content, body := js.NewObject(), p.Schema()
	media := slices.Clone(route.Media)
	slices.SortStableFunc(media, func(x, y string) int { return jsonFirst(x) - jsonFirst(y) })
	for _, m := range media {
		content.Set(m, openapi.Object("schema", body))
	}
	if !used {
		return openapi.Object("content", content), nil
	}
	return openapi.Object("required", true, "content", content), nil
}

func jsonFirst(media string) int {
	if media == auth.MediaJSON {
		return 0
	}
	return 1
}

// modelInputs adds the fields of a model that a request may set: those that options and plugins added, and the model's
// own that the operation takes too.
func (d *document) modelInputs(p *openapi.Properties, route *auth.Route, in openapi.Input) error {
	if in.Model == "" {
		return nil // an operation that takes any field says so by its description
	}
	table := d.models[in.Model]
	if table == nil {
		return fmt.Errorf("openapi: operation %s takes fields of %q, which is no model", route.Key, in.Model)
	}
	for i := range table.Fields {
		f := &table.Fields[i]
		if !f.FromRequests() || d.isOwn(in.Model, f.Name) && !slices.Contains(in.CoreFields, f.Name) {
			continue
		}
		required := f.Required == option.On && f.Default == nil && !in.Optional
		p.Add(f.Name, typeSchema(f), required)
	}
	return nil
}

// isOwn reports whether the core itself declares a field.
func (d *document) isOwn(model, field string) bool {
	return slices.ContainsFunc(d.own, func(t *schema.Table) bool { return t.Model == model && t.Field(field) != nil })
}

// modelSchema describes a model as upstream does: every field that is stored, what is never returned included, and
// without a word of null where a field is not required.
func modelSchema(t *schema.Table) *js.Object {
	var p openapi.Properties
	p.Add("id", openapi.Object("type", "string"), false)
	for i := range t.Fields {
		f := &t.Fields[i]
		p.Add(f.Name, fieldSchema(f), f.Required == option.On && f.Input != option.Off)
	}
	described := p.Schema()
	if _, some := described.Get("required"); !some {
		described.Set("required", []string{})
	}
	return described
}

// fieldSchema describes a field with its default, and whether requests may set it.
func fieldSchema(f *schema.Field) *js.Object {
	s := valueSchema(f)
	switch f.Default.(type) {
	case nil, func() any: // upstream writes "Generated at runtime", which is no value of the field
	default:
		s.Set("default", f.Default)
	}
	if f.Input == option.Off {
		s.Set("readOnly", true)
	}
	return s
}

// typeSchema describes a field's values, null among them when the column takes it.
func typeSchema(f *schema.Field) *js.Object {
	s := valueSchema(f)
	if !f.NotNull() {
		return openapi.OrNull(s)
	}
	return s
}

// valueSchema describes a field's values but for null.
func valueSchema(f *schema.Field) *js.Object {
	var s *js.Object
	switch f.Type {
	case schema.Date:
		s = openapi.Object("type", "string", "format", "date-time")
	case schema.Strings:
		s = openapi.Object("type", "array", "items", openapi.Object("type", "string"))
	case schema.Numbers:
		s = openapi.Object("type", "array", "items", openapi.Object("type", "number"))
	case schema.JSON:
		s = js.NewObject()
	default:
		s = openapi.Object("type", string(f.Type))
	}
	if len(f.Enum) > 0 {
		s.Set("enum", f.Enum)
	}
	return s
}

// responses describes the answers: the operation's own, and the errors that every operation can give.
func (d *document) responses(route *auth.Route) *js.Object {
	all := js.NewObject()
	switch {
	case route.Out == reflect.TypeFor[*struct{}]():
		all.Set("302", openapi.Object("description", "Redirect"))
	case route.Out == reflect.TypeFor[*auth.Raw]():
		all.Set("200", openapi.Object("description", "Success"))
	default:
		s := openapi.Output(route.Out, d.known)
		if nullAnswers[route.Key] {
			s = openapi.OrNull(s)
		}
		all.Set("200", openapi.Object("description", "Success", "content", jsonContent(s)))
	}
	for _, e := range errorAnswers {
		var p openapi.Properties
		p.Add("message", openapi.Object("type", "string"), e.always)
		all.Set(e.status, openapi.Object("content", jsonContent(p.Schema()), "description", e.text))
	}
	return all
}

func jsonContent(s *js.Object) *js.Object {
	return openapi.Object(auth.MediaJSON, openapi.Object("schema", s))
}

// nullAnswers are the operations whose success may be null, which their types do not say.
var nullAnswers = map[string]bool{routes.GetSession.Key: true}

// errorAnswers are upstream's descriptions of errors; always says that there is a message.
var errorAnswers = []struct {
	status, text string
	always       bool
}{
	{"400", "Bad Request. Usually due to missing parameters, or invalid parameters.", true},
	{"401", "Unauthorized. Due to missing or invalid authentication.", true},
	{"403", "Forbidden. You do not have permission to access this resource or to perform this action.", false},
	{"404", "Not Found. The requested resource was not found.", false},
	{"429", "Too Many Requests. You have exceeded the rate limit. Try again later.", false},
	{"500", "Internal Server Error. This is a problem with the server that you cannot fix.", false},
}

// known describes the types that render themselves.
func (d *document) known(t reflect.Type) *js.Object {
	switch t {
	case reflect.TypeFor[*auth.User]():
		return openapi.Ref(schema.UserModel)
	case reflect.TypeFor[*auth.Session]():
		return openapi.Ref(schema.SessionModel)
	case reflect.TypeFor[*routes.AccountView]():
		return d.accountView()
	default:
		return nil
	}
}

// accountView is an account with its scopes as a list.
func (d *document) accountView() *js.Object {
	var p openapi.Properties
	p.Add("id", openapi.Object("type", "string"), true)
	table := d.models[schema.AccountModel]
	for i := range table.Fields {
		f := &table.Fields[i]
		if f.Returned != option.Off && f.Name != "scope" {
			p.Add(f.Name, typeSchema(f), f.Required == option.On)
		}
	}
	p.Add("scopes", openapi.Object("type", "array", "items", openapi.Object("type", "string")), true)
	return p.Schema()
}
