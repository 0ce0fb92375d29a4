// SQLite for the tests: ":memory:" becomes a file that the testbed, another process, can open too.
import fs from "node:fs";
import path from "node:path";

const sqlite = process.getBuiltinModule("node:sqlite");
const folder = process.env.SUITE_DB_DIR;
const state = (globalThis.__suiteDatabases ??= { files: new WeakMap(), open: [], last: 0 });

/** node:sqlite's class. A test file that loads this module twice still gets one class. */
export const DatabaseSync = (state.DatabaseSync ??= class DatabaseSync extends sqlite.DatabaseSync {
	constructor(location, ...options) {
		const shared = location === ":memory:";
		const file = shared ? path.join(folder, `${process.pid}-${++state.last}.db`) : location;
		super(file, ...options);
		state.files.set(this, file);
		if (!shared) return;
		this.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA busy_timeout=5000;");
		state.open.push({ file, database: this });
	}
});

/** The file of a database that was opened here, or undefined. */
export const fileOf = (database) => state.files.get(database);

/** Closes and removes what a test file left. */
export function removeDatabases() {
	for (const { file, database } of state.open.splice(0)) {
		try {
			database.close();
		} catch {
			// the test closed it already
		}
		for (const suffix of ["", "-wal", "-shm"]) fs.rmSync(file + suffix, { force: true });
	}
}
