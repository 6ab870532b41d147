import assert from "node:assert/strict";
import test from "node:test";

import { FLAG, unpackFrame } from "../../../../rehearsal_server/web/client/frames.js";
import { OutgoingStream } from "../../../../rehearsal_server/web/client/outgoing-stream.js";

const CHUNK = 160;

/** 16 kHz, chunks of 10 ms; the samples of chunk `i` are all `i`. */
function recorded(count, options = {}) {
  const audio = new OutgoingStream({ sampleRate: 16_000, ...options });
  for (let i = 0; i < count; i += 1) audio.push(new Int16Array(CHUNK).fill(i));
  return audio;
}

function drain(audio) {
  const frames = [];
  for (let message = audio.next(); message !== null; message = audio.next()) {
    frames.push(unpackFrame(message));
  }
  return frames;
}

/** What a server would have: samples by position, silence where a gap is declared. */
function assemble(frames) {
  let position = 0;
  let seq = -1;
  const gaps = [];
  for (const frame of frames) {
    if (frame.seq <= seq) continue;
    const isDeclared = Boolean(frame.flags & FLAG.DISCONTINUITY);
    assert.ok(frame.seq === seq + 1 || isDeclared, "chunks are contiguous or declared missing");
    assert.ok(frame.position === position || isDeclared, "samples are, too");
    assert.ok(frame.position >= position);
    if (frame.position > position) gaps.push(frame.position - position);
    position = frame.position + frame.samples.length;
    seq = frame.seq;
  }
  return { position, gaps };
}

test("chunks are numbered and placed without a gap", () => {
  const frames = drain(recorded(3));
  assert.deepEqual(frames.map(({ seq, position, flags }) => [seq, position, flags]),
    [[0, 0, 0], [1, CHUNK, 0], [2, 2 * CHUNK, 0]]);
});

test("each is handed out once", () => {
  const audio = recorded(3);
  drain(audio);
  assert.equal(audio.next(), null);
});

test("what the server lost is sent again, the same", () => {
  const audio = recorded(5);
  const first = drain(audio);
  audio.acknowledge({ seq: 4, durable_seq: 1, durable_messages: 0 });
  audio.resendFrom(3, 0);
  assert.deepEqual(drain(audio), first.slice(3));
});

test("what is not durable is kept; what is, is forgotten", () => {
  const audio = recorded(5);
  drain(audio);
  audio.acknowledge({ seq: 4, durable_seq: 1, durable_messages: 0 });
  audio.resendFrom(2, 0);
  assert.deepEqual(drain(audio).map(({ seq }) => seq), [2, 3, 4]);
});

test("nothing that waits is forgotten, whatever is acknowledged", () => {
  const audio = recorded(3);
  audio.acknowledge({ seq: 9, durable_seq: 9, durable_messages: 9 });
  assert.equal(drain(audio).length, 3);
});

test("control goes before the audio that waits, and keeps its place when it is sent again", () => {
  const audio = recorded(2);
  const sent = [drain(audio), (audio.say({ type: "line" }), audio.next())];
  audio.push(new Int16Array(CHUNK));
  audio.say({ type: "skip" });
  audio.say({ type: "back" });
  assert.ok(audio.isUrgent);
  sent.push([audio.next(), audio.next()], drain(audio));
  assert.deepEqual(sent.slice(1, 3), ['{"type":"line"}', ['{"type":"skip"}', '{"type":"back"}']]);
  audio.resendFrom(1, 1);
  const again = everything(audio);
  assert.deepEqual(again, [1, "skip", "back", 2]);
  audio.acknowledge({ seq: 2, durable_seq: 1, durable_messages: 2 });
  audio.resendFrom(0, 0);
  assert.deepEqual(everything(audio), ["back", 2], "what is durable is not asked for again");
});

/** Types of messages and numbers of chunks, in the order in which they are sent. */
function everything(audio) {
  const sent = [];
  for (let frame = audio.next(); frame !== null; frame = audio.next()) {
    sent.push(typeof frame === "string" ? JSON.parse(frame).type : unpackFrame(frame).seq);
  }
  return sent;
}

test("only what is older than what is kept is dropped, and the gap is declared", () => {
  const audio = recorded(250, { keptMs: 1_000 });
  assert.equal(audio.droppedChunks, 150);
  const { position, gaps } = assemble(drain(audio));
  assert.equal(position, 250 * CHUNK);
  assert.deepEqual(gaps, [150 * CHUNK]);
});

test("a gap longer than a chunk may declare is declared in steps", () => {
  const audio = recorded(2_600, { keptMs: 1_000 });
  const { position, gaps } = assemble(drain(audio));
  assert.equal(position, 2_600 * CHUNK);
  assert.deepEqual(gaps, [160_000, 160_000, 80_000]);
});

test("audio that was sent and dropped is no gap", () => {
  const audio = new OutgoingStream({ sampleRate: 16_000, keptMs: 100 });
  const frames = [];
  for (let i = 0; i < 50; i += 1) {
    audio.push(new Int16Array(CHUNK));
    frames.push(...drain(audio));
  }
  assert.deepEqual(assemble(frames), { position: 50 * CHUNK, gaps: [] });
  assert.equal(audio.droppedChunks, 0);
});
