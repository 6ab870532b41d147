"""What the server and the recogniser's process say to each other over the pipes.

A frame is a little-endian ``u32``, the payload's length, and the payload: a MessagePack message.
Both sides are always of the same version, so messages are positional.
"""

from __future__ import annotations

import struct

import msgspec

from models.recogniser.port import Hypothesis

HEADER = struct.Struct("<I")
# Far above a tenth of a second of audio or a minute of words; with more, a side lost its place.
MAX_PAYLOAD_BYTES = 1 << 20


class _Message(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    pass


class Load(_Message, frozen=True, tag="load"):
    """Open an engine with its model; answered by `Loaded` or `Absent`. The first request."""

    engine: str
    model: str | None


class Audio(_Message, frozen=True, tag="audio"):
    """More of an utterance, or the beginning of the stream's next one; answered by `Heard`."""

    stream: int
    utterance: int
    pcm: bytes  # mono s16le at the recogniser's rate


class End(_Message, frozen=True, tag="end"):
    """The utterance is over; answered by `Heard` with its final hypothesis."""

    stream: int
    utterance: int


class Close(_Message, frozen=True, tag="close"):
    """Nothing more comes of this stream."""

    stream: int


class Loaded(_Message, frozen=True, tag="loaded"):
    """The engine is ready."""

    name: str
    detail: str


class Absent(_Message, frozen=True, tag="absent"):
    """The engine can't be used; the process ends."""

    reason: str


class Heard(_Message, frozen=True, tag="heard"):
    """A request is done; what the utterance is taken for, if that has changed."""

    stream: int
    utterance: int
    samples: int  # that the request brought
    hypothesis: Hypothesis | None


class Refused(_Message, frozen=True, tag="refused"):
    """The engine has no room for another utterance now; all of this one is left out."""

    stream: int
    utterance: int
    samples: int


Request = Load | Audio | End | Close
Reply = Loaded | Absent | Heard | Refused

_encoder = msgspec.msgpack.Encoder()
_request_decoder: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request)
_reply_decoder: msgspec.msgpack.Decoder[Reply] = msgspec.msgpack.Decoder(Reply)


class WireError(Exception):
    """The other side does not speak this protocol, so its pipe is of no more use."""


def frame(message: Request | Reply) -> bytes:
    """Frame a message; raises ValueError if it is too long for a frame."""
    payload = _encoder.encode(message)
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise ValueError(f"{len(payload)} bytes are too long for a frame")
    return HEADER.pack(len(payload)) + payload


def payload_size(header: bytes) -> int:
    """Read a frame's header; raises WireError if it announces more than a frame holds."""
    (size_bytes,) = HEADER.unpack(header)
    if size_bytes > MAX_PAYLOAD_BYTES:
        raise WireError(f"not a frame: {size_bytes} bytes")
    return int(size_bytes)


def decode_request(payload: bytes) -> Request:
    """Read what the server asks; raises WireError."""
    try:
        return _request_decoder.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise WireError(f"not a request: {error}") from error


def decode_reply(payload: bytes) -> Reply:
    """Read what the worker answers; raises WireError."""
    try:
        return _reply_decoder.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise WireError(f"not a reply: {error}") from error
