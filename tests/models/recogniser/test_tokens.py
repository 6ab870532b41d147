from __future__ import annotations

import math

import pytest

from models.recogniser.port import RecognisedWord
from models.recogniser.tokens import words_of_tokens


def test_tokens_become_words_that_end_where_the_next_begins() -> None:
    tokens = ["▁GOOD", "▁EVE", "N", "ING"]
    words = words_of_tokens(tokens, [0.1, 0.16, 0.3, 0.4], [0.0, 0.0, math.log(0.5), 0.0])
    assert words[0] == RecognisedWord("good", 100, 160, 1.0)
    assert (words[1].text, words[1].start_ms, words[1].end_ms) == ("evening", 160, 520)
    assert words[1].confidence == pytest.approx(0.5 ** (1 / 3))


def test_the_first_token_begins_a_word_whatever_it_looks_like() -> None:
    assert [w.text for w in words_of_tokens(["so", " far"], [0.0, 0.2], [])] == ["so", "far"]


def test_without_times_and_probabilities_there_are_none() -> None:
    (word,) = words_of_tokens(["▁yes"], [], [])
    assert (word.start_ms, word.confidence) == (0, None)


def test_no_tokens_are_no_words() -> None:
    assert words_of_tokens([], [], []) == ()
    assert words_of_tokens(["▁"], [0.1], []) == ()
