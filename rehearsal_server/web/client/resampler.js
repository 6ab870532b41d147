// A voice's rate to the loudspeaker's, with state: where a voice is cut into frames is not heard.

const HALF_TAPS = 12;
const PHASES = 128;

const kernels = new Map(); // by cutoff: a session's voices share one or two rates

function kernelFor(cutoff) {
  if (!kernels.has(cutoff)) kernels.set(cutoff, makeKernel(cutoff));
  return kernels.get(cutoff);
}

/** A windowed sinc, tabulated at PHASES places between two samples. */
function makeKernel(cutoff) {
  const table = new Float32Array((PHASES + 1) * 2 * HALF_TAPS);
  for (let phase = 0; phase <= PHASES; phase += 1) {
    let sum = 0;
    const row = table.subarray(phase * 2 * HALF_TAPS, (phase + 1) * 2 * HALF_TAPS);
    for (let tap = 0; tap < row.length; tap += 1) {
      const x = tap - HALF_TAPS + 1 - phase / PHASES;
      const hann = 0.5 + 0.5 * Math.cos((Math.PI * x) / HALF_TAPS);
      row[tap] = sinc(cutoff * x) * hann;
      sum += row[tap];
    }
    for (let tap = 0; tap < row.length; tap += 1) row[tap] /= sum;
  }
  return table;
}

function sinc(x) {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

export class Resampler {
  /** @param {number} from Hz @param {number} to Hz */
  constructor(from, to) {
    this._step = from / to; // input samples for one of the output
    this._kernel = kernelFor(Math.min(1, to / from));
    this._buffer = new Float32Array(HALF_TAPS); // silence before the first sample
    this._at = HALF_TAPS; // place of the next output sample in the buffer
  }

  /** @param {Float32Array} samples @returns {Float32Array} what can be told of the output now */
  push(samples) {
    this._buffer = concat(this._buffer, samples);
    const last = this._buffer.length - HALF_TAPS - 1;
    const count = Math.max(0, Math.floor((last - this._at) / this._step) + 1);
    const output = new Float32Array(count);
    for (let i = 0; i < count; i += 1) output[i] = this._interpolate(this._at + i * this._step);
    this._at += count * this._step;
    const spare = Math.max(0, Math.floor(this._at) - HALF_TAPS);
    this._buffer = this._buffer.slice(spare);
    this._at -= spare;
    return output;
  }

  /** The rest, once nothing more comes. */
  flush() {
    return this.push(new Float32Array(HALF_TAPS + 1));
  }

  _interpolate(at) {
    const whole = Math.floor(at);
    const phase = (at - whole) * PHASES;
    const below = Math.floor(phase);
    const row = below * 2 * HALF_TAPS;
    const share = phase - below;
    const first = whole - HALF_TAPS + 1;
    let sum = 0;
    for (let tap = 0; tap < 2 * HALF_TAPS; tap += 1) {
      const here = this._kernel[row + tap];
      const weight = here + share * (this._kernel[row + 2 * HALF_TAPS + tap] - here);
      sum += weight * this._buffer[first + tap];
    }
    return sum;
  }
}

function concat(first, second) {
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
