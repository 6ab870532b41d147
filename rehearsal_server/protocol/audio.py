"""The 16-byte header of every audio message.

Little-endian: kind u8, flags u8, stream u16, seq u32, position u64; then the samples. The first
byte tells audio (1, 2) from a MessagePack map (0x80-0x8f, 0xde), so both share the binary frames.
"""

from __future__ import annotations

import struct
from enum import IntEnum, IntFlag
from typing import NamedTuple

_HEADER = struct.Struct("<BBHIQ")
HEADER_BYTES = _HEADER.size


class AudioKind(IntEnum):
    """Whose audio it is."""

    MICROPHONE = 1
    PARTNER = 2


class AudioFlags(IntFlag):
    """What is special about the chunk."""

    NONE = 0
    END = 1  # the last chunk of the stream; it may hold no samples
    DISCONTINUITY = 2  # samples were lost before this chunk; `position` says how many


# A plain int: the complement of an IntFlag holds none of the unknown bits.
_KNOWN_FLAGS = int(AudioFlags.END | AudioFlags.DISCONTINUITY)


class AudioHeader(NamedTuple):
    """Where a chunk belongs."""

    kind: AudioKind
    flags: AudioFlags
    stream: int  # 0 for the microphone, the utterance number for a voice
    seq: int  # contiguous from 0
    position: int  # first sample, since the stream or the utterance began


class AudioHeaderError(ValueError):
    """The header is not one of ours."""


def pack_audio(header: AudioHeader, samples: bytes) -> bytes:
    """Join header and samples into one message."""
    return _HEADER.pack(*header) + samples


def unpack_audio(message: bytes) -> tuple[AudioHeader, memoryview]:
    """Split a message into its header and a view of its samples.

    Raises
    ------
    AudioHeaderError
        The message is shorter than the header, or its kind or flags are unknown.
    """
    if len(message) < HEADER_BYTES:
        raise AudioHeaderError(
            f"an audio message starts with a {HEADER_BYTES}-byte header; got {len(message)} bytes"
        )
    kind, flags, stream, seq, position = _HEADER.unpack_from(message)
    if kind not in (AudioKind.MICROPHONE, AudioKind.PARTNER):
        raise AudioHeaderError(f"unknown audio kind {kind}: 1 is microphone, 2 is partner voice")
    if flags & ~_KNOWN_FLAGS:
        raise AudioHeaderError(f"unknown audio flags {flags:#x}: 1 is end, 2 is discontinuity")
    header = AudioHeader(AudioKind(kind), AudioFlags(flags), stream, seq, position)
    return header, memoryview(message)[HEADER_BYTES:]


def is_audio(message: bytes) -> bool:
    """Whether a binary message is audio rather than a MessagePack map."""
    return message[:1] in (b"\x01", b"\x02")
