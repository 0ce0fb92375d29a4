// Describes the options of a betterAuth() call for the testbed.
import { functionId, objectId, shapeOf } from "./handles.mjs";
import { recordOfFactory, recordOfPlugin } from "./record.mjs";
import { fileOf } from "./sqlite.mjs";

/** What of a plugin written in a test is described by itself, or stays on this side. */
const NOT_PROPS = new Set(["hooks", "init", "endpoints", "onRequest", "onResponse", "middlewares", "$Infer", "options"]);

/** Objects that the testbed calls method by method rather than copies. */
const isRemoteObject = (value, path) => path.includes("stripeClient") && !Array.isArray(value);

/** An encoder's `special`: what only options contain. */
export function describeSpecial(value, path, encode) {
	const factory = recordOfFactory(value);
	if (factory) {
		const args = factory.args.map((arg, i) => encode(arg, i ? `${factory.name}.${i}` : factory.name));
		return { $factory: { pkg: factory.pkg, name: factory.name, args } };
	}
	if (isRemoteObject(value, path)) return { $remote: objectId(value, path), shape: shapeOf(value) };
}

/**
 * Describes options. The local endpoints of plugins that the test wrote are collected: the testbed cannot run them.
 *
 * @returns {{ options: object, local: LocalEndpoints }}
 */
export function describeOptions(options, encode, owner) {
	const described = {};
	const local = new LocalEndpoints();
	for (const [key, value] of Object.entries(options)) {
		if (value === undefined) continue;
		if (key === "plugins") described.plugins = (value || []).map((plugin) => describePlugin(plugin, encode, owner, local));
		else if (key === "database") described.database = describeDatabase(value);
		else described[key] = encode(value, key);
	}
	return { options: described, local };
}

/** Endpoints that run in the test's process: those of plugins that the test wrote. */
class LocalEndpoints {
	#names = new Set();
	#paths = [];

	add(name, endpoint) {
		this.#names.add(name);
		if (endpoint?.path) this.#paths.push(new RegExp(`^${endpoint.path.replace(/:[^/]+/g, "[^/]+")}/?$`));
	}

	hasName(name) {
		return this.#names.has(name);
	}

	hasPath(pathname, basePath = "/api/auth") {
		const relative = pathname.startsWith(basePath) ? pathname.slice(basePath.length) : pathname;
		return this.#paths.some((pattern) => pattern.test(relative));
	}
}

function describeDatabase(database) {
	if (!database) return null;
	const file = fileOf(database);
	return file ? { $sqlite: file } : { $adapter: { id: "bridge" } };
}

function describePlugin(plugin, encode, owner, local) {
	if (!plugin) return { $undef: true };
	const record = recordOfPlugin(plugin);
	if (!record) return { $inline: describeInline(plugin, plugin.id, encode, owner, local) };
	const path = `plugins.${record.name}`;
	const described = {
		pkg: record.pkg,
		name: record.name,
		id: plugin.id,
		args: record.args.map((arg, i) => encode(arg, i ? `${path}.${i}` : path)),
	};
	const changed = Object.entries(plugin).filter(([key, part]) => part !== record.parts[key]);
	if (plugin !== record.object && changed.length > 0) {
		described.overrides = describeInline(Object.fromEntries(changed), plugin.id, encode, owner, local);
	}
	return { $plugin: described };
}

/** A plugin that the test wrote, or the parts of a recorded one that it replaced. */
function describeInline(parts, pluginId, encode, owner, local) {
	const props = Object.fromEntries(Object.entries(parts).filter(([key]) => !NOT_PROPS.has(key)));
	const described = { pluginId, props: encode(props, "inline") };
	if (parts.hooks) described.hooks = describeHooks(parts.hooks, owner);
	for (const key of ["init", "onRequest", "onResponse"]) {
		if (parts[key]) described[key] = functionId(parts[key], key, owner);
	}
	for (const [name, endpoint] of Object.entries(parts.endpoints ?? {})) local.add(name, endpoint);
	return described;
}

function describeHooks(hooks, owner) {
	const described = {};
	for (const when of ["before", "after"]) {
		described[when] = hooks[when]?.map(({ matcher, handler }) => ({
			matcher: functionId(matcher, "matcher", owner),
			handler: functionId(handler, `hooks.${when}`, owner),
		}));
	}
	return described;
}
