// The page's behaviour: which view is shown, the account, and what arrivals from mails mean.
import { auth } from "/goauth/client.js";
import { wireCards } from "/goauth/cards.js";
import { wireDoors } from "/goauth/doors.js";
import { watchMails } from "/goauth/mailbox.js";
import { $, act, button, element, entry, explain, meanings, notice, onClick, onSubmit, say, sent, settings, show, when } from "/goauth/ui.js";

const query = new URLSearchParams(location.search);
const pendingEmail = "goauth.pending-email";
let resetToken = null;

const refresh = () => enter({ focus: false });
wireDoors(enter);
const loadCards = wireCards(refresh);

// Passwords that were forgotten

onSubmit("form-forgot", (v) => auth.requestPasswordReset({ ...v, redirectTo: "/?reset" }), (_data, v) => {
  sent(`If ${v.email} has an account, a link to choose a new password is on its way.`);
});

onSubmit("form-reset", (v) => auth.resetPassword({ ...v, token: resetToken }), (_data, _v, _msg, form) => {
  form.reset();
  show("sign-in");
  notice("Your password is changed. Sign in with the new one.");
});

// The account

onSubmit("form-name", (v) => auth.updateUser(v), async (_data, v, msg) => {
  await refresh();
  say(msg, `Your name is now ${v.name}.`, "good");
});

onSubmit("form-email", (v) => auth.changeEmail({ ...v, callbackURL: "/?email" }), (_data, v, msg, form) => {
  sessionStorage.setItem(pendingEmail, v.newEmail);
  form.reset();
  say(msg, "Almost there: a mail asks you to confirm.", "good");
});

onSubmit("form-password", (v) => auth.changePassword(v), async (_data, _v, msg, form) => {
  form.reset();
  await refresh();
  say(msg, "Your password is changed.", "good");
});

onSubmit("form-delete", (v) => auth.deleteUser({ ...v, callbackURL: "/?deleted" }), (_data, _v, msg, form) => {
  form.reset();
  if (settings.confirmDeletes === "true") return say(msg, "A mail asks you to confirm.", "good");
  show("sign-in");
  notice("Your account is deleted.");
});

async function enter({ focus = true } = {}) {
  const { data, error } = await auth.getSession();
  if (error) notice(explain(error), "bad");
  if (!data) {
    show("sign-in", { focus });
    return null;
  }
  const { user, session } = data;
  $("h-account").textContent = user.name;
  $("account-email").textContent = user.email;
  $("account-verified").textContent = user.emailVerified ? "verified" : "not verified";
  $("account-verified").classList.toggle("warn", !user.emailVerified);
  $("avatar").textContent = [...user.name][0]?.toUpperCase() ?? "?";
  $("who-name").textContent = user.email;
  $("name").value = user.name;
  if ($("password-user")) $("password-user").value = user.email;
  await Promise.all([listSessions(session.token), loadCards(user, session)]); // first, so that nothing moves once the account is shown
  if ($("view-account").hidden) show("account", { focus });
  return user;
}

async function listSessions(current) {
  const { data, error } = await auth.listSessions();
  if (error) return say($("sessions-msg"), explain(error));
  const newestFirst = [...data].sort((a, b) => Number(b.token === current) - Number(a.token === current) || b.createdAt - a.createdAt);
  $("sessions").replaceChildren(...newestFirst.map((s) => sessionItem(s, s.token === current)));
  $("revoke-others").disabled = data.length < 2;
}

function sessionItem(session, current) {
  const since = when(session.createdAt);
  const small = [`since ${since}`, session.ipAddress].filter(Boolean).join(" · ");
  const what = device(session.userAgent);
  if (current) return entry([what, " ", element("span", "chip", "this one")], small);
  return entry(what, small, button("Sign out", `Sign out ${what}, since ${since}`, (b) => act(b, () => auth.revokeSession({ token: session.token }), revoked, $("sessions-msg"))));
}

function device(agent) {
  if (!agent) return "Unknown device";
  const browser = [["Edg/", "Edge"], ["Firefox/", "Firefox"], ["Chrome/", "Chrome"], ["Safari/", "Safari"]].find(([mark]) => agent.includes(mark))?.[1];
  const system = [["Android", "Android"], ["iPhone", "iPhone"], ["iPad", "iPad"], ["Windows", "Windows"], ["Mac OS", "macOS"], ["Linux", "Linux"]].find(([mark]) => agent.includes(mark))?.[1];
  if (!browser) return agent.split(/[ /]/)[0];
  return system ? `${browser} on ${system}` : browser;
}

async function revoked() {
  await refresh();
  say($("sessions-msg"), "Signed out there.", "good");
  $("h-sessions").setAttribute("tabindex", "-1");
  $("h-sessions").focus();
}

onClick("revoke-others", () => auth.revokeOtherSessions(), revoked, "sessions-msg");

onClick("sign-out", () => auth.signOut(), () => {
  show("sign-in");
  notice("You are signed out.");
});

for (const link of document.querySelectorAll("[data-go]")) {
  link.addEventListener("click", () => {
    notice("");
    show(link.dataset.go);
  });
}

// Arrivals from mails: the server redirects here with what happened in the query.

async function arrive() {
  const kept = query.has("user_code") ? location.search : ""; // a device's code, until its card has read it
  history.replaceState(null, "", location.pathname + kept);
  const failed = query.get("error");
  if (query.has("reset") && query.get("token")) {
    resetToken = query.get("token");
    return show("reset");
  }
  const user = await enter({ focus: query.size > 0 });
  if (failed) return notice(meanings[failed.toUpperCase()] ?? `That did not work: ${failed}.`, "bad");
  if (query.has("verified")) notice(user ? "Your address is verified." : "Your address is verified. Sign in now.");
  if (query.has("deleted")) notice("Your account is deleted.");
  if (query.has("email")) arrivedForEmail(user);
}

function arrivedForEmail(user) {
  const wanted = sessionStorage.getItem(pendingEmail);
  if (wanted && user && user.email !== wanted) {
    return notice(`Confirmed. One more step: open the mail to ${wanted}.`);
  }
  sessionStorage.removeItem(pendingEmail);
  notice(user ? `Your e-mail address is now ${user.email}.` : "Your e-mail address is changed. Sign in with it.");
}

watchMails();
arrive();
