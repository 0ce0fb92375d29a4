package core_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/crypto"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store/memory"
)

// changesNothing reports whether all of a flow's statements read.
func (g good) changesNothing(before string) bool { return g.after == before }

func TestGAP020_AFailureAtAnyStatementLeavesNothingHalfDone(t *testing.T) {
	points := 0
	for i := range flows {
		f := &flows[i]
		t.Run(f.name, func(t *testing.T) {
			want := f.succeed(t)
			if want.changesNothing(f.stage(t).before) && f.name != "verify the address" && len(want.statements) < 2 {
				t.Fatalf("the operation writes nothing: %v", want.statements)
			}
			for n := range want.statements {
				points++
				failedFlow(t, f, n+1, want)
			}
		})
	}
	t.Logf("%d failures in %d operations", points, len(flows))
}

// failedFlow fails the n-th statement of a flow: it must answer an error and have changed nothing, or have succeeded.
func failedFlow(t *testing.T, f *flow, n int, want good) {
	t.Helper()
	s := f.stage(t)
	s.db.watch(failAt(n))
	res := s.direct(s.request)
	s.db.watch(nil)
	at := want.statements[n-1]
	after := s.dump()
	if res.Status == want.Status && res.Header.Get("Location") == want.Header.Get("Location") {
		if after != want.after {
			t.Errorf("statement %d (%s) failed, and the answer %d does not say so\nwant: %s\nrows: %s", n, at, res.Status, want.after, after)
		}
		return
	}
	if after != s.before {
		t.Errorf("statement %d (%s) failed with %d, and rows changed\nbefore: %s\nafter: %s", n, at, res.Status, s.before, after)
	}
	if line := res.setsCookie(sessionToken); line != "" && !res.expires(sessionToken) {
		t.Errorf("statement %d (%s) failed with %d, and the client got %s", n, at, res.Status, line)
	}
	if strings.Contains(res.Body, errProbe.Error()) || strings.Contains(res.Body, at) {
		t.Errorf("the answer tells the cause: %s", res.Body)
	}
	if retried := s.direct(s.request); retried.Status != want.Status {
		t.Errorf("after a failure at statement %d (%s) the same request answers %d %s", n, at, retried.Status, retried.Body)
	}
}

func TestGAP020_DeletingAUserIsOneStep(t *testing.T) {
	for n := 1; ; n++ {
		db := &probe{Database: memory.New()}
		s := newServer(t, func(o *auth.Options) { o.Database = db })
		s.client().signUp(flowEmail)
		id, before := s.user(flowEmail)["id"].(string), s.dump()
		db.watch(failAt(n))
		err := account.DeleteUser(s.Context().NewCall(t.Context()), id)
		statements := db.statements()
		db.watch(nil)
		if err == nil {
			if n < 4 {
				t.Errorf("it is done in %v", statements)
			}
			return
		}
		if s.dump() != before {
			t.Errorf("statement %d (%s) failed, and rows are gone", n, statements[n-1])
		}
	}
}

func TestGO009_AClientThatLeavesEndsNoWriteHalfway(t *testing.T) {
	for i := range flows {
		f := &flows[i]
		t.Run(f.name, func(t *testing.T) {
			want := f.succeed(t)
			for n := range want.statements {
				s := f.stage(t)
				ctx, leave := context.WithCancel(t.Context())
				s.db.watch(func(i int, _ string) error {
					if i == n+1 {
						leave()
					}
					return nil
				})
				res := s.directCtx(ctx, s.request)
				leave()
				s.db.watch(nil)
				if after := s.dump(); after != want.after || res.Status != want.Status {
					t.Errorf("the client left at statement %d (%s): %d\nwant: %s\nrows: %s", n+1, want.statements[n], res.Status, want.after, after)
				}
			}
		})
	}
}

func TestGO009_AClientThatLeftBeforeIsServedLikeAnyOther(t *testing.T) {
	s := newServer(t, nil)
	ctx, leave := context.WithCancel(t.Context())
	leave()
	s.directCtx(ctx, post("/sign-up/email", signUpBody)).want(t, http.StatusOK)
	if users, accounts, sessions := s.count(schema.UserModel), s.count(schema.AccountModel), s.count(schema.SessionModel); users*accounts*sessions != 1 {
		t.Errorf("%d users, %d accounts, %d sessions", users, accounts, sessions)
	}
}

// cookieMutations are what may come in place of a signed token. None is a session.
func cookieMutations(s *server, good, other string) map[string]string {
	plain, _ := url.PathUnescape(good)
	otherPlain, _ := url.PathUnescape(other)
	token, sig, _ := strings.Cut(plain, ".")
	_, otherSig, _ := strings.Cut(otherPlain, ".")
	flip := func(text string, i int) string {
		b := []byte(text)
		if b[i]++; b[i] == '=' || b[i] > 'z' {
			b[i] = 'A'
		}
		return string(b)
	}
	raw, _ := base64.StdEncoding.DecodeString(sig)
	foreign := hmac.New(sha256.New, []byte("another secret, which is not the server's"))
	foreign.Write([]byte(token))
	unkeyed := hmac.New(sha256.New, nil)
	unkeyed.Write([]byte(token))
	unknown := strings.Repeat("x", 32)
	return map[string]string{
		"empty": "", "one letter": "x", "no dot": token, "no dot but the signature": token + sig, "a dot": ".", "two dots": "..",
		"no signature": token + ".", "no token": "." + sig, "the first letter flipped": flip(token, 0) + "." + sig,
		"the last letter flipped": flip(token, 31) + "." + sig, "the signature's first letter flipped": token + "." + flip(sig, 0),
		"the signature's middle flipped": token + "." + flip(sig, 20), "the signature cut": token + "." + sig[:43],
		"half a signature": token + "." + sig[:22], "the signature longer": token + "." + sig + "A",
		"two signatures": token + "." + sig + "." + sig[:4], "the signature in hex": token + "." + hex.EncodeToString(raw),
		"the signature in base64url without padding": token + "." + base64.RawURLEncoding.EncodeToString(raw) + "-",
		"a signature of zeros":                       token + "." + base64.StdEncoding.EncodeToString(make([]byte, 32)),
		"a signature of equals":                      token + "." + strings.Repeat("=", 44), "bad base64": token + "." + strings.Repeat("!", 43) + "=",
		"the token in capitals": strings.ToUpper(token) + "." + sig, "another token's signature": token + "." + otherSig,
		"a foreign secret": token + "." + base64.StdEncoding.EncodeToString(foreign.Sum(nil)),
		"an empty secret":  token + "." + base64.StdEncoding.EncodeToString(unkeyed.Sum(nil)),
		"signed but empty": "." + s.Context().Keys.Sign(""), "signed but unknown": unknown + "." + s.Context().Keys.Sign(unknown),
		"signed for another purpose": "true." + s.Context().Keys.Sign("true"), "a space before": "%20" + good, "a space behind": good + "%20",
		"NUL behind the token": token + "%00." + sig, "NUL behind": good + "%00", "a raw NUL": token + "\x00." + sig,
		"a line break": token + "%0d%0aSet-Cookie:x." + sig, "bad percent": "%zz" + good, "a lone percent": good + "%",
		"encoded twice": url.PathEscape(good) + "%25", "bytes that are no text": "\xff\xfe" + good, "JSON": `{"token":"` + token + `"}`,
		"a quote": `"` + good, "a million letters": strings.Repeat("a", 1<<20), "a million dots": strings.Repeat(".", 1<<20),
		"a list": token + "," + token + "." + sig, "U+FF0E for the dot": token + "\uff0e" + sig, "__proto__": "__proto__." + sig,
	}
}

func TestFAULT015_BrokenSessionCookiesMeanSignedOutAndAreForgotten(t *testing.T) {
	s := newServer(t, withCache("compact"))
	a, b := s.client(), s.client()
	a.signUp("ada@example.com")
	b.signUp("bob@example.com")
	good := a.cookie(sessionToken)
	control := s.direct(request{Path: "/get-session", Header: http.Header{"Cookie": {sessionToken + "=" + good}}})
	if control.session(t) == nil {
		t.Fatal("the good cookie is no session; the test tests nothing")
	}
	mutations := cookieMutations(s, good, b.cookie(sessionToken))
	if len(mutations) < 40 {
		t.Fatalf("%d mutations", len(mutations))
	}
	for name, value := range mutations {
		for _, copied := range []string{"", "; " + sessionData + "=" + a.cookie(sessionData)} {
			header := http.Header{"Cookie": {sessionToken + "=" + value + copied}}
			res := s.direct(request{Path: "/get-session", Header: header})
			if res.Status != http.StatusOK || res.Body != "null" {
				t.Errorf("%s: get-session answered %d %s", name, res.Status, res.Body)
			}
			if !res.expires(sessionToken) || copied != "" && !res.expires(sessionData) {
				t.Errorf("%s: the bad cookies stay with the client: %q", name, res.Header["Set-Cookie"])
			}
			for _, path := range []string{"/list-accounts", "/list-sessions"} {
				res := s.direct(request{Path: path, Header: header})
				if res.Status != http.StatusUnauthorized || len(res.Header["Set-Cookie"]) > 0 {
					t.Errorf("%s: %s answered %d %s %q", name, path, res.Status, res.Body, res.Header["Set-Cookie"])
				}
			}
		}
	}
}

func TestFAULT015_BrokenChunksFallBackToTheStore(t *testing.T) {
	s := newServer(t, func(o *auth.Options) {
		withCache("jwe")(o)
		o.User.AdditionalFields = schema.Fields{{Name: "about", Type: schema.String, Required: option.Off}}
	})
	c := s.client()
	c.post("/sign-up/email", map[string]any{"name": "Ada", "email": "ada@example.com", "password": testPassword,
		"about": strings.Repeat("long ", 2000)}).want(t, http.StatusOK)
	part := func(i int) string { return c.cookie(fmt.Sprintf("%s.%d", sessionData, i)) }
	if part(2) == "" {
		t.Fatalf("the copy is in %v; the test needs three chunks", c.names())
	}
	header := func(parts ...string) http.Header {
		return http.Header{"Cookie": {strings.Join(append(parts, sessionToken+"="+c.cookie(sessionToken)), "; ")}}
	}
	n := func(i int, v string) string { return fmt.Sprintf("%s.%d=%s", sessionData, i, v) }
	for name, h := range map[string]http.Header{
		"swapped":        header(n(0, part(1)), n(1, part(0)), n(2, part(2))),
		"missing first":  header(n(1, part(1)), n(2, part(2))),
		"missing middle": header(n(0, part(0)), n(2, part(2))),
		"missing last":   header(n(0, part(0)), n(1, part(1))),
		"an extra one":   header(n(0, part(0)), n(1, part(1)), n(2, part(2)), n(3, "x"), n(4, "x"), n(5, "x"), n(6, "x")),
		"a whole beside": header(sessionData+"=x", n(0, part(0)), n(1, part(1)), n(2, part(2))),
		"index 99":       header(n(0, part(0)), n(99, part(1))),
		"bad index":      header(n(0, part(0)), sessionData+".01="+part(1), sessionData+".-1=x", sessionData+".x=x"),
		"empty chunks":   header(n(0, ""), n(1, ""), n(2, "")),
	} {
		res := s.direct(request{Path: "/get-session", Header: h})
		if res.session(t) == nil {
			t.Errorf("%s: signed out", name)
		}
		for i := 3; i < 7; i++ {
			if name == "an extra one" && !res.expires(fmt.Sprintf("%s.%d", sessionData, i)) && res.setsCookie(fmt.Sprintf("%s.%d", sessionData, i)) == "" {
				t.Errorf("%s: chunk %d stays with the client", name, i)
			}
		}
	}
}

func FuzzFAULT015_AnyCookieHeader(f *testing.F) {
	s := newServer(f, withCache("compact"))
	c := s.client()
	c.signUp("ada@example.com")
	for _, value := range cookieMutations(s, c.cookie(sessionToken), c.cookie(sessionToken)) {
		if len(value) < 1<<10 {
			f.Add(sessionToken+"="+value, c.cookie(sessionData))
		}
	}
	f.Add(c.cookies().Get("Cookie"), "")
	f.Fuzz(func(t *testing.T, header, data string) {
		s := s.with(t)
		h := http.Header{"Cookie": {header + "; " + sessionData + "=" + data}}
		if res := s.direct(request{Path: "/get-session", Header: h}); res.Status != http.StatusOK {
			t.Errorf("get-session answered %d %s to %q", res.Status, res.Body, h)
		}
		if res := s.direct(request{Path: "/list-accounts", Header: h}); res.Status != http.StatusOK && res.Status != http.StatusUnauthorized {
			t.Errorf("list-accounts answered %d %s to %q", res.Status, res.Body, h)
		}
	})
}

func TestFAULT017_OneAddressIsOneIdentity(t *testing.T) {
	s := newServer(t, nil)
	s.client().signUp("kim.i@example.com")
	same := []string{"kim.i@example.com", "KIM.I@EXAMPLE.COM", "Kim.i@Example.com"}
	other := []string{"kim.i+x@example.com", "kimi@example.com", "kim.i@example.org"}
	refused := []string{
		"\u212aim.i@example.com", "k\u0131m.i@example.com", "kim.\u0130@example.com", "\uff4bim.i@example.com", "kim.i@example\uff0ecom",
		"kim\u200d.i@example.com", "\u202ekim.i@example.com", "kim.i@exa\u0301mple.com", "kim.i@ex\u00e1mple.com", " kim.i@example.com",
		"kim.i@example.com ", "kim.i@example.com\n", "kim.i.@example.com", ".kim.i@example.com", "kim..i@example.com", "kim.i@example.com.",
		"kim.i@example.com\x00", "kim.i@\u0435xample.com", "\"kim.i\"@example.com", "kim.i@[127.0.0.1]", "kim.i(x)@example.com",
	}
	signUp := func(email string) int {
		return s.client().post("/sign-up/email", map[string]any{"name": "K", "email": email, "password": testPassword}).Status
	}
	signIn := func(email string) int {
		return s.client().post("/sign-in/email", map[string]any{"email": email, "password": testPassword}).Status
	}
	for _, email := range same {
		if up, in := signUp(email), signIn(email); up != http.StatusUnprocessableEntity || in != http.StatusOK {
			t.Errorf("%q, the same address: sign-up %d, sign-in %d", email, up, in)
		}
	}
	for _, email := range refused {
		if up, in := signUp(email), signIn(email); up != http.StatusBadRequest || in != http.StatusBadRequest {
			t.Errorf("%q, no address: sign-up %d, sign-in %d", email, up, in)
		}
	}
	for _, email := range other {
		if in, up := signIn(email), signUp(email); in != http.StatusUnauthorized || up != http.StatusOK {
			t.Errorf("%q, another address: sign-in %d, sign-up %d", email, in, up)
		}
	}
}

func TestGO015_EmptySecretsAreRefused(t *testing.T) {
	for name, change := range map[string]func(o *auth.Options){
		"none":             func(o *auth.Options) { o.Secret = "" },
		"blank":            func(o *auth.Options) { o.Secret = "   " },
		"short":            func(o *auth.Options) { o.Secret = "abcdefgh" },
		"one letter":       func(o *auth.Options) { o.Secret = strings.Repeat("a", 40) },
		"an empty version": func(o *auth.Options) { o.Secrets = []crypto.Secret{{Version: 1, Value: ""}} },
		"the well-known":   func(o *auth.Options) { o.Secret = "better-auth-secret-12345678901234567890" },
	} {
		o := authtest.NewUnserved(t, nil).Options()
		change(&o)
		if _, err := core.New(o); err == nil {
			t.Errorf("%s: New took the secret", name)
		} else if strings.Contains(err.Error(), "abcdefgh") {
			t.Errorf("%s: the error shows the secret: %v", name, err)
		}
	}
}
