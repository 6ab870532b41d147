from __future__ import annotations

import pytest

from rehearsal_server.scripts.headings import is_entrance, is_label, match_heading


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("ACT 1", 1),
        ("Act IV", 1),
        ("ACT THE FIRST", 1),
        ("The Second Act", 1),
        ("ACT I, SCENE 2", 1),
        ("PROLOGUE", 1),
        ("SCENE II. A garden.", 2),
        ("Scene One", 2),
        ("## Scene 3", 2),
    ],
)
def test_headings(line: str, level: int) -> None:
    heading = match_heading(line)
    assert heading is not None
    assert heading.level == level
    assert heading.text == line.lstrip("# ")


@pytest.mark.parametrize(
    "line",
    ["Act one begins with rain", "Scene: a garden", "ACTION", "Ill met", "I", "", "Part of it"],
)
def test_no_headings(line: str) -> None:
    assert match_heading(line) is None


@pytest.mark.parametrize(
    "name", ["Scene", "SETTING", "Act I", "Cut to", "end of act two", "Wipe to"]
)
def test_rubrics_are_no_people(name: str) -> None:
    assert is_label(name)


@pytest.mark.parametrize("name", ["Lane", "Lady Bracknell", "Endymion", "Tom"])
def test_people_are_no_rubrics(name: str) -> None:
    assert not is_label(name)


def test_entrances() -> None:
    assert is_entrance("Enter Lane.")
    assert is_entrance("Exeunt all")
    assert not is_entrance("Entering was a mistake")
