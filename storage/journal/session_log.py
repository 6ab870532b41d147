"""One session's log while it is written."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path
from typing import Protocol

from storage.journal.frames import Record, pack_frame
from storage.journal.reader import LogContent, segment_path

# A new segment begins beyond this, so that no file grows without bound.
SEGMENT_BYTES = 8 * 2**20


class JournalFailed(Exception):
    """The log can't be written any more; what was durable before still is."""


class Committer(Protocol):
    """Makes logs durable in the background."""

    def submit(self, log: SessionLog) -> None:
        """Commit what `log` has pending, soon."""


class Watcher(Protocol):
    """Is told, on the event loop, how far a log has come."""

    def durable(self, sequence: int) -> None:
        """Every frame up to this one will survive a crash."""

    def failed(self, error: JournalFailed) -> None:
        """No frame after the last durable one will ever be."""


class SessionLog:
    """Collects records on the event loop; a committer writes them as frames.

    Made by `JournalDirectory`. Bytes reach the disk only together with their sync, so a frame in
    the file proves that all before it are durable.
    """

    def __init__(
        self,
        directory: Path,
        session_id: str,
        content: LogContent,
        committer: Committer,
        *,
        segment_bytes: int = SEGMENT_BYTES,
    ) -> None:
        self.session_id = session_id
        self.directory = directory
        self.watcher: Watcher | None = None
        self._committer = committer
        self._segment_bytes = segment_bytes
        # Guards what the event loop fills and the committer's thread empties.
        self._lock = threading.Lock()
        self._pending: list[Record] = []
        self._next_sequence = content.last_sequence + 1
        self._durable = content.last_sequence
        self._failure: JournalFailed | None = None
        # Guards the file: one committer at a time, and none while it is closed.
        self._writing = threading.Lock()
        self._file = -1
        self._file_bytes = content.whole_bytes
        self._segment = content.last_segment

    # -- on the event loop -------------------------------------------------------------------

    @property
    def durable(self) -> int:
        """The last frame that will survive a crash."""
        return self._durable

    def append(self, *records: Record) -> int:
        """Add records to the next frame, all of them or none; the number of that frame.

        They are not durable before `commit` was called and the watcher told so.
        """
        with self._lock:
            self._pending += records
            return self._next_sequence

    def commit(self) -> None:
        """Have everything that was appended made durable, soon."""
        self._committer.submit(self)

    def settle(self, sequence: int, failure: JournalFailed | None) -> None:
        """Note how a commit went; called by the committer."""
        self._durable = max(self._durable, sequence)
        if self.watcher is not None and failure is None:
            self.watcher.durable(self._durable)
        elif self.watcher is not None and failure is not None:
            self.watcher.failed(failure)

    # -- on the committer's thread -----------------------------------------------------------

    def write_pending(self) -> int:
        """Write and sync one frame of all that is pending; the last durable frame's number.

        Raises
        ------
        JournalFailed
            Now or in an earlier call. After a failed sync nobody knows what the file holds, so it
            is not tried again: whoever opens the log next reads what is there.
        """
        with self._writing:
            if self._failure is not None:
                raise self._failure
            with self._lock:
                records, self._pending = self._pending, []
                sequence = self._next_sequence
                self._next_sequence += bool(records)
            if records:
                self._write_frame(sequence, records)
                return sequence
            return sequence - 1

    def close(self) -> None:
        """Let go of the file, after the commit that is going on; nothing is committed any more."""
        with self._writing:
            if self._file >= 0:
                os.close(self._file)
                self._file = -1
            self._failure = self._failure or JournalFailed("the journal is closed")

    def _write_frame(self, sequence: int, records: list[Record]) -> None:
        try:
            self._write(sequence, pack_frame(self.session_id, sequence, records))
        except OSError as error:
            self._failure = JournalFailed(f"the journal can't be written: {error.strerror}")
            raise self._failure from error

    def _write(self, sequence: int, frame: bytes) -> None:
        if self._file < 0 or self._file_bytes + len(frame) > self._segment_bytes:
            self._open_segment(sequence, len(frame))
        if os.write(self._file, frame) < len(frame):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._file_bytes += len(frame)

    def _open_segment(self, sequence: int, frame_bytes: int) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
        # O_DSYNC: a write returns once it is durable, in one call and one hand-over of the
        # interpreter's lock, where write and fdatasync would take two.
        how = os.O_WRONLY | os.O_APPEND | os.O_DSYNC | os.O_CLOEXEC
        if self._segment is not None and self._file_bytes + frame_bytes <= self._segment_bytes:
            self._file = os.open(self._segment, how)
            return
        self._segment, self._file_bytes = segment_path(self.directory, sequence), 0
        self._file = os.open(self._segment, how | os.O_CREAT | os.O_EXCL, 0o600)
        sync_directory(self.directory)


def sync_directory(directory: Path) -> None:
    """Make the names in a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
