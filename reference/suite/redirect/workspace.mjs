// Resolves upstream's own packages to their sources. Turning on the export condition "dev-source" for everything would
// break third-party packages that ship the condition without the files.
import fs from "node:fs";
import path from "node:path";

/** The upstream checkout. */
export const UPSTREAM = path.resolve(process.env.SUITE_UPSTREAM ?? "");

const packages = new Map();
for (const folder of fs.readdirSync(path.join(UPSTREAM, "packages"))) {
	const dir = path.join(UPSTREAM, "packages", folder);
	const manifest = path.join(dir, "package.json");
	if (!fs.existsSync(manifest)) continue;
	const { name, exports = {} } = JSON.parse(fs.readFileSync(manifest, "utf8"));
	packages.set(name, { dir, exports });
}

/** The source file of an import such as "@better-auth/core/error", or null. */
export function resolveWorkspace(id) {
	const [, name, rest = ""] = /^(@[^/]+\/[^/]+|[^@./][^/]*)(\/.*)?$/.exec(id) ?? [];
	const found = packages.get(name);
	if (!found) return null;
	const wanted = `.${rest}`;
	const exact = found.exports[wanted]?.["dev-source"];
	if (exact) return path.join(found.dir, exact);
	for (const [pattern, entry] of Object.entries(found.exports)) {
		const [before, after] = pattern.split("*");
		if (after === undefined || !wanted.startsWith(before) || !wanted.endsWith(after)) continue;
		const source = entry?.["dev-source"];
		const middle = wanted.slice(before.length, wanted.length - after.length);
		if (source) return path.join(found.dir, source.replace("*", middle));
	}
	return null;
}

export const workspacePlugin = () => ({
	name: "suite-workspace",
	enforce: "pre",
	resolveId: resolveWorkspace,
});
