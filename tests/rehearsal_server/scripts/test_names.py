from __future__ import annotations

import pytest

from rehearsal_server.scripts.names import name_key, shown_name, split_cue, without_continued


@pytest.mark.parametrize(
    ("cue", "shown"),
    [
        ("ALGERNON", "Algernon"),
        ("LADY BRACKNELL", "Lady Bracknell"),
        ("GWENDOLEN AND CECILY", "Gwendolen and Cecily"),
        ("DR. CHASUBLE", "Dr. Chasuble"),
        ("O'BRIEN", "O'Brien"),
        ("SMITH’S WIFE", "Smith’s Wife"),
        ("JEAN-LUC", "Jean-Luc"),
        ("HENRY IV", "Henry IV"),
        ("J.R. EWING", "J.R. Ewing"),
        ("R2D2", "R2D2"),
        ("1ST SOLDIER", "1st Soldier"),
        ("SOLDIER A", "Soldier A"),
        ("KING OF FRANCE", "King of France"),
        ("ÉLISE", "Élise"),
        ("McDuck", "McDuck"),
        ("Lady  Bracknell", "Lady Bracknell"),
        ("花子", "花子"),
    ],
)
def test_shown_name(cue: str, shown: str) -> None:
    assert shown_name(cue) == shown


def test_two_spellings_of_one_name_have_one_key() -> None:
    assert name_key("O’BRIEN") == name_key("O'Brien")


@pytest.mark.parametrize("mark", ["(CONT'D)", "(cont’d)", "(Continued)", "(CONT.)"])
def test_continued_is_no_part_of_a_cue(mark: str) -> None:
    assert without_continued(f"EVE {mark}") == "EVE"


def test_split_cue() -> None:
    assert split_cue("EVE (O.S.) (CONT'D)") == ("EVE", ("O.S.",))
    assert split_cue("LANE [Entering.].") == ("LANE", ("Entering.",))
    assert split_cue("*EVE*") == ("EVE", ())
