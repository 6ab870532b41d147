"""A text whose paragraphs are marked as cue, dialogue, direction, ... -> `Script`."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from rehearsal_server.scripts.builder import ScriptBuilder
from rehearsal_server.scripts.limits import check_length


class ParagraphKind(Enum):
    """What a paragraph of a screenplay is."""

    HEADING = "scene heading"
    CUE = "character"
    PARENTHETICAL = "parenthetical"
    DIALOGUE = "dialogue"
    DIRECTION = "action"


class StyledParagraph(NamedTuple):
    """A paragraph and its mark."""

    kind: ParagraphKind
    text: str
    number: int  # 1-based, among the paragraphs of the file
    simultaneous: bool = False  # of a cue: it speaks together with the one before


_SPOKEN = (ParagraphKind.PARENTHETICAL, ParagraphKind.DIALOGUE)
_SCENE_LEVEL = 7  # as in Fountain, below sections


def add_styled(builder: ScriptBuilder, paragraphs: Iterable[StyledParagraph]) -> None:
    """Add marked paragraphs to a script; dialogue without a cue becomes a direction.

    Raises
    ------
    ScriptError
        There is too much of it.
    """
    cue: StyledParagraph | None = None
    speech: list[str] = []
    character_count = 0
    for paragraph in paragraphs:
        character_count += len(paragraph.text)
        check_length(character_count, paragraph.number)
        if not paragraph.text.strip():
            continue
        if cue and paragraph.kind in _SPOKEN:
            speech.append(_in_brackets(paragraph))
            continue
        _flush(builder, cue, speech)
        cue, speech = None, []
        if paragraph.kind is ParagraphKind.CUE:
            cue = paragraph
        else:
            _add_unspoken(builder, paragraph)
    _flush(builder, cue, speech)


def _flush(builder: ScriptBuilder, cue: StyledParagraph | None, speech: list[str]) -> None:
    if cue:
        builder.add_speech(cue.text, " ".join(speech), cue.number, simultaneous=cue.simultaneous)


def _in_brackets(paragraph: StyledParagraph) -> str:
    text = paragraph.text.strip()
    if paragraph.kind is not ParagraphKind.PARENTHETICAL or text.startswith("("):
        return text
    return f"({text})"


def _add_unspoken(builder: ScriptBuilder, paragraph: StyledParagraph) -> None:
    if paragraph.kind is ParagraphKind.HEADING:
        builder.add_heading(_SCENE_LEVEL, paragraph.text)
        return
    builder.add_direction(paragraph.text, paragraph.number)
    if paragraph.kind in _SPOKEN:
        builder.add_notice(
            paragraph.number,
            "unparsed",
            "Dialogue without a character; taken as a stage direction.",
            paragraph.text,
        )
