from __future__ import annotations

import pytest

from models.emotion.directions import DirectionLexicon
from rehearsal_server.scripts.parse import parse_script
from rehearsal_server.session.directions import LineDirection, directions_of

LEXICON = DirectionLexicon()


def direction(line: str, **intentions: str) -> LineDirection | None:
    scene = parse_script(f"BEN: {line}\n\nANNA: (sadly) No.\n", format="name_colon").scenes[0]
    return directions_of(scene, "Ben", intentions, LEXICON).get("L1")


def test_parenthetical_is_the_direction() -> None:
    found = direction("(furiously) Go away.")
    assert found is not None
    assert (found.asked.text, found.by, found.asked.is_known) == ("furiously", "script", True)


def test_intention_goes_before_the_script() -> None:
    found = direction("(furiously) Go away.", L1="with great relief")
    assert found is not None
    assert (found.asked.text, found.by) == ("with great relief", "intention")


@pytest.mark.parametrize("line", ["Go away.", "(pause) Go away.", "(beat) Go away."])
def test_line_without_direction_or_with_a_pause_alone_has_none(line: str) -> None:
    assert direction(line) is None


def test_of_several_the_known_ones_count() -> None:
    found = direction("(to Anna) Go away. (angrily) Now. (whispering) Please.")
    assert found is not None
    assert found.asked.text == "angrily, whispering"


def test_unknown_direction_stays_what_it_is() -> None:
    found = direction("(to Anna) Go away.")
    assert found is not None
    assert (found.asked.text, found.asked.is_known) == ("to Anna", False)
