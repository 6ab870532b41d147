from __future__ import annotations

import io
import zlib

import pytest
from pypdf import PdfWriter

from rehearsal_server.scripts.errors import ScriptError
from rehearsal_server.scripts.pdf_text import parse_pdf
from tests.rehearsal_server.scripts.files import pdf_of

SCREENPLAY = (
    """\
                                                           1.

INT. KITCHEN - NIGHT

Rain. ANNA sits.

                    ANNA
               (softly)
          Who is there? I can hear you
          breathing out there.

                    BEN
          Only me. I was going to say
                    (MORE)
""",
    """\
                                                           2.

                    BEN (CONT'D)
          that I am cold--

                    ANNA
          Come in.
""",
)
STAGE = """\
ACT I

LADY BRACKNELL.  A handbag?

[Enter LANE.]

JACK.  In a cloak-room
at Victoria Station.
"""


def test_a_screenplay() -> None:
    script = parse_pdf(pdf_of(*SCREENPLAY))
    assert script.format == "fountain"
    assert [scene.heading for scene in script.scenes] == ["INT. KITCHEN - NIGHT"]
    assert [(line.character, line.text) for line in script.lines] == [
        ("Anna", "Who is there? I can hear you breathing out there."),
        ("Ben", "Only me. I was going to say that I am cold--"),
        ("Anna", "Come in."),
    ]
    assert script.lines[0].parentheticals[0].text == "softly"
    assert [(n.code, n.text) for n in script.notices] == [
        ("page_furniture", "1.\n(MORE)\n2.\nBEN (CONT’D)")
    ]


def test_a_stage_edition() -> None:
    script = parse_pdf(pdf_of(STAGE))
    assert script.format == "stage"
    assert [element.text for element in script.scenes[0].elements] == [
        "A handbag?",
        "Enter LANE.",
        "In a cloak-room at Victoria Station.",
    ]


def test_a_locked_file() -> None:
    writer = PdfWriter(io.BytesIO(pdf_of("Anna: hi")))
    writer.encrypt("secret", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    with pytest.raises(ScriptError, match="locked with a password"):
        parse_pdf(buffer.getvalue())


def bomb() -> bytes:
    packed = zlib.compress(b" " * 50_000_000, 9)
    plain = pdf_of("Anna: hi")
    start = plain.index(b"<< /Length")
    end = plain.index(b"endstream") + len(b"endstream")
    stream = b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(packed), packed)
    return plain[:start] + stream + plain[end:]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"%PDF-1.4", "damaged"),
        (b"%PDF-1.4\n" + bytes(range(256)) * 50, "damaged"),
        (pdf_of("Anna: hi")[:-300], "damaged|No speaker|no text"),
        (bomb(), "damaged|no text"),
        (pdf_of(""), "no text, only pictures"),
        (pdf_of("Nobody speaks here."), "No speaker was found"),
        (pdf_of(*["Anna: hi"] * 501), "more than 500 pages"),
    ],
)
def test_what_is_no_script(data: bytes, message: str) -> None:
    with pytest.raises(ScriptError, match=message):
        parse_pdf(data)
