// In the audio thread: cuts the microphone into chunks of 20 ms, numbered by the context's frame.

import { toInt16 } from "./frames.js";

const CHUNK_S = 0.02;

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this._chunk = new Float32Array(Math.round(CHUNK_S * sampleRate));
    this._filled = 0;
    this._firstFrame = 0;
  }

  process([input]) {
    // No channel means that the microphone gives nothing right now: silence keeps the clock.
    const block = input[0] ?? new Float32Array(128);
    for (let i = 0; i < block.length; i += 1) {
      if (this._filled === 0) this._firstFrame = currentFrame + i;
      this._chunk[this._filled] = block[i];
      this._filled += 1;
      if (this._filled === this._chunk.length) this._post();
    }
    return true;
  }

  _post() {
    const samples = toInt16(this._chunk);
    this.port.postMessage({ samples, frame: this._firstFrame }, [samples.buffer]);
    this._filled = 0;
  }
}

registerProcessor("rehearsal-capture", Capture);
