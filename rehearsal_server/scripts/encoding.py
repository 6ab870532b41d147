"""Bytes of an uploaded text -> characters."""

from __future__ import annotations

import codecs
import re

from rehearsal_server.scripts.errors import ScriptError

# UTF-32's mark begins with UTF-16's, so it is asked first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# All but tab, line ends, form feed and the end mark of DOS.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f-\x84\x86-\x9f]")
_MOST_CONTROLS_SHARE = 0.01


def decode_text(data: bytes) -> str:
    """Decode by the byte order mark, else as UTF-8, else as Windows-1252.

    Raises
    ------
    ScriptError
        The bytes are no text: they do not decode, or hold control characters.
    """
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = _decode_western(data) if encoding == "utf-8" else ""
    controls = sum(1 for _ in _CONTROL.finditer(text))
    if (data and not text) or "\0" in text or controls > _MOST_CONTROLS_SHARE * len(text):
        raise ScriptError("This file is no text that we can read. Save the play as UTF-8 text.")
    return text


def _decode_western(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return ""
