from __future__ import annotations

import pytest

from rehearsal_server.voices.engine import Word
from rehearsal_server.voices.flite.command import Phone
from rehearsal_server.voices.flite.phones import spoken_interval, timed_words
from rehearsal_server.voices.spoken import spoken_text

SPOKEN = spoken_text("Hello, you.")
# hh ax l ow | y uw, as flite says them.
PHONES = (
    Phone("pau", 0, 200),
    Phone("hh", 200, 260),
    Phone("ax", 260, 300),
    Phone("l", 300, 400),
    Phone("ow", 400, 520),
    Phone("pau", 520, 700),
    Phone("y", 700, 800),
    Phone("uw", 800, 1000),
    Phone("pau", 1000, 1200),
)


def times(words: tuple[Word, ...]) -> list[tuple[str, int, int, bool]]:
    return [(word.text, word.start_ms, word.end_ms, word.estimated) for word in words]


def test_words_last_from_their_first_phone_to_their_last() -> None:
    words = timed_words(SPOKEN, SPOKEN.words, [4, 2], PHONES, offset_ms=-190)
    assert times(words) == [("Hello", 10, 330, False), ("you", 510, 810, False)]


@pytest.mark.parametrize("phone_counts", [[6, 3], [8, 4], [5, 3]])
def test_words_said_otherwise_are_estimated(phone_counts: list[int]) -> None:
    words = timed_words(SPOKEN, SPOKEN.words, phone_counts, PHONES, offset_ms=0)
    assert times(words) == [("Hello", 200, 520, True), ("you", 700, 1000, True)]


@pytest.mark.parametrize("phone_counts", [[], [6], [4, 1, 1], [6, 0]])
def test_without_a_count_for_each_word_their_letters_count(phone_counts: list[int]) -> None:
    words = timed_words(SPOKEN, SPOKEN.words, phone_counts, PHONES, offset_ms=0)
    assert times(words) == [("Hello", 200, 520, True), ("you", 700, 1000, True)]


def test_more_words_than_phones_still_all_have_a_time() -> None:
    spoken = spoken_text("a b c d e f g h i j k l")
    words = timed_words(spoken, spoken.words, [1] * 12, PHONES, offset_ms=0)
    assert len(words) == 12
    assert all(word.start_ms < word.end_ms and word.estimated for word in words)


def test_silence_has_no_words() -> None:
    assert timed_words(SPOKEN, SPOKEN.words, [4, 2], PHONES[:1], offset_ms=0) == ()
    assert spoken_interval(PHONES[:1]) == (0, 0)


def test_speech_is_between_the_outer_pauses() -> None:
    assert spoken_interval(PHONES) == (200, 1000)
