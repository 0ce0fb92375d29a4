// Reads tagged JSON, the counterpart of encode.mjs.

/** Statuses whose responses have no body. */
const BODILESS = new Set([101, 204, 205, 304]);

export function headersFrom(pairs) {
	const headers = new Headers();
	for (const [name, value] of pairs) headers.append(name, value);
	return headers;
}

export function responseFrom({ status, statusText, headers, body }) {
	const content = BODILESS.has(status) || body === undefined ? null : body;
	return new Response(content, { status, statusText, headers });
}

/** Tags whose meaning does not depend on who decodes: (payload, inner) → value. */
const COMMON = {
	$undef: () => undefined,
	$promise: () => Promise.resolve(),
	$num: (text) => Number(text),
	$bigint: (text) => BigInt(text),
	$date: (time) => new Date(time === null ? Number.NaN : time),
	$regexp: ([source, flags]) => new RegExp(source, flags),
	$url: (text) => new URL(text),
	$usp: (text) => new URLSearchParams(text),
	$headers: headersFrom,
	$bytes: (text) => new Uint8Array(Buffer.from(text, "base64")),
	$map: (entries, inner) => new Map(entries.map(([key, value]) => [inner(key), inner(value)])),
	$set: (items, inner) => new Set(items.map((item) => inner(item))),
	$obj: (entries, inner) => Object.fromEntries(entries.map(([key, value]) => [key, inner(value, key)])),
	$request({ url, method, headers, body }) {
		const content = body ? Buffer.from(body, "base64") : undefined;
		return new Request(url, { method, headers: headersFrom(headers), body: content });
	},
	$response({ body, headers, ...rest }) {
		const content = body === undefined ? undefined : Buffer.from(body, "base64");
		return responseFrom({ ...rest, headers: headersFrom(headers), body: content });
	},
};

/**
 * Decodes a value. The host has a function for each tag that it can read besides the common ones, called with the tag's
 * payload, the value's path, the whole tagged object and a function that decodes inner values; and apiError, which
 * makes upstream's error from its description.
 */
export function decode(value, host, path = "") {
	if (value === null || typeof value !== "object") return value;
	if (Array.isArray(value)) return value.map((item, i) => decode(item, host, `${path}[${i}]`));
	const keys = Object.keys(value);
	if (keys[0]?.startsWith("$")) return decodeTagged(keys[0], value, host, path);
	const below = (key) => (path ? `${path}.${key}` : key);
	return Object.fromEntries(keys.map((key) => [key, decode(value[key], host, below(key))]));
}

function decodeTagged(tag, value, host, path) {
	const payload = value[tag];
	const inner = (part, key) => decode(part, host, key === undefined ? path : `${path}.${key}`);
	if (tag === "$error") return decodeError(payload, host, inner);
	if (host[tag]) return host[tag](payload, path, value, inner);
	if (COMMON[tag]) return COMMON[tag](payload, inner);
	throw new Error(`${path || "value"}: the tag ${tag} cannot be decoded here`);
}

function decodeError(described, host, inner) {
	if (described.api) {
		const headers = described.headers ? inner(described.headers) : {};
		return host.apiError({ ...described, body: inner(described.body), headers });
	}
	const error = new Error(described.message);
	error.name = described.name;
	if (described.code) error.code = described.code;
	return Object.assign(error, inner(described.props ?? {}));
}
