"""An uploaded file, whatever it is, -> `Script`. What it is, its first bytes say."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePath

import msgspec

from rehearsal_server.scripts.encoding import decode_text
from rehearsal_server.scripts.errors import ScriptError
from rehearsal_server.scripts.fdx import parse_fdx
from rehearsal_server.scripts.model import Script
from rehearsal_server.scripts.parse import parse_script
from rehearsal_server.scripts.pdf_text import parse_pdf
from rehearsal_server.scripts.script_json import script_from_json
from rehearsal_server.scripts.subtitles import parse_subtitles
from rehearsal_server.scripts.word_document import parse_word_document

LARGEST_UPLOAD_BYTES = 10_000_000

_SNIFFED_BYTES = 1024
# PDF readers accept a header anywhere in the first kilobyte, and files in the wild need it.
_BINARY_FORMATS: tuple[tuple[re.Pattern[bytes], Callable[[bytes], Script]], ...] = (
    (re.compile(rb"PK\x03\x04"), parse_word_document),
    (re.compile(rb".{0,1000}?%PDF-\d", re.DOTALL), parse_pdf),
)
_KNOWN_TO_FAIL = (
    (b"\xd0\xcf\x11\xe0", "an old Word document. Save it as .docx"),
    (b"{\\rtf", "an RTF document. Save it as .docx or as plain text"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1f\x8b", "a gzip archive. Upload what is in it"),
)
_XML = re.compile(r"\s*<\?xml\b|\s*<FinalDraft\b")
_HTML = re.compile(r"\s*<(?:!doctype html|html)\b", re.IGNORECASE)
_SRT = re.compile(r"\s*\d+[ \t]*\r?\n\s*\d+:\d+:\d+[,.]\d+\s*-->")
_FOUNTAIN_NAMES = (".fountain", ".spmd")


def parse_upload(data: bytes, *, filename: str | None) -> Script:
    """Parse an uploaded file: Fountain, FDX, plain text, Word, PDF, subtitles or our JSON.

    The content decides what the file is; of its name only the ending ``.fountain`` is believed,
    which tells Fountain from text that looks much alike. The name is the title of last resort.

    Raises
    ------
    ScriptError
        The file is too large, damaged, of a kind that we do not read, or holds no script.
    """
    if len(data) > LARGEST_UPLOAD_BYTES:
        limit_mb = LARGEST_UPLOAD_BYTES // 1_000_000
        raise ScriptError(f"The file is larger than {limit_mb} MB; no play is.")
    if not data.strip():
        raise ScriptError("The file is empty.")
    name = PurePath((filename or "").replace("\\", "/"))
    script = _parse(data, fountain=name.suffix.lower() in _FOUNTAIN_NAMES)
    return script if script.title else msgspec.structs.replace(script, title=_as_title(name))


def _parse(data: bytes, *, fountain: bool) -> Script:
    head = data[:_SNIFFED_BYTES]
    for magic, kind in _KNOWN_TO_FAIL:
        if head.startswith(magic):
            raise ScriptError(f"This is {kind}.")
    for pattern, parse in _BINARY_FORMATS:
        if pattern.match(head):
            return parse(data)
    text = decode_text(data)
    if _XML.match(text):
        return parse_fdx(data)
    return _parse_text(text.lstrip("\ufeff"), fountain=fountain)


def _parse_text(text: str, *, fountain: bool) -> Script:
    if _HTML.match(text):
        raise ScriptError("This is a web page. Copy the play out of it as plain text.")
    if text.lstrip().startswith("WEBVTT"):
        return parse_subtitles(text, "vtt")
    if _SRT.match(text):
        return parse_subtitles(text, "srt")
    if text.lstrip().startswith("{"):
        return script_from_json(text)
    return parse_script(text, format="fountain" if fountain else None)


def _as_title(name: PurePath) -> str:
    words = " ".join(re.split(r"[\s_]+", name.stem)).strip()
    return "".join(char for char in words if char.isprintable())[:200]
