package main

import (
	"context"
	"net/http"
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/store"
)

// before is a before-hook of the test: what it returns under "context" replaces parts of the call, anything else is the
// answer.
func (in *instance) before(fn string) func(c *auth.Call) (*auth.Answer, error) {
	return func(c *auth.Call) (*auth.Answer, error) {
		described, err := tagCall(c)
		if err != nil {
			return nil, err
		}
		got, err := in.js.call(c.Ctx(), fn, described)
		if got.value == nil || err != nil {
			return nil, err
		}
		o, _ := got.value.(*auth.Object)
		changed := child(o, "context")
		if changed == nil {
			return &auth.Answer{Value: got.value}, nil
		}
		if body, given := changed.Get("body"); given {
			c.Body, c.HasBody = body, body != nil
		}
		if query := child(changed, "query"); query != nil {
			c.Query = query
		}
		if list, isList := at(changed, "headers").([]any); isList {
			c.Header = headersOf(list)
		}
		return nil, nil
	}
}

// after is an after-hook of the test: {response, headers}.
func (in *instance) after(fn string) func(c *auth.Call) error {
	return func(c *auth.Call) error {
		described, err := tagCall(c)
		if err != nil {
			return err
		}
		got, err := in.js.call(c.Ctx(), fn, described)
		if err != nil {
			return err
		}
		o, _ := got.value.(*auth.Object)
		addHeaders(c.Reply.Header, at(o, "headers"))
		if response := at(o, "response"); response != nil {
			c.Returned = response
		}
		return nil
	}
}

func addHeaders(h http.Header, list any) {
	for name, values := range headersOf(list) {
		if name == "Set-Cookie" {
			h[name] = append(h[name], values...)
			continue
		}
		h[name] = values
	}
}

func at(o *auth.Object, key string) any {
	v, _ := o.Get(key)
	return v
}

// connectDatabaseHook connects databaseHooks.MODEL.OPERATION.WHEN.
func (in *instance) connectDatabaseHook(o *auth.Options, path, fn string) bool {
	parts := strings.Split(path, ".")
	if len(parts) != 4 || parts[0] != "databaseHooks" {
		return false
	}
	h := o.DatabaseHooks.Model(parts[1])
	switch parts[2] + "." + parts[3] {
	case "create.before":
		h.BeforeCreate = in.beforeWrite(parts[1], fn)
	case "create.after":
		h.AfterCreate = in.afterWrite(fn)
	case "update.before":
		h.BeforeUpdate = in.beforeWrite(parts[1], fn)
	case "update.after":
		h.AfterUpdate = in.afterWrite(fn)
	case "delete.before":
		write := in.beforeWrite(parts[1], fn)
		h.BeforeDelete = func(ctx context.Context, c *auth.Call, row store.Record) error {
			_, err := write(ctx, c, row)
			return err
		}
	case "delete.after":
		h.AfterDelete = in.afterWrite(fn)
	default:
		return false
	}
	return true
}

func (in *instance) beforeWrite(model, fn string) func(ctx context.Context, c *auth.Call, data store.Record) (store.Record, error) {
	return func(ctx context.Context, c *auth.Call, data store.Record) (store.Record, error) {
		got, err := in.callWith(ctx, c, fn, data)
		if err != nil {
			return nil, err
		}
		if got.value == false {
			return nil, auth.ErrAbort
		}
		o, _ := got.value.(*auth.Object)
		changed, ok := c.RecordFromTree(model, at(o, "data"))
		if !ok {
			return nil, nil
		}
		return changed, nil
	}
}

func (in *instance) afterWrite(fn string) func(ctx context.Context, c *auth.Call, row store.Record) error {
	return func(ctx context.Context, c *auth.Call, row store.Record) error {
		_, err := in.callWith(ctx, c, fn, row)
		return err
	}
}

func (in *instance) callWith(ctx context.Context, c *auth.Call, fn string, rec store.Record) (reply, error) {
	data, err := tag(rec)
	if err != nil {
		return reply{}, err
	}
	described, err := tagCall(c)
	if err != nil {
		return reply{}, err
	}
	return in.js.call(ctx, fn, data, described)
}
