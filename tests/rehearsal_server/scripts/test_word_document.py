from __future__ import annotations

import io

import docx
import pytest

from rehearsal_server.scripts.errors import ScriptError
from rehearsal_server.scripts.word_document import parse_word_document
from tests.rehearsal_server.scripts.files import docx_of, zip_of


def test_styles_of_a_screenwriting_program() -> None:
    script = parse_word_document(
        docx_of(
            ("Scene Heading", "INT. HALL"),
            ("Action", "Rain."),
            ("Character", "ANNA"),
            ("Parenthetical", "(softly)"),
            ("Dialogue", "Hello."),
            title="The Lamp",
        )
    )
    assert (script.title, script.format) == ("The Lamp", "docx")
    assert [(line.character, line.text) for line in script.lines] == [("Anna", "Hello.")]
    assert script.lines[0].source_line == 3


def test_plain_paragraphs_are_read_like_any_text() -> None:
    script = parse_word_document(
        docx_of(("Normal", "ACT I"), ("Normal", "Anna: Hello."), ("Normal", "Ben: Good\nnight."))
    )
    assert script.format == "name_colon"
    assert [(line.character, line.text) for line in script.lines] == [
        ("Anna", "Hello."),
        ("Ben", "Good night."),
    ]


def test_names_on_paragraphs_of_their_own() -> None:
    texts = ["ANNA", "Hello.", "BEN", "Hi.", "ANNA", "Bye.", "BEN", "Bye."]
    script = parse_word_document(docx_of(*(("Normal", text) for text in texts)))
    assert [line.text for line in script.lines] == ["Hello.", "Hi.", "Bye.", "Bye."]


def test_a_play_set_as_a_table() -> None:
    document = docx.Document()
    table = document.add_table(rows=0, cols=2)
    for name, speech in (("Anna", "Hello."), ("", "(Rain.)"), ("Ben", "Hi.")):
        cells = table.add_row().cells
        cells[0].text, cells[1].text = name, speech
    buffer = io.BytesIO()
    document.save(buffer)
    script = parse_word_document(buffer.getvalue())
    assert [element.text for element in script.scenes[0].elements] == ["Hello.", "Rain.", "Hi."]


BOMB = b"\0" * 50_000_000


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK\x03\x04 nothing more", "damaged"),
        (zip_of({"a.txt": b"Anna: hi"}), "not a Word document"),
        (zip_of({"word/document.xml": BOMB}), "unpacks to far more"),
        (zip_of({"word/document.xml": b"<w"}), "damaged"),
        (zip_of({f"{n}": b"" for n in range(2100)} | {"word/document.xml": b""}), "unpacks to"),
        (docx_of(("Normal", "Nobody speaks here"))[:-40], "damaged"),
        (docx_of(("Normal", "Nobody speaks here")), "No speaker was found"),
        (docx_of(), "empty"),
    ],
)
def test_what_is_no_script(data: bytes, message: str) -> None:
    with pytest.raises(ScriptError, match=message):
        parse_word_document(data)


def test_broken_parts_are_damage() -> None:
    good = docx_of(("Normal", "Anna: hi"))
    at = good.index(b"[Content_Types].xml")
    with pytest.raises(ScriptError, match="damaged"):
        parse_word_document(good[:at] + b"[Nontent_Types].xml" + good[at + 19 :])
