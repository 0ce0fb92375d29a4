package main

import "fmt"

func signUpScenarios() []Scenario {
	body := obj{"name": "Ada", "email": "ada@example.com", "password": password}
	return []Scenario{
		{Name: "sign-up/happy path", Steps: steps(
			post("/sign-up/email", body).as("ada"),
			whoami("ada"),
			get("/list-sessions").as("ada"),
			get("/list-accounts").as("ada"),
		)},
		{Name: "sign-up/address in use", Steps: steps(
			post("/sign-up/email", body),
			post("/sign-up/email", body),
			post("/sign-up/email", plus(body, "email", "ADA@Example.com")),
			post("/sign-up/email", plus(plus(body, "image", "https://x.example/a.png"), "nickname", "n")),
		)},
		{Name: "sign-up/image and callback", Steps: steps(
			post("/sign-up/email", plus(plus(body, "image", "https://cdn.example.com/a.png"), "callbackURL", "/welcome")).as("ada"),
			whoami("ada"),
			post("/sign-up/email", plus(plus(body, "email", "b@example.com"), "callbackURL", "https://evil.example/x")),
			post("/sign-up/email", plus(plus(body, "email", "b@example.com"), "callbackURL", "/x?y=1&z=2")),
			post("/sign-up/email", plus(plus(body, "email", "c@example.com"), "image", "")),
			post("/sign-up/email", plus(plus(body, "email", "d@example.com"), "image", "not a url")),
		)},
		{Name: "sign-up/not remembered", Steps: steps(
			post("/sign-up/email", plus(body, "rememberMe", false)).as("ada"),
			whoami("ada"),
			post("/sign-up/email", plus(plus(body, "email", "b@example.com"), "rememberMe", true)).as("b"),
			whoami("b"),
		)},
		{Name: "sign-up/while signed in", On: []string{"core", "minimal", "secondary-storage"}, Steps: steps(
			member("ada"),
			post("/sign-up/email", plus(body, "email", "other@example.com")).as("ada"),
			whoami("ada"),
			get("/list-sessions").as("ada"),
		)},
		{Name: "sign-up/client address and agent", On: []string{"core", "minimal", "secondary-storage"}, Steps: steps(
			each(clientAddresses, func(ip string) Step {
				return post("/sign-up/email", plus(body, "email", "ip"+fmt.Sprint(len(ip))+emailSafe(ip)+"@example.com")).
					with("x-forwarded-for", ip).with("user-agent", "Mozilla/5.0 (test) "+ip).as("ada")
			}),
			whoami("ada"),
			get("/list-sessions").as("ada"),
		)},
		{Name: "sign-up/additional fields", On: []string{"core"}, Steps: steps(additionalFieldCases())},
		{Name: "sign-up/additional fields are kept", On: []string{"core"}, Steps: steps(
			post("/sign-up/email", obj{"name": "Ada", "email": "ada@example.com", "password": password, "nickname": "ad", "age": 36, "secretNote": "hush",
				"newsletter": true, "birthday": "1815-12-10T00:00:00.000Z", "unknown": "dropped", "id": "chosen", "role": "admin"}).as("ada"),
			whoami("ada"),
			signIn("ada"),
		)},
		{Name: "sign-up/reserved fields", Steps: steps(
			each([]string{"id", "createdAt", "updatedAt", "emailVerified", "token", "userId", "plan", "__proto__", "constructor"}, func(key string) Step {
				return post("/sign-up/email", plus(plus(body, "email", "r-"+emailSafe(key)+"@example.com"), key, "2020-01-01T00:00:00.000Z")).named("with " + key)
			}),
			post("/sign-up/email", plus(plus(body, "email", "ev@example.com"), "emailVerified", true)).as("ev"),
			whoami("ev"),
		)},
		{Name: "sign-up/password lengths", On: []string{"core", "minimal"}, Steps: steps(passwordCases())},
		{Name: "sign-up/e-mail shapes", On: []string{"core", "minimal"}, Steps: steps(each(emails, func(e string) Step {
			return post("/sign-up/email", obj{"name": "Ada", "email": e, "password": "short"}).named("e-mail " + short(e))
		}))},
		{Name: "sign-up/e-mail case", Steps: steps(
			post("/sign-up/email", plus(body, "email", "MiXed.Case+Tag@EXAMPLE.Com")).as("ada"),
			markVerifiedAddress("mixed.case+tag@example.com"),
			post("/sign-in/email", obj{"email": "mixed.case+tag@example.com", "password": password}).as("ada"),
			post("/sign-in/email", obj{"email": "MIXED.CASE+TAG@EXAMPLE.COM", "password": password}).as("ada"),
			whoami("ada"),
		)},
	}
}

func passwordCases() []Step {
	var out []Step
	for i, p := range passwords {
		out = append(out, post("/sign-up/email", obj{"name": "Ada", "email": fmt.Sprintf("p%d@example.com", i), "password": p}).named("password "+short(p)))
	}
	return out
}

func markVerifiedAddress(email string) Step {
	return rows("UPDATE user SET emailVerified = 1 WHERE email = '" + email + "'")
}

// emailSafe keeps the letters and digits of a text.
func emailSafe(text string) string {
	var out []rune
	for _, r := range text {
		if r < 128 && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9') {
			out = append(out, r)
		}
	}
	return string(out)
}

func short(text string) string {
	const most = 40
	if r := []rune(text); len(r) > most {
		return fmt.Sprintf("%s… (%d)", string(r[:most]), len(r))
	}
	return text
}

func additionalFieldCases() []Step {
	cases := map[string][]any{
		"nickname":   {"", nil, 5, true, []any{"a"}, obj{"a": 1}, "nick"},
		"age":        {0, -1, 1.5, "42", "x", nil, true, 1e21, []any{}},
		"newsletter": {true, false, nil, "true", "false", 0, 1, obj{}},
		"birthday":   {"2000-01-02", "2000-01-02T03:04:05Z", "2000-01-02T03:04:05.678+02:00", "nonsense", "", nil, 946684800000, true, "2000-13-45"},
		"plan":       {"pro", nil, "", 3, "free"},
		"secretNote": {"", nil, "note", 7},
	}
	var out []Step
	n := 0
	for _, field := range []string{"nickname", "age", "newsletter", "birthday", "plan", "secretNote"} {
		for _, v := range cases[field] {
			n++
			out = append(out, post("/sign-up/email", obj{"name": "Ada", "email": fmt.Sprintf("a%d@example.com", n), "password": password, field: v}).
				named(field+" is "+show(v)))
		}
	}
	return out
}

var clientAddresses = []string{
	"203.0.113.9", "203.0.113.9, 10.0.0.1", " 198.51.100.7 ", "2001:db8:1:2:3:4:5:6", "::ffff:192.0.2.1", "::1", "2001:DB8::A", "not-an-ip", "203.0.113.9:443", "[2001:db8::1]",
	"256.1.1.1", "",
}

var passwords = []string{
	"", "a", "1234567", "12345678", "        ", "{{repeat:a*128}}", "{{repeat:a*129}}", "{{repeat:a*1000}}", "😀😀😀", "😀😀😀😀", "{{repeat:😀*64}}", "{{repeat:😀*65}}",
	"pässwörd", "pa\u0308sswo\u0308rd", "пароль12", "密码密码密码密码", "tab\tnewline\n1", "null\u0000byte1", "ﬁﬁﬁﬁﬁﬁﬁﬁ",
}

var emails = []string{
	"plain", "@", "a@", "@b.co", "a@b", "a@b.c", "a@b.co", "a.b@c.de", "a..b@c.de", ".a@c.de", "a.@c.de", "a@-c.de", "a@c-.de", "a@c..de", "a@c.d-e", "a b@c.de", " a@c.de",
	"a@c.de ", "a@c.de\n", "a+b@c.de", "a_b@c.de", "a'b@c.de", "a\"b@c.de", "\"quoted\"@c.de", "a@[127.0.0.1]", "a@127.0.0.1", "a@localhost", "ü@c.de", "a@ü.de", "a@xn--c-xga.de",
	"a@c.123", "a@c.d1", "A@C.DE", "a@b@c.de", "a%b@c.de", "a!#$&*/=?^`{|}~@c.de", "a,b@c.de", "a;b@c.de", "<a@c.de>", "a@c.de,b@c.de", "mailto:a@c.de", "😀@c.de", "a@😀.de",
	"{{repeat:a*64}}@c.de", "{{repeat:a*65}}@c.de", "{{repeat:a*250}}@c.de", "a@{{repeat:b*63}}.de", "a@{{repeat:b*64}}.de", "-a@c.de", "a-@c.de", "a'@c.de", "_@c.de", "1@2.co", "a@c_d.de",
	"a\u0000@c.de", "a@c.de\u2028", "a@sub.sub.sub.example.museum",
}
