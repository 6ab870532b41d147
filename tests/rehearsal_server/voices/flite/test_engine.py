"""What flite does beyond the contract of all engines."""

from __future__ import annotations

import shutil

import pytest

from rehearsal_server.voices.engine import VoiceSpec, VoiceUnavailableError
from rehearsal_server.voices.flite.engine import FliteEngine
from tests.rehearsal_server.voices.speaking import say

needs_flite = pytest.mark.skipif(shutil.which("flite") is None, reason="flite is not installed")


async def test_where_it_is_not_installed_it_is_absent_and_says_what_to_do() -> None:
    engine = FliteEngine(command="flite-that-nobody-has")
    assert (await engine.status()).absence == (
        "the command flite is not installed; on Debian: apt-get install flite"
    )
    with pytest.raises(VoiceUnavailableError, match="apt-get install flite"):
        await say(engine, "Hello.", VoiceSpec(engine="flite", voice="slt"))


@needs_flite
async def test_the_times_of_ordinary_words_are_its_own() -> None:
    engine = FliteEngine()
    spoken = await say(
        engine,
        "I hope you have not been leading a double life, Mr. Worthing.",
        VoiceSpec(engine="flite", voice="slt"),
    )
    assert not any(word.estimated for word in spoken.words)


@needs_flite
async def test_a_voice_whose_pitch_is_fixed_says_so() -> None:
    spec = VoiceSpec(engine="flite", voice="rms", pitch_semitones=2.0)
    with pytest.raises(VoiceUnavailableError, match="cannot change the pitch of 'rms'"):
        await say(FliteEngine(), "Hello.", spec)


@needs_flite
async def test_its_voices_have_a_gender_and_none_is_a_speaking_clock() -> None:
    status = await FliteEngine().status()
    assert {voice.id: voice.gender for voice in status.voices} == {
        "slt": "female",
        "rms": "male",
        "awb": "male",
        "kal16": "male",
    }
