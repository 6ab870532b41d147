import assert from "node:assert/strict";
import test from "node:test";

import { unpackFrame } from "../../../../rehearsal_server/web/client/frames.js";
import { LiveSession, SUBPROTOCOL } from "../../../../rehearsal_server/web/client/live-session.js";

const HELLO = { type: "hello", limits: { resume_within_ms: 120_000 } };
const STARTED = { type: "started", session_id: "s", secret: "x", epoch: 1, lines: [] };

/** A socket in memory, with a test as its server. */
class FakeSocket {
  constructor(url, protocols) {
    Object.assign(this, { url, protocols, bufferedAmount: 0, messages: [], frames: [] });
  }

  send(data) {
    if (typeof data === "string") this.messages.push(JSON.parse(data));
    else this.frames.push(unpackFrame(data));
  }

  says(message) {
    this.onmessage({ data: JSON.stringify(message) });
  }

  close() {
    this.isClosed = true;
  }

  breaks(code = 1006) {
    this.onclose({ code, reason: "" });
  }
}

/** A session whose clock the test moves. */
function open(t, { hello = HELLO, getTicket, isPausedFirst } = {}) {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  const sockets = [];
  let tickets = 0;
  const session = new LiveSession({
    url: "ws://stage/v1/live",
    getTicket: getTicket ?? (async () => `t${(tickets += 1)}`),
    start: { role: "Ben", audio: { sample_rate: 16_000 } },
    isPausedFirst,
    openSocket: (...to) => sockets[sockets.push(new FakeSocket(...to)) - 1],
  });
  session.begin().catch(() => {});
  return { session, sockets, hello, clock: t.mock.timers };
}

/** Let promises settle. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

async function live(t, options) {
  const opened = open(t, options);
  await settle();
  opened.sockets[0].says(opened.hello);
  opened.sockets[0].says(STARTED);
  return { ...opened, socket: opened.sockets[0] };
}

const chunk = () => new Int16Array(320);

test("a ticket opens the socket, and `start` answers `hello`", async (t) => {
  const { sockets, session } = open(t);
  await settle();
  assert.deepEqual(sockets[0].protocols, [SUBPROTOCOL, "ticket.t1"]);
  sockets[0].says(HELLO);
  assert.deepEqual(sockets[0].messages,
    [{ type: "start", role: "Ben", audio: { sample_rate: 16_000 } }]);
  sockets[0].says(STARTED);
  assert.equal(session.state, "live");
});

test("what was recorded while connecting is sent first, from sample 0", async (t) => {
  const { session, sockets } = open(t);
  for (let i = 0; i < 300; i += 1) session.push(chunk(), 1_000 + 320 * i);
  await settle();
  sockets[0].says(HELLO);
  assert.deepEqual(sockets[0].frames, []);
  sockets[0].says(STARTED);
  assert.equal(sockets[0].frames.length, 200, "4 s, no more than a server takes at once");
  assert.equal(sockets[0].frames[0].position, 0);
  assert.equal(session.originFrame, 1_000 + 320 * 100);
});

test("a session that waits first does so from its first sample", async (t) => {
  const { session, sockets } = open(t, { isPausedFirst: true });
  session.push(chunk(), 0);
  await settle();
  const sent = [];
  sockets[0].send = (data) => sent.push(typeof data === "string" ? JSON.parse(data).type : "audio");
  sockets[0].says(HELLO);
  sockets[0].says(STARTED);
  assert.deepEqual(sent, ["start", "pause", "audio"]);
});

test("audio waits here while the network is full, and follows when there is room", async (t) => {
  const { session, socket } = await live(t);
  socket.bufferedAmount = 10 ** 6;
  for (let i = 0; i < 5; i += 1) session.push(chunk(), 320 * i);
  session.send({ type: "line" });
  assert.deepEqual(socket.frames, []);
  assert.deepEqual(socket.messages.at(-1), { type: "line" }, "control is never held back");
  socket.bufferedAmount = 0;
  session.push(chunk(), 320 * 5);
  assert.deepEqual(socket.frames.map(({ seq }) => seq), [0, 1, 2, 3, 4, 5]);
});

test("events are acknowledged once a second, and applied once", async (t) => {
  const { session, socket, clock } = await live(t);
  const cues = [];
  session.on("cue", (cue) => cues.push(cue.event));
  for (const event of [1, 2, 2, 1, 3]) socket.says({ type: "cue", event });
  assert.deepEqual(cues, [1, 2, 3]);
  clock.tick(1_000);
  clock.tick(1_000);
  assert.deepEqual(socket.messages.filter(({ type }) => type === "ack"), [{ type: "ack", event: 3 }]);
});

test("a lost connection is resumed with a new ticket and the last event", async (t) => {
  const { session, socket, sockets, clock } = await live(t);
  socket.says({ type: "cue", event: 4 });
  socket.breaks();
  assert.equal(session.state, "resuming");
  clock.tick(5_000);
  await settle();
  assert.deepEqual(sockets[1].protocols, [SUBPROTOCOL, "ticket.t2"]);
  sockets[1].says(HELLO);
  assert.deepEqual(sockets[1].messages,
    [{ type: "resume", session_id: "s", secret: "x", epoch: 1, last_event: 4 }]);
});

test("a server without resume ends the session with its reason", async (t) => {
  const { session, socket } = await live(t, {
    hello: { type: "hello", limits: { resume_within_ms: 0 } },
  });
  const over = session.once("over");
  socket.breaks(1012);
  assert.equal((await over).code, 1012);
  assert.equal(session.state, "over");
});

for (const code of [1000, 4404, 4409, 4410, 4422]) {
  test(`close code ${code} is the end`, async (t) => {
    const { session, socket, sockets, clock } = await live(t);
    const error = { type: "error", fatal: true, code: "why", message: "because" };
    socket.says(error);
    const over = session.once("over");
    socket.breaks(code);
    clock.tick(60_000);
    await settle();
    assert.deepEqual(await over, { code, reason: "", error });
    assert.equal(sockets.length, 1);
  });
}

test("a login that has ended is the end, a token that has expired is not", async (t) => {
  let isSignedIn = true;
  const getTicket = async () => {
    if (!isSignedIn) throw Object.assign(new Error("Sign in."), { status: 401 });
    return "t";
  };
  const { session, socket, sockets, clock } = await live(t, { getTicket });
  socket.breaks(4401);
  assert.equal(session.state, "resuming");
  clock.tick(5_000);
  await settle();
  assert.equal(sockets.length, 2);
  isSignedIn = false;
  const over = session.once("over");
  sockets[1].breaks(4401);
  clock.tick(5_000);
  await settle();
  assert.equal((await over).error.status, 401);
});

test("a socket on which nothing is heard any more is given up", async (t) => {
  const { session, socket, clock } = await live(t);
  clock.tick(14_000);
  assert.equal(session.state, "resuming");
  assert.ok(socket.isClosed);
});

test("after the time to resume in, the session is over", async (t) => {
  const { session, socket, clock } = await live(t);
  const over = session.once("over");
  socket.breaks();
  for (let s = 0; s < 125; s += 1) {
    clock.tick(1_000);
    await settle();
  }
  assert.equal((await over).code, 1006);
});

test("after a resume, what the server does not have is sent again, and what was said meanwhile", async (t) => {
  const { session, socket, sockets, clock } = await live(t);
  for (let i = 0; i < 3; i += 1) session.push(chunk(), 320 * i);
  session.send({ type: "line" });
  socket.breaks();
  session.push(chunk(), 320 * 3);
  session.send({ type: "playback", utterance: 1, state: "ended", at_ms: 5 });
  clock.tick(5_000);
  await settle();
  sockets[1].says(HELLO);
  const resumed = { type: "resumed", secret: "y", epoch: 1, next_seq: 2, next_message: 1, speaking: [] };
  sockets[1].says(resumed);
  assert.equal(session.state, "live");
  assert.deepEqual(sockets[1].frames.map(({ seq }) => seq), [2, 3]);
  assert.deepEqual(sockets[1].messages.map(({ type }) => type), ["resume", "playback"]);
  sockets[1].breaks();
  clock.tick(5_000);
  await settle();
  sockets[2].says(HELLO);
  assert.equal(sockets[2].messages[0].secret, "y");
  assert.equal(session.counts.resumes, 1);
});
