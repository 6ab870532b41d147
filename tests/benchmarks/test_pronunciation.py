from __future__ import annotations

from itertools import islice

from benchmarks.pronunciation import (
    Judge,
    exchanged_phones,
    exchanged_words,
    invariance_table,
    score_table,
)
from benchmarks.read_lines import read_lines
from tests.shared_data import ROOT, shared_data


def test_every_table_is_filled_on_two_lines() -> None:
    shared_data("austen")
    judge = Judge()
    lines = list(islice(read_lines(ROOT, learners_each=0), 1, 3))
    native = next(iter(exchanged_phones(judge, lines)))
    assert isinstance(native["auc"], float)
    assert native["auc"] > 0.7
    assert exchanged_words(judge, lines)[0]["right_words"]
    scores, cost = score_table(judge, lines)
    assert {row["speech"] for row in scores} >= {"austen", "silence", "noise only"}
    assert cost > 0
    assert invariance_table(judge, lines[:1])[0]["accuracy_largest"] is not None
