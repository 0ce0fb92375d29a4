// Package command is the command line of goauth.
package command

import (
	"crypto/rand"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"github.com/goauth-dev/goauth/cli/config"
	"github.com/goauth-dev/goauth/cli/internal/serve"
)

// New returns the root command. Its errors have one line for each thing that is wrong, and are not printed yet.
func New(getenv func(name string) string) *cobra.Command {
	root := &cobra.Command{
		Use:           "goauth",
		Short:         "An authentication server that speaks Better Auth's protocol",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(newServe(getenv), newMigrate(getenv), newStatus(getenv), newGenerate(getenv), newSecret(), newVersion())
	return root
}

func newServe(getenv func(string) string) *cobra.Command {
	var file, addr string
	var dev bool
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the server",
		Long: `Run the server: Better Auth's routes, /healthz and /readyz.

It reads goauth.json, goauth.yaml or goauth.toml in the current folder, or the file that --config or GOAUTH_CONFIG names.
Environment variables win over the file. Missing tables and columns are created at the start.

With --dev it needs no file: http://localhost:3000 shows a page to try everything on, the data is in goauth.db, a secret is
kept beside it, and mails appear on the console and on the page.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := load(file, addr, dev, getenv)
			if err != nil {
				return err
			}
			config.TuneMemory(getenv)
			return serve.Run(cmd.Context(), serve.Options{
				Config: c, Dev: dev, Out: cmd.OutOrStdout(), Getenv: getenv, Now: time.Now,
			}, nil)
		},
	}
	cmd.Flags().StringVar(&file, "config", "", "configuration file (.json, .yaml or .toml)")
	cmd.Flags().StringVar(&addr, "addr", "", `address to listen on, such as ":3000"`)
	cmd.Flags().BoolVar(&dev, "dev", false, "development: show the page, with defaults that need no configuration")
	return cmd
}

// load reads the configuration; the flag addr wins over everything.
func load(named, addr string, dev bool, getenv func(string) string) (*config.Config, error) {
	c := &config.Config{}
	if dev {
		c = serve.DevelopmentDefaults()
	}
	file, err := config.Find(named, getenv, func(file string) bool {
		_, err := os.Stat(file)
		return err == nil
	})
	if err != nil {
		return nil, err
	}
	if dev && file == "" {
		c.Use = serve.DevelopmentPlugins()
	}
	if err := config.Load(file, getenv, c); err != nil || addr == "" {
		return c, err
	}
	c.Server.Addr = addr
	return c, config.Prefix("--addr", c.Check())
}

func newSecret() *cobra.Command {
	return &cobra.Command{
		Use:   "secret",
		Short: "Print a new secret for BETTER_AUTH_SECRET",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			secret, err := serve.NewSecret(rand.Reader)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), secret)
			return err
		},
	}
}

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "goauth %s, compatible with Better Auth %s\n", version(), upstream)
			return err
		},
	}
}

// upstream is the version of Better Auth whose server this is.
const upstream = "1.6.9"

// version is the module's, or "development" in a checkout.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "development"
	}
	return info.Main.Version
}
