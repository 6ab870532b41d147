from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest

from rehearsal_server.following.pronouncer import Pronouncer
from rehearsal_server.voices.engine import VoiceUnavailableError
from rehearsal_server.voices.espeak.engine import EspeakEngine
from tests.models.acoustic.samples import dictionary


class CountingPhonemizer:
    """Remembers what it was asked."""

    def __init__(self, inner: EspeakEngine) -> None:
        self.inner = inner
        self.asked: list[str] = []

    async def phonemize(self, language: str, clauses: Sequence[str]) -> tuple[str, ...]:
        self.asked += clauses
        return await self.inner.phonemize(language, clauses)


class AbsentPhonemizer:
    """As espeak-ng where it is not installed."""

    async def phonemize(self, language: str, clauses: Sequence[str]) -> tuple[str, ...]:
        raise VoiceUnavailableError("espeak-ng is absent")


@pytest.fixture
async def phonemizer() -> AsyncIterator[CountingPhonemizer]:
    engine = EspeakEngine()
    yield CountingPhonemizer(engine)
    await engine.aclose()


async def test_names_and_numbers_are_spoken_by_rule(phonemizer: CountingPhonemizer) -> None:
    pronouncer = Pronouncer(dictionary(), phonemizer)
    found = await pronouncer.pronounce(["Bunburyist", "the", "1895"])
    assert phonemizer.asked == ["Bunburyist", "18 95"]
    assert found["Bunburyist"][0][:4] == ("B", "AH", "N", "B")
    assert " ".join(found["1895"][0]).startswith("EY T IY N")


async def test_a_word_is_asked_for_once(phonemizer: CountingPhonemizer) -> None:
    pronouncer = Pronouncer(dictionary(), phonemizer)
    await pronouncer.pronounce(["Bunburyist"])
    await pronouncer.pronounce(["bunburyist", "Bunburyist"])
    assert phonemizer.asked == ["Bunburyist"]


async def test_without_espeak_unknown_words_have_no_pronunciation() -> None:
    found = await Pronouncer(dictionary(), AbsentPhonemizer()).pronounce(["Bunburyist", "the"])
    assert found["Bunburyist"] == ()
    assert found["the"]
