// The partner's voice, played as it comes, with marks of what the listener heard when.

import { FLAG } from "./frames.js";
import { Resampler } from "./resampler.js";

const WORKLET = new URL("./playback-worklet.js", import.meta.url);
// Between a media stream and its element Chromium keeps about two buffers of 20 ms; no API tells.
const ELEMENT_LATENCY_S = 0.04;

export class Loudspeaker {
  /**
   * @param {AudioContext} context
   * @param {{headphones?: boolean, onMark: (mark: object) => void}} options
   *   Without headphones the voice goes through an `<audio>` element: echo cancellers have ignored
   *   what the Web Audio API plays directly. `onMark` is given {utterance, state, frame}, the frame
   *   being the context's at which the sound leaves the loudspeaker.
   */
  static async open(context, { headphones = false, onMark }) {
    await context.audioWorklet.addModule(WORKLET);
    const speaker = new Loudspeaker(context, onMark);
    if (headphones) speaker._node.connect(context.destination);
    else await speaker._playThroughElement();
    return speaker;
  }

  constructor(context, onMark) {
    this.underruns = 0;
    this.isMuted = false; // utterances that begin are neither played nor marked
    this._context = context;
    this._element = null;
    this._voices = new Map(); // by utterance: {resampler, received, isComplete}
    this._node = new AudioWorkletNode(context, "rehearsal-playback", {
      numberOfInputs: 0,
      outputChannelCount: [1],
    });
    this._node.port.onmessage = ({ data }) => {
      this.underruns = data.underruns;
      for (const mark of data.marks) onMark({ ...mark, frame: mark.frame + this._latencyFrames });
    };
  }

  /** Take a `voice` message. */
  receive({ utterance, state, sample_rate: rate }) {
    if (state === "started") {
      if (this.isMuted || this._voices.has(utterance)) return;
      const resampler = new Resampler(rate, this._context.sampleRate);
      this._voices.set(utterance, { resampler, received: 0, isComplete: false });
    } else if (state === "cancelled" || state === "failed") {
      this._voices.delete(utterance);
      this._node.port.postMessage({ utterance, isCancelled: true });
    }
  }

  /** Take a frame of partner audio (frames.js). */
  receiveFrame({ stream: utterance, flags, position, samples }) {
    const voice = this._voices.get(utterance);
    if (!voice || voice.isComplete) return; // cancelled, or told again
    // After a resume the server begins an utterance again.
    const fresh = samples.subarray(Math.max(0, voice.received - position));
    voice.received = Math.max(voice.received, position + samples.length);
    const isComplete = Boolean(flags & FLAG.END);
    const floats = Float32Array.from(fresh, (sample) => sample / 32768);
    this._post(utterance, voice.resampler.push(floats), false);
    if (!isComplete) return;
    this._post(utterance, voice.resampler.flush(), true);
    voice.isComplete = true;
  }

  /** After a resume: what the server no longer speaks is over, though its end never came. */
  keepOnly(utterances) {
    for (const utterance of this._voices.keys()) {
      if (!utterances.includes(utterance)) this.receive({ utterance, state: "cancelled" });
    }
  }

  close() {
    this._element?.pause();
    this._node.disconnect();
    this._node.port.onmessage = null;
  }

  get _latencyFrames() {
    const element = this._element ? ELEMENT_LATENCY_S : 0;
    const seconds = (this._context.outputLatency || this._context.baseLatency || 0) + element;
    return Math.round(seconds * this._context.sampleRate);
  }

  _post(utterance, samples, isComplete) {
    this._node.port.postMessage({ utterance, samples, isComplete }, [samples.buffer]);
  }

  async _playThroughElement() {
    const outlet = this._context.createMediaStreamDestination();
    this._node.connect(outlet);
    this._element = new Audio();
    this._element.srcObject = outlet.stream;
    await this._element.play();
  }
}
