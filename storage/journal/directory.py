"""Where the logs are kept: a directory for each session, and one for those that are damaged."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from pathlib import Path

from storage.ids import is_id
from storage.journal.frames import Record, pack_frame
from storage.journal.group_commit import GroupCommit
from storage.journal.reader import Damaged, LogContent, cut_torn_tail, read_log, segment_path
from storage.journal.session_log import SEGMENT_BYTES, SessionLog, sync_directory

_QUARANTINE = "damaged"
_LOCK_POLL_S = 0.1


class DirectoryInUse(Exception):
    """Another server writes to this directory."""


class JournalDirectory:
    """The logs of one server. Methods block on the disk: call them in a thread.

    Parameters
    ----------
    path : Path
        Made if it does not exist; readable by its owner only.
    segment_bytes : int
        A log goes on in a new file beyond this.
    """

    def __init__(self, path: Path, *, segment_bytes: int = SEGMENT_BYTES) -> None:
        self._path = path
        self._segment_bytes = segment_bytes
        self._lock_file = -1

    def acquire(self, patience_s: float = 0.0) -> None:
        """Keep other servers out; one that is just stopping may be waited for.

        Raises
        ------
        DirectoryInUse
            Another process still has it.
        """
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock_file = os.open(self._path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline_s = time.monotonic() + patience_s
        while not self._try_lock():
            if time.monotonic() >= deadline_s:
                self.release()
                raise DirectoryInUse(
                    f"another server uses {self._path}; stop it, or give this one a data "
                    "directory of its own"
                )
            time.sleep(_LOCK_POLL_S)

    def release(self) -> None:
        """Let other servers in."""
        if self._lock_file >= 0:
            os.close(self._lock_file)
            self._lock_file = -1

    def sessions(self) -> tuple[str, ...]:
        """Ids of all sessions that have a log."""
        return tuple(sorted(entry.name for entry in self._path.iterdir() if is_id(entry.name)))

    def create(
        self, session_id: str, first: tuple[Record, ...], committer: GroupCommit
    ) -> SessionLog:
        """Begin a log whose first records are durable already; raises OSError if they can't be."""
        directory = self._path / session_id
        segment = segment_path(directory, 1)
        frame = pack_frame(session_id, 1, first)
        directory.mkdir(mode=0o700)
        try:
            with segment.open("xb") as file:
                file.write(frame)
                file.flush()
                os.fsync(file.fileno())
            sync_directory(directory)
            sync_directory(self._path)
        except OSError:
            self.remove(session_id)
            raise
        content = LogContent(first, 1, segment, len(frame))
        return self._log(session_id, content, committer)

    def read(self, session_id: str) -> tuple[Record, ...]:
        """All durable records of a log, in order; also while it is written.

        Raises
        ------
        Damaged
            See `read_log`. The log stays where it is.
        FileNotFoundError
            There is no such log.
        """
        return self._read(session_id).records

    def reopen(
        self, session_id: str, committer: GroupCommit
    ) -> tuple[SessionLog, tuple[Record, ...]]:
        """Go on with a log that nobody writes; a damaged one is put aside.

        Raises
        ------
        Damaged
            It was put aside.
        FileNotFoundError
            There is no such log, or nothing of it was ever durable.
        """
        try:
            content = self._read(session_id)
        except Damaged:
            self._put_aside(session_id)
            raise
        if content.last_sequence == 0:
            self.remove(session_id)
            raise FileNotFoundError(f"the log of session {session_id} is empty")
        cut_torn_tail(content)
        return self._log(session_id, content, committer), content.records

    def remove(self, session_id: str) -> None:
        """Forget a session: its results are saved, or nobody may have them."""
        shutil.rmtree(self._path / session_id, ignore_errors=True)

    def _read(self, session_id: str) -> LogContent:
        directory = self._path / session_id
        if not is_id(session_id) or not directory.is_dir():
            raise FileNotFoundError(f"there is no log of session {session_id!r}")
        return read_log(directory, session_id)

    def _log(self, session_id: str, content: LogContent, committer: GroupCommit) -> SessionLog:
        return SessionLog(
            self._path / session_id,
            session_id,
            content,
            committer,
            segment_bytes=self._segment_bytes,
        )

    def _put_aside(self, session_id: str) -> None:
        damaged = self._path / _QUARANTINE
        damaged.mkdir(mode=0o700, exist_ok=True)
        (self._path / session_id).rename(damaged / f"{session_id}-{time.time_ns()}")

    def _try_lock(self) -> bool:
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
