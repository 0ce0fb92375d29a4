package sqlx_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

// TestGO012_NoStatementIsFormatted finds statements that are put together with fmt: their text is made of quoted names of
// the schema and placeholders only, and a format directive is where a value would slip in.
func TestGO012_NoStatementIsFormatted(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	files, statements := token.NewFileSet(), 0
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(files, e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if f, ok := n.(*ast.FuncDecl); ok && f.Name.Name == "String" {
				return false // what people read is never run
			}
			text, ok := n.(*ast.BasicLit)
			if !ok || text.Kind != token.STRING || !isStatement(text.Value) {
				return true
			}
			statements++
			if strings.Contains(text.Value, "%s") || strings.Contains(text.Value, "%v") || strings.Contains(text.Value, "%d") {
				t.Errorf("%s: a statement with a format directive: %s", files.Position(text.Pos()), text.Value)
			}
			return true
		})
	}
	if statements < 5 {
		t.Fatalf("only %d statements found: the test no longer looks where they are", statements)
	}
}

func isStatement(text string) bool {
	text = strings.ToLower(strings.Trim(text, "`\" "))
	for _, verb := range []string{"select ", "insert ", "update ", "delete ", "create ", "alter ", "pragma "} {
		if strings.HasPrefix(text, verb) {
			return true
		}
	}
	return false
}
