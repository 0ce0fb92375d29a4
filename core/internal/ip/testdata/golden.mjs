// Writes the golden tables of package ip: upstream's normal form of addresses.
// Usage: node golden.mjs <node_modules with better-auth 1.6.9>
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { join, resolve } from "node:path";

const { isValidIP, normalizeIP } = await import(pathToFileURL(join(resolve(process.argv[2]), "@better-auth/core/dist/utils/ip.mjs")).href);
const addresses = [
	"1.2.3.4", "127.0.0.1", "255.255.255.255", "::", "::1", "2001:DB8::1", "2001:db8:1:2:3:4:5:6", "2001:db8:abcd:ef01:2345:6789:abcd:ef01", "fe80::1", "::ffff:192.0.2.1", "::FFFF:192.0.2.1", "0:0:0:0:0:ffff:192.0.2.1", "0:0:0:0:0:FFFF:192.0.2.1", "0::ffff:192.0.2.1", "0:0:0:0:0:0:192.0.2.1", "::ffff:c000:0201", "::ffff:c000:201", "0:0:0:0:0:ffff:c000:201", "::ffff:0:1", "::1.2.3.4", "64:ff9b::1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7::", "1::", "a:b:c:d:e:f:1:2", "2001:db8::ffff:1:2", "1:2:3:4:5:ffff:1.2.3.4", "::ffff", "::ffff:1", "ffff::",
	"unknown", "", "1.2.3", "256.1.1.1", "1.2.3.4:80", "[::1]", "::g", "fe80::1%eth0",
];
const rows = [];
for (const a of addresses) for (const subnet of [undefined, 32, 48, 64, 128]) rows.push([a, isValidIP(a), subnet ?? 0, normalizeIP(a, { ipv6Subnet: subnet })]);
writeFileSync(new URL("normal.json", import.meta.url), "[\n" + rows.map((r) => JSON.stringify(r)).join(",\n") + "\n]\n");
