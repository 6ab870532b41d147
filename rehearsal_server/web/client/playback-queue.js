// Utterances played one after another, block by block, on the loudspeaker's own frame count.
// Runs inside the audio worklet; it knows neither the worklet nor a clock.

// Heard as a click if shorter, as a tail if longer.
const FADE_FRAMES = 256;

/** @typedef {{utterance: number, state: "started" | "ended" | "stopped", frame: number}} Mark */

export class PlaybackQueue {
  constructor() {
    this._queue = []; // {utterance, parts, at, isComplete, hasStarted, lastFrame, fade}
    this.underruns = 0;
  }

  /** @param {number} utterance @param {Float32Array} samples at the loudspeaker's rate */
  push(utterance, samples) {
    const entry = this._find(utterance) ?? this._add(utterance);
    if (samples.length) entry.parts.push(samples);
  }

  /** All of it has come. */
  complete(utterance) {
    const entry = this._find(utterance);
    if (entry) entry.isComplete = true;
  }

  /** Stop it now, or never begin it. */
  cancel(utterance) {
    const entry = this._find(utterance);
    if (entry?.hasStarted) entry.fade = FADE_FRAMES;
    else this._queue = this._queue.filter((one) => one !== entry);
  }

  /**
   * Fill a block and tell what was heard in it.
   * @param {Float32Array} block of silence
   * @param {number} frame number of its first frame
   * @returns {Mark[]}
   */
  render(block, frame) {
    const marks = [];
    let filled = 0;
    while (filled < block.length && this._queue.length) {
      const entry = this._queue[0];
      const before = filled;
      filled = this._play(entry, block, filled, frame, marks);
      if (this._isOver(entry)) this._finish(entry, frame, marks);
      else if (filled === before || filled < block.length) break; // its next samples are late
    }
    const entry = this._queue[0];
    if (entry?.hasStarted && filled < block.length) this.underruns += 1;
    return marks;
  }

  _play(entry, block, filled, frame, marks) {
    while (filled < block.length && entry.parts.length && entry.fade !== 0) {
      if (!entry.hasStarted) {
        entry.hasStarted = true;
        marks.push({ utterance: entry.utterance, state: "started", frame: frame + filled });
      }
      block[filled] = this._take(entry);
      filled += 1;
      entry.lastFrame = frame + filled;
    }
    return filled;
  }

  _take(entry) {
    const sample = entry.parts[0][entry.at];
    entry.at += 1;
    if (entry.at === entry.parts[0].length) {
      entry.parts.shift();
      entry.at = 0;
    }
    if (entry.fade === undefined) return sample;
    entry.fade -= 1;
    return (sample * entry.fade) / FADE_FRAMES;
  }

  _isOver(entry) {
    return entry.fade === undefined ? entry.isComplete && !entry.parts.length : this._isCut(entry);
  }

  _isCut(entry) {
    return entry.fade === 0 || !entry.parts.length;
  }

  _finish(entry, frame, marks) {
    this._queue.shift();
    if (!entry.hasStarted) return;
    const state = entry.fade === undefined ? "ended" : "stopped";
    // Its last sample may have been heard in an earlier block.
    marks.push({ utterance: entry.utterance, state, frame: entry.lastFrame ?? frame });
  }

  _find(utterance) {
    return this._queue.find((entry) => entry.utterance === utterance);
  }

  _add(utterance) {
    const entry = { utterance, parts: [], at: 0, isComplete: false, hasStarted: false };
    this._queue.push(entry);
    return entry;
  }
}
