// Audio messages: a 16-byte little-endian header, then mono s16le (docs/protocol.md).

export const HEADER_BYTES = 16;
export const KIND = Object.freeze({ MICROPHONE: 1, PARTNER: 2 });
export const FLAG = Object.freeze({ END: 1, DISCONTINUITY: 2 });

/**
 * @typedef {object} Frame
 * @property {number} kind one of KIND
 * @property {number} flags FLAGs, added
 * @property {number} stream 0 for the microphone, the utterance number for a voice
 * @property {number} seq contiguous from 0 in its stream
 * @property {number} position first sample, since the stream or utterance began
 * @property {Int16Array} samples
 */

/** @param {Frame} frame @returns {ArrayBuffer} */
export function packFrame({ kind, flags, stream, seq, position, samples }) {
  const buffer = new ArrayBuffer(HEADER_BYTES + 2 * samples.length);
  const header = new DataView(buffer);
  header.setUint8(0, kind);
  header.setUint8(1, flags);
  header.setUint16(2, stream, true);
  header.setUint32(4, seq, true);
  header.setBigUint64(8, BigInt(position), true);
  // Typed arrays have the machine's byte order; every machine with a browser is little-endian.
  new Int16Array(buffer, HEADER_BYTES).set(samples);
  return buffer;
}

/** @param {ArrayBuffer} buffer @returns {Frame} */
export function unpackFrame(buffer) {
  if (buffer.byteLength < HEADER_BYTES || buffer.byteLength % 2) {
    throw new RangeError(`${buffer.byteLength} bytes are no audio message`);
  }
  const header = new DataView(buffer);
  return {
    kind: header.getUint8(0),
    flags: header.getUint8(1),
    stream: header.getUint16(2, true),
    seq: header.getUint32(4, true),
    position: Number(header.getBigUint64(8, true)),
    samples: new Int16Array(buffer, HEADER_BYTES),
  };
}

/** @param {Float32Array} samples in [-1, 1] @returns {Int16Array} */
export function toInt16(samples) {
  return Int16Array.from(samples, (x) => Math.round(32767 * Math.max(-1, Math.min(1, x))));
}
