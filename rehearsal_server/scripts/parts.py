"""Cut a cued text into parts: each begins with a heading, with a cue, or with neither."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rehearsal_server.scripts.cues import Cue, CueMatcher
from rehearsal_server.scripts.headings import Heading, match_heading
from rehearsal_server.scripts.source import SourceLine


class Part(NamedTuple):
    """Lines that belong together."""

    start: Heading | Cue | None
    lines: list[SourceLine]

    @property
    def source_line(self) -> int:
        """Where the part begins."""
        return self.lines[0].number


def cut_into_parts(lines: Sequence[SourceLine], match_cue: CueMatcher) -> list[Part]:
    """Cut a text at blank lines, headings and cues."""
    return [part for paragraph in paragraphs(lines) for part in _parts(paragraph, match_cue)]


def paragraphs(lines: Sequence[SourceLine]) -> Iterator[list[SourceLine]]:
    """Cut a text at blank lines."""
    paragraph: list[SourceLine] = []
    for line in lines:
        if not line.is_blank:
            paragraph.append(line)
        elif paragraph:
            yield paragraph
            paragraph = []
    if paragraph:
        yield paragraph


def _parts(paragraph: list[SourceLine], match_cue: CueMatcher) -> Iterator[Part]:
    part = Part(None, [])
    for row, line in enumerate(paragraph):
        start = match_heading(line.text) or match_cue(paragraph, row)
        if start or isinstance(part.start, Heading):
            if part.lines:
                yield part
            part = Part(start, [])
        part.lines.append(line)
    yield part
