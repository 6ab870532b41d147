// Sign in, register, set a new password.

import { h } from "./dom.js";
import { field, form, passwordField } from "./forms.js";
import { askForReset, completeReset, register, signIn } from "./login.js";
import { go } from "./router.js";
import { t } from "./strings.js";

const words = t.account;

function email() {
  return field(words.email, { type: "email", autocomplete: "email", required: true });
}

function newPassword(label) {
  return passwordField(label, { autocomplete: "new-password" }, words.passwordHint);
}

function frame(title, tagline, ...children) {
  const head = h("header.poster", {}, h("h1", {}, title), h("p", {}, tagline));
  return { title, node: h("section.narrow", {}, head, ...children) };
}

function link(address, text) {
  return h("a", { href: address }, text);
}

export function signInPage() {
  const fields = {
    email: email(),
    password: passwordField(words.password, { autocomplete: "current-password" }),
  };
  const send = async ({ email: address, password }) => {
    await signIn(address, password);
    go("#/scripts");
  };
  const links = h("p.links", {}, words.noAccount, " ", link("#/register", words.register),
    h("br"), link("#/reset", words.forgot));
  return frame(words.signIn, words.tagline, form({ fields, submit: words.signIn, send }), links);
}

export function registerPage() {
  const fields = {
    email: email(),
    password: newPassword(words.password),
    display_name: field(`${words.name} (${words.optional})`, { autocomplete: "name" }),
  };
  const send = async ({ email: address, password, display_name: name }) => {
    await register(address, password, name);
    go("#/scripts");
  };
  const links = h("p.links", {}, words.haveAccount, " ", link("#/sign-in", words.signIn));
  const made = form({ fields, submit: words.register, send });
  return frame(words.register, words.tagline, made, links);
}

export function resetPage() {
  const body = h("div");
  askForm(body);
  const links = h("p.links", {}, link("#/sign-in", words.signIn));
  return frame(words.resetTitle, words.resetIntro, body, links);
}

function askForm(body) {
  const send = async ({ email: address }) => {
    await askForReset(address);
    completeForm(body);
  };
  body.replaceChildren(form({ fields: { email: email() }, submit: words.resetAsk, send }));
}

function completeForm(body) {
  const fields = {
    token: field(words.token, { autocomplete: "one-time-code", required: true }),
    new_password: newPassword(words.newPassword),
  };
  const send = async ({ token, new_password: password }) => {
    await completeReset(token.trim(), password);
    const done = h("p", { role: "status" }, words.resetDone);
    body.replaceChildren(done);
  };
  const sent = h("p", { role: "status" }, words.resetSent, " ", words.resetConsole);
  body.replaceChildren(sent, form({ fields, submit: t.save, send }));
}
