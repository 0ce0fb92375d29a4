package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"strconv"
	"strings"

	"github.com/goauth-dev/goauth/scripts/internal/workspace"
)

// file is one parsed Go file; its name is relative to the repository.
type file struct {
	name    string
	test    bool
	set     *token.FileSet
	tree    *ast.File
	lines   int
	imports map[string]string // the name used in the file → import path
}

func parseFile(name string, source []byte) (*file, error) {
	f := &file{name: name, test: strings.HasSuffix(name, "_test.go"), set: token.NewFileSet(), imports: map[string]string{}}
	tree, err := parser.ParseFile(f.set, name, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	f.tree, f.lines = tree, strings.Count(string(source), "\n")
	for _, spec := range tree.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		local := defaultName(imported)
		if spec.Name != nil {
			local = spec.Name.Name
		}
		f.imports[local] = imported
	}
	return f, nil
}

// defaultName is the last element, or the one before a major version.
func defaultName(imported string) string {
	base := path.Base(imported)
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		return path.Base(path.Dir(imported))
	}
	return base
}

func (f *file) at(pos token.Pos) string {
	return fmt.Sprintf("%s:%d", f.name, f.set.Position(pos).Line)
}

// sizes holds the file and its functions against the limits.
func (f *file) sizes() []string {
	if f.test {
		return nil
	}
	var problems []string
	if f.lines > maxFileLines {
		problems = append(problems, fmt.Sprintf("%s: %d lines, the limit is %d: a file has one subject", f.name, f.lines, maxFileLines))
	}
	for _, decl := range f.tree.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		length := f.set.Position(fn.End()).Line - f.set.Position(fn.Pos()).Line + 1
		if length > maxFunctionLines {
			problems = append(problems, fmt.Sprintf("%s: %s has %d lines, the limit is %d", f.at(fn.Pos()), fn.Name.Name, length, maxFunctionLines))
		}
	}
	return problems
}

// calls finds what reaches around the injected world, and init functions, which
// are where hidden registries start.
func (f *file) calls(used map[exception]bool) []string {
	if f.test {
		return nil
	}
	var problems []string
	ast.Inspect(f.tree, func(n ast.Node) bool {
		if setsDefault(n) {
			return false
		}
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Recv == nil && n.Name.Name == "init" && !f.allowed("init", used) {
				problems = append(problems, f.at(n.Pos())+": func init: what happens must be called by somebody")
			}
		case *ast.SelectorExpr:
			if why := f.forbidden(n, used); why != "" {
				problems = append(problems, f.at(n.Pos())+": "+why)
			}
		}
		return true
	})
	return problems
}

// setsDefault recognises `if x == nil { … }` on a short body: the one place where
// the real clock, random source, client or logger is named.
func setsDefault(n ast.Node) bool {
	branch, ok := n.(*ast.IfStmt)
	if !ok || len(branch.Body.List) != 1 || branch.Else != nil {
		return false
	}
	test, ok := branch.Cond.(*ast.BinaryExpr)
	if !ok || test.Op != token.EQL {
		return false
	}
	none, ok := test.Y.(*ast.Ident)
	return ok && none.Name == "nil"
}

func (f *file) forbidden(sel *ast.SelectorExpr, used map[exception]bool) string {
	ident, ok := sel.X.(*ast.Ident)
	if !ok {
		return ""
	}
	if isLeaf(f.name) {
		for _, name := range leafForbidden {
			if name == ident.Name+"."+sel.Sel.Name {
				return name + " in a leaf: leaves know values, not answers"
			}
		}
	}
	pkg := f.imports[ident.Name]
	for _, c := range forbiddenCalls {
		if c.pkg != pkg || !matches(c.name, sel.Sel.Name) || harmless[pkg+"."+sel.Sel.Name] {
			continue
		}
		call := pkg + "." + sel.Sel.Name
		if f.allowed(call, used) {
			return ""
		}
		return fmt.Sprintf("%s is forbidden here, use %s; the default goes in `if x == nil`, another exception in scripts/gate/rules.go", call, c.instead)
	}
	return ""
}

func matches(pattern, name string) bool {
	if begin, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(name, begin)
	}
	return pattern == name
}

func (f *file) allowed(call string, used map[exception]bool) bool {
	for _, e := range exceptions {
		if under(f.name, e.where) && matches(e.call, call) {
			used[e] = true
			return true
		}
	}
	return false
}

func isLeaf(name string) bool {
	for _, l := range leaves {
		if under(name, l) {
			return true
		}
	}
	return false
}

// importsOf holds the file's imports against the layers of core and the borders
// between modules. Tests may look up the layers: they come through the real door.
func (f *file) importsOf(modules []workspace.Module, m workspace.Module) []string {
	var problems []string
	for _, spec := range f.tree.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		target, own := strings.CutPrefix(imported, workspace.Prefix)
		if !own {
			continue
		}
		owner, known := workspace.Owner(modules, imported)
		switch {
		case !known:
			problems = append(problems, fmt.Sprintf("%s: %s is in no module of modules.txt", f.at(spec.Pos()), imported))
		case owner != m && strings.Contains(target+"/", "/internal/"):
			problems = append(problems, fmt.Sprintf("%s: %s is internal to another module", f.at(spec.Pos()), imported))
		case !f.test && !mayImport(f.name, m, owner, target):
			problems = append(problems, fmt.Sprintf("%s: %s may not import %s: that is against the direction of design §3", f.at(spec.Pos()), path.Dir(f.name), target))
		}
	}
	return problems
}

func mayImport(name string, m, owner workspace.Module, target string) bool {
	if owner.Dir == "core" && m.Dir != "core" {
		may, limited := moduleMay[m.Dir]
		return !limited || underAny(target, may)
	}
	if m.Dir != "core" || owner.Dir != "core" {
		return true
	}
	folder := path.Dir(name)
	for _, l := range layers {
		if under(folder, l.folder) {
			return under(target, l.folder) || underAny(target, l.may)
		}
	}
	return true // package core itself wires everything
}

func underAny(target string, folders []string) bool {
	for _, folder := range folders {
		if under(target, folder) {
			return true
		}
	}
	return false
}
