// What to do now, readable at a glance from across a room: one thing at a time.

import { h, icon, show } from "./dom.js";
import { t } from "./strings.js";

const words = t.stage;
const ICONS = {
  listen: "listen",
  speak: "speak",
  prompt: "prompt",
  hold: "hold",
  done: "done",
  paused: "pause",
  scene_end: "done",
  resuming: "back",
};
const TITLES = {
  listen: words.listen,
  speak: words.speak,
  prompt: words.prompt,
  hold: words.hold,
  done: words.done,
  paused: words.paused,
  scene_end: words.sceneEnd,
  resuming: words.paused,
};

export class CueBanner {
  constructor() {
    this._icon = h("span.cue-icon");
    this._title = h("span.cue-title");
    this._detail = h("span.cue-detail");
    this.state = "";
    this._shown = { state: "", detail: "" };
    this._before = null; // what an interruption hid
    this.node = h("div.cue", { role: "status", "aria-live": "assertive" },
      this._icon, h("span.cue-words", {}, this._title, this._detail));
  }

  /** @param {keyof ICONS} state @param {string} detail */
  show(state, detail = "") {
    this._shown = { state, detail };
    this.state = state;
    this.node.dataset.cue = state;
    show(this._icon, icon(ICONS[state]));
    this._title.textContent = TITLES[state];
    this._detail.textContent = detail;
  }

  /** Say that the connection is lost. */
  interrupt() {
    this._before ??= this._shown;
    this.show("resuming", words.resuming);
  }

  /** It is back: what was to be done is still to be done. */
  goOn() {
    if (this._before && this.state === "resuming") this.show(this._before.state, this._before.detail);
    this._before = null;
  }
}
