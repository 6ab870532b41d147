from __future__ import annotations

from itertools import islice

import pytest

from benchmarks.read_lines import ReadLine, read_lines
from benchmarks.transcripts import Tally, first_partial_s, tally
from models.recogniser.engines import ENGINES
from models.recogniser.port import RecognisedWord
from tests.models.voices import voice
from tests.shared_data import ROOT, shared_data


def heard(text: str) -> list[RecognisedWord]:
    return [RecognisedWord(word, i, i + 1, 0.5) for i, word in enumerate(text.split())]


@pytest.mark.parametrize(
    ("said", "rate"),
    [
        ("the last train left", 0.0),
        ("the last bus left", 0.25),
        ("the train left", 0.25),
        ("the very last train left", 0.25),
        ("", 1.0),
    ],
)
def test_the_error_rate_counts_what_is_wrong_left_out_and_put_in(said: str, rate: float) -> None:
    found = Tally()
    found.add(ReadLine("c", "s", "The last train left", voice(1.0)), heard(said), 0.1)
    assert found.row("e", "whole", "c")["word_error_rate"] == rate


def test_every_table_is_filled_on_one_line() -> None:
    shared_data("austen")
    lines = list(islice(read_lines(ROOT, learners_each=0), 1, 2))
    recogniser = ENGINES["pocketsphinx"].load(None)
    whole, live = tally(recogniser, lines)
    assert (whole["way"], live["way"]) == ("whole", "live")
    for row in (whole, live):
        assert isinstance(row["word_error_rate"], float)
        assert row["word_error_rate"] < 0.5
    assert first_partial_s(recogniser, lines[0])
