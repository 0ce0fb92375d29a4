package e2e_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

var announced = regexp.MustCompile(`^goauth: listening on (http://localhost:\d+); data is in .+goauth\.db; mails go to this console and to the page$`)

// startServer builds goauth, runs `goauth serve --dev` in an empty folder and returns its address.
func startServer(t *testing.T) string {
	t.Helper()
	chromium(t)
	if url := os.Getenv("GOAUTH_E2E_URL"); url != "" {
		return url
	}
	dir := t.TempDir()
	binary := filepath.Join(dir, "goauth")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "github.com/goauth-dev/goauth/cli/cmd/goauth").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	cmd := exec.CommandContext(t.Context(), binary, "serve", "--dev", "--addr", "localhost:0")
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "GOAUTH_DATABASE_URL=sqlite:" + filepath.Join(dir, "goauth.db")}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if m := announced.FindStringSubmatch(lines.Text()); m != nil {
			go func() {
				for lines.Scan() {
				}
			}()
			t.Cleanup(func() { _ = cmd.Wait() })
			return m[1]
		}
	}
	t.Fatalf("the server did not start: %v", cmd.Wait())
	return ""
}

// signInElsewhere opens another session, as another device would.
func signInElsewhere(t *testing.T, url, email, password string) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"email": email, "password": password})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/api/auth/sign-in/email", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", url)
	req.Header.Set("User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1")
	res, err := (&http.Client{Timeout: 10 * time.Second}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("signing in elsewhere: %s", res.Status)
	}
}

func TestThePageLeadsThroughTheWholeLifeOfAnAccount(t *testing.T) {
	t.Parallel()
	url := startServer(t)
	b := newBrowser(t, url)
	const password, second, third = "correct horse", "battery staple", "troubador & three"
	mark := time.Now().UnixNano() % 1_000_000
	email, newEmail := fmt.Sprintf("ada-%d@example.com", mark), fmt.Sprintf("countess-%d@example.com", mark)
	step := func(name string, run func()) {
		if !t.Failed() {
			t.Logf("step: %s", name)
			run()
		}
	}
	step("a stranger sees the sign-in form and an empty mailbox", func() {
		b.open("/")
		b.sees("#h-sign-in", "Welcome back")
		b.sound(t, "sign-in")
		b.pictures("sign-in")
	})
	step("a wrong password is explained", func() {
		b.fill("#in-email", email)
		b.fill("#in-password", "wrong password")
		b.submit("#form-sign-in")
		b.sees("#form-sign-in .msg", "do not match")
		b.pictures("sign-in-failed")
	})
	step("signing up asks for what is missing", func() {
		b.click("#view-sign-in [data-go=sign-up]")
		b.fill("#up-name", "Ada Lovelace")
		b.fill("#up-email", email)
		b.fill("#up-password", "short")
		b.submit("#form-sign-up")
		b.sees("#form-sign-up .msg", "Password")
		b.sound(t, "sign-up")
		b.pictures("sign-up")
	})
	step("signing up sends a verification mail", func() {
		b.fill("#up-password", password)
		b.submit("#form-sign-up")
		b.sees("#h-sent", "Check your mail")
		b.sees("#mails li h3", "Verify your e-mail address")
		b.sound(t, "sent")
		b.pictures("sent")
	})
	step("the mail's link verifies the address", func() {
		b.openMail("Verify your e-mail address", email)
		b.sees("#notice", "Your address is verified")
	})
	step("signing in shows the account", func() {
		signInElsewhere(t, url, email, password)
		b.fill("#in-email", email)
		b.fill("#in-password", password)
		b.submit("#form-sign-in")
		b.sees("#h-account", "Ada Lovelace")
		b.sees("#account-verified", "verified")
		b.sees("#sessions", "Safari on iPhone")
		b.sound(t, "account")
		b.pictures("account")
	})
	step("one of the sessions is revoked", func() {
		b.click("#sessions li:nth-child(2) button")
		b.sees("#sessions-msg", "Signed out there")
		b.until("one session", func() (bool, string) {
			n := b.eval(`String(document.querySelectorAll("#sessions li").length)`)
			return n == "1", n
		})
	})
	step("the name changes", func() {
		b.fill("#name", "Countess Lovelace")
		b.submit("#form-name")
		b.sees("#h-account", "Countess Lovelace")
	})
	step("the e-mail address changes after both addresses have agreed", func() {
		b.fill("#new-email", newEmail)
		b.submit("#form-email")
		b.openMail("Confirm your new e-mail address", email)
		b.sees("#notice", "One more step")
		b.openMail("Verify your e-mail address", newEmail)
		b.sees("#notice", "Your e-mail address is now "+newEmail)
		b.sees("#account-email", newEmail)
	})
	step("the password changes", func() {
		b.fill("#current-password", password)
		b.fill("#new-password", second)
		b.submit("#form-password")
		b.sees("#form-password .msg", "Your password is changed")
	})
	step("a forgotten password is reset by mail", func() {
		b.click("#sign-out")
		b.sees("#notice", "You are signed out")
		b.click("#view-sign-in [data-go=forgot]")
		b.fill("#forgot-email", newEmail)
		b.submit("#form-forgot")
		b.sees("#sent-text", "is on its way")
		b.openMail("Reset your password", newEmail)
		b.sees("#h-reset", "Choose a new password")
		b.sound(t, "reset")
		b.pictures("reset")
		b.fill("#reset-password", third)
		b.submit("#form-reset")
		b.sees("#notice", "Sign in with the new one")
		b.fill("#in-email", newEmail)
		b.fill("#in-password", second)
		b.submit("#form-sign-in")
		b.sees("#form-sign-in .msg", "do not match")
		b.fill("#in-password", third)
		b.submit("#form-sign-in")
		b.sees("#h-account", "Countess Lovelace")
	})
	step("the account is deleted by mail", func() {
		b.pictures("account-later")
		b.fill("#delete-password", third)
		b.submit("#form-delete")
		b.sees("#form-delete .msg", "A mail asks you to confirm")
		b.openMail("Confirm that your account shall be deleted", newEmail)
		b.sees("#notice", "Your account is deleted")
		b.sees("#h-sign-in", "Welcome back")
		b.fill("#in-email", newEmail)
		b.fill("#in-password", third)
		b.submit("#form-sign-in")
		b.sees("#form-sign-in .msg", "do not match")
	})
	if c := b.complaints(); len(c) > 0 {
		t.Errorf("the console complains:\n%s", strings.Join(c, "\n"))
	}
}

func TestThePageWorksByKeyboardAlone(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, startServer(t))
	b.open("/")
	b.sees("#h-sign-in", "Welcome back")
	var order []string
	for range 8 {
		b.press("\t")
		order = append(order, b.eval(`document.activeElement.id || document.activeElement.textContent.trim() || document.activeElement.name || document.activeElement.tagName`))
	}
	want := []string{"Skip to content", "in-email", "Forgot it?", "in-password", "rememberMe", "Sign in", "E-mail me a link"}
	if got := strings.Join(order[:len(want)], " | "); got != strings.Join(want, " | ") {
		t.Errorf("Tab leads to %s", got)
	}
	b.do(focus(`#view-sign-in [data-go="sign-up"]`))
	b.press("\r")
	b.sees("#h-sign-up", "Create an account")
	if at := b.eval("document.activeElement.id"); at != "h-sign-up" {
		t.Errorf("the focus is at %q after the view has changed", at)
	}
}
