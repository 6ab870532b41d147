"""Word documents (.docx) -> `Script`."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import docx
from docx.document import Document
from docx.table import Table

from rehearsal_server.scripts.builder import ScriptBuilder
from rehearsal_server.scripts.errors import ScriptError, damage_told_as
from rehearsal_server.scripts.limits import check_length
from rehearsal_server.scripts.model import Script
from rehearsal_server.scripts.parse import parse_script
from rehearsal_server.scripts.styled import ParagraphKind, StyledParagraph, add_styled

# A play in Word is far below these; a zip bomb is far above.
_MOST_UNPACKED_BYTES = 40_000_000
_MOST_XML_BYTES = 10_000_000
_MOST_MEMBERS = 2_000
_KINDS = {
    "scene heading": ParagraphKind.HEADING,
    "slugline": ParagraphKind.HEADING,
    "character": ParagraphKind.CUE,
    "character name": ParagraphKind.CUE,
    "parenthetical": ParagraphKind.PARENTHETICAL,
    "dialogue": ParagraphKind.DIALOGUE,
    "dialog": ParagraphKind.DIALOGUE,
}


def parse_word_document(data: bytes) -> Script:
    """Parse a .docx file.

    Paragraph styles as screenwriting programs name them ("Character", "Dialogue") decide if the
    document uses them; otherwise its text is parsed like any other, one paragraph a line.

    Raises
    ------
    ScriptError
        The archive is damaged, is no Word document or unpacks to too much; or there is no script
        in its text.
    """
    with damage_told_as("The Word document is damaged. Save it again as .docx."):
        _check_archive(data)
        document = docx.Document(io.BytesIO(data))
        paragraphs = list(_paragraphs(document))
        title, author = document.core_properties.title, document.core_properties.author
    kinds = {paragraph.kind for paragraph in paragraphs}
    if not {ParagraphKind.CUE, ParagraphKind.DIALOGUE} <= kinds:
        return parse_script("\n".join(paragraph.text for paragraph in paragraphs))
    builder = ScriptBuilder("docx")
    builder.title, builder.author = title, author
    add_styled(builder, paragraphs)
    return builder.build()


def _check_archive(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
    if "word/document.xml" not in {member.filename for member in members}:
        raise ScriptError("This zip archive is not a Word document (.docx).")
    # `zipfile` stops reading a member at the size it declares, so that the sizes bind.
    unpacked = sum(member.file_size for member in members)
    marked_up = sum(m.file_size for m in members if not m.filename.startswith("word/media/"))
    if (
        unpacked > _MOST_UNPACKED_BYTES
        or marked_up > _MOST_XML_BYTES
        or len(members) > _MOST_MEMBERS
    ):
        raise ScriptError("The Word document unpacks to far more than a play. Upload its text.")


def _paragraphs(document: Document) -> Iterator[StyledParagraph]:
    # `block.style` searches all styles anew for each paragraph, 2 ms a time.
    styles = {style.style_id: (style.name or "").lower() for style in document.styles}
    number = 0
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            texts = [(ParagraphKind.DIRECTION, text) for text in _rows(block)]
        else:
            style = styles.get(block._p.style or "", "")
            kind = _KINDS.get(style, ParagraphKind.DIRECTION)
            texts = [(kind, block.text)]
        for kind, text in texts:
            number += 1
            check_length(0, number)
            yield StyledParagraph(kind, text, number)


def _rows(table: Table) -> Iterator[str]:
    """Give the rows of a play set as a table, names on the left, as ``Name: line``."""
    for row in table.rows:
        cells = [" ".join(cell.text.split()) for cell in row.cells]
        name, *speech = [cell for cell in cells if cell] or [""]
        yield f"{name}: {' '.join(speech)}" if speech and cells[0] else " ".join([name, *speech])
