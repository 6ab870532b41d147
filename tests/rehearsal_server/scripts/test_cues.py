from __future__ import annotations

import pytest

from rehearsal_server.scripts.cues import (
    Cue,
    colon_cue,
    own_line_cue,
    period_cue,
    stage_matcher,
)
from rehearsal_server.scripts.source import numbered


@pytest.mark.parametrize(
    ("line", "cue"),
    [
        ("Lane: Yes, sir.", Cue("Lane", "Yes, sir.")),
        ("Lady Bracknell (icily): A handbag?", Cue("Lady Bracknell (icily)", "A handbag?")),
        ("JACK: I said: no", Cue("JACK", "I said: no")),
        ("1st Soldier : Halt", Cue("1st Soldier", "Halt")),
        ("Lane:", Cue("Lane", "")),
        ("花子:はい", Cue("花子", "はい")),
    ],
)
def test_colon_cues(line: str, cue: Cue) -> None:
    assert colon_cue(line) == cue


@pytest.mark.parametrize(
    "line",
    [
        "He said: no",
        "http://example.org",
        "Scene: a garden",
        "CUT TO:",
        "10:30",
        "Well, Jack: no",
        "This is rather a long sentence that ends in: this",
        ": hello",
        "",
    ],
)
def test_no_colon_cues(line: str) -> None:
    assert colon_cue(line) is None


@pytest.mark.parametrize(
    ("line", "cue"),
    [
        ("LANE.  Yes, sir.", Cue("LANE", "Yes, sir.")),
        ("DR. CHASUBLE. Yes.", Cue("DR. CHASUBLE", "Yes.")),
        ("MISS PRISM [Calling.].  Cecily!", Cue("MISS PRISM [Calling.]", "Cecily!")),
        (
            "HAMLET (aside) A little more than kin.",
            Cue("HAMLET (aside)", "A little more than kin."),
        ),
        ("GWENDOLEN and CECILY.  Your name!", Cue("GWENDOLEN and CECILY", "Your name!")),
        ("HAMLET.—Words.", Cue("HAMLET", "Words.")),
        ("HAMLET.", Cue("HAMLET", "")),
        ("ÉLISE.  Oui.", Cue("ÉLISE", "Oui.")),
    ],
)
def test_period_cues(line: str, cue: Cue) -> None:
    assert period_cue(line) == cue


@pytest.mark.parametrize(
    "line", ["Lane. Yes.", "I. The room", "ACT I. A room", "THE END.", "NO! I said."]
)
def test_no_period_cues(line: str) -> None:
    assert period_cue(line) is None


def test_names_on_their_own_line() -> None:
    assert own_line_cue("LADY BRACKNELL") == Cue("LADY BRACKNELL", "")
    assert own_line_cue("(SITS)") is None
    assert own_line_cue("CURTAIN") is None
    assert own_line_cue("Lane") is None


def test_a_shout_inside_a_speech_is_no_cue() -> None:
    paragraph = numbered("ANNA\nI said\nSTOP\nand he did.")
    matcher = stage_matcher(paragraph)
    assert [bool(matcher(paragraph, row)) for row in range(4)] == [True, False, False, False]


def test_a_name_used_twice_needs_no_blank_line_before_it() -> None:
    paragraph = numbered("ANNA\nHi.\nBEN\nHi.\nANNA\nBye.\nBEN\nBye.")
    matcher = stage_matcher(paragraph)
    assert [row for row in range(8) if matcher(paragraph, row)] == [0, 2, 4, 6]
