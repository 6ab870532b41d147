"""A loudspeaker beside the microphone, on the microphone's clock. No socket, no clock of its own.

Partner utterances are played one after another. The server is told at which microphone sample the
listener heard each begin and end: the actor's pick-up is measured from there.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from rehearsal_server.protocol.audio import AudioFlags, AudioHeader
from rehearsal_server.protocol.client_messages import Playback
from rehearsal_server.protocol.fields import SpokenWord
from rehearsal_server.protocol.server_messages import Voice

_BYTES_PER_SAMPLE = 2
_Heard = Literal["started", "ended", "stopped"]


@dataclass
class Utterance:
    """One partner utterance, as far as it has arrived. Positions are microphone samples."""

    number: int
    line_id: str
    sample_rate: int
    words: tuple[SpokenWord, ...] = ()
    samples: int = 0
    frames: list[bytes] = field(default_factory=list)  # empty unless audio is kept
    is_complete: bool = False
    # Microphone samples of silence inside it, where audio came too late.
    gaps: int = 0
    # When its first frame arrived, when it was first heard, and when it was last heard.
    arrived_at: int | None = None
    started_at: int | None = None
    ended_at: int | None = None

    @property
    def pcm(self) -> bytes:
        """Mono s16le at `sample_rate`; empty unless audio is kept."""
        return b"".join(self.frames)


class Speakerphone:
    """Plays what arrives and notes what was heard when."""

    def __init__(self, sample_rate: int, *, keep_audio: bool = False) -> None:
        self._sample_rate = sample_rate
        self._keep_audio = keep_audio
        # Announced and not yet heard; only the first can be playing.
        self._queue: dict[int, Utterance] = {}
        # Every utterance that was ever announced: after a resume they may be announced again.
        self._known: set[int] = set()
        self._free_from = 0
        self._marks: list[Playback] = []
        # Heard to their end or cut short, the newest last.
        self.heard: list[Utterance] = []

    def receive(self, voice: Voice, position: int) -> None:
        """Take in word of an utterance, at a microphone position."""
        if voice.state == "started" and voice.utterance not in self._known:
            self._known.add(voice.utterance)
            self._queue[voice.utterance] = Utterance(
                voice.utterance, voice.line_id, voice.sample_rate
            )
        utterance = self._queue.get(voice.utterance)
        if utterance is None:
            return
        utterance.words = voice.words or utterance.words
        if voice.state == "complete":
            utterance.is_complete = True
        elif voice.state in ("cancelled", "failed"):
            self._cut(utterance, position)

    def receive_frame(self, header: AudioHeader, samples: memoryview, position: int) -> None:
        """Take in audio; frames of an utterance that was cut short may still be on the wire."""
        utterance = self._queue.get(header.stream)
        if utterance is None or (len(samples) and header.position < utterance.samples):
            return
        if utterance.arrived_at is None and len(samples):
            utterance.arrived_at = position
        self._play(position)
        self._wait_for_late_audio(utterance, position)
        utterance.samples += len(samples) // _BYTES_PER_SAMPLE
        if self._keep_audio:
            utterance.frames.append(bytes(samples))
        if header.flags & AudioFlags.END:
            utterance.is_complete = True

    def keep_only(self, speaking: Collection[int], position: int) -> None:
        """Cut short whatever else is playing: it was while nobody could say so."""
        for utterance in [u for u in self._queue.values() if u.number not in speaking]:
            self._cut(utterance, position)

    def marks_until(self, position: int) -> list[Playback]:
        """Play on to a microphone position; what was heard since the last call, in order."""
        self._play(position)
        marks, self._marks = self._marks, []
        return marks

    def _play(self, position: int) -> None:
        for utterance in list(self._queue.values()):
            self._start(utterance, position)
            if not utterance.is_complete:
                return
            if not utterance.samples:
                del self._queue[utterance.number]
                continue
            end = self._end(utterance)
            if end is None or end > position:
                return
            self._finish(utterance, "ended", end)

    def _start(self, utterance: Utterance, position: int) -> None:
        if utterance.started_at is not None or utterance.arrived_at is None:
            return
        start = max(utterance.arrived_at, self._free_from)
        if start <= position:
            utterance.started_at = start
            self._mark(utterance, "started", start)

    def _cut(self, utterance: Utterance, position: int) -> None:
        self._play(position)
        if utterance.started_at is None:
            self._queue.pop(utterance.number, None)
        elif utterance.ended_at is None:
            self._finish(utterance, "stopped", max(position, utterance.started_at))

    def _finish(self, utterance: Utterance, state: _Heard, at: int) -> None:
        del self._queue[utterance.number]
        utterance.ended_at = self._free_from = at
        self.heard.append(utterance)
        self._mark(utterance, state, at)

    def _mark(self, utterance: Utterance, state: _Heard, position: int) -> None:
        at_ms = round(1000 * position / self._sample_rate)
        self._marks.append(Playback(utterance=utterance.number, state=state, at_ms=at_ms))

    def _end(self, utterance: Utterance) -> int | None:
        """Microphone position after the last sample that has arrived, once it is being heard."""
        if utterance.started_at is None:
            return None
        heard = round(utterance.samples * self._sample_rate / utterance.sample_rate)
        return utterance.started_at + heard + utterance.gaps

    def _wait_for_late_audio(self, utterance: Utterance, position: int) -> None:
        """Note the gap that the listener heard if an utterance ran dry."""
        end = self._end(utterance)
        if end is not None and end < position:
            utterance.gaps += position - end
