package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

func parseTOML(data []byte) (any, error) {
	var tree map[string]any
	if err := toml.Unmarshal(data, &tree); err != nil {
		if e, ok := errors.AsType[*toml.DecodeError](err); ok {
			line, column := e.Position()
			return nil, fmt.Errorf("line %d, column %d: %s", line, column, strings.TrimPrefix(e.Error(), "toml: "))
		}
		return nil, err
	}
	order, err := keyOrder(data)
	if err != nil {
		return nil, err
	}
	return order.value("", tree), nil
}

// keyOrder is where each key, by its whole path, first stands in a document. The parser's maps do not keep it, and it
// counts: of rate limit rules the first that fits decides.
type keyRank map[string]int

// pathEnd follows each key of a path; no key in a TOML document can contain it unescaped.
const pathEnd = "\x00"

func keyOrder(data []byte) (keyRank, error) {
	order := keyRank{}
	var p unstable.Parser
	p.Reset(data)
	table := ""
	for p.NextExpression() {
		switch e := p.Expression(); e.Kind {
		case unstable.Table, unstable.ArrayTable:
			table = order.keys("", e)
		case unstable.KeyValue:
			order.pair(table, e)
		}
	}
	return order, p.Error()
}

// keys notes the keys of a table's or a pair's name and returns the path.
func (o keyRank) keys(path string, n *unstable.Node) string {
	for it := n.Key(); it.Next(); {
		path += string(it.Node().Data) + pathEnd
		if _, seen := o[path]; !seen {
			o[path] = len(o)
		}
	}
	return path
}

func (o keyRank) pair(table string, n *unstable.Node) {
	o.inner(o.keys(table, n), n.Value())
}

// inner notes the keys of inline tables.
func (o keyRank) inner(path string, n *unstable.Node) {
	switch n.Kind {
	case unstable.InlineTable:
		for it := n.Children(); it.Next(); {
			o.pair(path, it.Node())
		}
	case unstable.Array:
		for it := n.Children(); it.Next(); {
			o.inner(path, it.Node())
		}
	}
}

// value turns the parser's values into a tree in the order of the document.
func (o keyRank) value(path string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		obj := make(object, 0, len(v))
		for key, item := range v {
			obj = append(obj, entry{key, o.value(path+key+pathEnd, item)})
		}
		slices.SortFunc(obj, func(a, b entry) int {
			return cmp.Compare(o[path+a.key+pathEnd], o[path+b.key+pathEnd])
		})
		return obj
	case []any:
		for i, item := range v {
			v[i] = o.value(path, item)
		}
		return v
	case toml.LocalDate, toml.LocalDateTime, toml.LocalTime:
		return fmt.Sprint(v)
	default:
		return v
	}
}
