"""A session without a network: the same audio and messages through the same core.

Used by `replay` and `analyze`, and by the tests: what comes out depends on the samples and on where
between them the messages stand, not on how the audio was cut or when it came.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dsp.bank import StreamBank
from rehearsal_server.live.analysis import MicrophoneIntake, to_hops
from rehearsal_server.protocol.client_messages import ClientMessage
from rehearsal_server.protocol.fields import AudioFormat
from rehearsal_server.protocol.server_messages import Event, ServerMessage
from rehearsal_server.session.hop import Hop
from rehearsal_server.session.requests import Request, Speak
from rehearsal_server.session.scene import Output
from rehearsal_server.session.session import Session


def _nobody(_request: Request) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True)
class OfflineSession:
    """Runs one session from its inputs.

    Parameters
    ----------
    session : not yet begun
    audio : format of the chunks
    voice_length_ms : what a voice engine would answer, at once: how long an utterance lasts, 0 if
        it can't be spoken, None if it was cut off before that was known
    beside : events that another engine gave beside the session, such as transcripts and remarks on
        how a line came across; each is told again where its number is due
    asked : is told of the requests that have no answer here
    """

    session: Session
    audio: AudioFormat
    voice_length_ms: Callable[[Speak], int | None]
    beside: Sequence[Event] = ()
    asked: Callable[[Request], None] = _nobody

    def run(self, inputs: Iterable[bytes | ClientMessage]) -> Iterator[ServerMessage]:
        """Messages to the client, as chunks and messages come in."""
        intake, bank = MicrophoneIntake(self.audio), StreamBank(1)
        slot = np.array([bank.acquire()])
        yield from self.begin()
        for item in inputs:
            if isinstance(item, ClientMessage):
                yield from self.receive(item)
                continue
            for samples in intake.push(item):
                (hop,) = to_hops(bank.step(slot, samples[None]))
                yield from self.hear(hop)

    def begin(self) -> Iterator[ServerMessage]:
        """Messages that open the session."""
        yield from self._settle(self.session.begin())

    def receive(self, message: ClientMessage) -> Iterator[ServerMessage]:
        """Messages that a client's message brings."""
        yield from self._settle(self.session.receive(message))

    def hear(self, hop: Hop) -> Iterator[ServerMessage]:
        """Messages that one hop brings."""
        yield from self._settle(self.session.hear(hop))

    def _settle(self, outputs: list[Output]) -> Iterator[ServerMessage]:
        """Answer the session's requests until it has none."""
        waiting = deque(outputs)
        while waiting:
            output = waiting.popleft()
            if isinstance(output, ServerMessage):
                yield output
            elif isinstance(output, Speak):
                waiting.extend(self._voice_answer(output))
            else:
                self.asked(output)
            if not waiting:
                waiting.extend(self._due_beside())

    def _due_beside(self) -> list[Output]:
        number = self.session.events + 1
        return [self.session.number(event) for event in self.beside if event.event == number]

    def _voice_answer(self, request: Speak) -> list[Output]:
        length_ms = self.voice_length_ms(request)
        if length_ms is None:
            return []
        if length_ms == 0:
            return self.session.voice_failed(request.utterance)
        return self.session.voice_ready(request.utterance, length_ms)
