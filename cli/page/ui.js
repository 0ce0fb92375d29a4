// What every part of the page uses: views, messages, forms, lists.
import { refreshMails } from "/goauth/mailbox.js";

export const $ = (id) => document.getElementById(id);
export const settings = document.body.dataset;
export const has = (plugin) => settings.plugins.split(" ").includes(plugin);

// Views

export function show(name, { focus = true } = {}) {
  for (const view of document.querySelectorAll(".view")) view.hidden = view.id !== `view-${name}`;
  $("who").hidden = name !== "account";
  for (const msg of document.querySelectorAll(".msg")) say(msg, "");
  if (focus) document.querySelector(`#view-${name} h1`)?.focus();
}

export function notice(text, kind = "good") {
  $("notice").className = `notice ${text ? kind : ""}`;
  $("notice").textContent = text;
}

export function say(node, text, kind = "bad") {
  node.className = `msg ${text ? kind : ""}`;
  node.textContent = text;
}

export function sent(text) {
  $("sent-text").textContent = text;
  show("sent");
}

// What the server's codes mean to a person; anything else is shown as the server says it.
export const meanings = {
  INVALID_EMAIL_OR_PASSWORD: "That e-mail address and password do not match.",
  INVALID_USERNAME_OR_PASSWORD: "That user name and password do not match.",
  EMAIL_NOT_VERIFIED: "Please verify your address first: there is a new mail for you.",
  INVALID_TOKEN: "That link is not valid any more. Ask for a new one.",
  TOKEN_EXPIRED: "That link has expired. Ask for a new one.",
  EXPIRED_TOKEN: "That link has expired. Ask for a new one.",
  INVALID_PASSWORD: "That is not your current password.",
  INVALID_OTP: "That is not the code.",
  INVALID_CODE: "That is not the code, or it was used already.",
  INVALID_BACKUP_CODE: "That is none of your backup codes.",
  OTP_EXPIRED: "That code has expired. Ask for a new one.",
  SESSION_EXPIRED: "Please sign in again to do this.",
};

export function explain(error) {
  if (error.status === 429) return "Too many tries. Wait a moment.";
  if (!error.status) return "The server does not answer.";
  return meanings[error.code] ?? (error.message || error.error_description) ?? `The server answered ${error.status}.`;
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

export async function busy(button, work) {
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    return await work();
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}

// onSubmit runs send with the form's values; send returns the client's {data, error}, then done gets the data. A form that
// the page does not have, because its plugin is not on, is passed over.
export function onSubmit(id, send, done) {
  const form = $(id);
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const msg = form.querySelector(".msg");
    say(msg, "");
    const invalid = firstInvalid(form);
    if (invalid) return say(msg, complaint(invalid));
    const values = Object.fromEntries(new FormData(form));
    for (const box of form.querySelectorAll("input[type=checkbox]")) values[box.name] = box.checked;
    const button = event.submitter ?? form.querySelector("button:not([type=button])");
    const { data, error } = await busy(button, () => send(values, button));
    refreshMails();
    if (error) return say(msg, explain(error));
    await done(data, values, msg, form);
  });
}

// onClick does the same for a button on its own, whose failures are shown in msg.
export function onClick(id, send, done, msg) {
  $(id)?.addEventListener("click", (event) => act(event.currentTarget, send, done, msg && $(msg)));
}

// act runs what a button stands for.
export async function act(button, send, done, msg) {
  const { data, error } = await busy(button, send);
  refreshMails();
  if (!error) return done(data);
  if (msg) return say(msg, explain(error));
  notice(explain(error), "bad");
}

function complaint(input) {
  if (input.validity.valueMissing) return `Please fill in: ${labelOf(input)}.`;
  if (input.validity.typeMismatch) return "That is not an e-mail address.";
  if (input.validity.tooShort) return `${labelOf(input)}: at least ${input.minLength} characters, please.`;
  return `${labelOf(input)}: ${input.validationMessage}`;
}

const labelOf = (input) => document.querySelector(`label[for="${input.id}"]`)?.textContent ?? input.name;

// Lists

export function element(tag, className, ...content) {
  const node = document.createElement(tag);
  node.className = className;
  node.append(...content);
  return node;
}

export function button(text, label, work) {
  const node = element("button", "quiet", text);
  node.type = "button";
  if (label) node.setAttribute("aria-label", label);
  node.addEventListener("click", () => work(node));
  return node;
}

// entry is an item of a list: what it is, a line of small print, buttons.
export function entry(title, small, ...buttons) {
  const what = element("div", "what", element("p", "", ...[title].flat()), element("p", "muted small", small));
  return element("li", "", what, ...(buttons.length ? [element("div", "acts", ...buttons)] : []));
}

// fill puts items into a list, or a sentence when there are none.
export function fill(list, items, nothing) {
  list.replaceChildren(...(items.length ? items : [element("li", "muted small", nothing)]));
}

export const when = (date) => new Date(date).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
