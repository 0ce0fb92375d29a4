// Package fileproxy builds, from the working tree, what a release would be: a
// copy of the repository, and a module proxy on disk that serves its modules.
// The go command then sees GoAuth as any outside user does, without go.work.
package fileproxy

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"

	"github.com/goauth-dev/goauth/scripts/internal/workspace"
)

// Proxy is a temporary copy of the repository with its own module proxy and
// module cache. Close removes all of it.
type Proxy struct {
	Modules []workspace.Ordered // in dependency order

	root   string // the repository
	temp   string
	before map[string]string // the go.mod and go.sum files as they were copied
	goEnv  []string
}

// New copies the repository at root (what git would: tracked and new files, not
// the ignored ones) and prepares an empty proxy.
func New(root string) (*Proxy, error) {
	temp, err := os.MkdirTemp("", "goauth-proxy-")
	if err != nil {
		return nil, err
	}
	p := &Proxy{root: root, temp: temp}
	if err := p.prepare(); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

func (p *Proxy) prepare() error {
	if err := copyTree(p.root, p.Copy()); err != nil {
		return err
	}
	modules, err := workspace.Modules(p.Copy())
	if err != nil {
		return err
	}
	if p.Modules, err = workspace.DependencyOrder(p.Copy(), modules); err != nil {
		return err
	}
	p.before = map[string]string{}
	err = p.eachModFile(func(rel string, copied []byte) error {
		p.before[rel] = string(copied)
		return nil
	})
	if err != nil {
		return err
	}
	p.goEnv, err = p.environment()
	return err
}

// Close removes the copy, the proxy and the module cache.
func (p *Proxy) Close() error { return os.RemoveAll(p.temp) }

// Copy is the root of the temporary copy.
func (p *Proxy) Copy() string { return filepath.Join(p.temp, "repository") }

// Temp makes a new folder that Close removes.
func (p *Proxy) Temp(name string) (string, error) {
	dir := filepath.Join(p.temp, name)
	return dir, os.MkdirAll(dir, 0o755)
}

// Dir is the folder of a module in the copy.
func (p *Proxy) Dir(m workspace.Module) string {
	return filepath.Join(p.Copy(), filepath.FromSlash(m.Dir))
}

// environment is the process's own with the proxy in front. The sum database is
// told to leave the siblings out by GONOSUMDB: GOPRIVATE would leave the file
// proxy out too. -trimpath makes build results independent of the temporary
// path, so that a second run finds them in the build cache.
func (p *Proxy) environment() ([]string, error) {
	cache, err := goVariable("GOMODCACHE")
	if err != nil {
		return nil, err
	}
	upstream, err := goVariable("GOPROXY")
	if err != nil {
		return nil, err
	}
	flags, err := goVariable("GOFLAGS")
	if err != nil {
		return nil, err
	}
	sources := []string{"file://" + filepath.Join(p.temp, "proxy"), "file://" + filepath.Join(cache, "cache", "download"), upstream}
	return append(os.Environ(),
		"GOWORK=off",
		"GOMODCACHE="+filepath.Join(p.temp, "modcache"),
		"GOPROXY="+strings.Join(sources, ","),
		"GONOSUMDB="+workspace.Prefix+"*",
		"GOFLAGS="+strings.TrimSpace(flags+" -modcacherw -trimpath"),
	), nil
}

func goVariable(name string) (string, error) {
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		return "", fmt.Errorf("go env %s: %w", name, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// Go runs the go command in dir against the proxy and returns its standard
// output. An error carries what the command said.
func (p *Proxy) Go(dir string, args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Env = dir, append(p.goEnv, "PWD="+dir)
	var out, diagnostics strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &diagnostics
	if err := cmd.Run(); err != nil {
		said := strings.TrimSpace(out.String() + "\n" + withoutProgress(diagnostics.String()))
		return out.String(), fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, said)
	}
	return out.String(), nil
}

func withoutProgress(diagnostics string) string {
	var kept strings.Builder
	for line := range strings.Lines(diagnostics) {
		if !strings.HasPrefix(line, "go: downloading ") && !strings.HasPrefix(line, "go: finding ") {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// Tidy tidies every module in dependency order and publishes it to the proxy.
// What changed in the copy is left there: see Changed and WriteBack.
func (p *Proxy) Tidy() error {
	for _, m := range p.Modules {
		if err := p.tidyModule(m); err != nil {
			return fmt.Errorf("%s: %w", m.Dir, err)
		}
		if err := p.publish(m.Module); err != nil {
			return fmt.Errorf("%s: %w", m.Dir, err)
		}
	}
	return nil
}

// tidyModule requires the imported siblings first: without that line go mod
// tidy would ask the network for the newest version of each.
func (p *Proxy) tidyModule(m workspace.Ordered) error {
	dir := p.Dir(m.Module)
	if len(m.Siblings) > 0 {
		edit := []string{"mod", "edit"}
		for _, s := range m.Siblings {
			edit = append(edit, "-require="+s.Path()+"@"+workspace.Version)
		}
		if _, err := p.Go(dir, edit...); err != nil {
			return err
		}
	}
	_, err := p.Go(dir, "mod", "tidy")
	return err
}

// publish writes the four files that the module proxy protocol serves. The zip
// has no sums of siblings in its go.sum, exactly as the repository has not.
func (p *Proxy) publish(m workspace.Module) error {
	escaped, err := module.EscapePath(m.Path())
	if err != nil {
		return err
	}
	at := filepath.Join(p.temp, "proxy", filepath.FromSlash(escaped), "@v")
	if err := os.MkdirAll(at, 0o755); err != nil {
		return err
	}
	goMod, err := os.ReadFile(filepath.Join(p.Dir(m), "go.mod"))
	if err != nil {
		return err
	}
	// The time is any: a fixed one keeps the proxy the same from run to run.
	info := fmt.Sprintf(`{"Version":%q,"Time":"2026-01-01T00:00:00Z"}`, workspace.Version)
	files := map[string][]byte{"list": []byte(workspace.Version + "\n"), workspace.Version + ".info": []byte(info), workspace.Version + ".mod": goMod}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(at, name), data, 0o644); err != nil {
			return err
		}
	}
	f, err := os.Create(filepath.Join(at, workspace.Version+".zip"))
	if err != nil {
		return err
	}
	err = zip.CreateFromDir(f, module.Version{Path: m.Path(), Version: workspace.Version}, p.Dir(m))
	return errors.Join(err, f.Close())
}

// Changed lists the go.mod and go.sum files that tidying changed, sums of
// siblings aside.
func (p *Proxy) Changed() ([]string, error) {
	var changed []string
	err := p.eachModFile(func(rel string, data []byte) error {
		if p.before[rel] != string(withoutSiblings(data)) {
			changed = append(changed, rel)
		}
		return nil
	})
	return changed, err
}

// WriteBack copies the changed files to the repository, and lists them. It
// writes nothing over a file that somebody else changed in the meantime.
func (p *Proxy) WriteBack() ([]string, error) {
	var changed []string
	err := p.eachModFile(func(rel string, data []byte) error {
		tidied := withoutSiblings(data)
		if p.before[rel] == string(tidied) {
			return nil
		}
		file := filepath.Join(p.root, rel)
		now, err := readOrEmpty(file)
		if err != nil {
			return err
		}
		if string(now) != p.before[rel] {
			return fmt.Errorf("%s was changed while it was tidied: run make tidy again", rel)
		}
		changed = append(changed, rel)
		if len(tidied) == 0 {
			return os.Remove(file)
		}
		return os.WriteFile(file, tidied, 0o644)
	})
	return changed, err
}

func readOrEmpty(file string) ([]byte, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

func (p *Proxy) eachModFile(do func(rel string, data []byte) error) error {
	for _, m := range p.Modules {
		for _, name := range []string{"go.mod", "go.sum"} {
			data, err := readOrEmpty(filepath.Join(p.Dir(m.Module), name))
			if err != nil {
				return err
			}
			if err := do(filepath.Join(filepath.FromSlash(m.Dir), name), data); err != nil {
				return err
			}
		}
	}
	return nil
}

// withoutSiblings drops the sums of the repository's own modules: they change
// with every edit, and no published version has them yet. A go.mod has no such line.
func withoutSiblings(sums []byte) []byte {
	var kept strings.Builder
	for line := range strings.Lines(string(sums)) {
		if !strings.HasPrefix(line, workspace.Prefix) {
			kept.WriteString(line)
		}
	}
	return []byte(kept.String())
}
