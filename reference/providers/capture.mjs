// Records what upstream's own providers send and make of answers, for core/social's table test:
//   cd reference/upstream-server && npm ci && node ../providers/capture.mjs > ../../core/social/testdata/upstream.json
// Nothing leaves the machine: fetch is replaced, and answers come from the samples below.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import path from "node:path";

const require = createRequire(path.join(process.cwd(), "package.json"));
const entry = require.resolve("@better-auth/core/social-providers");
const { socialProviders } = await import(pathToFileURL(entry).href.replace(/\.cjs$/, ".mjs"));
console.error = console.warn = console.log.bind(null, "") && (() => {});

const b64 = (o) => Buffer.from(JSON.stringify(o)).toString("base64url");
const jwt = (claims) => `${b64({ alg: "none" })}.${b64(claims)}.`;
const NOW = 1767225600000; // 2026-01-01
Date.now = () => NOW;
const RealDate = Date;
globalThis.Date = class extends RealDate {
	constructor(...a) { a.length ? super(...a) : super(NOW); }
	static now() { return NOW; }
};

const claims = { sub: "SUB", name: "Ada L", email: "Ada@Example.com", email_verified: true, picture: "https://p/1.png" };
const bare = { sub: "SUB" };
const oidc = [{ idToken: jwt(claims) }, { idToken: jwt({ ...bare, given_name: "G", preferred_username: "pu", email_verified: "true" }) }, {}];
const info = (full, ...more) => [full, ...more].map((answer) => ({ answers: [answer] }));

// cases of getUserInfo: the ID token, and the answers to the requests in order. A number is a status without a body.
const samples = {
	google: oidc, apple: [...oidc, { idToken: jwt(claims), user: { name: { firstName: " A ", lastName: "B" } } }, { idToken: jwt(bare), user: { name: { firstName: "A" } } }],
	paybin: oidc, twitch: oidc,
	microsoft: [
		{ idToken: jwt(claims), answers: [404] },
		{ idToken: jwt({ ...bare, email: "a@b.c", verified_primary_email: ["a@b.c"] }), answers: ["photo"] },
		{ idToken: jwt({ ...bare, email: "a@b.c", verified_secondary_email: ["x@b.c"] }), answers: ["photo"], options: { disableProfilePhoto: true, profilePhotoSize: 96 } },
	],
	cognito: [...oidc, { answers: [{ ...claims }] }, { answers: [{ sub: "S", username: "un", email: "e@x.y", email_verified: "true" }] }],
	line: [{ idToken: jwt(claims) }, { answers: [claims] }, { answers: [{ userId: "U1", displayName: "D", pictureUrl: "https://p/2" }] }],
	facebook: [
		...info({ id: "1", name: "N", email: "e@x.y", picture: { data: { url: "https://p" } } }, { id: "1", name: "N", email_verified: true, picture: { data: {} } }),
		{ idToken: jwt({ sub: "7", name: "L", email: "l@x.y", picture: "https://p/7" }) }, { idToken: jwt({ sub: "7" }) }, { answers: [500] },
		{ answers: [{ id: "1", name: "N", picture: { data: {} } }], options: { fields: ["birthday", "gender"] } },
	],
	github: [
		{ answers: [{ id: 583231, login: "octo", name: "Octo Cat", email: "o@x.y", avatar_url: "https://a" }, [{ email: "o@x.y", verified: true, primary: true }]] },
		{ answers: [{ id: 583231, login: "octo", name: null, email: null, avatar_url: "https://a" }, [{ email: "s@x.y", verified: true }, { email: "p@x.y", primary: true, verified: false }]] },
		{ answers: [{ id: 583231, login: "octo", email: null }, [{ email: "s@x.y", verified: true }]] },
		{ answers: [{ id: 583231, login: "octo", email: "o@x.y" }, 404] }, { answers: [401] },
	],
	gitlab: info({ id: 9, username: "u", name: "N", state: "active", email: "e@x.y", avatar_url: "a" }, { id: 9, username: "u", state: "active", email_verified: true, email: "e@x.y" }, { id: 9, state: "blocked" }, { id: 9, state: "active", locked: true }),
	atlassian: info({ account_id: "A", name: "N", email: "e@x.y", picture: "p" }, { account_id: "A", name: "N" }),
	discord: info(
		{ id: "80351110224678912", username: "nelly", discriminator: "1337", avatar: "8342729096ea3675442027381ff50dfe", verified: true, email: "n@x.y", global_name: null },
		{ id: "80351110224678912", username: "nelly", discriminator: "0", avatar: null, verified: false, email: null, global_name: "Nelly" },
		{ id: "8", username: "n", discriminator: "13", avatar: null, verified: false }, { id: "8", username: "n", discriminator: "0", avatar: "a_1", verified: false }),
	dropbox: info({ account_id: "D", name: { display_name: "N" }, email: "e@x.y", email_verified: true, profile_photo_url: "p" }, { account_id: "D", email: "e@x.y" }),
	figma: info({ id: "F", handle: "h", email: "e@x.y", img_url: "i" }),
	huggingface: info(claims, { sub: "S", preferred_username: "pu", email: "e@x.y" }),
	kakao: info({ id: 123, kakao_account: { email: "e@x.y", is_email_valid: true, is_email_verified: true, profile: { nickname: "k", thumbnail_image_url: "t" } } }, { id: 123, kakao_account: { name: "n" } }, { id: 5 }),
	kick: info({ data: [{ user_id: 12, name: "k", email: "e@x.y", profile_picture: "p" }] }),
	linear: info({ data: { viewer: { id: "L", name: "N", email: "e@x.y", avatarUrl: "a" } } }, { data: {} }),
	linkedin: info(claims, { sub: "S", name: "N", email: "e@x.y" }),
	naver: info({ resultcode: "00", response: { id: "N1", nickname: "nick", email: "e@x.y", profile_image: "p" } }, { resultcode: "024" }, { resultcode: "00" }),
	notion: info({ bot: { owner: { user: { id: "N", name: "n", avatar_url: "a", person: { email: "e@x.y" } } } } }, { bot: { owner: { user: { id: "N" } } } }, { bot: {} }),
	paypal: info({ user_id: "P", name: "N", email: "e@x.y", email_verified: true, picture: "p" }, { user_id: "P", name: "N", email: "e@x.y", email_verified: "true" }),
	polar: info({ id: "P", public_name: "N", username: "u", email: "e@x.y", avatar_url: "a", email_verified: true }, { id: "P", username: "u", email: "e@x.y" }),
	railway: info(claims),
	reddit: info({ id: "R", name: "N", icon_img: "https://i/p.png?s=1", has_verified_email: true, oauth_client_id: "CID" }, { id: "R", name: "N", icon_img: null }),
	roblox: info({ sub: "1", nickname: "n", preferred_username: "pu", picture: "p" }, { sub: "1", preferred_username: "pu" }, { sub: "1" }),
	salesforce: info({ user_id: "S", name: "N", email: "e@x.y", email_verified: true, photos: { thumbnail: "t" } }, { user_id: "S", name: "N", email: "e@x.y" }),
	slack: info({ "https://slack.com/user_id": "U", name: "N", email: "e@x.y", email_verified: true, "https://slack.com/user_image_512": "i" }, { "https://slack.com/user_id": "U" }),
	spotify: info({ id: "S", display_name: "N", email: "e@x.y", images: [{ url: "u" }] }, { id: "S", display_name: "N", email: "e@x.y", images: [] }),
	tiktok: info({ data: { user: { open_id: "T", display_name: "N", username: "u", avatar_large_url: "a" } } }, { data: { user: { open_id: "T", username: "u", email: "e@x.y" } } }),
	twitter: [
		{ answers: [{ data: { id: "1", name: "N", username: "u", profile_image_url: "p" } }, { data: { confirmed_email: "e@x.y" } }] },
		{ answers: [{ data: { id: "1", name: "N", username: "u" } }, 403] }, { answers: [401] },
	],
	vercel: info(claims, { sub: "S", preferred_username: "pu" }),
	vk: info({ user: { user_id: "V", first_name: "A", last_name: "B", email: "e@x.y", avatar: "a", sex: 1, birthday: "1.1.2000" } }, { user: { user_id: "V", first_name: "A", last_name: "B" } }),
	wechat: [{ answers: [{ openid: "O", unionid: "U", nickname: "n", headimgurl: "h" }], raw: { openid: "O" } }, { answers: [{ openid: "O", nickname: "n" }], raw: { openid: "O" } }, {}, { answers: [{ errcode: 40003, errmsg: "x" }], raw: { openid: "O" } }],
	zoom: info({ id: "Z", display_name: "N", pic_url: "p", email: "e@x.y", verified: 1 }, { id: "Z", display_name: "N", email: "e@x.y", verified: 0 }),
};

const own = {
	cognito: { domain: "https://d.auth.example.com", region: "eu-west-1", userPoolId: "pool" },
	google: { accessType: "offline", display: "popup", hd: "example.com" },
	apple: {}, microsoft: { tenantId: "TENANT" }, discord: { permissions: 8, scope: ["bot"] }, dropbox: { accessType: "offline" },
	facebook: { configId: "CFG" }, gitlab: { issuer: "https://git.example.com//sub" }, paybin: { issuer: "https://idp.example.com" },
	paypal: { environment: "live" }, salesforce: { environment: "sandbox" }, reddit: { duration: "permanent" },
	twitch: { claims: ["picture"] }, wechat: { lang: "en" }, zoom: { pkce: false }, tiktok: {},
};

let answers = [], requests = [];
globalThis.fetch = async (url, init = {}) => {
	const request = new Request(url, init);
	const headers = {};
	for (const [k, v] of request.headers) if (!["user-agent"].includes(k) || v !== "node") headers[k] = v;
	requests.push({ method: request.method, url: request.url, headers, body: init.body == null ? null : String(init.body) });
	const next = answers.shift() ?? 500;
	if (typeof next === "number") return new Response("{}", { status: next, headers: { "content-type": "application/json" } });
	if (typeof next === "string") return new Response(next, { headers: { "content-type": "image/jpeg" } });
	return new Response(JSON.stringify(next), { headers: { "content-type": "application/json" } });
};

async function run(given, step) {
	answers = structuredClone(given); requests = [];
	try { return { requests, result: plain(await step()) }; } catch (e) { return { requests, error: String(e?.message ?? e?.error ?? "failed") }; }
}
const plain = (v) => (v === undefined ? null : JSON.parse(JSON.stringify(v)));

const token = {
	access_token: "AT", refresh_token: "RT2", id_token: "IDT", token_type: "Bearer", expires_in: 3600, refresh_token_expires_in: 7200,
	scope: "a b", openid: "O", unionid: "U",
};
const out = {};
for (const [id, make] of Object.entries(socialProviders)) {
	const base = { clientId: "CID", clientSecret: "SECRET", ...(id === "tiktok" ? { clientId: undefined, clientKey: "CKEY" } : {}), ...(id === "cognito" ? own.cognito : {}) };
	const variants = [
		{ options: base, request: {} },
		{ options: { ...base, ...own[id], clientKey: "CKEY", scope: ["opt one", ...(own[id]?.scope ?? [])], redirectURI: "https://app.example.com/cb?x=1", prompt: "consent" }, request: { scopes: ["req*~"], loginHint: "a@b.c", display: "touch" } },
		{ options: { ...base, disableDefaultScope: true, ...(["paypal", "wechat", "reddit"].includes(id) ? {} : { clientSecret: undefined }) }, request: {} },
	];
	out[id] = { variants: [], users: [] };
	for (const v of variants) {
		let p;
		try { p = make(v.options); } catch (e) { continue; }
		const code = { code: "CODE", codeVerifier: "VERIFIER", redirectURI: "http://l/cb", deviceId: "DEV" };
		out[id].variants.push({
			options: v.options, request: v.request,
			authorize: await run([], async () => String(await p.createAuthorizationURL({ state: "STATE", codeVerifier: "VERIFIER", redirectURI: "http://l/cb", ...v.request }))),
			exchange: await run([token], () => p.validateAuthorizationCode(code)),
			refused: await run([400], () => p.validateAuthorizationCode(code)),
			refresh: p.refreshAccessToken ? await run([token], () => p.refreshAccessToken("RT")) : null,
		});
	}
	for (const s of samples[id]) {
		const options = { ...base, ...s.options };
		const tokens = { accessToken: "AT", idToken: s.idToken, user: s.user, ...s.raw };
		out[id].users.push({
			options, idToken: s.idToken ?? "", user: s.user ?? null, raw: s.raw ?? null, answers: s.answers ?? [],
			info: await run(s.answers ?? [], () => make(options).getUserInfo(tokens)),
			mapped: await run(s.answers ?? [], () => make({ ...options, mapProfileToUser: () => ({ name: "Mapped", role: "x" }) }).getUserInfo(tokens)),
		});
	}
}
const lines = Object.entries(out).map(([id, v]) => `${JSON.stringify(id)}: ${JSON.stringify(v)}`);
process.stdout.write(`{\n${lines.join(",\n")}\n}\n`);
