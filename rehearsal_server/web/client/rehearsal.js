// A session with its microphone and its loudspeaker: what a page needs to rehearse.

import { LiveSession } from "./live-session.js";
import { Loudspeaker } from "./loudspeaker.js";
import { Microphone } from "./microphone.js";

/**
 * `session` emits what a LiveSession emits, and besides: `heard` {utterance, state, at_ms} for each
 * playback mark, and `microphone_lost`.
 *
 *     const rehearsal = await Rehearsal.open({ url, getTicket, start, headphones: true });
 *     rehearsal.session.on("cue", ({ action, text }) => …);
 */
export class Rehearsal {
  /**
   * Open the microphone and the session; must follow a tap or a key, or browsers stay silent.
   * @param {import("./live-session.js").Options & {headphones?: boolean, isMuted?: boolean}} options
   *   Muted, the partner is not heard until `loudspeaker.isMuted` is false.
   * @throws {import("./microphone.js").MicrophoneError} or what `over` tells of the session
   */
  static async open({ headphones = false, isMuted = false, ...session }) {
    const context = new AudioContext({ latencyHint: "interactive" });
    const rehearsal = new Rehearsal(context);
    try {
      await rehearsal._openDevices(headphones, isMuted);
      await rehearsal._beginSession(headphones, session);
    } catch (problem) {
      rehearsal.close();
      throw problem;
    }
    return rehearsal;
  }

  constructor(context) {
    this.session = null;
    this.microphone = null;
    this.loudspeaker = null;
    this._context = context;
    this._recorded = []; // chunks from before there was a session
  }

  /** Milliseconds of the microphone's sample clock, at what was last recorded. */
  get positionMs() {
    const { position, sampleRate } = this.session.outgoing;
    return Math.round((1000 * position) / sampleRate);
  }

  /** Milliseconds of the microphone's clock at which a frame of the context is heard. */
  clockMs(frame) {
    const recordedAt = frame + this.microphone.latencyS * this._context.sampleRate;
    const sample = recordedAt - (this.session.originFrame ?? recordedAt);
    return Math.max(0, Math.round((1000 * sample) / this._context.sampleRate));
  }

  async stop() {
    const over = this.session.once("over");
    this.session.stop();
    return over;
  }

  /** Let go of everything; a session that goes on is ended, and saved, without waiting for it. */
  close() {
    if (this.session?.state === "live") this.session.stop();
    else this.session?.close();
    this.microphone?.close();
    this.loudspeaker?.close();
    if (this._context.state !== "closed") this._context.close();
  }

  async _openDevices(headphones, isMuted) {
    const onChunk = (samples, frame) => {
      if (this.session) this.session.push(samples, frame);
      else this._recorded.push([samples, frame]);
    };
    await this._context.resume();
    const onLost = () => this.session?.emit("microphone_lost");
    this.microphone = await Microphone.open(this._context, { headphones, onChunk, onLost });
    const onMark = (mark) => this._tell(mark);
    this.loudspeaker = await Loudspeaker.open(this._context, { headphones, onMark });
    this.loudspeaker.isMuted = isMuted;
  }

  async _beginSession(headphones, { start, ...connection }) {
    const session = new LiveSession({
      ...connection,
      start: {
        mode: "scene",
        ...start,
        audio: { sample_rate: this._context.sampleRate, encoding: "s16le", channels: 1 },
        options: { ...start.options, headphones },
      },
    });
    session.on("voice", (voice) => this.loudspeaker.receive(voice));
    session.on("resumed", ({ speaking }) => this.loudspeaker.keepOnly(speaking));
    session.on("frame", (frame) => this.loudspeaker.receiveFrame(frame));
    for (const [samples, frame] of this._recorded.splice(0)) session.push(samples, frame);
    this.session = session;
    await session.begin();
  }

  _tell({ utterance, state, frame }) {
    const mark = { utterance, state, at_ms: this.clockMs(frame) };
    this.session.send({ type: "playback", ...mark });
    this.session.emit("heard", mark);
  }
}
