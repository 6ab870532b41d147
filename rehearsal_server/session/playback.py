"""When the listener heard an utterance: marks from the client, or an honest estimate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rehearsal_server.protocol.client_messages import Playback
from rehearsal_server.scripts.durations import expected_duration_ms
from rehearsal_server.session.requests import Silence, Speak

Basis = Literal["heard", "estimated"]

# A client that reports no marks plays what it gets about this long after it is sent: one network
# round trip and a playback buffer. Only used with basis "estimated".
ASSUMED_PLAYBACK_DELAY_MS = 150
# After the voice is ready and its time is up, how long to wait for marks before estimating.
MARK_PATIENCE_MS = 600


@dataclass
class PlayedUtterance:
    """One utterance on its way to the listener's ear."""

    request: Speak
    asked_ms: int
    # None until the whole utterance is synthesised.
    duration_ms: int | None = None
    ready_ms: int | None = None
    started_ms: int | None = None
    ended_ms: int | None = None
    has_failed: bool = False

    def planned_end(self) -> tuple[int, Basis] | None:
        """When the last sample is or was due to be heard, if that can be known."""
        if self.ended_ms is not None:
            return self.ended_ms, "heard"
        if self.has_failed:
            return self.asked_ms + expected_duration_ms(self.request.text), "estimated"
        if self.duration_ms is None or self.ready_ms is None:
            return None
        if self.started_ms is not None:
            return self.started_ms + self.duration_ms, "heard"
        return self.ready_ms + ASSUMED_PLAYBACK_DELAY_MS + self.duration_ms, "estimated"

    def heard_end(self, now_ms: int) -> tuple[int, Basis] | None:
        """When the last sample was heard, once that is over; None while it goes on."""
        planned = self.planned_end()
        if planned is None:
            return None
        end_ms, basis = planned
        awaits_mark = self.ended_ms is None and not self.has_failed
        if now_ms < end_ms + (MARK_PATIENCE_MS if awaits_mark else 0):
            return None
        return end_ms, "estimated" if awaits_mark else basis

    def is_heard_at(self, at_ms: int) -> bool:
        """Whether the listener's loudspeaker is playing it."""
        return self.started_ms is not None and self.started_ms <= at_ms and self.ended_ms is None


class Utterances:
    """Everything the server says in a session: the partner's lines, and prompts."""

    def __init__(self) -> None:
        self.partner: PlayedUtterance | None = None
        self._prompts: dict[int, PlayedUtterance] = {}
        self._count = 0

    def ask_line(self, line_id: str, character: str, text: str, at_ms: int) -> Speak:
        """Have a partner line spoken; earlier utterances are over."""
        request = Speak(self._next_number(), line_id, character, text)
        self.partner = PlayedUtterance(request, asked_ms=at_ms)
        return request

    def ask_prompt(self, line_id: str, character: str | None, text: str, at_ms: int) -> Speak:
        """Have the prompter whisper, in the voice of `character` if there is one."""
        request = Speak(self._next_number(), line_id, character, text)
        self._prompts[request.utterance] = PlayedUtterance(request, asked_ms=at_ms)
        return request

    def hush(self) -> list[Silence]:
        """Stop and forget everything that may still be heard."""
        playing = [*self._prompts.values(), *([self.partner] if self.partner else [])]
        self.forget()
        return [
            Silence(p.request.utterance, p.request.line_id) for p in playing if p.ended_ms is None
        ]

    def forget(self) -> None:
        """No utterance matters any more."""
        self.partner = None
        self._prompts.clear()

    @property
    def sounding(self) -> tuple[PlayedUtterance, ...]:
        """What the listener may still have to hear."""
        playing = [*([self.partner] if self.partner else []), *self._prompts.values()]
        return tuple(p for p in playing if p.ended_ms is None)

    def was_issued(self, utterance: int) -> bool:
        """Whether there ever was an utterance of this number."""
        return 1 <= utterance <= self._count

    def find(self, utterance: int) -> PlayedUtterance | None:
        """An utterance that still matters."""
        if self.partner is not None and self.partner.request.utterance == utterance:
            return self.partner
        return self._prompts.get(utterance)

    def mark(self, playback: Playback) -> PlayedUtterance | None:
        """Note what the listener heard; the utterance, if it still matters."""
        played = self.find(playback.utterance)
        if played is None:
            return None
        if playback.state == "started":
            played.started_ms = playback.at_ms
        else:
            played.ended_ms = playback.at_ms
        return played

    def _next_number(self) -> int:
        self._count += 1
        return self._count
