"""Texts whose speeches begin with a cue: ``Name: line`` and stage editions -> `Script`."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from rehearsal_server.scripts.builder import ScriptBuilder
from rehearsal_server.scripts.cues import Cue, CueMatcher, name_colon_matcher, stage_matcher
from rehearsal_server.scripts.front_matter import take_cast_list, take_front_matter
from rehearsal_server.scripts.headings import Heading, is_entrance
from rehearsal_server.scripts.model import Script
from rehearsal_server.scripts.parts import cut_into_parts
from rehearsal_server.scripts.source import SourceLine, joined, numbered
from rehearsal_server.scripts.speech import bracketed_spans, is_direction
from rehearsal_server.scripts.title_page import keep_title_page, read_title_page


def parse_name_colon(text: str) -> Script:
    """Parse ``Name: line`` text.

    Raises
    ------
    ScriptError
        There is nothing in the text.
    """
    lines = numbered(text)
    return _parse(lines, ScriptBuilder("name_colon"), name_colon_matcher(lines))


def parse_stage(text: str) -> Script:
    """Parse a stage edition: ``NAME.  line``, or ``NAME`` on its own line before the speech.

    Raises
    ------
    ScriptError
        There is nothing in the text.
    """
    lines = numbered(text)
    return _parse(lines, ScriptBuilder("stage"), stage_matcher(lines))


def _parse(lines: Sequence[SourceLine], builder: ScriptBuilder, match_cue: CueMatcher) -> Script:
    title_page, body = read_title_page(tuple(lines), only_known_keys=True)
    keep_title_page(builder, title_page)
    parts = cut_into_parts(take_cast_list(builder, body), match_cue)
    reader = _Reader(builder)
    for start, part in take_front_matter(builder, parts):
        reader.read(start, part)
    reader.finish()
    return builder.build()


class _Reader:
    """Adds the parts of the text to the script in order."""

    def __init__(self, builder: ScriptBuilder) -> None:
        self._builder = builder
        # "JACK." and a blank line: the speech comes in the next paragraph.
        self._waiting: tuple[Cue, SourceLine] | None = None
        self._after_heading = True  # a paragraph there describes the set

    def read(self, start: Heading | Cue | None, part: list[SourceLine]) -> None:
        """Add one part, which begins with a heading, with a cue, or with neither."""
        waiting, self._waiting = self._waiting, None
        if waiting and start is None and not is_direction(joined(part)):
            cue, line = waiting
            self._add_speech(cue, line, part)
        else:
            self._flush(waiting)
            self._read_fresh(start, part)
        self._after_heading = isinstance(start, Heading)

    def finish(self) -> None:
        """Add what still waits when the text is over."""
        self._flush(self._waiting)
        self._waiting = None

    def _flush(self, waiting: tuple[Cue, SourceLine] | None) -> None:
        if waiting:
            self._builder.add_speech(waiting[0].name, "", waiting[1].number)

    def _read_fresh(self, start: Heading | Cue | None, part: list[SourceLine]) -> None:
        if isinstance(start, Heading):
            self._builder.add_heading(start.level, start.text)
        elif start is None:
            self._add_directions(part)
        elif not start.speech and len(part) == 1:
            self._waiting = (start, part[0])
        else:
            self._add_speech(start, part[0], part[1:])

    def _add_speech(self, cue: Cue, line: SourceLine, rest: list[SourceLine]) -> None:
        """Add a speech; directions on lines of their own after it stand between the lines."""
        first = line._replace(text=cue.speech)
        end = _end_of_speech(rest) if cue.speech else len(rest)
        self._builder.add_speech(cue.name, joined([first, *rest[:end]]), line.number)
        if rest[end:]:
            self._add_directions(rest[end:])

    def _add_directions(self, part: list[SourceLine]) -> None:
        text = joined(part)
        spans = bracketed_spans(text)
        if spans and not _outside(text, spans):
            for start, end in spans:
                self._builder.add_direction(text[start:end], part[0].number)
            return
        self._builder.add_direction(text, part[0].number)
        if not self._after_heading and not is_entrance(text):
            self._builder.add_notice(
                part[0].number,
                "unmarked_direction",
                "Taken as a stage direction. If somebody says it, put the name before it.",
                text,
            )


def _end_of_speech(rest: list[SourceLine]) -> int:
    """Find the row from which on there are only bracketed lines."""
    texts = [joined([line]) for line in rest]
    starts = itertools.accumulate((len(text) + 1 for text in texts), initial=0)
    row_at = {start: row for row, start in enumerate(starts)}
    text = " ".join(texts)
    end_row, position = len(rest), len(text)
    for start, end in reversed(bracketed_spans(text)):
        if text[end:position].strip():
            break
        position = start
        end_row = row_at.get(start, end_row)
    return end_row


def _outside(text: str, spans: list[tuple[int, int]]) -> str:
    """Give what stands outside the brackets."""
    ends = (0, *(end for _, end in spans))
    starts = (*(start for start, _ in spans), len(text))
    return "".join(text[end:start] for end, start in zip(ends, starts, strict=True)).strip()
