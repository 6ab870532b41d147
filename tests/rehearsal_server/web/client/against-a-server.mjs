// Run by test_javascript.py: `node against-a-server.mjs ADDRESS TOKEN`; prints what happened.

import { LiveSession, RestClient } from "../../../../rehearsal_server/web/client/index.js";

const [address, token] = process.argv.slice(2);
const api = new RestClient({ baseUrl: `http://${address}`, getToken: async () => token });
const session = new LiveSession({
  url: `ws://${address}/v1/live`,
  getTicket: () => api.ticket(),
  start: {
    mode: "scene",
    script: "Anna: Good evening to you all.\nBen: I have been waiting for you since seven.\n",
    role: "Ben",
    audio: { sample_rate: 16_000 },
    options: { headphones: true },
  },
});
const cues = [];
let voiceSamples = 0;
session.on("cue", ({ action }) => cues.push(action));
session.on("frame", ({ samples }) => (voiceSamples += samples.length));

const { lines } = await session.begin();
let frame = 0;
const microphone = setInterval(() => {
  session.push(new Int16Array(320), frame);
  frame += 320;
}, 20);

const voice = await new Promise((resolve) => {
  session.on("voice", (message) => message.state === "complete" && resolve(message));
});
const mark = { type: "playback", utterance: voice.utterance };
session.send({ ...mark, state: "started", at_ms: 0 });
session.send({ ...mark, state: "ended", at_ms: 100 });
await session.once("cue"); // it is Ben's turn
const saved = session.once("saved");
const over = session.once("over");
session.stop();
const { session_id: sessionId } = await saved;
clearInterval(microphone);
const { code } = await over;
console.log(JSON.stringify({ lines: lines.length, cues, voiceSamples, sessionId, code }));
