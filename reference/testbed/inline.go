package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
)

// inline makes a plugin that a test wrote itself: its tables are declared here, its hooks run in the test. Its endpoints
// never come here, the suite runs them in the test. What its init adds to the options goes to options.
func (in *instance) inline(described, options *auth.Object) (auth.Plugin, error) {
	p := auth.Plugin{ID: text(described, "pluginId")}
	props := child(described, "props")
	tables, err := in.inlineTables(child(props, "schema"))
	if err != nil {
		return p, fmt.Errorf("schema: %w", err)
	}
	p.Schema = tables
	in.inlineHooks(&p, child(described, "hooks"))
	if fn := text(described, "init"); fn != "" {
		defaults, err := in.inlineInit(&p, fn)
		if err != nil {
			return p, fmt.Errorf("init: %w", err)
		}
		fillGaps(options, defaults)
	}
	if fn := text(described, "onRequest"); fn != "" {
		p.OnRequest = in.onRequest(fn)
	}
	if fn := text(described, "onResponse"); fn != "" {
		p.OnResponse = in.onResponse(fn)
	}
	return p, nil
}

// inlineInit runs init() of a plugin that the test wrote. Upstream takes from its result options that fill the gaps of the
// application's own, and database hooks that run beside them.
func (in *instance) inlineInit(p *auth.Plugin, fn string) (defaults *auth.Object, err error) {
	got, err := in.js.call(context.Background(), fn)
	if err != nil {
		return nil, err
	}
	result, _ := got.tagged.(*auth.Object)
	options := child(result, "options")
	defaults = option.NewObject()
	if options == nil || isTagged(options) {
		return defaults, nil
	}
	for key, v := range options.All() {
		switch key {
		case "databaseHooks":
			err = in.inlineDatabaseHooks(p, v)
		case "trustedOrigins":
			if fn := text(asObject(v), "$fn"); fn != "" {
				in.moreOrigins = append(in.moreOrigins, in.origins(fn))
			}
			p.TrustedOrigins = textsOf(v)
		default:
			defaults.Set(key, v)
		}
		if err != nil {
			return nil, err
		}
	}
	return defaults, nil
}

func asObject(v any) *auth.Object {
	o, _ := v.(*auth.Object)
	return o
}

func (in *instance) inlineDatabaseHooks(p *auth.Plugin, tagged any) error {
	var found functions
	if _, err := untag("databaseHooks", tagged, &found); err != nil {
		return err
	}
	var o auth.Options
	for _, path := range found.paths {
		if !in.connectDatabaseHook(&o, path, found.ids[path]) {
			return fmt.Errorf("%s: this function has no counterpart in the testbed", path)
		}
	}
	p.DatabaseHooks = o.DatabaseHooks
	return nil
}

// fillGaps sets what options lack, also within objects.
func fillGaps(options, defaults *auth.Object) {
	for key, v := range defaults.All() {
		have, isSet := options.Get(key)
		inner, isObject := have.(*auth.Object)
		more, bothObjects := v.(*auth.Object)
		switch {
		case !isSet:
			options.Set(key, v)
		case isObject && bothObjects && !isTagged(inner) && !isTagged(more):
			fillGaps(inner, more)
		}
	}
}

func isTagged(o *auth.Object) bool {
	for key := range o.All() {
		return strings.HasPrefix(key, "$")
	}
	return false
}

// inlineTables reads {model: {modelName, fields}}.
func (in *instance) inlineTables(described *auth.Object) ([]schema.Table, error) {
	var tables []schema.Table
	for model, v := range described.All() {
		var found functions
		tree, err := untag("", v, &found)
		if err != nil {
			return nil, err
		}
		var declared struct {
			ModelName string        `option:"modelName"`
			Fields    schema.Fields `option:"fields"`
		}
		if err := option.Decode(tree, &declared); err != nil {
			return nil, fmt.Errorf("%s: %w", model, err)
		}
		for i := range declared.Fields {
			if declared.Fields[i].Input == option.Unset {
				declared.Fields[i].Input = option.On // as upstream means it
			}
		}
		if err := in.connectFields(declared.Fields, &found); err != nil {
			return nil, fmt.Errorf("%s: %w", model, err)
		}
		tables = append(tables, schema.Table{Model: model, Name: declared.ModelName, Fields: declared.Fields})
	}
	return tables, nil
}

// connectFields connects functions at paths fields.NAME.PART.
func (in *instance) connectFields(fields schema.Fields, found *functions) error {
	for _, path := range found.paths {
		name, part, _ := strings.Cut(strings.TrimPrefix(path, "fields."), ".")
		if !in.connectField(fields, name, part, found.ids[path]) {
			return fmt.Errorf("%s: this function has no counterpart in the testbed", path)
		}
	}
	return nil
}

func (in *instance) inlineHooks(p *auth.Plugin, described *auth.Object) {
	list, _ := at(described, "before").([]any)
	for _, item := range list {
		hook, _ := item.(*auth.Object)
		p.Before = append(p.Before, auth.BeforeHook{Match: in.matcher(text(hook, "matcher")), Run: in.before(text(hook, "handler"))})
	}
	list, _ = at(described, "after").([]any)
	for _, item := range list {
		hook, _ := item.(*auth.Object)
		p.After = append(p.After, auth.AfterHook{Match: in.matcher(text(hook, "matcher")), Run: in.after(text(hook, "handler"))})
	}
}

// matcher is fn(context).
func (in *instance) matcher(fn string) func(c *auth.Call) bool {
	return func(c *auth.Call) bool {
		described, err := tagCall(c)
		if err != nil {
			return false
		}
		got, err := in.js.call(c.Ctx(), fn, described)
		return err == nil && got.value == true
	}
}

// onRequest is fn(request), which returns nothing, {request} or {response}.
func (in *instance) onRequest(fn string) func(c *auth.Call, r *http.Request) (*http.Request, *auth.Answer, error) {
	return func(c *auth.Call, r *http.Request) (*http.Request, *auth.Answer, error) {
		got, err := in.js.call(c.Ctx(), fn, tagRequest(r))
		if err != nil {
			return nil, nil, err
		}
		o, _ := got.tagged.(*auth.Object)
		if described := child(child(o, "response"), "$response"); described != nil {
			raw, err := rawOf(described)
			return nil, &auth.Answer{Value: raw}, err
		}
		if described := child(child(o, "request"), "$request"); described != nil {
			replaced, err := requestOf(described)
			if err != nil {
				return nil, nil, err
			}
			return replaced.WithContext(r.Context()), nil, nil
		}
		return nil, nil, nil
	}
}

// onResponse is fn(response), which returns nothing or {response}. It can change the status and the headers.
func (in *instance) onResponse(fn string) func(c *auth.Call, reply *auth.Reply) error {
	return func(c *auth.Call, reply *auth.Reply) error {
		described := object("status", int64(reply.Status), "statusText", "", "headers", pairs(reply.Header))
		got, err := in.js.call(c.Ctx(), fn, object("$response", described))
		if err != nil {
			return err
		}
		o, _ := got.tagged.(*auth.Object)
		if changed := child(child(o, "response"), "$response"); changed != nil {
			raw, err := rawOf(changed)
			reply.Status, reply.Header = raw.Status, raw.Header
			return err
		}
		return nil
	}
}

// rawOf reads a described response.
func rawOf(described *auth.Object) (*auth.Raw, error) {
	body, err := base64.StdEncoding.DecodeString(text(described, "body"))
	status, _ := integer(at(described, "status"))
	return &auth.Raw{Status: int(status), Header: headersOf(at(described, "headers")), Body: body}, err
}
