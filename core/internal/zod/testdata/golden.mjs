// Writes the golden tables of package zod: what zod 4.3.6 answers to each input.
// Usage: node golden.mjs <node_modules with zod 4.3.6>
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { join, resolve } from "node:path";

const z = await import(pathToFileURL(join(resolve(process.argv[2]), "zod/index.js")).href);
const write = (name, rows) =>
	writeFileSync(new URL(name, import.meta.url), "[\n" + rows.map((r) => JSON.stringify(r)).join(",\n") + "\n]\n");
const fits = (schema) => (text) => [text, schema.safeParse(text).success];

const locals = [
	"", "a", "A", "0", "_", "-", "+", "'", ".", "a.b", "a..b", ".a", "a.", "a-", "a+", "a_", "a'", "'a", "o'brien", "a+tag", "a b", "a\"b", '"a b"', '"a"', "a@b", "a,b", "a;b", "a:b", "a/b", "a\\b", "a!b", "a#b", "a$b", "a%b", "a&b", "a*b", "a=b", "a?b", "a^b", "a`b", "a{b}", "a|b", "a~b",
	"<a>", "Name <a", "(c)a", "é", "\u212a", "\u0131", "\u017f", "\u0130", "ａ", "a\u200b", "a\u00ad", "a\t", "a\n", "\na", "a\r", "a\0", "😀", "a...b", "a.-.b", "a.'", "'.a", "-.-", "x".repeat(64), "x".repeat(65), "x".repeat(5000),
];
const hosts = [
	"", "b", "b.c", "b.co", "b.com", "B.COM", "b.c0m", "b.com1", "b.1om", "1.com", "1b.com", "b1.com", "-b.com", "b-.com", "b--c.com", "b.-c.com", "b_c.com", "b..com", ".com", "b.com.", "b.com..", "b.c.d.com", "b.c-d.com", "b.c-", "b.xn--p1ai", "xn--mnchen-3ya.de", "münchen.de", "b.рф", "b.com ", " b.com", "b.com\n",
	"[1.2.3.4]", "1.2.3.4", "[IPv6:::1]", "localhost", "b.\u212aom", "b.co\u017f", "b\u0131.com", "ｂ.com", "b．com", "b。com", "b.com/x", "b.com?x", "b.com:80", "b.com@c.com", "b@c.com", "@b.com", "b.travel", "b.museum", "x".repeat(63) + ".com", "x".repeat(64) + ".com", "x.".repeat(2000) + "com", "b." + "c".repeat(300), "b.com\0", "b.c\u00f6m", "b,com", "b+c.com", "b'.com",
];
const emails = ["", "@", "a", "a@", "@b.com", "a@@b.com", "a b@c.com", "mailto:a@b.com", "a@b.com, c@d.com", "A <a@b.com>", "\"a b\"@c.com", "a@b.com\r\nBcc: x@y.com"];
for (const l of locals) for (const h of ["b.com", "c.d.example.org"]) emails.push(`${l}@${h}`);
for (const h of hosts) for (const l of ["a", "a.b+c"]) emails.push(`${l}@${h}`);
write("emails.json", emails.map(fits(z.email())));

const v4 = ["1.2.3.4", "0.0.0.0", "255.255.255.255", "256.1.1.1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.04", "1.2.3.", ".1.2.3", "1.2.3.4 ", " 1.2.3.4", "1.2.3.4\n", "1.2.3.4:80", "1.2.3.4/8", "a.b.c.d", "", "0x1.2.3.4", "1..2.3", "-1.2.3.4", "+1.2.3.4", "１.2.3.4", "::1", "999.1.1.1", "1.2.3.256", "1e1.2.3.4"];
write("ipv4.json", v4.map(fits(z.ipv4())));
const v6 = ["::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3:4::5:6:7:8", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", ":::", ":1", "1:", "12345::", "g::", "::ffff:1.2.3.4", "::1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", "::01.2.3.4", "::1.2.3.256", "::1.2.3.4:5", "1.2.3.4::", "fe80::1%eth0", "fe80::1%25eth0", "[::1]", "::1/64", "", "1.2.3.4", "ABCD::EF", "2001:db8::1", "2001:0db8:0000:0000:0000:0000:0000:0001", "::00001", "0:0:0:0:0:ffff:1.2.3.4", "1:2:3:4:5:6:7:", ":2:3:4:5:6:7:8", "::g", "::-1", "x"];
write("ipv6.json", v6.map(fits(z.ipv6())));

// Wording and coercion: the value as JSON text ("" when it is absent), the schema's name here, the answer.
const schemas = {
	string: z.string(), number: z.number(), boolean: z.boolean(), array: z.array(z.any()), object: z.object({}), record: z.record(z.string(), z.any()), date: z.date(), null: z.null(), int: z.number().int(),
	email: z.email(), enum: z.enum(["a", "b"]), enum1: z.enum(["a"]), literal: z.literal(["a", 1, true, null]), union: z.union([z.date(), z.null()]),
	min1: z.string().min(1), max3: z.string().max(3), len2: z.string().length(2), arrayMin2: z.array(z.any()).min(2), arrayMax1: z.array(z.any()).max(1),
	gte1: z.number().min(1), positive: z.number().positive(), lte5: z.number().max(5), lt5: z.number().lt(5), safe: z.number().int(), strict: z.strictObject({}), url: z.url(), regex: z.string().regex(/^[a-z]+$/i),
	coerceNumber: z.coerce.number(), coerceBoolean: z.coerce.boolean(), coerceString: z.coerce.string(),
};
const values = ["", "null", "true", "false", "0", "-0", "1", "1.5", "7.25", "1e21", "1e300", "1e400", '""', '"a"', '"ab"', '"abcd"', '"😀😀"', '"c@d.com"', '"http://x"', '"5"', '" 0x1F "', '"0b101"', '"0o17"', '"0x"', '"1e3"', '"1_000"', '"-5."', '".5"', '"."', '"+-1"', '"Infinity"', '"-Infinity"', '"infinity"', '"NaN"', '"\u00a012\ufeff"', '"0x-1"', '"+0x1"', '"1 2"', "[]", "[1]", "[1,2,3]", "[[1],null]", "[true]", "{}", '{"a":1}', '{"a":1,"b":2}'];
const rows = [];
for (const [name, schema] of Object.entries(schemas)) for (const text of values) {
	const r = schema.safeParse(text === "" ? undefined : JSON.parse(text));
	rows.push({ schema: name, value: text, ...(r.success ? { out: JSON.stringify(r.data) ?? "undefined" } : { message: r.error.issues[0].message }) });
}
write("wording.json", rows);
