"""The words that a stream has said of its line, kept as its best path changes its mind."""

from __future__ import annotations

from models.acoustic.front_end import FRAME_MS
from models.following.heard import WordHeard
from models.following.trellis import NOWHERE, OTHER_FLAG, Record, Trellis


class WordPath:
    """The best path of one stream, traced as far as it is new.

    Parameters
    ----------
    origin_ms : int
        Time of the line's first frame.
    """

    def __init__(self, origin_ms: int) -> None:
        self._origin_ms = origin_ms
        self._pointers: list[int] = []
        self._words: list[WordHeard] = []
        self.words: tuple[WordHeard, ...] = ()

    def follow(self, trellis: Trellis, slot: int, pointer: int) -> tuple[WordHeard, ...]:
        """Take the path that ends in `pointer`; all of its words, oldest first."""
        target = pointer & ~OTHER_FLAG
        if target == (self._pointers[-1] if self._pointers else NOWHERE):
            return self.words
        known = {number: place for place, number in enumerate(self._pointers)}
        new: list[tuple[int, Record]] = []
        kept = 0
        while target != NOWHERE:
            if target in known:
                kept = known[target] + 1
                break
            record = trellis.record(slot, target)
            if record is None:
                # Older than the records reach: what was known of that time still holds.
                kept = self._count_ended_before(new[-1][1].entered if new else 0)
                break
            new.append((target, record))
            target = record.before & ~OTHER_FLAG
        self._replace(kept, new[::-1], trellis, slot)
        return self.words

    def _count_ended_before(self, frame: int) -> int:
        limit_ms = self._time_ms(frame)
        return sum(word.end_ms <= limit_ms for word in self._words)

    def _replace(
        self, kept: int, new: list[tuple[int, Record]], trellis: Trellis, slot: int
    ) -> None:
        del self._pointers[kept:], self._words[kept:]
        for number, record in new:
            other_frames = 0
            if record.before & OTHER_FLAG:
                since = self._frame(self._words[-1].end_ms) if self._words else 0
                other_frames = trellis.sounding_frames(slot, since, record.entered)
            self._pointers.append(number)
            self._words.append(self._heard(record, other_frames))
        self.words = tuple(self._words)

    def _heard(self, record: Record, other_frames: int) -> WordHeard:
        frames = record.ended + 1 - record.entered
        return WordHeard(
            word=record.word,
            start_ms=self._time_ms(record.entered),
            end_ms=self._time_ms(record.ended + 1),
            fit=(record.score - record.score_before) / frames,
            other_ms=other_frames * FRAME_MS,
        )

    def _frame(self, time_ms: int) -> int:
        return (time_ms - self._origin_ms) // FRAME_MS

    def _time_ms(self, frame: int) -> int:
        return self._origin_ms + frame * FRAME_MS
