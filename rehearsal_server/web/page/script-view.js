// The scene as text: it scrolls along, marks the word, and hides the actor's lines as asked.

import { h, icon, show } from "./dom.js";
import { t } from "./strings.js";

export const LADDER = ["full", "words", "initials", "hidden"];
const FIRST_WORDS = 3;

export class ScriptView {
  constructor(scene, role, ladder) {
    this._role = role;
    this._ladder = ladder;
    this._lines = new Map(); // by id: {line, node, text, isOpen}
    this._current = null;
    this.node = h("ol.script", { "aria-label": t.stage.script },
      scene.elements.map((element) => this._draw(element)));
  }

  setLadder(ladder) {
    this._ladder = ladder;
    for (const entry of this._lines.values()) this._write(entry);
  }

  line(lineId) {
    return this._lines.get(lineId)?.line;
  }

  /** Make a line the current one and bring it into view. */
  current(lineId) {
    const entry = this._lines.get(lineId);
    if (!entry || this._current === entry) return;
    if (this._current) {
      this._current.node.removeAttribute("aria-current");
      this.mark(this._current.line.id, 0);
    }
    this._current = entry;
    entry.isOpen = false;
    this._write(entry);
    entry.node.setAttribute("aria-current", "true");
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    entry.node.scrollIntoView({ block: "center", behavior: isCalm ? "auto" : "smooth" });
  }

  /** The line was said: its text may be seen. */
  done(lineId, outcome) {
    const entry = this._lines.get(lineId);
    if (!entry) return;
    entry.isOpen = true;
    entry.node.dataset.outcome = outcome;
    this._write(entry);
  }

  /** So many words of a line are said. */
  mark(lineId, word, ofWords = null) {
    const entry = this._lines.get(lineId);
    if (!entry) return;
    const spans = entry.text.querySelectorAll(".word");
    const reached = ofWords ? Math.round((word * spans.length) / ofWords) : word;
    spans.forEach((span, index) => span.classList.toggle("said", index < reached));
  }

  _draw(element) {
    if (element.type === "direction") return h("li.direction", {}, element.text);
    const text = h("p.line-text");
    const isMine = element.character === this._role;
    const node = h(`li.line${isMine ? ".mine" : ""}`, {},
      h("span.speaker", {}, isMine ? `${element.character} · ${t.stage.you}` : element.character),
      text);
    const entry = { line: element, node, text, isOpen: !isMine };
    this._lines.set(element.id, entry);
    this._write(entry);
    return node;
  }

  _write({ line, text, isOpen }) {
    const ladder = isOpen ? "full" : this._ladder;
    text.dataset.ladder = ladder;
    if (ladder === "full") show(text, ...withDirections(line));
    else show(text, masked(line.text, ladder), this._peekButton(line.id));
  }

  _peekButton(lineId) {
    const onclick = () => {
      const entry = this._lines.get(lineId);
      entry.isOpen = true;
      this._write(entry);
    };
    return h("button.quiet.peek", { onclick, "aria-label": t.peek }, icon("eye"));
  }
}

/** What is left of a line on a step of the ladder. */
export function masked(text, ladder) {
  const words = text.split(/\s+/);
  if (ladder === "hidden") return "";
  if (ladder === "words") {
    const rest = words.length > FIRST_WORDS ? " …" : "";
    return words.slice(0, FIRST_WORDS).join(" ") + rest;
  }
  // The first letter, and the punctuation that gives a line its breath.
  return words.map((word) => word.replace(/(\p{L})[\p{L}\p{N}'’]*/gu, "$1")).join(" ");
}

/** Words as spans, with the directions where they stand in the line. */
function withDirections({ text, parentheticals }) {
  const parts = [];
  let at = 0;
  for (const direction of parentheticals ?? []) {
    parts.push(...spans(text.slice(at, direction.offset)));
    parts.push(h("em.aside", {}, `(${direction.text.replace(/^\(|\)$/g, "")}) `));
    at = direction.offset;
  }
  return [...parts, ...spans(text.slice(at))];
}

function spans(text) {
  return text.split(/(\s+)/).filter(Boolean)
    .map((part) => (/\s/.test(part) ? part : h("span.word", {}, part)));
}
