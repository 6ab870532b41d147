"""Who spoke when: the microphone's speech as spans on the sample clock."""

from __future__ import annotations

from rehearsal_server.session.hop import Hop
from rehearsal_server.session.intervals import Span, subtract

# What is left of the partner's voice in the room is shorter than any word.
MIN_SPEECH_MS = 100


class SpeechTrack:
    """Speech spans of a stream, kept as long as a turn may still look back at them."""

    def __init__(self) -> None:
        self._closed: list[Span] = []
        # Onset of the speech that is still going on.
        self._open_since_ms: int | None = None
        # Stretches in which the microphone hears the server's own voice.
        self._masks: list[Span] = []
        self.now_ms = 0

    @property
    def is_speaking(self) -> bool:
        """Whether speech is going on."""
        return self._open_since_ms is not None

    def hear(self, hop: Hop) -> None:
        """Take in the next hop."""
        self.now_ms = hop.end_ms
        if hop.onset_ms is not None:
            self._open_since_ms = hop.onset_ms
        if hop.offset_ms is not None:
            self.close(hop.offset_ms)

    def close(self, at_ms: int) -> None:
        """End the speech that is going on, if any is."""
        if self._open_since_ms is not None and at_ms > self._open_since_ms:
            self._closed.append(Span(self._open_since_ms, at_ms))
        self._open_since_ms = None

    def mask(self, span: Span) -> None:
        """Do not take speech in `span` for the actor's."""
        self._masks.append(span)

    def spans(self, since_ms: int) -> list[Span]:
        """The actor's speech from `since_ms` on; the last span may still be growing."""
        spans = list(self._closed)
        if self._open_since_ms is not None:
            spans.append(Span(self._open_since_ms, self.now_ms))
        visible = subtract(spans, [Span(0, since_ms), *self._masks])
        return [span for span in visible if span.length_ms >= MIN_SPEECH_MS]

    def forget_before(self, at_ms: int) -> None:
        """Drop what no turn can look back at any more."""
        self._closed = [span for span in self._closed if span.end_ms > at_ms]
        self._masks = [span for span in self._masks if span.end_ms > at_ms]
