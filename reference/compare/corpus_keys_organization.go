package main

// organizationKeyScenarios are about API keys that belong to an organization.
func organizationKeyScenarios() []Scenario {
	on := []string{"api-key-organization"}
	in := func(more obj) obj { return plus(plus(more, "configId", "org"), "organizationId", "{{acme}}") }
	key := func(jar, name string, more obj) Step { return newKey(jar, name, in(more)) }
	people := steps(
		verifiedMember("ada"), verifiedMember("bob"), verifiedMember("cid"), verifiedMember("dan"), org("ada", "acme"),
		joins("ada", "bob", "acme", "admin"), joins("ada", "cid", "acme", "member"),
	)
	return []Scenario{
		{Name: "api-key/of an organization", On: on, Steps: steps(people,
			key("ada", "one", obj{"name": "one"}), key("bob", "two", obj{}), key("cid", "three", obj{}), key("dan", "four", obj{}),
			get("/api-key/list?organizationId={{acme}}&configId=org").as("ada"), get("/api-key/list?organizationId={{acme}}").as("cid"),
			get("/api-key/list?organizationId={{acme}}").as("dan"), get("/api-key/list?organizationId=none").as("ada"), get("/api-key/list").as("ada"),
			get("/api-key/get?id={{oneKeyId}}&configId=org").as("ada"), get("/api-key/get?id={{oneKeyId}}").as("ada"), get("/api-key/get?id={{oneKeyId}}&configId=org").as("cid"), get("/api-key/get?id={{oneKeyId}}&configId=org").as("dan"),
			post("/api-key/update", obj{"keyId": "{{oneKeyId}}", "configId": "org", "name": "renamed"}).as("ada"), post("/api-key/update", obj{"keyId": "{{oneKeyId}}", "configId": "org", "name": "x"}).as("cid"),
			post("/api-key/update", obj{"keyId": "{{oneKeyId}}", "configId": "org", "name": "x"}).as("dan"), post("/api-key/update", obj{"keyId": "{{oneKeyId}}", "name": "x"}).as("ada"),
			post("/api-key/delete", obj{"keyId": "{{oneKeyId}}", "configId": "org"}).as("cid"), post("/api-key/delete", obj{"keyId": "{{oneKeyId}}", "configId": "org"}).as("dan"),
			post("/api-key/delete", obj{"keyId": "{{oneKeyId}}"}).as("ada"), post("/api-key/delete", obj{"keyId": "{{oneKeyId}}", "configId": "org"}).as("ada"),
			get("/api-key/list?organizationId={{acme}}&configId=org").as("ada"),
		)},
		{Name: "api-key/of an organization, inputs", On: on, Steps: steps(people,
			each([]obj{
				{"configId": "org"}, {"organizationId": "{{acme}}"}, {"configId": "org", "organizationId": "none"}, {"configId": "org", "organizationId": ""}, {"configId": "org", "organizationId": 5},
				{"configId": "default", "organizationId": "{{acme}}"}, {"configId": "none"}, {"configId": "org", "organizationId": "{{acme}}", "userId": "{{bobId}}"}, {"configId": "org", "organizationId": nil},
			}, func(o obj) Step { return post("/api-key/create", o).as("ada").named("create " + show(o)) }),
			post("/api-key/create", in(obj{})), get("/api-key/list?organizationId={{acme}}"),
			call("createApiKey", obj{"body": in(obj{})}).named("server creates"), call("createApiKey", obj{"body": in(obj{"userId": "{{danId}}"})}).named("server creates for dan"),
		)},
		{Name: "api-key/of an organization, at work", On: on, Steps: steps(people, key("ada", "one", obj{}), newKey("ada", "own", obj{}),
			verifyKey("one"), call("verifyApiKey", obj{"body": obj{"key": "{{oneKey}}", "configId": "org"}}), call("verifyApiKey", obj{"body": obj{"key": "{{oneKey}}", "configId": "default"}}),
			call("verifyApiKey", obj{"body": obj{"key": "{{ownKey}}", "configId": "org"}}).named("a user's key as the organization's"),
			get("/get-session").with("x-api-key", "{{oneKey}}"),
		)},
		{Name: "api-key/of an organization, left", On: on, Steps: steps(people, key("bob", "one", obj{}),
			post("/organization/leave", obj{"organizationId": "{{acme}}"}).as("bob"), get("/api-key/get?id={{oneKeyId}}&configId=org").as("bob"), get("/api-key/list?organizationId={{acme}}").as("bob"),
			post("/api-key/delete", obj{"keyId": "{{oneKeyId}}", "configId": "org"}).as("bob"),
		)},
		{Name: "api-key/of an organization that is gone", On: on, Steps: steps(people, key("ada", "one", obj{}),
			post("/organization/delete", obj{"organizationId": "{{acme}}"}).as("ada"), get("/api-key/get?id={{oneKeyId}}&configId=org").as("ada"),
			call("verifyApiKey", obj{"body": obj{"key": "{{oneKey}}", "configId": "org"}}).named("verify"),
		)},
	}
}
