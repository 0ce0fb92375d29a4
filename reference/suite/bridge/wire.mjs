// Plain HTTP to the testbed. Tests replace fetch and node:http's functions, so these are taken before any test runs.
const http = process.getBuiltinModule("node:http");
const httpRequest = http.request;
const agent = new http.Agent({ keepAlive: true });

export const createServer = http.createServer;

/** Sends a request as given and answers { status, statusText, headers: [[name, value]], body }. */
export function send(url, { method, headers, body }) {
	if (!headers.some(([name]) => name === "host")) headers = [...headers, ["host", new URL(url).host]];
	return new Promise((resolve, reject) => {
		const options = { method, agent, maxHeaderSize: 1 << 20, headers: headers.flat() };
		const request = httpRequest(url, options, (message) => {
			const chunks = [];
			message.on("data", (chunk) => chunks.push(chunk));
			message.on("error", reject);
			message.on("end", () =>
				resolve({
					status: message.statusCode,
					statusText: message.statusMessage,
					headers: pairUp(message.rawHeaders),
					body: Buffer.concat(chunks),
				}),
			);
		});
		request.on("error", reject);
		request.end(body);
	});
}

/** Posts a JSON document and reads one back. */
export async function postJson(url, document) {
	const body = JSON.stringify(document);
	const headers = [
		["content-type", "application/json"],
		["content-length", String(Buffer.byteLength(body))],
	];
	const answer = await send(url, { method: "POST", headers, body });
	return JSON.parse(answer.body.toString());
}

/** Closes the connections that are kept. */
export function disconnect() {
	agent.destroy();
}

function pairUp(flat) {
	const pairs = [];
	for (let i = 0; i < flat.length; i += 2) pairs.push([flat[i].toLowerCase(), flat[i + 1]]);
	return pairs;
}
