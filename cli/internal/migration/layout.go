// Package migration writes a plan as the files that other migration tools run.
package migration

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Plan is what a layout writes.
type Plan struct {
	// Up and Down are the statements, in the order of execution and without semicolons.
	Up, Down []string
	// Name is the end of the files' names.
	Name string
	// Now is the time in the names of files whose tool orders them so.
	Now time.Time
}

// File is a file to write.
type File struct {
	Name    string
	Content string
	// Replace allows to write over an existing file.
	Replace bool
}

// Layouts are the formats by name.
var Layouts = []string{"sql", "goose", "golang-migrate", "atlas", "tern"}

// Files returns what a layout needs in a folder. It reads the folder where the tool counts or sums its files up.
func Files(layout, dir string, p *Plan) ([]File, error) {
	up, down := script(p.Up), script(p.Down)
	stamp := p.Now.UTC().Format("20060102150405") + "_" + p.Name
	switch layout {
	case "sql":
		return []File{{Name: p.Name + ".up.sql", Content: up}, {Name: p.Name + ".down.sql", Content: down}}, nil
	case "golang-migrate":
		return []File{{Name: stamp + ".up.sql", Content: up}, {Name: stamp + ".down.sql", Content: down}}, nil
	case "goose":
		return []File{{Name: stamp + ".sql", Content: "-- +goose Up\n" + up + "\n-- +goose Down\n" + down}}, nil
	case "tern":
		n, err := nextNumber(dir)
		text := up + "\n---- create above / drop below ----\n\n" + down
		return []File{{Name: fmt.Sprintf("%03d_%s.sql", n, p.Name), Content: text}}, err
	case "atlas":
		return atlas(dir, File{Name: stamp + ".sql", Content: up})
	default:
		return nil, fmt.Errorf("--format: %q is unknown; use %s", layout, strings.Join(Layouts, ", "))
	}
}

// script joins statements, each with its semicolon.
func script(statements []string) string {
	if len(statements) == 0 {
		return ""
	}
	return strings.Join(statements, ";\n\n") + ";\n"
}

var numbered = regexp.MustCompile(`^(\d+)_.*\.sql$`)

// nextNumber is one more than the highest number of a file in the folder.
func nextNumber(dir string) (int, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	highest := 0
	for _, e := range entries {
		if m := numbered.FindStringSubmatch(e.Name()); m != nil {
			n, _ := strconv.Atoi(m[1])
			highest = max(highest, n)
		}
	}
	return highest + 1, nil
}

// atlas adds the file to those of the folder and sums them up: Atlas refuses a folder whose atlas.sum does not agree.
func atlas(dir string, added File) ([]File, error) {
	files := []File{added}
	existing, err := filepath.Glob(filepath.Join(dir, "*.sql"))
	if err != nil {
		return nil, err
	}
	for _, path := range existing {
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		files = append(files, File{Name: filepath.Base(path), Content: string(content)})
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return []File{added, {Name: "atlas.sum", Content: atlasSum(files), Replace: true}}, nil
}

// atlasSum is the content of atlas.sum: a line for each file with the hash of all files up to it, below a hash of the lines.
func atlasSum(files []File) string {
	content, lines, list := sha256.New(), sha256.New(), ""
	for _, f := range files {
		content.Write([]byte(f.Name + f.Content))
		sum := base64.StdEncoding.EncodeToString(content.Sum(nil))
		lines.Write([]byte(f.Name + sum))
		list += f.Name + " h1:" + sum + "\n"
	}
	return "h1:" + base64.StdEncoding.EncodeToString(lines.Sum(nil)) + "\n" + list
}

// Write writes files into a folder, which it makes. It refuses to write over a file.
func Write(dir string, files []File) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, f := range files {
		flags := os.O_CREATE | os.O_WRONLY | os.O_EXCL
		if f.Replace {
			flags = os.O_CREATE | os.O_WRONLY | os.O_TRUNC
		}
		out, err := os.OpenFile(filepath.Join(dir, f.Name), flags, 0o644)
		if err != nil {
			return err
		}
		_, err = out.WriteString(f.Content)
		if err := errors.Join(err, out.Close()); err != nil {
			return err
		}
	}
	return nil
}
