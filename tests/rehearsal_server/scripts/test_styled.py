from __future__ import annotations

from rehearsal_server.scripts.builder import ScriptBuilder
from rehearsal_server.scripts.model import Line, Script
from rehearsal_server.scripts.styled import ParagraphKind, StyledParagraph, add_styled


def built(*paragraphs: tuple[ParagraphKind, str]) -> Script:
    builder = ScriptBuilder("fdx")
    add_styled(builder, [StyledParagraph(k, t, n) for n, (k, t) in enumerate(paragraphs, 1)])
    return builder.build()


def test_a_speech_is_its_cue_and_all_that_is_said_under_it() -> None:
    script = built(
        (ParagraphKind.HEADING, "INT. HALL"),
        (ParagraphKind.CUE, "ANNA (V.O.)"),
        (ParagraphKind.PARENTHETICAL, "softly"),
        (ParagraphKind.DIALOGUE, "Hello."),
        (ParagraphKind.PARENTHETICAL, "(beat)"),
        (ParagraphKind.DIALOGUE, "You--"),
        (ParagraphKind.DIRECTION, "She sits."),
    )
    (scene,) = script.scenes
    line = scene.lines[0]
    assert (scene.heading, line.character, line.text) == ("INT. HALL", "Anna", "Hello. You--")
    assert [(p.text, p.offset) for p in line.parentheticals] == [
        ("V.O.", 0),
        ("softly", 0),
        ("beat", 7),
    ]
    assert (line.interrupted, line.source_line) == (True, 2)
    assert scene.elements[1].text == "She sits."


def test_dialogue_without_a_cue_is_kept_and_noticed() -> None:
    script = built((ParagraphKind.DIALOGUE, "Who says this?"), (ParagraphKind.CUE, "ANNA"))
    assert not any(isinstance(e, Line) for scene in script.scenes for e in scene.elements)
    assert [(n.source_line, n.code) for n in script.notices] == [(1, "unparsed"), (2, "empty_cue")]
