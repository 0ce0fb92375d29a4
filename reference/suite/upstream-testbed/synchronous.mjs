// Calls a function of a test and waits for its result without returning to the event loop: upstream calls some option
// functions without await. Another thread does the HTTP.
import { Worker } from "node:worker_threads";

const RESULT_BYTES = 8 << 20;
const TIMEOUT_MS = 5000;

// Two integers, whether the result is there and how long it is, and then the result.
const memory = new SharedArrayBuffer(8 + RESULT_BYTES);
const head = new Int32Array(memory, 0, 2);
const worker = new Worker(new URL("./synchronous-worker.mjs", import.meta.url), { workerData: { memory } });

/** Posts a JSON text and returns the answer's text. */
export function postSync(url, body) {
	Atomics.store(head, 0, 0);
	worker.postMessage({ url, body });
	if (Atomics.wait(head, 0, 0, TIMEOUT_MS) === "timed-out") throw new Error("a synchronous callback took too long");
	return Buffer.from(Buffer.from(memory, 8, head[1])).toString();
}
