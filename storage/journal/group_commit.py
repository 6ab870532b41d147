"""The threads that commit the logs of all sessions.

While one waits for the disk, more is asked for, so commits group themselves: what a session said
meanwhile costs one sync, however much it is, and nothing waits for a timer.
"""

from __future__ import annotations

import asyncio
import logging
import threading

from storage.journal.session_log import JournalFailed, SessionLog

log = logging.getLogger("storage.journal")

# A sync is mostly waiting, and a disk takes several at once: one thread would make each session
# wait for the syncs of all others.
_THREADS = 4


class GroupCommit:
    """Takes logs from the event loop it was made on, and reports back there."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._changed = threading.Condition()
        self._asked: dict[SessionLog, None] = {}
        self._busy: set[SessionLog] = set()
        self._is_over = False
        self._threads = [
            threading.Thread(target=self._run, name=f"journal {number}", daemon=True)
            for number in range(_THREADS)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, session_log: SessionLog) -> None:
        """Commit what a log has pending, soon."""
        with self._changed:
            self._asked[session_log] = None
            self._changed.notify()

    def close(self) -> None:
        """Commit what was asked for, then end the threads; blocks meanwhile."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while (session_log := self._next()) is not None:
            sequence, failure = _commit(session_log)
            with self._changed:
                self._busy.discard(session_log)
                if session_log in self._asked:
                    self._changed.notify()
            try:
                self._loop.call_soon_threadsafe(session_log.settle, sequence, failure)
            except RuntimeError:
                log.debug("a commit outlived its event loop")

    def _next(self) -> SessionLog | None:
        """Wait for a log that no other thread is writing; None when there will be none."""
        with self._changed:
            while (free := self._first_free()) is None:
                if self._is_over and not self._asked:
                    return None
                self._changed.wait()
            del self._asked[free]
            self._busy.add(free)
            if self._is_over and not self._asked:
                self._changed.notify_all()
            return free

    def _first_free(self) -> SessionLog | None:
        return next((one for one in self._asked if one not in self._busy), None)


def _commit(session_log: SessionLog) -> tuple[int, JournalFailed | None]:
    try:
        return session_log.write_pending(), None
    except JournalFailed as failure:
        return 0, failure
