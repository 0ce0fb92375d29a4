package main

// adminProfile has the plugin admin.
var adminProfile = []string{"admin"}

// crew is an admin, root, and two users.
func crew() []Step {
	return steps(member("root"), member("ada"), member("eve"), rows("UPDATE user SET role = 'admin' WHERE email = 'root@example.com'"))
}

func adminScenarios() []Scenario {
	users := []obj{
		{"email": "x", "name": "n"}, {"email": "New@Example.com", "name": "n"}, {"email": "new@example.com", "name": "n"}, {"email": "b@example.com"}, {"name": "n"},
		{"email": "c@example.com", "name": "n", "role": "admin"}, {"email": "d@example.com", "name": "n", "role": []any{"admin", "user"}}, {"email": "e@example.com", "name": "n", "role": 5},
		{"email": "f@example.com", "name": "n", "role": []any{5}}, {"email": "g@example.com", "name": "n", "password": "password1234"}, {"email": "h@example.com", "name": "n", "data": 5},
		{"email": "i@example.com", "name": "n", "data": obj{"image": "x", "emailVerified": true, "nothing": 1}}, {"email": "j@example.com", "name": "n", "data": obj{"role": "admin"}},
	}
	changes := []obj{
		{}, {"name": "Renamed"}, {"name": "x", "nothing": 1}, {"role": "admin"}, {"role": []any{"user", "admin"}}, {"role": 5}, {"role": []any{5}}, {"image": nil},
		{"emailVerified": true}, {"email": "other@example.com"}, {"banReason": "x"},
	}
	return []Scenario{
		{Name: "admin/create", On: adminProfile, Steps: steps(crew(),
			each(users, func(o obj) Step { return post("/admin/create-user", o).as("root").named("create " + show(o)) }),
			post("/admin/create-user", users[1]).as("ada"), post("/admin/create-user", users[1]), signIn("g"),
		)},
		{Name: "admin/change", On: adminProfile, Steps: steps(crew(),
			each(changes, func(o obj) Step {
				return post("/admin/update-user", obj{"userId": "{{adaId}}", "data": o}).as("root").named("update " + show(o))
			}),
			post("/admin/update-user", obj{"userId": "nobody", "data": obj{"name": "x"}}).as("root"), post("/admin/update-user", obj{"userId": "nobody"}).as("root"),
			post("/admin/update-user", obj{"userId": "{{rootId}}", "data": obj{"name": "x"}}).as("eve"),
			post("/admin/set-role", obj{"userId": "{{adaId}}", "role": "user"}).as("root"), post("/admin/set-role", obj{"userId": "{{adaId}}", "role": []any{"a", "b"}}).as("root"),
			post("/admin/set-role", obj{"userId": "nobody", "role": "user"}).as("root"), post("/admin/set-role", obj{}).as("root"), post("/admin/set-role", obj{"userId": "x", "role": "admin"}).as("eve"),
			post("/admin/set-user-password", obj{"userId": "{{eveId}}", "newPassword": "another password"}).as("root"), signIn("eve"),
			post("/admin/set-user-password", obj{"userId": "", "newPassword": ""}).as("root"), post("/admin/set-user-password", obj{"userId": "x", "newPassword": "short"}).as("root"),
			post("/admin/set-user-password", obj{"userId": "nobody", "newPassword": "another password"}).as("root"),
			post("/admin/set-user-password", obj{"userId": "{{eveId}}", "newPassword": "another password"}).as("ada"),
			get("/admin/get-user?id={{adaId}}").as("root"), get("/admin/get-user?id=nobody").as("root"), get("/admin/get-user").as("root"), get("/admin/get-user?id=x").as("eve"),
		)},
		{Name: "admin/ban", On: adminProfile, Steps: steps(crew(), signInAs("two", "ada"),
			post("/admin/ban-user", obj{"userId": "{{adaId}}"}).as("root"), whoami("ada"), whoami("two"), signIn("ada"),
			post("/admin/unban-user", obj{"userId": "{{adaId}}"}).as("root"), signIn("ada"),
			post("/admin/ban-user", obj{"userId": "{{adaId}}", "banReason": "spam", "banExpiresIn": 3600}).as("root"), signIn("ada"),
			rows("UPDATE user SET banExpires = '{{iso:-1h}}' WHERE id = '{{adaId}}'"), signIn("ada"), get("/admin/get-user?id={{adaId}}").as("root"),
			post("/admin/ban-user", obj{"userId": "{{rootId}}"}).as("root"), post("/admin/ban-user", obj{"userId": "nobody"}).as("root"), post("/admin/ban-user", obj{"userId": "{{eveId}}", "banExpiresIn": "x"}).as("root"),
			post("/admin/ban-user", obj{"userId": "{{adaId}}", "banReason": 5}).as("root"), post("/admin/ban-user", obj{"userId": "{{adaId}}"}).as("eve"), post("/admin/ban-user", obj{}),
			post("/admin/unban-user", obj{"userId": "nobody"}).as("root"), post("/admin/unban-user", obj{"userId": "{{adaId}}"}).as("eve"),
		)},
		{Name: "admin/sessions", On: adminProfile, Steps: steps(crew(), signInAs("two", "ada"), signInAs("three", "ada"),
			post("/admin/list-user-sessions", obj{"userId": "{{adaId}}"}).as("root"), post("/admin/list-user-sessions", obj{"userId": "nobody"}).as("root"), post("/admin/list-user-sessions", obj{"userId": "x"}).as("eve"),
			post("/admin/revoke-user-session", obj{"sessionToken": "{{twoToken}}"}).as("root"), whoami("two"), post("/admin/revoke-user-session", obj{"sessionToken": "x"}).as("root"),
			post("/admin/revoke-user-session", obj{}).as("root"), post("/admin/revoke-user-session", obj{"sessionToken": "x"}).as("eve"), post("/admin/revoke-user-sessions", obj{"userId": "{{adaId}}"}).as("eve"),
			post("/admin/revoke-user-sessions", obj{"userId": "{{adaId}}"}).as("root"), whoami("three"), whoami("ada"),
			post("/admin/remove-user", obj{"userId": "{{adaId}}"}).as("eve"), post("/admin/remove-user", obj{"userId": "{{adaId}}"}).as("root"), post("/admin/remove-user", obj{"userId": "{{adaId}}"}).as("root"),
			post("/admin/remove-user", obj{"userId": "{{rootId}}"}).as("root"),
		)},
		{Name: "admin/impersonation", On: adminProfile, Steps: steps(crew(),
			post("/admin/impersonate-user", obj{"userId": "{{adaId}}"}).as("eve"), post("/admin/impersonate-user", obj{"userId": "nobody"}).as("root"),
			post("/admin/impersonate-user", obj{"userId": "{{rootId}}"}).as("root"), post("/admin/stop-impersonating", obj{}).as("root"), post("/admin/stop-impersonating", obj{}),
			post("/admin/impersonate-user", obj{"userId": "{{adaId}}"}).as("root"), whoami("root"), get("/list-sessions").as("ada"), get("/admin/list-users").as("root"),
			post("/admin/stop-impersonating", obj{}).as("root"), whoami("root"),
			post("/sign-in/email", obj{"email": "root@example.com", "password": password, "rememberMe": false}).as("root"), post("/admin/impersonate-user", obj{"userId": "{{eveId}}"}).as("root"),
			post("/admin/stop-impersonating", obj{}).as("root"), whoami("root"),
			post("/admin/impersonate-user", obj{"userId": "{{eveId}}"}).as("root"), dropCookie("root", "better-auth.admin_session"), post("/admin/stop-impersonating", obj{}).as("root"),
		)},
		{Name: "admin/list", On: adminProfile, Steps: steps(crew(),
			each([]string{
				"", "?limit=1&sortBy=email", "?limit=1&offset=1&sortBy=email", "?offset=2&sortBy=email&limit=9", "?limit=x&offset=y", "?limit=0", "?sortBy=name&sortDirection=desc", "?sortBy=nothing",
				"?searchValue=ADA", "?searchValue=A&searchField=name&searchOperator=starts_with", "?searchValue=example.com&searchOperator=ends_with&sortBy=email", "?searchValue=nobody",
				"?filterField=role&filterValue=admin", "?filterField=role&filterValue=admin&filterOperator=ne&sortBy=email", "?filterField=nothing&filterValue=x", "?filterField=role&filterValue=admin&filterOperator=in",
				"?filterField=role&filterValue=admin&filterValue=user&filterOperator=in&sortBy=email", "?filterField=id&filterValue={{adaId}}", "?filterField=_id&filterValue={{adaId}}&filterOperator=ne&sortBy=email",
				"?filterField=banned&filterValue=false&sortBy=email", "?searchField=x", "?filterOperator=or", "?sortDirection=up", "?searchOperator=x",
			}, func(q string) Step { return get("/admin/list-users" + q).as("root") }),
			get("/admin/list-users").as("eve"), get("/admin/list-users"),
		)},
		{Name: "admin/permissions", On: adminProfile, Steps: steps(crew(),
			each([]obj{
				{}, {"permission": obj{"user": []any{"list"}}}, {"permissions": obj{"user": []any{"list"}}}, {"permissions": obj{"user": []any{"list", "fly"}}}, {"permissions": obj{"car": []any{"drive"}}},
				{"permissions": obj{}}, {"permissions": 5}, {"permissions": obj{"user": "x"}}, {"permissions": []any{}, "role": 5}, {"permissions": obj{"user": []any{"list"}}, "userId": 5, "role": "user"},
				{"permissions": obj{"user": []any{"list"}}, "permission": obj{}}, {"permissions": obj{"user": []any{"impersonate-admins"}}},
			}, func(o obj) Step { return post("/admin/has-permission", o).as("root").named("has " + show(o)) }),
			post("/admin/has-permission", obj{"permissions": obj{"user": []any{"list"}}}).as("eve"), post("/admin/has-permission", obj{"permissions": obj{"user": []any{"list"}}}),
			post("/admin/has-permission", raw("[]")).as("root"), post("/admin/has-permission", nil).as("root"),
		)},
	}
}
