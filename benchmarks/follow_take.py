"""One take as the session hears it: positions by its rules, the line's end by its rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.miscues import Take
from benchmarks.spoken_lines import Ear, listen
from dsp.clock import HOP_MS
from models.following.heard import Heard, WordHeard
from models.following.settings import FollowingSettings
from rehearsal_server.protocol.fields import Options
from rehearsal_server.session.line_end import is_over
from rehearsal_server.session.word_position import WordPosition
from rehearsal_server.session.words_heard import as_change

# Something else that is shorter is a breath or a click.
SHORTEST_OTHER_MS = 200
_NEAR_MS = 150


@dataclass(frozen=True, slots=True)
class Followed:
    """What came of a take.

    Attributes
    ----------
    take : Take
    path : tuple of WordHeard
        When it was over.
    tracked : int
        Words that were said and found where they were said.
    end_errors_ms : tuple of int
        For each of these, found end minus true end.
    progress_latencies_ms : tuple of int
        For each word that was said in its turn, when its `progress` came minus its end.
    end_latency_ms : int or None
        When the line was over by its words, minus the end of its last word; None if never.
    """

    take: Take
    path: tuple[WordHeard, ...]
    tracked: int
    end_errors_ms: tuple[int, ...]
    progress_latencies_ms: tuple[int, ...]
    end_latency_ms: int | None
    ended_by_words: bool

    @property
    def skips_made(self) -> int:
        """Words of the line that were left out."""
        return len(set(range(len(self.take.text))) - set(self.take.said))

    @property
    def skips_found(self) -> int:
        """Those of them that are not on the path."""
        left_out = set(range(len(self.take.text))) - set(self.take.said)
        return len(left_out - {word.word for word in self.path})

    @property
    def insertion_found(self) -> bool:
        """Whether something else was heard about where it was said."""
        assert self.take.other_ms is not None
        start_ms, end_ms = self.take.other_ms
        before_ms = 0
        for word in self.path:
            is_near = before_ms < end_ms + _NEAR_MS and word.start_ms > start_ms - _NEAR_MS
            if word.other_ms >= SHORTEST_OTHER_MS and is_near:
                return True
            before_ms = word.end_ms
        return False

    @property
    def false_insertions(self) -> int:
        """How often something else was heard where nothing was."""
        return sum(word.other_ms >= SHORTEST_OTHER_MS for word in self.path)

    @property
    def repeat_found(self) -> bool:
        """Whether some word is on the path twice."""
        return len({word.word for word in self.path}) < len(self.path)


def follow_takes(
    ear: Ear, takes: Sequence[Take], settings: FollowingSettings | None = None
) -> list[Followed]:
    """Follow every take, many at a time."""
    by_length = sorted(takes, key=lambda take: len(take.samples))
    heard = listen(
        ear,
        [(take.samples, ear.graph(take.text)) for take in by_length],
        settings or FollowingSettings(),
    )
    return [_judge(take, hops) for take, hops in zip(by_length, heard, strict=True)]


def _judge(take: Take, hops: Sequence[Heard]) -> Followed:
    place = WordPosition(len(take.text))
    told: tuple[WordHeard, ...] = ()
    said_at_ms: dict[int, int] = {}
    over_ms: int | None = None
    for number, heard in enumerate(hops, start=1):
        place.hear(as_change(told, heard))
        told = heard.words
        for word in range(place.words_said):
            said_at_ms.setdefault(word, number * HOP_MS)
        if over_ms is None and _is_over(place):
            over_ms = number * HOP_MS
    end_ms = int(take.said_ms[-1, 1]) if len(take.said_ms) else 0
    found = _find(take, place.words)
    return Followed(
        take=take,
        path=place.words,
        tracked=len(found),
        end_errors_ms=tuple(found),
        progress_latencies_ms=_progress(take, said_at_ms),
        end_latency_ms=None if over_ms is None else over_ms - end_ms,
        ended_by_words=over_ms is not None,
    )


def _is_over(place: WordPosition) -> bool:
    """By the words alone: however long it was silent before, the line would not end otherwise."""
    return is_over(place.position(), 0, Options(), patience_ms=0)


def _find(take: Take, path: Sequence[WordHeard]) -> list[int]:
    """Errors of the ends of those words that are on the path where they were said."""
    errors = []
    for word, (start_ms, end_ms) in zip(take.said, take.said_ms.tolist(), strict=True):
        at = [w for w in path if w.word == word and w.start_ms < end_ms and w.end_ms > start_ms]
        if at:
            errors.append(at[0].end_ms - end_ms)
    return errors


def _progress(take: Take, said_at_ms: dict[int, int]) -> tuple[int, ...]:
    in_turn = take.said == tuple(range(len(take.text)))
    if not in_turn:
        return ()
    return tuple(
        said_at_ms[word] - end_ms
        for word, (_, end_ms) in zip(take.said, take.said_ms.tolist(), strict=True)
        if word in said_at_ms
    )
