// Writes the golden tables of package origin: what a reference implementation
// answers to each input. Usage: node golden.mjs <node_modules with better-auth 1.6.9>
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { join, resolve } from "node:path";

const modules = resolve(process.argv[2]);
const load = (file) => import(pathToFileURL(join(modules, file)).href);
const { matchesOriginPattern } = await load("better-auth/dist/auth/trusted-origins.mjs");
const { wildcardMatch } = await load("better-auth/dist/utils/wildcard.mjs");
const url = await load("better-auth/dist/utils/url.mjs");
const { isLoopbackHost } = await load("@better-auth/core/dist/utils/host.mjs");
const { normalizePathname } = await load("@better-auth/core/dist/utils/url.mjs");

const write = (name, rows) =>
	writeFileSync(new URL(name, import.meta.url), "[\n" + rows.map((r) => JSON.stringify(r)).join(",\n") + "\n]\n");
const attempt = (f) => {
	try {
		return { ok: f() };
	} catch (e) {
		return { error: e.message };
	}
};

// URLs

const schemes = ["", "http:", "https:", "HTTP:", "ws:", "ftp:", "file:", "foo:", "my+app:", "javascript:", "blob:https:"];
const bodies = [
	"", "/", "//", "///", "////", "\\", "\\\\", "/\\", "//\\", "evil.com", "/evil.com", "//evil.com", "///evil.com", "/\\evil.com",
	"\\\\evil.com", "\\/evil.com", "//evil.com\\@good.com", "//evil.com\\.good.com/", "//good.com@evil.com", "//a:b@evil.com/x",
	"//a:b:c@evil.com", "//a@b@evil.com", "//:@h/", "//:p@h/", "//@h/", "//u:@h", "//u@", "//u@:80", "//:80", "//h:", "//h:/", "//h:80", "//h:443",
	"//h:0080/", "//h:65535", "//h:65536", "//h:8x", "//h:-1", "//h: 80", "//h:80:80", "//h/a/../b", "//h/a/./b", "//h/a/..", "//h/a/.",
	"//h/../../x", "//h/a/%2e%2E/b", "//h/a/.%2e/b", "//h/%2e/b", "//h/a//b", "//h/..//b", "//h?q", "//h?", "//h#", "//h?#", "//h#f", "//h?a#b?c",
	"//h/?a=b&c=d'e\"f<g>h`i{j}k|l^m\\n", "//h/a b\"c<d>e`f{g}h|i^j'k\\l", "//h/#a b\"c<d>e`f{g}h|i^j'k\\l", "//u s:p/w@h", "//u[]^|=;@h/", "//h/é", "//h/?é",
	"//h/#é", "//h/%zz%4", "//h/\u0001\u007f", "//H.EXAMPLE/", "//h%41.com", "//h%2fx", "//h%00", "//h%20x", "//h x", "//h<x", "//h|x", "//h^x", "//h`x", "//h{x}",
	"//h*x", "//h_x", "//h!$&'()*+,;=~", "//1.2.3.4", "//1.2.3.4.", "//1.2.3", "//1.2", "//1", "//0x7f.1", "//0x7F000001", "//017700000001", "//2130706433",
	"//4294967295", "//4294967296", "//256.1.1.1", "//1.256", "//1.2.3.4.5", "//1.2.3.08", "//0x", "//0x.0x", "//1..2", "//1.2.3.4x", "//a.1", "//a.0x1", "//a.0xg",
	"//a.", "//a..", "//.", "//..", "//.a", "//a..b", "//09.1", "//0xffffffff1", "//1.65536", "//1.2.65536", "//1.2.65535", "//99999999999999999999",
	"//[::1]", "//[::1]:80/", "//[::1]:8080/", "//[1:2:3:4:5:6:7:8]", "//[1:2:3:4:5:6:7::]", "//[::1.2.3.4]", "//[::ffff:1.2.3.4]", "//[1:0:0:2:0:0:0:3]", "//[0:0:1::]",
	"//[::1", "//::1", "//[::1]x", "//[::1%25eth0]", "//[::g]", "//[1:2]", "//[]", "//[:]", "//[::01.2.3.4]", "//[1::2::3]", "//[::1.2.3]", "//[1:2:3:4:5:6:1.2.3.4]", "//[::FFFF:AB]",
	"//localhost/x", "//localhost:3000/api/auth", "//127.0.0.1:8081/--/", "c|/x", "/c|/x", "//c|/x", "//c:/x", "/c:/../x", "/x/../y", "x/y", "./x", "../x", "a:b",
	"?q", "#f", "x?y#z", "/.//p", "/..//p", "/a/..//b", " x ", "//h/ x ", "//h/\tx\ny", "//h\t.com", "//\nh", "/\t/evil.com", "/\n\\evil.com", "//h/;a=b", "//h/a%00b", "//h/%C3%A9",
	"//%65vil.com", "//evil.com%23.good.com", "//evil.com%40good.com", "//evil。com", "//ｅvil.com", "//münchen.de", "//xn--mnchen-3ya.de", "//%C3%A9.com", "//h/a?b?c#d#e", "//a,b/", "//a&b@h", "opaque path", "opaque?q r#s t",
];
const bases = [
	"http://base.example/dir/file?query#hash", "https://u:p@base.example:8443/", "file:///c:/dir/file", "file://server/share/f", "foo://host/a/b?c", "foo:/a/b", "mailto:x@y", "foo://host",
];
// Node 20 departs from the standard for a fragment on an opaque base: left out.
const departs = (input, base) => base?.startsWith("mailto:") && input.indexOf("#") > 0;
const urlRow = (input, base) => {
	const made = attempt(() => new URL(input, base));
	const row = { in: input };
	if (base) row.base = base;
	if (made.ok) {
		const u = made.ok;
		row.out = [u.href, u.origin, u.protocol, u.username, u.password, u.hostname, u.port, u.pathname, u.search, u.hash];
	}
	return row;
};
const urls = [];
for (const s of schemes) for (const b of bodies) urls.push(urlRow(s + b));
for (const base of bases) for (const b of bodies) urls.push(urlRow(b, base));
for (const base of bases) for (const b of ["http:x", "http:/x", "http:", "https:evil.com", "https:/evil.com", "https:\\evil.com", "file:x", "file:/x", "file:?q", "file:c|/x", "foo:x", "foo:/x", "foo://x"]) urls.push(urlRow(b, base));
write("urls.json", urls.filter((r) => !departs(r.in, r.base)));

const params = [];
for (const href of ["https://a/x", "https://a/x?", "https://a/x?a=1&b=2&a=3#f", "https://a/?q=a%20b+c&é=%zz&=&x", "foo:bar?a", "https://a/?a=1&&b", "myapp://cb?x='y'~!()*"])
	for (const [k, v] of [["a", "new"], ["error", "a b&c=d"], ["é", "ü/?:@-._*~!'()"], ["token", "%\u0000\n+"], ["", ""], ["x", "😀\u2028"]]) {
		const u = new URL(href);
		u.searchParams.set(k, v);
		params.push({ in: href, name: k, value: v, out: u.href });
	}
write("params.json", params);

// Trusted origins: inputs that an honest caller sends.

const patterns = [
	"https://app.example.com", "http://localhost:3000", "https://app.example.com:8443", "https://app.example.com/path", "https://app.example.com/", "HTTPS://APP.EXAMPLE.COM",
	"https://*.example.com", "https://**.example.com", "*.example.com", "*.example.com:*", "http?://app.example.com", "https://app-?.example.com", "*://app.example.com", "https://*", "*", "**", "app.example.*",
	"http://localhost:*", "http://*:3000", "https://preview-*.example.com", "myapp://", "myapp:", "myapp://callback", "myapp://callback/done", "exp://", "exp://*/*", "exp://**", "exp://192.168.*.*:*/**", "exp://192.168.*.*:*",
	"chrome-extension://abcdef", "chrome-extension://*", "com.example.app:/", "https://example.com/**", "app.example.com", "localhost:3000", "https://[::1]:3000",
];
const targets = [
	"https://app.example.com", "https://app.example.com/", "https://app.example.com/a/b?c=d#e", "https://app.example.com:443/x", "https://app.example.com:8443", "https://app.example.com:8443/cb", "http://app.example.com",
	"https://APP.example.com/x", "https://example.com", "https://a.b.example.com/x", "https://app-1.example.com", "https://app-12.example.com", "https://preview-42.example.com/cb?x=1", "https://other.com", "https://app.example.com.evil.com",
	"https://evilexample.com", "https://evil.com/https://app.example.com", "https://evil.com/?https://app.example.com", "https://evil.com#.example.com", "http://localhost:3000", "http://localhost:3000/dashboard", "http://localhost:3001", "http://localhost",
	"http://127.0.0.1:3000/x", "http://[::1]:3000/x", "myapp://", "myapp://callback", "myapp://callback?x=1", "myapp://callback/done", "myapp://callback/done/more", "myapp://other", "exp://192.168.1.5:8081", "exp://192.168.1.5:8081/--/cb", "exp://10.0.0.1:8081/x",
	"exp://host/x", "chrome-extension://abcdef", "chrome-extension://abcdef/page.html", "com.example.app:/oauth", "/", "/dashboard", "/a/b?c=d&e=f", "/a+b/@me", "/x?next=%2Fhome", "/x#frag", "/x:y", "/[id]", "/a b", "/x?y z", "/é", "",
	"/a%20b", "/x?a=b#c", "/x?a=[b]", "/a.b-c_d", "/?x", "/x?", "/x?y?z", "dashboard", "not a url",
];
const matches = [];
for (const p of patterns) for (const t of targets) for (const relative of t.startsWith("/") ? [false, true] : [false])
	matches.push([t, p, relative, matchesOriginPattern(t, p, { allowRelativePaths: relative })]);
write("matches.json", matches);

// Wildcards, for texts of every kind.

const globs = ["", "*", "**", "?", "a*", "*a", "a*b", "a**b", "a?b", "a/b", "a/*", "a/**", "**/b", "a/**/b", "a/**/**/b", "/a", "a/", "a//b", "*/b", "a.b", "a\\*b", "a\\", "[a]", "(a|b)", "a+", "^a$", "a/*/c", "**/*", "a{b}", "*.*", "a/b/**/c/*", "/**", "**/", "?/?", "a-b"];
const samples = ["", "a", "b", "ab", "aab", "acb", "a/b", "a//b", "a\\b", "a/b/", "a/b//", "a/x/b", "a/x/y/b", "/a", "//a", "a/", "x/b", "a.b", "axb", "a*b", "[a]", "(a|b)", "a+", "aa", "^a$", "a/b/c", "a/\\b", "a{b}", "a\nb", "a/b/c/d", "a/b/x/c/d", "/", "a-b", "a/b/c/", "é", "aéb"];
const wild = [];
for (const g of globs) for (const s of samples) wild.push([s, g, wildcardMatch(g)(s)]);
write("wildcards.json", wild);

// Hosts and base URLs

const hosts = [
	"", "a", "A.com", "myapp.com", "myapp.com:3000", "preview-1.vercel.app", "a.b.vercel.app", "vercel.app", "localhost", "localhost:3000", "app.localhost", "LOCALHOST", "127.0.0.1", "127.0.0.1:80", "127.example.com", "[::1]", "[::1]:3000", "::1", "[::ffff:127.0.0.1]",
	"0.0.0.0", "1.2.3.4", "https://myapp.com", "https://myapp.com/x", "http://myapp.com", "evil.com/.myapp.com", "a..b", ".a", "a.", "-a.com", "a-.com", "a_b.com", "a b.com", "a.com:", "a.com:123456", "a.com:99999", "<a>", "a'b", "javascript:1", "data:80", "mydata:8080", "file:1", "x.file:1",
	"a@b", "a/b", "a\\b", "a,b", "a.com, b.com", "localhost.", "app.localhost.", "fe80::1%eth0", "[fe80::1%25lo]", "x".repeat(63) + ".com", "x".repeat(64) + ".com", "[", "[]", "[x]", "a:b", "127.1", "localhost.evil.com", "evillocalhost", "\u212a.com",
];
const hostPatterns = ["", "myapp.com", "MyApp.com", "*.vercel.app", "preview-*.vercel.app", "*", "localhost:*", "localhost", "https://myapp.com", "myapp.com/", "?.com", "*.com", "myapp.com:3000", "**"];
write("hosts.json", hosts.map((h) => ({
	host: h,
	matches: hostPatterns.filter((p) => url.matchesHostPattern(h, p)),
	valid: url.getHostFromSource(new Headers({ "x-forwarded-host": /[^\x00-\xff]/.test(h) ? "<" : h }), true) !== null,
	loopback: isLoopbackHost(h),
})));
write("hostpatterns.json", hostPatterns);

const baseURLs = ["https://a.com", "https://a.com/", "https://a.com///", "https://a.com/auth", "https://a.com/auth/", "http://localhost:3000", "a.com", "localhost:3000", "ftp://a.com", "", "https://", "//a.com", "https://a.com?x=1", "https://a.com/?x", "https://a.com/x?y", "HTTPS://A.com", " https://a.com", "myapp://x"];
const basePaths = ["/api/auth", "api/auth", "/", "", "/x/"];
const withPath = [];
for (const u of baseURLs) for (const p of basePaths) if (u) withPath.push({ url: u, path: p, ...attempt(() => url.getBaseURL(u, p, undefined, false)) });
write("baseurls.json", withPath);

const paths = ["/", "", "/api/auth", "/api/auth/", "/api/auth//", "/api/auth/x", "/api/auth/x/", "/api/auth/x//", "/api/authevil/x", "/api/auth//x", "/x", "/api/auth/../x", "/api/./auth/x", "/api/auth/%2e%2e/x", "/api/auth\\x", "/api/auth/a b", "/api/auth/é", "/api/auth/%C3%A9", "/API/auth/x", "//api/auth/x", "/api/auth/..", "/api/auth/.", "/api/auth/x/.", "/api/auth/a%2Fb", "/api/auth/a..b", "/api/auth/.well-known/x"];
const normal = [];
for (const p of paths) for (const b of ["/api/auth", "/", "", "/api", "/api/auth/"]) normal.push([p, b, normalizePathname("http://h" + p, b)]);
write("paths.json", normal);
