"""PDF files with text in them -> `Script`."""

from __future__ import annotations

import io
import logging

import msgspec
from pypdf import Configuration, PdfReader, apply_configuration

from rehearsal_server.scripts.errors import ScriptError, damage_told_as
from rehearsal_server.scripts.model import Notice, Script
from rehearsal_server.scripts.pages import flowing_text
from rehearsal_server.scripts.parse import parse_script

_MOST_PAGES = 500
_LIMITS = Configuration(
    zlib_maximum_output_length=5_000_000,
    lzw_maximum_output_length=5_000_000,
    run_length_maximum_output_length=5_000_000,
    stream_decoding_work_maximum_length=40_000_000,
    stream_parsing_work_maximum_count=500_000,
    xform_maximum_invocations_per_extraction=100,
    disable_legacy_handling=True,  # the limits above hold, not the module's old constants
)


def parse_pdf(data: bytes) -> Script:
    """Parse the text of a PDF; line numbers are those of the extracted text.

    Raises
    ------
    ScriptError
        The file is damaged, locked or too long, holds pictures of text only, or no script.
    """
    # A damaged file would write a line for each of its faults, words of the script included.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    pages = _read_pages(data)
    if not any(page.strip() for page in pages):
        raise ScriptError("The PDF holds no text, only pictures. Run text recognition on it first.")
    flow = flowing_text(pages)
    script = parse_script(flow.text)
    if not flow.left_out:
        return script
    notice = Notice(
        source_line=0,
        code="page_furniture",
        message="Page numbers, running heads and the like; the script does not keep them.",
        text="\n".join(dict.fromkeys(flow.left_out)),
    )
    return msgspec.structs.replace(script, notices=(notice, *script.notices))


def _read_pages(data: bytes) -> list[str]:
    with (
        damage_told_as("The PDF is damaged or goes beyond what a play needs."),
        apply_configuration(_LIMITS),
    ):
        return _extract(PdfReader(io.BytesIO(data)))


def _extract(reader: PdfReader) -> list[str]:
    if reader.is_encrypted and not reader.decrypt(""):
        raise ScriptError("The PDF is locked with a password. Upload it unlocked.")
    if len(reader.pages) > _MOST_PAGES:
        raise ScriptError(f"The PDF has more than {_MOST_PAGES} pages; upload it in parts.")
    return [page.extract_text(extraction_mode="layout") for page in reader.pages]
