// Drives the official Better Auth client, unmodified, through the core flows of a
// running server with the profile "core".
//
//   BASE_URL=http://localhost:3000 OUTBOX=/path/outbox.jsonl node check.mjs
//
// Without OUTBOX the flows that read a mail are skipped.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createAuthClient } from "better-auth/client";
import { inferAdditionalFields } from "better-auth/client/plugins";

const BASE_URL = process.env.BASE_URL;
if (!BASE_URL) {
	console.error("set BASE_URL to the server's origin, such as http://localhost:3000");
	process.exit(2);
}
const OUTBOX = process.env.OUTBOX;
const PASSWORD = "correct horse battery";
const MAIL_WAIT_MS = 3000;
const origin = new URL(BASE_URL).origin;

/** A browser: the official client over a fetch that keeps cookies as one would. */
function browser() {
	const jar = new Map();
	const fetchWithCookies = async (input, init = {}) => {
		const headers = new Headers(init.headers);
		headers.set("origin", origin);
		if (jar.size > 0) headers.set("cookie", [...jar].map(([k, v]) => `${k}=${v}`).join("; "));
		const response = await fetch(input, { ...init, headers, redirect: "manual" });
		for (const line of response.headers.getSetCookie()) keep(jar, line);
		return response;
	};
	const client = createAuthClient({
		baseURL: BASE_URL,
		plugins: [
			inferAdditionalFields({
				user: {
					nickname: { type: "string", required: false },
					age: { type: "number", required: false },
				},
			}),
		],
		fetchOptions: { customFetchImpl: fetchWithCookies, credentials: "include" },
	});
	return { client, jar, fetch: fetchWithCookies };
}

function keep(jar, line) {
	const [pair, ...attributes] = line.split(";").map((part) => part.trim());
	const at = pair.indexOf("=");
	const name = pair.slice(0, at);
	if (attributes.some((a) => a.toLowerCase() === "max-age=0")) jar.delete(name);
	else jar.set(name, pair.slice(at + 1));
}

let serial = 0;
const run = `${Date.now()}${process.pid}`;
const address = (who) => `${who}.${run}.${++serial}@example.com`;

/** A browser that just signed up. */
async function member(name = "Ada") {
	const b = browser();
	const email = address("member");
	const { data, error } = await b.client.signUp.email({ name, email, password: PASSWORD });
	assert.equal(error, null);
	return { ...b, email, user: data.user, token: data.token };
}

const messages = () => fs.readFileSync(OUTBOX, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));

/** The newest message of a type to an address. */
async function mail(type, to) {
	for (let waited = 0; waited < MAIL_WAIT_MS; waited += 50) {
		const found = messages().findLast((m) => m.type === type && m.to === to);
		if (found) return found;
		await new Promise((wake) => setTimeout(wake, 50));
	}
	throw new Error(`no ${type} to ${to}`);
}

async function signedIn(b) {
	const { data } = await b.client.getSession();
	return data;
}

const good = ({ data, error }) => {
	assert.equal(error, null, JSON.stringify(error));
	return data;
};

const refused = ({ data, error }, status, code) => {
	assert.equal(data, null);
	assert.equal(error.status, status);
	if (code) assert.equal(error.code, code);
};

const flows = {
	"signs up, and the session holds the user": async () => {
		const m = await member("Ada Lovelace");
		assert.equal(m.user.email, m.email);
		assert.equal(m.user.emailVerified, false);
		const session = await signedIn(m);
		assert.equal(session.user.name, "Ada Lovelace");
		assert.equal(session.session.token, m.token);
		assert.ok(session.session.expiresAt instanceof Date, "the client parses dates");
	},
	"refuses an address in use": async () => {
		const m = await member();
		refused(await browser().client.signUp.email({ name: "x", email: m.email, password: PASSWORD }), 422, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
	},
	"refuses short passwords and bad addresses": async () => {
		const { client } = browser();
		refused(await client.signUp.email({ name: "x", email: address("short"), password: "short" }), 400, "PASSWORD_TOO_SHORT");
		refused(await client.signUp.email({ name: "x", email: "nonsense", password: PASSWORD }), 400);
	},
	"signs in and out": async () => {
		const m = await member();
		const b = browser();
		const data = good(await b.client.signIn.email({ email: m.email, password: PASSWORD }));
		assert.equal(data.user.id, m.user.id);
		assert.equal(data.redirect, false);
		assert.deepEqual(good(await b.client.signOut()), { success: true });
		assert.equal(await signedIn(b), null);
		assert.notEqual(await signedIn(m), null);
	},
	"refuses a wrong password": async () => {
		const m = await member();
		const b = browser();
		refused(await b.client.signIn.email({ email: m.email, password: "wrong password" }), 401, "INVALID_EMAIL_OR_PASSWORD");
		refused(await b.client.signIn.email({ email: address("nobody"), password: PASSWORD }), 401, "INVALID_EMAIL_OR_PASSWORD");
		assert.equal(await signedIn(b), null);
	},
	"forgets when asked to": async () => {
		const m = await member();
		const b = browser();
		good(await b.client.signIn.email({ email: m.email, password: PASSWORD, rememberMe: false }));
		const { session } = await signedIn(b);
		const hours = (session.expiresAt - Date.now()) / 3_600_000;
		assert.ok(hours > 23 && hours < 25, `${hours} hours`);
	},
	"tells where to go after signing in": async () => {
		const m = await member();
		const data = good(await browser().client.signIn.email({ email: m.email, password: PASSWORD, callbackURL: "/dashboard" }));
		assert.equal(data.url, "/dashboard");
		assert.equal(data.redirect, true);
	},
	"calls back on success and on error": async () => {
		const m = await member();
		const seen = [];
		const hooks = { onSuccess: () => seen.push("success"), onError: () => seen.push("error") };
		await browser().client.signIn.email({ email: m.email, password: PASSWORD }, hooks);
		await browser().client.signIn.email({ email: m.email, password: "wrong password" }, hooks);
		assert.deepEqual(seen, ["success", "error"]);
	},
	"updates the user": async () => {
		const m = await member();
		good(await m.client.updateUser({ name: 'New "name" 😀 <&>', image: "https://cdn.example.com/a.png", nickname: "ad", age: 36 }));
		const { user } = await signedIn(m);
		assert.equal(user.name, 'New "name" 😀 <&>');
		assert.equal(user.image, "https://cdn.example.com/a.png");
		assert.equal(user.nickname, "ad");
		assert.equal(user.age, 36);
		refused(await m.client.updateUser({ email: "x@example.com" }), 400, "EMAIL_CAN_NOT_BE_UPDATED");
	},
	"lists and revokes sessions": async () => {
		const m = await member();
		const others = [browser(), browser(), browser()];
		for (const b of others) good(await b.client.signIn.email({ email: m.email, password: PASSWORD }));
		const list = good(await m.client.listSessions());
		assert.equal(list.length, 4);
		const first = (await signedIn(others[0])).session;
		assert.deepEqual(good(await m.client.revokeSession({ token: first.token })), { status: true });
		assert.equal(await signedIn(others[0]), null);
		good(await others[1].client.revokeOtherSessions());
		assert.equal(await signedIn(m), null);
		assert.equal(await signedIn(others[2]), null);
		assert.notEqual(await signedIn(others[1]), null);
		good(await others[1].client.revokeSessions());
		assert.equal(await signedIn(others[1]), null);
	},
	"changes the password": async () => {
		const m = await member();
		const other = browser();
		good(await other.client.signIn.email({ email: m.email, password: PASSWORD }));
		refused(await m.client.changePassword({ currentPassword: "wrong password", newPassword: "another password" }), 400, "INVALID_PASSWORD");
		const data = good(await m.client.changePassword({ currentPassword: PASSWORD, newPassword: "another password", revokeOtherSessions: true }));
		assert.equal(data.user.id, m.user.id);
		assert.equal((await signedIn(m)).session.token, data.token);
		assert.equal(await signedIn(other), null);
		refused(await browser().client.signIn.email({ email: m.email, password: PASSWORD }), 401);
		good(await browser().client.signIn.email({ email: m.email, password: "another password" }));
	},
	"lists accounts and keeps the last one": async () => {
		const m = await member();
		const accounts = good(await m.client.listAccounts());
		assert.equal(accounts.length, 1);
		assert.equal(accounts[0].providerId, "credential");
		assert.equal(accounts[0].password, undefined);
		refused(await m.client.unlinkAccount({ providerId: "credential" }), 400, "FAILED_TO_UNLINK_LAST_ACCOUNT");
	},
	"asks for a session where one is needed": async () => {
		const { client } = browser();
		refused(await client.listSessions(), 401);
		refused(await client.updateUser({ name: "x" }), 401);
		refused(await client.deleteUser(), 401);
	},
	"answers ok": async () => {
		assert.deepEqual(good(await browser().client.$fetch("/ok")), { ok: true });
	},
};

const mailFlows = {
	"resets a forgotten password": async () => {
		const m = await member();
		const { client } = browser();
		assert.equal(good(await client.requestPasswordReset({ email: m.email, redirectTo: "/reset" })).status, true);
		const { token, url } = await mail("reset-password", m.email);
		const response = await browser().fetch(url);
		assert.equal(response.status, 302);
		assert.equal(new URL(response.headers.get("location"), origin).searchParams.get("token"), token);
		good(await client.resetPassword({ newPassword: "another password", token }));
		refused(await client.resetPassword({ newPassword: "another password", token }), 400, "INVALID_TOKEN");
		good(await browser().client.signIn.email({ email: m.email, password: "another password" }));
		assert.equal(good(await client.requestPasswordReset({ email: address("nobody") })).status, true);
	},
	"verifies an address": async () => {
		const m = await member();
		good(await m.client.sendVerificationEmail({ email: m.email, callbackURL: "/verified" }));
		const { token } = await mail("verification-email", m.email);
		assert.equal(good(await m.client.verifyEmail({ query: { token } })).status, true);
		assert.equal((await signedIn(m)).user.emailVerified, true);
		refused(await m.client.verifyEmail({ query: { token: "nonsense" } }), 401, "INVALID_TOKEN");
	},
	"changes an address in two steps": async () => {
		const m = await member();
		good(await m.client.sendVerificationEmail({ email: m.email }));
		good(await m.client.verifyEmail({ query: { token: (await mail("verification-email", m.email)).token } }));
		const next = address("next");
		good(await m.client.changeEmail({ newEmail: next }));
		good(await m.client.verifyEmail({ query: { token: (await mail("change-email-confirmation", m.email)).token } }));
		assert.equal((await signedIn(m)).user.email, m.email);
		good(await m.client.verifyEmail({ query: { token: (await mail("verification-email", next)).token } }));
		assert.equal((await signedIn(m)).user.email, next);
		good(await browser().client.signIn.email({ email: next, password: PASSWORD }));
	},
	"deletes the account by mail": async () => {
		const m = await member();
		assert.equal(good(await m.client.deleteUser({ callbackURL: "/bye" })).message, "Verification email sent");
		const { token } = await mail("delete-account", m.email);
		assert.equal(good(await m.client.deleteUser({ token })).success, true);
		assert.equal(await signedIn(m), null);
		refused(await browser().client.signIn.email({ email: m.email, password: PASSWORD }), 401);
	},
};

let passed = 0;
let failed = 0;
for (const [name, flow] of Object.entries({ ...flows, ...(OUTBOX ? mailFlows : {}) })) {
	try {
		await flow();
		passed++;
	} catch (error) {
		failed++;
		console.error(`FAIL ${name}\n${error.stack}`);
	}
}
if (!OUTBOX) console.log(`${Object.keys(mailFlows).length} flows skipped: set OUTBOX to the server's outbox file`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
