// The vite plugin that puts the bridge between upstream's tests and upstream's server.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { targets } from "./targets.mjs";
import { UPSTREAM } from "./workspace.mjs";

const suite = fileURLToPath(new URL("..", import.meta.url));
const packages = path.join(UPSTREAM, "packages") + path.sep;
const anySource = path.join(packages, "better-auth/src/index.ts");

/** Marks a module that load() writes, and the original behind it. */
const WRAPPED = "?suite-wrapped";
const ORIGINAL = "?suite-original";

/** Packages that the suite's own modules take from the upstream checkout, to share them with the tests. */
const SHARED = /^(better-call|@better-fetch\/fetch|vitest)(\/|$)/;
const UPSTREAMS_OWN = /^(\.|\/|better-auth|@better-auth)/;

const withoutQuery = (id) => id.split("?")[0];

export const bridgePlugin = () => ({
	name: "suite-bridge",
	enforce: "pre",

	async resolveId(id, importer, options) {
		if (id.endsWith(ORIGINAL)) return id;
		const fromSuite = importer?.startsWith(suite);
		if (fromSuite && SHARED.test(id)) return this.resolve(id, anySource, { ...options, skipSelf: true });
		if (fromSuite || id.includes("node_modules") || !UPSTREAMS_OWN.test(id)) return null;
		const from = importer && withoutQuery(importer);
		const resolved = await this.resolve(id, from, { ...options, skipSelf: true });
		const isTarget = resolved && !resolved.id.includes("?") && targets.has(resolved.id);
		return isTarget ? resolved.id + WRAPPED : resolved;
	},

	load(id) {
		if (!id.endsWith(WRAPPED)) return null;
		const file = withoutQuery(id);
		return wrapperSource(file, targets.get(file));
	},

	// Vitest takes Node's own modules past resolveId, so their names are replaced in the text.
	transform(code, id) {
		const file = withoutQuery(id);
		const isTestSide = file.startsWith(packages) && !file.includes("/node_modules/") && !file.includes("/kysely-adapter/");
		if (!isTestSide || !code.includes('"node:sqlite"')) return null;
		const substitute = JSON.stringify(path.join(suite, "redirect/node-sqlite.mjs"));
		return { code: code.replaceAll('"node:sqlite"', substitute), map: null };
	},
});

/** A module with everything that the original exports, and its one factory wrapped. */
function wrapperSource(file, { wrapper, pkg, name }) {
	const original = JSON.stringify(file + ORIGINAL);
	const module = wrapper === "wrapPlugin" || wrapper === "wrapFactory" ? "bridge/record.mjs" : "bridge/auth.mjs";
	return `
		export * from ${original};
		import * as original from ${original};
		import { ${wrapper} } from ${JSON.stringify(path.join(suite, module))};
		export const ${name} = ${wrapper}(${JSON.stringify(pkg)}, ${JSON.stringify(name)}, (...args) => original.${name}(...args));
	`;
}
