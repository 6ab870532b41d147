from __future__ import annotations

import pytest

from rehearsal_server.scripts.errors import ScriptError
from rehearsal_server.scripts.limits import (
    MOST_CHARACTERS,
    MOST_LINES,
    check_length,
    check_text_length,
)


def test_the_limits_themselves_are_taken() -> None:
    check_length(MOST_CHARACTERS, MOST_LINES)
    check_text_length("\n" * (MOST_LINES - 1))


@pytest.mark.parametrize("text", ["\n" * MOST_LINES, "\r" * MOST_LINES, "x" * 1_000_001])
def test_more_is_refused(text: str) -> None:
    with pytest.raises(ScriptError, match="Upload the play in parts"):
        check_text_length(text)
