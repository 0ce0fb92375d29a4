// A certified OpenID provider (oidc-provider) to sign in at, configured by environment alone:
//   PORT           where it listens on localhost
//   REDIRECT_URIS  callback addresses of the applications "post" and "basic", which are named after how they show their secret
//   SHAPE          "google" takes Google's addresses and issuer; else it is its own
//   CLOCK_OFFSET   seconds by which its clock is ahead
// Every start makes keys of its own. People are "ada" and "eve"; what they decide is posted to /interaction/:uid, as
// account=ada, or refuse=1.
import { generateKeyPairSync, randomUUID } from "node:crypto";
import http from "node:http";
import Provider from "oidc-provider";

const env = process.env;
const port = Number(env.PORT);
const offset = Number(env.CLOCK_OFFSET ?? 0) * 1000;
const realNow = Date.now.bind(Date);
Date.now = () => realNow() + offset;

const shapes = {
	own: { issuer: `http://localhost:${port}`, configuration: {} },
	google: {
		issuer: "https://accounts.google.com",
		configuration: {
			routes: { authorization: "/o/oauth2/v2/auth", token: "/token", jwks: "/oauth2/v3/certs" },
			conformIdTokenClaims: false, // Google's ID tokens have the profile
			issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed("refresh_token"),
		},
	},
};
const shape = shapes[env.SHAPE || "own"];

const client = (method) => ({
	client_id: method,
	client_secret: `the secret of ${method}`,
	token_endpoint_auth_method: `client_secret_${method}`,
	redirect_uris: env.REDIRECT_URIS.split(","),
	grant_types: ["authorization_code", "refresh_token"],
});

const signingKey = () => ({
	...generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" }),
	alg: "RS256", use: "sig", kid: randomUUID(),
});

const findAccount = async (_ctx, id) => ({
	accountId: id,
	claims: async () => ({
		sub: id, name: id[0].toUpperCase() + id.slice(1), email: `${id}@example.com`, email_verified: true, picture: `https://pictures.example/${id}.png`,
	}),
});

const provider = new Provider(shape.issuer, {
	clients: ["post", "basic"].map(client),
	jwks: { keys: [signingKey()] },
	cookies: { keys: [randomUUID()] },
	claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "picture"] },
	features: { devInteractions: { enabled: false } },
	interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
	pkce: { required: () => true },
	ttl: { AccessToken: 3600, AuthorizationCode: 60, Grant: 86400, IdToken: 60, Interaction: 3600, RefreshToken: 86400, Session: 86400 },
	findAccount,
	...shape.configuration,
});

/** Gives the application what it asked for and the person has not granted yet. */
async function grant({ grantId, params, session, prompt: { details } }) {
	const granted = (grantId && (await provider.Grant.find(grantId))) || new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
	if (details.missingOIDCScope) granted.addOIDCScope(details.missingOIDCScope.join(" "));
	if (details.missingOIDCClaims) granted.addOIDCClaims(details.missingOIDCClaims);
	return granted.save();
}

async function decide(req, res) {
	let body = "";
	for await (const chunk of req) body += chunk;
	const answer = new URLSearchParams(body);
	const details = await provider.interactionDetails(req, res);
	if (answer.has("refuse")) return provider.interactionFinished(req, res, { error: "access_denied", error_description: "The person said no" });
	const result = details.prompt.name === "login" ? { login: { accountId: answer.get("account") } } : { consent: { grantId: await grant(details) } };
	return provider.interactionFinished(req, res, result, { mergeWithLastSubmission: true });
}

const handler = provider.callback();
const server = http.createServer((req, res) => {
	if (req.method === "POST" && req.url.startsWith("/interaction/")) {
		decide(req, res).catch((error) => {
			console.error(error);
			res.writeHead(500).end();
		});
		return;
	}
	handler(req, res);
});
server.listen(port, "localhost");
process.on("SIGTERM", () => process.exit(0));
