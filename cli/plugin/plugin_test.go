package plugin_test

import (
	"testing"

	"github.com/goauth-dev/goauth/cli/plugin"
	"github.com/goauth-dev/goauth/core/option"
)

// entries decodes a list as a configuration file has it.
func entries(t *testing.T, text string) []plugin.Entry {
	t.Helper()
	tree, err := option.ParseJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var list []plugin.Entry
	if err := option.Decode(tree, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestAListOfPluginsIsBuiltInItsOrder(t *testing.T) {
	for _, text := range []string{`["bearer"]`, `[{"id":"bearer"}]`, `[{"id":"bearer","options":{"requireSignature":true}}]`} {
		plugins, err := plugin.Build(entries(t, text), &plugin.Env{})
		if err != nil || len(plugins) != 1 || plugins[0].ID != "bearer" {
			t.Errorf("%s: %v, %v", text, plugins, err)
		}
	}
}

func TestWhatIsWrongInAListIsToldByItsPath(t *testing.T) {
	for text, want := range map[string]string{
		`[{"id":"bearer","options":{"sign":true}}]`: `plugins[0].options.sign: unknown option`,
		`["bearer",{"id":"","options":{}}]`:         `plugins[1]: "" is no plugin`,
		`["barer"]`:                                 `plugins[0]: "barer" is no plugin; there are `,
	} {
		_, err := plugin.Build(entries(t, text), &plugin.Env{})
		if err == nil || len(err.Error()) < len(want) || err.Error()[:len(want)] != want {
			t.Errorf("%s: %v, want %s…", text, err, want)
		}
	}
}

func TestAnEntryOfTheWrongFormIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		`[7]`:                          `[0]: must be an id, or an object with "id" and "options"`,
		`[{"id":"bearer","option":1}]`: `[0].option: is unknown; a plugin has "id" and "options"`,
	} {
		tree, _ := option.ParseJSON([]byte(text))
		var list []plugin.Entry
		if err := option.Decode(tree, &list); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
