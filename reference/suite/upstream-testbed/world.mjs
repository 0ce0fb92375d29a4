// Gives the server under test the world of the test that it serves: its clock, its fetch, its name resolution. Import
// this before better-auth.
import { AsyncLocalStorage } from "node:async_hooks";
import { createRequire, syncBuiltinESMExports } from "node:module";

/** The request that is served now: { instance, now?, inflight? }. */
export const current = new AsyncLocalStorage();

const RealDate = Date;

class TestDate extends RealDate {
	constructor(...args) {
		super(...(args.length > 0 ? args : [TestDate.now()]));
	}

	static now() {
		return current.getStore()?.now ?? RealDate.now();
	}

	static [Symbol.hasInstance](value) {
		return value instanceof RealDate;
	}
}
Object.defineProperty(TestDate, "name", { value: "Date" });
globalThis.Date = TestDate;

const realFetch = globalThis.fetch;
globalThis.fetch = async (input, init) => {
	const instance = current.getStore()?.instance;
	return instance ? instance.callback("$fetch", [new Request(input, init)]) : realFetch(input, init);
};

const dns = createRequire(import.meta.url)("node:dns/promises");
for (const operation of ["resolveTxt", "resolve", "resolveCname"]) {
	const real = dns[operation];
	dns[operation] = (...args) => {
		const instance = current.getStore()?.instance;
		return instance ? instance.callback("$dns", [operation, ...args]) : real(...args);
	};
}
syncBuiltinESMExports();
