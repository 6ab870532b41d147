import assert from "node:assert/strict";
import test from "node:test";

import { Resampler } from "../../../../rehearsal_server/web/client/resampler.js";

function sine(hz, rate, length) {
  return Float32Array.from({ length }, (_, i) => Math.sin((2 * Math.PI * hz * i) / rate));
}

function resample(samples, from, to, pieces = [samples.length]) {
  const resampler = new Resampler(from, to);
  const output = [];
  let at = 0;
  for (const length of pieces) {
    output.push(...resampler.push(samples.subarray(at, at + length)));
    at += length;
  }
  return [...output, ...resampler.flush()];
}

for (const [from, to] of [[22_050, 48_000], [16_000, 44_100], [24_000, 24_000], [48_000, 16_000]]) {
  test(`a tone at ${from} Hz is the same tone at ${to} Hz`, () => {
    const heard = resample(sine(1_000, from, from / 4), from, to);
    const expected = sine(1_000, to, to / 4);
    assert.ok(Math.abs(heard.length - expected.length) <= 1);
    for (let i = 64; i < expected.length - 64; i += 1) {
      assert.ok(Math.abs(heard[i] - expected[i]) < 0.005, `sample ${i}`);
    }
  });
}

test("where the voice is cut is not heard", () => {
  const samples = sine(700, 22_050, 2_000);
  const whole = resample(samples, 22_050, 48_000);
  for (const size of [1, 7, 160, 882]) {
    const pieces = Array.from({ length: Math.ceil(2_000 / size) }, () => size);
    const cut = resample(samples, 22_050, 48_000, pieces);
    assert.equal(cut.length, whole.length);
    for (let i = 0; i < cut.length; i += 1) assert.ok(Math.abs(cut[i] - whole[i]) < 1e-6);
  }
});
