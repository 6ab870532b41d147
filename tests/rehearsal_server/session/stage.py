"""A stage for session tests: speech and silence by the millisecond, events out."""

from __future__ import annotations

from collections.abc import Iterable
from math import nan
from typing import Any, TypeVar

from dsp.clock import HOP_MS
from rehearsal_server.offline import OfflineSession
from rehearsal_server.protocol.client_messages import ClientMessage, Playback
from rehearsal_server.protocol.fields import AudioFormat, Options
from rehearsal_server.protocol.server_messages import Level, ServerMessage
from rehearsal_server.scripts.parse import parse_script
from rehearsal_server.session.hop import Hop
from rehearsal_server.session.requests import Speak
from rehearsal_server.session.session import Session, SessionPlan

# As the voice activity detector does: an offset is known this much after it happened.
HANGOVER_MS = 200
# How long the server's utterances last, if a test does not say otherwise.
VOICE_MS = 1000

Message = TypeVar("Message", bound=ServerMessage)


class Stage:
    """Drives one session; `heard` collects every message but meters."""

    def __init__(self, text: str, role: str, *, voice_ms: int = VOICE_MS, **options: Any) -> None:
        self.voice_ms = voice_ms
        plan = SessionPlan(
            scene=parse_script(text, format="name_colon").scenes[0],
            role=role,
            options=Options(**options),
        )
        self.session = Session(plan)
        self.requests: list[Speak] = []
        self._offline = OfflineSession(
            self.session, AudioFormat(sample_rate=16_000), self._voice_length_ms
        )
        self.heard: list[ServerMessage] = []
        self._speech_end_ms: int | None = None
        self._keep(self._offline.run([]))

    @property
    def now_ms(self) -> int:
        return self.session.now_ms

    def silence(self, length_ms: int, level_dbfs: float = -60.0) -> None:
        self._pass(length_ms, level_dbfs=level_dbfs, speaking=False)

    def speech(self, length_ms: int, level_dbfs: float = -25.0) -> None:
        self._pass(length_ms, level_dbfs=level_dbfs, speaking=True)

    def send(self, message: ClientMessage) -> None:
        self._keep(self._offline.receive(message))

    def partner_plays(self, *, echo_dbfs: float | None = None) -> None:
        """The listener hears the partner's current line from now to its end."""
        utterance = self.requests[-1].utterance
        self.send(Playback(utterance=utterance, state="started", at_ms=self.now_ms))
        if echo_dbfs is None:
            self.silence(self.voice_ms)
        else:
            self.speech(self.voice_ms, level_dbfs=echo_dbfs)
        self.send(Playback(utterance=utterance, state="ended", at_ms=self.now_ms))

    def of_type(self, kind: type[Message]) -> list[Message]:
        return [message for message in self.heard if isinstance(message, kind)]

    def _voice_length_ms(self, request: Speak) -> int | None:
        self.requests.append(request)
        return self.voice_ms

    def _pass(self, length_ms: int, *, level_dbfs: float, speaking: bool) -> None:
        for _ in range(length_ms // HOP_MS):
            self._keep(self._offline.hear(self._hop(level_dbfs, speaking=speaking)))

    def _hop(self, level_dbfs: float, *, speaking: bool) -> Hop:
        start_ms, end_ms = self.now_ms, self.now_ms + HOP_MS
        onset_ms = offset_ms = None
        if speaking:
            onset_ms = start_ms if self._speech_end_ms is None else None
            self._speech_end_ms = end_ms
        elif self._speech_end_ms is not None and end_ms - self._speech_end_ms >= HANGOVER_MS:
            offset_ms, self._speech_end_ms = self._speech_end_ms, None
        return Hop(
            end_ms=end_ms,
            level_dbfs=level_dbfs,
            loudness_lufs=level_dbfs,
            f0_hz=nan,
            is_speech=self._speech_end_ms is not None,
            onset_ms=onset_ms,
            offset_ms=offset_ms,
        )

    def _keep(self, messages: Iterable[ServerMessage]) -> None:
        self.heard += [m for m in messages if not isinstance(m, Level)]
