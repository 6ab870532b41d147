from __future__ import annotations

import pytest

from rehearsal_server.scripts.casting import merge_characters, reassign_lines, rename_character
from rehearsal_server.scripts.errors import ScriptError
from rehearsal_server.scripts.model import Script
from rehearsal_server.scripts.parse import parse_script

SCRIPT = parse_script("Anna: one\nBen: two\nAna: three\n(Rain.)\nAnna: four\nCara: five")


def cast(script: Script) -> list[tuple[str, int]]:
    return [(character.name, character.line_count) for character in script.characters]


def speakers(script: Script) -> list[str]:
    return [line.character for line in script.lines]


def test_rename() -> None:
    script = rename_character(SCRIPT, "Anna", "  Lady  Anna ")
    assert cast(script) == [("Lady Anna", 2), ("Ben", 1), ("Ana", 1), ("Cara", 1)]
    assert speakers(SCRIPT)[0] == "Anna"  # the old script is as it was
    assert rename_character(SCRIPT, "Anna", "ANNA").characters[0].name == "ANNA"


def test_merge() -> None:
    script = merge_characters(SCRIPT, ["Ana", "Cara"], "Anna")
    assert cast(script) == [("Anna", 4), ("Ben", 1)]
    assert speakers(script) == ["Anna", "Ben", "Anna", "Anna", "Anna"]
    assert merge_characters(SCRIPT, ["Anna"], "Anna") == SCRIPT


def test_reassign() -> None:
    script = reassign_lines(SCRIPT, ["L2", "L3"], "cara")
    assert speakers(script) == ["Anna", "Cara", "Cara", "Anna", "Cara"]
    assert cast(script) == [("Anna", 2), ("Cara", 3)]
    assert cast(reassign_lines(SCRIPT, ["L1"], "Dora"))[0] == ("Dora", 1)
    assert reassign_lines(SCRIPT, [], "Dora") == SCRIPT


def test_everything_but_the_speaker_stays() -> None:
    script = reassign_lines(SCRIPT, ["L2"], "Dora")
    assert [(line.id, line.text) for line in script.lines] == [
        (line.id, line.text) for line in SCRIPT.lines
    ]
    assert script.scenes[0].elements[3] == SCRIPT.scenes[0].elements[3]


def test_what_cannot_be_done() -> None:
    with pytest.raises(ScriptError, match="Nobody in the script is called 'Zoe'"):
        rename_character(SCRIPT, "Zoe", "X")
    with pytest.raises(ScriptError, match="There is a 'ben' already"):
        rename_character(SCRIPT, "Anna", "ben")
    with pytest.raises(ScriptError, match="A character needs a name"):
        rename_character(SCRIPT, "Anna", " ")
    with pytest.raises(ScriptError, match="Nobody in the script is called 'Zoe'"):
        merge_characters(SCRIPT, ["Anna"], "Zoe")
    with pytest.raises(ScriptError, match="There is no line 'L9'"):
        reassign_lines(SCRIPT, ["L1", "L9"], "Anna")
