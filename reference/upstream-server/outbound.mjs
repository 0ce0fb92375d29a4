// Sends every request that the server makes to another party to one address instead, with the meant address in a header.
const to = process.env.OUTBOUND;
const send = globalThis.fetch;
globalThis.fetch = (input, init) => {
	const meant = new Request(input, init);
	const headers = new Headers(meant.headers);
	headers.set("x-outbound-url", meant.url);
	const { body, ...rest } = init ?? {};
	return send(to, { ...rest, method: meant.method, headers, body: body ?? undefined });
};
