// One betterAuth() of a test, made from its description.
import { DatabaseSync } from "node:sqlite";
import { betterAuth } from "better-auth";
import { APIError } from "better-auth/api";
import { betterAuth as minimalBetterAuth } from "better-auth/minimal";
import { createAccessControl, role } from "better-auth/plugins/access";
import { kAPIErrorHeaderSymbol } from "better-call";
import { decode, headersFrom } from "../bridge/decode.mjs";
import { Encoder, headerPairs } from "../bridge/encode.mjs";
import { asMiddleware, makeFromFactory, makeInline, makePlugin } from "./plugins.mjs";
import { post } from "./post.mjs";
import { postSync } from "./synchronous.mjs";
import { current } from "./world.mjs";

/** Options, by the end of their path, that upstream calls without await. */
const SYNCHRONOUS = new RegExp(
	`(^|\\.)(${[
		"ackPolicy",
		"authorize",
		"backgroundTasks\\.handler",
		"customAPIKeyGetter",
		"customResolveMethod",
		"customSyntheticUser",
		"defaultValue",
		"displayUsernameNormalization",
		"errorURL",
		"generateClientId",
		"generateClientSecret",
		"generateId",
		"generateOTP",
		"generateOpaqueAccessToken",
		"generateRefreshToken",
		"generateState",
		"generator",
		"getTempEmail",
		"getTempName",
		"input",
		"isTrusted",
		"log",
		"maxAge",
		"normalizer",
		"onUpdate",
		"output",
		"requestSignUp",
		"shouldSkip",
		"skip",
		"trustedProxy",
		"usernameNormalization",
		"validate",
		"validateToken",
	].join("|")})$`,
);

const ADAPTER_OPERATIONS = ["create", "findOne", "findMany", "count", "update", "updateMany", "delete", "deleteMany"];

const errorHeaders = (error) => headerPairs(error[kAPIErrorHeaderSymbol]);

function apiError({ status, statusCode, body, headers = {}, message, hdrs2 = [] }) {
	const error = new APIError(status ?? statusCode ?? 500, body, headers);
	if (statusCode) error.statusCode = statusCode;
	if (message) error.message = message;
	if (hdrs2.length > 0) {
		Object.defineProperty(error, kAPIErrorHeaderSymbol, { value: headersFrom(hdrs2), configurable: true });
	}
	return error;
}

export class Instance {
	#description;
	#database;

	constructor(id, description) {
		this.id = id;
		this.#description = description;
	}

	/** Sets the variables that upstream reads; all instances share them, and their tests set the same. */
	applyEnvironment() {
		for (const [name, value] of Object.entries(this.#description.env ?? {})) {
			if (value === null) delete process.env[name];
			else process.env[name] = value;
		}
	}

	async start() {
		this.applyEnvironment();
		const options = decode(this.#description.options, this.decodeHost());
		options.plugins = options.plugins?.filter(Boolean);
		const make = this.#description.minimal ? minimalBetterAuth : betterAuth;
		this.auth = make(options);
		await this.auth.$context;
	}

	close() {
		this.#database?.close();
	}

	encoder() {
		return new Encoder({ functionId: () => "local", keepUndefined: true, errorHeaders, endpointContext });
	}

	/** Calls a function of the test. Those that nobody awaits are remembered, see settle. */
	callback(id, args) {
		const called = this.#post(id, args);
		const store = current.getStore();
		if (store && id.startsWith("f")) {
			store.inflight ??= new Set();
			const settled = called.catch(() => {}).finally(() => store.inflight.delete(settled));
			store.inflight.add(settled);
		}
		return called;
	}

	async #post(id, args) {
		const encoder = this.encoder();
		const message = this.#message(id, args, encoder);
		await encoder.finish();
		return this.#read(await post(this.#description.callbackUrl, JSON.stringify(message)));
	}

	callbackSync(id, args) {
		const message = this.#message(id, args, this.encoder());
		return this.#read(postSync(this.#description.callbackUrl, JSON.stringify(message)));
	}

	#message(id, args, encoder) {
		return { instance: this.id, fn: id, args: args.map((arg) => encoder.encode(arg)) };
	}

	#read(text) {
		const reply = JSON.parse(text);
		if (reply.ok) return decode(reply.value, this.decodeHost());
		throw decode(reply.error, this.decodeHost());
	}

	decodeHost() {
		return {
			apiError,
			$fn: (id, path) => this.#functionFor(id, path),
			$remote: (id, _path, { shape }) => this.#remote(id, [], shape ?? {}),
			$schema: (schema) => this.#schema(schema),
			$role: (statements, _path, _whole, inner) => role(inner(statements)),
			$ac: (statements, _path, _whole, inner) => createAccessControl(inner(statements)),
			$ctx: (context) => context,
			$plugin: (described) => makePlugin(described, this),
			$factory: (described) => makeFromFactory(described, this),
			$inline: (described) => makeInline(described, this),
			$adapter: (described) => () => this.#adapter(described),
			$sqlite: (file) => this.#open(file),
		};
	}

	#functionFor(id, path) {
		if (/(^|\.)hooks\.(before|after)$/.test(path)) return asMiddleware(id, this);
		const synchronous = SYNCHRONOUS.test(path.replace(/\[\d+\]/g, ""));
		return synchronous ? (...args) => this.callbackSync(id, args) : (...args) => this.callback(id, args);
	}

	#schema({ vendor, validate }) {
		return { "~standard": { version: 1, vendor, validate: (value) => this.callbackSync(validate.$fn, [value]) } };
	}

	/** A client object of the test, method by method. */
	#remote(id, path, shape) {
		const object = {};
		for (const [key, part] of Object.entries(shape)) {
			const at = [...path, key];
			if (part !== "fn") object[key] = this.#remote(id, at, part);
			else if (key === "constructEvent") object[key] = (...args) => this.callbackSync("$remote", [id, at, ...args]);
			else object[key] = (...args) => this.callback("$remote", [id, at, ...args]);
		}
		return object;
	}

	/** A database that lives in the test. */
	#adapter({ id, options }) {
		const adapter = { id: id || "remote", options };
		for (const operation of ADAPTER_OPERATIONS) {
			adapter[operation] = (...args) => this.callback("$adapter", [operation, ...args]);
		}
		adapter.transaction = (run) => run(adapter);
		return adapter;
	}

	#open(file) {
		this.#database = new DatabaseSync(file);
		this.#database.exec("PRAGMA busy_timeout=5000; PRAGMA synchronous=OFF;");
		return this.#database;
	}
}

/** Describes better-call's endpoint context. */
function endpointContext(live, encode) {
	const { context = {}, headers, request } = live;
	const optional = (value) => (value ? encode(value) : undefined);
	return {
		path: live.path,
		method: live.method,
		body: encode(live.body),
		query: encode(live.query),
		params: encode(live.params),
		headers: headers ? encode(headers instanceof Headers ? headers : new Headers(headers)) : null,
		request: request ? encode(withoutBody(request)) : null,
		context: {
			session: encode(context.session),
			newSession: encode(context.newSession),
			returned: encode(context.returned),
			responseHeaders: optional(context.responseHeaders) ?? null,
			baseURL: context.baseURL,
			optionsBaseURL: encode(context.options?.baseURL),
			authCookies: optional(context.authCookies),
			trustedOrigins: optional(context.trustedOrigins),
		},
	};
}

/** The endpoint may have read the body already. */
function withoutBody(request) {
	if (!(request instanceof Request)) return request;
	return new Request(request.url, { method: request.method, headers: request.headers });
}
