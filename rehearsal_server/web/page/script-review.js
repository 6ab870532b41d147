// What the import understood of a text, and putting it right.

import { h } from "./dom.js";
import { field, form } from "./forms.js";
import { api } from "./login.js";
import { go, tell } from "./router.js";
import { t } from "./strings.js";

const words = t.script;

/** Places that a person should look at. */
export function parseReport({ notices }) {
  if (!notices.length) return h("p.quiet.report-clean", {}, words.clean);
  const items = notices.map(({ source_line: line, message, text }) =>
    h("li", {}, h("p", {}, h("span.quiet", {}, words.reportLine(line)), " ", message),
      text ? h("pre", {}, text) : null));
  return h("details.card", {},
    h("summary", {}, h("h2", {}, words.report(notices.length))), h("ul.notices", {}, items));
}

/** Names to check; two of one name become one. */
export function castReview({ path, script, ifMatch, changed }) {
  const fields = Object.fromEntries(script.characters.map(({ name, line_count: count }, index) => {
    const note = words.lines(count);
    return [`name${index}`, field(name, { value: name, autocomplete: "off" }, note)];
  }));
  const send = async (values) => {
    const names = script.characters.map(({ name }) => name);
    const changes = [...renames(names, names.map((_, index) => values[`name${index}`].trim()))];
    if (!changes.length) return;
    changed(await api.patch(`${path}/characters`, { changes }, ifMatch));
  };
  return h("details.card", {},
    h("summary", {}, h("h2", {}, `${words.cast} (${script.characters.length})`)),
    h("p.quiet", {}, words.castHint, " ", words.mergeHint),
    form({ fields, submit: t.save, quiet: true, send, name: words.cast }));
}

function* renames(names, wanted) {
  for (const [index, name] of names.entries()) {
    const becomes = wanted[index];
    if (!becomes || becomes === name) continue;
    // Somebody of that name is there already, or has just been given it.
    const isTaken = names.includes(becomes) || wanted.indexOf(becomes) < index;
    if (isTaken) yield { do: "merge", names: [name], into: becomes };
    else yield { do: "rename", name, new_name: becomes };
  }
}

/** Title and author, the text itself, export, delete. */
export function editor(context) {
  const { path, script } = context;
  const exportLink = (format, name) =>
    h("button.secondary", { type: "button", onclick: () => download(path, format) }, name);
  return h("details.card", {}, h("summary", {}, h("h2", {}, words.edit)),
    headings(context), textEditor(context),
    h("h3", {}, words.export),
    h("p.buttons", {}, exportLink("fountain", "Fountain"), exportLink("json", "JSON")),
    deleter(path, script));
}

function headings({ path, script, ifMatch, changed }) {
  const fields = {
    title: field(words.title, { value: script.title }),
    author: field(words.author, { value: script.author }),
  };
  const send = async (values) => changed(await api.patch(path, values, ifMatch));
  return form({ fields, submit: t.save, quiet: true, send, name: words.edit });
}

/** The script as Fountain, whatever it was; read again when it is saved. */
function textEditor({ path, ifMatch, changed }) {
  const text = h("textarea.code", { id: "edit-text", rows: 16, spellcheck: "false" });
  const status = h("p.note", { role: "status" });
  const save = h("button.secondary", { type: "button", onclick }, t.save);
  async function onclick() {
    try {
      changed(await api.put(path, { text: text.value, format: "fountain" }, ifMatch));
    } catch (problem) {
      status.textContent = tell(problem);
    }
  }
  async function ontoggle(event) {
    if (!event.target.open || text.value) return;
    text.value = await (await fetchExport(path, "fountain")).text();
  }
  return h("details", { ontoggle }, h("summary", {}, h("h3", {}, words.replace)),
    h("label.visually-hidden", { htmlFor: "edit-text" }, words.replace), text, status, save);
}

function fetchExport(path, format) {
  return api.download(`${path}/export?format=${format}`);
}

async function download(path, format) {
  const file = await fetchExport(path, format);
  const address = URL.createObjectURL(file);
  h("a", { href: address, download: file.name }).click();
  URL.revokeObjectURL(address);
}

function deleter(path, script) {
  const erase = async () => {
    await api.delete(path);
    go("#/scripts");
  };
  const sure = h("p", { hidden: true }, words.deleteSure, " ",
    h("button.danger", { type: "button", onclick: erase }, words.delete));
  const ask = () => {
    sure.hidden = false;
    sure.querySelector("button").focus();
  };
  return h("div.delete", {},
    h("button.quiet", { type: "button", onclick: ask, "aria-label": `${words.delete}: ${script.title}` },
      words.delete), sure);
}
