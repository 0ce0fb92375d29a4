// Upstream itself behind the testbed protocol.
//
//   node main.mjs            everything works: what passes against this is the ceiling
//   node main.mjs --basic    only sign-up, sign-in and get-session work: a control
import http from "node:http";
import { current } from "./world.mjs";
import { Instance } from "./instance.mjs";
import { decode } from "../bridge/decode.mjs";

/** How long an answer waits for callbacks that the server did not await, such as mails. */
const SETTLE_MS = 100;

const basicOnly = process.argv.includes("--basic");
const BASIC_CALLS = new Set(["signUpEmail", "signInEmail", "getSession"]);
const BASIC_PATHS = /\/(sign-up\/email|sign-in\/email|get-session)$/;
const NOT_IMPLEMENTED = { code: "NOT_IMPLEMENTED", message: "not implemented" };

/** Headers of the connection or the protocol, which the server under test does not see. */
const NOT_FORWARDED = new Set([
	"host",
	"connection",
	"content-length",
	"transfer-encoding",
	"x-testbed-url",
	"x-testbed-now",
	"x-testbed-headers",
]);

const instances = new Map();
let last = 0;

const server = http.createServer({ maxHeaderSize: 1 << 20 }, async (request, response) => {
	try {
		await route(request, response);
	} catch (error) {
		console.error(error);
		answerJson(response, { ok: false, error: { $error: { name: "Error", message: `testbed: ${error.message}` } } }, 500);
	}
});

async function route(request, response) {
	const { url, method } = request;
	if (url === "/__testbed/ping") return answerJson(response, { ok: true, impl: "upstream", version: "1.6.9" });
	if (url === "/__testbed/instances" && method === "POST") return register(request, response);
	const [, removed] = /^\/__testbed\/instances\/(\d+)$/.exec(url) ?? [];
	if (removed) return remove(removed, response);
	const [, id, rest] = /^\/i\/(\d+)(\/.*)$/.exec(url) ?? [];
	const instance = instances.get(id);
	if (!instance) return answerJson(response, { ok: false, error: "no such instance" }, 410);
	const body = await readBody(request);
	instance.applyEnvironment();
	if (rest === "/__call") return call(instance, JSON.parse(body), response);
	if (basicOnly && !BASIC_PATHS.test(rest.split("?")[0])) return answerJson(response, NOT_IMPLEMENTED, 501);
	return forward(instance, request, body, response);
}

async function register(request, response) {
	const description = JSON.parse(await readBody(request));
	const instance = new Instance(String(++last), description);
	try {
		await current.run({ instance, now: description.now }, () => instance.start());
	} catch (error) {
		return answerJson(response, { ok: false, error: instance.encoder().encode(error) });
	}
	instances.set(instance.id, instance);
	const base = `http://127.0.0.1:${server.address().port}/i/${instance.id}`;
	answerJson(response, { ok: true, id: instance.id, base });
}

function remove(id, response) {
	instances.get(id)?.close();
	instances.delete(id);
	answerJson(response, { ok: true });
}

/** auth.api[name](input) */
async function call(instance, { name, input, now }, response) {
	const store = { instance, now };
	await current.run(store, async () => {
		const encoder = instance.encoder();
		let result;
		try {
			if (basicOnly && !BASIC_CALLS.has(name)) throw decode({ $error: NOT_IMPLEMENTED_ERROR }, instance.decodeHost());
			const endpoint = instance.auth.api[name];
			if (!endpoint) return answerJson(response, { ok: false, noSuchApi: true });
			result = { ok: true, value: encoder.encode(await endpoint(decode(input, instance.decodeHost()))) };
		} catch (error) {
			result = { ok: false, error: encoder.encode(error instanceof Error ? error : new Error(String(error))) };
		}
		await encoder.finish();
		await settle(store);
		answerJson(response, result);
	});
}

const NOT_IMPLEMENTED_ERROR = { api: true, status: "NOT_IMPLEMENTED", statusCode: 501, body: NOT_IMPLEMENTED };

/** auth.handler(request) */
async function forward(instance, request, body, response) {
	const now = request.headers["x-testbed-now"];
	const store = { instance, now: now === undefined ? undefined : Number(now) };
	let answer;
	try {
		answer = await current.run(store, () => instance.auth.handler(originalRequest(request, body)));
	} catch (error) {
		response.setHeader("x-testbed-throw", "1");
		return answerJson(response, { error: instance.encoder().encode(error) }, 500);
	}
	await settle(store);
	const headers = [];
	answer.headers.forEach((value, name) => headers.push(name, value));
	const content = answer.body ? Buffer.from(await answer.arrayBuffer()) : undefined;
	response.writeHead(answer.status, answer.statusText || undefined, headers);
	response.end(content);
}

/** The request as the test made it. */
function originalRequest(request, body) {
	const keepsHost = request.headers["x-testbed-headers"]?.includes("host");
	const headers = new Headers();
	for (let i = 0; i < request.rawHeaders.length; i += 2) {
		const name = request.rawHeaders[i].toLowerCase();
		if (!NOT_FORWARDED.has(name) || (name === "host" && keepsHost)) headers.append(name, request.rawHeaders[i + 1]);
	}
	const mayHaveBody = !["GET", "HEAD"].includes(request.method);
	const hasBody = mayHaveBody && (body.length > 0 || "content-length" in request.headers);
	return new Request(request.headers["x-testbed-url"], {
		method: request.method,
		headers,
		body: hasBody ? body : undefined,
	});
}

/** Tests look at their senders right after an answer, so callbacks under way get a moment. */
async function settle({ inflight }) {
	if (!inflight?.size) return;
	const moment = new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
	await Promise.race([Promise.allSettled(inflight), moment]);
}

async function readBody(request) {
	const chunks = [];
	for await (const chunk of request) chunks.push(chunk);
	return Buffer.concat(chunks);
}

function answerJson(response, document, status = 200) {
	const text = JSON.stringify(document);
	response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
	response.end(text);
}

// What a server under test leaves unhandled must not end the testbed.
process.on("unhandledRejection", (error) => console.error("unhandled rejection:", error?.message));
process.on("uncaughtException", (error) => console.error("uncaught exception:", error?.message));
server.keepAliveTimeout = 60_000;
server.listen(Number(process.env.TESTBED_PORT ?? 0), "127.0.0.1", () => console.log(`LISTEN ${server.address().port}`));
