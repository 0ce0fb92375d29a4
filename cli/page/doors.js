// The ways to sign in: with a password, by a link or a code, as a guest, through a provider; and the second factor.
import { auth } from "/goauth/client.js";
import { $, busy, explain, has, notice, onClick, onSubmit, say, sent, show } from "/goauth/ui.js";

// wireDoors connects the forms; entered is called once somebody is in.
export function wireDoors(entered) {
  // arrive goes on where a sign-in leads: into the account, or to the second factor.
  const arrive = async (data, text) => {
    if (data?.twoFactorRedirect) return askForSecondFactor(data.twoFactorMethods ?? []);
    await entered();
    notice(text);
  };

  onSubmit("form-sign-in", signIn, async (data, _v, _msg, form) => {
    form.reset();
    await arrive(data, "You are signed in.");
  });

  onSubmit("form-sign-up", signUp, async (data, v, _msg, form) => {
    form.reset();
    if (data.token) return arrive(data, `Welcome, ${v.name}.`);
    $("in-email").value = v.email;
    sent(`We have sent a link to ${v.email}. It verifies the address; then you can sign in.`);
  });

  onSubmit("form-magic", (v) => auth.signIn.magicLink({ ...v, callbackURL: "/", errorCallbackURL: "/" }), (_data, v) => {
    sent(`We have sent a link to ${v.email}. It signs you in.`);
  });

  wireCodes(arrive);
  wireSecondFactor(arrive);
  onClick("guest", () => auth.signIn.anonymous(), (data) => arrive(data, "You are a guest: nothing ties this account to you yet."), "doors-msg");
  wireProviders();
}

function signUp({ username, ...values }) {
  return auth.signUp.email({ ...values, ...(username ? { username } : {}), callbackURL: "/?verified" });
}

async function signIn({ email, ...values }) {
  if (has("username") && !email.includes("@")) return auth.signIn.username({ username: email, ...values });
  const answer = await auth.signIn.email({ email, ...values });
  if (answer.error?.code === "EMAIL_NOT_VERIFIED") await auth.sendVerificationEmail({ email, callbackURL: "/?verified" });
  return answer;
}

// A code goes out with the first form of a view; the second one takes it.
function wireCodes(arrive) {
  let email = "";
  onSubmit("form-otp", (v) => auth.emailOtp.sendVerificationOtp({ ...v, type: "sign-in" }), (_data, v) => {
    email = v.email;
    enterCode("otp", email);
  });
  onSubmit("form-otp-code", (v) => auth.signIn.emailOtp({ ...v, email }), (data, _v, _msg, form) => {
    form.reset();
    return arrive(data, "You are signed in.");
  });
  let phoneNumber = "";
  onSubmit("form-phone", (v) => auth.phoneNumber.sendOtp(v), (_data, v) => {
    phoneNumber = v.phoneNumber;
    enterCode("phone", phoneNumber);
  });
  onSubmit("form-phone-code", (v) => auth.phoneNumber.verify({ ...v, phoneNumber }), (data, _v, _msg, form) => {
    form.reset();
    return arrive(data, "You are signed in.");
  });
}

function enterCode(kind, to) {
  document.querySelector(`#view-${kind}-code .lead`).textContent = `If ${to} can sign in, a code is on its way. It arrives in the mailbox.`;
  show(`${kind}-code`);
}

function askForSecondFactor(methods) {
  $("second-send").hidden = methods.length > 0 && !methods.includes("otp");
  notice("");
  show("second");
}

function wireSecondFactor(arrive) {
  const verify = {
    totp: (v) => auth.twoFactor.verifyTotp(v),
    otp: (v) => auth.twoFactor.verifyOtp(v),
    backup: ({ code, ...rest }) => auth.twoFactor.verifyBackupCode({ code: code.trim(), ...rest }),
  };
  onSubmit("form-second", ({ kind, ...v }) => verify[kind](v), (data, _v, _msg, form) => {
    form.reset();
    return arrive(data, "You are signed in.");
  });
  onClick("second-send", () => auth.twoFactor.sendOtp(), () => {
    document.querySelector("#form-second input[value=otp]").checked = true;
    $("second-code").focus();
    say($("second-msg"), "A code is on its way.", "good");
  }, "second-msg");
}

// A provider's page is another site's: the client goes there when the server says so.
function wireProviders() {
  for (const button of document.querySelectorAll("[data-provider]")) {
    button.addEventListener("click", async () => {
      const { error } = await busy(button, () => auth.signIn.social({ provider: button.dataset.provider, callbackURL: "/", errorCallbackURL: "/" }));
      if (error) say($("doors-msg"), explain(error));
    });
  }
}
