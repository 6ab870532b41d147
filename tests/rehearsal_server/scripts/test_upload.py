from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_server.scripts.bundled_script import bundled_script
from rehearsal_server.scripts.errors import ScriptError
from rehearsal_server.scripts.fountain_export import script_to_fountain
from rehearsal_server.scripts.script_json import script_to_json
from rehearsal_server.scripts.upload import parse_upload
from tests.rehearsal_server.scripts.files import docx_of, fdx_of, pdf_of, zip_of

CUE = '<Paragraph Type="Character"><Text>ANNA</Text></Paragraph>'
SAID = '<Paragraph Type="Dialogue"><Text>Hello.</Text></Paragraph>'
TIMED = "00:00:01.000 --> 00:00:02.500\nAnna: Hello."
SAMPLES = {
    "fdx": fdx_of(CUE + SAID),
    "docx": docx_of(("Character", "ANNA"), ("Dialogue", "Hello.")),
    "name_colon": pdf_of("Anna: Hello."),
    "vtt": f"WEBVTT\n\n{TIMED}".encode(),
    "srt": f"\ufeff1\r\n{TIMED}".encode(),
    "fountain": b"INT. HALL\n\nANNA\nHello.",
    "stage": "ANNA.  Hello.".encode("utf-16"),
}


@pytest.mark.parametrize("filename", [None, "play", "play.png"])
@pytest.mark.parametrize("kind", SAMPLES)
def test_the_content_says_what_a_file_is(kind: str, filename: str | None) -> None:
    script = parse_upload(SAMPLES[kind], filename=filename)
    assert script.format == kind
    assert [(line.character, line.text) for line in script.lines] == [("Anna", "Hello.")]


def test_a_name_in_fountain_tells_it_from_other_text() -> None:
    assert parse_upload(b"A room.\n\nRain.", filename="X.FOUNTAIN").format == "fountain"
    with pytest.raises(ScriptError, match="No speaker"):
        parse_upload(b"A room.\n\nRain.", filename="x.txt")


@pytest.mark.parametrize(
    ("filename", "title"),
    [
        ("the_last train.txt", "the last train"),
        ("C:\\plays\\tea.txt", "tea"),
        ("../../etc/tea.txt", "tea"),
        ("a\x00b\n.txt", "ab"),
        ("x" * 999, "x" * 200),
        (None, ""),
    ],
)
def test_the_filename_is_the_title_of_last_resort(filename: str | None, title: str) -> None:
    assert parse_upload(b"Anna: Hello.", filename=filename).title == title
    assert parse_upload(b"Title: Mine\n\nAnna: Hello.", filename=filename).title == "Mine"


def test_our_own_exports_are_read() -> None:
    scene = bundled_script()
    assert parse_upload(script_to_json(scene), filename="x.json") == scene
    again = parse_upload(script_to_fountain(scene).encode(), filename="x.fountain")
    assert [line.text for line in again.lines] == [line.text for line in scene.lines]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "file is empty"),
        (b" \n ", "file is empty"),
        (b"x" * 100_000_000, "larger than 10 MB"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Word document"),
        (b"{\\rtf1 Anna: hi}", "RTF"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\r", "no text that we can read"),
        (b"<!DOCTYPE html><p>Anna: hi", "web page"),
        (b"<?xml version='1.0'?><svg/>", "not a Final Draft"),
        (zip_of({"x": b"Anna: hi"}), "not a Word document"),
        (b"It was a dark night.", "No speaker"),
        (b"Anna: hi\n" * 40_000, "Upload the play in parts"),
    ],
)
def test_what_we_do_not_read_is_told_clearly(data: bytes, message: str) -> None:
    with pytest.raises(ScriptError, match=message):
        parse_upload(data, filename="play.txt")


@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_damaged_files_give_a_script_or_a_script_error(kind: str, data: st.DataObject) -> None:
    damaged = bytearray(SAMPLES[kind])
    for _ in range(data.draw(st.integers(0, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(1, len(damaged)))
    try:
        parse_upload(bytes(damaged[:cut]), filename=None)
    except ScriptError:
        pass


@given(st.sampled_from([b"", b"%PDF-1.4\n", b"PK\x03\x04", b"<FinalDraft", b"{"]), st.binary())
def test_garbage_gives_a_script_or_a_script_error(magic: bytes, garbage: bytes) -> None:
    try:
        parse_upload(magic + garbage, filename=None)
    except ScriptError:
        pass
