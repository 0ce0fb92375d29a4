package goauth_test

import (
	"bytes"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const self = "github.com/goauth-dev/goauth/facade"

// What applications can name is a promise: a change of it shows here. UPDATE=1 accepts it.
func TestExportedSurfaceIsTheGoldenOne(t *testing.T) {
	got := strings.Join(surface(t), "\n") + "\n"
	golden := filepath.Join("testdata", "surface.golden")
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(golden)
	if err != nil {
		t.Fatalf("%v (UPDATE=1 writes it)", err)
	}
	want := strings.Split(string(data), "\n")
	have := strings.Split(got, "\n")
	for _, line := range have {
		if !slices.Contains(want, line) {
			t.Errorf("new: %s", line)
		}
	}
	for _, line := range want {
		if !slices.Contains(have, line) {
			t.Errorf("gone: %s", line)
		}
	}
	if !t.Failed() && got != string(data) {
		t.Error("the order changed")
	}
}

// surface lists the exported names, and the fields and methods of the types among them.
func surface(t *testing.T) []string {
	t.Helper()
	pkg := load(t)
	var lines []string
	qualify := func(p *types.Package) string { return p.Name() }
	for _, name := range pkg.Scope().Names() {
		object := pkg.Scope().Lookup(name)
		if !object.Exported() {
			continue
		}
		lines = append(lines, describe(object, qualify)...)
	}
	return lines
}

func describe(object types.Object, qualify types.Qualifier) []string {
	name, text := object.Name(), func(typ types.Type) string { return types.TypeString(typ, qualify) }
	switch object := object.(type) {
	case *types.Func:
		return []string{"func " + name + strings.TrimPrefix(text(object.Type()), "func")}
	case *types.Const:
		return []string{fmt.Sprintf("const %s %s = %s", name, text(object.Type()), object.Val())}
	case *types.Var:
		return []string{"var " + name + " " + text(object.Type())}
	}
	actual := types.Unalias(object.Type())
	lines := []string{"type " + name + " = " + text(actual)}
	if s, ok := actual.Underlying().(*types.Struct); ok {
		for field := range s.Fields() {
			if field.Exported() {
				lines = append(lines, fmt.Sprintf("    %s.%s %s", name, field.Name(), text(field.Type())))
			}
		}
	}
	receiver := actual
	if !types.IsInterface(actual) {
		receiver = types.NewPointer(actual)
	}
	methods := types.NewMethodSet(receiver)
	for method := range methods.Methods() {
		if method.Obj().Exported() {
			lines = append(lines, fmt.Sprintf("    %s.%s%s", name, method.Obj().Name(), strings.TrimPrefix(text(method.Type()), "func")))
		}
	}
	return lines
}

// load reads the package from what the compiler exports of it.
func load(t *testing.T) *types.Package {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}", ".")
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &problems)
	}
	files := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), "=")
		files[path] = file
	}
	compiled := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) { return os.Open(files[path]) })
	pkg, err := compiled.Import(self)
	if err != nil {
		t.Fatal(err)
	}
	return pkg
}
