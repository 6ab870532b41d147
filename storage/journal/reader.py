"""Reading a session's log: all that was committed, or the word that it is damaged.

A commit is written only once the one before it is durable. So whatever follows the last valid frame
was never acknowledged, and may be cut off, as long as no valid frame comes after it; if one does,
something that was acknowledged is gone, and the log must not be continued.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from storage.journal.frames import Frame, Record, any_frame_after, frame_at

SUFFIX = ".log"


class Damaged(Exception):
    """Something that was acknowledged cannot be read any more."""


@dataclass(frozen=True)
class LogContent:
    """What a log holds. Frames are numbered from 1."""

    records: tuple[Record, ...]
    last_sequence: int
    # The segment to go on with and the length of what is whole in it; None in an empty log.
    last_segment: Path | None
    whole_bytes: int


def segment_path(log: Path, first_sequence: int) -> Path:
    """Where the segment that begins with a frame is kept."""
    return log / f"{first_sequence:012d}{SUFFIX}"


def read_log(log: Path, session_id: str) -> LogContent:
    """Read all segments in the directory `log`.

    Raises
    ------
    Damaged
        A frame is missing or invalid before the last one.
    OSError
        The files cannot be read.
    """
    segments = sorted(log.glob(f"*{SUFFIX}"))
    records: list[Record] = []
    sequence, whole_bytes = 0, 0
    for segment in segments:
        if segment != segment_path(log, sequence + 1):
            raise Damaged(f"{segment.name} should begin with frame {sequence + 1}")
        frames, whole_bytes = _read_segment(
            segment, session_id, sequence + 1, is_last=segment == segments[-1]
        )
        records += (record for frame in frames for record in frame.records)
        sequence += len(frames)
    return LogContent(tuple(records), sequence, segments[-1] if segments else None, whole_bytes)


def _read_segment(
    segment: Path, session_id: str, first_sequence: int, *, is_last: bool
) -> tuple[list[Frame], int]:
    """Frames of a segment, and the length of the bytes that they take."""
    data = memoryview(segment.read_bytes())
    frames: list[Frame] = []
    end = 0
    while end < len(data):
        frame = frame_at(data, end, session_id)
        if frame is None or frame.sequence != first_sequence + len(frames):
            break
        frames.append(frame)
        end = frame.end
    if end < len(data) and (not is_last or any_frame_after(data, end, session_id)):
        raise Damaged(f"{segment.name}: frame {first_sequence + len(frames)} is damaged")
    return frames, end


def cut_torn_tail(content: LogContent) -> None:
    """Take away, durably, what follows the last whole frame."""
    if content.last_segment is None or (content.last_segment.stat().st_size == content.whole_bytes):
        return
    with content.last_segment.open("r+b") as segment:
        segment.truncate(content.whole_bytes)
        os.fsync(segment.fileno())
