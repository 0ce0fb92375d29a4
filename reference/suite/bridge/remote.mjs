// One betterAuth() instance of a test, as it lives in the testbed.
import { statusCodes } from "better-call";
import { apiError, errorHeaders } from "./errors.mjs";
import { callbackUrl, owners } from "./callbacks.mjs";
import { decode, headersFrom, responseFrom } from "./decode.mjs";
import { describeOptions, describeSpecial } from "./describe.mjs";
import { Encoder, headerPairs } from "./encode.mjs";
import { functionId, functionOf, objectOf } from "./handles.mjs";
import { countRequest, fakeNow, noteProblem } from "./shared.mjs";
import { postJson, send } from "./wire.mjs";

const testbed = process.env.SUITE_TESTBED;

/** Variables that upstream reads. */
const ENVIRONMENT = [
	"NODE_ENV",
	"TEST",
	"VITEST",
	"BETTER_AUTH_SECRET",
	"BETTER_AUTH_SECRETS",
	"AUTH_SECRET",
	"BETTER_AUTH_URL",
	"NEXT_PUBLIC_BETTER_AUTH_URL",
	"PUBLIC_BETTER_AUTH_URL",
	"NUXT_PUBLIC_BETTER_AUTH_URL",
	"BASE_URL",
	"BETTER_AUTH_TRUSTED_ORIGINS",
	"BETTER_AUTH_TELEMETRY",
	"VERCEL_URL",
	"VERCEL_ENV",
];

/** Parts of an auth.api call that the testbed reads. */
const CALL_PARTS = ["body", "query", "params", "headers", "request", "method", "asResponse", "returnHeaders", "returnStatus"];

/** Headers of one connection, not of the message. */
const HOP_BY_HOP = new Set(["connection", "content-length", "transfer-encoding", "keep-alive", "date"]);

const STATUS_NAMES = new Map(Object.entries(statusCodes).map(([name, status]) => [status, name]));

/**
 * In process, upstream's error answers carry the name of their status, "UNAUTHORIZED". No server sends that: HTTP/2 has no
 * reason phrase, and over HTTP/1.1 Node and Go send their own. It is put back here; an empty 404 is the router's.
 */
function statusTextOf({ status, statusText, body }) {
	if (status < 300 || (status === 404 && body.length === 0)) return statusText;
	return STATUS_NAMES.get(status) ?? statusText;
}

export class RemoteAuth {
	#options;
	#minimal;
	#registration; // { key, done: Promise } of the options as they were last seen
	#base;
	#local;

	/**
	 * @param {object} options  what the test gave to betterAuth()
	 * @param {object} auth     upstream's own instance of it: metadata, $context, and endpoints that stay local
	 * @param {boolean} minimal whether it is the one without database adapters
	 */
	constructor(options, auth, minimal) {
		this.#options = options;
		this.#minimal = minimal;
		this.auth = auth;
	}

	/** An encoder for values of this instance. */
	encoder(extra) {
		return new Encoder({ functionId: (run, path) => functionId(run, path, this), errorHeaders, ...extra });
	}

	/** A decoder's host for values of this instance. */
	decodeHost(extra) {
		return {
			apiError,
			$fn: (id) => functionOf(id)?.run ?? (() => {}),
			$remote: (id) => objectOf(id),
			$role: (statements) => statements,
			$ac: (statements) => statements,
			$ctx: (context) => context,
			...extra,
		};
	}

	/** Makes the instance in the testbed, and a new one whenever the test changed its options or environment. */
	async #ensure() {
		await this.auth.$context.catch(() => {}); // the testbed reports what is wrong with the options
		const encoder = this.encoder({ special: describeSpecial });
		const { options, local } = describeOptions(this.#options, (value, path) => encoder.encode(value, path), this);
		await encoder.finish();
		const env = Object.fromEntries(ENVIRONMENT.map((name) => [name, process.env[name] ?? null]));
		const key = JSON.stringify([options, env]);
		if (this.#registration?.key !== key) {
			this.#local = local;
			this.#registration = { key, done: this.#register(options, env) };
		}
		await this.#registration.done;
	}

	async #register(options, env) {
		const answer = await postJson(`${testbed}/__testbed/instances`, {
			options,
			callbackUrl: await callbackUrl(),
			env,
			minimal: this.#minimal,
			now: fakeNow(),
		});
		if (answer.ok) {
			this.#base = answer.base;
			owners.set(answer.id, this);
			return;
		}
		this.#registration = undefined;
		const error = decode(answer.error, this.decodeHost());
		noteProblem(`registration refused: ${error?.message}`);
		throw error instanceof Error ? error : new Error("the testbed refused the registration");
	}

	/** auth.handler */
	async handler(request) {
		countRequest();
		await this.#ensure();
		const { pathname, search } = new URL(request.url);
		if (this.#local.hasPath(pathname, this.#options.basePath)) return this.auth.original.handler(request);
		const body = request.body ? Buffer.from(await request.clone().arrayBuffer()) : undefined;
		const answer = await send(this.#base + pathname + search, {
			method: request.method,
			headers: this.#requestHeaders(request, body),
			body,
		});
		if (answer.headers.some(([name]) => name === "x-testbed-throw")) {
			throw decode(JSON.parse(answer.body.toString()).error, this.decodeHost());
		}
		return responseFrom({
			status: answer.status,
			statusText: statusTextOf(answer),
			headers: headersFrom(answer.headers.filter(([name]) => !HOP_BY_HOP.has(name))),
			body: answer.body,
		});
	}

	#requestHeaders(request, body) {
		const headers = headerPairs(request.headers).filter(([name]) => !HOP_BY_HOP.has(name) || name === "date");
		headers.push(["x-testbed-url", request.url]);
		const now = fakeNow();
		if (now !== undefined) headers.push(["x-testbed-now", String(now)]);
		if (request.headers.has("host")) headers.push(["x-testbed-headers", "host"]);
		else headers.push(["host", "testbed.invalid"]); // which the testbed takes away again
		if (body) headers.push(["content-length", String(body.length)]);
		return headers;
	}

	/** auth.api[name] */
	async call(name, input) {
		countRequest();
		await this.#ensure();
		if (this.#local.hasName(name)) return this.auth.original.api[name](input);
		const encoder = this.encoder({ keepUndefined: true });
		const encoded = encoder.encode(callInput(input));
		await encoder.finish();
		const answer = await postJson(`${this.#base}/__call`, { name, input: encoded, now: fakeNow() });
		if (answer.noSuchApi) {
			noteProblem(`the testbed has no auth.api.${name}`);
			return this.auth.original.api[name](input);
		}
		if (answer.ok) return decode(answer.value, this.decodeHost());
		throw decode(answer.error, this.decodeHost());
	}
}

function callInput(input) {
	if (!input || typeof input !== "object") return input;
	const parts = CALL_PARTS.filter((key) => key in input).map((key) => [key, input[key]]);
	const sent = Object.fromEntries(parts);
	if (sent.headers && typeof sent.headers === "object" && !(sent.headers instanceof Headers)) {
		sent.headers = new Headers(sent.headers);
	}
	return sent;
}
