package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// golden compares the lines with the file, or writes it.
func golden(file string, have []string, update bool) error {
	text := strings.Join(have, "\n") + "\n"
	if update {
		return os.WriteFile(file, []byte(text), 0o644)
	}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("no %s yet: run make verify UPDATE=1, and read what it wrote", file)
	}
	if err != nil || string(data) == text {
		return err
	}
	want := lines(string(data))
	var diff []string
	for _, l := range have {
		if !slices.Contains(want, l) {
			diff = append(diff, "+ "+l)
		}
	}
	for _, l := range want {
		if !slices.Contains(have, l) {
			diff = append(diff, "- "+l)
		}
	}
	name := filepath.Join(filepath.Base(filepath.Dir(file)), filepath.Base(file))
	return fmt.Errorf("%s differs (make verify UPDATE=1 accepts it):\n%s", name, strings.Join(diff, "\n"))
}
