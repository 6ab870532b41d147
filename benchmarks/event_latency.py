"""From what clients received and should have received to latencies by kind of event."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.expected_events import Expected, final_key, is_final
from benchmarks.paced_clients import ClientLog
from benchmarks.speech_loop import SAMPLE_RATE
from rehearsal_server.client import Received
from rehearsal_server.protocol.server_messages import Cue, Emotion, Level, ServerMessage, Speech

# Under load the newest meter or window wins; with fewer than this, it is no longer live.
_LEAST_PASSING = 0.9
# Events whose date is earlier than what decides them.
_DATED = frozenset(("speech started", "speech ended", "cue done"))


@dataclass(frozen=True)
class Distribution:
    """Latencies of one kind of event, in milliseconds."""

    count: int
    expected: int
    p50: float
    p95: float
    p99: float
    p999: float
    max: float


@dataclass
class Latencies:
    """Latencies of all clients of a run, by kind of event, in milliseconds."""

    # From when the deciding sample was due to be sent, to receipt.
    decided: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    # From when it happened in the audio, to receipt: waiting for silence is part of it.
    happened: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    expected: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, client: int, log: ClientLog, expected: Sequence[Expected]) -> None:
        """Take in what one client received and should have received."""
        self.expected.update(kind_of(one.message) for one in expected)
        self._add_events(client, log, [one for one in expected if is_final(one.message)])
        for kind in (Level, Emotion):
            theirs = [one for one in expected if isinstance(one.message, kind)]
            self._add_passing(client, log, kind, theirs)
        self._add_voices(log)
        if not log.saved:
            self._fault(client, "nothing was saved")

    def distributions(self) -> dict[str, Distribution]:
        """Summarise latencies from the deciding sample."""
        return {
            kind: _summarise(values, self.expected[kind])
            for kind, values in sorted(self.decided.items())
        }

    def distributions_from_happening(self) -> dict[str, Distribution]:
        """Summarise latencies from what is dated."""
        return {
            kind: _summarise(values, len(values)) for kind, values in sorted(self.happened.items())
        }

    def _add_events(self, client: int, log: ClientLog, expected: Sequence[Expected]) -> None:
        received = [one for one in log.received if is_final(one.message)]
        for number, one in enumerate(expected):
            if number >= len(received):
                missing = len(expected) - number
                self._fault(client, f"{missing} events missing, first {one.message}")
                return
            if final_key(received[number].message) != final_key(one.message):
                self._fault(client, f"got {received[number].message}, expected {one.message}")
                return
            self._add(log, received[number], one.decided_at)

    def _add_passing(
        self,
        client: int,
        log: ClientLog,
        kind: type[Level] | type[Emotion],
        expected: Sequence[Expected],
    ) -> None:
        decided_at = {
            one.message.at_ms: one.decided_at for one in expected if isinstance(one.message, kind)
        }
        seen = 0
        for received in log.received:
            message = received.message
            if isinstance(message, kind) and message.at_ms in decided_at and _is_told(message):
                seen += 1
                self._add(log, received, decided_at[message.at_ms])
        if seen < _LEAST_PASSING * len(expected):
            self._fault(client, f"{seen} messages `{_tag(kind)}` of {len(expected)}")

    def _add_voices(self, log: ClientLog) -> None:
        """From the cue to listen to the first frame of the partner's voice."""
        heard = {utterance.line_id: utterance for utterance in log.heard}
        self.expected["first voice frame"] += len(heard)
        for received in log.received:
            message = received.message
            if isinstance(message, Cue) and message.action == "listen":
                arrived_at = heard[message.line_id].arrived_at if message.line_id in heard else None
                if arrived_at is not None:
                    late_s = log.pace.due_s(arrived_at) - received.at_s
                    self.decided["first voice frame"].append(1000 * late_s)

    def _add(self, log: ClientLog, received: Received, decided_at: int) -> None:
        message, kind = received.message, kind_of(received.message)
        if not decided_at:
            # Decided by `start`, before any sample.
            self.expected[kind] -= 1
            return
        self.decided[kind].append(1000 * (received.at_s - log.pace.due_s(decided_at)))
        if isinstance(message, Speech | Cue) and kind in _DATED:
            happened_at = message.at_ms * SAMPLE_RATE // 1000
            self.happened[kind].append(1000 * (received.at_s - log.pace.due_s(happened_at)))

    def _fault(self, client: int, what: str) -> None:
        self.faults.append(f"client {client}: {what}")


def kind_of(message: ServerMessage) -> str:
    """Name the kind of event that a latency belongs to."""
    tag = _tag(type(message))
    match message:
        case Cue():
            return f"{tag} {message.action}"
        case Speech():
            return f"{tag} {message.state}"
    return tag


def _tag(kind: type[ServerMessage]) -> str:
    return str(kind.__struct_config__.tag)


def _is_told(message: Level | Emotion) -> bool:
    """Whether it says something, and not that the server could not."""
    return not isinstance(message, Emotion) or message.abstained not in ("overload", "failed")


def _summarise(values: Sequence[float], expected: int) -> Distribution:
    p50, p95, p99, p999 = np.percentile(values, [50, 95, 99, 99.9])
    figures = (round(float(figure), 2) for figure in (p50, p95, p99, p999, max(values)))
    return Distribution(len(values), expected, *figures)


def lateness_ms(logs: Sequence[ClientLog]) -> Iterator[float]:
    """How late each chunk was sent."""
    for log in logs:
        yield from (1000 * late_s for late_s in log.lateness_s)
