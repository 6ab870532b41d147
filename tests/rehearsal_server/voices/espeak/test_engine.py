"""What espeak-ng does beyond the contract of all engines."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
from contextlib import aclosing
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
import pyworld

import rehearsal_server
from rehearsal_server.voices.engine import SynthesisError, VoiceSpec, VoiceUnavailableError
from rehearsal_server.voices.espeak.engine import EspeakEngine
from rehearsal_server.voices.spoken import spoken_text
from tests.rehearsal_server.voices.speaking import Utterance, drain, say

pytestmark = pytest.mark.asyncio(loop_scope="module")

SPEC = VoiceSpec(engine="espeak-ng", voice="en-us")
LINE = "I hope you have not been leading a double life, pretending to be wicked."
EXIT_TIMEOUT_S = 20


def workers_of(pid: int) -> list[int]:
    """Process ids of the espeak-ng workers that a process has started."""
    children = Path(f"/proc/{pid}/task").glob("*/children")
    pids = [int(child) for file in children for child in file.read_text().split()]
    return [p for p in pids if b"espeak.worker" in Path(f"/proc/{p}/cmdline").read_bytes()]


def loaded_files() -> str:
    return Path("/proc/self/maps").read_text()


def median_f0_hz(spoken: Utterance) -> float:
    f0_hz, _ = pyworld.dio(spoken.samples, spoken.sample_rate, f0_floor=50)
    return float(np.median(f0_hz[f0_hz > 0]))


async def test_workers_start_when_they_are_needed_and_end_with_the_engine() -> None:
    before = set(workers_of(os.getpid()))
    engine = EspeakEngine(workers=2)
    assert set(workers_of(os.getpid())) == before
    await asyncio.gather(*(say(engine, LINE, SPEC) for _ in range(6)))
    started = set(workers_of(os.getpid())) - before
    assert len(started) == 2
    await engine.aclose()
    assert not started & set(workers_of(os.getpid()))


async def test_a_killed_worker_fails_one_request_and_the_next_one_works() -> None:
    before = set(workers_of(os.getpid()))
    engine = EspeakEngine()
    async with aclosing(engine.synthesize(spoken_text(f"{LINE} " * 100), SPEC)) as chunks:
        await anext(chunks)
        (worker,) = set(workers_of(os.getpid())) - before
        os.kill(worker, signal.SIGKILL)
        with pytest.raises(SynthesisError, match="exit status -9"):
            await drain(chunks)
    assert (await say(engine, LINE, SPEC)).duration_ms > 1000
    (another,) = set(workers_of(os.getpid())) - before
    assert another != worker
    await engine.aclose()


async def test_closing_ends_a_worker_in_the_middle_of_a_request() -> None:
    before = set(workers_of(os.getpid()))
    engine = EspeakEngine()
    async with aclosing(engine.synthesize(spoken_text(f"{LINE} " * 100), SPEC)) as chunks:
        await anext(chunks)
        await engine.aclose()
        with pytest.raises(SynthesisError, match="the espeak-ng worker ended"):
            await drain(chunks)
    assert set(workers_of(os.getpid())) == before


PARENT = """
import asyncio, os
from rehearsal_server.voices.engine import VoiceSpec
from rehearsal_server.voices.espeak.engine import EspeakEngine
from rehearsal_server.voices.spoken import spoken_text

async def main():
    chunks = EspeakEngine().synthesize(
        spoken_text("To be, or not to be. " * 500), VoiceSpec(engine="espeak-ng", voice="en-us")
    )
    await anext(chunks)
    print("speaking", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waits for a stranger's end: Linux only")
async def test_the_worker_ends_when_the_server_is_killed() -> None:
    root = Path(rehearsal_server.__file__).parents[1]
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, cwd=root, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    assert await parent.stdout.readline() == b"speaking\n"
    (worker,) = workers_of(parent.pid)
    end_of_worker = os.pidfd_open(worker)
    parent.kill()
    await parent.wait()
    assert select.select([end_of_worker], [], [], EXIT_TIMEOUT_S)[0]
    os.close(end_of_worker)


async def test_without_the_wheel_the_engine_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    status = await EspeakEngine().status()
    assert status.absence == (
        "the package espeakng-loader is not installed: pip install espeakng-loader"
    )


async def test_the_library_is_never_loaded_into_the_server() -> None:
    assert "espeak" not in loaded_files()
    assert "rehearsal_server.voices.espeak.library" not in sys.modules


async def test_pitch_is_in_semitones(espeak: EspeakEngine) -> None:
    own_hz = median_f0_hz(await say(espeak, LINE, SPEC))
    for semitones in (-5.0, -2.0, 2.0, 5.0):
        spec = VoiceSpec(engine="espeak-ng", voice="en-us", pitch_semitones=semitones)
        shifted_hz = median_f0_hz(await say(espeak, LINE, spec))
        assert 12 * np.log2(shifted_hz / own_hz) == pytest.approx(semitones, abs=0.8)


async def test_the_voices_of_a_cast_can_be_told_apart(espeak: EspeakEngine) -> None:
    await espeak.status()
    cast = espeak.palette("en-us")[:12]
    spoken = [await say(espeak, LINE, timbre.spec) for timbre in cast]
    features = [(12 * np.log2(median_f0_hz(each)), long_term_spectrum_db(each)) for each in spoken]
    for (a, one), (b, other) in combinations(zip(cast, features, strict=True), 2):
        semitones = one[0] - other[0]
        spectral_db = np.sqrt(np.mean(np.square(one[1] - other[1])))
        assert np.hypot(semitones, spectral_db) > 3.5, (a.spec, b.spec)


async def test_emphasis_is_heard(espeak: EspeakEngine) -> None:
    plain, shouted = "I said no to him.", "I said NO to him."
    levels = []
    for line in (plain, shouted):
        spoken = await say(espeak, line, SPEC)
        word = next(word for word in spoken.words if word.text.lower() == "no")
        levels.append(np.sqrt(np.square(spoken.between(word.start_ms, word.end_ms)).mean()))
    assert levels[1] > 1.2 * levels[0]


async def test_the_palette_follows_the_language_and_the_variant(espeak: EspeakEngine) -> None:
    await espeak.status()
    voices = [timbre.spec.voice for timbre in espeak.palette("de+f3")]
    assert voices[0] == "de+f3"
    assert all(voice.startswith("de") for voice in voices)
    with pytest.raises(VoiceUnavailableError, match="no voice variant 'nobody'"):
        espeak.palette("de+nobody")


@pytest.mark.parametrize(
    ("language", "line"),
    [("de", "Guten Tag, schöne Frau."), ("fr-fr", "Ça va très bien."), ("ru", "Добрый день.")],
)
async def test_other_languages_are_spoken_and_timed(
    espeak: EspeakEngine, language: str, line: str
) -> None:
    spoken = await say(espeak, line, VoiceSpec(engine="espeak-ng", voice=language))
    assert [word.text for word in spoken.words] == line.rstrip(".").replace(",", "").split()
    assert 400 < spoken.duration_ms < 3000


def long_term_spectrum_db(spoken: Utterance) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Mean power in thirds of an octave from 100 Hz to 8 kHz, without its level."""
    frames = np.lib.stride_tricks.sliding_window_view(spoken.samples, 1024)[::512]
    power = np.square(np.abs(np.fft.rfft(frames * np.hanning(1024)))).mean(axis=0)
    frequency_hz = np.fft.rfftfreq(1024, 1 / spoken.sample_rate)
    edges_hz = 100 * 2 ** (np.arange(20) / 3)
    bands = [
        power[(frequency_hz >= low) & (frequency_hz < high)].sum()
        for low, high in pairwise(edges_hz)
    ]
    spectrum_db = 10 * np.log10(bands)
    return np.asarray(spectrum_db - spectrum_db.mean())
