// The account's cards of plugins: each has a loader that enter calls, and wires its own forms once.
import { auth } from "/goauth/client.js";
import { $, act, button, element, entry, explain, fill, has, onSubmit, say, when } from "/goauth/ui.js";

// wireCards connects the cards that the page has; refresh shows the account anew. It returns what loads them for a user.
export function wireCards(refresh) {
  const cards = [
    ["username", usernameCard], ["phone-number", phoneCard], ["two-factor", factorCard], ["organization", organizationCard],
    ["api-key", keyCard], ["multi-session", accountsCard], ["device-authorization", deviceCard], ["admin", usersCard],
  ];
  const loaders = cards.filter(([plugin]) => has(plugin)).map(([, card]) => card(refresh));
  return (user, session) => Promise.all(loaders.map((load) => load(user, session)));
}

function usernameCard(refresh) {
  onSubmit("form-username", (v) => auth.updateUser(v), async (_data, v, msg) => {
    await refresh();
    say(msg, `You can sign in as ${v.username} now.`, "good");
  });
  return (user) => { $("username").value = user.displayUsername ?? user.username ?? ""; };
}

function phoneCard(refresh) {
  let phoneNumber = "";
  onSubmit("form-number", (v) => auth.phoneNumber.sendOtp(v), (_data, v, msg) => {
    phoneNumber = v.phoneNumber;
    $("form-number-code").hidden = false;
    $("number-code").focus();
    say(msg, "A code is on its way.", "good");
  });
  onSubmit("form-number-code", (v) => auth.phoneNumber.verify({ ...v, phoneNumber, updatePhoneNumber: true }), async (_data, _v, _msg, form) => {
    form.reset();
    form.hidden = true;
    await refresh();
    say($("number-msg"), `Your number is ${phoneNumber}.`, "good");
  });
  return (user) => { $("number").value = user.phoneNumber ?? ""; };
}

function factorCard(refresh) {
  const state = (on, pending) => {
    $("factor-chip").textContent = on ? "on" : "off";
    $("factor-chip").classList.toggle("warn", !on);
    $("form-factor-on").hidden = on || pending;
    $("factor-setup").hidden = !pending;
    $("form-factor-off").hidden = !on;
  };
  onSubmit("form-factor-on", (v) => auth.twoFactor.enable(v), (data, _v, _msg, form) => {
    form.reset();
    $("factor-uri").textContent = data.totpURI;
    $("factor-secret").textContent = new URL(data.totpURI).searchParams.get("secret");
    fill($("factor-backup"), data.backupCodes.map((code) => element("li", "", code)), "");
    state(false, true);
    $("factor-code").focus();
  });
  onSubmit("form-factor-code", (v) => auth.twoFactor.verifyTotp(v), async (_data, _v, _msg, form) => {
    form.reset();
    await refresh();
    say($("factor-msg"), "From now on a sign-in needs a code too.", "good");
  });
  onSubmit("form-factor-off", (v) => auth.twoFactor.disable(v), async (_data, _v, _msg, form) => {
    form.reset();
    await refresh();
    say($("factor-msg"), "The password alone signs you in again.", "good");
  });
  return (user) => state(Boolean(user.twoFactorEnabled), false);
}

function organizationCard(refresh) {
  const msg = $("organizations-msg");
  const done = (text) => async () => {
    await refresh();
    say(msg, text, "good");
  };
  onSubmit("form-organization", (v) => auth.organization.create({ ...v, slug: slug(v.name) }), async (_data, v, _msg, form) => {
    form.reset();
    await done(`You own ${v.name}.`)();
  });
  onSubmit("form-invite", (v) => auth.organization.inviteMember({ ...v, role: "member" }), async (_data, v, _msg, form) => {
    form.reset();
    await done(`${v.email} is invited.`)();
  });
  return async (user, session) => {
    const [all, active, invitations] = await Promise.all([
      auth.organization.list(), session.activeOrganizationId ? auth.organization.getFullOrganization() : {}, auth.organization.listUserInvitations(),
    ]);
    if (all.error) return say(msg, explain(all.error));
    const pending = (invitations.data ?? []).filter((i) => i.status === "pending");
    fill($("organizations"), [...all.data.map((o) => organization(o, session, msg, done)), ...pending.map((i) => invitation(i, msg, done))], "None yet.");
    $("form-invite").hidden = !active.data;
    $("members").hidden = !active.data;
    fill($("members"), (active.data?.members ?? []).map((m) => entry(m.user.name, `${m.role} · ${m.user.email}`)), "");
  };
}

const slug = (name) => name.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "") || "organization";

function organization(o, session, msg, done) {
  const active = o.id === session.activeOrganizationId;
  const choose = button("Switch to it", `Switch to ${o.name}`, (b) => act(b, () => auth.organization.setActive({ organizationId: o.id }), done(`${o.name} is the active one.`), msg));
  return entry([o.name, ...(active ? [" ", element("span", "chip", "active")] : [])], o.slug, ...(active ? [] : [choose]));
}

function invitation(i, msg, done) {
  const name = i.organizationName ?? "an organization";
  return entry(`Invitation to ${name}`, `as ${i.role}, until ${when(i.expiresAt)}`,
    button("Accept", `Accept the invitation to ${name}`, (b) => act(b, () => auth.organization.acceptInvitation({ invitationId: i.id }), done("You are a member."), msg)),
    button("Reject", `Reject the invitation to ${name}`, (b) => act(b, () => auth.organization.rejectInvitation({ invitationId: i.id }), done("The invitation is rejected."), msg)));
}

function keyCard(refresh) {
  onSubmit("form-key", (v) => auth.apiKey.create(v), async (data, _v, msg, form) => {
    form.reset();
    await refresh();
    $("key").textContent = data.key;
    $("key-new").hidden = false;
    say(msg, "Copy it now: it is not shown again.", "good");
  });
  return async () => {
    $("key-new").hidden = true;
    const { data, error } = await auth.apiKey.list();
    if (error) return say($("keys-msg"), explain(error));
    const remove = (key) => button("Delete", `Delete the key ${key.name ?? key.start}`, (b) => act(b, () => auth.apiKey.delete({ keyId: key.id }), refresh, $("keys-msg")));
    fill($("keys"), data.apiKeys.map((key) => entry(key.name ?? "without a name", `${key.start}… · since ${when(key.createdAt)}`, remove(key))), "None yet.");
  };
}

// accountsCard lists the sessions of several users in this browser.
function accountsCard(refresh) {
  const msg = $("accounts-msg");
  return async (user, session) => {
    const { data, error } = await auth.multiSession.listDeviceSessions();
    if (error) return say(msg, explain(error));
    fill($("accounts"), data.map((s) => {
      if (s.session.token === session.token) return entry([s.user.name, " ", element("span", "chip", "this one")], s.user.email);
      return entry(s.user.name, s.user.email,
        button("Switch", `Switch to ${s.user.email}`, (b) => act(b, () => auth.multiSession.setActive({ sessionToken: s.session.token }), refresh, msg)),
        button("Sign out", `Sign out ${s.user.email}`, (b) => act(b, () => auth.multiSession.revoke({ sessionToken: s.session.token }), refresh, msg)));
    }), "");
  };
}

// deviceCard approves a device: it shows a code, which is typed here (RFC 8628).
function deviceCard() {
  let userCode = "";
  const decided = (text) => () => {
    $("device-decide").hidden = true;
    say($("device-msg"), text, "good");
  };
  onSubmit("form-device", (v) => auth.device({ query: { user_code: v.userCode } }), (_data, v, msg) => {
    userCode = v.userCode;
    $("device-decide").hidden = false;
    say(msg, "Is that the code on your device? Then approve it.", "good");
  });
  $("device-approve").addEventListener("click", (e) => act(e.currentTarget, () => auth.device.approve({ userCode }), decided("The device is signed in."), $("device-msg")));
  $("device-deny").addEventListener("click", (e) => act(e.currentTarget, () => auth.device.deny({ userCode }), decided("The device is turned away."), $("device-msg")));
  return () => {
    const given = new URLSearchParams(location.search).get("user_code");
    if (!given) return;
    $("device-code").value = given;
    history.replaceState(null, "", location.pathname);
  };
}

// usersCard is for administrators.
function usersCard(refresh) {
  const msg = $("users-msg");
  $("stop-impersonating").addEventListener("click", (e) => act(e.currentTarget, () => auth.admin.stopImpersonating(), refresh, msg));
  return async (user, session) => {
    $("stop-impersonating").hidden = !session.impersonatedBy;
    const { data, error } = await auth.admin.listUsers({ query: { limit: 50, sortBy: "createdAt", sortDirection: "desc" } });
    $("card-users").hidden = Boolean(error) && !session.impersonatedBy; // whoever may not list them does not see the card
    if (error) return fill($("users"), [], "You act as somebody else.");
    fill($("users"), data.users.map((u) => {
      const state = [u.email, u.role, u.banned ? "banned" : ""].filter(Boolean).join(" · ");
      if (u.id === user.id) return entry(u.name, state);
      const ban = u.banned ? ["Lift the ban", () => auth.admin.unbanUser({ userId: u.id })] : ["Ban", () => auth.admin.banUser({ userId: u.id })];
      return entry(u.name, state,
        button(ban[0], `${ban[0]}: ${u.email}`, (b) => act(b, ban[1], refresh, msg)),
        button("Act as", `Act as ${u.email}`, (b) => act(b, () => auth.admin.impersonateUser({ userId: u.id }), refresh, msg)));
    }), "");
  };
}
