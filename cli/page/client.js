// The official client, with the official plugins of what the server has on.
import * as better from "/goauth/better-auth-client.js";
import { has, settings } from "/goauth/ui.js";

const plugins = {
  admin: better.adminClient,
  anonymous: better.anonymousClient,
  "api-key": better.apiKeyClient,
  "device-authorization": better.deviceAuthorizationClient,
  "email-otp": better.emailOTPClient,
  "magic-link": better.magicLinkClient,
  "multi-session": better.multiSessionClient,
  organization: better.organizationClient,
  "phone-number": better.phoneNumberClient,
  "two-factor": better.twoFactorClient,
  username: better.usernameClient,
};

export const auth = better.createAuthClient({
  baseURL: location.origin,
  basePath: settings.basePath,
  plugins: Object.keys(plugins).filter(has).map((id) => plugins[id]()),
});
