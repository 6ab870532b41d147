"""What came of a rehearsal: every message in order, and what was heard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from rehearsal_server.client import Received
from rehearsal_server.client.speakerphone import Utterance
from rehearsal_server.protocol.server_messages import (
    LineResult,
    SceneLine,
    ServerMessage,
    Started,
    Timing,
)

_Message = TypeVar("_Message", bound=ServerMessage)


@dataclass
class Take:
    """One run of a scene."""

    started: Started
    received: list[Received] = field(default_factory=list)
    heard: list[Utterance] = field(default_factory=list)

    def messages(self, kind: type[_Message]) -> Iterator[_Message]:
        """All messages of a type, in order."""
        return (r.message for r in self.received if isinstance(r.message, kind))

    @property
    def actors_lines(self) -> list[SceneLine]:
        """Lines of the role that was rehearsed."""
        return [line for line in self.started.lines if line.character == self.started.role]

    @property
    def partners_lines(self) -> list[SceneLine]:
        """Lines that the server spoke."""
        return [line for line in self.started.lines if line.character != self.started.role]

    def timings(self) -> dict[tuple[str, int], Timing]:
        """The timing that stands for each line and take: a later one replaces an earlier one."""
        return {(timing.line_id, timing.take): timing for timing in self.messages(Timing)}

    def results(self) -> dict[tuple[str, int], LineResult]:
        """The result that stands for each line and take."""
        return {(result.line_id, result.take): result for result in self.messages(LineResult)}
