"""Files of the formats that we read, made by hand so that each byte is known."""

from __future__ import annotations

import io
import zipfile

import docx

CHAR_WIDTH, LINE_HEIGHT, LEFT, TOP = 7.2, 12, 72, 720  # 12 point Courier on a letter page


def pdf_of(*pages: str) -> bytes:
    """Set pages in Courier, each line where its indentation puts it."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>"
        % (b" ".join(b"%d 0 R" % (4 + 2 * i) for i in range(len(pages))), len(pages)),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
    ]
    for index, page in enumerate(pages):
        stream = _page_stream(page)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % (5 + 2 * index)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    return _pdf_file(objects)


def _page_stream(page: str) -> bytes:
    drawn = [b"BT /F1 12 Tf"]
    for row, line in enumerate(page.split("\n")):
        text = line.strip().replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        x = LEFT + CHAR_WIDTH * (len(line) - len(line.lstrip()))
        if text:
            y = TOP - LINE_HEIGHT * row
            drawn.append(f"1 0 0 1 {x:.1f} {y} Tm ({text}) Tj".encode("cp1252"))
    return b"\n".join([*drawn, b"ET"])


def _pdf_file(objects: list[bytes]) -> bytes:
    data = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return data + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF" % (size, table, size, len(data))
    )


def docx_of(*paragraphs: tuple[str, str], title: str = "") -> bytes:
    """Make a Word document of (style, text) paragraphs; the styles are added to it."""
    document = docx.Document()
    document.core_properties.title = title
    document.core_properties.author = ""
    for style, text in paragraphs:
        if style not in document.styles:
            document.styles.add_style(style, 1)
        document.add_paragraph(text, style=style)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def fdx_of(content: str, title_page: str = "") -> bytes:
    """Put paragraphs into a Final Draft document."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="no" ?>\n'
        '<FinalDraft DocumentType="Script" Template="No" Version="4">\n'
        f"<Content>{content}</Content>\n"
        f"<TitlePage><Content>{title_page}</Content></TitlePage>\n"
        "</FinalDraft>"
    ).encode()


def zip_of(members: dict[str, bytes]) -> bytes:
    """Make a zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()
