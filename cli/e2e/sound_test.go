package e2e_test

import (
	"encoding/json"
	"testing"

	"github.com/chromedp/chromedp"
)

// audit finds what shuts people out: fields without a name, contrast below WCAG 2.2's 4.5 (AA), a page wider than the
// window, headings out of order, and how much the layout has shifted since it loaded.
const audit = `(() => {
	const found = [];
	const shown = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true });
	for (const e of document.querySelectorAll("input, button, a")) {
		if (!shown(e)) continue;
		const name = e.getAttribute("aria-label") || e.textContent.trim() || [...(e.labels ?? [])].map((l) => l.textContent.trim()).join();
		if (!name && !e.ariaHidden) found.push("no name: " + e.outerHTML);
		const box = e.getBoundingClientRect();
		if (e.tagName === "BUTTON" && box.height < 24 && getComputedStyle(e).display !== "inline-block") found.push("small target: " + e.outerHTML);
	}
	const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
	const rgb = (color) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
	const light = ([r, g, b]) => [r, g, b].map((v) => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
	const ground = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c[3] === 255) return c; } return [255, 255, 255]; };
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walk.nextNode()) {
		const e = walk.currentNode.parentElement;
		if (!walk.currentNode.data.trim() || !shown(e) || e.closest(":disabled, .sr, script, noscript")) continue;
		const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))];
		const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
		if (ratio < 4.5) found.push("contrast " + ratio.toFixed(2) + ": " + walk.currentNode.data.trim());
	}
	if (document.documentElement.scrollWidth > innerWidth) found.push("wider than the window: " + document.documentElement.scrollWidth + " > " + innerWidth);
	let level = 0;
	for (const h of document.querySelectorAll("h1, h2, h3")) {
		if (!shown(h)) continue;
		if (+h.tagName[1] > level + 1) found.push("heading out of order: " + h.textContent);
		level = +h.tagName[1];
	}
	if ([...document.querySelectorAll("h1")].filter(shown).length !== 1) found.push("not exactly one h1");
	return JSON.stringify(found);
})()`

// shifts is the layout shift that no input caused, as web vitals count it, with what has moved; but for the mails and the footer,
// which make room for a new mail or another view.
const shifts = `new Promise((resolve) => {
	const found = { sum: 0, moved: [] };
	const at = ({ node }) => node?.nodeType === 1 ? node : node?.parentElement;
	new PerformanceObserver((list) => {
		for (const e of list.getEntries()) {
			const moved = e.sources.map(at).filter((n) => !n?.closest(".mailbox, footer"));
			if (e.hadRecentInput || !moved.length) continue;
			found.sum += e.value;
			found.moved.push(...moved.map((n) => n?.outerHTML.slice(0, 80) ?? "?"));
		}
	}).observe({ type: "layout-shift", buffered: true });
	setTimeout(() => resolve(JSON.stringify(found)), 100);
})`

// sound reports what shifts in the view that is shown, and what shuts people out of it.
func (b *browser) sound(t *testing.T, view string) {
	t.Helper()
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](shifts, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	var shift struct {
		Sum   float64
		Moved []string
	}
	if err := json.Unmarshal([]byte(text), &shift); err != nil {
		t.Fatal(err)
	}
	if shift.Sum > 0.02 {
		t.Errorf("%s: the layout shifts by %.3f: %q", view, shift.Sum, shift.Moved)
	}
	b.accessible(t, view)
}

// accessible reports what shuts people out of the view that is shown, in both schemes and both widths.
func (b *browser) accessible(t *testing.T, view string) {
	t.Helper()
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{1280, 390} {
			b.scheme(scheme)
			b.do(chromedp.EmulateViewport(width, 900))
			var found []string
			if err := json.Unmarshal([]byte(b.eval(audit)), &found); err != nil {
				t.Fatal(err)
			}
			for _, f := range found {
				t.Errorf("%s, %s, %d px: %s", view, scheme, width, f)
			}
		}
	}
	b.scheme("light")
	b.do(chromedp.EmulateViewport(1280, 900))
}

func (b *browser) press(key string) {
	b.t.Helper()
	b.do(chromedp.KeyEvent(key))
}

func focus(selector string) chromedp.Action[chromedp.Void] { return chromedp.Focus(selector) }
