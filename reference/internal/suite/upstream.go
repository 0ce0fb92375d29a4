package suite

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// CheckoutVariable names a checkout of upstream to use instead of fetching one, its dependencies installed.
const CheckoutVariable = "GOAUTH_UPSTREAM"

var pinPattern = regexp.MustCompile("(?m)^\\| *([0-9.]+) *\\|[^|]*\\| *`?([0-9a-f]{40})`? *\\|")

// Pin returns the version and commit that upstream is pinned to.
func Pin(root string) (version, commit string, err error) {
	data, err := os.ReadFile(filepath.Join(root, "reference", "upstream-better-auth", "VERSION.md"))
	if err != nil {
		return "", "", err
	}
	pin := pinPattern.FindSubmatch(data)
	if pin == nil {
		return "", "", fmt.Errorf("reference/upstream-better-auth/VERSION.md pins nothing")
	}
	return string(pin[1]), string(pin[2]), nil
}

// Checkout returns a checkout of the pinned upstream with its dependencies. What is missing is fetched; what cannot be
// had is an error.
func Checkout(ctx context.Context, root string, log io.Writer) (dir, commit string, err error) {
	version, commit, err := Pin(root)
	if err != nil {
		return "", "", err
	}
	if dir = os.Getenv(CheckoutVariable); dir != "" {
		return dir, commit, checkCommit(ctx, dir, commit)
	}
	if err := command(ctx, log, root, filepath.Join(root, "scripts", "fetch-upstream-better-auth.sh")); err != nil {
		return "", "", fmt.Errorf("upstream's tests cannot be had: %w", err)
	}
	dir = filepath.Join(root, "reference", "upstream-src", version, "repository")
	if _, err := os.Stat(filepath.Join(dir, "node_modules", ".modules.yaml")); err == nil {
		return dir, commit, nil
	}
	// only what the packages need, and no install scripts: no native binary is used
	suite := filepath.Join(root, "reference", "suite")
	err = command(ctx, log, dir, nodeOf(suite), filepath.Join(suite, "node_modules", "pnpm", "bin", "pnpm.cjs"),
		"install", "--frozen-lockfile", "--ignore-scripts", "--filter", ".", "--filter", "./packages/*")
	return dir, commit, err
}

// checkCommit refuses a checkout that is not the pinned commit, or was changed.
func checkCommit(ctx context.Context, dir, commit string) error {
	git := func(args ...string) (string, error) {
		out, err := exec.CommandContext(ctx, "git", append([]string{"-C", dir}, args...)...).Output()
		return strings.TrimSpace(string(out)), err
	}
	head, err := git("rev-parse", "HEAD")
	if err != nil {
		return fmt.Errorf("%s=%s is no checkout: %w", CheckoutVariable, dir, err)
	}
	if head != commit {
		return fmt.Errorf("%s=%s is at %s, the pin is %s", CheckoutVariable, dir, head, commit)
	}
	if changed, err := git("status", "--porcelain", "--untracked-files=no"); err != nil || changed != "" {
		return fmt.Errorf("%s=%s has local changes: %s", CheckoutVariable, dir, changed)
	}
	return nil
}

// command runs a program that is quiet when all is well.
func command(ctx context.Context, log io.Writer, dir, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(name), err)
	}
	return nil
}
