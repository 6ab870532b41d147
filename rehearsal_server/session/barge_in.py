"""Telling the actor's voice from the partner's own, coming back through the room.

Without headphones the microphone hears the loudspeaker. How loud that echo is, is learned while the
partner speaks; only speech well above it is the actor's.
"""

from __future__ import annotations

from rehearsal_server.session.hop import Hop

ECHO_MARGIN_DB = 10.0
# The echo's level is the loudest of these first hops of playback, then follows slowly.
ECHO_LEARNING_MS = 400
_ECHO_RISE_DB_PER_HOP = 0.1
# Speech this long is somebody talking, not a cough or an "mm".
SUSTAINED_MS = 300
# In a scripted interruption the actor is expected, so less is needed.
SUSTAINED_SCRIPTED_MS = 160


class BargeInDetector:
    """Watches one partner utterance for the actor coming in."""

    def __init__(self, *, headphones: bool, scripted: bool) -> None:
        self._headphones = headphones
        self._needed_ms = SUSTAINED_SCRIPTED_MS if scripted else SUSTAINED_MS
        self._echo_dbfs = -120.0
        self._learned_ms = 0
        self._run_start_ms: int | None = None

    def hear(self, hop: Hop, hop_ms: int, *, playing: bool) -> int | None:
        """Take in a hop; the actor's onset in ms, once they have surely come in."""
        if not self._is_actor(hop, hop_ms, playing=playing):
            self._run_start_ms = None
            return None
        if self._run_start_ms is None:
            self._run_start_ms = hop.end_ms - hop_ms if hop.onset_ms is None else hop.onset_ms
        sustained_ms = hop.end_ms - self._run_start_ms
        return self._run_start_ms if sustained_ms >= self._needed_ms else None

    def _is_actor(self, hop: Hop, hop_ms: int, *, playing: bool) -> bool:
        if self._headphones or not playing:
            return hop.is_speech
        if self._learned_ms < ECHO_LEARNING_MS:
            self._learned_ms += hop_ms
            self._echo_dbfs = max(self._echo_dbfs, hop.level_dbfs)
            return False
        if hop.level_dbfs > self._echo_dbfs + ECHO_MARGIN_DB:
            return hop.is_speech
        self._echo_dbfs = max(
            min(hop.level_dbfs, self._echo_dbfs + _ECHO_RISE_DB_PER_HOP), self._echo_dbfs - 0.02
        )
        return False
