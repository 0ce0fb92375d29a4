package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
)

// factory makes the plugin that a test asked one of upstream's factory functions for. args are the tagged arguments.
type factory func(in *instance, args []any) (auth.Plugin, error)

// connectFunc gives the options O the test's function at a path below them. It returns false for a path that has no
// counterpart.
type connectFunc[O any] func(in *instance, o *O, path, fn string) bool

// plugin makes the factory of a plugin whose only argument is its options. connect may be nil when no option is a function.
func plugin[O any](build func(O) auth.Plugin, connect connectFunc[O]) factory {
	return func(in *instance, args []any) (auth.Plugin, error) {
		var o O
		if err := decodeArgument(in, args, &o, connect); err != nil {
			return auth.Plugin{}, err
		}
		return build(o), nil
	}
}

// decodeArgument decodes the first argument strictly and connects its functions.
func decodeArgument[O any](in *instance, args []any, o *O, connect connectFunc[O]) error {
	if len(args) == 0 {
		return nil
	}
	var found functions
	tree, err := untag("", args[0], &found)
	if err != nil {
		return err
	}
	if _, none := tree.(absent); !none {
		if err := option.Decode(tree, o); err != nil {
			return err
		}
	}
	for _, path := range found.paths {
		if connect == nil || !connect(in, o, path, found.ids[path]) {
			return fmt.Errorf("%s: this function has no counterpart in the testbed", path)
		}
	}
	return nil
}

// plugins makes the plugins of a test in their order. What the init functions of those that the test wrote add to the
// options goes to options.
func (in *instance) plugins(v any, options *auth.Object) ([]auth.Plugin, error) {
	list, _ := v.([]any)
	var plugins []auth.Plugin
	for i, item := range list {
		described, _ := item.(*auth.Object)
		if at(described, "$undef") != nil {
			continue
		}
		p, err := in.plugin(described, options)
		if err != nil {
			return nil, fmt.Errorf("plugins[%d].%s: %w", i, p.ID, err)
		}
		twice := slices.ContainsFunc(plugins, func(other auth.Plugin) bool { return other.ID == p.ID })
		if !twice { // upstream's test helper adds bearer to every list
			plugins = append(plugins, p)
		}
	}
	return plugins, nil
}

// plugin makes one plugin. With an error its ID is the plugin's name.
func (in *instance) plugin(described, options *auth.Object) (auth.Plugin, error) {
	if written := child(described, "$inline"); written != nil {
		return in.inline(written, options)
	}
	call := child(described, "$plugin")
	name := text(call, "name")
	named := auth.Plugin{ID: name}
	build, known := factories[name]
	if !known {
		return named, errors.New("the plugin is not built")
	}
	args, _ := at(call, "args").([]any)
	p, err := build(in, args)
	if err != nil {
		return named, err
	}
	if overrides := child(call, "overrides"); overrides != nil {
		return in.override(p, overrides, options)
	}
	return p, nil
}

// override replaces parts of a plugin by those that the test wrote, as {...plugin(), hooks} does.
func (in *instance) override(p auth.Plugin, overrides, options *auth.Object) (auth.Plugin, error) {
	written, err := in.inline(overrides, options)
	if err != nil {
		return p, err
	}
	if child(overrides, "hooks") != nil {
		p.Before, p.After = written.Before, written.After
	}
	if child(child(overrides, "props"), "schema") != nil {
		p.Schema = written.Schema
	}
	if written.OnRequest != nil {
		p.OnRequest = written.OnRequest
	}
	if written.OnResponse != nil {
		p.OnResponse = written.OnResponse
	}
	return p, nil
}
