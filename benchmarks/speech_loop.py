"""What the paced clients say: scenes of real or synthetic speech with pauses, over and over.

A round is a partner's line, into whose time falls a stretch of room noise, then sentences with
pauses between them. Each phase of the loop begins with another sentence, and so does its script, so
that clients of different phases are never in step and yet say what is written.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rehearsal_server.audio_files import Samples, read_mono, resample
from rehearsal_server.voices.engine import VoiceEngine, VoiceSpec
from rehearsal_server.voices.spoken import spoken_text

SAMPLE_RATE = 16_000
PARTNER, READER = "Partner", "Reader"

# The partner's line has to fit in, with the network's delay.
_PARTNERS_TIME_S = 3.5
_PAUSE_S = 1.2
_ROOM_NOISE_DBFS = -62.0
_PARTNERS_LINE = "And what did you say?"
_SENTENCES = (
    "I said that I had never been to the sea.",
    "The train was late, and the rain came in at the window.",
    "Nobody told me that the house was sold.",
    "You can keep the letters, if you have read them.",
    "My brother would have laughed at that.",
)


@dataclass(frozen=True)
class Sentence:
    """A line and how it sounds."""

    text: str
    samples: Samples  # mono, full scale 1, at `SAMPLE_RATE`


@dataclass(frozen=True)
class Phase:
    """One way to go round the loop."""

    script: str
    pcm: bytes  # one round, s16le


async def synthetic_sentences(engine: VoiceEngine, voice: VoiceSpec) -> list[Sentence]:
    """Have a voice say our own sentences."""
    sentences = []
    for text in _SENTENCES:
        pcm, rate = b"", SAMPLE_RATE
        async with aclosing(engine.synthesize(spoken_text(text), voice)) as chunks:
            async for chunk in chunks:
                pcm, rate = pcm + chunk.pcm, chunk.sample_rate
        samples = np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32768)
        sentences.append(Sentence(text, resample(samples, rate, SAMPLE_RATE)))
    return sentences


def recorded_sentences(directory: Path) -> list[Sentence]:
    """Read recordings and their texts from a folder with a `manifest.csv` (`file`, `text`)."""
    with (directory / "manifest.csv").open(encoding="utf-8", newline="") as manifest:
        return [
            Sentence(row["text"], read_mono(directory / row["file"], SAMPLE_RATE))
            for row in csv.DictReader(manifest)
        ]


def phases(sentences: Sequence[Sentence], seconds: float, seed: int = 0) -> list[Phase]:
    """Make the loop begin with each sentence in turn; the scripts last for `seconds`."""
    random = np.random.default_rng(seed)
    return [
        _phase([*sentences[first:], *sentences[:first]], seconds, random)
        for first in range(len(sentences))
    ]


def _phase(sentences: Sequence[Sentence], seconds: float, random: np.random.Generator) -> Phase:
    pause = np.zeros(round(_PAUSE_S * SAMPLE_RATE), np.float32)
    parts = [np.zeros(round(_PARTNERS_TIME_S * SAMPLE_RATE), np.float32)]
    for sentence in sentences:
        parts += [sentence.samples, pause]
    spoken = np.concatenate(parts)
    noise = random.standard_normal(len(spoken)) * 10 ** (_ROOM_NOISE_DBFS / 20)
    pcm = np.round(np.clip(spoken + noise, -1, 1) * 32767).astype("<i2").tobytes()
    lines = [f"{PARTNER.upper()}: {_PARTNERS_LINE}"]
    lines += [f"{READER.upper()}: {' '.join(sentence.text.split())}" for sentence in sentences]
    rounds = 1 + int(seconds * SAMPLE_RATE) // len(spoken)
    return Phase(script="\n\n".join(lines * rounds), pcm=pcm)
