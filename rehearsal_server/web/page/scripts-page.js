// All scripts, and a way in for new ones.

import { h, icon } from "./dom.js";
import { day } from "./figures.js";
import { api } from "./login.js";
import { go, tell } from "./router.js";
import { t } from "./strings.js";

const words = t.scripts;
const BUNDLED_SCENE = "/web/scenes/last_train.fountain";

export async function scriptsPage() {
  const scripts = await Array.fromAsync(api.list("/v1/scripts?limit=100"));
  const node = h("section", {},
    h("h1", {}, words.title),
    scripts.length ? list(scripts) : welcome(),
    adder(scripts.length === 0));
  return { title: words.title, node };
}

function list(scripts) {
  const items = scripts.map(({ id, title, author, updated_at: when }) =>
    h("li", {}, h("a.row", { href: `#/script/${id}` },
      h("span.row-main", {},
        h("span.script-title", {}, title || words.untitled),
        author ? h("span.quiet", {}, author) : null),
      h("span.quiet.row-side", {}, words.updated(day(when))))));
  return h("ul.rows", {}, items);
}

/** For somebody without scripts: the first rehearsal is two taps away. */
function welcome() {
  const alert = h("p.alert", { role: "alert", hidden: true });
  const start = h("button.primary", { onclick }, words.bundledTry, icon("arrow"));
  async function onclick() {
    start.disabled = true;
    try {
      const text = await (await fetch(BUNDLED_SCENE)).text();
      const { id } = await api.post("/v1/scripts", { text, format: "fountain" });
      go(`#/script/${id}`);
    } catch (problem) {
      start.disabled = false;
      alert.hidden = false;
      alert.textContent = tell(problem);
    }
  }
  return h("div.card.poster-card", {},
    h("p.quiet", {}, words.empty),
    h("h2.script-title", {}, words.bundledTitle),
    h("p", {}, words.bundledText), start, alert);
}

/** Drop, choose or paste. */
function adder(isOpen) {
  const status = h("p.note", { role: "status" });
  const file = h("input.visually-hidden", { type: "file", id: "script-file", onchange });
  const text = h("textarea", { id: "script-text", rows: 7, placeholder: words.pasteHint });
  const send = h("button.secondary", { type: "button", onclick: sendText }, words.upload);
  const drop = h("div.drop", { ondragover, ondragleave, ondrop },
    h("p", {}, words.dropHere, " ",
      h("label.link", { htmlFor: "script-file" }, words.choose), file),
    h("p.note", {}, words.formats));

  function ondragover(event) {
    event.preventDefault();
    drop.classList.add("over");
  }
  function ondragleave() {
    drop.classList.remove("over");
  }
  function ondrop(event) {
    event.preventDefault();
    ondragleave();
    const [dropped] = event.dataTransfer.files;
    if (dropped) sendFile(dropped);
  }
  function onchange() {
    if (file.files.length) sendFile(file.files[0]);
  }
  function sendFile(chosen) {
    const path = `/v1/scripts?filename=${encodeURIComponent(chosen.name)}`;
    // The bytes say what it is; a browser's guess by the name may be wrong.
    return add(() => api.post(path, chosen, { "content-type": "application/octet-stream" }));
  }
  function sendText() {
    if (text.value.trim()) add(() => api.post("/v1/scripts", { text: text.value }));
    else text.focus();
  }
  async function add(upload) {
    send.disabled = true;
    status.textContent = words.uploading;
    status.classList.remove("bad");
    try {
      go(`#/script/${(await upload()).id}`);
    } catch (problem) {
      status.textContent = complaint(problem);
      status.classList.add("bad");
    } finally {
      send.disabled = false;
      file.value = "";
    }
  }

  const paste = h("div.field", {}, h("label", { htmlFor: "script-text" }, words.paste), text);
  return h("details.card", { open: isOpen },
    h("summary", {}, h("h2", {}, words.add)), drop, paste, status, send);
}

function complaint(problem) {
  const line = problem.fields?.[0]?.source_line;
  return line ? `${t.script.reportLine(line)}: ${tell(problem)}` : tell(problem);
}
