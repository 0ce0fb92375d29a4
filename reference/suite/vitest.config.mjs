// Runs upstream's unmodified test files against a testbed. Environment, all set by reference/parity:
//   SUITE_UPSTREAM  the upstream checkout, with its dependencies
//   SUITE_TESTBED   the testbed's address, such as http://127.0.0.1:4400
//   SUITE_DB_DIR    a folder for the tests' SQLite files, best in memory
//   SUITE_OUT       where the results go
//   SUITE_WORKERS   how many files run at once
//   SUITE_TIMEOUT   milliseconds that a case may take, or 0
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { bridgePlugin } from "./redirect/plugin.mjs";
import { UPSTREAM, workspacePlugin } from "./redirect/workspace.mjs";

const suite = fileURLToPath(new URL(".", import.meta.url));

/** More than upstream's own limit, because every request crosses two processes. */
const testTimeout = Number(process.env.SUITE_TIMEOUT) || 20_000;

/** Upstream's packages and what their own vitest configurations ask for. */
const packages = {
	"better-auth": {
		execArgv: ["--expose-gc"],
		exclude: ["**/node_modules/**", "**/dist/**", "**/src/adapters/**/*.test.ts"],
		keepMocks: true,
	},
	"api-key": {},
	core: {},
	electron: { server: { deps: { external: ["electron"] } } },
	expo: { server: { deps: { external: ["react-native"] } } },
	i18n: {},
	"oauth-provider": {},
	passkey: {},
	scim: {},
	sso: {},
	stripe: { globals: true },
	telemetry: { keepMocks: true },
};

for (const name of ["SUITE_TESTBED", "SUITE_DB_DIR", "SUITE_OUT"]) {
	if (!process.env[name]) throw new Error(`set ${name}; see the top of reference/suite/vitest.config.mjs`);
}
fs.mkdirSync(process.env.SUITE_DB_DIR, { recursive: true });

function project(name, { keepMocks, ...settings }) {
	const root = path.join(UPSTREAM, "packages", name);
	return {
		root,
		plugins: [bridgePlugin(), workspacePlugin()],
		server: { fs: { strict: false } },
		resolve: {
			alias: [
				{ find: /^better-sqlite3$/, replacement: path.join(suite, "redirect/better-sqlite3.mjs") },
				{ find: /^#upstream\//, replacement: UPSTREAM + path.sep },
			],
		},
		test: {
			name,
			root,
			testTimeout,
			hookTimeout: 2 * testTimeout,
			includeTaskLocation: true,
			setupFiles: [path.join(suite, "setup.mjs")],
			clearMocks: !keepMocks,
			restoreMocks: !keepMocks,
			...settings,
		},
	};
}

export default {
	root: UPSTREAM,
	cacheDir: path.join(process.env.SUITE_DB_DIR, "vite"),
	server: { fs: { strict: false } },
	test: {
		maxWorkers: Number(process.env.SUITE_WORKERS ?? 2),
		reporters: ["default", path.join(suite, "reporter.mjs")],
		includeTaskLocation: true,
		projects: Object.entries(packages).map(([name, settings]) => project(name, settings)),
	},
};
