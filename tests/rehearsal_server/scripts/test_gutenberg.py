"""Plays as Project Gutenberg prints them; the texts are ours, the layouts are theirs."""

from __future__ import annotations

import pytest

from rehearsal_server.scripts.gutenberg import open_book
from rehearsal_server.scripts.model import Line, Script
from rehearsal_server.scripts.parse import parse_script

START = "*** START OF THE PROJECT GUTENBERG EBOOK THE LAMP ***"
END = "*** END OF THE PROJECT GUTENBERG EBOOK THE LAMP ***"
SHAKESPEAREAN = f"""\
The Project Gutenberg eBook of The Lamp

Title: The Lamp

Author: A. Nobody

{START}

THE LAMP

by A. Nobody

Contents

ACT I
Scene I. A platform.
Scene II. A room.

Dramatis Personæ

ANNA, a keeper.
BEN, her son.

ACT I

SCENE I. A platform.

 Enter Anna and Ben.

ANNA.
Who’s there, that has not
asked the light to shine?

BEN.
It’s me. [_Aside_.] The _old_ fool.

 [_Exit._]

SCENE II. A room.

Anna alone.

ANNA.
Good night.

{END}

Licence.
"""
NORWEGIAN = f"""\
{START}

_Nora_ (_takes off her hat_). Is it late,
Mrs. Dale?

Mrs. Dale. It is never too late. (_Sits._)

Nora. Then I shall stay.

(_A knock is heard._)

Mrs. Dale. Enter, whoever you are: friend or foe.

Nora. Oh. It is the postman. He never knocks.

Mrs. Dale. He did once.

{END}
"""
IRISH = f"""\
{START}

ACT I

_A hall. Anna sits by the fire._

THE DAUGHTER [_in the doorway, shaking
the rain out of her shawl_] I’m wet through.

ANNA [_without turning_] Then shut the door.

[_The daughter slams it._]

THE DAUGHTER. There.

{END}
"""


def told(script: Script) -> list[tuple[str, str]]:
    return [
        (element.character if isinstance(element, Line) else "", element.text)
        for scene in script.scenes
        for element in scene.elements
    ]


def codes(script: Script) -> list[str]:
    return [notice.code for notice in script.notices]


def test_names_on_lines_of_their_own_after_contents_and_a_cast_list() -> None:
    script = parse_script(SHAKESPEAREAN)
    assert (script.title, script.author, script.format) == ("The Lamp", "A. Nobody", "stage")
    assert [scene.heading for scene in script.scenes] == [
        "ACT I — SCENE I. A platform.",
        "ACT I — SCENE II. A room.",
    ]
    assert told(script) == [
        ("", "Enter Anna and Ben."),
        ("Anna", "Who’s there, that has not asked the light to shine?"),
        ("Ben", "It’s me. The old fool."),
        ("", "Exit."),
        ("", "Anna alone."),
        ("Anna", "Good night."),
    ]
    assert [c.name for c in script.characters] == ["Anna", "Ben"]
    assert set(codes(script)) == {"licence", "front_matter", "cast_list"}


def test_names_in_small_letters() -> None:
    script = parse_script(NORWEGIAN)
    assert told(script) == [
        ("Nora", "Is it late, Mrs. Dale?"),
        ("Mrs. Dale", "It is never too late."),
        ("Nora", "Then I shall stay."),
        ("", "A knock is heard."),
        ("Mrs. Dale", "Enter, whoever you are: friend or foe."),
        ("Nora", "Oh. It is the postman. He never knocks."),
        ("Mrs. Dale", "He did once."),
    ]
    assert script.lines[0].parentheticals[0].text == "takes off her hat"


def test_directions_between_name_and_speech_may_run_over_the_line() -> None:
    script = parse_script(IRISH)
    assert told(script) == [
        ("", "A hall. Anna sits by the fire."),
        ("The Daughter", "I’m wet through."),
        ("Anna", "Then shut the door."),
        ("", "The daughter slams it."),
        ("The Daughter", "There."),
    ]


def test_line_numbers_are_those_of_the_upload() -> None:
    script = parse_script(SHAKESPEAREAN)
    rows = SHAKESPEAREAN.split("\n")
    assert [rows[line.source_line - 1] for line in script.lines] == ["ANNA.", "BEN.", "ANNA."]


def test_a_text_without_marks_is_left_alone() -> None:
    assert open_book("ANNA.  Hi").text == "ANNA.  Hi"


@pytest.mark.parametrize("text", [f"{START}\nA", f"A\n{END}", f"{END}\n{START}\nA"])
def test_one_mark_alone(text: str) -> None:
    book = open_book(text)
    assert book.text.strip() == "A"
    assert len(book.text.split("\n")) == len(text.split("\n"))
