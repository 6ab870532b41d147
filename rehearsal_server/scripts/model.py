"""One shape for every play text, whatever it was written in.

A `Script` is immutable and self-contained: the session core runs it, storage keeps it as its
JSON form, the API shows it. Parsers produce it; nothing else needs to know the layouts.
"""

from __future__ import annotations

import msgspec


class Parenthetical(msgspec.Struct, frozen=True, kw_only=True):
    """A direction to the actor inside a line, such as ``(angrily)``; never spoken."""

    text: str
    # Character offset into `Line.text` before which the direction stands.
    offset: int


class Line(msgspec.Struct, frozen=True, kw_only=True, tag="line"):
    """What one character says in one breath of the script."""

    id: str  # "L12": unique and stable inside its script
    character: str  # a `Character.name`
    text: str  # the spoken words only
    parentheticals: tuple[Parenthetical, ...] = ()
    # The line is cut off by the next speaker (it ends in "--", an em dash or "//").
    interrupted: bool = False
    # Spoken together with the line before (dual dialogue).
    simultaneous: bool = False
    source_line: int = 0  # 1-based line of the upload (paragraph of an FDX or Word file)
    # When it is said in the film that subtitles belong to; shadowing plays it from there.
    start_ms: int | None = None
    end_ms: int | None = None


class StageDirection(msgspec.Struct, frozen=True, kw_only=True, tag="direction"):
    """What happens on stage between the lines; never spoken."""

    text: str
    source_line: int = 0


Element = Line | StageDirection


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of the script under one heading."""

    id: str  # "S1"
    heading: str  # empty when the text has no headings
    elements: tuple[Element, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """The spoken lines of the scene, in order."""
        return tuple(e for e in self.elements if isinstance(e, Line))


class Character(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who speaks."""

    name: str  # as it is shown, e.g. "Lady Bracknell"
    line_count: int


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Something in the uploaded text that a person should look at."""

    source_line: int
    code: str  # "unparsed", "empty_cue", "rare_character", ...
    message: str
    text: str  # the source line itself


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """A play text, parsed."""

    title: str
    author: str
    format: str  # the layout it was read from: "fountain", "name_colon", "stage", "fdx", ...
    scenes: tuple[Scene, ...]
    characters: tuple[Character, ...]  # by first appearance
    notices: tuple[Notice, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every spoken line, in order."""
        return tuple(line for scene in self.scenes for line in scene.lines)
