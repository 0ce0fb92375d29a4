package e2e_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// browser is one tab, with short names for what the tests do in it.
type browser struct {
	t   *testing.T
	ctx context.Context
	url string

	// codes are those that were read from mails.
	codes map[string]bool

	mu       sync.Mutex
	problems []string
}

// chromium returns the path of a browser, or skips the test aloud.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("SKIPPED: the page was not tested, because there is no Chromium here; apt-get install chromium")
	return ""
}

// newBrowser starts Chromium.
func newBrowser(t *testing.T, url string) *browser {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium(t)), chromedp.NoSandbox, chromedp.WindowSize(1280, 900))
	alloc, cancelAlloc := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(cancelAlloc)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	ctx, cancelTimeout := context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancelTimeout)
	b := &browser{t: t, ctx: ctx, url: url}
	b.do(chromedp.Navigate("about:blank"))
	go b.watchConsole()
	return b
}

// watchConsole notes everything that the page complains about, such as a violated policy.
func (b *browser) watchConsole() {
	for msg, err := range chromedp.Console(b.ctx) {
		if err != nil {
			return
		}
		if text := fmt.Sprint(msg.Type, ": ", msg.Text); strings.Contains(text, "error") || strings.Contains(text, "warn") {
			b.mu.Lock()
			b.problems = append(b.problems, text)
			b.mu.Unlock()
		}
	}
}

// complaints returns what the console said, but for answers that a test provoked.
func (b *browser) complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []string
	for _, p := range b.problems {
		if !strings.Contains(p, "Failed to load resource") {
			all = append(all, p)
		}
	}
	return all
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

func (b *browser) open(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.url + path))
}

func (b *browser) fill(selector, text string) {
	b.t.Helper()
	b.do(chromedp.WaitVisible(selector))
	b.eval(fmt.Sprintf(`document.querySelector(%q).value = ""`, selector))
	b.do(chromedp.SendKeys(selector, text))
}

func (b *browser) click(selector string) {
	b.t.Helper()
	b.do(chromedp.WaitVisible(selector), chromedp.ScrollIntoView(selector), chromedp.Click(selector))
}

// submit sends a form as a person does who presses Enter in its last field.
func (b *browser) submit(form string) {
	b.t.Helper()
	b.click(form + " button:not([type=button])")
}

func (b *browser) eval(script string) string {
	b.t.Helper()
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](script))
	if err != nil {
		b.t.Fatalf("%v in %s", err, script)
	}
	return text
}

// sees waits until the element's text contains want.
func (b *browser) sees(selector, want string) {
	b.t.Helper()
	b.until(fmt.Sprintf("%s to say %q", selector, want), func() (bool, string) {
		got := b.eval(fmt.Sprintf(`(() => { const e = document.querySelector(%q); return e && e.checkVisibility() ? e.textContent : "(not shown)" })()`, selector))
		return strings.Contains(got, want), got
	})
}

func (b *browser) until(what string, done func() (bool, string)) {
	b.t.Helper()
	last := ""
	for deadline := time.Now().Add(8 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		ok, got := done()
		if ok {
			return
		}
		last = got
	}
	b.shot("failed", 1280)
	b.t.Fatalf("waited in vain for %s; last seen: %q", what, last)
}

// openMail waits for a mail in the page's mailbox and follows its link.
func (b *browser) openMail(subject, to string) {
	b.t.Helper()
	script := fmt.Sprintf(`(() => {
		const li = [...document.querySelectorAll("#mails li")].find((li) => li.querySelector("h3").textContent === %q && li.textContent.includes("to " + %q));
		return li?.querySelector("a").href ?? "";
	})()`, subject, to)
	href := ""
	b.until("a mail "+subject+" to "+to, func() (bool, string) {
		href = b.eval(script)
		return href != "", b.eval(`document.querySelector("#mails").textContent`)
	})
	b.do(chromedp.Click(`#mails a[href="` + href + `"]`))
	b.until("the mail's link to lead back", func() (bool, string) {
		at := b.eval("location.href")
		return strings.HasPrefix(at, b.url+"/") && !strings.Contains(at, "/api/auth/") && b.eval("document.readyState") == "complete", at
	})
}

// shot takes a picture, when pictures are wanted.
func (b *browser) shot(name string, width int64) {
	dir := os.Getenv("GOAUTH_E2E_SCREENSHOTS")
	if dir == "" {
		return
	}
	for _, scheme := range []string{"light", "dark"} {
		b.scheme(scheme)
		b.do(chromedp.EmulateViewport(width, 900), chromedp.Sleep(150*time.Millisecond))
		png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d-%s.png", name, width, scheme)), png, 0o600)
		}
		if err != nil {
			b.t.Error(err)
		}
	}
	b.scheme("light")
	b.do(chromedp.EmulateViewport(1280, 900))
}

// pictures takes a picture wide and narrow.
func (b *browser) pictures(name string) {
	b.shot(name, 1280)
	b.shot(name, 390)
}

// scheme sets what the page sees as prefers-color-scheme.
func (b *browser) scheme(name string) {
	b.t.Helper()
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}); err != nil {
		b.t.Fatal(err)
	}
}
