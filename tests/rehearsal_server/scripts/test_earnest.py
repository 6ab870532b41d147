"""*The Importance of Being Earnest*: every layout against the marked-up edition.

The XHTML of Standard Ebooks marks what is a stage direction and who speaks; it is the truth here.
Spoken is the text of a row that names a persona, less what is marked `z3998:stage-direction`. Two
rows of act II name nobody and yet hold words outside the mark ("He does!"; "But I must see her
before I go, ..."): nobody is said to speak them, so they count as direction. The layouts have them
in brackets as well. A direction parts the words on its two sides.

The layouts legitimately differ from the XHTML in white space and word joiners (it sets
U+2060 around dashes and before an ellipsis, and no-break spaces) and in the case of the names.
Nothing else is levelled: punctuation, quotation marks and dashes are compared as they are.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from rehearsal_server.scripts.model import Script
from rehearsal_server.scripts.parse import parse_script
from tests.shared_data import shared_data

XHTML = "{http://www.w3.org/1999/xhtml}"
TYPE = "{http://www.idpf.org/2007/ops}type"
LAYOUTS = {
    "fountain": "earnest.fountain",
    "name_colon": "earnest-colon.txt",
    "stage": "earnest-stage.txt",
}
Speeches = list[tuple[str, str]]


@pytest.fixture(scope="module")
def truth() -> Speeches:
    return [speech for act in (1, 2, 3) for speech in speeches_of(act)]


def speeches_of(act: int) -> Speeches:
    root = ET.parse(shared_data(f"scripts/earnest/act-{act}.xhtml")).getroot()
    rows = [list(row) for row in root.iter(f"{XHTML}tr")]
    said = [(levelled(text_of(row[0])), levelled(spoken(row[1]))) for row in rows]
    return [(name, text) for name, text in said if name and text]


def text_of(element: ET.Element) -> str:
    return "".join(element.itertext())


def spoken(element: ET.Element) -> str:
    if element.get(TYPE) == "z3998:stage-direction":
        return " "
    return (element.text or "") + "".join(spoken(e) + (e.tail or "") for e in element)


def levelled(text: str) -> str:
    return " ".join(text.replace("\u2060", "").split())


def parsed(layout: str, told_format: str | None = None) -> Script:
    text = shared_data(f"scripts/earnest/{LAYOUTS[layout]}").read_text("utf-8")
    return parse_script(text, format=told_format)


def speeches(script: Script) -> Speeches:
    return [(line.character, levelled(line.text)) for line in script.lines]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_line_agrees(layout: str, truth: Speeches) -> None:
    ours = speeches(parsed(layout))
    agreeing = sum(a == b for a, b in zip(ours, truth, strict=False))
    print(f"{layout}: {agreeing} of {len(truth)} lines agree ({agreeing / len(truth):.1%})")
    assert len(truth) == 879
    assert ours == truth


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_characters(layout: str, truth: Speeches) -> None:
    names = dict.fromkeys(name for name, _ in truth)
    assert [character.name for character in parsed(layout).characters] == list(names)


def test_the_layouts_agree_in_everything_they_share() -> None:
    scripts = [parsed(layout) for layout in LAYOUTS]
    for script in scripts:
        assert [scene.heading for scene in script.scenes] == ["ACT 1", "ACT 2", "ACT 3"]
        assert script.notices == ()
        assert [line.interrupted for line in script.lines].count(True) == 1
    for lines in zip(*(script.lines for script in scripts), strict=True):
        directions = {
            tuple((p.text.rstrip("."), p.offset) for p in line.parentheticals) for line in lines
        }
        assert len(directions) == 1
    between = [[len(scene.elements) for scene in script.scenes] for script in scripts]
    assert between == [between[0]] * 3


def test_the_title_page_of_the_fountain_layout() -> None:
    script = parsed("fountain")
    assert (script.title, script.author) == ("The Importance of Being Earnest", "Oscar Wilde")
