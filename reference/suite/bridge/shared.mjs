// What the modules of one vitest worker share. Vitest may load a module twice (a setup file, a redirected import), so
// the state lives on globalThis and not in a module.
const state = (globalThis.__suiteBridge ??= {
	// The clock before any test replaced it.
	RealDate: Date,
	realNow: Date.now.bind(Date),
	// What the running case did; replaced for each case by setup.mjs.
	traffic: newTraffic(),
	// Functions that end what a test file started, run after its last case.
	disposers: [],
});

export default state;

/** A fresh account of what one case does. */
export function newTraffic() {
	return { requests: 0, problems: [] };
}

/** Counts a request or call that the running case sends to the testbed. */
export function countRequest() {
	state.traffic.requests++;
}

/** Keeps a sentence that helps to explain a failing case, such as why a registration was refused. */
export function noteProblem(text) {
	const { problems } = state.traffic;
	if (problems.length < 8 && !problems.includes(text)) problems.push(text);
}

/** The clock of the running test in milliseconds, or undefined when it is the real one. */
export function fakeNow() {
	const now = Date.now();
	const isFake = Date !== state.RealDate || Math.abs(now - state.realNow()) > 100;
	return isFake ? now : undefined;
}
