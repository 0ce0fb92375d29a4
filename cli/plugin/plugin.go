// Package plugin makes plugins from what a configuration file says: a list of ids, each with its options. Where a plugin
// needs to deliver something, a mail or a text message goes to the server's mailer.
package plugin

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goauth-dev/goauth/cli/mail"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
)

// Entry is one plugin of a configuration file: its id alone, or {"id": …, "options": {…}}.
type Entry struct {
	// ID is upstream's name of the plugin, such as "bearer".
	ID string
	// Options is the tree of its options, or nil.
	Options any
}

// DecodeOption implements [option.Decoder].
func (e *Entry) DecodeOption(v any) error {
	if id, ok := v.(string); ok {
		e.ID = id
		return nil
	}
	entries, ok := option.Entries(v)
	if !ok {
		return errors.New(`must be an id, or an object with "id" and "options"`)
	}
	for key, value := range entries {
		switch key {
		case "id":
			e.ID, _ = value.(string)
		case "options":
			e.Options = value
		default:
			return option.In(key, errors.New(`is unknown; a plugin has "id" and "options"`))
		}
	}
	return nil
}

// Env is what plugins need of the server around them.
type Env struct {
	// AppName is what texts call the application.
	AppName string
	// Mailer delivers what plugins send.
	Mailer mail.Mailer
	// Without names senders, by the kind of their message, that are not configured.
	Without []mail.Kind
	// Own makes plugins, by id, that need functions of the program around; it wins over what a file alone can configure.
	Own map[string]Factory
}

// Factory makes a plugin from the tree of its options, nil without any.
type Factory func(options any, env *Env) (auth.Plugin, error)

// Build makes the plugins in the order of the list. Its error has one line for each entry that is wrong.
func Build(list []Entry, env *Env) ([]auth.Plugin, error) {
	var plugins []auth.Plugin
	var errs []error
	for i, e := range list {
		at := fmt.Sprintf("plugins[%d]", i)
		build, known := env.Own[e.ID]
		if !known {
			build, known = factories[e.ID]
		}
		if !known {
			errs = append(errs, fmt.Errorf("%s: %q is no plugin; there are %s", at, e.ID, strings.Join(slices.Sorted(maps.Keys(factories)), ", ")))
			continue
		}
		p, err := build(e.Options, env)
		if err != nil {
			errs = append(errs, errors.New(at+"."+strings.ReplaceAll(option.In("options", err).Error(), "\n", "\n"+at+".")))
			continue
		}
		plugins = append(plugins, p)
	}
	return plugins, errors.Join(errs...)
}

// from makes the factory of a plugin whose options are data.
func from[O any](build func(O) auth.Plugin) Factory {
	return With(func(o O, _ *Env) auth.Plugin { return build(o) })
}

// With makes the factory of a plugin that needs something of the server; its options are decoded strictly.
func With[O any](build func(o O, env *Env) auth.Plugin) Factory {
	return func(tree any, env *Env) (auth.Plugin, error) {
		var o O
		if tree != nil {
			if err := option.Decode(tree, &o); err != nil {
				return auth.Plugin{}, err
			}
		}
		return build(o, env), nil
	}
}
