// The mailbox: the mails that the server has sent, newest first, looked for again and again while the page is visible.

const $ = (id) => document.getElementById(id);
const pause = 2000;
let newest = 0;
let first = true;

export function watchMails() {
  refreshMails();
  setInterval(() => document.hidden || refreshMails(), pause);
  document.addEventListener("visibilitychange", () => document.hidden || refreshMails());
}

// refreshMails also looks once more a moment later: mails are sent after the answer.
let soon = 0;
export async function refreshMails() {
  clearTimeout(soon);
  const before = newest;
  await load();
  if (newest === before) soon = setTimeout(load, 300);
}

async function load() {
  let mails;
  try {
    const answer = await fetch("/goauth/mails", { headers: { accept: "application/json" } });
    if (!answer.ok) return;
    mails = await answer.json();
  } catch {
    return; // the server is away; the next round will tell
  }
  const top = mails[0]?.id ?? 0;
  const seen = top < newest ? 0 : newest; // smaller: the server has started again
  if (top !== newest) {
    if (seen === 0) $("mails").replaceChildren();
    const added = mails.filter((m) => m.id > seen);
    $("mails").prepend(...added.map((m) => item(m, !first))); // the others stay as they are, opened and focused
    if (!first && added.length) $("mail-live").textContent = `New mail: ${added[0].subject}, to ${added[0].to}`;
  }
  newest = top;
  first = false;
  $("mails-empty").hidden = mails.length > 0;
  $("mail-count").textContent = mails.length || "";
  $("mail-count-top").textContent = mails.length ? `(${mails.length})` : "";
}

function item(mail, fresh) {
  const li = document.createElement("li");
  if (fresh) li.className = "fresh";
  const head = document.createElement("div");
  head.className = "row";
  const subject = document.createElement("h3");
  subject.textContent = mail.subject;
  const at = document.createElement("time");
  at.dateTime = mail.at;
  at.textContent = new Date(mail.at).toLocaleTimeString(undefined, { timeStyle: "short" });
  head.append(subject, at);
  const to = document.createElement("p");
  to.className = "muted small";
  to.textContent = `to ${mail.to}`;
  li.append(head, to, details(mail));
  if (mail.url) {
    const link = document.createElement("a");
    link.className = "open";
    link.href = mail.url;
    link.textContent = "Open the link";
    link.setAttribute("aria-label", `Open the link of “${mail.subject}” to ${mail.to}`);
    li.append(link);
  }
  return li;
}

function details(mail) {
  const box = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = "Read";
  const text = document.createElement("p");
  text.className = "letter";
  text.textContent = mail.text.trim();
  box.append(summary, text);
  return box;
}
