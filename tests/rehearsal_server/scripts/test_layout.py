from __future__ import annotations

import pytest

from rehearsal_server.scripts.errors import ScriptError
from rehearsal_server.scripts.layout import detect_format
from tests.shared_data import shared_data


@pytest.mark.parametrize(
    ("name", "layout"),
    [
        ("earnest.fountain", "fountain"),
        ("earnest-colon.txt", "name_colon"),
        ("earnest-stage.txt", "stage"),
    ],
)
def test_the_three_editions_of_earnest(name: str, layout: str) -> None:
    assert detect_format(shared_data(f"scripts/earnest/{name}").read_text("utf-8")) == layout


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        ("Romeo: hi\nJuliet: ho", "name_colon"),
        ("ROMEO: hi\nJULIET: ho", "name_colon"),
        ("ROMEO\nHi there.\n\nJULIET\nHo there.", "fountain"),
        ("INT. HOUSE - DAY\n\nRain.", "fountain"),
        ("Title: X\n\nROMEO\nHi", "fountain"),
        ("ROMEO\nHi.\nJULIET\nHo.\nROMEO\nBye.\nJULIET\nBye.", "stage"),
        ("ACT I\n\nROMEO\nHi.\n\nJULIET\nHo.", "stage"),
        ("ROMEO.\nHi.\n\nJULIET.\nHo.", "stage"),
        ("ROMEO.  Hi.\n\nJULIET.  Ho.", "stage"),
        ("ROMEO\nHi.\n\n[Exit.]\n\nJULIET\nHo.", "stage"),
    ],
)
def test_layouts(text: str, layout: str) -> None:
    assert detect_format(text) == layout


def test_prose_names_no_speaker() -> None:
    with pytest.raises(ScriptError, match="No speaker was found") as caught:
        detect_format("\n\nIt was a dark night. He said nothing.")
    assert caught.value.source_line == 3


def test_an_empty_text() -> None:
    with pytest.raises(ScriptError, match="The text is empty"):
        detect_format(" \n")
