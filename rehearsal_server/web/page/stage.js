// The scene as it is played: script, cue, meter, controls.

import { CueBanner } from "./cue-banner.js";
import { Diagnostics } from "./diagnostics.js";
import { h, icon } from "./dom.js";
import { Meter } from "./meter.js";
import { preferences, prefer } from "./preferences.js";
import { LADDER, ScriptView } from "./script-view.js";
import { t } from "./strings.js";

const words = t.stage;
const NORMAL = 1000;

export class Stage {
  /**
   * @param {{scene: object, role: string, rehearsal: import("../client/rehearsal.js").Rehearsal,
   *   lines: string[], ended: (how: {sessionId: string, problem: string | null}) => void}} options
   *   `lines` are those to run; none means the whole scene.
   */
  constructor({ scene, role, rehearsal, lines, ended }) {
    this._rehearsal = rehearsal;
    this._session = rehearsal.session;
    this._todo = [...lines];
    this._ended = ended;
    this._isPaused = false;
    this._problem = null; // why it ended early
    this._partner = null; // the utterance being heard: {id, line, words, startedMs}
    this._voices = new Map(); // by utterance: {line, words}
    this.banner = new CueBanner();
    this.script = new ScriptView(scene, role, preferences().ladder);
    this.meter = new Meter(t.check.level);
    this.diagnostics = new Diagnostics(rehearsal);
    this.node = this._draw(scene);
    this._listen();
  }

  /** Give the first cue. */
  begin() {
    if (this._todo.length) this._goTo(this._todo[0]);
    else this._say("continue");
    this.node.querySelector(".dock button")?.focus({ preventScroll: true });
    this._keys = (event) => this._press(event);
    addEventListener("keydown", this._keys);
    this._follow();
  }

  _draw(scene) {
    this._pause = button("pause", words.pause, words.keys.pause, () => this._togglePause());
    const controls = h("div.controls", { role: "group", "aria-label": words.controls },
      button("prompt", words.promptMe, words.keys.prompt, () => this._say("line")),
      button("back", words.back, words.keys.back, () => this._say("back")),
      button("skip", words.skip, words.keys.skip, () => this._say("skip")),
      this._pause);
    return h("div.stage", {},
      h("header.stage-top", {},
        h("h1", {}, scene.heading || this._session.started.role),
        ladderChoice((ladder) => this.script.setLadder(ladder)),
        h("button.quiet", { onclick: () => this._stop() }, words.leave)),
      this.script.node,
      h("div.dock", {}, this.banner.node, this.meter.node, controls, this.diagnostics.node));
  }

  _listen() {
    const session = this._session;
    session.on("cue", (cue) => this._take(cue));
    session.on("level", (level) => this.meter.show(level));
    session.on("progress", ({ line_id: id, word, words: of }) => this.script.mark(id, word, of));
    session.on("voice", (voice) => this._hearVoice(voice));
    session.on("heard", (mark) => this._heard(mark));
    session.on("line", (line) => this._lineDone(line));
    session.on("error", ({ code }) => code === "voice_failed" && this._voiceFailed());
    session.on("state", ({ state }) => this._tellState(state));
    session.on("microphone_lost", () => this._stop(t.microphone.lost));
    session.on("over", (end) => this._over(end));
  }

  _take({ action, line_id: id, text }) {
    this._isPaused = false;
    this._drawPause();
    if (id) this.script.current(id);
    const line = id ? this.script.line(id) : null;
    const detail = {
      listen: () => words.listenTo(line?.character ?? ""),
      prompt: () => text,
      scene_end: () => words.saving,
    };
    this.banner.show(action, detail[action]?.() ?? "");
    if (action === "scene_end") this._stop();
  }

  _lineDone({ line_id: id, outcome }) {
    this.script.done(id, outcome);
    if (id !== this._todo[0]) return;
    this._todo.shift();
    if (this._todo.length) this._goTo(this._todo[0]);
    else this._stop();
  }

  _goTo(lineId) {
    this._session.send({ type: "goto", line_id: lineId });
  }

  // -- the partner's words ------------------------------------------------------------------

  _hearVoice({ utterance, line_id: line, state, words: spoken }) {
    if (state === "cancelled" || state === "failed") this._voices.delete(utterance);
    else this._voices.set(utterance, { line, words: spoken });
    // Word times may come with the end of the utterance only.
    if (this._partner?.id === utterance && spoken.length) this._partner.words = spoken;
  }

  _heard({ utterance, state, at_ms: startedMs }) {
    const voice = this._voices.get(utterance);
    if (state === "started" && voice) this._partner = { id: utterance, ...voice, startedMs };
    else if (state !== "started" && this._partner?.id === utterance) this._partner = null;
  }

  /** Mark the word that the partner is at, while there is a stage. */
  _follow() {
    if (this._session.state === "over") return;
    const { _partner: partner } = this;
    if (partner && this.banner.state === "listen") {
      const heardMs = this._rehearsal.positionMs - partner.startedMs;
      const said = partner.words.filter((word) => word.start_ms <= heardMs).length;
      this.script.mark(partner.line, said, partner.words.length || null);
    }
    requestAnimationFrame(() => this._follow());
  }

  _voiceFailed() {
    this.banner.show("listen", words.voiceFailed);
  }

  // -- controls -----------------------------------------------------------------------------

  _say(type) {
    this._session.send({ type });
  }

  _togglePause() {
    this._isPaused = !this._isPaused;
    this._say(this._isPaused ? "pause" : "continue");
    if (this._isPaused) this.banner.show("paused", words.pausedWhy);
    this._drawPause();
  }

  _drawPause() {
    const [name, text] = this._isPaused ? ["play", words.goOn] : ["pause", words.pause];
    this._pause.replaceChildren(icon(name), h("span", {}, text), h("kbd", {}, words.keys.pause));
  }

  _press(event) {
    const isTyping = event.target.closest?.("select, input, textarea, summary");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    const actions = {
      " ": () => this._togglePause(),
      l: () => this._say("line"),
      ArrowLeft: () => this._say("back"),
      ArrowRight: () => this._say("skip"),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault(); // a focused button would be pressed by the space as well
    action();
  }

  // -- the end ------------------------------------------------------------------------------

  /** @param {string | null} problem why, if it is not for being done */
  _stop(problem = null) {
    this._problem = problem;
    this.banner.show("scene_end", words.saving);
    this._session.stop();
  }

  _tellState(state) {
    if (state === "resuming") this.banner.interrupt();
    else if (state === "live") this.banner.goOn();
  }

  _over({ code, reason, error }) {
    removeEventListener("keydown", this._keys);
    const problem = code === NORMAL ? this._problem : error?.message || `${words.lost} ${reason}`;
    this._ended({ sessionId: this._session.started.session_id, problem });
  }
}

function button(name, text, key, onclick) {
  return h("button.control", { onclick, "aria-keyshortcuts": key },
    icon(name), h("span", {}, text), h("kbd", {}, key));
}

function ladderChoice(onChange) {
  const chosen = preferences().ladder;
  const options = LADDER.map((value) =>
    h("option", { value, selected: value === chosen }, t.ladder[value]));
  const select = h("select", { id: "ladder", onchange }, options);
  function onchange() {
    prefer({ ladder: select.value });
    onChange(select.value);
  }
  return h("div.ladder", {}, h("label.visually-hidden", { htmlFor: "ladder" }, t.check.ladder), select);
}
