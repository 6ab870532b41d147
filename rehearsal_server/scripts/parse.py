"""Text of a play -> `Script`; the one entry for every text layout."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from rehearsal_server.scripts.cued import parse_name_colon, parse_stage
from rehearsal_server.scripts.errors import ScriptError
from rehearsal_server.scripts.fountain import parse_fountain
from rehearsal_server.scripts.gutenberg import open_book
from rehearsal_server.scripts.layout import detect_format
from rehearsal_server.scripts.limits import check_text_length
from rehearsal_server.scripts.model import Script

__all__ = [
    "TEXT_FORMATS",
    "ScriptError",
    "detect_format",
    "parse_script",
]


TEXT_FORMATS: dict[str, Callable[[str], Script]] = {
    "fountain": parse_fountain,
    "name_colon": parse_name_colon,
    "stage": parse_stage,
}


def parse_script(text: str, *, format: str | None = None, title: str | None = None) -> Script:
    """Parse a play text.

    Parameters
    ----------
    text : str
        The text; any line ends.
    format : {"fountain", "name_colon", "stage"}, optional
        The layout; told from the text if not given.
    title : str, optional
        Goes before a title found in the text.

    Returns
    -------
    Script
        What could not be placed is in `Script.notices`, with its line number.

    Raises
    ------
    ScriptError
        The format is unknown, the text is too long, or nothing can be found in it.
    """
    check_text_length(text)
    book = open_book(text)
    layout = format or detect_format(book.text)
    if layout not in TEXT_FORMATS:
        known = ", ".join(TEXT_FORMATS)
        raise ScriptError(f"Unknown script format {layout!r}; known are {known}.")
    script = TEXT_FORMATS[layout](book.text)
    notices = sorted((*book.notices, *script.notices), key=lambda notice: notice.source_line)
    return msgspec.structs.replace(
        script,
        title=title or book.title or script.title,
        author=book.author or script.author,
        notices=tuple(notices),
    )
