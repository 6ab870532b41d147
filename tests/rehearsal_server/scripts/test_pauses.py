from __future__ import annotations

import pytest

from rehearsal_server.scripts.pauses import PAUSE_TERMS_MS, written_pause_ms


@pytest.mark.parametrize(
    ("direction", "pause_ms"),
    [
        ("beat", 1000),
        ("(beat)", 1000),
        ("[Pause.]", 2000),
        ("PAUSE", 2000),
        ("a short pause", 1000),
        ("half a beat", 500),
        ("two beats", 2000),
        ("a long silence", 6000),
        ("A very long pause.", 6000),
        ("And then there's a long beat. Longer than is funny.", 2000),
        ("smiling; then a beat", 1000),
        ("after a moment, sitting", 1000),
        ("She hesitates, then sits.", 1000),
        ("He is silent.", 3000),
        ("An awkward pause, then a beat", 2000),
    ],
)
def test_pauses(direction: str, pause_ms: int) -> None:
    assert written_pause_ms(direction) == pause_ms


@pytest.mark.parametrize(
    "direction",
    [
        "angrily",
        "without a pause",
        "without pausing",
        "no pause",
        "at the moment of impact",
        "breaking the silence",
        "They eat in silence",
        "He beats him",
        "a drum beat",
        "upbeat",
        "",
    ],
)
def test_no_pauses(direction: str) -> None:
    assert written_pause_ms(direction) == 0


def test_a_company_can_bring_its_own_words() -> None:
    assert written_pause_ms("eine Pause", terms_ms={"pause": 1500}) == 0
    assert written_pause_ms("Atem", terms_ms={**PAUSE_TERMS_MS, "atem": 800}) == 800
    assert written_pause_ms("lange Pause", sizes={"lange": 2.0}) == 4000
