from __future__ import annotations

import pytest

from rehearsal_server.scripts.errors import ScriptError
from rehearsal_server.scripts.fountain import parse_fountain
from rehearsal_server.scripts.model import Line, Parenthetical, Script, StageDirection
from tests.shared_data import shared_data


def sample(name: str) -> Script:
    return parse_fountain(shared_data(f"scripts/fountain/{name}").read_text("utf-8"))


def spoken(script: Script) -> list[tuple[str, str]]:
    return [(line.character, line.text) for line in script.lines]


def directions(script: Script) -> list[str]:
    return [
        element.text
        for scene in script.scenes
        for element in scene.elements
        if isinstance(element, StageDirection)
    ]


def headings(script: Script) -> list[str]:
    return [scene.heading for scene in script.scenes]


def codes(script: Script) -> list[tuple[int, str]]:
    return [(notice.source_line, notice.code) for notice in script.notices]


def test_a_line_knows_where_it_stands() -> None:
    script = parse_fountain("Rain.\n\nADAM (O.S.) (CONT'D)\n(softly)\nHello. (beat) You\ncame--\n")
    assert script.scenes[0].elements == (
        StageDirection(text="Rain.", source_line=1),
        Line(
            id="L1",
            character="Adam",
            text="Hello. You came--",
            parentheticals=(
                Parenthetical(text="O.S.", offset=0),
                Parenthetical(text="softly", offset=0),
                Parenthetical(text="beat", offset=7),
            ),
            interrupted=True,
            source_line=3,
        ),
    )


def test_comments_do_not_reach_the_performer() -> None:
    script = parse_fountain("ADAM\nYes [[or no?]] indeed.\n/* cut:\n\nNever. */\nQuite.")
    assert spoken(script) == [("Adam", "Yes indeed. Quite.")]
    assert codes(script) == [(2, "note"), (3, "boneyard")]


def test_names_outside_ascii() -> None:
    script = parse_fountain("ÉLISE\nBonjour.\n\nŁUKASZ\nCześć.\n")
    assert spoken(script) == [("Élise", "Bonjour."), ("Łukasz", "Cześć.")]


def test_several_parentheticals_over_several_lines() -> None:
    script = parse_fountain("ADAM\n(sits and\nwaits)\n(quietly)\nHi.\n")
    assert [p.text for p in script.lines[0].parentheticals] == ["sits and waits", "quietly"]


def test_a_line_of_two_spaces_keeps_a_speech_together() -> None:
    assert spoken(parse_fountain("ADAM\nOne.\n  \nTwo.\n\nThree.")) == [("Adam", "One. Two.")]


def test_a_cue_needs_a_blank_line_before_it() -> None:
    script = parse_fountain("Action.\nADAM\nHi.\n")
    assert directions(script) == ["Action. ADAM Hi."]


def test_somebody_who_only_acts_is_a_direction() -> None:
    script = parse_fountain("ADAM\n(nods)\n\nEVE\nGood.")
    assert directions(script) == ["Adam (nods)"]
    assert spoken(script) == [("Eve", "Good.")]


def test_a_transition_on_the_first_line_is_no_title_page() -> None:
    script = parse_fountain("CUT TO:\n\nEXT. PARK - DAY")
    assert script.title == ""
    assert headings(script) == ["", "EXT. PARK - DAY"]


def test_the_callers_line_ends_do_not_matter() -> None:
    text = "TITLE\n\nADAM\nHi.\n"
    assert parse_fountain(text) == parse_fountain(text.replace("\n", "\r\n"))


@pytest.mark.parametrize("text", ["", "  \n\n", "/* all of it */", "[[a note]]"])
def test_nothing_to_find(text: str) -> None:
    with pytest.raises(ScriptError, match="holds no speech"):
        parse_fountain(text)


def test_many_headings_and_cues_in_one_paragraph() -> None:
    script = parse_fountain("# Act\n" * 3000 + "@a\n" * 3000)
    assert len(script.scenes) == 3000


# -- the syntax samples of nyousefi/Fountain -----------------------------------------------------


def test_brick_and_steel() -> None:
    script = sample("Brick And Steel.txt")
    assert (script.title, script.author) == ("BRICK & STEEL FULL RETIRED", "Stu Maschwitz")
    assert [(c.name, c.line_count) for c in script.characters] == [
        ("Steel", 9),
        ("Brick", 4),
        ("Jack", 1),
        ("Dan", 1),
        ("Cognito", 3),
        ("Minion", 1),
        ("Handsome Man", 1),
    ]
    assert headings(script) == [
        "EXT. BRICK'S PATIO - DAY",
        "INT. TRAILER HOME - DAY",
        "EXT. BRICK'S POOL - DAY",
        "SNIPER SCOPE POV",
        "OPENING TITLES",
        "EXT. WOODEN SHACK - DAY",
        "INT. GARAGE - DAY",
        "EXT. PALATIAL MANSION - DAY",
    ]
    assert [line.character for line in script.lines if line.simultaneous] == ["Brick"]
    assert script.lines[8].text == "Then let's retire them. Permanently."
    assert [(p.text, p.offset) for p in script.lines[9].parentheticals] == [
        ("pause", 36),
        ("pause", 66),
    ]
    assert codes(script) == [(line, "title_page") for line in (4, 6, 7, 8)]


def test_boneyard() -> None:
    script = sample("Boneyard.fountain")
    assert directions(script) == ["A line of action.", "This is an boneyard."]
    assert codes(script) == [(line, "boneyard") for line in (3, 5, 11)]


def test_notes() -> None:
    script = sample("Notes.fountain")
    assert directions(script) == ["A line.", "This is an note."]
    assert codes(script) == [(line, "note") for line in (3, 5, 8)]


def test_centred_text() -> None:
    assert directions(sample("CenteredText.fountain")) == [
        "Centered",
        "Not centered",
        "No space",
        "Lots of Space",
    ]


def test_dialogue() -> None:
    script = sample("Dialogue.fountain")
    assert spoken(script) == [
        ("Adam", "I like to write."),
        ("Eve", "What kind of writing?"),
        ("Adam", "Screenwriting."),
        ("Eve", "ME TOO!"),
        ("Eve", "I think screenwriting is the best."),
        ("Adam", "That's great. I was really worried you wouldn't like screenwriting."),
        ("Eve", "Oh, Adam."),
        ("Adam", "I love you."),
        ("Eve", "You're so stupid."),
        ("R2D2", "Bleep Boop."),
        (
            "Adam",
            "That was really weird. I can be weird to. Here's a space in the dialogue block"
            " for absolutely no good reason.",
        ),
        ("Eve", "Well, then I'll just indent!"),
    ]
    assert directions(script) == ["23 (O.S.) Character name must include a letter"]
    assert [line.source_line for line in script.lines if line.simultaneous] == [29]


def test_dual_dialogue() -> None:
    script = sample("DualDialogue.fountain")
    assert [(line.character, line.simultaneous) for line in script.lines] == [
        ("Adam", False),
        ("Eve", True),
    ]


def test_forced_elements() -> None:
    script = sample("ForcedElements.fountain")
    assert directions(script) == ["BANG BANG BANG"]
    assert spoken(script) == [
        ("McDUCK", "I'm vegan."),
        ("Singer", "These are the songs That I sing."),
    ]


def test_indented_text() -> None:
    script = sample("Indenting.fountain")
    assert spoken(script) == [
        ("Brick", "This is everybody we've ever put away."),
        ("Steel", "So much for retirement!"),
    ]


def test_scene_headings() -> None:
    script = sample("SceneHeaders.fountain")
    assert len(script.scenes) == 18
    assert headings(script)[6:8] == ["I/E. HOUSE - DAY", "I./E. HOUSE - DAY"]
    assert headings(script)[14] == "KITCHEN"
    assert directions(script) == ["... not a scene header.", "ESTABLISHING"]


def test_scene_numbers_stand_in_front() -> None:
    assert headings(sample("SceneNumbers.fountain")) == [
        "1 INT. HOUSE - DAY",
        "1A INT. HOUSE - DAY",
        "1a INT. HOUSE - DAY",
        "A1 INT. HOUSE - DAY",
        "I-1-A INT. HOUSE - DAY",
        "1. INT. HOUSE - DAY",
        "110A INT. HOUSE - DAY - FLASHBACK (1944)",
    ]


def test_sections_are_kept_in_front_of_what_they_hold() -> None:
    assert headings(sample("Sections-Complex.fountain")) == [
        "Act 1 — INT. LOCATION - DAY",
        "Act 2 — Sequence 1 — INT. LOCATION - DAY",
    ]
    assert headings(sample("SectionHeaders.fountain")) == [
        "Act One",
        "Act Two",
        "ACT THREE",
        "ACT FOUR",
        "5 — Level 2 — Level 3",
    ]


def test_synopses_and_page_breaks_are_noticed() -> None:
    assert codes(sample("Synopses.fountain")) == [(line, "synopsis") for line in (3, 7, 11)]
    assert codes(sample("PageBreaks.fountain")) == [(3, "page_break"), (7, "page_break")]


def test_simple() -> None:
    script = sample("Simple.fountain")
    assert (script.title, script.author) == ("A Simple Script", "Nima Yousefi")
    assert [p.text for p in script.lines[0].parentheticals] == ["V.O.", "passionately"]
    assert "... Not a forced scene heading" in directions(script)
    assert (50, "note") in codes(script)


def test_action_and_transitions_are_directions() -> None:
    assert len(directions(sample("MultilineAction.fountain"))) == 3
    assert len(directions(sample("Transitions.fountain"))) == 7
