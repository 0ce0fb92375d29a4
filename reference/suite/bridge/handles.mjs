// Handles by which the testbed names the functions and objects of a test.
const ids = new WeakMap(); // function or object → handle
const functions = new Map(); // handle → { run, owner, path }
const objects = new Map(); // handle → object
let last = 0;

/** The handle of an option function; the part behind the colon says where in the options it is. */
export function functionId(run, path, owner) {
	const id = ids.get(run) ?? `f${++last}:${path}`;
	ids.set(run, id);
	functions.set(id, { run, owner, path });
	return id;
}

/** The handle of an object whose methods the testbed may call. */
export function objectId(object, path) {
	const id = ids.get(object) ?? `o${++last}:${path}`;
	ids.set(object, id);
	objects.set(id, object);
	return id;
}

export const functionOf = (id) => functions.get(id);
export const objectOf = (id) => objects.get(id);

/** Which methods an object has, by name, so that the testbed can offer the same. */
export function shapeOf(object, depth = 0) {
	const shape = {};
	if (depth > 4) return shape;
	for (const [key, value] of Object.entries(object)) {
		if (typeof value === "function") shape[key] = "fn";
		else if (value && typeof value === "object" && !Array.isArray(value)) shape[key] = shapeOf(value, depth + 1);
	}
	return shape;
}
