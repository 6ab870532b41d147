"""The transcript of one session: what its microphone hears, as messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from models.recogniser.port import RecognisedWord
from rehearsal_server.protocol.fields import HeardWord
from rehearsal_server.protocol.server_messages import Error, Transcript
from rehearsal_server.session.hop import Hop
from rehearsal_server.transcripts.transcriber import NotTranscribed, Transcribed, Transcriber
from rehearsal_server.transcripts.utterances import HopAudio, Piece, UtteranceCutter, UtteranceEnd

# The last words of a session are waited for so long, and are lost after that.
_FINISH_S = 5.0


class LiveTranscript:
    """From hops to `transcript` messages.

    Parameters
    ----------
    transcriber : the engine
    tell : takes each message, on the event loop
    """

    def __init__(
        self, transcriber: Transcriber, tell: Callable[[Transcript | Error], None]
    ) -> None:
        self._cutter = UtteranceCutter()
        self._stream = transcriber.open(self._deliver)
        self._tell = tell

    def hear(self, hops: Iterable[Hop], audio: Iterable[HopAudio]) -> None:
        """Take in hops with their audio, one row for each."""
        for hop, samples in zip(hops, audio, strict=True):
            self._send(self._cutter.hear(hop, samples))

    def stall(self) -> None:
        """The microphone fell silent on the wire: the utterance ends here."""
        self._send(self._cutter.close())

    async def finish(self) -> None:
        """End the transcript; its last messages are told before this returns."""
        self.stall()
        await self._stream.drain(_FINISH_S)
        self._stream.close()

    def close(self) -> None:
        """Let go of the engine; what is on its way is dropped."""
        self._stream.close()

    def _send(self, items: Iterable[Piece | UtteranceEnd]) -> None:
        for item in items:
            self._stream.send(item)

    def _deliver(self, told: Transcribed | NotTranscribed) -> None:
        self._tell(_message(told) if isinstance(told, Transcribed) else _gap(told))


def _message(told: Transcribed) -> Transcript:
    hypothesis = told.hypothesis
    confidence = hypothesis.confidence
    return Transcript(
        text=hypothesis.text,
        final=hypothesis.is_final,
        words=tuple(_heard_word(word, told.start_ms) for word in hypothesis.words),
        engine=told.engine,
        confidence=None if confidence is None else round(confidence, 3),
    )


def _heard_word(word: RecognisedWord, utterance_start_ms: int) -> HeardWord:
    return HeardWord(
        text=word.text,
        start_ms=utterance_start_ms + word.start_ms,
        end_ms=utterance_start_ms + word.end_ms,
        confidence=None if word.confidence is None else round(word.confidence, 3),
    )


def _gap(told: NotTranscribed) -> Error:
    return Error(
        code="overload",
        message=f"words are missing from the transcript: {told.reason}",
        fatal=False,
        retryable=True,
    )
