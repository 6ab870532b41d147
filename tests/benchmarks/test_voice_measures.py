"""The benchmark of voice measures, run once and small, so that it cannot rot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import voice_measures
from benchmarks.rhythm_accuracy import Found, Spoken, detection_table, syllable_count_table
from benchmarks.textgrid import Interval, read_textgrid
from tests.shared_data import ROOT, shared_data

TEXTGRID = """File type = "ooTextFile"
Object class = "TextGrid"

0
2.5
<exists>
1
"IntervalTier"
"words"
0
2.5
3
0
1.05
""
1.05
1.5
"um"
1.5
2.5
"the ""so"" word"
"""


def test_everything_is_measured() -> None:
    shared_data("mfa_voices")
    report = voice_measures.run(ROOT, every=60, clips_per_speaker=1)
    for title, rows in report.tables.items():
        assert rows or report.absent, title
    assert report.as_json()


def test_textgrids_give_their_intervals(tmp_path: Path) -> None:
    path = tmp_path / "short.TextGrid"
    path.write_text(TEXTGRID)
    assert read_textgrid(path) == {
        "words": [
            Interval(0.0, 1.05, ""),
            Interval(1.05, 1.5, "um"),
            Interval(1.5, 2.5, 'the "so" word'),
        ]
    }


def test_other_files_are_no_textgrids(tmp_path: Path) -> None:
    path = tmp_path / "long.TextGrid"
    path.write_text('File type = "ooTextFile"\nObject class = "TextGrid"\nxmin = 0\n')
    with pytest.raises(ValueError, match="short form"):
        read_textgrid(path)


def test_counts_and_hits_are_added_up() -> None:
    silence = np.zeros(16_000 * 60, np.float32)
    vowels = [Interval(0.1, 0.2, "AA"), Interval(0.5, 0.6, "IY")]
    um = [Interval(3.0, 3.5, "um")]
    spoken = [Spoken("free", silence, 2, vowels, um), Spoken("read", silence, 4, None, [])]
    nothing = np.zeros((0, 2))
    found = [
        Found(np.array([0.15, 0.9]), np.array([[3.1, 3.6], [8.0, 8.4]])),
        Found(np.array([1.0, 2.0, 3.0]), np.array([[1.0, 1.3]])),
    ]
    counts = syllable_count_table(spoken, found)
    assert [row["mean_error_percent"] for row in counts] == [0.0, -25.0]
    nuclei, pauses = detection_table(spoken, found)
    assert (nuclei["precision"], nuclei["recall"]) == (0.5, 0.5)
    assert (pauses["precision"], pauses["recall"]) == (0.5, 1.0)
    assert pauses["false_per_minute_read"] == pytest.approx(1.0)
    assert detection_table(spoken[1:], [Found(np.zeros(0), nothing)])[0]["labelled"] == 0
