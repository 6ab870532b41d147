from __future__ import annotations

from rehearsal_server.scripts.source import numbered
from rehearsal_server.scripts.title_page import TitleEntry, read_title_page


def test_values_may_go_on_indented() -> None:
    entries, rest = read_title_page(numbered("Title:\n\tOne\n\tTwo\nAuthor: Me\n\nBody"))
    assert entries == [TitleEntry("Title", "One Two", 1), TitleEntry("Author", "Me", 4)]
    assert [line.text for line in rest] == ["", "Body"]


def test_only_a_known_key_begins_a_title_page() -> None:
    for text in ("CUT TO:\n\nEXT. X", "Romeo: hi\nJuliet: ho", "Body"):
        entries, rest = read_title_page(numbered(text))
        assert (entries, rest) == ([], numbered(text))


def test_further_keys_may_be_of_any_kind() -> None:
    entries, _ = read_title_page(numbered("Title: X\nMood: blue"))
    assert entries[1].key == "Mood"
    entries, _ = read_title_page(numbered("Title: X\nLane: Yes"), only_known_keys=True)
    assert len(entries) == 1


def test_a_title_page_alone() -> None:
    assert read_title_page(numbered("Title: X"))[1] == ()
