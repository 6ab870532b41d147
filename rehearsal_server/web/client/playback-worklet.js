// In the audio thread: plays the partner's utterances and tells at which frame each was heard.

import { PlaybackQueue } from "./playback-queue.js";

class Playback extends AudioWorkletProcessor {
  constructor() {
    super();
    this._queue = new PlaybackQueue();
    this.port.onmessage = ({ data }) => this._take(data);
  }

  process(_inputs, [output]) {
    const marks = this._queue.render(output[0], currentFrame);
    for (let channel = 1; channel < output.length; channel += 1) output[channel].set(output[0]);
    if (marks.length) this.port.postMessage({ marks, underruns: this._queue.underruns });
    return true;
  }

  _take({ utterance, samples, isComplete, isCancelled }) {
    if (isCancelled) this._queue.cancel(utterance);
    else if (samples) this._queue.push(utterance, samples);
    if (isComplete) this._queue.complete(utterance);
  }
}

registerProcessor("rehearsal-playback", Playback);
