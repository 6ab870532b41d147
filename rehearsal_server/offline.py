"""A session without a network: the same audio and messages through the same core.

Used by `replay` and `analyze`, and by the tests: what comes out depends on the samples and on where
between them the messages stand, not on how the audio was cut or when it came.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from dsp.bank import StreamBank
from rehearsal_server.following.offline import OfflineListener
from rehearsal_server.live.analysis import Hops, MicrophoneIntake, to_hops
from rehearsal_server.protocol.client_messages import ClientMessage
from rehearsal_server.protocol.fields import AudioFormat
from rehearsal_server.protocol.server_messages import Event, ServerMessage
from rehearsal_server.session.hop import Hop
from rehearsal_server.session.requests import FollowLine, Request, Speak, StopFollowing
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
    listener : follows the words of the plan's lines; needed if it has any that are followed
    lost : why the words of a line were lost, by the moment when they were
    asked : is told of the requests that have no answer here
    """

    session: Session
    audio: AudioFormat
    voice_length_ms: Callable[[Speak], int | None]
    beside: Sequence[Event] = ()
    listener: OfflineListener | None = None
    lost: Mapping[int, str] = field(default_factory=dict)
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
                yield from self.hear(hop, samples)

    def begin(self) -> Iterator[ServerMessage]:
        """Messages that open the session."""
        yield from self._settle(self.session.begin())

    def receive(self, message: ClientMessage) -> Iterator[ServerMessage]:
        """Messages that a client's message brings."""
        yield from self._settle(self.session.receive(message))

    def hear(self, hop: Hop, samples: Hops | None = None) -> Iterator[ServerMessage]:
        """Messages that one hop brings; its samples are for the listener."""
        reason = self.lost.get(self.session.now_ms)
        if reason is not None and self.session.listening is not None:
            yield from self._settle(self.session.lose_words(reason))
        if self.listener is not None and samples is not None:
            words = self.listener.hear(samples, hop.end_ms)
            if words is not None and self.session.listening is not None:
                yield from self._settle(self.session.hear_words(words))
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
            elif isinstance(output, FollowLine | StopFollowing):
                self._listen(output)
            else:
                self.asked(output)
            if not waiting:
                waiting.extend(self._due_beside())

    def _listen(self, request: FollowLine | StopFollowing) -> None:
        if self.listener is None:
            raise ValueError("the plan has lines to follow; give a listener")
        if isinstance(request, FollowLine):
            self.listener.follow(request)
        else:
            self.listener.stop(request)

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
