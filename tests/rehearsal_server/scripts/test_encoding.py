from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_server.scripts.encoding import decode_text
from rehearsal_server.scripts.errors import ScriptError


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_encodings(encoding: str) -> None:
    assert decode_text("Élise: “Non”\r\n".encode(encoding)) == "Élise: “Non”\r\n"


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\x00\x00", bytes(range(32)), b"\xff\xfe\x00"])
def test_what_is_no_text(data: bytes) -> None:
    with pytest.raises(ScriptError, match="no text that we can read"):
        decode_text(data)


@given(st.binary())
def test_any_bytes_give_text_or_a_script_error(data: bytes) -> None:
    try:
        assert "\0" not in decode_text(data)
    except ScriptError:
        pass
