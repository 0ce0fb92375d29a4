import http from "node:http";

const agent = new http.Agent({ keepAlive: true });

/** Posts a JSON text and answers the response's text. */
export function post(url, body) {
	const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
	return new Promise((resolve, reject) => {
		const request = http.request(url, { method: "POST", agent, headers }, (message) => {
			const chunks = [];
			message.on("data", (chunk) => chunks.push(chunk));
			message.on("end", () => resolve(Buffer.concat(chunks).toString()));
			message.on("error", reject);
		});
		request.on("error", reject);
		request.end(body);
	});
}
