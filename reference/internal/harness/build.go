// Package harness starts the servers that the parity programs compare: the real
// upstream on Node, and this repository's conformance server.
package harness

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Kind names one of the servers that can be started.
type Kind string

// The servers.
const (
	Upstream Kind = "upstream"
	GoAuth   Kind = "goauth"
)

// Workspace knows where things are, and keeps what it builds in a folder of its own.
type Workspace struct {
	// Reference is the reference module's folder.
	Reference string
	// Scratch is removed by Close.
	Scratch string
	binary  string
}

// Open finds the reference module from the working folder upwards.
func Open() (*Workspace, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("find the working folder: %w", err)
	}
	for {
		for _, c := range []string{dir, filepath.Join(dir, "reference")} {
			if _, err := os.Stat(filepath.Join(c, "upstream-server", "server.mjs")); err == nil {
				return newWorkspace(c)
			}
		}
		up := filepath.Dir(dir)
		if up == dir {
			return nil, errors.New("run this inside the goauth repository: no reference/upstream-server above the working folder")
		}
		dir = up
	}
}

func newWorkspace(reference string) (*Workspace, error) {
	scratch, err := os.MkdirTemp("", "goauth-parity-")
	if err != nil {
		return nil, fmt.Errorf("make a scratch folder: %w", err)
	}
	return &Workspace{Reference: reference, Scratch: scratch}, nil
}

// Close removes the scratch folder.
func (w *Workspace) Close() error { return os.RemoveAll(w.Scratch) }

// Prepare makes sure that the kind can be started: npm packages are installed
// where they are missing, the Go server is built once. A non-empty binary is used
// as the Go server instead.
func (w *Workspace) Prepare(ctx context.Context, kind Kind, binary string) error {
	switch kind {
	case Upstream:
		return w.InstallNode(ctx, "upstream-server")
	case GoAuth:
		if binary != "" {
			w.binary = binary
		}
		if w.binary != "" {
			return nil
		}
		w.binary = filepath.Join(w.Scratch, "conformance")
		return w.Build(ctx, "./conformance", w.binary)
	default:
		return fmt.Errorf("unknown server %q: use upstream or goauth", kind)
	}
}

// Binary is the Go server that Prepare built or was given; empty before.
func (w *Workspace) Binary() string { return w.binary }

// Build compiles a package of the reference module to the target file.
func (w *Workspace) Build(ctx context.Context, pkg, target string) error {
	return run(ctx, w.Reference, "go", "build", "-o", target, pkg)
}

// InstallNode runs npm ci in a folder of the reference module unless its packages are there.
func (w *Workspace) InstallNode(ctx context.Context, folder string) error {
	dir := filepath.Join(w.Reference, folder)
	if _, err := os.Stat(filepath.Join(dir, "node_modules", ".package-lock.json")); err == nil {
		return nil
	}
	return run(ctx, dir, "npm", "ci", "--no-fund", "--no-audit")
}

func run(ctx context.Context, dir, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %v in %s: %w\n%s", name, args, dir, err, out)
	}
	return nil
}
