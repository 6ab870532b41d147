"""Collect what a parser finds, in order, and make the `Script` of it."""

from __future__ import annotations

import difflib
from collections import Counter

from rehearsal_server.scripts.emphasis import without_emphasis
from rehearsal_server.scripts.errors import ScriptError
from rehearsal_server.scripts.model import (
    Character,
    Element,
    Line,
    Notice,
    Parenthetical,
    Scene,
    Script,
    StageDirection,
)
from rehearsal_server.scripts.names import name_key, shown_name, split_cue
from rehearsal_server.scripts.speech import is_direction, parse_speech

_HEADING_SEPARATOR = " — "
# A name that close to a far more frequent one is more often a slip than a person.
_LIKELY_SLIP_SIMILARITY = 0.85
_LIKELY_SLIP_RATIO = 5
_MOST_NAMES_COMPARED = 200


class ScriptBuilder:
    """Takes headings, speeches and directions in the order of the text.

    Parameters
    ----------
    format : str
        The layout that is being read; kept in `Script.format`.
    """

    def __init__(self, format: str) -> None:
        self.title = ""
        self.author = ""
        self._format = format
        self._outline: list[tuple[int, str]] = []  # open headings, (level, text)
        self._scenes: list[tuple[str, list[Element]]] = []  # heading, elements
        self._scene_level = 0
        self._names: dict[str, str] = {}  # name key -> the name as shown
        self._line_counts: Counter[str] = Counter()
        self._notices: list[Notice] = []

    def add_heading(self, level: int, text: str) -> None:
        """Open a scene; headings of a lower level (an act's) stay in front of its own."""
        text = " ".join(without_emphasis(text).split())
        holds_nothing_itself = bool(self._scenes) and not self._scenes[-1][1]
        if holds_nothing_itself and self._scene_level < level and self._outline:
            self._scenes.pop()  # "ACT I" directly followed by "SCENE 1" is one place, not two
        while self._outline and self._outline[-1][0] >= level:
            self._outline.pop()
        self._outline.append((level, text))
        self._scene_level = level
        self._scenes.append((_HEADING_SEPARATOR.join(t for _, t in self._outline), []))

    def add_direction(self, written: str, source_line: int) -> None:
        """Add what happens between the lines; brackets around the whole are taken off."""
        text = " ".join(without_emphasis(written).split())
        while is_direction(text) and text != text[1:-1].strip():
            text = text[1:-1].strip()
        if text:
            self._elements().append(StageDirection(text=text, source_line=source_line))

    def add_speech(
        self,
        cue: str,
        written: str,
        source_line: int,
        *,
        keep_spelling: bool = False,
        simultaneous: bool = False,
        times_ms: tuple[int, int] | None = None,
    ) -> None:
        """Add a line; directions inside the cue, ``EVE (O.S.)``, open its speech.

        ``keep_spelling`` shows the name as the cue has it, even if that is all in capitals.
        """
        name, directions = split_cue(cue)
        speech = parse_speech(written)
        opening = tuple(Parenthetical(text=text, offset=0) for text in directions)
        if not speech.text:
            self._add_silent_cue(name, (*opening, *speech.parentheticals), source_line)
            return
        name = name if keep_spelling else shown_name(name)
        shown = self._names.setdefault(name_key(name), name)
        self._line_counts[shown] += 1
        self._elements().append(
            Line(
                id=f"L{self._line_counts.total()}",
                character=shown,
                text=speech.text,
                parentheticals=opening + speech.parentheticals,
                interrupted=speech.interrupted,
                simultaneous=simultaneous,
                source_line=source_line,
                start_ms=times_ms[0] if times_ms else None,
                end_ms=times_ms[1] if times_ms else None,
            )
        )
        if _has_open_bracket(speech.text):
            self.add_notice(
                source_line,
                "open_bracket",
                "A bracket is opened and never closed; what follows it is taken as spoken.",
                written,
            )

    def add_notice(self, source_line: int, code: str, message: str, text: str) -> None:
        """Tell a person about something in the text; ``text`` is what stands there."""
        self._notices.append(
            Notice(source_line=source_line, code=code, message=message, text=text.strip())
        )

    def build(self) -> Script:
        """Make the script.

        Raises
        ------
        ScriptError
            Nothing was found: no heading, no speech, no direction.
        """
        if not self._scenes:
            raise ScriptError("The text holds no speech, no stage direction and no heading.")
        self._notice_likely_slips()
        return Script(
            title=" ".join(without_emphasis(self.title).split()),
            author=" ".join(without_emphasis(self.author).split()),
            format=self._format,
            scenes=tuple(
                Scene(id=f"S{number}", heading=heading, elements=tuple(elements))
                for number, (heading, elements) in enumerate(self._scenes, start=1)
            ),
            characters=tuple(
                Character(name=name, line_count=count) for name, count in self._line_counts.items()
            ),
            notices=tuple(sorted(self._notices, key=lambda notice: notice.source_line)),
        )

    def _elements(self) -> list[Element]:
        if not self._scenes:
            self._scenes.append(("", []))
        return self._scenes[-1][1]

    def _add_silent_cue(
        self, name: str, directions: tuple[Parenthetical, ...], source_line: int
    ) -> None:
        """Keep ``ADAM (nods)``, somebody who acts but says nothing, as a direction."""
        acted = " ".join(f"({direction.text})" for direction in directions)
        self.add_direction(f"{shown_name(name)} {acted}", source_line)
        if not directions:
            self.add_notice(
                source_line, "empty_cue", "A character is named and says nothing.", name
            )

    def _notice_likely_slips(self) -> None:
        if len(self._line_counts) > _MOST_NAMES_COMPARED:
            return
        for rare, rare_count in self._line_counts.items():
            for name, count in self._line_counts.items():
                similarity = difflib.SequenceMatcher(None, name_key(rare), name_key(name)).ratio()
                frequent = count >= _LIKELY_SLIP_RATIO * rare_count
                if frequent and similarity >= _LIKELY_SLIP_SIMILARITY:
                    self._notice_likely_slip(rare, name)

    def _notice_likely_slip(self, rare: str, name: str) -> None:
        line = next(
            element
            for _, elements in self._scenes
            for element in elements
            if isinstance(element, Line) and element.character == rare
        )
        self.add_notice(
            line.source_line,
            "rare_character",
            f"{rare!r} speaks far less often than {name!r}: the same character, misspelt?",
            rare,
        )


def _has_open_bracket(text: str) -> bool:
    return any(bracket in text for bracket in "([")
