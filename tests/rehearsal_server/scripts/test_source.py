from __future__ import annotations

from rehearsal_server.scripts.source import SourceLine, joined, numbered


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    assert numbered("a\r\nb\rc\n\u2028d\x0ce") == (
        SourceLine(1, "a"),
        SourceLine(2, "b"),
        SourceLine(3, "c"),
        SourceLine(4, " d e"),
    )


def test_a_byte_order_mark_is_no_text() -> None:
    assert numbered("\ufeffTitle: X")[0].stripped == "Title: X"


def test_joined_collapses_white_space() -> None:
    assert joined(numbered("  a \n\n b\tc ")) == "a b c"
