// Package plugins is the root of the plugins that need nothing beyond the core, a folder each. An application imports the
// ones it uses and lists them in auth.Options.Plugins:
//
//	goauth.Options{Plugins: []goauth.Plugin{bearer.New(bearer.Options{})}}
//
// Every plugin has the same files: plugin.go with the declaration, options.go, endpoints.go (or one a family), schema.go
// and codes.go, as far as it has any.
package plugins
