package fileproxy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/scripts/internal/fileproxy"
)

// repository makes a checkout of two modules, of which app imports core without
// requiring it, in a git folder with one ignored file.
func repository(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range map[string]string{
		"modules.txt":   "app released\ncore released\n",
		".gitignore":    "*.db\n",
		"app/go.mod":    "module github.com/goauth-dev/goauth/app\n\ngo 1.26.0\n",
		"app/a.go":      "package app\n\nimport _ \"github.com/goauth-dev/goauth/core\"\n",
		"app/big.db":    "ignored",
		"core/go.mod":   "module github.com/goauth-dev/goauth/core\n\ngo 1.26.0\n",
		"core/c.go":     "package core\n",
		"core/LICENSE":  "free\n",
		"core/x/go.mod": "module example.com/nested\n",
	} {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.CommandContext(t.Context(), "git", "init", "-q", root).CombinedOutput(); err != nil {
		t.Fatalf("git init: %v\n%s", err, out)
	}
	return root
}

func open(t *testing.T, root string) *fileproxy.Proxy {
	t.Helper()
	proxy, err := fileproxy.New(root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := proxy.Close(); err != nil {
			t.Error(err)
		}
	})
	return proxy
}

func TestTidyRequiresSiblingsWithoutTheirSums(t *testing.T) {
	root := repository(t)
	proxy := open(t, root)
	if err := proxy.Tidy(); err != nil {
		t.Fatal(err)
	}
	changed, err := proxy.WriteBack()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(changed, " "); got != "app/go.mod" {
		t.Errorf("changed %q, want app/go.mod alone: sums of siblings stay out", got)
	}
	data, err := os.ReadFile(filepath.Join(root, "app/go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), "require github.com/goauth-dev/goauth/core v0.1.0") {
		t.Errorf("app/go.mod is\n%s\nwant it to require core", data)
	}
	again := open(t, root)
	if err := again.Tidy(); err != nil {
		t.Fatal(err)
	}
	if changed, err := again.Changed(); err != nil || len(changed) > 0 {
		t.Errorf("a second run changes %v (%v), want nothing", changed, err)
	}
}

func TestWriteBackLeavesAFileThatSomebodyChanged(t *testing.T) {
	root := repository(t)
	proxy := open(t, root)
	if err := proxy.Tidy(); err != nil {
		t.Fatal(err)
	}
	theirs := "module github.com/goauth-dev/goauth/app\n\ngo 1.26.0\n\n// theirs\n"
	if err := os.WriteFile(filepath.Join(root, "app/go.mod"), []byte(theirs), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := proxy.WriteBack(); err == nil || !strings.Contains(err.Error(), "app/go.mod was changed") {
		t.Errorf("error %v, want one that names app/go.mod", err)
	}
	if data, err := os.ReadFile(filepath.Join(root, "app/go.mod")); err != nil || string(data) != theirs {
		t.Errorf("app/go.mod is %q (%v), want it left alone", data, err)
	}
}

func TestTheCopyHasNoIgnoredFile(t *testing.T) {
	proxy := open(t, repository(t))
	if _, err := os.Stat(filepath.Join(proxy.Copy(), "app/big.db")); !os.IsNotExist(err) {
		t.Errorf("app/big.db in the copy: %v, want it left behind", err)
	}
}

func TestModulesThatImportEachOtherAreRefused(t *testing.T) {
	root := repository(t)
	back := "package core_test\n\nimport _ \"github.com/goauth-dev/goauth/app\"\n"
	if err := os.WriteFile(filepath.Join(root, "core/c_test.go"), []byte(back), 0o644); err != nil {
		t.Fatal(err)
	}
	proxy, err := fileproxy.New(root)
	if err == nil {
		t.Cleanup(func() { _ = proxy.Close() })
		t.Fatal("no error, want one that names the cycle")
	}
	if !strings.Contains(err.Error(), "app → core → app") {
		t.Errorf("error %v, want the cycle in it", err)
	}
}

func TestAnImportThatDoesNotExistIsNamed(t *testing.T) {
	root := repository(t)
	source := "package core\n\nimport _ \"github.com/goauth-dev/goauth/core/later\"\n"
	if err := os.WriteFile(filepath.Join(root, "core/d.go"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	proxy, err := fileproxy.New(root)
	if err == nil {
		t.Cleanup(func() { _ = proxy.Close() })
		t.Fatal("no error, want one that names the import")
	}
	if !strings.Contains(err.Error(), "core/d.go imports github.com/goauth-dev/goauth/core/later, which does not exist") {
		t.Errorf("error %v, want the file and the import in it", err)
	}
}
