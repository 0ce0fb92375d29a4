package readme_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// root is the repository's folder.
var root = filepath.Join("..", "..")

// guideFile is a file of a guide: its name in a line of its own, then its text.
var guideFile = regexp.MustCompile("(?s)\n`([a-z_]+\\.go)`:\n\n```go\n(.*?)```\n")

// TestThePluginOfTheGuideWorks puts the files of the guide into an empty module beside this repository's, and runs their tests.
func TestThePluginOfTheGuideWorks(t *testing.T) {
	guide, err := os.ReadFile(filepath.Join(root, "docs", "guides", "your-first-plugin.md"))
	if err != nil {
		t.Fatal(err)
	}
	files := guideFile.FindAllStringSubmatch(string(guide), -1)
	if blocks := strings.Count(string(guide), "\n```go\n"); len(files) != blocks || blocks == 0 {
		t.Fatalf("%d of the guide's %d Go blocks have a file name in front of them", len(files), blocks)
	}
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range files {
		write(f[1], f[2])
	}
	write("go.mod", "module example.com/invitecode\n\ngo 1.26.0\n")
	write("go.work", workspace(t))
	write("go.work.sum", read(t, filepath.Join(root, "go.work.sum")))
	for _, args := range [][]string{{"vet", "./..."}, {"test", "-count=1", "-v", "./..."}} {
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOWORK="+filepath.Join(dir, "go.work"))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		if args[0] == "test" && strings.Count(string(out), "--- PASS") < 7 {
			t.Errorf("the guide's tests did not run:\n%s", out)
		}
	}
	if out, err := exec.CommandContext(t.Context(), "gofmt", "-l", dir).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("gofmt -l: %v\n%s", err, out)
	}
}

// workspace is the repository's go.work, seen from elsewhere, with one module more.
func workspace(t *testing.T) string {
	t.Helper()
	abs, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(read(t, filepath.Join(root, "go.work")), "./", filepath.ToSlash(abs)+"/")
	return text + "\nuse .\n"
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
