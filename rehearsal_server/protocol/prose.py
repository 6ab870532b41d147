"""The parts of the protocol's page that are about no single message."""

from __future__ import annotations

OPENING = """
# The socket

<!-- Written from the message types by `python -m rehearsal_server.protocol.document`. -->

`GET /v1/live` is a WebSocket. The client offers one of two subprotocols, which differ only in how
control messages are written:

| Subprotocol | Control messages |
| --- | --- |
| `rehearsal.v1.json` | text frames of JSON |
| `rehearsal.v1.msgpack` | binary frames of MessagePack maps |

**Who is there** is settled before the upgrade. A native client sends
`Authorization: Bearer <access token>`. A browser, which cannot set headers, first asks
`POST /v1/live/tickets` for a one-time ticket and offers it as one more subprotocol,
`ticket.<value>`; the server answers with the application's subprotocol only. A refusal is a plain
HTTP answer: 401 without valid credentials, 403 from a foreign origin, 503 with `Retry-After` when
the server is full. Compression is not offered: PCM does not compress.

**In order:** the server says `hello`. The client answers `start` within `limits.start_within_ms`,
or `resume`. The server says `started`, and from then on audio goes up without a pause while
messages and the partner's voice come down. `stop` ends the session: the server saves, says
`saved`, and closes with 1000.

**The clock is the sample count.** Every `*_ms` is counted in microphone samples since the stream
began, never in arrival times: the same audio gives the same events, however it was cut and
whenever it arrived.

Every control message is a map with a `type`. What a client sends is read strictly: unknown fields,
wrong types and values out of bounds are errors that name the field. A client ignores fields that
it does not know, so that a newer server may add some.
"""

AUDIO = """
Audio is binary in both subprotocols: a little-endian header, then the samples. The first byte
tells audio (1 or 2) from a MessagePack map (0x80 to 0x8f, or 0xde).

The microphone's samples are in the format that `start.audio` declares; the partner's voice is mono
s16le at the rate its `voice` message gives. A microphone chunk holds 10 to 200 ms; 20 ms is the
reference.
"""

HEADER_FIELDS = [
    ["0", "u8", "`kind`", "1 microphone, 2 partner voice"],
    ["1", "u8", "`flags`", "1 end of the stream, 2 samples were lost before this chunk"],
    ["2–3", "u16", "`stream`", "0 for the microphone, the utterance number for a voice"],
    ["4–7", "u32", "`seq`", "number of the chunk in its stream, contiguous from 0"],
    [
        "8–15",
        "u64",
        "`position`",
        "first sample of the chunk, since the stream or utterance began",
    ],
]

FROM_THE_CLIENT = """
A control message has at most 4096 bytes.
"""

EVENTS = """
Events matter and are never taken back. They are numbered without a gap, and a client that resumes
is given those it has not seen. Each has these fields besides its own:
"""

PASSING = """
These tell how things stand right now; none is repeated after a resume.
"""

STATES = """
By the [state of the scene](scene.md#states). A message that does not fit it is answered by an
`out_of_order` error and changes nothing.
"""

ERRORS = """
An `error` with `fatal` is followed by the close. The others leave the session as it was.
"""
