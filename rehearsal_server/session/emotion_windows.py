"""When the next window of the actor's speech is due to be judged."""

from __future__ import annotations

from collections import deque

from dsp.clock import HOP_MS
from rehearsal_server.session.hop import Hop
from rehearsal_server.session.intervals import Span

MAX_WINDOW_MS = 3000
MIN_WINDOW_MS = 1500
# A window is due after this much more speech,
STEP_MS = 500
# and holds at least this much of it.
MIN_SPEECH_MS = 1000


class WindowPlanner:
    """Windows of 1.5 to 3 s, one after every half second of the actor's speech.

    They never reach back before the actor's line: what was said before it was somebody else.
    """

    def __init__(self) -> None:
        # Ends of the hops of speech that a window may still hold.
        self._speech_ms: deque[int] = deque()
        self._new_ms = 0

    def hear(self, hop: Hop, since_ms: int | None) -> Span | None:
        """Take in a hop; the window that is due with it, if one is.

        Parameters
        ----------
        hop : Hop
        since_ms : int or None
            Since when the microphone hears the actor's line; None while it is not theirs.
        """
        if since_ms is None or hop.end_ms <= since_ms:
            self._speech_ms.clear()
            self._new_ms = 0
            return None
        if not hop.is_speech:
            return None
        self._speech_ms.append(hop.end_ms)
        self._new_ms += HOP_MS
        start_ms = max(since_ms, hop.end_ms - MAX_WINDOW_MS)
        while self._speech_ms[0] <= start_ms:
            self._speech_ms.popleft()
        if not self._is_due(hop.end_ms - start_ms):
            return None
        self._new_ms = 0
        return Span(start_ms, hop.end_ms)

    def _is_due(self, window_ms: int) -> bool:
        has_enough = len(self._speech_ms) * HOP_MS >= MIN_SPEECH_MS
        return self._new_ms >= STEP_MS and has_enough and window_ms >= MIN_WINDOW_MS
