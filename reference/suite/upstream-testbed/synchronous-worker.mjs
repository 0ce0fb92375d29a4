// The other thread of synchronous.mjs.
import { parentPort, workerData } from "node:worker_threads";
import { post } from "./post.mjs";

const { memory } = workerData;
const head = new Int32Array(memory, 0, 2);

parentPort.on("message", async ({ url, body }) => {
	const text = await post(url, body).catch((error) =>
		JSON.stringify({ ok: false, error: { $error: { name: "Error", message: error.message } } }),
	);
	head[1] = Buffer.from(memory, 8).write(text);
	Atomics.store(head, 0, 1);
	Atomics.notify(head, 0);
});
