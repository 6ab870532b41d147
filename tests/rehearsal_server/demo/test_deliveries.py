from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import numpy as np
import pytest

from rehearsal_server.audio_files import WavWriter
from rehearsal_server.demo.deliveries import (
    forgotten_lines,
    recorded_deliveries,
    synthetic_deliveries,
)
from rehearsal_server.protocol.fields import AudioFormat
from rehearsal_server.scripts.model import Line
from rehearsal_server.voices.engine import Chunk, EngineStatus, Timbre, VoiceSpec, Word
from rehearsal_server.voices.spoken import SpokenText

RATE = 1000
VOICE = VoiceSpec(engine="fake", voice="fake")


class FakeEngine:
    """Says each word in 200 ms, at a steady level."""

    name = "fake"

    async def status(self) -> EngineStatus:
        return EngineStatus(name=self.name)

    def palette(self, voice: str) -> tuple[Timbre, ...]:
        return ()

    async def synthesize(self, spoken: SpokenText, spec: VoiceSpec) -> AsyncGenerator[Chunk, None]:
        words = tuple(
            Word(
                text=spoken.source[word.char_start : word.char_end],
                start_ms=200 * index,
                end_ms=200 * (index + 1),
                char_start=word.char_start,
                char_end=word.char_end,
            )
            for index, word in enumerate(spoken.words)
        )
        pcm = np.full(200 * len(words), 8192, "<i2").tobytes()
        yield Chunk(sample_rate=RATE, pcm=pcm, words=words)

    async def aclose(self) -> None:
        return None


def lines(*texts: str) -> list[Line]:
    return [Line(id=f"L{n}", character="Ann", text=text) for n, text in enumerate(texts, 1)]


async def test_a_line_stops_for_a_thought_between_its_phrases() -> None:
    (line,) = lines("Well, I had not thought of that before")
    delivery = (await synthetic_deliveries([line], FakeEngine(), VOICE, RATE, 1))[line.id]
    silent = np.flatnonzero(delivery.samples == 0)
    assert 350 <= len(silent) < 600
    assert (silent[0], len(delivery.samples) - len(silent)) == (200, 1600)


async def test_a_line_of_one_phrase_is_said_in_one() -> None:
    (line,) = lines("I had not thought of that.")
    delivery = (await synthetic_deliveries([line], FakeEngine(), VOICE, RATE, 1))[line.id]
    assert np.all(delivery.samples > 0)


async def test_one_line_is_forgotten_and_not_the_first() -> None:
    script = lines(*["I had not thought of that."] * 5)
    forgotten = [
        forgotten_lines(await synthetic_deliveries(script, FakeEngine(), VOICE, RATE, seed))
        for seed in range(20)
    ]
    assert {len(one) for one in forgotten} == {1}
    assert frozenset().union(*forgotten) == {"L2", "L3", "L4", "L5"}


async def test_short_lines_are_not_forgotten() -> None:
    script = lines("Yes.", "No.", "Perhaps.")
    assert not forgotten_lines(await synthetic_deliveries(script, FakeEngine(), VOICE, RATE, 1))


async def test_the_same_seed_gives_the_same_hesitations() -> None:
    script = lines(*["Well, I had not thought of that before now"] * 6)
    first, again, other = [
        await synthetic_deliveries(script, FakeEngine(), VOICE, RATE, seed) for seed in (7, 7, 8)
    ]
    pickups = [[d.pickup_ms for d in one.values()] for one in (first, again, other)]
    assert pickups[0] == pickups[1] != pickups[2]
    assert all(200 <= pickup <= 600 for pickup in pickups[0])
    for one, two in zip(first.values(), again.values(), strict=True):
        np.testing.assert_array_equal(one.samples, two.samples)


def recording(path: Path, samples: int) -> Path:
    writer = WavWriter(path, AudioFormat(sample_rate=16000))
    writer.write(np.full(samples, 8192, "<i2").tobytes())
    writer.close()
    return path


def test_recordings_are_the_lines_in_order(tmp_path: Path) -> None:
    script = lines("One.", "Two.")
    files = [recording(tmp_path / "b.wav", 16000), recording(tmp_path / "a.wav", 8000)]
    deliveries = recorded_deliveries(script, files, 8000, seed=1)
    assert [len(deliveries[line.id].samples) for line in script] == [8000, 4000]
    assert not forgotten_lines(deliveries)


def test_a_recording_too_few_is_refused(tmp_path: Path) -> None:
    files = [recording(tmp_path / "a.wav", 100)]
    with pytest.raises(ValueError, match="1 recordings are given, but the role has 2 lines"):
        recorded_deliveries(lines("One.", "Two."), files, 8000, seed=1)
