package main

import "fmt"

// names are texts that encoders treat in different ways.
var names = []string{
	`quo"te`, "apo'strophe", `back\slash`, "<b>&amp;</b>", "emoji 😀👩‍👩‍👧", "line\u2028para\u2029", "\u202eright to left", "עברית العربية", "zero\u200bwidth", "e\u0301 é", "tab\tnewline\r\n", "nul\u0000char", "\ufeffbom",
	"汉字漢字かな", "%20%00+&=", "${ORIGIN} {{", "  spaces  ", "\u007f\u0080\u009f", "\U0010ffff", "ﬁ ligature", "İıſß", "null", "[object Object]", "{\"a\":1}", "; Path=/; x=y", "\u00a0",
}

func unicodeScenarios() []Scenario {
	return []Scenario{
		{Name: "unicode/names", Steps: steps(func() []Step {
			var out []Step
			for i, name := range names {
				jar := fmt.Sprintf("n%d", i)
				if i%4 == 0 {
					out = append(out, post("/sign-up/email", obj{"name": name, "email": jar + "@example.com", "password": password}).as(jar).named("sign up "+short(name)),
						markVerified(jar), signIn(jar), whoami(jar).named("session of "+short(name)))
				}
				out = append(out, post("/update-user", obj{"name": name, "image": name}).as("n0").named("update "+short(name)), whoami("n0").named("updated "+short(name)))
			}
			return out
		}())},
		{Name: "unicode/escapes on the wire", On: []string{"core"}, Steps: steps(
			member("ada"),
			post("/update-user", raw(`{"name":"\u0041\ud83d\ude00\u2028\/"}`)).as("ada"), whoami("ada"),
			post("/update-user", raw(`{"name":"\ud83d"}`)).as("ada"), whoami("ada"),
			post("/update-user", raw(`{"name":"\ude00\ud83d"}`)).as("ada"), whoami("ada"),
			post("/update-user", raw("{\"name\":\"bad \xff utf8\"}")).as("ada"), whoami("ada"),
			post("/update-user", raw("{\"name\":\"\xed\xa0\x80\"}")).as("ada"), whoami("ada"),
			post("/update-user", raw(`{"name":"{{repeat:long *3000}}"}`)).as("ada"), whoami("ada"),
		)},
		{Name: "unicode/user agents", On: []string{"core", "minimal"}, Steps: steps(
			verified("ada"),
			each([]string{"", " ", "curl/8", "ünïcode", "{{repeat:a*2000}}", "tab\there", "\"quoted\""}, func(agent string) Step {
				return signIn("ada").with("user-agent", agent).named("agent " + short(agent))
			}),
			get("/list-sessions").as("ada"),
		)},
	}
}
