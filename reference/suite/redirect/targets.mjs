// Which modules of upstream are replaced by recording wrappers: betterAuth() itself, and the factories of plugins.
// The plugins that glue upstream to JavaScript frameworks (nextCookies and the like) are not here: they run in the test.
import path from "node:path";
import { UPSTREAM } from "./workspace.mjs";

const PLUGINS = "better-auth/plugins";

/** Plugins of the package better-auth: folder below src/plugins, factory, file when it is not index.ts. */
const BUNDLED = [
	["admin", "admin", "admin.ts"],
	["anonymous", "anonymous"],
	["bearer", "bearer"],
	["captcha", "captcha"],
	["custom-session", "customSession"],
	["device-authorization", "deviceAuthorization"],
	["email-otp", "emailOTP"],
	["generic-oauth", "genericOAuth"],
	["haveibeenpwned", "haveIBeenPwned"],
	["jwt", "jwt"],
	["last-login-method", "lastLoginMethod"],
	["magic-link", "magicLink"],
	["mcp", "mcp"],
	["multi-session", "multiSession"],
	["oauth-proxy", "oAuthProxy"],
	["oidc-provider", "oidcProvider"],
	["one-tap", "oneTap"],
	["one-time-token", "oneTimeToken"],
	["open-api", "openAPI"],
	["organization", "organization", "organization.ts"],
	["phone-number", "phoneNumber"],
	["siwe", "siwe"],
	["test-utils", "testUtils"],
	["two-factor", "twoFactor"],
	["username", "username"],
];

/** Helpers that make a provider of genericOAuth: file, function. */
const PROVIDERS = [
	["auth0", "auth0"],
	["gumroad", "gumroad"],
	["hubspot", "hubspot"],
	["keycloak", "keycloak"],
	["line", "line"],
	["microsoft-entra-id", "microsoftEntraId"],
	["okta", "okta"],
	["patreon", "patreon"],
	["slack", "slack"],
];

/** Plugins that are packages of their own: file below packages, package, factory. */
const PACKAGES = [
	["api-key/src/index.ts", "@better-auth/api-key", "apiKey"],
	["electron/src/index.ts", "@better-auth/electron", "electron"],
	["expo/src/index.ts", "@better-auth/expo", "expo"],
	["i18n/src/index.ts", "@better-auth/i18n", "i18n"],
	["oauth-provider/src/oauth.ts", "@better-auth/oauth-provider", "oauthProvider"],
	["passkey/src/index.ts", "@better-auth/passkey", "passkey"],
	["scim/src/index.ts", "@better-auth/scim", "scim"],
	["sso/src/index.ts", "@better-auth/sso", "sso"],
	["stripe/src/index.ts", "@better-auth/stripe", "stripe"],
];

/** File → { wrapper, pkg, name }: wrapper is a function of bridge/auth.mjs or bridge/record.mjs. */
export const targets = new Map();

const add = (file, wrapper, pkg, name) => targets.set(path.join(UPSTREAM, "packages", file), { wrapper, pkg, name });

for (const [folder, name, file = "index.ts"] of BUNDLED) {
	add(`better-auth/src/plugins/${folder}/${file}`, "wrapPlugin", PLUGINS, name);
}
for (const [file, name] of PROVIDERS) {
	add(`better-auth/src/plugins/generic-oauth/providers/${file}.ts`, "wrapFactory", PLUGINS, name);
}
for (const [file, pkg, name] of PACKAGES) add(file, "wrapPlugin", pkg, name);
add("better-auth/src/auth/full.ts", "wrapAuth", "", "betterAuth");
add("better-auth/src/auth/minimal.ts", "wrapMinimalAuth", "", "betterAuth");
