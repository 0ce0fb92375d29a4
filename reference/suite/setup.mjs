// Runs before each test file: counts what every case sends, and cleans up after the file.
import { afterAll, afterEach, beforeEach } from "vitest";
import shared, { newTraffic } from "./bridge/shared.mjs";
import { removeDatabases } from "./bridge/sqlite.mjs";

beforeEach(() => {
	shared.traffic = newTraffic();
});

afterEach(({ task }) => {
	task.meta.traffic = shared.traffic;
});

afterAll(async () => {
	for (const dispose of shared.disposers.splice(0)) await dispose();
	setTimeout(removeDatabases, 0); // after the file's own afterAll hooks, which may still read
});
