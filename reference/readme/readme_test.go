package readme_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// address is where the programs of the README listen.
const address = "localhost:8080"

var goBlock = regexp.MustCompile("(?s)```go\n(package main\n.*?)```")

func TestProgramsOfTheReadmeWork(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	programs := goBlock.FindAllStringSubmatch(string(text), -1)
	if len(programs) != 2 {
		t.Fatalf("%d programs in the README, want the one with Echo and the one with net/http", len(programs))
	}
	for i, program := range programs {
		name := []string{"Echo", "net-http"}[i]
		t.Run(name, func(t *testing.T) {
			use(t, run(t, build(t, program[1])))
		})
	}
}

// program is a built example and where it will listen.
type program struct{ file, addr string }

// build compiles the text, with another address than the one that everybody uses.
func build(t *testing.T, text string) program {
	t.Helper()
	if strings.Count(text, address) != 2 {
		t.Fatalf("the program does not name %s twice, as base URL and to listen on", address)
	}
	listener, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := fmt.Sprintf("localhost:%d", listener.Addr().(*net.TCPAddr).Port)
	_ = listener.Close()
	dir := t.TempDir()
	source, binary := filepath.Join(dir, "main.go"), filepath.Join(dir, "example")
	if err := os.WriteFile(source, []byte(strings.ReplaceAll(text, address, addr)), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, source).CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return program{binary, addr}
}

// run starts the program as the README says, in an empty folder, and returns its URL once it answers.
func run(t *testing.T, p program) string {
	t.Helper()
	var output bytes.Buffer
	cmd := exec.CommandContext(t.Context(), p.file)
	cmd.Dir, cmd.Stdout, cmd.Stderr = t.TempDir(), &output, &output
	cmd.Env = append(os.Environ(), "BETTER_AUTH_SECRET=readme-secret-0123456789-abcdefghijkl", "NODE_ENV=production")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("the program says:\n%s", &output)
		}
	})
	url := "http://" + p.addr
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		res, err := http.Get(url + "/api/auth/ok")
		if err == nil {
			_ = res.Body.Close()
			return url
		}
	}
	t.Fatal("the program does not answer")
	return ""
}

// use signs up and looks at the guarded page.
func use(t *testing.T, url string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, Timeout: 10 * time.Second}
	ask := func(method, path, body string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), method, url+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Origin", url)
		req.Header.Set("Content-Type", "application/json")
		res, err := browser.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(text)
	}
	const refused = `{"message":"Unauthorized","code":"UNAUTHORIZED"}`
	if status, text := ask("GET", "/me", ""); status != http.StatusUnauthorized || text != refused {
		t.Errorf("a stranger gets %d %s", status, text)
	}
	status, text := ask("POST", "/api/auth/sign-up/email", `{"name":"Ada","email":"ada@example.com","password":"correct horse"}`)
	if status != http.StatusOK {
		t.Fatalf("sign-up: %d %s", status, text)
	}
	if status, text := ask("GET", "/me", ""); status != http.StatusOK || text != "Hello, Ada" {
		t.Errorf("a user gets %d %s", status, text)
	}
	ask("POST", "/api/auth/sign-out", `{}`)
	if status, _ := ask("GET", "/me", ""); status != http.StatusUnauthorized {
		t.Errorf("after sign-out: %d", status)
	}
}
