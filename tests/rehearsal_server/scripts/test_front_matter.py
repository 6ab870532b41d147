from __future__ import annotations

from rehearsal_server.scripts.parse import parse_script


def test_title_and_author_in_front_of_the_first_act() -> None:
    script = parse_script("TEA FOR ONE\n\nA play by\nMe\n\nFor my mother.\n\nACT I\n\nANNA: Hi.")
    assert (script.title, script.author) == ("TEA FOR ONE", "Me")
    assert [(n.source_line, n.code, n.text) for n in script.notices] == [
        (6, "front_matter", "For my mother.")
    ]


def test_a_setting_stays_with_its_act() -> None:
    script = parse_script("ACT I\n\nA bare room.\n\nScene 1\n\nANNA: Hi.\n\nBEN: Ho.")
    assert [(scene.heading, len(scene.elements)) for scene in script.scenes] == [
        ("ACT I", 1),
        ("ACT I — Scene 1", 2),
    ]


def test_without_headings_nothing_is_front_matter() -> None:
    script = parse_script("A small kitchen.\n\nANNA: Hi.")
    assert script.notices == ()
    assert script.scenes[0].elements[0].text == "A small kitchen."


def test_a_list_of_characters_speaks_no_line() -> None:
    for title in ("Characters:\n", "CAST OF CHARACTERS\n\n", "The Persons of the Play\n"):
        script = parse_script(f"{title}ANNA: a cook\nBEN: a thief\n\nANNA: Hi.\nBEN: Ho.")
        assert [line.text for line in script.lines] == ["Hi.", "Ho."]
        assert {notice.code for notice in script.notices} == {"cast_list"}
        assert "BEN: a thief" in script.notices[-1].text
