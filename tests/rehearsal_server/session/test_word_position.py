from __future__ import annotations

import pytest

from models.acoustic.front_end import LATENCY_MS
from models.following.heard import NO_WORD, Heard, WordHeard
from rehearsal_server.session.word_position import SURE_FIT, WordPosition
from rehearsal_server.session.words_heard import as_change

WORDS = 6


def word(number: int, *, fit: float = 1.0) -> WordHeard:
    return WordHeard(number, 200 * number, 200 * number + 200, fit, 0)


class Line:
    """A line of six words, told hop by hop."""

    def __init__(self) -> None:
        self.place = WordPosition(WORDS)
        self.end_ms = 0
        self._told: tuple[WordHeard, ...] = ()

    def hear(
        self, *said: WordHeard, inside: int = NO_WORD, is_late: bool = False, hops: int = 1
    ) -> None:
        for _ in range(hops):
            self.end_ms += 20
            boundary = NO_WORD if inside != NO_WORD else (said[-1].word + 1 if said else 0)
            heard = Heard(self.end_ms, said, inside, is_late, boundary, inside == NO_WORD)
            self.place.hear(as_change(self._told, heard))
            self._told = said


def silent_ms(line: Line) -> int:
    end = line.place.position().end
    assert end is not None
    return end.silent_ms


def test_words_are_counted_as_they_are_said() -> None:
    line = Line()
    line.hear(inside=0)
    assert line.place.words_said == 0
    line.hear(inside=0, is_late=True)
    assert line.place.words_said == 1
    line.hear(word(0), inside=1)
    assert line.place.words_said == 1


def test_a_large_jump_takes_two_of_three_readings() -> None:
    line = Line()
    line.hear(word(0), inside=1)
    line.hear(word(0), inside=5)
    assert line.place.words_said == 1
    line.hear(word(0), inside=1)
    line.hear(word(0), inside=5, hops=4)
    assert line.place.words_said == 5


def test_going_back_takes_two_of_three_readings() -> None:
    line = Line()
    line.hear(word(0), word(1), word(2), inside=3)
    line.hear(word(0), word(1), word(2), inside=0)
    assert line.place.words_said == 3
    line.hear(word(0), word(1), word(2), inside=0, hops=4)
    assert line.place.words_said == 0


def test_silence_counts_from_the_last_word() -> None:
    line = Line()
    said = tuple(word(number) for number in range(WORDS))
    line.end_ms = 1200 + LATENCY_MS - 80
    line.hear(*said[:3])
    line.hear(*said, hops=3)
    assert silent_ms(line) == 0
    line.hear(*said, hops=5)
    assert silent_ms(line) == 100


def test_before_the_last_word_there_is_no_end() -> None:
    line = Line()
    line.hear(word(0), word(1), hops=50)
    assert line.place.position().end is None


def test_words_that_hardly_fit_are_not_surely_said() -> None:
    line = Line()
    said = tuple(word(number, fit=-5.0 if number < 3 else 1.0) for number in range(WORDS))
    line.hear(*said)
    position = line.place.position()
    assert position.heard_share == 0.5
    assert {word.word for word in line.place.words if word.fit > SURE_FIT} == {3, 4, 5}


def test_confidence_follows_the_fit() -> None:
    sure, unsure = Line(), Line()
    sure.hear(word(0, fit=2.0))
    unsure.hear(word(0, fit=-4.0))
    assert sure.place.position().confidence > 0.9
    assert unsure.place.position().confidence < 0.3


def test_a_path_may_change_its_mind() -> None:
    line = Line()
    line.hear(word(0), word(1), word(2))
    line.hear(word(0), word(3))
    assert [w.word for w in line.place.words] == [0, 3]


@pytest.mark.parametrize("told", [(), (word(0),), (word(0), word(2))])
def test_a_change_tells_only_what_is_new(told: tuple[WordHeard, ...]) -> None:
    now = (word(0), word(1))
    change = as_change(told, Heard(20, now, NO_WORD, False, 2, True))
    assert (*told[: change.kept], *change.words) == now
    assert change.kept == min(len(told), 1)
