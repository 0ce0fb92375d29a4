// Asks the published better-auth for its tables and statements, for the migration tests. A database is a SQLite file or the
// URL of an empty PostgreSQL or MySQL database.
//
//   node upstream.mjs golden [DATABASE] > upstream.json   write the golden file (where better-auth and the drivers are installed)
//   node upstream.mjs plan VARIANT DATABASE               print what upstream would still do to a database
//   node upstream.mjs apply VARIANT DATABASE              let upstream migrate a database
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { join } from "node:path";

const require = createRequire(join(process.cwd(), "package.json"));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const { getMigrations } = await load("better-auth/db/migration");
const { getAuthTables } = await load("better-auth/db");
const plugins = await load("better-auth/plugins");

async function open(url) {
	if (url.startsWith("postgres:")) {
		const { Pool } = (await load("pg")).default;
		const schema = new URL(url).searchParams.get("search_path");
		return new Pool({ connectionString: url.split("?")[0], ...(schema ? { options: `-c search_path=${schema}` } : {}) });
	}
	if (url.startsWith("mysql:")) return (await load("mysql2/promise")).createPool({ uri: url, timezone: "Z" });
	const Database = (await load("better-sqlite3")).default;
	return new Database(url);
}
const close = (db) => (db.end ? db.end() : db.close());

const secondaryStorage = { get: () => null, set: () => {}, delete: () => {} };
const every = () => [
	plugins.admin(), plugins.anonymous(), plugins.deviceAuthorization({ verificationUri: "/d" }), plugins.jwt(), plugins.lastLoginMethod({ storeInDatabase: true }),
	plugins.organization({ teams: { enabled: true }, dynamicAccessControl: { enabled: true }, ac: plugins.createAccessControl?.({}) }), plugins.phoneNumber(), plugins.siwe({ domain: "a", getNonce: () => "", verifyMessage: () => true }), plugins.twoFactor(),
	plugins.username(),
];
const variants = {
	core: {},
	serial: { advanced: { database: { generateId: "serial" } } },
	uuid: { advanced: { database: { generateId: "uuid" } } },
	rateLimit: { rateLimit: { storage: "database" } },
	rateLimitRenamed: { rateLimit: { storage: "database", modelName: "limits", fields: { key: "k", lastRequest: "last_request" } } },
	secondary: { secondaryStorage },
	secondaryBoth: { secondaryStorage, session: { storeSessionInDatabase: true }, verification: { storeInDatabase: true } },
	renamed: {
		user: { modelName: "app_users", fields: { email: "email_address", emailVerified: "is \"verified\"" } },
		session: { modelName: "app_sessions", fields: { userId: "user_id", token: "session_token" } },
		account: { modelName: "app_accounts", fields: { userId: "user_id" } },
		verification: { modelName: "checks", fields: { identifier: "ident" } },
	},
	additional: {
		user: {
			additionalFields: {
				role: { type: ["admin", "user"], required: false },
				age: { type: "number", required: false },
				points: { type: "number", bigint: true, defaultValue: 0 },
				tags: { type: "string[]", required: false, fieldName: "tag_list" },
				scores: { type: "number[]", required: false },
				prefs: { type: "json", required: false },
				active: { type: "boolean" },
				handle: { type: "string", unique: true, index: true },
				seen: { type: "date", required: false, index: true },
				org: { type: "string", required: false, references: { model: "organizations", field: "id", onDelete: "set null" } },
				slug: { type: "string", required: false, unique: true, references: { model: "pages", field: "slug" } },
			},
		},
	},
	plugins: { plugins: every() },
	pluginsSerial: { plugins: every(), advanced: { database: { generateId: "serial" } } },
};

const options = (name, db) => ({ database: db, baseURL: "http://localhost", secret: "x".repeat(32), logger: { disabled: true }, ...variants[name] });

function tables(name) {
	const list = [];
	for (const [model, t] of Object.entries(getAuthTables(options(name)))) {
		const fields = Object.entries(t.fields).map(([field, f]) => ({
			name: field, column: f.fieldName, type: Array.isArray(f.type) ? "string" : f.type, enum: Array.isArray(f.type) ? f.type : undefined,
			required: f.required, unique: f.unique, index: f.index, sortable: f.sortable, bigint: f.bigint, references: f.references,
			made: typeof f.defaultValue === "function" || undefined,
		}));
		list.push({ model, name: t.modelName, order: t.order, fields });
	}
	return list;
}

const [command, ...rest] = process.argv.slice(2);
if (command === "golden") {
	const url = rest[0] ?? ":memory:";
	const golden = {};
	const db = await open(url);
	for (const name of Object.keys(variants)) {
		const { compileMigrations } = await getMigrations(options(name, db));
		const sql = await compileMigrations();
		golden[name] = rest[0] ? sql : { ids: variants[name].advanced?.database?.generateId ?? "text", tables: tables(name), sql };
	}
	await close(db);
	const lines = Object.entries(golden).map(([name, v]) => JSON.stringify(name) + ": " + JSON.stringify(v));
	console.log("{\n" + lines.join(",\n") + "\n}");
} else {
	const [variant, url] = rest;
	const db = await open(url);
	const { compileMigrations, runMigrations } = await getMigrations(options(variant, db));
	if (command === "apply") await runMigrations();
	else console.log(await compileMigrations());
	await close(db);
}
