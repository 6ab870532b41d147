// The JavaScript client of the rehearsal server: docs/javascript-client.md.

export { backoffMs } from "./backoff.js";
export { Emitter } from "./emitter.js";
export { FLAG, KIND, packFrame, toInt16, unpackFrame } from "./frames.js";
export { LiveSession, SUBPROTOCOL } from "./live-session.js";
export { Loudspeaker } from "./loudspeaker.js";
export { Microphone, MicrophoneError } from "./microphone.js";
export { OutgoingStream } from "./outgoing-stream.js";
export { Rehearsal } from "./rehearsal.js";
export { Resampler } from "./resampler.js";
export { RestClient, RestProblem } from "./rest.js";
