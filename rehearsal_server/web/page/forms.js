// Forms that say what is wrong where it is wrong.

import { h } from "./dom.js";
import { tell } from "./router.js";
import { t } from "./strings.js";

let lastId = 0;

/** A labelled input; its message is read with it. */
export function field(label, attributes, hint = "") {
  const id = `field-${(lastId += 1)}`;
  const input = h("input", { id, "aria-describedby": `${id}-note`, ...attributes });
  const note = h("p.note", { id: `${id}-note` }, hint);
  const row = h("div.field", {}, h("label", { htmlFor: id }, label), input, note);
  return { row, input, note, hint };
}

/** A password that can be looked at. */
export function passwordField(label, attributes, hint) {
  const made = field(label, { type: "password", required: true, ...attributes }, hint);
  const button = h("button.quiet.reveal", { type: "button", onclick: toggle }, t.account.show);
  function toggle() {
    const isHidden = made.input.type === "password";
    made.input.type = isHidden ? "text" : "password";
    button.textContent = isHidden ? t.account.hide : t.account.show;
  }
  made.row.insertBefore(button, made.note);
  return made;
}

/**
 * @param {{fields: Record<string, ReturnType<typeof field>>, submit: string, quiet?: boolean,
 *   send: (values: Record<string, string>) => Promise<void>}} options
 *   The fields are named as the API names them, so that its remarks find them.
 */
export function form({ fields, submit, send, quiet = false, name = submit }) {
  const button = h(quiet ? "button.secondary" : "button.primary", { type: "submit" }, submit);
  const alert = h("p.alert", { role: "alert", hidden: true });
  const rows = Object.values(fields).map(({ row }) => row);
  return h("form", { onsubmit, novalidate: true, "aria-label": name }, rows, alert, button);

  async function onsubmit(event) {
    event.preventDefault();
    clear();
    button.disabled = true;
    try {
      const entries = Object.entries(fields);
      await send(Object.fromEntries(entries.map(([key, { input }]) => [key, input.value])));
    } catch (problem) {
      complain(problem);
    } finally {
      button.disabled = false;
    }
  }

  function clear() {
    alert.hidden = true;
    for (const { input, note, hint } of Object.values(fields)) {
      input.removeAttribute("aria-invalid");
      note.textContent = hint;
    }
  }

  function complain(problem) {
    const remarks = (problem.fields ?? []).filter((remark) => remark.field in fields);
    for (const remark of remarks) {
      fields[remark.field].input.setAttribute("aria-invalid", "true");
      fields[remark.field].note.textContent = remark.message;
    }
    if (remarks.length) fields[remarks[0].field].input.focus();
    else {
      alert.textContent = tell(problem);
      alert.hidden = false;
    }
  }
}
