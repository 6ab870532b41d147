from __future__ import annotations

import pytest

from rehearsal_server.demo.part import choose_part
from rehearsal_server.scripts.parse import parse_script

PLAY = parse_script("ANN: Good evening.\n\nBOB: Is it?\n\nANN: It was.\n")


def test_the_role_that_has_a_cue_is_taken() -> None:
    part = choose_part(PLAY, None)
    assert part.role == "Bob"
    assert part.partners == ("Ann",)
    assert [line.text for line in part.lines] == ["Is it?"]


def test_any_role_may_be_asked_for() -> None:
    part = choose_part(PLAY, "ANN")
    assert (part.role, part.partners) == ("Ann", ("Bob",))
    assert [line.text for line in part.lines] == ["Good evening.", "It was."]


def test_a_monologue_has_no_partners() -> None:
    part = choose_part(parse_script("READER: One.\n\nREADER: Two.\n"), None)
    assert (part.role, part.partners) == ("Reader", ())


def test_the_first_scene_with_the_role() -> None:
    fountain = ".ONE\n\nANN\nHello.\n\n.TWO\n\nCATO\nAve.\n"
    assert choose_part(parse_script(fountain, format="fountain"), "Cato").scene.heading == "TWO"


def test_nobody_of_that_name() -> None:
    with pytest.raises(ValueError, match=r"nobody named 'Hamlet' speaks .* it has Ann, Bob"):
        choose_part(PLAY, "Hamlet")
