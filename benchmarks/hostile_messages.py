"""Malformed messages for the live socket: what a fuzzer, a bug or an enemy would send."""

from __future__ import annotations

import json
import random
import struct
from collections.abc import Iterator

from benchmarks.raw_socket import BINARY, TEXT, frame

START = {
    "type": "start",
    "mode": "scene",
    "script": "Ben: I speak first.\nAnna: And I after you.\nBen: So it is.\n",
    "role": "Ben",
    "audio": {"sample_rate": 16_000},
}
# After `start`, these are refused without ending the socket.
_NOT_FATAL = (
    {"type": "continue"},
    {"type": "goto", "line_id": "L999"},
    {"type": "playback", "utterance": 999, "state": "started", "at_ms": 0},
)
# Below the burst of 40 control messages that a socket may send at once.
HARMLESS_PER_SOCKET = 32


def start_frame() -> bytes:
    """Begin a session properly."""
    return frame(TEXT, json.dumps(START).encode())


def refused_frames(random_: random.Random) -> Iterator[bytes]:
    """Give messages that a started session refuses and survives."""
    for number in range(HARMLESS_PER_SOCKET):
        if number % 2:
            yield frame(TEXT, json.dumps(random_.choice(_NOT_FATAL)).encode())
        else:  # a gap: the chunk's number lies ahead
            yield frame(BINARY, _audio(random_, seq=10 + number, samples=320))


def fatal_frame(random_: random.Random) -> bytes:
    """Give one message that ends the socket, or a frame that is none."""
    return random_.choice(_KINDS)(random_)


def _audio(
    random_: random.Random, *, seq: int, samples: int, kind: int = 1, flags: int = 0
) -> bytes:
    position = random_.getrandbits(64)
    return struct.pack("<BBHIQ", kind, flags, 0, seq, position) + bytes(2 * samples)


def _noise(random_: random.Random) -> bytes:
    return frame(random_.choice((TEXT, BINARY)), random_.randbytes(random_.randint(0, 300)))


def _deep(random_: random.Random) -> bytes:
    bracket = random_.choice((b"[", b'{"a":'))
    return frame(TEXT, bracket * random_.randint(10, 800))


def _cut(random_: random.Random) -> bytes:
    whole = json.dumps(START).encode()
    return frame(TEXT, whole[: random_.randrange(len(whole))])


def _flipped(random_: random.Random) -> bytes:
    data = bytearray(json.dumps(START).encode())
    for _ in range(random_.randint(1, 8)):
        data[random_.randrange(len(data))] ^= 1 << random_.randrange(8)
    return frame(TEXT, bytes(data))


def _wrong_field(random_: random.Random) -> bytes:
    field = random_.choice([*START, "colour", "__proto__", "user_id"])
    value: object = random_.choice(
        [None, -1, 1e308, "x" * 3000, [], {}, True, "\u202e", "' OR 1=1 --"]
    )
    return frame(TEXT, json.dumps({**START, field: value}).encode())


def _wrong_tag(random_: random.Random) -> bytes:
    tag = random_.choice(["", "Start", "applause", "\x00", "resume", "stop", "x" * 1000])
    return frame(TEXT, json.dumps({"type": tag}).encode())


def _bad_audio(random_: random.Random) -> bytes:
    kind, flags = random_.choice((1, 2)), random_.randint(0, 255)
    whole = _audio(random_, seq=0, samples=random_.randint(0, 400), kind=kind, flags=flags)
    return frame(BINARY, whole[: random_.randint(1, len(whole))])


def _msgpack(random_: random.Random) -> bytes:
    extension = b"\x81\xa4type\xc7\x04\x7f" + random_.randbytes(4)
    bomb = b"\xdf\xff\xff\xff\xff" + random_.randbytes(20)
    return frame(BINARY, random_.choice((extension, bomb, b"\xc1", b"\x81" * 500)))


def _huge(random_: random.Random) -> bytes:
    return frame(random_.choice((TEXT, BINARY)), b" " * random_.choice((4097, 65_000, 70_000)))


def _ping_flood(random_: random.Random) -> bytes:
    return frame(0x9, random_.randbytes(125)) * 200


def _fragments(_random: random.Random) -> bytes:
    return frame(TEXT, b"", first_bits=0) + frame(0x0, b"", first_bits=0) * 200


def _broken_frame(random_: random.Random) -> bytes:
    return random_.choice(
        (
            frame(TEXT, b"{}", masked=False),
            frame(0x3, b"reserved opcode"),
            frame(TEXT, b"{}", first_bits=0xF0),
            frame(0x9, b"x" * 126),  # a ping longer than a control frame may be
            frame(0x8, b"\x00"),  # a close code of one byte
            frame(0x0, b"a continuation of nothing"),
            b"\x81\xff" + b"\xff" * 8,  # 2**64 - 1 bytes are announced
            frame(TEXT, b"\xff\xfe\xfd"),
        )
    )


_KINDS = (
    _noise,
    _deep,
    _cut,
    _flipped,
    _wrong_field,
    _wrong_tag,
    _bad_audio,
    _msgpack,
    _huge,
    _broken_frame,
    _ping_flood,
    _fragments,
)
