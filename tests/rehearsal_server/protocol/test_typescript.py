from __future__ import annotations

import re

from rehearsal_server.protocol.codec import CLIENT_MESSAGES, SERVER_MESSAGES
from rehearsal_server.protocol.typescript import render


def test_every_message_is_declared_once() -> None:
    declared = re.findall(r"^export interface (\w+) \{", render(), re.MULTILINE)
    assert len(declared) == len(set(declared))
    for kind in (*CLIENT_MESSAGES.values(), *SERVER_MESSAGES.values()):
        assert kind.__name__ in declared


def test_every_name_that_is_used_is_declared() -> None:
    text = re.sub(r'/\*\*.*?\*/|//.*|"[^"]*"', "", render())
    declared = {*re.findall(r"interface (\w+)", text), "Record"}
    assert set(re.findall(r"\b[A-Z]\w+\b", text)) <= declared


def test_fields_have_their_types_and_meanings() -> None:
    text = render()
    assert 'action: "listen" | "speak" | "prompt" | "hold" | "done" | "scene_end";' in text
    assert re.search(r"pickup_ms: number \| null;", text)
    assert re.search(r"lines: \(SceneLine\)\[\];", text)
    assert "  options?: Options;" in text
    assert "/** Pitch; null where unvoiced. */" in text
