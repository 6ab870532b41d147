"""What is asked of each of the actor's lines: by themselves, or by the script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from models.emotion.directions import Direction, DirectionLexicon
from rehearsal_server.scripts.model import Line, Scene
from rehearsal_server.scripts.pauses import written_pause_ms


@dataclass(frozen=True)
class LineDirection:
    """A direction and who gave it.

    Attributes
    ----------
    asked : Direction
    by : {"intention", "script"}
        The actor's own tag, which goes before the script's parentheticals.
    """

    asked: Direction
    by: Literal["intention", "script"]


def directions_of(
    scene: Scene, role: str, intentions: Mapping[str, str], lexicon: DirectionLexicon
) -> dict[str, LineDirection]:
    """Find the direction of every line of a role that has one, by the line's id.

    Parameters
    ----------
    scene : Scene
    role : str
    intentions : mapping of str to str
        The actor's own words for a line, by its id.
    lexicon : DirectionLexicon
    """
    found: dict[str, LineDirection] = {}
    for line in scene.lines:
        if line.character != role:
            continue
        if line.id in intentions:
            asked = lexicon.understand(intentions[line.id])
            found[line.id] = LineDirection(asked, "intention")
        elif texts := _parentheticals(line):
            found[line.id] = LineDirection(_understand_all(texts, lexicon), "script")
    return found


def _parentheticals(line: Line) -> list[str]:
    """Those that say how to speak; a written pause says when."""
    return [p.text.strip("() ") for p in line.parentheticals if not written_pause_ms(p.text)]


def _understand_all(texts: list[str], lexicon: DirectionLexicon) -> Direction:
    """Of several, those that the lexicon knows; all of them if it knows none."""
    known = [text for text in texts if lexicon.understand(text).is_known]
    return lexicon.understand(", ".join(known or texts))
