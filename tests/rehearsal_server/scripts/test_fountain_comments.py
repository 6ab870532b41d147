from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rehearsal_server.scripts.fountain_comments import Comment, without_comments
from rehearsal_server.scripts.source import SourceLine, numbered


def test_notes_and_boneyards_come_out_with_their_line() -> None:
    lines, comments = without_comments(numbered("A [[note]] b\nc /* bone\n\nyard */ d"))
    assert lines == (
        SourceLine(1, "A  b"),
        SourceLine(2, "c "),
        SourceLine(4, " d"),
    )
    assert comments == (Comment("boneyard", 2, "bone\n\nyard"), Comment("note", 1, "note"))


def test_a_line_of_comment_only_disappears() -> None:
    lines, _ = without_comments(numbered("EVE\n[[why?]]\nHello"))
    assert [line.text for line in lines] == ["EVE", "Hello"]


def test_a_note_does_not_cross_a_blank_line() -> None:
    source = numbered("[[open\n\nclosed]]")
    assert without_comments(source) == (source, ())


def test_a_mark_without_its_partner_stays() -> None:
    source = numbered("Hello /* there\n*\nmore [[ of it")
    assert without_comments(source) == (source, ())


@given(st.text(alphabet="ab/*[]\n "))
def test_no_letter_is_lost_and_numbers_rise(text: str) -> None:
    lines, comments = without_comments(numbered(text))
    kept = "".join(line.text for line in lines) + "".join(c.text for c in comments)
    assert sorted(filter(str.isalpha, kept)) == sorted(filter(str.isalpha, text))
    assert [line.number for line in lines] == sorted({line.number for line in lines})


def test_many_open_marks_cost_no_quadratic_time() -> None:
    source = numbered("*/ ]] " + "/* [[ " * 100_000)
    assert without_comments(source) == (source, ())
