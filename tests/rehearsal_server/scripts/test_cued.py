from __future__ import annotations

import pytest

from rehearsal_server.scripts.cued import parse_name_colon, parse_stage
from rehearsal_server.scripts.errors import ScriptError
from rehearsal_server.scripts.model import Line, Parenthetical, Script, StageDirection


def told(script: Script) -> list[tuple[str, str]]:
    return [
        (element.character if isinstance(element, Line) else "", element.text)
        for scene in script.scenes
        for element in scene.elements
    ]


def codes(script: Script) -> list[tuple[int, str]]:
    return [(notice.source_line, notice.code) for notice in script.notices]


def test_name_colon() -> None:
    script = parse_name_colon(
        "Title: Tea\nAuthor: Me\n\nACT 1\n\n(Rain.)\n\n"
        "Lane: Yes,\nsir.\n(Enter Jack.)\nJack (sitting): Tea? (beat) No--\n"
    )
    assert (script.title, script.author, script.format) == ("Tea", "Me", "name_colon")
    assert script.scenes[0].heading == "ACT 1"
    assert script.scenes[0].elements == (
        StageDirection(text="Rain.", source_line=6),
        Line(id="L1", character="Lane", text="Yes, sir.", source_line=8),
        StageDirection(text="Enter Jack.", source_line=10),
        Line(
            id="L2",
            character="Jack",
            text="Tea? No--",
            parentheticals=(
                Parenthetical(text="sitting", offset=0),
                Parenthetical(text="beat", offset=5),
            ),
            interrupted=True,
            source_line=11,
        ),
    )
    assert script.notices == ()


def test_rubrics_of_a_name_colon_text_are_directions() -> None:
    script = parse_name_colon("Setting: a garden\n\nLane: Yes.\n")
    assert told(script) == [("", "Setting: a garden"), ("Lane", "Yes.")]


def test_stage_edition() -> None:
    script = parse_stage(
        "ACT I\n\nSCENE 2. A room.\n\nA clock strikes.\n\n"
        "LADY BRACKNELL.  A handbag?\n\n[Enter LANE.]\n\n"
        "DR. CHASUBLE [Rising.] No. [Sits.]\n\nLANE\nYes.\nIndeed.\n"
    )
    assert [scene.heading for scene in script.scenes] == ["ACT I — SCENE 2. A room."]
    assert told(script) == [
        ("", "A clock strikes."),
        ("Lady Bracknell", "A handbag?"),
        ("", "Enter LANE."),
        ("Dr. Chasuble", "No."),
        ("Lane", "Yes. Indeed."),
    ]
    assert script.notices == ()


def test_scenes_of_one_act_each_carry_its_name() -> None:
    script = parse_stage("ACT I\n\nSCENE 1\n\nA.B.  Hi.\n\nANNA.  Hi.\n\nSCENE 2\n\nANNA.  Ho.\n")
    assert [scene.heading for scene in script.scenes] == ["ACT I — SCENE 1", "ACT I — SCENE 2"]
    assert [scene.id for scene in script.scenes] == ["S1", "S2"]


def test_a_speech_after_a_blank_line_belongs_to_the_name_before_it() -> None:
    script = parse_stage("ANNA.\n\nHello there.\n\nBEN.\n\n[He nods.]\n\nANNA.\n")
    assert told(script) == [("Anna", "Hello there."), ("", "Ben"), ("", "He nods."), ("", "Anna")]
    assert codes(script) == [(5, "empty_cue"), (9, "empty_cue")]


def test_a_bracketed_line_inside_a_speech_is_a_parenthetical() -> None:
    script = parse_stage("ANNA.  I said\n[she sits]\nno.\n[She weeps.]\n[Exit.]\n")
    assert told(script) == [("Anna", "I said no."), ("", "She weeps."), ("", "Exit.")]
    assert script.lines[0].parentheticals == (Parenthetical(text="she sits", offset=7),)


def test_a_bare_paragraph_is_a_direction_and_is_noticed() -> None:
    script = parse_stage("ANNA.  Hello.\n\nShe goes to the window.\n\nEnter BEN.\n")
    assert told(script)[1:] == [("", "She goes to the window."), ("", "Enter BEN.")]
    assert codes(script) == [(3, "unmarked_direction")]


def test_an_open_bracket_is_noticed() -> None:
    script = parse_name_colon("Lane: Yes (he goes\n\nJack: No.")
    assert codes(script) == [(1, "open_bracket")]
    assert script.lines[0].text == "Yes (he goes"


def test_a_likely_slip_in_a_name_is_noticed() -> None:
    script = parse_name_colon("Algernon: Yes.\n" * 6 + "Algernnon: No.\nLane: Sir.\n")
    assert codes(script) == [(7, "rare_character")]
    assert "'Algernon'" in script.notices[0].message


def test_spellings_in_capitals_and_small_letters_are_one_character() -> None:
    script = parse_name_colon("LANE: Yes.\nLane: No.")
    assert [(c.name, c.line_count) for c in script.characters] == [("Lane", 2)]


@pytest.mark.parametrize("parse", [parse_name_colon, parse_stage])
def test_nothing_to_find(parse: object) -> None:
    assert callable(parse)
    with pytest.raises(ScriptError, match="holds no speech"):
        parse("\n \n")


def test_many_brackets_cost_no_quadratic_time() -> None:
    script = parse_stage("ANNA.  Hi\n" + "(a\n" * 50_000)
    assert len(script.lines) == 1
