"""What holds for every text and every layout."""

from __future__ import annotations

import re
from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_server.scripts.errors import ScriptError
from rehearsal_server.scripts.model import Line, Script
from rehearsal_server.scripts.parse import TEXT_FORMATS, parse_script

LAYOUTS = st.sampled_from(sorted(TEXT_FORMATS))
PIECES = st.sampled_from(
    [
        "ADAM", "EVE (O.S.)", "Adam: Yes.", "EVE.  No [sits] more.", "LADY X", "Hello there--",
        "(beat)", "[Enter Eve.]", "[[a note]]", "/*", "*/", "[[", "]]", "ACT I", "SCENE 2",
        "# Part",
        "INT. HOUSE #1#", ".forced", "= synopsis", "===", "> right", "> mid <", "~sung", "!loud",
        "@mcDuck", "ADAM ^", "Title: X", "Author: Y", "Draft date: 1", "*so* _it_ goes", "(open",
        "close)", "  ", "", "", "CUT TO:", "Setting: here", "EVE (CONT'D)", "\\*", "ADAM.", "…",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=15).map("\n".join))


def parsed(text: str, layout: str | None) -> Script | None:
    try:
        return parse_script(text, format=layout)
    except ScriptError:
        return None


@given(TEXTS, st.one_of(st.none(), LAYOUTS))
def test_any_text_gives_a_script_or_a_script_error(text: str, layout: str | None) -> None:
    script = parsed(text, layout)
    if script is not None:
        assert msgspec.json.decode(msgspec.json.encode(script), type=Script) == script


@given(TEXTS, LAYOUTS)
def test_ids_are_unique_and_every_line_has_a_speaker_and_words(text: str, layout: str) -> None:
    script = parsed(text, layout)
    if script is None:
        return
    ids = [line.id for line in script.lines]
    assert ids == [f"L{number}" for number in range(1, len(ids) + 1)]
    counts = Counter(line.character for line in script.lines)
    assert {c.name: c.line_count for c in script.characters} == counts
    for line in script.lines:
        assert line.text.strip() == line.text != ""
        assert all(0 <= p.offset <= len(line.text) for p in line.parentheticals)


@given(TEXTS, LAYOUTS)
def test_no_word_is_dropped_silently(text: str, layout: str) -> None:
    script = parsed(text, layout)
    if script is not None:
        missing = source_words(text) - told_words(script)
        assert not missing


def source_words(text: str) -> Counter[str]:
    """Words of the source; `(CONT'D)` and the keys of title and author are layout, not text."""
    text = re.sub(r"\(CONT'D\)", "", text)
    text = re.sub(r"(?m)^(Title|Authors?|Written by)\s*:", "", text, flags=re.IGNORECASE)
    return Counter(re.findall(r"\w+", text.casefold().replace("_", " ")))


def told_words(script: Script) -> Counter[str]:
    """Words of everything that the script tells, each as often as it could stand in the source."""
    told = [script.title, script.author, *(scene.heading for scene in script.scenes)]
    told += [notice.text for notice in script.notices]
    for scene in script.scenes:
        for element in scene.elements:
            told.append(element.text)
            if isinstance(element, Line):
                told += [element.character, *(p.text for p in element.parentheticals)]
    return Counter(re.findall(r"\w+", " ".join(told).casefold().replace("_", " ")))


def test_the_callers_title_goes_first() -> None:
    text = "Title: Theirs\n\nADAM\nHi."
    assert parse_script(text, title="Mine").title == "Mine"
    assert parse_script(text).title == "Theirs"


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ScriptError, match="known are fountain, name_colon, stage"):
        parse_script("Adam: hi", format="pdf")


@pytest.mark.parametrize("text", ["Adam: hi\n" * 30_000, "Adam: " + "hi " * 400_000])
def test_a_text_that_is_too_long_is_refused(text: str) -> None:
    with pytest.raises(ScriptError, match="at most 1,000,000 in 30,000 are taken"):
        parse_script(text)
