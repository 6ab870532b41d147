from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from rehearsal_server.voices.engine import VoiceEngine, VoiceSpec
from rehearsal_server.voices.espeak.engine import EspeakEngine
from rehearsal_server.voices.flite.engine import FliteEngine
from rehearsal_server.voices.piper.engine import PiperEngine
from tests.rehearsal_server.voices.tiny_piper_voice import write_voice


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def espeak() -> AsyncIterator[EspeakEngine]:
    engine = EspeakEngine()
    yield engine
    await engine.aclose()


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["espeak-ng", "flite", "piper"])
async def engine(
    request: pytest.FixtureRequest, espeak: EspeakEngine, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[VoiceEngine]:
    """Each engine there is; one that is absent is skipped by name."""
    engines: dict[str, VoiceEngine] = {
        "espeak-ng": espeak,
        "flite": FliteEngine(),
        "piper": PiperEngine([write_voice(tmp_path_factory.mktemp("piper"))], espeak=espeak),
    }
    engine = engines[request.param]
    status = await engine.status()
    if status.absence:
        pytest.skip(f"{engine.name} is absent: {status.absence}")
    yield engine
    if engine is not espeak:
        await engine.aclose()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def spec(engine: VoiceEngine) -> VoiceSpec:
    """The engine's first voice."""
    voices = (await engine.status()).voices
    voice = next(voice.id for voice in voices if voice.language == "en-us")
    return engine.palette(voice)[0].spec
