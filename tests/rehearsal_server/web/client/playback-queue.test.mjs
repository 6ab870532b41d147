import assert from "node:assert/strict";
import test from "node:test";

import { PlaybackQueue } from "../../../../rehearsal_server/web/client/playback-queue.js";

const BLOCK = 128;

/** Play `count` blocks; what was heard, and the marks. */
function play(queue, count, from = 0) {
  const heard = new Float32Array(count * BLOCK);
  const marks = [];
  for (let i = 0; i < count; i += 1) {
    const block = heard.subarray(i * BLOCK, (i + 1) * BLOCK);
    marks.push(...queue.render(block, from + i * BLOCK));
  }
  return { heard, marks };
}

function ramp(length, from = 1) {
  return Float32Array.from({ length }, (_, i) => from + i);
}

test("an utterance is heard whole, however it is cut", () => {
  for (const cuts of [[300], [1, 299], [100, 100, 100], [128, 128, 44]]) {
    const queue = new PlaybackQueue();
    let from = 1;
    for (const length of cuts) {
      queue.push(7, ramp(length, from));
      from += length;
    }
    queue.complete(7);
    const { heard, marks } = play(queue, 4);
    assert.deepEqual(heard.subarray(0, 300), ramp(300));
    assert.deepEqual(marks, [
      { utterance: 7, state: "started", frame: 0 },
      { utterance: 7, state: "ended", frame: 300 },
    ]);
  }
});

test("utterances follow each other without a gap", () => {
  const queue = new PlaybackQueue();
  queue.push(1, ramp(100));
  queue.push(2, ramp(50));
  queue.complete(1);
  queue.complete(2);
  const { marks } = play(queue, 2, 1_000);
  assert.deepEqual(marks.map(({ utterance, state, frame }) => [utterance, state, frame]), [
    [1, "started", 1_000],
    [1, "ended", 1_100],
    [2, "started", 1_100],
    [2, "ended", 1_150],
  ]);
});

test("late audio is waited for, counted, and does not end the utterance", () => {
  const queue = new PlaybackQueue();
  queue.push(1, ramp(100));
  assert.deepEqual(play(queue, 3).marks, [{ utterance: 1, state: "started", frame: 0 }]);
  assert.equal(queue.underruns, 3);
  queue.push(1, ramp(28));
  queue.complete(1);
  assert.deepEqual(play(queue, 1, 3 * BLOCK).marks, [
    { utterance: 1, state: "ended", frame: 3 * BLOCK + 28 },
  ]);
});

test("an end that comes after the last sample was heard is dated with that sample", () => {
  const queue = new PlaybackQueue();
  queue.push(1, ramp(100));
  play(queue, 3);
  queue.complete(1);
  assert.deepEqual(play(queue, 1, 3 * BLOCK).marks, [{ utterance: 1, state: "ended", frame: 100 }]);
});

test("what is cancelled fades out and stops", () => {
  const queue = new PlaybackQueue();
  queue.push(1, new Float32Array(10_000).fill(1));
  play(queue, 1);
  queue.cancel(1);
  const { heard, marks } = play(queue, 4, BLOCK);
  assert.equal(marks[0].state, "stopped");
  assert.ok(marks[0].frame <= 4 * BLOCK);
  for (let i = 1; i < heard.length; i += 1) {
    assert.ok(Math.abs(heard[i] - heard[i - 1]) < 0.01, "no click");
  }
});

test("what is cancelled before it began leaves no mark", () => {
  const queue = new PlaybackQueue();
  queue.push(1, ramp(100));
  queue.cancel(1);
  assert.deepEqual(play(queue, 2).marks, []);
});

test("a cancelled utterance lets the next one through", () => {
  const queue = new PlaybackQueue();
  queue.push(1, ramp(1_000));
  queue.push(2, ramp(100));
  queue.complete(2);
  play(queue, 1);
  queue.cancel(1);
  const { marks } = play(queue, 6, BLOCK);
  assert.deepEqual(marks.map(({ utterance, state }) => [utterance, state]), [
    [1, "stopped"], [2, "started"], [2, "ended"],
  ]);
});
