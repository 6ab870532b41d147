from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_server.scripts.durations import expected_duration_ms, expected_phonation_ms
from tests.shared_data import shared_data


def test_syllables_at_the_articulation_rate() -> None:
    assert expected_phonation_ms(9) == 2000
    assert expected_duration_ms("I like the cap.") == expected_phonation_ms(4)


def test_punctuation_inside_a_line_takes_time() -> None:
    plain = expected_duration_ms("no no")
    assert expected_duration_ms("No, no.") == plain + 250
    assert expected_duration_ms("No—no—") == plain + 250
    assert expected_duration_ms("No. No!") == plain + 500
    assert expected_duration_ms("No… no...") == plain + 700


def test_a_line_without_words_takes_no_time() -> None:
    assert expected_duration_ms("... — !") == 0


@given(st.text(alphabet="ab ,.—"), st.text(alphabet="ab ,.—"))
def test_more_text_never_takes_less_time(first: str, second: str) -> None:
    assert expected_duration_ms(f"{first} {second}") >= expected_duration_ms(first)


@pytest.mark.parametrize("corpus", ["austen", "ljspeech"])
def test_read_speech_takes_about_as_long(corpus: str) -> None:
    """Over a whole corpus; a single line varies more than any count of syllables can tell."""
    with shared_data(f"{corpus}/manifest.csv").open(encoding="utf-8", newline="") as manifest:
        rows = list(csv.DictReader(manifest))
    expected_s = sum(expected_duration_ms(row["text"]) for row in rows) / 1000
    edges_s = 0.4 * len(rows)  # the silence before and after the speech in each file
    recorded_s = sum(float(row["seconds"]) for row in rows) - edges_s
    print(f"{corpus}: expected {expected_s:.1f} s, recorded {recorded_s:.1f} s")
    assert expected_s == pytest.approx(recorded_s, rel=0.1)
