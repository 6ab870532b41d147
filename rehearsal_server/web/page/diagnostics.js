// What a rehearsal is like on the wire: figures for whoever wonders, out of the way of the others.

import { h } from "./dom.js";
import { median } from "./figures.js";
import { t } from "./strings.js";

const words = t.diagnostics;

export class Diagnostics {
  constructor(rehearsal) {
    this.turnMs = []; // end of the actor's line to the first sound of the partner
    this.paintMs = []; // a cue received to a cue on screen
    this._rehearsal = rehearsal;
    this._lineEndedMs = null;
    this._rows = h("dl.figures", { tabindex: 0 });
    this.node = h("details.diagnostics", { ontoggle: () => this._draw() },
      h("summary", {}, words.title), this._rows);
    const { session } = rehearsal;
    session.on("cue", (cue) => this._seeCue(cue));
    session.on("heard", (mark) => this._hearPartner(mark));
    session.on("ack", () => this.node.open && this._draw());
  }

  _seeCue({ action, at_ms: atMs }) {
    if (action === "done") this._lineEndedMs = atMs;
    const receivedAt = performance.now();
    // The frame after the next one is drawn when the next one is on screen.
    requestAnimationFrame(() => requestAnimationFrame((now) => this.paintMs.push(now - receivedAt)));
  }

  _hearPartner({ state, at_ms: atMs }) {
    if (state !== "started" || this._lineEndedMs === null) return;
    this.turnMs.push(atMs - this._lineEndedMs);
    this._lineEndedMs = null;
  }

  /** Every figure, by its name. */
  figures() {
    const { session, loudspeaker } = this._rehearsal;
    return {
      turn: summary(this.turnMs),
      paint: summary(this.paintMs),
      events: session.counts.events,
      chunks: session.outgoing.chunks,
      held: `${Math.round(session.counts.peakBufferedBytes / 1024)} KiB`,
      dropped: session.outgoing.droppedChunks,
      repeated: session.counts.repeatedEvents,
      resumes: session.counts.resumes,
      underruns: loudspeaker.underruns,
      rate: `${session.outgoing.sampleRate} Hz`,
    };
  }

  _draw() {
    const rows = Object.entries(this.figures()).flatMap(([name, value]) => [
      h("dt", {}, words[name]),
      h("dd", { "data-figure": name }, String(value)),
    ]);
    this._rows.replaceChildren(...rows);
  }
}

function summary(values) {
  if (!values.length) return words.none;
  const round = (ms) => `${Math.round(ms)} ms`;
  return `${round(median(values))} (${values.length} ×, ${round(Math.max(...values))} at most)`;
}
