"""What the server and the espeak-ng worker say to each other over the pipes.

A frame is a 5-byte little-endian header (``u32`` payload length, ``u8`` kind) and the payload: a
MessagePack message, or raw mono s16le PCM. Every request but `Cancel` is answered by any number
of frames, the last of which is a `Done` or a `Failed`. `Cancel` ends the request under way, and
means nothing once that is done.
"""

from __future__ import annotations

import struct
from typing import Literal

import msgspec

HEADER = struct.Struct("<IB")
MESSAGE = 0
PCM = 1
# Far above any passage of text or buffer of sound; a longer frame means that a side lost its place.
MAX_PAYLOAD_BYTES = 1 << 20


class _Message(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Positional on the wire: both sides are always of the same version."""


class Describe(_Message, frozen=True, tag="describe"):
    """Which voices are there? Answered by one `Description`."""


class Speak(_Message, frozen=True, tag="speak"):
    """Synthesise; answered by PCM and `Marks`."""

    text: str  # SSML markup where `is_ssml`
    is_ssml: bool
    language: str  # as in `Language.id`
    variant: str  # as in `Description.variants`, or empty
    pitch: int  # espeakPITCH, 0 to 99, 50 is the voice's own
    rate_wpm: int  # espeakRATE, 80 to 450 words per minute
    volume: int  # espeakVOLUME, 100 is full
    # Fall silent after the text as between two sentences or clauses.
    ends_in_pause: bool


class Phonemize(_Message, frozen=True, tag="phonemize"):
    """Turn clauses into IPA; answered by one `Phonemes`."""

    language: str
    clauses: tuple[str, ...]


class Cancel(_Message, frozen=True, tag="cancel"):
    """Stop what is under way."""


class Language(_Message, frozen=True):
    """One of the languages and accents that espeak-ng speaks."""

    id: str  # BCP 47, lower case
    name: str


class Description(_Message, frozen=True, tag="description"):
    """What the library offers."""

    version: str
    languages: tuple[Language, ...]
    variants: tuple[str, ...]


class Mark(_Message, frozen=True):
    """An event of the synthesis."""

    kind: Literal["word", "pause"]
    char: int  # offset into the text of the request
    at_ms: int  # since the first sample of the request


class Marks(_Message, frozen=True, tag="marks"):
    """Events of the PCM frame that follows, or of the end."""

    marks: tuple[Mark, ...]


class Phonemes(_Message, frozen=True, tag="phonemes"):
    """IPA of each clause, its words separated by spaces."""

    ipa: tuple[str, ...]


class Done(_Message, frozen=True, tag="done"):
    """The request is complete, or was cancelled."""


class Failed(_Message, frozen=True, tag="failed"):
    """The request could not be served; the worker goes on."""

    reason: str


Request = Describe | Speak | Phonemize | Cancel
Reply = Description | Marks | Phonemes | Done | Failed

_encoder = msgspec.msgpack.Encoder()
_request_decoder: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request)
_reply_decoder: msgspec.msgpack.Decoder[Reply] = msgspec.msgpack.Decoder(Reply)

# A tag that is no UTF-8 escapes msgspec's own errors (0.22).
_NOT_A_MESSAGE = (msgspec.MsgspecError, UnicodeDecodeError)


class WireError(Exception):
    """The other side does not speak this protocol, so its pipe is of no more use."""


def message_frame(message: Request | Reply) -> bytes:
    """Frame a message."""
    payload = _encoder.encode(message)
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise ValueError(f"{len(payload)} bytes are too long for a frame")
    return HEADER.pack(len(payload), MESSAGE) + payload


def pcm_frame(pcm: bytes) -> bytes:
    """Frame a buffer of sound."""
    return HEADER.pack(len(pcm), PCM) + pcm


def payload_size(header: bytes) -> tuple[int, int]:
    """Read a frame's header: payload length in bytes, and kind.

    Raises
    ------
    WireError
        The kind is unknown or the length beyond `MAX_PAYLOAD_BYTES`.
    """
    size_bytes, kind = HEADER.unpack(header)
    if kind not in (MESSAGE, PCM) or size_bytes > MAX_PAYLOAD_BYTES:
        raise WireError(f"not a frame: kind {kind}, {size_bytes} bytes")
    return size_bytes, kind


def decode_request(payload: bytes) -> Request:
    """Read what the server asks; raises `WireError`."""
    try:
        return _request_decoder.decode(payload)
    except _NOT_A_MESSAGE as error:
        raise WireError(f"not a request: {error}") from error


def decode_reply(payload: bytes) -> Reply:
    """Read what the worker answers; raises `WireError`."""
    try:
        return _reply_decoder.decode(payload)
    except _NOT_A_MESSAGE as error:
        raise WireError(f"not a reply: {error}") from error
