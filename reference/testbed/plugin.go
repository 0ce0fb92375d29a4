package main

import (
	"fmt"

	"github.com/goauth-dev/goauth/core/auth"
)

// checkPlugins refuses plugins: none is built, and those that a test writes itself are not connected. The plugin bearer,
// which upstream's test helper always adds, is left out: a case that sends a bearer token fails by itself.
func checkPlugins(v any) error {
	list, _ := v.([]any)
	for i, item := range list {
		described, _ := item.(*auth.Object)
		name := text(child(described, "$plugin"), "name")
		if at(described, "$undef") == nil && name != "bearer" {
			return fmt.Errorf("plugins[%d]: the plugin %q is not built", i, name)
		}
	}
	return nil
}
