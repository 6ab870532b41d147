"""What Piper does beyond the contract of all engines."""

from __future__ import annotations

from pathlib import Path

import pytest

from rehearsal_server.voices.engine import VoiceSpec, VoiceUnavailableError
from rehearsal_server.voices.espeak.engine import EspeakEngine
from rehearsal_server.voices.piper.engine import PiperEngine
from tests.rehearsal_server.voices.speaking import say
from tests.rehearsal_server.voices.tiny_piper_voice import write_voice

pytestmark = pytest.mark.asyncio(loop_scope="module")

LINE = "I hope you have not been leading a double life, pretending to be wicked."


async def test_without_a_path_it_is_absent(espeak: EspeakEngine) -> None:
    status = await PiperEngine([], espeak=espeak).status()
    assert status.absence == "no Piper voice is configured; give a path to an .onnx file"


async def test_one_bad_voice_makes_it_absent_and_is_named(
    espeak: EspeakEngine, tmp_path: Path
) -> None:
    engine = PiperEngine([write_voice(tmp_path), tmp_path / "lost.onnx"], espeak=espeak)
    assert (
        await engine.status()
    ).absence == "cannot read lost.onnx.json: No such file or directory"
    with pytest.raises(VoiceUnavailableError, match="lost"):
        await say(engine, LINE, VoiceSpec(engine="piper", voice="hum"))
    await engine.aclose()


async def test_speakers_make_a_cast(espeak: EspeakEngine, tmp_path: Path) -> None:
    engine = PiperEngine([write_voice(tmp_path, speakers=3)], espeak=espeak)
    status = await engine.status()
    assert [voice.id for voice in status.voices] == ["hum#p0", "hum#p1", "hum#p2"]
    cast = [timbre.spec.voice for timbre in engine.palette("hum#p1")]
    assert cast[:3] == ["hum#p1", "hum#p0", "hum#p2"]
    await engine.aclose()


async def test_a_voice_with_alignments_times_the_words_that_espeak_parts(
    espeak: EspeakEngine, tmp_path: Path
) -> None:
    engine = PiperEngine([write_voice(tmp_path, aligned=True)], espeak=espeak)
    line = "Good afternoon, Lady Bracknell, have not been"  # said as one: "havenot"
    spoken = await say(engine, line, VoiceSpec(engine="piper", voice="hum"))
    assert [word.text for word in spoken.words if word.estimated] == ["have", "not", "been"]
    await engine.aclose()


async def test_pitch_cannot_be_changed(espeak: EspeakEngine, tmp_path: Path) -> None:
    engine = PiperEngine([write_voice(tmp_path)], espeak=espeak)
    spec = VoiceSpec(engine="piper", voice="hum", pitch_semitones=1.0)
    with pytest.raises(VoiceUnavailableError, match="cannot change the pitch"):
        await say(engine, LINE, spec)
    await engine.aclose()
