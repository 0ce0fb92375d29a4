package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"time"

	"github.com/goauth-dev/goauth/reference/internal/harness"
)

var passwordless = []string{"passwordless", "passwordless-hashed", "passwordless-encrypted"}

var passwordlessChecks = []check{
	{"a magic link made here signs in there, once", passwordless, told(magicLinkCheck)},
	{"an e-mail code made here signs in there, once", passwordless, told(emailCodeCheck)},
	{"wrong e-mail codes given there count here", passwordless, told(wrongCodeCheck)},
	{"an address is verified and a password reset there by e-mail codes made here", passwordless, told(emailCodeUsesCheck)},
	{"an address is changed there by a code made here", passwordless, told(emailCodeChangeCheck)},
	{"a telephone code made here is good there, once", passwordless, told(phoneCheck)},
	{"a password is reset there by a telephone code made here", passwordless, told(phoneResetCheck)},
	{"a user name taken here signs in there", passwordless, told(usernameCheck)},
	{"a visitor from here is one there, until they have a name", passwordless, told(visitorCheck)},
	{"a nonce for a wallet made here is used up there", passwordless, told(walletCheck)},
	{"the last way of signing in here is known there", passwordless, told(lastMethodCheck)},
}

const adaMail = "ada@example.com"

func magicLinkCheck(t *talk, here, there *harness.Server) {
	t.post(newBrowser(), here, "/sign-in/magic-link", obj{"email": adaMail, "name": "Ada", "metadata": obj{"a": 1}})
	token := t.mailed(here, "magic-link", "token")
	b := newBrowser()
	verify := "/magic-link/verify?token=" + url.QueryEscape(token)
	t.same("the user", t.get(b, there, verify).text("user.name"), "Ada")
	t.signedIn(b, here)
	for _, s := range []*harness.Server{here, there} {
		t.expect(302, newBrowser(), s, "GET", verify, nil)
	}
	t.count(here, 1, `SELECT count(*) FROM session`)
}

// emailCode asks for a code and returns it.
func (t *talk) emailCode(s *harness.Server, purpose string) string {
	t.post(newBrowser(), s, "/email-otp/send-verification-otp", obj{"email": adaMail, "type": purpose})
	return t.mailed(s, "email-otp", "otp")
}

func emailCodeCheck(t *talk, here, there *harness.Server) {
	code := t.emailCode(here, "sign-in")
	b := newBrowser()
	t.post(b, there, "/sign-in/email-otp", obj{"email": adaMail, "otp": code, "name": "Ada"})
	t.same("the user", t.signedIn(b, here).text("user.name"), "Ada")
	for _, s := range []*harness.Server{here, there} {
		t.refused(newBrowser(), s, "/sign-in/email-otp", obj{"email": adaMail, "otp": code})
	}
}

// wrongCodeCheck gives three wrong codes, one of them at the issuer: the right one is too late then.
func wrongCodeCheck(t *talk, here, there *harness.Server) {
	code := t.emailCode(here, "sign-in")
	for _, s := range []*harness.Server{there, here, there} {
		t.refused(newBrowser(), s, "/sign-in/email-otp", obj{"email": adaMail, "otp": "wrong!"})
	}
	t.refused(newBrowser(), here, "/sign-in/email-otp", obj{"email": adaMail, "otp": code})
	t.refused(newBrowser(), there, "/sign-in/email-otp", obj{"email": adaMail, "otp": code})
}

func emailCodeUsesCheck(t *talk, here, there *harness.Server) {
	b, _ := t.member(here, "ada")
	code := t.emailCode(here, "email-verification")
	t.post(newBrowser(), there, "/email-otp/check-verification-otp", obj{"email": adaMail, "type": "email-verification", "otp": code})
	t.post(b, there, "/email-otp/verify-email", obj{"email": adaMail, "otp": code})
	t.same("the address's state", t.signedIn(b, here).value("user.emailVerified"), true)
	t.post(newBrowser(), here, "/email-otp/request-password-reset", obj{"email": adaMail})
	code = t.mailed(here, "email-otp", "otp")
	t.post(newBrowser(), there, "/email-otp/reset-password", obj{"email": adaMail, "otp": code, "password": newPassword})
	t.post(newBrowser(), here, "/sign-in/email", obj{"email": adaMail, "password": newPassword})
}

func emailCodeChangeCheck(t *talk, here, there *harness.Server) {
	b, _ := t.member(here, "ada")
	t.post(b, here, "/email-otp/request-email-change", obj{"newEmail": "new@example.com"})
	code := t.mailed(here, "email-otp", "otp")
	t.post(b, there, "/email-otp/change-email", obj{"newEmail": "new@example.com", "otp": code})
	t.same("the address", t.signedIn(b, here).text("user.email"), "new@example.com")
}

const number = "+251911121314"

// call signs up by a telephone number.
func (t *talk) phoneSignUp(here, there *harness.Server) (b *browser, code string) {
	t.post(newBrowser(), here, "/phone-number/send-otp", obj{"phoneNumber": number})
	code, b = t.mailed(here, "phone-otp", "otp"), newBrowser()
	t.refused(b, there, "/phone-number/verify", obj{"phoneNumber": number, "code": "wrong!"})
	t.post(b, there, "/phone-number/verify", obj{"phoneNumber": number, "code": code})
	return b, code
}

func phoneCheck(t *talk, here, there *harness.Server) {
	b, code := t.phoneSignUp(here, there)
	t.same("the number", t.agree(b, here, there, "/get-session").text("user.phoneNumber"), number)
	for _, s := range []*harness.Server{here, there} {
		t.refused(newBrowser(), s, "/phone-number/verify", obj{"phoneNumber": number, "code": code})
	}
}

func phoneResetCheck(t *talk, here, there *harness.Server) {
	t.phoneSignUp(here, there)
	t.post(newBrowser(), here, "/phone-number/request-password-reset", obj{"phoneNumber": number})
	code := t.mailed(here, "phone-reset-otp", "otp")
	t.post(newBrowser(), there, "/phone-number/reset-password", obj{"phoneNumber": number, "otp": code, "newPassword": newPassword})
	b := newBrowser()
	t.post(b, here, "/sign-in/phone-number", obj{"phoneNumber": number, "password": newPassword})
	t.signedIn(b, there)
}

func usernameCheck(t *talk, here, there *harness.Server) {
	b := newBrowser()
	t.post(b, here, "/sign-up/email", obj{"name": "Ada", "email": adaMail, "password": password, "username": "Ada.Lovelace"})
	t.same("the display name", t.agree(b, here, there, "/get-session").text("user.displayUsername"), "Ada.Lovelace")
	t.same("a taken name", t.post(newBrowser(), there, "/is-username-available", obj{"username": "ADA.lovelace"}).value("available"), false)
	t.signedIn(t.byName(there, "ada.LOVELACE"), here)
	t.post(b, there, "/update-user", obj{"username": "countess"})
	t.signedIn(t.byName(here, "countess"), there)
	t.refused(newBrowser(), here, "/sign-in/username", obj{"username": "ada.lovelace", "password": password})
}

// byName signs in with a user name.
func (t *talk) byName(s *harness.Server, name string) *browser {
	b := newBrowser()
	t.post(b, s, "/sign-in/username", obj{"username": name, "password": password})
	return b
}

func visitorCheck(t *talk, here, there *harness.Server) {
	b := newBrowser()
	t.post(b, here, "/sign-in/anonymous", obj{})
	t.same("the visitor", t.agree(b, here, there, "/get-session").value("user.isAnonymous"), true)
	t.post(b, there, "/sign-up/email", obj{"name": "Ada", "email": adaMail, "password": password})
	t.same("the user", t.signedIn(b, here).text("user.name"), "Ada")
	t.count(here, 1, `SELECT count(*) FROM "user"`)
	gone := newBrowser()
	t.post(gone, here, "/sign-in/anonymous", obj{})
	t.post(gone, there, "/delete-anonymous-user", obj{})
	t.signedOut(gone, here)
	t.count(here, 1, `SELECT count(*) FROM "user"`)
}

const wallet = "0x000000000000000000000000000000000000dEaD"

// walletMessage is what a wallet signs (ERC-4361); by the profile's contract its hash is the signature.
func walletMessage(s *harness.Server, nonce string) obj {
	text := fmt.Sprintf("localhost wants you to sign in with your Ethereum account:\n%s\n\nSign in.\n\nURI: %s\nVersion: 1\nChain ID: 1\nNonce: %s\nIssued At: %s",
		wallet, s.Origin(), nonce, time.Now().UTC().Format("2006-01-02T15:04:05.000Z"))
	sum := sha256.Sum256([]byte(text))
	return obj{"message": text, "signature": "0x" + hex.EncodeToString(sum[:]), "walletAddress": wallet, "chainId": 1}
}

func walletCheck(t *talk, here, there *harness.Server) {
	enter := func(from, to *harness.Server) (b *browser, id string, message obj) {
		b = newBrowser()
		nonce := t.post(b, from, "/siwe/nonce", obj{"walletAddress": wallet, "chainId": 1}).text("nonce")
		message = walletMessage(to, nonce)
		return b, t.post(b, to, "/siwe/verify", message).text("user.id"), message
	}
	b, id, message := enter(here, there)
	t.same("the user", t.agree(b, here, there, "/get-session").text("user.id"), id)
	t.refused(newBrowser(), here, "/siwe/verify", message)
	t.refused(newBrowser(), there, "/siwe/verify", message)
	_, again, _ := enter(there, here)
	t.same("the wallet's user", again, id)
	t.count(here, 1, `SELECT count(*) FROM "walletAddress"`)
}

func lastMethodCheck(t *talk, here, there *harness.Server) {
	b, _ := t.member(here, "ada")
	t.enter(b, here, "ada")
	t.same("the cookie", b.jar["better-auth.last_used_login_method"], "email")
	t.same("the method", t.agree(b, here, there, "/get-session").text("user.lastLoginMethod"), "email")
	code := t.emailCode(here, "sign-in")
	t.post(b, there, "/sign-in/email-otp", obj{"email": adaMail, "otp": code})
	cookie := b.jar["better-auth.last_used_login_method"]
	t.same("the method", t.agree(b, here, there, "/get-session").text("user.lastLoginMethod"), cookie)
}
