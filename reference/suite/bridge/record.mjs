// Remembers with which arguments a plugin was made, so that the testbed can make its own from the same.
const recorded = (globalThis.__suiteRecorded ??= { plugins: new WeakMap(), factories: new WeakMap() });

/** Parts by which a plugin is recognised when a test spread it into a new object. */
const RECOGNISED_BY = ["endpoints", "hooks", "schema", "init"];

const isReference = (value) => (typeof value === "object" && value !== null) || typeof value === "function";

/** Wraps a plugin's factory. */
export const wrapPlugin = (pkg, name, make) =>
	function recordedPlugin(...args) {
		const plugin = make(...args);
		if (!isReference(plugin)) return plugin;
		const record = { pkg, name, args, object: plugin, parts: { ...plugin } };
		recorded.plugins.set(plugin, record);
		for (const key of RECOGNISED_BY) {
			const part = plugin[key];
			if (isReference(part) && !recorded.plugins.has(part)) recorded.plugins.set(part, record);
		}
		return plugin;
	};

/** Wraps a function that makes a part of the options, such as a provider of genericOAuth. */
export const wrapFactory = (pkg, name, make) =>
	function recordedFactory(...args) {
		const made = make(...args);
		if (isReference(made)) recorded.factories.set(made, { pkg, name, args, parts: { ...made } });
		return made;
	};

/** How the plugin was made, or undefined when the test wrote it itself. */
export function recordOfPlugin(plugin) {
	for (const candidate of [plugin, plugin.endpoints, plugin.hooks, plugin.init]) {
		const record = isReference(candidate) && recorded.plugins.get(candidate);
		if (record) return record;
	}
}

/** How an option object was made, unless the test changed it since. */
export function recordOfFactory(object) {
	const record = recorded.factories.get(object);
	if (!record) return;
	const untouched = Object.entries(record.parts).every(([key, part]) => object[key] === part);
	return untouched ? record : undefined;
}
