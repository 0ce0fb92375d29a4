package config_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/cli/config"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/ratelimit"
	"github.com/goauth-dev/goauth/core/schema"
)

var update = flag.Bool("update", false, "write the golden files")

// write puts a document into a file of a temporary folder that the test then works in.
func write(t *testing.T, name, doc string) {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.WriteFile(name, []byte(doc), 0o600); err != nil {
		t.Fatal(err)
	}
}

func env(vars map[string]string) func(string) string {
	return func(name string) string { return vars[name] }
}

const inJSON = `{
	// The public address.
	"baseURL": "https://auth.example.com",
	"emailAndPassword": {"enabled": true, "autoSignIn": false},
	"session": {"expiresIn": 3600, "updateAge": "10m"},
	"rateLimit": {"customRules": {"/z/*": {"window": 10, "max": 3}, "/a": false}},
	"user": {"additionalFields": {"plan": {"type": "string", "defaultValue": "free"}, "age": {"type": "number", "required": false}}},
	"server": {"addr": ":8080", "logFormat": "json"},
	"database": {"url": "sqlite:x.db"},
	"mail": {"transport": "smtp", "smtp": {"host": "mail.example.com", "port": 465, "from": "a@example.com"}}
}`

const inYAML = `
# The public address.
baseURL: https://auth.example.com
emailAndPassword: {enabled: true, autoSignIn: false}
session:
  expiresIn: 3600
  updateAge: 10m
rateLimit:
  customRules:
    "/z/*": {window: 10, max: 3}
    /a: false
user:
  additionalFields:
    plan: {type: string, defaultValue: free}
    age:
      type: number
      required: false
server: {addr: ":8080", logFormat: json}
database: {url: "sqlite:x.db"}
mail:
  transport: smtp
  smtp: {host: mail.example.com, port: 465, from: a@example.com}
`

const inTOML = `
# The public address.
baseURL = "https://auth.example.com"
emailAndPassword = {enabled = true, autoSignIn = false}

[session]
expiresIn = 3600
updateAge = "10m"

[rateLimit.customRules."/z/*"]
window = 10
max = 3

[rateLimit.customRules]
"/a" = false

[user.additionalFields]
plan = {type = "string", defaultValue = "free"}

[user.additionalFields.age]
type = "number"
required = false

[server]
addr = ":8080"
logFormat = "json"

[database]
url = "sqlite:x.db"

[mail]
transport = "smtp"
smtp.host = "mail.example.com"
smtp.port = 465
smtp.from = "a@example.com"
`

func TestEveryFormatSaysTheSameInTheOrderOfTheFile(t *testing.T) {
	for name, doc := range map[string]string{"c.json": inJSON, "c.yaml": inYAML, "c.yml": inYAML, "c.toml": inTOML} {
		t.Run(name, func(t *testing.T) {
			write(t, name, doc)
			c := &config.Config{}
			if err := config.Load(name, env(nil), c); err != nil {
				t.Fatal(err)
			}
			for what, diff := range map[string]string{
				"baseURL":   cmp.Diff("https://auth.example.com", c.BaseURL),
				"enabled":   cmp.Diff([]any{true, option.Off}, []any{c.EmailAndPassword.Enabled, c.EmailAndPassword.AutoSignIn}),
				"durations": cmp.Diff([]time.Duration{time.Hour, 10 * time.Minute}, []time.Duration{c.Session.ExpiresIn, c.Session.UpdateAge}),
				"rules": cmp.Diff([]ratelimit.Custom{
					{Pattern: "/z/*", Rule: ratelimit.Rule{Window: 10 * time.Second, Max: 3}}, {Pattern: "/a", Off: true},
				}, []ratelimit.Custom(c.RateLimit.CustomRules)),
				"fields": cmp.Diff(schema.Fields{
					{Name: "plan", Type: schema.String, Default: "free"}, {Name: "age", Type: schema.Number, Required: option.Off},
				}, c.User.AdditionalFields),
				"server": cmp.Diff(config.Server{Addr: ":8080", LogFormat: "json"}, c.Server),
				"mail": cmp.Diff(config.Mail{Transport: "smtp", SMTP: config.SMTP{Host: "mail.example.com", Port: 465, From: "a@example.com"}},
					c.Mail),
				"database": cmp.Diff("sqlite:x.db", c.DB.URL),
			} {
				if diff != "" {
					t.Errorf("%s: %s", what, diff)
				}
			}
		})
	}
}

func TestTheEnvironmentWinsOverTheFile(t *testing.T) {
	write(t, "c.json", `{"server": {"addr": ":1"}, "database": {"url": "sqlite:file.db"}, "mail": {"transport": "file", "file": "a"}}`)
	c := &config.Config{}
	vars := map[string]string{
		"GOAUTH_ADDR": "localhost:2", "GOAUTH_LOG_FORMAT": "json", "GOAUTH_DATABASE_URL": "sqlite:env.db", "GOAUTH_SECONDARY_STORAGE_URL": "redis://x",
		"GOAUTH_MAIL_TRANSPORT": "smtp", "GOAUTH_MAIL_FILE": "b", "GOAUTH_MAIL_SMTP_HOST": "h", "GOAUTH_MAIL_SMTP_PORT": "25",
		"GOAUTH_MAIL_SMTP_SECURITY": "none", "GOAUTH_MAIL_SMTP_USERNAME": "u", "GOAUTH_MAIL_SMTP_PASSWORD": "p", "GOAUTH_MAIL_SMTP_FROM": "a@b.c",
	}
	if err := config.Load("c.json", env(vars), c); err != nil {
		t.Fatal(err)
	}
	want := config.Config{
		Server: config.Server{Addr: "localhost:2", LogFormat: "json"}, DB: config.Database{URL: "sqlite:env.db"},
		Cache: config.SecondaryStorage{URL: "redis://x"},
		Mail: config.Mail{Transport: "smtp", File: "b", SMTP: config.SMTP{
			Host: "h", Port: 25, Security: "none", Username: "u", Password: "p", From: "a@b.c",
		}},
	}
	for _, diff := range []string{cmp.Diff(want.Server, c.Server), cmp.Diff(want.DB, c.DB), cmp.Diff(want.Cache, c.Cache), cmp.Diff(want.Mail, c.Mail)} {
		if diff != "" {
			t.Error(diff)
		}
	}
}

func TestAnEmptyFileAndNoFileChangeNothing(t *testing.T) {
	for _, name := range []string{"", "c.yaml", "c.toml"} {
		write(t, "c.yaml", "# nothing\n")
		if err := os.WriteFile("c.toml", nil, 0o600); err != nil {
			t.Fatal(err)
		}
		c := &config.Config{Server: config.Server{Addr: ":1"}}
		if err := config.Load(name, env(nil), c); err != nil || c.Server.Addr != ":1" {
			t.Errorf("%q: %v, %q", name, err, c.Server.Addr)
		}
	}
}

// TestErrorsAreOneSentenceEach compares what is said about each file of testdata: the first line names the variables of
// the environment after "env:", and the answer is in the .golden file beside it.
func TestErrorsAreOneSentenceEach(t *testing.T) {
	files, err := filepath.Glob("testdata/*.*")
	if err != nil {
		t.Fatal(err)
	}
	tested := 0
	for _, file := range files {
		if strings.HasSuffix(file, ".golden") {
			continue
		}
		tested++
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			vars := map[string]string{}
			if first, _, _ := strings.Cut(string(data), "\n"); strings.Contains(first, "env:") {
				_, list, _ := strings.Cut(first, "env:")
				for _, pair := range strings.Fields(list) {
					name, value, _ := strings.Cut(pair, "=")
					vars[name] = value
				}
			}
			err = config.Load(file, env(vars), &config.Config{})
			if err == nil {
				t.Fatal("no error")
			}
			golden := file + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(err.Error()+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, readErr := os.ReadFile(golden)
			if readErr != nil {
				t.Fatal(readErr)
			}
			if diff := cmp.Diff(string(want), err.Error()+"\n"); diff != "" {
				t.Error(diff)
			}
		})
	}
	if tested < 20 {
		t.Errorf("only %d files were tested", tested)
	}
}

func TestMissingAndUnknownFilesAreNamed(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("goauth.ini", []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		"missing.json": "missing.json: there is no such file; check the name given to --config or in GOAUTH_CONFIG",
		"goauth.ini":   `goauth.ini: the name ends in ".ini"; use .json, .yaml or .toml`,
	} {
		if err := config.Load(file, env(nil), &config.Config{}); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestFindChoosesTheFile(t *testing.T) {
	tests := []struct {
		name, flag, env string
		here            []string
		want, err       string
	}{
		{"the flag", "a.json", "b.json", []string{"goauth.json"}, "a.json", ""},
		{"the variable", "", "b.json", []string{"goauth.json"}, "b.json", ""},
		{"the folder", "", "", []string{"goauth.toml"}, "goauth.toml", ""},
		{"none", "", "", nil, "", ""},
		{"two", "", "", []string{"goauth.json", "goauth.yml"}, "", "goauth.json and goauth.yml are both here; name one with --config"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			exists := func(file string) bool { return strings.Contains(strings.Join(tt.here, " "), file) }
			got, err := config.Find(tt.flag, env(map[string]string{"GOAUTH_CONFIG": tt.env}), exists)
			if got != tt.want || (err == nil) != (tt.err == "") || err != nil && err.Error() != tt.err {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}
