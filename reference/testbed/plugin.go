package main

import (
	"fmt"

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

// plugins makes the plugins of a test in their order.
func (in *instance) plugins(v any) ([]auth.Plugin, error) {
	list, _ := v.([]any)
	var plugins []auth.Plugin
	for i, item := range list {
		described, _ := item.(*auth.Object)
		if at(described, "$undef") != nil {
			continue
		}
		call := child(described, "$plugin")
		name := text(call, "name")
		build, known := factories[name]
		if !known {
			return nil, fmt.Errorf("plugins[%d]: the plugin %q is not built", i, name)
		}
		args, _ := at(call, "args").([]any)
		p, err := build(in, args)
		if err != nil {
			return nil, fmt.Errorf("plugins[%d].%s: %w", i, name, err)
		}
		plugins = append(plugins, p)
	}
	return plugins, nil
}
