// Runs functions of a test that expect upstream's endpoint context. The testbed sends what it knows of the call; the rest
// comes from the test's own betterAuth(), which works on the same database.
import { createAuthMiddleware } from "@better-auth/core/api";
import { runWithEndpointContext } from "@better-auth/core/context";
import { decode } from "./decode.mjs";

/** Calls a function; the argument that describes an endpoint context, if any, becomes a live one. */
export async function withEndpointContext({ run, path }, args, owner) {
	const at = args.findIndex((arg) => arg?.endpointContext);
	if (at < 0) return { value: await run(...args) };
	const context = await liveContext(args[at].endpointContext, owner);
	if (path === "matcher") return { value: await run({ ...context, returnHeaders: undefined }) };
	if (/^hooks\.|\.hooks\./.test(path)) return { value: await runHook(run, path, context) };
	return runAsMiddleware(run, args, at, context);
}

async function liveContext(described, owner) {
	const read = (value) => decode(value, owner.decodeHost());
	const local = await owner.auth.$context;
	const known = described.context;
	const context = {
		...local,
		baseURL: known.baseURL || local.baseURL,
		session: read(known.session),
		newSession: read(known.newSession),
		returned: read(known.returned),
		responseHeaders: known.responseHeaders ? read(known.responseHeaders) : undefined,
	};
	if (known.optionsBaseURL !== undefined) context.options = { ...local.options, baseURL: read(known.optionsBaseURL) };
	if (known.authCookies) context.authCookies = read(known.authCookies);
	if (known.trustedOrigins) context.trustedOrigins = read(known.trustedOrigins);
	return {
		path: described.path,
		method: described.method,
		body: read(described.body),
		query: read(described.query),
		params: read(described.params),
		headers: described.headers ? read(described.headers) : undefined,
		request: described.request ? read(described.request) : undefined,
		returnHeaders: true,
		context,
	};
}

/** Hooks are middleware already. After-hooks report the headers that they set. */
function runHook(run, path, context) {
	const returnHeaders = path.endsWith("after");
	return runWithEndpointContext({ ...context }, () => run({ ...context, returnHeaders }));
}

/** Other functions get better-call's context by running inside a middleware, which also reports the headers they set. */
async function runAsMiddleware(run, args, at, context) {
	let value;
	const middleware = createAuthMiddleware(async (live) => {
		args[at] = Object.assign(live, { body: context.body, query: context.query, context: context.context });
		value = await runWithEndpointContext(live, () => run(...args));
		return {};
	});
	const result = await middleware(context);
	return { value, headers: result?.headers };
}
