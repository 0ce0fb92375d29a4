package main

// keyProfile has the plugin api-key.
var keyProfile = []string{"api-key"}

// newKey makes a key in a jar and saves its id and secret.
func newKey(jar, name string, body obj) Step {
	return post("/api-key/create", body).as(jar).named("make key "+name).save(name+"Key", "body.key").save(name+"KeyId", "body.id")
}

// serverKey makes a key as the server itself, for a member.
func serverKey(member, name string, body obj) Step {
	return call("createApiKey", obj{"body": plus(body, "userId", "{{"+member+"Id}}")}).named("server makes key "+name).
		save(name+"Key", "body.body.key").save(name+"KeyId", "body.body.id")
}

func verifyKey(name string) Step {
	return call("verifyApiKey", obj{"body": obj{"key": "{{" + name + "Key}}"}}).named("verify key " + name)
}

func keyScenarios() []Scenario {
	return append(append(keyLifeScenarios(), keyInputScenarios()...), keyLimitScenarios()...)
}

func keyLifeScenarios() []Scenario {
	return []Scenario{
		{Name: "api-key/life", On: keyProfile, Steps: steps(
			member("ada"), newKey("ada", "one", obj{"name": "one", "metadata": obj{"b": 1, "a": []any{true, nil, "x"}}}), newKey("ada", "two", obj{}),
			get("/api-key/get?id={{oneKeyId}}").as("ada"), get("/api-key/list").as("ada"),
			verifyKey("one"), get("/api-key/get?id={{oneKeyId}}").as("ada"),
			post("/api-key/update", obj{"keyId": "{{oneKeyId}}", "name": "renamed", "metadata": nil}).as("ada"),
			post("/api-key/update", obj{"keyId": "{{oneKeyId}}", "enabled": false}).as("ada"), verifyKey("one"),
			post("/api-key/update", obj{"keyId": "{{oneKeyId}}", "enabled": true, "expiresIn": 172800}).as("ada"), verifyKey("one"),
			post("/api-key/update", obj{"keyId": "{{oneKeyId}}", "expiresIn": nil}).as("ada"),
			get("/api-key/list?sortBy=name&sortDirection=desc").as("ada"), get("/api-key/list?limit=1&offset=1&sortBy=name").as("ada"),
			get("/api-key/list?limit=0").as("ada"), get("/api-key/list?offset=9").as("ada"), get("/api-key/list?configId=default").as("ada"),
			get("/api-key/list?configId=other").as("ada"),
			post("/api-key/delete", obj{"keyId": "{{oneKeyId}}"}).as("ada"), verifyKey("one"),
			post("/api-key/delete", obj{"keyId": "{{oneKeyId}}"}).as("ada"), get("/api-key/list").as("ada"),
		)},
		{Name: "api-key/of others", On: keyProfile, Steps: steps(
			member("ada"), member("eve"), newKey("ada", "one", obj{}),
			get("/api-key/get?id={{oneKeyId}}").as("eve"), get("/api-key/list").as("eve"),
			post("/api-key/update", obj{"keyId": "{{oneKeyId}}", "name": "x"}).as("eve"), post("/api-key/delete", obj{"keyId": "{{oneKeyId}}"}).as("eve"),
			post("/api-key/update", obj{"keyId": "{{oneKeyId}}", "name": "x", "userId": "{{adaId}}"}).as("eve"),
			post("/api-key/create", obj{"userId": "{{adaId}}"}).as("eve"), post("/api-key/create", obj{"userId": "{{eveId}}"}).as("eve"),
		)},
		{Name: "api-key/without a session", On: keyProfile, Steps: steps(
			post("/api-key/create", obj{}), post("/api-key/create", obj{"userId": "x"}), post("/api-key/create", obj{"remaining": 1}),
			get("/api-key/get?id=x"), get("/api-key/list"), post("/api-key/update", obj{"keyId": "x", "name": "y"}),
			post("/api-key/update", obj{"keyId": "x", "userId": "y"}), post("/api-key/delete", obj{"keyId": "x"}),
			post("/api-key/verify", obj{"key": "x"}), post("/api-key/delete-all-expired-api-keys", obj{}),
		)},
		{Name: "api-key/as a session", On: keyProfile, Steps: steps(
			member("ada"), newKey("ada", "one", obj{}),
			get("/get-session").with("x-api-key", "{{oneKey}}"), get("/get-session").with("x-api-key", "{{oneKey}}").with("user-agent", "robot/1.0"),
			get("/list-accounts").with("x-api-key", "{{oneKey}}"), post("/update-user", obj{"name": "By Key"}).with("x-api-key", "{{oneKey}}"),
			get("/api-key/list").with("x-api-key", "{{oneKey}}"), get("/get-session").with("x-api-key", "{{oneKey}}"),
			get("/get-session").with("x-api-key", "short"), get("/get-session").with("x-api-key", repeated("x", 64)),
			get("/list-accounts").with("x-api-key", repeated("y", 70)), get("/get-session").with("x-api-key", ""),
		)},
		{Name: "api-key/as a session beside another", On: keyProfile, Steps: steps(
			member("ada"), member("eve"), newKey("ada", "one", obj{}),
			get("/get-session").as("eve").with("x-api-key", "{{oneKey}}"), post("/sign-out", obj{}).as("eve").with("x-api-key", "{{oneKey}}"), whoami("eve"),
		)},
		{Name: "api-key/as a session, no more", On: keyProfile, Steps: steps(
			member("ada"), newKey("ada", "one", obj{}), newKey("ada", "two", obj{}), newKey("ada", "three", obj{}),
			rows("UPDATE apikey SET enabled = 0 WHERE id = '{{oneKeyId}}'"), get("/get-session").with("x-api-key", "{{oneKey}}"),
			rows("UPDATE apikey SET remaining = 0 WHERE id = '{{twoKeyId}}'"), get("/get-session").with("x-api-key", "{{twoKey}}"),
			rows("UPDATE apikey SET expiresAt = '{{iso:-1h}}' WHERE id = '{{threeKeyId}}'"), get("/get-session").with("x-api-key", "{{threeKey}}"),
			rows("DELETE FROM session"), rows("DELETE FROM user"),
		)},
		{Name: "api-key/of a user who is gone", On: keyProfile, Steps: steps(
			member("ada"), newKey("ada", "one", obj{}), verifyKey("one"),
			rows("DELETE FROM session"), rows("DELETE FROM account"), rows("DELETE FROM user"),
			get("/get-session").with("x-api-key", "{{oneKey}}"), verifyKey("one"),
		)},
	}
}

func repeated(s string, n int) string {
	out := ""
	for range n {
		out += s
	}
	return out
}

func keyInputScenarios() []Scenario {
	valid := obj{"name": "valid"}
	return []Scenario{
		{Name: "api-key/inputs", On: keyProfile, Steps: steps(member("ada"),
			each([]obj{
				{"name": ""}, {"name": repeated("n", 33)}, {"name": 5}, {"prefix": ""}, {"prefix": "a b"}, {"prefix": "my_"}, {"prefix": repeated("p", 33)},
				{"prefix": nil}, {"expiresIn": 0}, {"expiresIn": 1}, {"expiresIn": 86400}, {"expiresIn": 86400.5}, {"expiresIn": 365 * 86400}, {"expiresIn": 366 * 86400},
				{"expiresIn": "x"}, {"expiresIn": nil}, {"metadata": nil}, {"metadata": ""}, {"metadata": "x"}, {"metadata": 0}, {"metadata": 5}, {"metadata": true},
				{"metadata": []any{}}, {"metadata": obj{}}, {"metadata": obj{"d": "2020-01-01T00:00:00Z"}}, {"configId": ""}, {"configId": "x"}, {"configId": 5},
				{"remaining": nil}, {"remaining": 5}, {"remaining": -1}, {"remaining": "x"}, {"refillAmount": 0}, {"refillAmount": 5}, {"refillInterval": 5},
				{"rateLimitMax": 5}, {"rateLimitTimeWindow": 5}, {"rateLimitEnabled": true}, {"rateLimitEnabled": "x"}, {"permissions": obj{"a": []any{"b"}}},
				{"permissions": obj{"a": "b"}}, {"permissions": []any{}}, {"permissions": obj{"a": []any{"b", 1, nil}, "c": 5}}, {"userId": nil}, {"userId": 5},
				{"organizationId": "x"}, {"organizationId": nil}, {"unknown": 1}, {"name": 5, "prefix": "a b", "expiresIn": 0},
			}, func(o obj) Step { return post("/api-key/create", o).as("ada").named("create " + show(o)) }),
			post("/api-key/create", nil).as("ada"), post("/api-key/create", raw("[]")).as("ada"), post("/api-key/create", raw("{")).as("ada"),
			post("/api-key/create", raw("5")).as("ada"),
		)},
		{Name: "api-key/queries", On: keyProfile, Steps: steps(member("ada"), newKey("ada", "one", valid),
			each([]string{
				"get", "get?id=", "get?id=x", "get?id={{oneKeyId}}&configId=default", "get?id={{oneKeyId}}&configId=x", "get?id=a&id=b",
				"list?limit=x", "list?limit=-1", "list?limit=1.5", "list?limit=", "list?offset=-1", "list?limit=1e3", "list?sortDirection=up", "list?sortBy=",
				"list?sortBy=createdAt&sortDirection=asc", "list?sortBy=nothing", "list?organizationId=x", "list?limit=1&limit=2", "list?organizationId=",
			}, func(q string) Step { return get("/api-key/" + q).as("ada") }),
		)},
		{Name: "api-key/changes", On: keyProfile, Steps: steps(member("ada"), newKey("ada", "one", valid),
			each([]obj{
				{}, {"name": ""}, {"name": repeated("n", 33)}, {"name": 5}, {"name": nil}, {"enabled": "x"}, {"enabled": nil}, {"expiresIn": 0}, {"expiresIn": 1},
				{"expiresIn": 366 * 86400}, {"metadata": "x"}, {"metadata": 5}, {"metadata": []any{1}}, {"metadata": obj{"a": obj{"b": 1}}}, {"remaining": 0},
				{"remaining": 5}, {"refillAmount": 5}, {"refillInterval": 5}, {"rateLimitMax": 5}, {"rateLimitTimeWindow": 5}, {"rateLimitEnabled": false},
				{"permissions": nil}, {"permissions": obj{}}, {"userId": "{{adaId}}", "name": "mine"}, {"userId": 5, "name": "x"}, {"configId": "x", "name": "other"},
				{"configId": "default", "name": "same"}, {"unknown": 1},
			}, func(o obj) Step {
				return post("/api-key/update", plus(o, "keyId", "{{oneKeyId}}")).as("ada").named("update " + show(o))
			}),
			post("/api-key/update", obj{"name": "x"}).as("ada"), post("/api-key/update", obj{"keyId": "x", "name": "y"}).as("ada"),
			post("/api-key/update", obj{"keyId": 5, "name": "y"}).as("ada"), fieldCases("/api-key/delete", "ada", obj{"keyId": "x"}, "keyId"),
			post("/api-key/delete", obj{"keyId": "{{oneKeyId}}", "configId": "x"}).as("ada"),
		)},
		{Name: "api-key/from the server", On: keyProfile, Steps: steps(member("ada"), member("eve"),
			each([]obj{
				{"remaining": 5}, {"remaining": 0}, {"refillAmount": 5, "refillInterval": 1000}, {"refillAmount": 5}, {"refillInterval": 5}, {"refillAmount": 0},
				{"remaining": 2, "refillAmount": 5, "refillInterval": 1000}, {"rateLimitEnabled": false}, {"rateLimitMax": 3, "rateLimitTimeWindow": 1000},
				{"permissions": obj{"b": []any{"c"}, "a": []any{}}}, {"permissions": obj{}}, {"prefix": "srv_", "expiresIn": 90000},
			}, func(o obj) Step { return serverKey("ada", "last", o).named("server creates " + show(o)) }),
			call("createApiKey", obj{"body": obj{}}), call("createApiKey", obj{"body": obj{"userId": ""}}),
			serverKey("ada", "one", obj{}),
			each([]obj{
				{"remaining": 7}, {"refillAmount": 5}, {"refillInterval": 5}, {"refillAmount": 5, "refillInterval": 6}, {"rateLimitMax": 1}, {"rateLimitEnabled": false},
				{"permissions": obj{"x": []any{"y"}}}, {"permissions": nil}, {"permissions": obj{}}, {},
			}, func(o obj) Step {
				return call("updateApiKey", obj{"body": plus(plus(o, "keyId", "{{oneKeyId}}"), "userId", "{{adaId}}")}).named("server updates " + show(o))
			}),
			call("updateApiKey", obj{"body": obj{"keyId": "{{oneKeyId}}", "name": "x"}}),
			call("updateApiKey", obj{"body": obj{"keyId": "{{oneKeyId}}", "name": "x", "userId": "{{eveId}}"}}),
		)},
	}
}

func keyLimitScenarios() []Scenario {
	needs := func(name string, permissions any) Step {
		return call("verifyApiKey", obj{"body": obj{"key": "{{" + name + "Key}}", "permissions": permissions}}).named("verify with " + show(permissions))
	}
	return []Scenario{
		{Name: "api-key/verify", On: keyProfile, Steps: steps(member("ada"), newKey("ada", "one", obj{}),
			call("verifyApiKey", obj{"body": obj{}}), call("verifyApiKey", obj{"body": obj{"key": 5}}), call("verifyApiKey", obj{"body": obj{"key": ""}}),
			call("verifyApiKey", obj{"body": obj{"key": "x"}}), call("verifyApiKey", obj{"body": obj{"key": "{{oneKey}}", "configId": "default"}}),
			call("verifyApiKey", obj{"body": obj{"key": "{{oneKey}}", "configId": "x"}}), call("verifyApiKey", obj{"body": obj{"key": "{{oneKey}}", "permissions": 5}}),
		)},
		{Name: "api-key/permissions", On: keyProfile, Steps: steps(member("ada"), newKey("ada", "one", obj{}), serverKey("ada", "two", obj{"permissions": obj{"a": []any{"x", "y"}, "b": []any{}}}),
			needs("one", obj{"files": []any{"read"}}), needs("one", obj{"files": []any{"write"}}), needs("one", obj{"users": []any{"read"}}), needs("one", obj{}),
			needs("two", obj{"a": []any{"x"}}), needs("two", obj{"a": []any{"x", "y"}}), needs("two", obj{"b": []any{"x"}}), needs("two", obj{"a": []any{"x"}, "b": []any{"z"}}),
			rows("UPDATE apikey SET permissions = NULL"), needs("two", obj{"a": []any{"x"}}), verifyKey("two"),
		)},
		{Name: "api-key/remaining", On: keyProfile, Steps: steps(member("ada"), serverKey("ada", "one", obj{"remaining": 2}),
			verifyKey("one"), verifyKey("one"), verifyKey("one"), verifyKey("one"), get("/api-key/list").as("ada"),
		)},
		{Name: "api-key/refill", On: keyProfile, Steps: steps(member("ada"), serverKey("ada", "one", obj{"remaining": 1, "refillAmount": 2, "refillInterval": 3600000}),
			verifyKey("one"), verifyKey("one"), rows("UPDATE apikey SET createdAt = '{{iso:-2h}}'"), verifyKey("one"), verifyKey("one"), verifyKey("one"),
			rows("UPDATE apikey SET lastRefillAt = '{{iso:-2h}}'"), verifyKey("one"),
		)},
		{Name: "api-key/rate", On: keyProfile, Steps: steps(member("ada"), newKey("ada", "one", obj{}),
			verifyKey("one"), verifyKey("one"), verifyKey("one"), verifyKey("one"), verifyKey("one"), verifyKey("one"),
			get("/get-session").with("x-api-key", "{{oneKey}}"),
			rows("UPDATE apikey SET lastRequest = '{{iso:-2h}}'"), verifyKey("one"),
			rows("UPDATE apikey SET rateLimitEnabled = 0, requestCount = 99"), verifyKey("one"),
			rows("UPDATE apikey SET rateLimitEnabled = 1, rateLimitMax = NULL"), verifyKey("one"),
			rows("UPDATE apikey SET rateLimitTimeWindow = NULL, rateLimitMax = 1"), verifyKey("one"),
		)},
		{Name: "api-key/expired", On: keyProfile, Steps: steps(member("ada"), newKey("ada", "one", obj{}), newKey("ada", "two", obj{}), newKey("ada", "three", obj{}),
			rows("UPDATE apikey SET expiresAt = '{{iso:-1h}}' WHERE id = '{{oneKeyId}}'"), verifyKey("one"), verifyKey("one"),
			rows("UPDATE apikey SET expiresAt = '{{iso:-1h}}' WHERE id = '{{twoKeyId}}'"),
			call("deleteAllExpiredApiKeys", obj{}), get("/api-key/get?id={{twoKeyId}}").as("ada"), verifyKey("three"),
		)},
		{Name: "api-key/changed by hand", On: keyProfile, Steps: steps(member("ada"), newKey("ada", "one", obj{"metadata": obj{"a": 1}}),
			rows(`UPDATE apikey SET metadata = '"{\"old\":true}"'`), get("/api-key/list").as("ada"), get("/api-key/get?id={{oneKeyId}}").as("ada"), verifyKey("one"),
			rows("UPDATE apikey SET metadata = NULL, name = NULL, start = NULL, prefix = NULL"), get("/api-key/get?id={{oneKeyId}}").as("ada"), verifyKey("one"),
			rows("UPDATE apikey SET permissions = 'broken', metadata = 'null'"), get("/api-key/get?id={{oneKeyId}}").as("ada"),
		)},
	}
}
