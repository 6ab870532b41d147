from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_server.scripts.emphasis import without_emphasis


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("*italic*", "italic"),
        ("**bold** and ***both***", "bold and both"),
        ("_underlined_ here", "underlined here"),
        (
            "_Steel's face FILLS the *Leupold Mark 4* scope_.",
            "Steel's face FILLS the Leupold Mark 4 scope.",
        ),
        ("_**BRICK & STEEL**_", "BRICK & STEEL"),
        ("I **am** *very* _cross_", "I am very cross"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("snake_case_name", "snake_case_name"),
        (r"\*not italic\*", "*not italic*"),
        ("a lone * star", "a lone * star"),
        ("* not at the start *", "* not at the start *"),
    ],
)
def test_takes_marks_out_and_nothing_else(written: str, read: str) -> None:
    assert without_emphasis(written) == read


@given(st.text(alphabet="ab *_\\"))
def test_letters_survive(written: str) -> None:
    read = without_emphasis(written)
    assert [c for c in read if c.isalpha()] == [c for c in written if c.isalpha()]
