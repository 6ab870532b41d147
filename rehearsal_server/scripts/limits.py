"""How much text is taken; what is over is no play, and costs seconds to parse."""

from __future__ import annotations

from rehearsal_server.scripts.errors import ScriptError

# Five times *Hamlet* in both.
MOST_CHARACTERS = 1_000_000
MOST_LINES = 30_000


def check_text_length(text: str) -> None:
    """Refuse a text that is too long.

    Raises
    ------
    ScriptError
        It has more than MOST_CHARACTERS or MOST_LINES.
    """
    check_length(len(text), 1 + max(text.count("\n"), text.count("\r")))


def check_length(character_count: int, line_count: int) -> None:
    """Refuse what is too long; a paragraph of a marked-up file counts as a line.

    Raises
    ------
    ScriptError
        One of the counts is over its limit.
    """
    if character_count > MOST_CHARACTERS or line_count > MOST_LINES:
        raise ScriptError(
            f"The text has {character_count:,} characters in {line_count:,} lines; at most"
            f" {MOST_CHARACTERS:,} in {MOST_LINES:,} are taken. Upload the play in parts."
        )
