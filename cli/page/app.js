// The page's behaviour: which view is shown, what its forms send, and what the answers mean.
import { createAuthClient } from "/goauth/better-auth-client.js";
import { refreshMails, watchMails } from "/goauth/mailbox.js";

const $ = (id) => document.getElementById(id);
const settings = document.body.dataset;
const auth = createAuthClient({ baseURL: location.origin, basePath: settings.basePath });
const query = new URLSearchParams(location.search);
const pendingEmail = "goauth.pending-email";
let resetToken = null;

// Views

function show(name, { focus = true } = {}) {
  for (const view of document.querySelectorAll(".view")) view.hidden = view.id !== `view-${name}`;
  $("who").hidden = name !== "account";
  for (const msg of document.querySelectorAll(".msg")) say(msg, "");
  if (focus) document.querySelector(`#view-${name} h1`)?.focus();
}

function notice(text, kind = "good") {
  $("notice").className = `notice ${text ? kind : ""}`;
  $("notice").textContent = text;
}

function say(node, text, kind = "bad") {
  node.className = `msg ${text ? kind : ""}`;
  node.textContent = text;
}

function sent(text) {
  $("sent-text").textContent = text;
  show("sent");
}

// What the server's codes mean to a person; anything else is shown as the server says it.
const meanings = {
  INVALID_EMAIL_OR_PASSWORD: "That e-mail address and password do not match.",
  EMAIL_NOT_VERIFIED: "Please verify your address first: there is a new mail for you.",
  INVALID_TOKEN: "That link is not valid any more. Ask for a new one.",
  TOKEN_EXPIRED: "That link has expired. Ask for a new one.",
  INVALID_PASSWORD: "That is not your current password.",
  SESSION_EXPIRED: "Please sign in again to do this.",
};

function explain(error) {
  if (error.status === 429) return "Too many tries. Wait a moment.";
  if (!error.status) return "The server does not answer.";
  return meanings[error.code] ?? error.message ?? `The server answered ${error.status}.`;
}

// Forms

function firstInvalid(form) {
  const input = [...form.elements].find((el) => el.willValidate && !el.checkValidity());
  for (const el of form.elements) el.removeAttribute?.("aria-invalid");
  if (input) {
    input.setAttribute("aria-invalid", "true");
    input.focus();
  }
  return input;
}

async function busy(button, work) {
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    return await work();
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}

// onSubmit runs send with the form's values; send returns the client's {data, error}, then done gets the data.
function onSubmit(id, send, done) {
  const form = $(id);
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const msg = form.querySelector(".msg");
    say(msg, "");
    const invalid = firstInvalid(form);
    if (invalid) return say(msg, complaint(invalid));
    const values = Object.fromEntries(new FormData(form));
    for (const box of form.querySelectorAll("input[type=checkbox]")) values[box.name] = box.checked;
    const { data, error } = await busy(form.querySelector("button:not([type=button])"), () => send(values));
    refreshMails();
    if (error) return say(msg, explain(error));
    await done(data, values, msg, form);
  });
}

function complaint(input) {
  if (input.validity.valueMissing) return `Please fill in: ${labelOf(input)}.`;
  if (input.validity.typeMismatch) return "That is not an e-mail address.";
  if (input.validity.tooShort) return `${labelOf(input)}: at least ${input.minLength} characters, please.`;
  return `${labelOf(input)}: ${input.validationMessage}`;
}

const labelOf = (input) => document.querySelector(`label[for="${input.id}"]`)?.textContent ?? input.name;

async function signIn(values) {
  const answer = await auth.signIn.email(values);
  if (answer.error?.code === "EMAIL_NOT_VERIFIED") await auth.sendVerificationEmail({ email: values.email, callbackURL: "/?verified" });
  return answer;
}

onSubmit("form-sign-in", signIn, async (_data, _v, _msg, form) => {
  form.reset();
  await enter();
  notice("You are signed in.");
});

onSubmit("form-sign-up", (v) => auth.signUp.email({ ...v, callbackURL: "/?verified" }), async (data, v, _msg, form) => {
  form.reset();
  if (data.token) {
    await enter();
    return notice(`Welcome, ${v.name}.`);
  }
  $("in-email").value = v.email;
  sent(`We have sent a link to ${v.email}. It verifies the address; then you can sign in.`);
});

onSubmit("form-forgot", (v) => auth.requestPasswordReset({ ...v, redirectTo: "/?reset" }), async (_data, v) => {
  sent(`If ${v.email} has an account, a link to choose a new password is on its way.`);
});

onSubmit("form-reset", (v) => auth.resetPassword({ ...v, token: resetToken }), async (_data, _v, _msg, form) => {
  form.reset();
  show("sign-in");
  notice("Your password is changed. Sign in with the new one.");
});

onSubmit("form-name", (v) => auth.updateUser(v), async (_data, v, msg) => {
  await enter({ focus: false });
  say(msg, `Your name is now ${v.name}.`, "good");
});

onSubmit("form-email", (v) => auth.changeEmail({ ...v, callbackURL: "/?email" }), async (_data, v, msg, form) => {
  sessionStorage.setItem(pendingEmail, v.newEmail);
  form.reset();
  say(msg, "Almost there: a mail asks you to confirm.", "good");
});

onSubmit("form-password", (v) => auth.changePassword(v), async (_data, _v, msg, form) => {
  form.reset();
  await enter({ focus: false });
  say(msg, "Your password is changed.", "good");
});

onSubmit("form-delete", (v) => auth.deleteUser({ ...v, callbackURL: "/?deleted" }), async (_data, _v, msg, form) => {
  form.reset();
  if (settings.confirmDeletes === "true") return say(msg, "A mail asks you to confirm.", "good");
  show("sign-in");
  notice("Your account is deleted.");
});

// The account

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
  await listSessions(session.token); // first, so that nothing moves once the account is shown
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
  const item = document.createElement("li");
  const what = document.createElement("div");
  const title = document.createElement("p");
  title.textContent = device(session.userAgent);
  if (current) title.append(" ", element("span", "chip", "this one"));
  const since = new Date(session.createdAt).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  what.append(title, element("p", "muted small", [`since ${since}`, session.ipAddress].filter(Boolean).join(" · ")));
  item.append(what);
  if (!current) {
    const button = element("button", "quiet", "Sign out");
    button.type = "button";
    button.setAttribute("aria-label", `Sign out ${device(session.userAgent)}, since ${since}`);
    button.addEventListener("click", () => revoke(button, () => auth.revokeSession({ token: session.token })));
    item.append(button);
  }
  return item;
}

function element(tag, className, text) {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

function device(agent) {
  if (!agent) return "Unknown device";
  const browser = [["Edg/", "Edge"], ["Firefox/", "Firefox"], ["Chrome/", "Chrome"], ["Safari/", "Safari"]].find(([mark]) => agent.includes(mark))?.[1];
  const system = [["Android", "Android"], ["iPhone", "iPhone"], ["iPad", "iPad"], ["Windows", "Windows"], ["Mac OS", "macOS"], ["Linux", "Linux"]].find(([mark]) => agent.includes(mark))?.[1];
  if (!browser) return agent.split(/[ /]/)[0];
  return system ? `${browser} on ${system}` : browser;
}

async function revoke(button, work) {
  const { error } = await busy(button, work);
  await enter({ focus: false });
  if (error) return say($("sessions-msg"), explain(error));
  say($("sessions-msg"), "Signed out there.", "good");
  $("h-sessions").setAttribute("tabindex", "-1");
  $("h-sessions").focus();
}

$("revoke-others").addEventListener("click", (event) => revoke(event.currentTarget, () => auth.revokeOtherSessions()));

$("sign-out").addEventListener("click", async (event) => {
  const { error } = await busy(event.currentTarget, () => auth.signOut());
  if (error) return notice(explain(error), "bad");
  show("sign-in");
  notice("You are signed out.");
});

// A provider's page is another site's: the client goes there when the server says so.
for (const button of document.querySelectorAll("[data-provider]")) {
  button.addEventListener("click", async () => {
    const { error } = await busy(button, () => auth.signIn.social({ provider: button.dataset.provider, callbackURL: "/", errorCallbackURL: "/" }));
    if (error) say($("providers-msg"), explain(error));
  });
}

for (const link of document.querySelectorAll("[data-go]")) {
  link.addEventListener("click", () => {
    notice("");
    show(link.dataset.go);
  });
}

// Arrivals from mails: the server redirects here with what happened in the query.

async function arrive() {
  history.replaceState(null, "", location.pathname);
  const failed = query.get("error");
  if (query.has("reset") && query.get("token")) {
    resetToken = query.get("token");
    return show("reset");
  }
  const user = await enter({ focus: location.search !== "" });
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
