// betterAuth() as the tests see it: upstream's own object, whose traffic goes to the testbed.
import { betterAuth as fullAuth } from "#upstream/packages/better-auth/src/auth/full.ts?suite-original";
import { betterAuth as minimalAuth } from "#upstream/packages/better-auth/src/auth/minimal.ts?suite-original";
import { closeCallbacks, owners } from "./callbacks.mjs";
import { RemoteAuth } from "./remote.mjs";
import shared from "./shared.mjs";
import { disconnect, send } from "./wire.mjs";

export const wrapAuth = () => (options) => wrap(fullAuth(options), options, false);
export const wrapMinimalAuth = () => (options) => wrap(minimalAuth(options), options, true);

function wrap(auth, options, minimal) {
	const remote = new RemoteAuth(options, auth, minimal);
	const { handler, api } = auth;
	Object.defineProperty(auth, "original", { value: { handler, api } });
	const wrapped = { ...auth, handler: (request) => remote.handler(request), api: wrapApi(api, remote) };
	return Object.defineProperty(wrapped, "$context", {
		enumerable: true,
		configurable: true,
		get: () => auth.$context,
		set(value) {
			auth.$context = value;
		},
	});
}

function wrapApi(api, remote) {
	const wrapped = {};
	for (const [name, endpoint] of Object.entries(api)) {
		if (typeof endpoint !== "function") wrapped[name] = endpoint;
		else {
			const { path, options } = endpoint;
			wrapped[name] = Object.assign((input) => remote.call(name, input), { path, options });
		}
	}
	return wrapped;
}

shared.disposers.push(async () => {
	for (const id of owners.keys()) {
		const url = `${process.env.SUITE_TESTBED}/__testbed/instances/${id}`;
		await send(url, { method: "DELETE", headers: [] }).catch(() => {}); // it may have gone before
	}
	owners.clear();
	closeCallbacks();
	disconnect();
});
