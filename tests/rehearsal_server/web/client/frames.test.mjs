import assert from "node:assert/strict";
import test from "node:test";

import { FLAG, HEADER_BYTES, KIND, packFrame, toInt16, unpackFrame } from "../../../../rehearsal_server/web/client/frames.js";

const FRAME = {
  kind: KIND.MICROPHONE,
  flags: FLAG.DISCONTINUITY,
  stream: 0x0102,
  seq: 0x01020304,
  position: 2 ** 40 + 5,
  samples: Int16Array.of(1, -2, 32767),
};

test("the header is laid out as the protocol says", () => {
  const bytes = Buffer.from(packFrame(FRAME));
  assert.equal(
    bytes.toString("hex"),
    "0102" + "0201" + "04030201" + "0500000000010000" + "0100" + "feff" + "ff7f",
  );
});

test("what is packed is what is unpacked", () => {
  assert.deepEqual(unpackFrame(packFrame(FRAME)), FRAME);
});

test("half a sample or half a header is refused", () => {
  assert.throws(() => unpackFrame(new ArrayBuffer(HEADER_BYTES + 1)), RangeError);
  assert.throws(() => unpackFrame(new ArrayBuffer(HEADER_BYTES - 2)), RangeError);
});

test("samples are rounded and never wrap", () => {
  assert.deepEqual(toInt16(Float32Array.of(0, 1, -1, 2, -2, 0.5)),
    Int16Array.of(0, 32767, -32767, 32767, -32767, 16384));
});
