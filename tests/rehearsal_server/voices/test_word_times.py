from __future__ import annotations

from rehearsal_server.voices.engine import Word
from rehearsal_server.voices.spoken import spoken_text
from rehearsal_server.voices.word_times import WordTimer

LINE = "One, “two” three"  # spoken as "One, two three"
SPOKEN = spoken_text(LINE)
WHOLE = (0, len(SPOKEN.text))


def times(words: list[Word]) -> list[tuple[str, int, int, bool]]:
    return [(word.text, word.start_ms, word.end_ms, word.estimated) for word in words]


def test_a_word_lasts_until_the_next_or_the_end() -> None:
    timer = WordTimer(SPOKEN, WHOLE, begin_ms=0)
    assert timer.word_begins(0, 0) == []
    assert times(timer.word_begins(5, 300)) == [("One", 0, 300, False)]
    assert times(timer.word_begins(9, 500)) == [("two", 300, 500, False)]
    assert times(timer.finish(900)) == [("three", 500, 900, False)]


def test_a_pause_ends_a_word_before_the_next_begins() -> None:
    timer = WordTimer(SPOKEN, WHOLE, begin_ms=0)
    timer.word_begins(0, 0)
    timer.pause_begins(200)
    timer.pause_begins(250)
    assert times(timer.word_begins(5, 300)) == [("One", 0, 200, False)]
    timer.word_begins(9, 500)
    timer.pause_begins(880)
    assert times(timer.finish(900)) == [("three", 500, 880, False)]


def test_a_pause_at_the_very_beginning_ends_no_word_early() -> None:
    timer = WordTimer(SPOKEN, WHOLE, begin_ms=0)
    timer.pause_begins(0)
    timer.word_begins(0, 40)
    assert times(timer.word_begins(5, 300)) == [("One", 40, 300, False)]


def test_a_second_mark_inside_a_word_is_still_that_word() -> None:
    timer = WordTimer(SPOKEN, WHOLE, begin_ms=0)
    timer.word_begins(0, 0)
    timer.pause_begins(100)
    assert timer.word_begins(2, 150) == []
    assert times(timer.word_begins(5, 300)) == [("One", 0, 300, False)]


def test_a_mark_between_words_is_the_next_word() -> None:
    timer = WordTimer(SPOKEN, WHOLE, begin_ms=0)
    timer.word_begins(0, 0)
    assert times(timer.word_begins(4, 300)) == [("One", 0, 300, False)]


def test_words_without_a_mark_share_the_time_and_say_so() -> None:
    timer = WordTimer(SPOKEN, WHOLE, begin_ms=0)
    timer.word_begins(0, 100)
    assert times(timer.word_begins(9, 700)) == [("One", 100, 400, True), ("two", 400, 700, True)]


def test_without_any_mark_all_words_are_estimated() -> None:
    timer = WordTimer(SPOKEN, WHOLE, begin_ms=0)
    assert times(timer.finish(1100)) == [
        ("One", 0, 300, True),
        ("two", 300, 600, True),
        ("three", 600, 1100, True),
    ]


def test_a_later_passage_counts_from_its_own_beginning() -> None:
    timer = WordTimer(SPOKEN, (5, WHOLE[1]), begin_ms=2000)
    timer.word_begins(5, 10)
    words = timer.word_begins(9, 400) + timer.finish(800)
    assert times(words) == [("two", 2010, 2400, False), ("three", 2400, 2800, False)]
    assert [(LINE[w.char_start : w.char_end]) for w in words] == ["two", "three"]


def test_a_mark_behind_the_last_word_changes_nothing() -> None:
    timer = WordTimer(spoken_text("Yes!"), (0, 4), begin_ms=0)
    timer.word_begins(0, 0)
    assert timer.word_begins(3, 300) == []
    assert times(timer.finish(400)) == [("Yes", 0, 400, False)]
