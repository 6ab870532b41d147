from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_server.scripts.breaks import natural_breaks_ms
from rehearsal_server.scripts.words import words


@pytest.mark.parametrize(
    ("text", "breaks"),
    [
        ("Yes.", (0,)),
        ("Well, yes. No", (500, 1000, 0)),
        ("an old-fashioned man", (0, 0, 0, 0)),
        ("I -- you", (1000, 0)),
        ("wait… here", (1000, 0)),
        ("...", ()),
    ],
)
def test_readers_stop_at_punctuation(text: str, breaks: tuple[int, ...]) -> None:
    assert natural_breaks_ms(text) == breaks


@given(st.text())
def test_every_word_has_its_break(text: str) -> None:
    assert len(natural_breaks_ms(text)) == len(words(text))
