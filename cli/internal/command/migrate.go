package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/goauth-dev/goauth/cli/config"
	"github.com/goauth-dev/goauth/cli/internal/migration"
	"github.com/goauth-dev/goauth/cli/internal/serve"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/sqlx"
)

// errNoDatabase is what a command says that needs one.
var errNoDatabase = errors.New(`database.url: not set; name the database in the configuration file or in GOAUTH_DATABASE_URL`)

// target is what a configuration needs, and where.
type target struct {
	schema   *schema.Schema
	database config.Storage
	where    string
	end      func() error
}

func openTarget(file string, getenv func(string) string) (*target, error) {
	c, err := load(file, "", false, getenv)
	if err != nil {
		return nil, err
	}
	where := config.DescribeDatabase(c.DB.URL)
	s, database, end, err := serve.Schema(&serve.Options{Config: c, Getenv: getenv, Now: time.Now})
	if err != nil {
		return nil, err
	}
	return &target{s, database, where, end}, nil
}

// plan compares the database with the configuration.
func (t *target) plan(ctx context.Context) (*sqlx.Plan, error) {
	if t.database == nil {
		return nil, errNoDatabase
	}
	p, err := t.database.Plan(ctx, t.schema)
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	return p, nil
}

// refused is the error of a plan that cannot be carried out.
func refused(p *sqlx.Plan) error {
	if len(p.Problems) == 0 {
		return nil
	}
	return errors.New("database: " + strings.Join(p.Problems, "\ndatabase: "))
}

func newMigrate(getenv func(string) string) *cobra.Command {
	var file string
	var dry, yes bool
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Create and extend the tables that the configuration needs",
		Long: `Create and extend the tables that the configuration needs. Nothing is ever removed or changed.

The plan is printed first, and carried out once you agree, or with --yes. With --dry-run its SQL is printed and nothing done.
Two of these commands at once wait for each other. What was done is written into the table ` + sqlx.LedgerTable + `.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			t, err := openTarget(file, getenv)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, t.end()) }()
			p, err := t.plan(cmd.Context())
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			fmt.Fprintf(out, "%s:\n%s", t.where, p)
			switch {
			case refused(p) != nil:
				return refused(p)
			case p.Empty():
				return nil
			case dry:
				_, err = fmt.Fprintf(out, "\n%s\n", p.SQL())
				return err
			case !yes && !agreed(cmd.InOrStdin(), out):
				return errors.New("nothing was done; answer y, or use --yes")
			}
			if err := p.Apply(cmd.Context()); err != nil {
				return fmt.Errorf("database: %w", err)
			}
			_, err = fmt.Fprintln(out, "done")
			return err
		},
	}
	cmd.Flags().StringVar(&file, "config", "", "configuration file (.json, .yaml or .toml)")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "print the SQL and do nothing")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

// agreed asks on out and reads the answer.
func agreed(in io.Reader, out io.Writer) bool {
	fmt.Fprint(out, "carry this out? [y/N] ")
	answer, _ := bufio.NewReader(in).ReadString('\n')
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes"
}

func newStatus(getenv func(string) string) *cobra.Command {
	var file string
	var check bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Tell what the database lacks for the configuration, and what was applied to it",
		Long: `Tell what the database lacks for the configuration, and which migrations were applied to it.

With --check it fails unless the database has everything, for use before a new version is started.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			t, err := openTarget(file, getenv)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, t.end()) }()
			p, err := t.plan(cmd.Context())
			if err != nil {
				return err
			}
			applied, err := t.database.Migrations(cmd.Context())
			if err != nil {
				return fmt.Errorf("database: %w", err)
			}
			out := cmd.OutOrStdout()
			for _, m := range applied {
				fmt.Fprintf(out, "applied %d at %s, sha256 %.12s\n", m.ID, m.AppliedAt.Format(time.RFC3339), m.Digest)
			}
			fmt.Fprintf(out, "%s:\n%s", t.where, p)
			if check && (!p.Empty() || len(p.Problems) > 0) {
				return errors.New("the database is not up to date; run goauth migrate")
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&file, "config", "", "configuration file (.json, .yaml or .toml)")
	cmd.Flags().BoolVar(&check, "check", false, "fail unless the database is up to date")
	return cmd
}

// generateFlags are the flags of goauth generate.
type generateFlags struct{ file, format, output, name, empty string }

func newGenerate(getenv func(string) string) *cobra.Command {
	var f generateFlags
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Write what the database lacks as SQL, for the migration tool of your choice",
		Long: `Write what the database lacks for the configuration as SQL, and the SQL that takes it back.

Without --output the SQL goes to the standard output. With it files are written into that folder, in the layout of --format:
` + strings.Join(migration.Layouts, ", ") + `.

The database of the configuration is compared. With --empty sqlite, postgres, mysql or mariadb none is asked, and the SQL is
that of an empty one.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			t, err := openTarget(f.file, getenv)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, t.end()) }()
			return f.generate(cmd.Context(), t, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&f.file, "config", "", "configuration file (.json, .yaml or .toml)")
	cmd.Flags().StringVar(&f.format, "format", "sql", "layout of the files: "+strings.Join(migration.Layouts, ", "))
	cmd.Flags().StringVar(&f.output, "output", "", "folder to write into")
	cmd.Flags().StringVar(&f.name, "name", "goauth", "end of the files' names")
	cmd.Flags().StringVar(&f.empty, "empty", "", "engine of an empty database, instead of the configuration's")
	return cmd
}

func (f *generateFlags) plan(ctx context.Context, t *target) (*sqlx.Plan, error) {
	if f.empty != "" {
		return sqlx.PlanEmpty(f.empty, t.schema)
	}
	return t.plan(ctx)
}

func (f *generateFlags) generate(ctx context.Context, t *target, out io.Writer) error {
	p, err := f.plan(ctx, t)
	if err != nil {
		return err
	}
	if err := refused(p); err != nil {
		return err
	}
	if p.Empty() {
		_, err := fmt.Fprintln(out, "-- the database is up to date")
		return err
	}
	files, err := migration.Files(f.format, f.output, &migration.Plan{Up: p.Statements(), Down: p.Undo(), Name: f.name, Now: time.Now()})
	if err != nil {
		return err
	}
	if f.output == "" {
		_, err := io.WriteString(out, files[0].Content)
		return err
	}
	if err := migration.Write(f.output, files); err != nil {
		return fmt.Errorf("--output: %w", err)
	}
	for _, file := range files {
		fmt.Fprintln(out, "wrote", file.Name)
	}
	return nil
}
