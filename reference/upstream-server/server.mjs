// The real better-auth 1.6.9 behind Node's http server, on the contract of a conformance server.
// Configuration comes from the environment alone; see ../README.md for the variables.
import http from "node:http";
import fs from "node:fs";
import crypto from "node:crypto";
import Database from "better-sqlite3";
import { betterAuth } from "better-auth";
import { toNodeHandler } from "better-auth/node";
import { getMigrations } from "better-auth/db/migration";
import * as P from "better-auth/plugins";
import { createAccessControl } from "better-auth/plugins/access";
import { apiKey } from "@better-auth/api-key";
import { oauthProvider } from "@better-auth/oauth-provider";
import { passkey } from "@better-auth/passkey";
import { sso } from "@better-auth/sso";
import { scim } from "@better-auth/scim";
import { i18n } from "@better-auth/i18n";
import { expo } from "@better-auth/expo";
import { electron } from "@better-auth/electron";

const env = process.env;
if (env.OUTBOUND) await import("./outbound.mjs");
const need = (k) => env[k] || (console.error(`missing env ${k}`), process.exit(2));
const PORT = Number(need("PORT"));
const BASE_URL = need("BASE_URL");
const SECRET = need("SECRET");
const OUTBOX = need("OUTBOX");
const DATABASE_URL = need("DATABASE_URL");
const profile = JSON.parse(fs.readFileSync(need("PROFILE"), "utf8"));

const without = new Set(profile["x-harness"]?.withoutSenders ?? []);
const post = (type, fields) => {
	fs.appendFileSync(OUTBOX, `${JSON.stringify({ type, ...fields })}\n`);
};
const sender = (name, fn) => (without.has(name) ? undefined : fn);
const fill = (tpl, vars) => tpl.replace(/\{(\w+)\}/g, (_, k) => vars[k] ?? "");

/** `ac` / `roles` in a profile are plain data: resource -> actions. */
function accessOptions(o) {
	const out = { ...o };
	if (o.ac) {
		const ac = createAccessControl(o.ac);
		out.ac = ac;
		if (o.roles) {
			out.roles = Object.fromEntries(
				Object.entries(o.roles).map(([k, v]) => [k, ac.newRole(v)]),
			);
		}
	}
	return out;
}

const bodyOf = (o) => o ?? {};
const factories = {
	username: (o) => P.username(o),
	"two-factor": (o) =>
		P.twoFactor({
			...o,
			otpOptions: {
				...o.otpOptions,
				sendOTP: sender("two-factor-otp", async ({ user, otp }) =>
					post("two-factor-otp", { to: user.email, otp }),
				),
			},
		}),
	"email-otp": (o) =>
		P.emailOTP({
			...o,
			sendVerificationOTP: async ({ email, otp, type }) =>
				post("email-otp", { to: email, otp, purpose: type }),
		}),
	"magic-link": (o) =>
		P.magicLink({
			...o,
			sendMagicLink: async ({ email, url, token, metadata }) =>
				post("magic-link", { to: email, url, token, ...(metadata ? { metadata } : {}) }),
		}),
	"phone-number": (o) => {
		const opts = {
			...o,
			sendOTP: async ({ phoneNumber, code }) =>
				post("phone-otp", { to: phoneNumber, otp: code }),
			sendPasswordResetOTP: async ({ phoneNumber, code }) =>
				post("phone-reset-otp", { to: phoneNumber, otp: code }),
		};
		if (o.signUpOnVerification) {
			const s = o.signUpOnVerification;
			opts.signUpOnVerification = {
				getTempEmail: (phoneNumber) => fill(s.getTempEmail, { phoneNumber }),
				...(s.getTempName
					? { getTempName: (phoneNumber) => fill(s.getTempName, { phoneNumber }) }
					: {}),
			};
		}
		if (o.phoneNumberValidator) {
			const re = new RegExp(o.phoneNumberValidator);
			opts.phoneNumberValidator = (n) => re.test(n);
		}
		return P.phoneNumber(opts);
	},
	anonymous: (o) => P.anonymous(o),
	admin: (o) => P.admin(accessOptions(o)),
	organization: (o) =>
		P.organization({
			...accessOptions(o),
			sendInvitationEmail: sender("org-invitation", async (d) =>
				post("org-invitation", {
					to: d.email,
					id: d.id,
					role: d.role,
					organizationId: d.organization.id,
					organizationName: d.organization.name,
					inviterEmail: d.inviter.user.email,
				}),
			),
		}),
	"multi-session": (o) => P.multiSession(o),
	bearer: (o) => P.bearer(o),
	jwt: (o) => P.jwt(o),
	"api-key": (o) => apiKey(o),
	"one-time-token": (o) => P.oneTimeToken(o),
	"device-authorization": (o) => P.deviceAuthorization(o),
	"oauth-provider": (o) => oauthProvider(o),
	"oidc-provider": (o) => P.oidcProvider(o),
	mcp: (o) => P.mcp(o),
	siwe: (o) =>
		P.siwe({
			...o,
			getNonce: async () => crypto.randomBytes(16).toString("hex"),
			// contract: a signature is good iff it is 0x + sha256hex(message)
			verifyMessage: async ({ message, signature }) =>
				signature === `0x${crypto.createHash("sha256").update(message).digest("hex")}`,
			ensLookup: o.ensLookup
				? async ({ walletAddress }) => ({
						name: `${walletAddress.slice(2, 8).toLowerCase()}.eth`,
						avatar: `https://ens.test/${walletAddress.slice(2, 8).toLowerCase()}.png`,
					})
				: undefined,
		}),
	"last-login-method": (o) => P.lastLoginMethod(o),
	"have-i-been-pwned": (o) => P.haveIBeenPwned(o),
	captcha: (o) => P.captcha(o),
	"custom-session": (o) =>
		P.customSession(
			async ({ user, session }) => ({
				user,
				session,
				custom: { greeting: `Hello, ${user.name}`, roles: ["member"] },
			}),
			undefined,
			o,
		),
	"open-api": (o) => P.openAPI(o),
	"oauth-proxy": (o) => P.oAuthProxy(o),
	"generic-oauth": (o) => P.genericOAuth(o),
	"one-tap": (o) => P.oneTap(o),
	sso: (o) => sso(o),
	scim: (o) => scim(o),
	passkey: (o) => passkey(o),
	i18n: (o) => i18n(o),
	expo: (o) => expo(o),
	electron: (o) => electron(o),
};

async function openDatabase(url) {
	if (url.startsWith("postgres:")) {
		const { default: pg } = await import("pg");
		return new pg.Pool({ connectionString: url });
	}
	if (url.startsWith("mysql:")) {
		const mysql = await import("mysql2/promise");
		return mysql.createPool({ uri: url, timezone: "Z" });
	}
	if (!url.startsWith("sqlite:")) {
		console.error("write DATABASE_URL as sqlite:PATH, postgres://… or mysql://…");
		process.exit(2);
	}
	const file = new Database(url.slice("sqlite:".length));
	file.pragma("journal_mode = WAL");
	file.pragma("busy_timeout = 5000");
	return file;
}
const db = await openDatabase(DATABASE_URL);

const { plugins = [], ["x-harness"]: _x, ...rest } = profile;
const options = {
	...rest,
	baseURL: rest.baseURL ?? BASE_URL,
	secret: SECRET,
	database: db,
	telemetry: { enabled: false },
	logger: { disabled: !env.CONFORMANCE_DEBUG, level: env.CONFORMANCE_DEBUG ? "debug" : "error" },
	plugins: plugins.map((p) => {
		const make = factories[p.id];
		if (!make) throw new Error(`no factory for plugin ${p.id}`);
		return make(bodyOf(p.options));
	}),
};
if (options.emailAndPassword?.enabled) {
	options.emailAndPassword = {
		...options.emailAndPassword,
		sendResetPassword: sender("reset-password", async ({ user, url, token }) =>
			post("reset-password", { to: user.email, url, token }),
		),
		onExistingUserSignUp: sender("existing-user-sign-up", async ({ user }) =>
			post("existing-user-sign-up", { to: user.email }),
		),
	};
}
options.emailVerification = {
	...options.emailVerification,
	sendVerificationEmail: sender("verification-email", async ({ user, url, token }) =>
		post("verification-email", { to: user.email, url, token }),
	),
};
if (options.user?.changeEmail?.enabled) {
	options.user = {
		...options.user,
		changeEmail: {
			...options.user.changeEmail,
			sendChangeEmailConfirmation: sender(
				"change-email-confirmation",
				async ({ user, newEmail, url, token }) =>
					post("change-email-confirmation", { to: user.email, newEmail, url, token }),
			),
		},
	};
}
if (options.user?.deleteUser?.enabled) {
	options.user = {
		...options.user,
		deleteUser: {
			...options.user.deleteUser,
			sendDeleteAccountVerification: sender(
				"delete-account",
				async ({ user, url, token }) =>
					post("delete-account", { to: user.email, url, token }),
			),
		},
	};
}
if (env.REDIS_URL) {
	const { Redis } = await import("ioredis");
	const { redisStorage } = await import("@better-auth/redis-storage");
	options.secondaryStorage = redisStorage({
		client: new Redis(env.REDIS_URL, { maxRetriesPerRequest: 3 }),
		keyPrefix: "better-auth:",
	});
}

const auth = betterAuth(options);
const { runMigrations } = await getMigrations(auth.options);
await runMigrations();

const handler = toNodeHandler(auth);
const extraCall = async (req, res) => {
	// Back door for endpoints upstream only exposes to server code.
	let raw = "";
	for await (const c of req) raw += c;
	const { name, body, query, headers } = JSON.parse(raw);
	let status = 200;
	let out;
	try {
		// only pass headers that were asked for: upstream takes any headers as a client request
		out = await auth.api[name]({ body, query, ...(headers ? { headers: new Headers(headers) } : {}) });
	} catch (e) {
		status = e?.statusCode ?? 500;
		out = e?.body ?? { error: e?.statusCode ? e.message : "internal" };
	}
	res.setHeader("content-type", "application/json");
	res.end(JSON.stringify({ status, body: out ?? null }));
};
// better-call 1.3.5's Node adapter never ends a response whose first write fills
// the socket buffer (about 16 KB and more). A large high-water mark avoids the hang.
const server = http.createServer({ highWaterMark: 8 << 20 }, (req, res) => {
	if (req.url === "/__conformance/call" && req.method === "POST") {
		extraCall(req, res).catch((e) => {
			res.statusCode = 500;
			res.end(String(e));
		});
		return;
	}
	handler(req, res);
});
server.listen(PORT, () => {
	if (env.CONFORMANCE_DEBUG) console.error(`upstream listening on ${PORT}`);
});
const stop = () => {
	server.close();
	server.closeAllConnections();
	if (db.close) db.close();
	process.exit(0);
};
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
