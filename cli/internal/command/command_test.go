package command_test

import (
	"bytes"
	"encoding/base64"
	"os"
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/cli/internal/command"
)

func run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	root := command.New(func(string) string { return "" })
	var out bytes.Buffer
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetArgs(args)
	err := root.ExecuteContext(t.Context())
	return out.String(), err
}

func TestSecretPrintsAnother32BytesEachTime(t *testing.T) {
	first, err := run(t, "secret")
	if err != nil {
		t.Fatal(err)
	}
	second, err := run(t, "secret")
	if err != nil || first == second {
		t.Errorf("twice %q, %v", first, err)
	}
	if b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(first)); err != nil || len(b) != 32 {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}

func TestVersionNamesBothVersions(t *testing.T) {
	out, err := run(t, "version")
	if err != nil || !strings.HasPrefix(out, "goauth ") || !strings.HasSuffix(out, "compatible with Better Auth 1.6.9\n") {
		t.Errorf("%q, %v", out, err)
	}
}

func TestServeRefusesWhatIsWrongInOneLineEach(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("goauth.yaml", []byte("sesion: {}\nserver: {adr: x}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		args []string
		want string
	}{
		{"a wrong file in the folder", []string{"serve"}, "goauth.yaml: server.adr: unknown option; did you mean addr?\ngoauth.yaml: sesion: unknown option; did you mean session?"},
		{"a file that is not there", []string{"serve", "--config", "x.json"}, "x.json: there is no such file; check the name given to --config or in GOAUTH_CONFIG"},
		{"a flag", []string{"serve", "--adr", "x"}, "unknown flag: --adr"},
		{"an argument", []string{"serve", "now"}, `unknown command "now" for "goauth serve"`},
		{"a command", []string{"serv"}, "unknown command \"serv\" for \"goauth\"\n\nDid you mean this?\n\tserve\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, err := run(t, tt.args...)
			if err == nil || err.Error() != tt.want || out != "" {
				t.Errorf("got %q and prints %q", err, out)
			}
		})
	}
}

func TestAWrongAddressOnTheCommandLineIsNamed(t *testing.T) {
	t.Chdir(t.TempDir())
	_, err := run(t, "serve", "--addr", "3000")
	if err == nil || err.Error() != `--addr: server.addr: "3000" is no address to listen on; write it as ":3000" or "127.0.0.1:3000"` {
		t.Errorf("got %v", err)
	}
}
