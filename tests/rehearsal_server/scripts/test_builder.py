from __future__ import annotations

from rehearsal_server.scripts.builder import ScriptBuilder


def test_an_act_without_text_of_its_own_is_no_scene() -> None:
    builder = ScriptBuilder("stage")
    builder.add_heading(1, "ACT I")
    builder.add_heading(2, "SCENE 1")
    builder.add_heading(1, "ACT II")
    assert [scene.heading for scene in builder.build().scenes] == ["ACT I — SCENE 1", "ACT II"]


def test_brackets_around_a_whole_direction_are_taken_off() -> None:
    builder = ScriptBuilder("stage")
    builder.add_direction("[([Enter Lane.])]", 1)
    builder.add_direction("(a) and (b)", 2)
    elements = builder.build().scenes[0].elements
    assert [element.text for element in elements] == ["Enter Lane.", "(a) and (b)"]


def test_notices_come_in_the_order_of_the_text() -> None:
    builder = ScriptBuilder("stage")
    builder.add_direction("Rain.", 1)
    builder.add_notice(9, "b", "", "")
    builder.add_notice(2, "a", "", "")
    assert [notice.source_line for notice in builder.build().notices] == [2, 9]
