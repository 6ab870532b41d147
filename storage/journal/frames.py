"""The bytes of a journal: records, and the frames in which they are committed.

A frame is what one commit wrote: it is durable as a whole or not at all. Little-endian:

    magic 4 bytes "RJF1" · length u32 · sequence u64 · checksum u32 · records, `length` bytes
    record: kind u8 · length u32 · payload

The checksum (CRC-32, as zlib has it) covers the session's id, then length, sequence and records:
a frame of another session is as invalid as a damaged one.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_MAGIC = b"RJF1"
_HEADER = struct.Struct("<4sIQI")
_COVERED = struct.Struct("<IQ")
_RECORD = struct.Struct("<BI")
# No commit is nearly as long; a longer one can only be a damaged length.
MAX_FRAME_BYTES = 64 * 2**20


class Record(NamedTuple):
    """One thing to remember; the journal does not look into it."""

    kind: int  # 0 to 255, given meaning by whoever writes it
    payload: bytes


class Frame(NamedTuple):
    """One commit as it was read."""

    sequence: int
    records: tuple[Record, ...]
    end: int  # offset after its last byte


def pack_frame(session_id: str, sequence: int, records: Iterable[Record]) -> bytes:
    """Bytes of one commit."""
    body = b"".join(_RECORD.pack(kind, len(payload)) + payload for kind, payload in records)
    check = _checksum(session_id, len(body), sequence, body)
    return _HEADER.pack(_MAGIC, len(body), sequence, check) + body


def frame_at(data: memoryview, offset: int, session_id: str) -> Frame | None:
    """The frame that begins at `offset`; None if no valid one does."""
    if len(data) - offset < _HEADER.size:
        return None
    magic, length, sequence, check = _HEADER.unpack_from(data, offset)
    start = offset + _HEADER.size
    if magic != _MAGIC or length > min(MAX_FRAME_BYTES, len(data) - start):
        return None
    body = data[start : start + length]
    if check != _checksum(session_id, length, sequence, body):
        return None
    return Frame(sequence, tuple(_records(body)), start + length)


def any_frame_after(data: memoryview, offset: int, session_id: str) -> bool:
    """Whether a valid frame begins anywhere from `offset` on."""
    content = bytes(data)
    while (offset := content.find(_MAGIC, offset)) >= 0:
        if frame_at(data, offset, session_id) is not None:
            return True
        offset += 1
    return False


def _records(body: memoryview) -> Iterator[Record]:
    offset = 0
    while offset < len(body):
        kind, length = _RECORD.unpack_from(body, offset)
        offset += _RECORD.size
        yield Record(kind, bytes(body[offset : offset + length]))
        offset += length


def _checksum(session_id: str, length: int, sequence: int, body: bytes | memoryview) -> int:
    seed = zlib.crc32(session_id.encode() + _COVERED.pack(length, sequence))
    return zlib.crc32(body, seed)
