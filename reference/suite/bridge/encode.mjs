// Writes JavaScript values as tagged JSON: what JSON lacks becomes an object whose one key begins with "$".

/** Deeper values are left out: nothing that crosses the bridge nests like that, except by accident. */
const MAX_DEPTH = 14;

/** Properties of an error that have a place of their own in its description. */
const ERROR_PROPERTIES = new Set(["status", "statusCode", "body", "headers", "name", "message", "stack"]);

// Fake timers and other realms bring classes of their own, so instanceof is not enough.
const isA = (name, value) => Object.prototype.toString.call(value) === `[object ${name}]`;

const isPlainObject = (value) => {
	const prototype = Object.getPrototypeOf(value);
	return prototype === null || prototype === Object.prototype || prototype?.constructor?.name === "Object";
};

/** Headers as a list of pairs; Set-Cookie lines stay apart. */
export function headerPairs(headers) {
	const pairs = [];
	headers?.forEach?.((value, name) => pairs.push([name, value]));
	return pairs;
}

/**
 * What an encoder asks of its surroundings.
 *
 * @typedef {object} EncodeHost
 * @property {(f: Function, path: string) => string} functionId  the handle of a function
 * @property {(value: object, path: string, encode: Function) => object|undefined} [special]  descriptions that win over all others
 * @property {(context: object, encode: Function) => object} [endpointContext]  describes better-call's endpoint context
 * @property {(error: Error) => Array} [errorHeaders]  headers that better-call hides on an error
 * @property {boolean} [keepUndefined]  write properties that are undefined
 */

/** Encodes one message. */
export class Encoder {
	#host;
	#open = new Set(); // objects being written, to notice cycles
	#bodies = []; // bodies that are still being read

	/** @param {EncodeHost} host */
	constructor(host) {
		this.#host = host;
	}

	/** Waits for the bodies of the requests and responses that were encoded. */
	async finish() {
		await Promise.all(this.#bodies);
	}

	encode(value, path = "", depth = 0) {
		switch (typeof value) {
			case "string":
			case "boolean":
				return value;
			case "undefined":
			case "symbol":
				return { $undef: true };
			case "number":
				return Number.isFinite(value) ? value : { $num: String(value) };
			case "bigint":
				return { $bigint: value.toString() };
			case "function":
				return { $fn: this.#host.functionId(value, path) };
		}
		if (value === null) return null;
		if (isA("Date", value)) {
			const time = Number(value);
			return { $date: Number.isNaN(time) ? null : time };
		}
		if (depth > MAX_DEPTH || this.#open.has(value)) return { $undef: true };
		this.#open.add(value);
		try {
			return this.#object(value, path, depth);
		} finally {
			this.#open.delete(value);
		}
	}

	#object(value, path, depth) {
		const inner = (part, partPath) => this.encode(part, partPath, depth + 1);
		return (
			this.#host.special?.(value, path, inner) ??
			this.#webObject(value) ??
			this.#builtin(value, path, inner) ??
			this.#duckTyped(value, path, inner) ??
			this.#plain(value, path, inner)
		);
	}

	/** Objects of the fetch standard. */
	#webObject(value) {
		if (isA("URL", value)) return { $url: value.href };
		if (isA("Headers", value)) return { $headers: headerPairs(value) };
		if (value instanceof URLSearchParams) return { $usp: value.toString() };
		if (isA("Request", value)) {
			const described = { url: value.url, method: value.method, headers: headerPairs(value.headers) };
			this.#readBody(value, described);
			return { $request: described };
		}
		if (isA("Response", value)) {
			const described = { status: value.status, statusText: value.statusText, headers: headerPairs(value.headers) };
			this.#readBody(value, described);
			return { $response: described };
		}
	}

	/** The body comes later than the rest: finish waits for it. */
	#readBody(message, described) {
		if (!message.body || message.bodyUsed) return;
		const read = message.clone().arrayBuffer();
		this.#bodies.push(
			read.then(
				(bytes) => {
					described.body = Buffer.from(bytes).toString("base64");
				},
				() => {}, // a body that cannot be read is sent as none
			),
		);
	}

	#builtin(value, path, inner) {
		if (value instanceof RegExp) return { $regexp: [value.source, value.flags] };
		if (value instanceof ArrayBuffer) return { $bytes: Buffer.from(value).toString("base64") };
		if (ArrayBuffer.isView(value)) {
			return { $bytes: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64") };
		}
		if (value instanceof Map) return { $map: [...value].map(([key, item]) => [inner(key, path), inner(item, path)]) };
		if (value instanceof Set) return { $set: [...value].map((item) => inner(item, path)) };
		if (value instanceof Error) return { $error: this.#error(value, path, inner) };
		if (Array.isArray(value)) return value.map((item, i) => inner(item, `${path}[${i}]`));
		if (typeof value.then === "function") return { $promise: true };
	}

	#error(error, path, inner) {
		const { headers } = error;
		const props = {};
		for (const key of Object.keys(error)) {
			if (ERROR_PROPERTIES.has(key) || typeof error[key] === "function") continue;
			props[key] = inner(error[key], `${path}.${key}`);
		}
		return {
			name: error.name,
			message: error.message,
			api: error.name === "APIError" || "statusCode" in error,
			status: error.status,
			statusCode: error.statusCode,
			body: error.body === undefined ? undefined : inner(error.body, `${path}.body`),
			headers: headers && (headers instanceof Headers ? { $headers: headerPairs(headers) } : { ...headers }),
			code: error.code,
			props,
			hdrs2: this.#host.errorHeaders?.(error),
		};
	}

	/** Objects that are recognised by what they can do: validators, roles, access control, endpoint contexts. */
	#duckTyped(value, path, inner) {
		const schema = value["~standard"];
		if (schema?.validate) {
			const validate = (input) => schema.validate(input);
			return {
				$schema: {
					vendor: schema.vendor,
					validate: { $fn: this.#host.functionId(validate, `${path}.validate`) },
					optional: value._zod?.optin === "optional" || undefined,
				},
			};
		}
		if (value.statements && isPlainObject(value)) {
			if (typeof value.authorize === "function") return { $role: inner(value.statements, path) };
			if (typeof value.newRole === "function") return { $ac: inner(value.statements, path) };
		}
		if (this.#host.endpointContext && value.context?.internalAdapter) {
			return { $ctx: this.#host.endpointContext(value, inner) };
		}
	}

	#plain(value, path, inner) {
		const entries = [];
		for (const key of Object.keys(value)) {
			let item;
			try {
				item = value[key];
			} catch {
				continue; // a getter that throws outside its own context
			}
			if (item === undefined && !this.#host.keepUndefined) continue;
			entries.push([key, inner(item, path ? `${path}.${key}` : key)]);
		}
		if (entries.some(([key]) => key.startsWith("$"))) return { $obj: entries };
		return Object.fromEntries(entries);
	}
}
