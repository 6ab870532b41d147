"""Making the lines of a scene ready to be followed, before the first of them is due."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.acoustic.acoustic_model import AcousticModel
from models.following.line_graph import LineGraph, build_line_graph
from rehearsal_server.following.pronouncer import Pronouncer, Pronunciations
from rehearsal_server.scripts.model import Line
from rehearsal_server.scripts.words import words

LineGraphs = dict[str, LineGraph]

# A longer speech is followed by pace: its memory and its time would be other sessions'.
MOST_WORDS = 250


@dataclass(frozen=True)
class LinePreparer:
    """Finds the pronunciations of lines and builds their graphs, off the event loop."""

    model: AcousticModel
    pronouncer: Pronouncer

    async def prepare(self, lines: Iterable[Line], language: str) -> LineGraphs:
        """Graphs of the lines that can be followed, by their ids.

        A line cannot if it has no words or too many, or a word that nobody knows how to say. Of
        another language than English none can.
        """
        if language.split("-")[0] != "en":
            return {}
        spoken = {line.id: [word.text for word in words(line.text)] for line in lines}
        known = await self.pronouncer.pronounce(word for line in spoken.values() for word in line)
        return await asyncio.to_thread(self._build, spoken, known)

    def _build(self, spoken: dict[str, list[str]], known: Pronunciations) -> LineGraphs:
        return {
            line_id: build_line_graph(self.model, [known[word] for word in line])
            for line_id, line in spoken.items()
            if _can_be_followed(line, known)
        }


def _can_be_followed(line: Sequence[str], known: Pronunciations) -> bool:
    return 0 < len(line) <= MOST_WORDS and all(known[word] for word in line)
