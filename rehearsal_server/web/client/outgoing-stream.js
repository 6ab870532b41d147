// What goes up: the microphone's chunks and the control messages, numbered, in one order, kept
// until the server has them for good. No socket and no clock: send what `next` gives.

import { FLAG, KIND, packFrame } from "./frames.js";

// What a server lets a client catch up with after a stalled network.
const KEPT_MS = 60_000;
// The longest gap that one chunk may declare.
const MAX_GAP_MS = 10_000;

export class OutgoingStream {
  /** @param {{sampleRate: number, keptMs?: number}} options */
  constructor({ sampleRate, keptMs = KEPT_MS }) {
    this.sampleRate = sampleRate;
    this.position = 0; // samples pushed so far
    this.chunks = 0; // pushed so far: the number of the next one
    this.messages = 0; // said so far: the number of the next one
    this.droppedChunks = 0;
    this._keptSamples = (keptMs * sampleRate) / 1000;
    this._maxGap = (MAX_GAP_MS * sampleRate) / 1000;
    // In their order: {seq, position, samples} or {number, text}, each with `isSent`.
    this._entries = [];
    this._firstUnsent = 0; // no entry before it is unsent
    this._sentSeq = -1; // of the last chunk handed out
    this._expected = 0; // position that the server expects next
  }

  /** @param {Int16Array} samples the next of the microphone */
  push(samples) {
    this._entries.push({ seq: this.chunks, position: this.position, samples, isSent: false });
    this.chunks += 1;
    this.position += samples.length;
    this._dropOldAudio();
  }

  /** @param {object} message sent before any audio that still waits */
  say(message) {
    this._skipSent();
    const entry = { number: this.messages, text: JSON.stringify(message), isSent: false };
    this.messages += 1;
    let at = this._firstUnsent;
    while (this._entries[at]?.text !== undefined) at += 1;
    this._entries.splice(at, 0, entry);
  }

  /** Whether a control message is what comes next; it is never held back. */
  get isUrgent() {
    this._skipSent();
    return this._entries[this._firstUnsent]?.text !== undefined;
  }

  /** The next frame to send, or null if there is none. @returns {ArrayBuffer | string | null} */
  next() {
    this._skipSent();
    const entry = this._entries[this._firstUnsent];
    if (entry === undefined) return null;
    if (entry.text === undefined) return this._pack(entry);
    entry.isSent = true;
    return entry.text;
  }

  /** Take an `ack`: forget what would survive the server. */
  acknowledge({ durable_seq: seq, durable_messages: messages = 0 }) {
    this._forget((entry) => entry.number < messages || entry.seq <= (seq ?? -1));
  }

  /** On a new socket: go on with what the server does not have, in its old order. */
  resendFrom(nextSeq, nextMessage) {
    for (const entry of this._entries) {
      entry.isSent = entry.text === undefined ? entry.seq < nextSeq : entry.number < nextMessage;
    }
    this._firstUnsent = 0;
    this._sentSeq = nextSeq - 1;
    const last = this._entries.find(({ seq }) => seq === nextSeq - 1);
    const next = this._entries.find(({ seq }) => seq === nextSeq);
    if (next) this._expected = next.position;
    else if (last) this._expected = last.position + last.samples.length;
  }

  _pack(chunk) {
    // What was dropped is declared, so that the server's sample clock stays true.
    if (chunk.position - this._expected > this._maxGap) return this._declareGap();
    const flags = chunk.position > this._expected ? FLAG.DISCONTINUITY : 0;
    chunk.isSent = true;
    this._sentSeq = chunk.seq;
    this._expected = chunk.position + chunk.samples.length;
    return packFrame({ kind: KIND.MICROPHONE, flags, stream: 0, ...chunk });
  }

  /** An empty chunk, under the number of one that was dropped, for as much as one may declare. */
  _declareGap() {
    this._expected += this._maxGap;
    this._sentSeq += 1;
    const header = { kind: KIND.MICROPHONE, flags: FLAG.DISCONTINUITY, stream: 0 };
    const samples = new Int16Array(0);
    return packFrame({ ...header, seq: this._sentSeq, position: this._expected, samples });
  }

  _dropOldAudio() {
    const oldest = this.position - this._keptSamples;
    const isOld = (entry) => entry.position !== undefined && entry.position < oldest;
    while (isOld(this._entries.find(({ samples }) => samples))) {
      const index = this._entries.findIndex(({ samples }) => samples);
      const [dropped] = this._entries.splice(index, 1);
      if (!dropped.isSent) this.droppedChunks += 1;
      if (index < this._firstUnsent) this._firstUnsent -= 1;
    }
  }

  _forget(isSafe) {
    this._entries = this._entries.filter((entry) => !(entry.isSent && isSafe(entry)));
    this._firstUnsent = 0;
  }

  _skipSent() {
    while (this._entries[this._firstUnsent]?.isSent) this._firstUnsent += 1;
  }
}
