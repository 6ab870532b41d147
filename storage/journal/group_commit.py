"""One thread that commits the logs of all sessions.

While it waits for the disk, more is asked for, so commits group themselves: a session's events cost
one sync, however many there are, and nothing waits for a timer.
"""

from __future__ import annotations

import asyncio
import logging
import threading

from storage.journal.session_log import JournalFailed, SessionLog

log = logging.getLogger("storage.journal")

_Outcome = tuple[SessionLog, int, JournalFailed | None]


class GroupCommit:
    """Takes logs from the event loop it was made on, and reports back there."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._condition = threading.Condition()
        self._asked: dict[SessionLog, None] = {}
        self._is_over = False
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def submit(self, log: SessionLog) -> None:
        """Commit what `log` has pending, soon."""
        with self._condition:
            self._asked[log] = None
            self._condition.notify()

    def close(self) -> None:
        """Commit what was asked for, then end the thread; blocks meanwhile."""
        with self._condition:
            self._is_over = True
            self._condition.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._asked or self._is_over)
                asked, self._asked = self._asked, {}
            if not asked:
                return
            # Each is told at once: one session's slow write must not hold up another's events.
            for one in asked:
                self._tell(_commit(one))

    def _tell(self, outcome: _Outcome) -> None:
        session_log, sequence, failure = outcome
        try:
            self._loop.call_soon_threadsafe(session_log.settle, sequence, failure)
        except RuntimeError:
            log.debug("a commit outlived its event loop")


def _commit(session_log: SessionLog) -> _Outcome:
    try:
        return session_log, session_log.write_pending(), None
    except JournalFailed as failure:
        return session_log, 0, failure
