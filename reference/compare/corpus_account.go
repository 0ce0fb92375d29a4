package main

func accountScenarios() []Scenario {
	addAccount := rows(`INSERT INTO account (id, accountId, providerId, userId, accessToken, refreshToken, idToken, scope, createdAt, updatedAt)
		SELECT 'google' || substr(id, 7), 'google-1', 'google', id, 'at', 'rt', 'it', 'email,profile', '{{iso:-1h}}', '{{iso:-1h}}' FROM user`)
	return []Scenario{
		{Name: "accounts/list", Steps: steps(
			verified("ada"),
			get("/list-accounts").as("ada"),
			addAccount,
			get("/list-accounts").as("ada"),
			rows("UPDATE account SET scope = '' WHERE providerId = 'google'"),
			get("/list-accounts").as("ada"),
			rows("DELETE FROM account"),
			get("/list-accounts").as("ada"),
			request("POST", "/list-accounts").as("ada"),
		)},
		{Name: "accounts/unlink the last", Steps: steps(
			verified("ada"),
			post("/unlink-account", obj{"providerId": "credential"}).as("ada"),
			post("/unlink-account", obj{"providerId": "google"}).as("ada"),
			rows("DELETE FROM account"),
			post("/unlink-account", obj{"providerId": "credential"}).as("ada"),
		)},
		{Name: "accounts/unlink one of two", Steps: steps(
			verified("ada"),
			addAccount,
			post("/unlink-account", obj{"providerId": "github"}).as("ada"),
			post("/unlink-account", obj{"providerId": "google", "accountId": "other"}).as("ada"),
			post("/unlink-account", obj{"providerId": "google", "accountId": "google-1"}).as("ada").from("https://evil.example"),
			post("/unlink-account", obj{"providerId": "google", "accountId": "google-1"}).as("ada"),
			get("/list-accounts").as("ada"),
			addAccount,
			post("/unlink-account", obj{"providerId": "credential"}).as("ada"),
			get("/list-accounts").as("ada"),
			signIn("ada"),
		)},
		{Name: "accounts/unlink many of one provider", On: []string{"core", "minimal"}, Steps: steps(
			member("ada"),
			addAccount,
			rows(`INSERT INTO account (id, accountId, providerId, userId, createdAt, updatedAt)
				SELECT 'g2' || substr(id, 3), 'google-2', 'google', id, '{{iso:-1h}}', '{{iso:-1h}}' FROM user`),
			get("/list-accounts").as("ada"),
			post("/unlink-account", obj{"providerId": "google"}).as("ada"),
			get("/list-accounts").as("ada"),
		)},
	}
}
