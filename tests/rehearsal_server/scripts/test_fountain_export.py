from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from rehearsal_server.scripts.bundled_script import bundled_script
from rehearsal_server.scripts.errors import ScriptError
from rehearsal_server.scripts.fountain_export import script_to_fountain
from rehearsal_server.scripts.model import Character, Line, Scene, Script, StageDirection
from rehearsal_server.scripts.parse import TEXT_FORMATS, parse_script
from tests.shared_data import shared_data

PIECES = st.sampled_from(
    [
        "ADAM", "EVE (O.S.)", "Adam: Yes.", "EVE.  No [sits] more.", "LADY X", "Hello there--",
        "(beat)", "[Enter Eve.]", "[[a note]]", "/*", "*/", "[[", "]]", "ACT I", "SCENE 2 #3#",
        "# Part", "INT. HOUSE #1#", ".forced", "= synopsis", "> right", "~sung", "!~loud",
        "@mcDuck", "@ALL CAPS", "ADAM ^", "Title: *X* [[y]]", "Author: Y", "*so* _it_ goes",
        "(open", "close)", "  ", "", "", "CUT TO:", "\\*", "\\", "ADAM.", "a * b _ c", "Hi //",
        "~ (he (really) sits) ~ (a [ b)", "JACK: a) b) c // //", "...", ", well", "EVE.  ~ (x), y",
        "MISS.  [a]. b",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=15).map("\n".join))


def content(script: Script) -> Script:
    """The script without what Fountain has no place for."""
    scenes = tuple(
        replace(scene, elements=tuple(replace(e, source_line=0) for e in scene.elements))
        for scene in script.scenes
    )
    return replace(script, format="", notices=(), scenes=scenes)


@given(TEXTS, st.sampled_from(sorted(TEXT_FORMATS)))
def test_a_script_comes_back_the_same(text: str, layout: str) -> None:
    try:
        script = parse_script(text, format=layout)
    except ScriptError:
        return
    again = parse_script(script_to_fountain(script), format="fountain")
    assert content(again) == content(script)


NAMES = st.text(alphabet="aA1.,:^@()[]*_\\~ é", min_size=1).map(str.split).map(" ".join)
WORDS = st.text(alphabet="aA1.,:^@()[]*_\\~/ é!>=#").map(str.split).map(" ".join)


@given(NAMES.filter(lambda name: any(map(str.isalnum, name))), WORDS)
def test_any_name_and_any_words_are_escaped(name: str, words: str) -> None:
    text = f"a {words} b"
    script = Script(
        title=words,
        author=words,
        format="",
        scenes=(
            Scene(
                id="S1",
                heading=f"a {words}".strip(),
                elements=(
                    StageDirection(text=f"a {words}".strip()),
                    Line(id="L1", character=name, text=" ".join(text.split())),
                ),
            ),
        ),
        characters=(Character(name=name, line_count=1),),
    )
    again = parse_script(script_to_fountain(script), format="fountain")
    assert content(again) == content(script)


def test_it_looks_like_fountain() -> None:
    assert script_to_fountain(bundled_script()).split("\n\n")[:4] == [
        "Title: The Last Train\nAuthor: The Rehearsal server contributors",
        ".A COUNTRY PLATFORM, NEARLY MIDNIGHT",
        "!Rain. One lamp. MARA sits on her suitcase. IVO, in a railway cap, comes along with a"
        " broom.",
        "@Ivo\nThe last train left at ten.",
    ]


@pytest.mark.parametrize(
    "name", ["earnest/earnest-stage.txt", "earnest/earnest.fountain", "fountain/Dialogue.fountain"]
)
def test_whole_plays_come_back_the_same(name: str) -> None:
    script = parse_script(shared_data(f"scripts/{name}").read_text("utf-8"))
    assert content(parse_script(script_to_fountain(script))) == content(script)


def test_subtitle_times_stay_behind() -> None:
    line = Line(id="L1", character="A", text="Hi", start_ms=1, end_ms=2)
    scene = Scene(id="S1", heading="", elements=(line,))
    script = Script(title="", author="", format="", scenes=(scene,), characters=())
    assert script_to_fountain(script) == "@A\nHi\n"
    assert msgspec.json.decode(msgspec.json.encode(script), type=Script) == script
