// One session on the socket, from ticket to `saved`, across lost connections. No audio devices:
// samples come in by `push`, the partner's come out as `frame` events.

import { backoffMs } from "./backoff.js";
import { Emitter } from "./emitter.js";
import { unpackFrame } from "./frames.js";
import { OutgoingStream } from "./outgoing-stream.js";

export const SUBPROTOCOL = "rehearsal.v1.json";

/** Close codes after which it is worth coming back (docs/protocol.md). */
const WORTH_RESUMING = new Set([1001, 1006, 1011, 1012, 1013, 4401, 4408, 4429, 4431]);
const NORMAL = 1000;
const ABNORMAL = 1006;

// Audio waits here rather than in the browser, where it could be neither counted nor dropped:
// about 1.3 s at 48 kHz.
const HIGH_WATER_BYTES = 128 * 1024;
// What a server takes at once at the start of a stream is 5 s.
const PRE_ROLL_MS = 4_000;
const TICK_MS = 1_000;
const PING_EVERY_TICKS = 5;
// A healthy server says something 20 times a second while audio comes in.
const DEAD_AFTER_MS = 12_000;

/**
 * @typedef {"connecting" | "live" | "resuming" | "over"} State
 * @typedef {object} Options
 * @property {string} url of `/v1/live`
 * @property {() => Promise<string>} getTicket asks for a fresh one-time ticket
 * @property {object} start the `start` message, without its `type`
 * @property {boolean} [isPausedFirst] the scene waits for `continue` or `goto` from its first sample
 * @property {(url: string, protocols: string[]) => WebSocket} [openSocket]
 */

/**
 * Emits every message of the server under its `type`, each event once, and of its own:
 * `state` {state, reason}, `frame` (partner audio, see frames.js), `over` {code, reason, error}.
 */
export class LiveSession extends Emitter {
  /** @param {Options} options */
  constructor({
    url,
    getTicket,
    start,
    isPausedFirst = false,
    openSocket = (...to) => new WebSocket(...to),
  }) {
    super();
    this.state = "connecting";
    this.outgoing = new OutgoingStream({ sampleRate: start.audio.sample_rate });
    this.started = null; // the server's `started`
    this.originFrame = null; // the recorder's frame that is sample 0 of the stream
    this.counts = { events: 0, resumes: 0, peakBufferedBytes: 0, repeatedEvents: 0 };
    this._url = url;
    this._getTicket = getTicket;
    this._start = start;
    this._isPausedFirst = isPausedFirst;
    this._openSocket = openSocket;
    this._socket = null;
    this._limits = null; // hello.limits
    this._preRoll = []; // recorded before the session began: {samples, frame}
    this._lastEvent = 0;
    this._ackedEvent = 0;
    this._fatal = null; // the last fatal `error`
    this._attempt = 0;
    this._giveUpAt = 0;
    this._heardAt = 0;
    this._ticks = 0;
    this._timer = null;
    this._retry = null;
  }

  /** Open the socket; resolves with `started`, rejects with what `over` tells. */
  begin() {
    const started = this.once("started");
    const over = this.once("over").then((end) => Promise.reject(end));
    this._timer = setInterval(() => this._tick(), TICK_MS);
    this._connect();
    return Promise.race([started, over]);
  }

  /**
   * Take what the microphone recorded next.
   * @param {Int16Array} samples
   * @param {number} frame the recorder's number of the first of them
   */
  push(samples, frame) {
    if (this.started === null) {
      this._preRoll.push({ samples, frame });
      const most = (PRE_ROLL_MS / 1000) * this.outgoing.sampleRate;
      while (frame + samples.length - this._preRoll[0].frame > most) this._preRoll.shift();
      return;
    }
    this.originFrame ??= frame;
    this.outgoing.push(samples);
    this._pump();
  }

  /** Send a control message, now or as soon as there is a connection. */
  send(message) {
    this.outgoing.say(message);
    this._pump();
  }

  /** Have the results saved; the server answers `saved` and closes. */
  stop() {
    this.send({ type: "stop" });
  }

  /** Leave without a word; the server saves what it has. */
  close() {
    this._end({ code: NORMAL, reason: "closed here" });
  }

  async _connect() {
    try {
      const protocols = [SUBPROTOCOL, `ticket.${await this._getTicket()}`];
      if (this.state === "over") return;
      const socket = this._openSocket(this._url, protocols);
      socket.binaryType = "arraybuffer";
      socket.onmessage = ({ data }) => socket === this._socket && this._receive(data);
      socket.onclose = ({ code, reason }) => socket === this._socket && this._lost(code, reason);
      this._socket = socket;
      this._heardAt = Date.now();
    } catch (error) {
      this._lost(ABNORMAL, error.message, error);
    }
  }

  _receive(data) {
    this._heardAt = Date.now();
    if (typeof data !== "string") {
      this.emit("frame", unpackFrame(data));
      return;
    }
    const message = JSON.parse(data);
    if (message.event > 0) {
      // Told again after a resume: applied once.
      if (message.event <= this._lastEvent) {
        this.counts.repeatedEvents += 1;
        return;
      }
      this._lastEvent = message.event;
      this.counts.events += 1;
    }
    this._take(message);
    this.emit(message.type, message);
  }

  _take(message) {
    if (message.type === "hello") this._greet(message);
    else if (message.type === "started") this._begun(message);
    else if (message.type === "resumed") this._resumed(message);
    else if (message.type === "ack") this.outgoing.acknowledge(message);
    else if (message.type === "error" && message.fatal) this._fatal = message;
  }

  _greet({ limits }) {
    this._limits = limits;
    if (this.started === null) {
      this._say({ type: "start", ...this._start });
      return;
    }
    const { session_id, secret, epoch } = this.started;
    this._say({ type: "resume", session_id, secret, epoch, last_event: this._lastEvent });
  }

  _begun(started) {
    this.started = started;
    this._setState("live");
    // Before any audio: what was recorded while connecting is no part of the scene either.
    if (this._isPausedFirst) this.send({ type: "pause" });
    for (const { samples, frame } of this._preRoll.splice(0)) this.push(samples, frame);
    this._pump();
  }

  _resumed({ secret, epoch, next_seq: nextSeq, next_message: nextMessage }) {
    this.started = { ...this.started, secret, epoch };
    this.outgoing.resendFrom(nextSeq, nextMessage);
    this.counts.resumes += 1;
    this._attempt = 0;
    this._setState("live");
    this._pump();
  }

  _say(message) {
    this._socket.send(JSON.stringify(message));
  }

  _pump() {
    while (this.state === "live" && this._hasRoom()) {
      const message = this.outgoing.next();
      if (message === null) return;
      this._socket.send(message);
      const { bufferedAmount } = this._socket;
      this.counts.peakBufferedBytes = Math.max(this.counts.peakBufferedBytes, bufferedAmount);
    }
  }

  _hasRoom() {
    if (isClosing(this._socket)) return false; // what it would take is lost
    return this.outgoing.isUrgent || this._socket.bufferedAmount < HIGH_WATER_BYTES;
  }

  /** Once a second: tell what was applied, see whether the server is there. */
  _tick() {
    this._ticks += 1;
    if (this.state === "resuming" && Date.now() > this._giveUpAt) {
      this._end({ code: ABNORMAL, reason: "the connection could not be made again in time" });
    }
    if (this._socket && Date.now() - this._heardAt > DEAD_AFTER_MS) {
      this._lost(ABNORMAL, "nothing was heard from the server");
    }
    if (this.state !== "live" || isClosing(this._socket)) return;
    if (this._lastEvent > this._ackedEvent) {
      this._ackedEvent = this._lastEvent;
      this._say({ type: "ack", event: this._lastEvent });
    }
    if (this._ticks % PING_EVERY_TICKS === 0) this._say({ type: "ping", id: this._ticks });
  }

  _lost(code, reason, error = null) {
    this._forgetSocket();
    if (this.state === "over") return;
    const canResume = this.started !== null && this._limits.resume_within_ms > 0;
    if (!canResume || !WORTH_RESUMING.has(code) || error?.status === 401) {
      this._end({ code, reason, error: this._fatal ?? error });
      return;
    }
    if (this._attempt === 0) this._giveUpAt = Date.now() + this._limits.resume_within_ms;
    this._setState("resuming", reason);
    this._retry = setTimeout(() => this._connect(), backoffMs(this._attempt));
    this._attempt += 1;
  }

  _end(end) {
    if (this.state === "over") return;
    this._setState("over", end.reason);
    clearInterval(this._timer);
    clearTimeout(this._retry);
    this._forgetSocket();
    this.emit("over", end);
  }

  _forgetSocket() {
    const socket = this._socket;
    this._socket = null;
    socket?.close();
  }

  _setState(state, reason = "") {
    this.state = state;
    this.emit("state", { state, reason });
  }
}

/** On its way to `onclose`. */
function isClosing({ readyState }) {
  return readyState > 1; // WebSocket.OPEN, by its number: Node had none before 22
}
