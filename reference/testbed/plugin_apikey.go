package main

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strconv"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/plugins/access"
	"github.com/goauth-dev/goauth/plugins/apikey"
)

// inConfiguration is the path of a function in one of several configurations.
var inConfiguration = regexp.MustCompile(`^\[(\d+)\]\.(.*)$`)

func connectAPIKey(in *instance, o *apikey.Options, path, fn string) bool {
	n := 0
	if m := inConfiguration.FindStringSubmatch(path); m != nil {
		n, _ = strconv.Atoi(m[1])
		path = m[2]
	}
	for len(o.Configurations) <= n {
		o.Configurations = append(o.Configurations, apikey.Configuration{})
	}
	c := &o.Configurations[n]
	switch path {
	case "customAPIKeyGetter":
		c.Getter = in.keyGetter(fn)
	case "customAPIKeyValidator":
		c.Validator = in.keyValidator(fn)
	case "customKeyGenerator":
		c.Generator = in.keyGenerator(fn)
	case "permissions.defaultPermissions":
		c.Permissions.DefaultFunc = in.keyPermissions(fn)
	default:
		return in.connectKeyStorage(c, path, fn)
	}
	return true
}

func (in *instance) connectKeyStorage(c *apikey.Configuration, path, fn string) bool {
	s, _ := c.CustomStorage.(*secondary)
	if s == nil {
		s = &secondary{js: in.js}
	}
	switch path {
	case "customStorage.get":
		s.get = fn
	case "customStorage.set":
		s.set = fn
	case "customStorage.delete":
		s.remove = fn
	default:
		return false
	}
	c.CustomStorage = s
	return true
}

func (in *instance) keyGetter(fn string) func(c *auth.Call) (string, error) {
	return func(c *auth.Call) (string, error) {
		described, err := tagCall(c)
		if err != nil {
			return "", err
		}
		got, err := in.js.call(c.Ctx(), fn, described)
		if err != nil || got.value == nil {
			return "", err
		}
		key, ok := got.value.(string)
		if !ok {
			return "", auth.Fail(http.StatusBadRequest, apikey.InvalidAPIKeyGetterReturnType)
		}
		return key, nil
	}
}

func (in *instance) keyValidator(fn string) func(c *auth.Call, key string) (bool, error) {
	return func(c *auth.Call, key string) (bool, error) {
		described, err := tagCall(c)
		if err != nil {
			return false, err
		}
		got, err := in.js.call(c.Ctx(), fn, object("ctx", described, "key", key))
		return got.value == true, err
	}
}

func (in *instance) keyGenerator(fn string) func(ctx context.Context, length int, prefix string) (string, error) {
	return func(ctx context.Context, length int, prefix string) (string, error) {
		wanted := object("length", int64(length))
		if prefix != "" {
			wanted.Set("prefix", prefix)
		}
		got, err := in.js.call(ctx, fn, wanted)
		key, ok := got.value.(string)
		if err == nil && !ok {
			err = errors.New("the key generator returned no text")
		}
		return key, err
	}
}

func (in *instance) keyPermissions(fn string) func(c *auth.Call, owner string) (access.Permissions, error) {
	return func(c *auth.Call, owner string) (access.Permissions, error) {
		described, err := tagCall(c)
		if err != nil {
			return nil, err
		}
		got, err := in.js.call(c.Ctx(), fn, owner, described)
		if err != nil || got.value == nil {
			return nil, err
		}
		var p access.Permissions
		if issues := p.DecodeInput(got.value, true); len(issues) > 0 {
			return nil, errors.New("default permissions: " + issues[0].Text)
		}
		return p, nil
	}
}
