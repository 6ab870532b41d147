// How somebody likes to rehearse, and what becomes of their account and data.

import { h, show } from "./dom.js";
import { form, passwordField } from "./forms.js";
import { api, forget } from "./login.js";
import { preferences, prefer } from "./preferences.js";
import { go } from "./router.js";
import { LADDER } from "./script-view.js";
import { enginesOf } from "./server-engines.js";
import { t } from "./strings.js";

const words = t.settings;
const PROMPT_WAITS_S = [1, 2, 3, 5, 8, 15];

export async function settingsPage() {
  const [me, engines] = await Promise.all([api.get("/v1/users/me"), enginesOf(() => api.ticket())]);
  const node = h("section.settings", {}, h("h1", {}, words.title),
    rehearsal(engines), account(me), data(), server(engines));
  return { title: words.title, node };
}

function rehearsal(engines) {
  const liked = preferences();
  const waits = PROMPT_WAITS_S.map((s) => [String(1000 * s), words.seconds(s)]);
  const voices = engines.filter(({ name, available }) => available && name.startsWith("voice:"))
    .map(({ name }) => name.slice("voice:".length));
  const follows = engines.some(({ name, available }) => available && name === "script_following");
  return h("div.card", {}, h("h2", {}, words.rehearsal),
    select(words.promptAfter, waits, String(liked.promptAfterMs), (ms) => prefer({ promptAfterMs: Number(ms) })),
    select(words.voice, [["", words.voiceAuto], ...voices.map((voice) => [voice, voice])], liked.voice,
      (voice) => prefer({ voice })),
    select(words.ladder, LADDER.map((step) => [step, t.ladder[step]]), liked.ladder, (ladder) => prefer({ ladder })),
    // Without a follower the words are not heard, so there is nothing to be strict about.
    follows ? select(words.strictness, Object.entries(words.strict), liked.strictness,
      (strictness) => prefer({ strictness })) : null);
}

let lastSelect = 0;

function select(label, options, chosen, onChoose) {
  const id = `choice-${(lastSelect += 1)}`;
  const box = h("select", { id, onchange: () => onChoose(box.value) },
    options.map(([value, text]) => h("option", { value, selected: value === chosen }, text)));
  return h("div.field.inline", {}, h("label", { htmlFor: id }, label), box);
}

function account({ email, display_name: name }) {
  const fields = {
    current_password: passwordField(words.currentPassword, { autocomplete: "current-password" }),
    new_password: passwordField(t.account.newPassword, { autocomplete: "new-password" }, t.account.passwordHint),
  };
  const done = h("p", { role: "status" });
  const send = async (values) => {
    await api.post("/v1/auth/password", values);
    for (const { input } of Object.values(fields)) input.value = "";
    show(done, words.passwordChanged);
  };
  const everywhere = async () => {
    await api.post("/v1/auth/logout-everywhere");
    forget();
    go("#/sign-in");
  };
  return h("div.card", {}, h("h2", {}, words.account),
    h("p", {}, words.signedInAs, " ", h("strong", {}, name ? `${name}, ${email}` : email)),
    h("details", {}, h("summary", {}, h("h3", {}, words.changePassword)),
      form({ fields, submit: words.changePassword, quiet: true, send }), done),
    h("p", {}, h("button.secondary", { onclick: everywhere }, words.signOutEverywhere)));
}

function data() {
  const fields = { password: passwordField(words.deleteConfirm, { autocomplete: "current-password" }) };
  const send = async (values) => {
    await api.delete("/v1/users/me", values);
    forget();
    go("#/register");
  };
  return h("div.card", {}, h("h2", {}, words.data), h("p", {}, words.retention),
    h("p", {}, h("button.secondary", { onclick: exportAll }, words.export)),
    h("details", {}, h("summary", {}, h("h3", {}, words.delete)), h("p", {}, words.deleteWhy),
      form({ fields, submit: words.delete, quiet: true, send })));
}

async function exportAll() {
  const file = await api.download("/v1/users/me/export");
  const address = URL.createObjectURL(file);
  h("a", { href: address, download: file.name }).click();
  URL.revokeObjectURL(address);
}

/** What is there and what is not, in the server's own words. */
function server(engines) {
  const rows = engines.flatMap(({ name, available, detail }) => [
    h("dt", {}, name.replaceAll("_", " ")),
    h("dd", { class: available ? null : "quiet" },
      `${available ? words.present : words.absent}${detail ? `: ${detail}` : ""}`),
  ]);
  return h("details.card", {}, h("summary", {}, h("h2", {}, words.server)), h("dl.figures", {}, rows));
}
