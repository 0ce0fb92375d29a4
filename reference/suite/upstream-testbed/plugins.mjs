// Upstream's packages by name, and how a plugin is made from its description.
import { decode } from "../bridge/decode.mjs";

const PACKAGES = [
	"better-auth/plugins",
	"@better-auth/api-key",
	"@better-auth/electron",
	"@better-auth/expo",
	"@better-auth/i18n",
	"@better-auth/oauth-provider",
	"@better-auth/passkey",
	"@better-auth/scim",
	"@better-auth/sso",
	"@better-auth/stripe",
];

const packages = new Map();
for (const name of PACKAGES) packages.set(name, await import(name));

function factoryOf({ pkg, name }) {
	const factory = packages.get(pkg)?.[name];
	if (!factory) throw new Error(`there is no ${name} in ${pkg}`);
	return factory;
}

/** Makes a plugin as the test did. */
export function makePlugin(described, instance) {
	const args = described.args.map((arg, i) => {
		const path = `plugins.${described.name}${i ? `.${i}` : ""}`;
		return decode(arg, instance.decodeHost(), path);
	});
	const plugin = factoryOf(described)(...args);
	return described.overrides ? { ...plugin, ...makeInline(described.overrides, instance) } : plugin;
}

/** Makes a part of a plugin's options as the test did. */
export function makeFromFactory(described, instance) {
	const args = described.args.map((arg) => decode(arg, instance.decodeHost(), described.name));
	return factoryOf(described)(...args);
}

/** A plugin that the test wrote: its functions run in the test. */
export function makeInline(described, instance) {
	const plugin = decode(described.props, instance.decodeHost(), `inline.${described.pluginId ?? ""}`);
	if (described.hooks) {
		plugin.hooks = {};
		for (const when of ["before", "after"]) {
			plugin.hooks[when] = described.hooks[when]?.map(({ matcher, handler }) => ({
				matcher: (context) => instance.callbackSync(matcher, [context]),
				handler: asMiddleware(handler, instance),
			}));
		}
	}
	const { init, onRequest, onResponse } = described;
	if (init) plugin.init = () => instance.callback(init, []);
	if (onRequest) plugin.onRequest = (request) => instance.callback(onRequest, [request]);
	if (onResponse) plugin.onResponse = (response) => instance.callback(onResponse, [response]);
	return plugin;
}

/** Upstream's middleware is a function with options. */
export function asMiddleware(id, instance) {
	return Object.assign((context) => instance.callback(id, [context]), { options: {} });
}
