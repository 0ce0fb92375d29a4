package config

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/goauth-dev/goauth/core/option"
)

// maxFile bounds a configuration file.
const maxFile = 1 << 20

// ReadFile reads a file as a tree for [Decode]: .json (comments allowed), .yaml or .yml, or .toml. The order of keys is
// kept.
func ReadFile(file string) (any, error) {
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: there is no such file; check the name given to --config or in GOAUTH_CONFIG", file)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", file, err)
	case info.Size() > maxFile:
		return nil, fmt.Errorf("%s: it has more than 1 MiB, which is no configuration", file)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	tree, err := Parse(filepath.Ext(file), data)
	return tree, Prefix(file, err)
}

// Parse reads a document in the format that a file's extension names: ".json", ".yaml", ".yml" or ".toml".
func Parse(ext string, data []byte) (any, error) {
	switch strings.ToLower(ext) {
	case ".json":
		return option.ParseJSON(data)
	case ".yaml", ".yml":
		return parseYAML(data)
	case ".toml":
		return parseTOML(data)
	default:
		return nil, fmt.Errorf("the name ends in %q; use .json, .yaml or .toml", ext)
	}
}

// object is an object whose keys are in the order of the file.
type object []entry

type entry struct {
	key   string
	value any
}

// All makes the object one that [option.Decode] reads.
func (o object) All() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for _, e := range o {
			if !yield(e.key, e.value) {
				return
			}
		}
	}
}

func parseYAML(data []byte) (any, error) {
	var tree any
	if err := yaml.UnmarshalWithOptions(data, &tree, yaml.UseOrderedMap(), yaml.Strict()); err != nil {
		return nil, yamlError(err)
	}
	return fromYAML(tree)
}

// yamlError keeps position and message, on one line, and drops the excerpt, which may show a secret.
func yamlError(err error) error {
	if e, ok := errors.AsType[yaml.Error](err); ok {
		if t := e.GetToken(); t != nil && t.Position != nil {
			return fmt.Errorf("line %d, column %d: %s", t.Position.Line, t.Position.Column, e.GetMessage())
		}
		return errors.New(e.GetMessage())
	}
	text, _, _ := strings.Cut(err.Error(), "\n")
	return errors.New(text)
}

// fromYAML turns the parser's objects into ours.
func fromYAML(v any) (any, error) {
	switch v := v.(type) {
	case yaml.MapSlice:
		o := make(object, 0, len(v))
		for _, item := range v {
			key, ok := item.Key.(string)
			if !ok {
				return nil, fmt.Errorf("the key %v is not a text; put it in quotes", item.Key)
			}
			value, err := fromYAML(item.Value)
			if err != nil {
				return nil, err
			}
			o = append(o, entry{key, value})
		}
		return o, nil
	case []any:
		for i, item := range v {
			value, err := fromYAML(item)
			if err != nil {
				return nil, err
			}
			v[i] = value
		}
	}
	return v, nil
}
