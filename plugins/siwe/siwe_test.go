package siwe_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/plugins/siwe"
)

// The key of web3.js's documentation, whose signatures are known.
const (
	secret  = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"
	address = "0x2c7536E3605D9C16a7a3D7b1898e529396a65c23"
)

func key(t testing.TB) *secp256k1.PrivateKey {
	raw, err := hex.DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	return secp256k1.PrivKeyFromBytes(raw)
}

// sign signs a text as a wallet does.
func sign(t testing.TB, text string) string {
	hash := siwe.Hash(text)
	compact := ecdsa.SignCompact(key(t), hash[:], false)
	return "0x" + hex.EncodeToString(append(compact[1:], compact[0]))
}

func serve(t *testing.T, o siwe.Options) *authtest.Server {
	t.Helper()
	o.Domain = "app.example"
	return authtest.New(t, func(opts *auth.Options) { opts.Plugins = []auth.Plugin{siwe.New(o)} })
}

func nonce(t *testing.T, c *authtest.Client, chain int) string {
	t.Helper()
	body := map[string]any{"walletAddress": address, "chainId": chain}
	return c.Post("/siwe/nonce", body).Want(t, http.StatusOK).Object(t)["nonce"].(string)
}

// text is a message that is good but for what change does to it.
func text(nonce string, chain int, change ...string) string {
	m := "app.example wants you to sign in with your Ethereum account:\n" + address + "\n\nSign in, please.\n\nURI: https://app.example/login\n" +
		fmt.Sprintf("Version: 1\nChain ID: %d\nNonce: %s\nIssued At: 2026-03-01T12:00:00.000Z", chain, nonce)
	return strings.NewReplacer(change...).Replace(m)
}

func verify(c *authtest.Client, message, signature string, more ...any) authtest.Answer {
	body := map[string]any{"message": message, "signature": signature, "walletAddress": address}
	for i := 0; i+1 < len(more); i += 2 {
		body[more[i].(string)] = more[i+1]
	}
	return c.Post("/siwe/verify", body)
}

// signIn signs in on a chain.
func signIn(t *testing.T, c *authtest.Client, chain int, more ...any) authtest.Answer {
	t.Helper()
	m := text(nonce(t, c, chain), chain)
	return verify(c, m, sign(t, m), append(more, "chainId", chain)...)
}

func TestAWalletSignsInAndIsKnownAgain(t *testing.T) {
	s := serve(t, siwe.Options{})
	c := s.Client()
	res := signIn(t, c, 1).Want(t, http.StatusOK)
	got := res.Object(t)
	user := got["user"].(map[string]any)
	if got["success"] != true || got["token"] == "" || user["walletAddress"] != address || user["chainId"] != 1.0 {
		t.Errorf("%s", res.Body)
	}
	me := c.Session()
	if me == nil || me.User["id"] != user["id"] || me.User["name"] != address || me.User["email"] != strings.ToLower(address)+"@"+s.URL {
		t.Errorf("session %v", me)
	}
	wallet, account := s.Row("walletAddress"), s.Row(schema.AccountModel)
	if wallet["address"] != address || wallet["isPrimary"] != true || account["providerId"] != "siwe" || account["accountId"] != address+":1" {
		t.Errorf("rows %v %v", wallet, account)
	}
	for _, chain := range []int{1, 137} {
		again := signIn(t, s.Client(), chain).Want(t, http.StatusOK)
		if again.Object(t)["user"].(map[string]any)["id"] != user["id"] {
			t.Errorf("on chain %d somebody else signed in: %s", chain, again.Body)
		}
	}
	if n, m := s.Count("walletAddress"), s.Count(schema.UserModel); n != 2 || m != 1 {
		t.Errorf("%d wallets, %d users", n, m)
	}
}

func TestKnownSignaturesAndChecksumsAreRight(t *testing.T) {
	signature, _ := hex.DecodeString("b91467e570a6466aa9e9876cbcd013baba02900b8979d43fe208a4a4f339f5fd6007e74cd82e037b800186422fc2da167c747ef045e5d18a5f5d4300f8e1a0291c")
	if hash := siwe.Hash("Some data"); hex.EncodeToString(hash[:]) != "1da44b586eb0729ff70a73c326926f6ed5a25f5b056e7f47fbc6e58d86871655" {
		t.Errorf("hash %x", hash)
	}
	if !siwe.VerifySignature("Some data", signature, address) {
		t.Error("the documentation's signature is refused")
	}
	for _, want := range []string{ // of EIP-55
		"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
		"0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
	} {
		if got := siwe.Checksum(strings.ToLower(want)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestPEER022_MalformedAndMalleableSignaturesAreRefused(t *testing.T) {
	good, _ := hex.DecodeString(sign(t, "x")[2:])
	if !siwe.VerifySignature("x", good, address) {
		t.Fatal("a good one is refused")
	}
	mutate := func(f func(b []byte) []byte) []byte { return f(append([]byte(nil), good...)) }
	var s secp256k1.ModNScalar
	s.SetByteSlice(good[32:64])
	high := s.Negate().Bytes()
	for name, b := range map[string][]byte{
		"empty": {}, "short": good[:64], "long": append(append([]byte(nil), good...), 0), "zeros": make([]byte, 65),
		"another recovery id": mutate(func(b []byte) []byte { b[64] ^= 1; return b }),
		"a recovery id of 4":  mutate(func(b []byte) []byte { b[64] = 4; return b }),
		"a high s": mutate(func(b []byte) []byte {
			copy(b[32:], high[:])
			b[64] = 27 + (b[64] - 27) ^ 1
			return b
		}),
		"an r beyond the order": mutate(func(b []byte) []byte { copy(b, strings.Repeat("\xff", 32)); return b }),
	} {
		if siwe.VerifySignature("x", b, address) {
			t.Errorf("%s is accepted", name)
		}
	}
	if siwe.VerifySignature("y", good, address) {
		t.Error("another text is accepted")
	}
}

func FuzzPEER022_VerifySignature(f *testing.F) {
	good, _ := hex.DecodeString(sign(f, "x")[2:])
	f.Add("x", good)
	f.Fuzz(func(t *testing.T, text string, signature []byte) {
		if siwe.VerifySignature(text, signature, address) && text != "x" {
			t.Fatalf("forged for %q", text)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add(text("nonce1234", 1))
	f.Fuzz(func(t *testing.T, text string) {
		if m, err := siwe.Parse(text); err == nil && (m.Domain == "" || len(m.Nonce) < 8 || m.IssuedAt.IsZero()) {
			t.Fatalf("%+v of %q", m, text)
		}
	})
}

func TestMessagesAreReadStrictly(t *testing.T) {
	full := text("nonce1234", 1) + "\nExpiration Time: 2026-03-02T00:00:00+02:00\nNot Before: 2026-02-01T00:00:00Z\nRequest ID: a%20b\nResources:\n- https://a.example/\n- ipfs://x"
	m, err := siwe.Parse(full)
	if err != nil || m.Domain != "app.example" || m.Statement != "Sign in, please." || m.ChainID != 1 || m.RequestID != "a%20b" || len(m.Resources) != 2 {
		t.Fatalf("%+v, %v", m, err)
	}
	for name, good := range map[string]string{
		"a scheme": "https://" + full, "no statement": strings.Replace(full, "Sign in, please.\n", "", 1),
		"a port": strings.Replace(full, "app.example wants", "app.example:8443 wants", 1), "no resources": full[:strings.Index(full, "\n- ")],
	} {
		if _, err := siwe.Parse(good); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, pair := range map[string][2]string{
		"another header": {"wants you to sign in", "wants you to sign up"}, "a wrong checksum": {"0x2c7536E", "0x2C7536E"}, "no blank": {"\n\nSign", "\nSign"},
		"a long statement": {"please.\n", "please.\nReally.\n"}, "a statement beyond ASCII": {"please", "bitte schön"}, "another version": {"Version: 1", "Version: 2"},
		"a chain of letters": {"Chain ID: 1", "Chain ID: 0x1"}, "a short nonce": {"nonce1234", "nonce12"}, "a nonce with a blank": {"nonce1234", "nonce 1234"},
		"no URI": {"URI: https://app.example/login\n", ""}, "a relative URI": {"https://app.example/login", "/login"}, "a date alone": {"2026-03-01T12:00:00.000Z", "2026-03-01"},
		"another order": {"Version: 1\nChain ID: 1", "Chain ID: 1\nVersion: 1"}, "a line more": {"\nResources", "\nExtra: 1\nResources"}, "a resource that is none": {"ipfs://x", "x"},
		"carriage returns": {"\n", "\r\n"}, "a blank at the end": {"ipfs://x", "ipfs://x\n"}, "two domains": {"app.example wants", "evil.example\napp.example wants"},
	} {
		if m, err := siwe.Parse(strings.ReplaceAll(full, pair[0], pair[1])); err == nil {
			t.Errorf("%s: %+v", name, m)
		}
	}
	if _, err := siwe.Parse(full + strings.Repeat("\n- https://a.example/", 1000)); err == nil {
		t.Error("a long one passes")
	}
}

func TestUP035_OnlyAMessageForThisSignInSignsIn(t *testing.T) {
	const line = "2026-03-01T12:00:00.000Z"
	for name, tt := range map[string]struct{ old, new, code string }{
		"another site":   {"app.example wants", "evil.example wants", "UNAUTHORIZED_SIWE_MESSAGE_MISMATCH"},
		"another chain":  {"Chain ID: 1", "Chain ID: 5", "UNAUTHORIZED_SIWE_MESSAGE_MISMATCH"},
		"another nonce":  {"Nonce: ", "Nonce: x", "UNAUTHORIZED_SIWE_MESSAGE_MISMATCH"},
		"another wallet": {address, "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "UNAUTHORIZED_SIWE_MESSAGE_MISMATCH"},
		"free text":      {"wants you", "would like you", "UNAUTHORIZED_SIWE_MESSAGE_MISMATCH"},
		"expired":        {line, line + "\nExpiration Time: 2026-03-01T12:00:00Z", "UNAUTHORIZED_SIWE_MESSAGE_EXPIRED"},
		"not yet valid":  {line, line + "\nNot Before: 2026-03-01T12:00:01Z", "UNAUTHORIZED_SIWE_MESSAGE_NOT_YET_VALID"},
	} {
		s := serve(t, siwe.Options{})
		c := s.Client()
		m := text(nonce(t, c, 1), 1, tt.old, tt.new)
		res := verify(c, m, sign(t, m))
		if res.Status != http.StatusUnauthorized || res.Code() != tt.code || s.Count(schema.SessionModel) != 0 {
			t.Errorf("%s: %d %s", name, res.Status, res.Body)
		}
	}
	s := serve(t, siwe.Options{})
	c := s.Client()
	m := text(nonce(t, c, 1), 1)
	res := verify(c, m, sign(t, m+" "))
	if res.Status != http.StatusUnauthorized || res.Object(t)["message"] != "Unauthorized: Invalid SIWE signature" || res.Object(t)["status"] != 401.0 {
		t.Errorf("another's signature: %d %s", res.Status, res.Body)
	}
}

func TestUP034_AnAttemptUsesTheNonceUp(t *testing.T) {
	s := serve(t, siwe.Options{})
	c := s.Client()
	m := text(nonce(t, c, 1), 1)
	verify(c, m, "0x00").Want(t, http.StatusUnauthorized)
	if res := verify(c, m, sign(t, m)); res.Code() != "UNAUTHORIZED_INVALID_OR_EXPIRED_NONCE" {
		t.Errorf("after a failed attempt: %d %s", res.Status, res.Body)
	}
	m = text(nonce(t, c, 1), 1)
	s.Clock.Advance(16 * time.Minute)
	if res := verify(c, m, sign(t, m)); res.Code() != "UNAUTHORIZED_INVALID_OR_EXPIRED_NONCE" || s.Count(schema.VerificationModel) != 0 {
		t.Errorf("expired: %d %s, %d rows", res.Status, res.Body, s.Count(schema.VerificationModel))
	}
}

// together runs n functions as near at once as can be, and waits for them.
func together(n int, f func(i int)) {
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		ready.Add(1)
		done.Go(func() { ready.Done(); <-start; f(i) })
	}
	ready.Wait()
	close(start)
	done.Wait()
}

func TestUP034_RACE008_OfManyAttemptsOneSignsIn(t *testing.T) {
	s := serve(t, siwe.Options{})
	for range 5 {
		m := text(nonce(t, s.Client(), 1), 1)
		signature := sign(t, m)
		var won atomic.Int32
		together(10, func(int) {
			switch res := verify(s.Client(), m, signature); {
			case res.Status == http.StatusOK:
				won.Add(1)
			case res.Status != http.StatusUnauthorized:
				t.Errorf("%d %s", res.Status, res.Body)
			}
		})
		if won.Load() != 1 {
			t.Fatalf("%d attempts signed in", won.Load())
		}
	}
}

func TestRACE015_AWalletThatSignsUpOnManyChainsIsOneUser(t *testing.T) {
	s := serve(t, siwe.Options{})
	messages := make([]string, 8)
	for i := range messages {
		messages[i] = text(nonce(t, s.Client(), i+1), i+1)
	}
	together(len(messages), func(i int) {
		if res := verify(s.Client(), messages[i], sign(t, messages[i]), "chainId", i+1); res.Status != http.StatusOK {
			t.Errorf("chain %d: %d %s", i+1, res.Status, res.Body)
		}
	})
	if users, wallets, accounts := s.Count(schema.UserModel), s.Count("walletAddress"), s.Count(schema.AccountModel); users != 1 || wallets != 8 || accounts != 8 {
		t.Errorf("%d users, %d wallets, %d accounts", users, wallets, accounts)
	}
}

func TestUP036_AnAddressThatIsTakenStaysWithItsOwner(t *testing.T) {
	s := serve(t, siwe.Options{Anonymous: option.Off, EmailDomainName: "wallets.example"})
	s.SignedIn("victim@example.com")
	c := s.Client()
	signIn(t, c, 1, "email", "VICTIM@example.com").Want(t, http.StatusOK)
	if got := c.Session().User["email"]; got != strings.ToLower(address)+"@wallets.example" {
		t.Errorf("the wallet got %v", got)
	}
	s.Row(schema.UserModel, store.Is("email", "victim@example.com"))
}

func TestAnAddressMayBeAskedFor(t *testing.T) {
	s := serve(t, siwe.Options{Anonymous: option.Off})
	c := s.Client()
	res := signIn(t, c, 1)
	if want := "[body.email] Email is required when the anonymous plugin option is disabled."; res.Status != http.StatusBadRequest || res.Object(t)["message"] != want {
		t.Errorf("%d %s", res.Status, res.Body)
	}
	s.Clock.Advance(time.Second) // the newer nonce counts
	signIn(t, c, 1, "email", "ada@example.com").Want(t, http.StatusOK)
	if got := c.Session().User["email"]; got != "ada@example.com" {
		t.Errorf("%v", got)
	}
	if got := signIn(t, serve(t, siwe.Options{}).Client(), 1, "email", "no address"); got.Status != http.StatusBadRequest {
		t.Errorf("%d %s", got.Status, got.Body)
	}
}

// chain is a chain on which one contract accepts one signature.
type chain struct{ err error }

// IsValidSignature implements siwe.ContractVerifier.
func (c chain) IsValidSignature(_ context.Context, id int64, at string, _ [32]byte, signature []byte) (bool, error) {
	return id == 1 && at == address && string(signature) == "\x01\x02", c.err
}

func TestEIP1271_ContractsSignByTheirChain(t *testing.T) {
	attempt := func(s *authtest.Server, signature string) int {
		c := s.Client()
		return verify(c, text(nonce(t, c, 1), 1), signature).Status
	}
	s := serve(t, siwe.Options{Contracts: chain{}})
	if got := attempt(s, "0x0102"); got != http.StatusOK {
		t.Errorf("the contract's: %d", got)
	}
	if got := attempt(s, "0x0103"); got != http.StatusUnauthorized {
		t.Errorf("another: %d", got)
	}
	if got := attempt(serve(t, siwe.Options{}), "0x0102"); got != http.StatusUnauthorized {
		t.Errorf("without a chain: %d", got)
	}
	if got := attempt(serve(t, siwe.Options{Contracts: chain{errors.New("no node")}}), "0x0102"); got != http.StatusUnauthorized {
		t.Errorf("a chain that cannot be asked: %d", got)
	}
}

func TestNoncesNamesAndChecksMayBeTheApplicationsOwn(t *testing.T) {
	s := serve(t, siwe.Options{
		GetNonce: func(context.Context) (string, error) { return "A1b2C3d4E5f6G7h8J", nil },
		VerifyMessage: func(_ context.Context, m siwe.Signed) (bool, error) {
			return m.Signature == "good" && m.Message.ChainID == 1, nil
		},
		ENSLookup: func(context.Context, string) (siwe.Name, error) {
			return siwe.Name{Name: "ada.eth", Avatar: "https://x/a.png"}, nil
		},
	})
	c := s.Client()
	if got := nonce(t, c, 1); got != "A1b2C3d4E5f6G7h8J" {
		t.Errorf("nonce %s", got)
	}
	verify(c, text("A1b2C3d4E5f6G7h8J", 1), "good").Want(t, http.StatusOK)
	if u := c.Session().User; u["name"] != "ada.eth" || u["image"] != "https://x/a.png" {
		t.Errorf("user %v", u)
	}
}

func TestOptionsThatCannotBeObeyedAreRefused(t *testing.T) {
	for name, o := range map[string]siwe.Options{"no domain": {}, "a URL": {Domain: "https://x"}, "a table": {Domain: "x", Schema: schema.Renames{"x": {}}}} {
		if _, err := core.New(auth.Options{Secret: authtest.Secret, Plugins: []auth.Plugin{siwe.New(o)}}); err == nil {
			t.Errorf("%s passes", name)
		}
	}
}
