// The microphone's chunks on their way: numbered, kept until the server has them, sent in order.
// No socket and no clock: `push` what was recorded, send what `next` gives.

import { FLAG, KIND, packFrame } from "./frames.js";

// What a server lets a client catch up with after a stalled network.
const KEPT_MS = 60_000;
// The longest gap that one chunk may declare.
const MAX_GAP_MS = 10_000;

export class OutgoingAudio {
  /** @param {{sampleRate: number, keptMs?: number}} options */
  constructor({ sampleRate, keptMs = KEPT_MS }) {
    this.sampleRate = sampleRate;
    this.position = 0; // samples pushed so far
    this.droppedChunks = 0;
    this._keptSamples = (keptMs * sampleRate) / 1000;
    this._maxGap = (MAX_GAP_MS * sampleRate) / 1000;
    this._chunks = []; // oldest first: {seq, position, samples}
    this._seq = 0; // of the next chunk pushed
    this._sentSeq = -1; // of the last chunk handed out
    this._expected = 0; // position that the server expects next
  }

  /** How many chunks were recorded. */
  get chunks() {
    return this._seq;
  }

  /** Whether everything recorded was handed out. */
  get isDrained() {
    return this._sentSeq >= this._seq - 1;
  }

  /** @param {Int16Array} samples the next of the microphone */
  push(samples) {
    this._chunks.push({ seq: this._seq, position: this.position, samples });
    this._seq += 1;
    this.position += samples.length;
    while (this.position - this._chunks[0].position > this._keptSamples) this._dropOldest();
  }

  /** The next message to send, or null if there is none. @returns {ArrayBuffer | null} */
  next() {
    const chunk = this._chunks.find(({ seq }) => seq > this._sentSeq);
    if (chunk === undefined) return null;
    // What was dropped is declared, so that the server's sample clock stays true.
    const flags = chunk.position > this._expected ? FLAG.DISCONTINUITY : 0;
    if (chunk.position - this._expected > this._maxGap) return this._gapBefore(chunk);
    this._sentSeq = chunk.seq;
    this._expected = chunk.position + chunk.samples.length;
    return packFrame({ kind: KIND.MICROPHONE, flags, stream: 0, ...chunk });
  }

  /** Forget what is safe: up to `durableSeq`, or up to `seq` where the server keeps nothing. */
  acknowledge(seq, durableSeq = null) {
    const safe = durableSeq ?? seq;
    const first = this._chunks.findIndex((chunk) => chunk.seq > safe);
    this._chunks.splice(0, first === -1 ? this._chunks.length : first);
  }

  /** On a new socket: go on after the last chunk that the server has. */
  resendAfter(seq) {
    this._sentSeq = seq;
    const last = this._chunks.find((chunk) => chunk.seq === seq);
    const following = this._chunks.find((chunk) => chunk.seq > seq);
    if (last) this._expected = last.position + last.samples.length;
    // Nothing between is missing where the chunk after it is still here.
    else if (following?.seq === seq + 1) this._expected = following.position;
  }

  _dropOldest() {
    const { seq } = this._chunks.shift();
    if (seq > this._sentSeq) this.droppedChunks += 1;
  }

  /** An empty chunk that declares as much of a long gap as one may; it takes a dropped number. */
  _gapBefore(chunk) {
    this._expected += this._maxGap;
    this._sentSeq += 1;
    return packFrame({
      kind: KIND.MICROPHONE,
      flags: FLAG.DISCONTINUITY,
      stream: 0,
      seq: this._sentSeq,
      position: this._expected,
      samples: new Int16Array(0),
    });
  }
}
