package main

var (
	tokenProfiles  = []string{"tokens"}
	deviceProfiles = []string{"device"}
	customProfiles = []string{"custom-session"}
	deviceGrant    = "urn:ietf:params:oauth:grant-type:device_code"
)

func tokenScenarios() []Scenario {
	list, setActive, revoke := "/multi-session/list-device-sessions", "/multi-session/set-active", "/multi-session/revoke"
	return []Scenario{
		{Name: "multi-session/one browser, two users", On: tokenProfiles, Steps: steps(
			member("ada").as("b"), get(list).as("b"), get(list), get(list).as("nobody"),
			member("grace").as("b"), whoami("b"),
			post(setActive, obj{"sessionToken": "{{adaToken}}"}).as("b"), whoami("b"),
			post(revoke, obj{"sessionToken": "{{adaToken}}"}).as("b"), whoami("b"), get(list).as("b"),
			post(setActive, obj{"sessionToken": "{{adaToken}}"}).as("b").named("revoked"),
			post(revoke, obj{"sessionToken": "{{graceToken}}"}).as("b"), whoami("b"), get(list).as("b"),
		)},
		{Name: "multi-session/the same user again", On: tokenProfiles, Steps: steps(member("ada").as("b"), signIn("ada").as("b"), get(list).as("b"))},
		{Name: "multi-session/maximum", On: tokenProfiles, Steps: steps(
			member("ada").as("b"), member("grace").as("b"), member("edith").as("b"), member("joan").as("b"), whoami("b"),
			post(setActive, obj{"sessionToken": "{{joanToken}}"}).as("b"), post("/sign-out", nil).as("b"), get(list).as("b"),
		)},
		{Name: "multi-session/refused", On: tokenProfiles, Steps: steps(
			member("ada"), fieldCases(setActive, "ada", obj{"sessionToken": "x"}, "sessionToken"), fieldCases(revoke, "ada", obj{"sessionToken": "x"}, "sessionToken"),
			post(revoke, obj{"sessionToken": "x"}).as("nobody"), post(setActive, obj{"sessionToken": "x"}).as("ada"),
			rows("UPDATE session SET expiresAt = '{{iso:-1h}}'"), post(setActive, obj{"sessionToken": "{{adaToken}}"}).as("ada"), get(list).as("ada"),
		)},
		{Name: "one-time-token/once", On: tokenProfiles, Steps: steps(
			member("ada"), get("/one-time-token/generate").as("ada").save("ott", "body.token"), get("/one-time-token/generate").as("nobody"),
			post("/one-time-token/verify", obj{"token": "{{ott}}"}).as("b"), whoami("b"),
			post("/one-time-token/verify", obj{"token": "{{ott}}"}).as("b").named("again"),
		)},
		{Name: "one-time-token/refused", On: tokenProfiles, Steps: steps(
			member("ada"), fieldCases("/one-time-token/verify", "b", obj{"token": "x"}, "token"),
			get("/one-time-token/generate").as("ada").save("ott", "body.token"),
			rows("UPDATE verification SET expiresAt = '{{iso:-1m}}'"), post("/one-time-token/verify", obj{"token": "{{ott}}"}).named("expired"),
			get("/one-time-token/generate").as("ada").save("ott", "body.token"),
			rows("UPDATE session SET expiresAt = '{{iso:-1m}}'"), post("/one-time-token/verify", obj{"token": "{{ott}}"}).named("session expired"),
			member("grace"), get("/one-time-token/generate").as("grace").save("ott", "body.token"),
			rows("DELETE FROM session"), post("/one-time-token/verify", obj{"token": "{{ott}}"}).named("session gone"),
		)},
		{Name: "jwt/keys and tokens", On: tokenProfiles, Steps: steps(
			get("/jwks"), member("ada"), get("/token").as("ada"), get("/token").as("nobody"), whoami("ada"), whoami("nobody"), get("/jwks"),
			post("/token", nil).as("ada"), post("/jwks", nil),
		)},
		{Name: "bearer/token", On: tokenProfiles, Steps: steps(
			member("ada"), get("/get-session").with("authorization", "Bearer {{adaToken}}"), get("/get-session").with("authorization", "bearer {{adaToken}}"),
			get("/get-session").with("authorization", "Bearer x"), get("/get-session").with("authorization", "Basic x"),
		)},
	}
}

func deviceScenarios() []Scenario {
	ask := post("/device/code", obj{"client_id": "tv", "scope": "read write"}).save("device", "body.device_code").save("user", "body.user_code")
	poll := post("/device/token", obj{"grant_type": deviceGrant, "device_code": "{{device}}", "client_id": "tv"})
	again := rows("UPDATE deviceCode SET lastPolledAt = '{{iso:-1h}}'")
	open := get("/device?user_code={{user}}")
	decide := func(what string) Step { return post("/device/"+what, obj{"userCode": "{{user}}"}) }
	return []Scenario{
		{Name: "device/approved", On: deviceProfiles, Steps: steps(
			member("ada"), ask, poll.named("pending"), poll.named("too fast"), open.as("ada"), open.as("nobody"), decide("approve").as("ada"), open.as("ada"),
			decide("approve").as("ada").named("again"), decide("deny").as("ada").named("too late"), again, poll.named("approved").save("t", "body.access_token"),
			get("/get-session").with("authorization", "Bearer {{t}}"), poll.named("redeemed"),
		)},
		{Name: "device/denied", On: deviceProfiles, Steps: steps(member("ada"), ask, open.as("ada"), decide("deny").as("ada"), poll, poll.named("again"))},
		{Name: "device/expired", On: deviceProfiles, Steps: steps(
			member("ada"), ask, rows("UPDATE deviceCode SET expiresAt = '{{iso:-1m}}'"), open.as("ada"), decide("approve").as("ada"), decide("deny").as("ada"), poll, poll.named("again"),
		)},
		{Name: "device/refused", On: deviceProfiles, Steps: steps(
			member("ada"), ask, decide("approve").as("nobody"), decide("deny").as("nobody"), get("/device"), get("/device?user_code=WRONG").as("ada"),
			post("/device/approve", obj{"userCode": "WRONG"}).as("ada"), post("/device/deny", obj{"userCode": "WRONG"}).as("ada"),
			post("/device/token", obj{"grant_type": deviceGrant, "device_code": "{{device}}", "client_id": "radio"}),
			post("/device/token", obj{"grant_type": deviceGrant, "device_code": "wrong", "client_id": "tv"}),
			fieldCases("/device/code", "x", obj{"client_id": "tv", "scope": "a"}, "client_id"),
			fieldCases("/device/token", "x", obj{"grant_type": deviceGrant, "device_code": "wrong", "client_id": "tv"}, "grant_type", "device_code", "client_id"),
			fieldCases("/device/approve", "ada", obj{"userCode": "WRONG"}, "userCode"), fieldCases("/device/deny", "ada", obj{"userCode": "WRONG"}, "userCode"),
		)},
		{Name: "device/not opened", On: deviceProfiles, Steps: steps(member("ada"), ask, decide("approve").as("ada"))},
	}
}

func customSessionScenarios() []Scenario {
	return []Scenario{
		{Name: "custom-session/answers", On: customProfiles, Steps: steps(
			member("ada"), whoami("ada"), whoami("nobody"), get("/get-session?disableCookieCache=true").as("ada"), post("/get-session", nil).as("ada"),
			get("/multi-session/list-device-sessions").as("ada"),
			rows("UPDATE session SET expiresAt = '{{iso:+100h}}'"), whoami("ada"),
			rows("UPDATE session SET expiresAt = '{{iso:-1h}}'"), whoami("ada"),
			get("/get-session").with("cookie", sessionCookie+"=forged"),
		)},
	}
}

func captchaScenarios() []Scenario {
	in := obj{"email": "ada@example.com", "password": password, "name": "Ada"}
	return []Scenario{
		{Name: "captcha/protected", On: []string{"captcha"}, Steps: steps(
			post("/sign-up/email", in), post("/sign-in/email", in), post("/request-password-reset", in), get("/sign-in/email"),
			post("/sign-up/email", in).with("x-captcha-response", "x").named("unreachable"), get("/get-session"), post("/sign-out", nil),
		)},
	}
}
