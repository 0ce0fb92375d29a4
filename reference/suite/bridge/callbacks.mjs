// A small HTTP server in each vitest worker: the testbed posts to it whenever it needs a function of the test.
import * as betterFetch from "@better-fetch/fetch";
import { decode } from "./decode.mjs";
import { Encoder, headerPairs } from "./encode.mjs";
import { withEndpointContext } from "./context.mjs";
import { functionOf, objectOf } from "./handles.mjs";
import { noteProblem } from "./shared.mjs";
import { createServer } from "./wire.mjs";

/** Instance id of the testbed → RemoteAuth. */
export const owners = new Map();

let server;
let listening;

/** Where the testbed reaches this worker; starts the server on first use. */
export function callbackUrl() {
	listening ??= new Promise((resolve) => {
		server = createServer((request, response) => {
			const chunks = [];
			request.on("data", (chunk) => chunks.push(chunk));
			request.on("end", () => answer(JSON.parse(Buffer.concat(chunks).toString()), response));
		});
		server.keepAliveTimeout = 60_000;
		server.listen(0, "127.0.0.1", () => {
			server.unref();
			resolve(`http://127.0.0.1:${server.address().port}/`);
		});
	});
	return listening;
}

export function closeCallbacks() {
	server?.close();
	server?.closeAllConnections();
}

const optionPath = (id) => id.replace(/^[fo]\d+:/, "");

async function answer(message, response) {
	const owner = owners.get(message.instance) ?? functionOf(message.fn)?.owner;
	const encoder = owner?.encoder({ keepUndefined: true }) ?? new Encoder({ functionId: () => "unknown" });
	let reply;
	try {
		const { value, headers } = await invoke(message, owner);
		reply = {
			ok: true,
			value: encoder.encode(value, `${optionPath(message.fn)}()`),
			headers: headers && headerPairs(headers),
		};
	} catch (thrown) {
		const error = thrown instanceof Error ? thrown : new Error(String(thrown));
		noteProblem(`${optionPath(message.fn)} threw: ${error.message}`);
		reply = { ok: false, error: encoder.encode(error) };
	}
	await encoder.finish();
	const text = JSON.stringify(reply);
	response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
	response.end(text);
}

/** What the testbed may ask for besides functions of the options. */
const SPECIAL = {
	async $fetch([request]) {
		return { value: await fetchAsTheTestDoes(request) };
	},

	async $dns([operation, ...args]) {
		const dns = await import("node:dns/promises");
		return { value: await (dns[operation] ?? dns.default[operation])(...args) };
	},

	async $adapter([operation, ...args], owner) {
		const { adapter } = await owner.auth.$context;
		return { value: await adapter[operation](...args) };
	},

	async $remote([id, path, ...args]) {
		let self;
		let member = objectOf(id);
		for (const key of path) [self, member] = [member, member?.[key]];
		return { value: typeof member === "function" ? await member.apply(self, args) : member };
	},
};

async function invoke({ fn, args: encoded }, owner) {
	const host = owner?.decodeHost({ $ctx: (context) => ({ endpointContext: context }) }) ?? {};
	const args = encoded.map((arg) => decode(arg, host));
	if (Object.hasOwn(SPECIAL, fn)) return SPECIAL[fn](args, owner);
	const handle = functionOf(fn);
	if (!handle) throw new Error(`there is no function ${fn}`);
	switch (handle.path) {
		case "init":
			return { value: pickOptions(await handle.run(await owner.auth.$context)) };
		case "onRequest":
		case "onResponse":
			return { value: await handle.run(args[0], await owner.auth.$context) };
		default:
			return withEndpointContext(handle, args, owner);
	}
}

/** Of what a plugin's init returns the options can cross the bridge; the context is this side's own. */
const pickOptions = (result) => result && { options: result.options };

/**
 * Sends an outbound request of the testbed with the test's own fetch, so that its mocks answer. Bodies are texts, as
 * mocks expect them.
 */
async function fetchAsTheTestDoes(request) {
	const hasBody = !["GET", "HEAD"].includes(request.method);
	const text = hasBody ? await request.clone().text() : "";
	const mocked = betterFetch.betterFetch;
	if (mocked?.mock) {
		const response = await askMockedBetterFetch(mocked, request, text);
		if (response) return response;
	}
	return globalThis.fetch(request.url, {
		method: request.method,
		headers: request.headers,
		redirect: "manual",
		body: text || undefined,
	});
}

/** Some tests replace better-fetch instead of fetch; such a mock answers { data } or { error }. */
async function askMockedBetterFetch(mocked, request, text) {
	const result = await mocked(request.url, {
		method: request.method,
		headers: Object.fromEntries(request.headers),
		body: parseBody(request, text),
	});
	if (result === undefined) return undefined;
	const status = result.error ? result.error.status || 500 : 200;
	return new Response(JSON.stringify(result.data ?? result.error ?? null), {
		status,
		headers: { "content-type": "application/json" },
	});
}

function parseBody(request, text) {
	if (!text) return undefined;
	try {
		return JSON.parse(text);
	} catch {
		const isForm = request.headers.get("content-type")?.includes("urlencoded");
		return isForm ? new URLSearchParams(text) : text;
	}
}
