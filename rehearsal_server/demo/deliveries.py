"""How the demo's actor says each line: from recordings, or with a voice that hesitates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from itertools import pairwise
from pathlib import Path

import numpy as np

from rehearsal_server.audio_files import read_mono, resample
from rehearsal_server.demo.actor import Delivery, Samples
from rehearsal_server.scripts.model import Line
from rehearsal_server.voices.engine import VoiceEngine, VoiceSpec, Word
from rehearsal_server.voices.spoken import spoken_text

# People answer about 200 ms after a cue, seldom before and often later (Stivers et al. 2009).
_PICKUP_MS = (200, 300, 600)  # least, most likely, most
# A thought in the middle of a line: long enough to count as a pause, too short to be an ending.
_PAUSE_MS = (350, 600)
# Later in a line, a silence may well be its end.
_PAUSE_BEFORE_FRACTION = 0.5
# Somebody who has to be prompted forgets a line worth prompting.
_MIN_FORGOTTEN_WORDS = 5
_ENDS_OF_PHRASES = ",;:.!?…"


def recorded_deliveries(
    lines: Sequence[Line], files: Sequence[Path], sample_rate: int, seed: int
) -> dict[str, Delivery]:
    """Deliver each line from its recording, in order.

    Raises
    ------
    ValueError
        There are not as many recordings as lines, or one can't be read.
    """
    if len(lines) != len(files):
        raise ValueError(
            f"{len(files)} recordings are given, but the role has {len(lines)} lines: "
            "give one recording for each, in order"
        )
    random = np.random.default_rng(seed)
    return {
        line.id: Delivery(read_mono(file, sample_rate), _pickup_ms(random))
        for line, file in zip(lines, files, strict=True)
    }


async def synthetic_deliveries(
    lines: Sequence[Line], engine: VoiceEngine, voice: VoiceSpec, sample_rate: int, seed: int
) -> dict[str, Delivery]:
    """Deliver each line with a voice, thinking in the middle and forgetting one of them."""
    random = np.random.default_rng(seed)
    forgotten = _line_to_forget(lines, random)
    deliveries = {}
    for line in lines:
        samples, words = await _synthesize(line.text, engine, voice, sample_rate)
        deliveries[line.id] = Delivery(
            samples=_with_thought(samples, words, line.text, sample_rate, random),
            pickup_ms=_pickup_ms(random),
            needs_prompt=line is forgotten,
        )
    return deliveries


def forgotten_lines(deliveries: Mapping[str, Delivery]) -> frozenset[str]:
    """Lines on which the actor has to be prompted."""
    return frozenset(line_id for line_id, d in deliveries.items() if d.needs_prompt)


async def _synthesize(
    text: str, engine: VoiceEngine, voice: VoiceSpec, sample_rate: int
) -> tuple[Samples, list[Word]]:
    pcm, words, voice_rate = b"", list[Word](), sample_rate
    async with aclosing(engine.synthesize(spoken_text(text), voice)) as chunks:
        async for chunk in chunks:
            pcm += chunk.pcm
            words += chunk.words
            voice_rate = chunk.sample_rate
    samples = np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32768)
    return resample(samples, voice_rate, sample_rate), words


def _with_thought(
    samples: Samples,
    words: Sequence[Word],
    text: str,
    sample_rate: int,
    random: np.random.Generator,
) -> Samples:
    """Stop for a thought after the first phrase, if the line has another."""
    for word, following in pairwise(words):
        if word.end_ms > _PAUSE_BEFORE_FRACTION * words[-1].end_ms:
            break
        if any(mark in text[word.char_end : following.char_start] for mark in _ENDS_OF_PHRASES):
            at = following.start_ms * sample_rate // 1000
            pause = int(random.integers(*_PAUSE_MS)) * sample_rate // 1000
            return np.concatenate([samples[:at], np.zeros(pause, np.float32), samples[at:]])
    return samples


def _line_to_forget(lines: Sequence[Line], random: np.random.Generator) -> Line | None:
    """Choose a line after the first that has enough words to forget."""
    able = [line for line in lines[1:] if len(line.text.split()) >= _MIN_FORGOTTEN_WORDS]
    return able[random.integers(len(able))] if able else None


def _pickup_ms(random: np.random.Generator) -> int:
    return round(random.triangular(*_PICKUP_MS))
