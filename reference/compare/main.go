// Command compare plays the same scenarios against two servers, usually the real
// better-auth 1.6.9 and this repository's conformance server, and reports every
// place where they disagree.
//
//	go run ./reference/compare -profile core -left upstream -right goauth
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/goauth-dev/goauth/reference/internal/harness"
)

// coreProfiles are the profiles of the core operations.
var coreProfiles = []string{
	"minimal", "core", "verification", "cookie-cache-compact", "cookie-cache-jwt", "cookie-cache-jwe", "rate-limited", "secondary-storage",
}

// measured are the profiles that "all" means: the core's, and those of providers that people sign in at.
func measured() []string {
	return slices.Concat(coreProfiles, socialProfiles, []string{"social-all", "generic-oauth", "oauth-proxy", "one-tap"})
}

type settings struct {
	profiles    []string
	left, right harness.Kind
	only        *regexp.Regexp
	port        int
	binary      string
	results     string
	verbose     bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code, err := execute(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
	}
	os.Exit(code)
}

// execute returns the exit code: 0 without open differences, 1 with, 2 when it could not run.
func execute(ctx context.Context, args []string, out io.Writer) (int, error) {
	cfg, err := parse(args)
	if err != nil {
		return 2, err
	}
	w, err := harness.Open()
	if err != nil {
		return 2, err
	}
	defer w.Close()
	accepted, err := loadAccepted(filepath.Join(w.Reference, "compare", "accepted.json"))
	if err != nil {
		return 2, err
	}
	if err := errors.Join(w.Prepare(ctx, cfg.left, cfg.binary), w.Prepare(ctx, cfg.right, cfg.binary)); err != nil {
		return 2, err
	}
	var results []*Result
	var failures error
	for _, profile := range cfg.profiles {
		result, err := compareProfile(ctx, w, cfg, profile, accepted, out)
		if err != nil {
			failures = errors.Join(failures, fmt.Errorf("profile %s: %w", profile, err))
			continue
		}
		results = append(results, result)
	}
	code, err := conclude(cfg, results, out)
	if failures != nil {
		code = 2
	}
	return code, errors.Join(failures, err)
}

func parse(args []string) (settings, error) {
	var cfg settings
	flags := flag.NewFlagSet("compare", flag.ContinueOnError)
	profiles := flags.String("profile", "all", "profiles, comma-separated; all means those of the core and of social sign-in")
	left := flags.String("left", "upstream", "upstream or goauth")
	right := flags.String("right", "goauth", "upstream or goauth")
	only := flags.String("run", "", "only scenarios whose name matches this expression")
	flags.IntVar(&cfg.port, "port", 4200, "first of four ports to use")
	flags.StringVar(&cfg.binary, "binary", "", "a conformance server that is already built")
	flags.StringVar(&cfg.results, "out", "", "write results to this JSON file")
	flags.BoolVar(&cfg.verbose, "v", false, "print every exchange's answer on the left")
	if err := flags.Parse(args); err != nil {
		return cfg, err
	}
	cfg.left, cfg.right = harness.Kind(*left), harness.Kind(*right)
	cfg.profiles = strings.Split(*profiles, ",")
	if *profiles == "all" {
		cfg.profiles = measured()
	}
	var err error
	if cfg.only, err = regexp.Compile(*only); err != nil {
		return cfg, fmt.Errorf("-run: %w", err)
	}
	return cfg, nil
}

func compareProfile(ctx context.Context, w *harness.Workspace, cfg settings, profile string, accepted []Acceptance, out io.Writer) (*Result, error) {
	missing := leftOut(profile)
	if len(missing) > 0 {
		fmt.Fprintf(out, "%s: without %s (%s)\n", profile, strings.Join(missing, ", "), unbuiltGap)
	}
	left, err := w.Start(ctx, harness.Config{Kind: cfg.left, Name: "left", Port: cfg.port, RedisPort: cfg.port + 2, Profile: profile, Without: missing})
	if err != nil {
		return nil, err
	}
	defer left.Stop()
	right, err := w.Start(ctx, harness.Config{Kind: cfg.right, Name: "right", Port: cfg.port + 1, RedisPort: cfg.port + 3, Profile: profile, Without: missing})
	if err != nil {
		return nil, err
	}
	defer right.Stop()
	r := &runner{left: left, right: right, accepted: accepted, out: out, verbose: cfg.verbose, result: &Result{Profile: profile}}
	if err := r.run(ctx, scenariosFor(profile, cfg.only)); err != nil {
		return nil, fmt.Errorf("%w\nleft printed:\n%s\nright printed:\n%s", err, left.Output(), right.Output())
	}
	return r.result, nil
}

func conclude(cfg settings, results []*Result, out io.Writer) (int, error) {
	code := 0
	fmt.Fprintln(out)
	for _, r := range results {
		fmt.Fprintln(out, r.summary())
		if r.Differing > 0 {
			code = 1
		}
	}
	if cfg.results == "" {
		return code, nil
	}
	text, err := json.MarshalIndent(results, "", "  ")
	if err != nil {
		return 2, fmt.Errorf("encode results: %w", err)
	}
	if err := os.WriteFile(cfg.results, append(text, '\n'), 0o600); err != nil {
		return 2, fmt.Errorf("write results: %w", err)
	}
	return code, nil
}
