// The microphone, recorded at the audio context's own rate on the context's own frame count.

const WORKLET = new URL("./capture-worklet.js", import.meta.url);

/** Why there is no microphone: `code` is "denied", "missing", "busy" or "insecure". */
export class MicrophoneError extends Error {
  constructor(code, cause) {
    super(`no microphone: ${code}`, { cause });
    this.code = code;
  }
}

const CODES = { NotAllowedError: "denied", NotFoundError: "missing", NotReadableError: "busy" };

export class Microphone {
  /**
   * Ask for the microphone and begin to record.
   * @param {AudioContext} context
   * @param {{headphones?: boolean, onChunk: (samples: Int16Array, frame: number) => void,
   *   onLost?: () => void}} options `onLost`: it was unplugged, or taken away
   * @throws {MicrophoneError}
   */
  static async open(context, { headphones = false, onChunk, onLost = () => {} }) {
    const stream = await askForMicrophone(headphones);
    await context.audioWorklet.addModule(WORKLET);
    stream.getAudioTracks()[0].addEventListener("ended", onLost);
    return new Microphone(context, stream, onChunk);
  }

  constructor(context, stream, onChunk) {
    this._stream = stream;
    this._node = new AudioWorkletNode(context, "rehearsal-capture", { channelCount: 1 });
    this._node.port.onmessage = ({ data }) => onChunk(data.samples, data.frame);
    this._source = context.createMediaStreamSource(stream);
    // Browsers run what leads to a destination; nothing is written to this output.
    this._source.connect(this._node).connect(context.destination);
  }

  /** Seconds from the membrane to the context, as far as the browser tells. */
  get latencyS() {
    return this._stream.getAudioTracks()[0].getSettings().latency ?? 0;
  }

  close() {
    for (const track of this._stream.getTracks()) track.stop();
    this._source.disconnect();
    this._node.disconnect();
    this._node.port.onmessage = null;
  }
}

async function askForMicrophone(headphones) {
  if (!navigator.mediaDevices) throw new MicrophoneError("insecure");
  // What a voice is measured by must not be touched: no gain that follows it, no noise removal.
  const audio = {
    channelCount: 1,
    echoCancellation: !headphones,
    autoGainControl: false,
    noiseSuppression: false,
  };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio });
  } catch (error) {
    throw new MicrophoneError(CODES[error.name] ?? "busy", error);
  }
}
