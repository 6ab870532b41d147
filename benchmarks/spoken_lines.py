"""Recordings of people saying known lines, with the time of every word.

The times come from forced alignment with the same acoustic model (`align`): the line's words in
order, with no way to leave any out. On the `austen` sentences, whose times are CMU's own, the two
differ by 10 ms in the median (`benchmarks.following` reports it).
"""

from __future__ import annotations

import asyncio
import csv
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dsp.clock import ANALYSIS_RATE_HZ, HOP_SAMPLES
from models.acoustic.acoustic_model import AcousticModel, open_acoustic_model
from models.acoustic.dictionary import Dictionary
from models.following.bank import FollowingBank
from models.following.heard import Heard
from models.following.line_graph import LineGraph, build_line_graph
from models.following.settings import FollowingSettings
from rehearsal_server.audio_files import read_mono
from rehearsal_server.following.pronouncer import Pronouncer, Pronunciations
from rehearsal_server.scripts.words import words
from rehearsal_server.voices.espeak.engine import EspeakEngine

Samples = npt.NDArray[np.float32]

# No way but word by word, with silence between.
_FORCED = FollowingSettings(
    skip_cost=1e6, jump_cost=1e6, other_cost=1e6, word_cost=0.0, silence_cost=0.0
)
NOTHING_HEARD = Heard(0, (), -1, False, 0, True)
_TAIL_MS = 300
CORPORA = ("austen", "ljspeech", "sonnets", "speechocean762")


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """A line as somebody said it.

    Attributes
    ----------
    name, corpus, speaker : str
    text : str
    samples : float32, shape (n_samples,)
        At the analysis rate.
    word_ms : int, shape (n_words, 2)
        Start and end of each word; empty until it is aligned.
    """

    name: str
    corpus: str
    speaker: str
    text: str
    samples: Samples
    word_ms: npt.NDArray[np.int64]

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the text."""
        return tuple(word.text for word in words(self.text))


@dataclass(frozen=True, slots=True)
class Ear:
    """What listening takes: the model, and how the words of all lines are said."""

    model: AcousticModel
    pronunciations: Pronunciations

    def graph(self, spoken: Sequence[str]) -> LineGraph:
        """The graph of a line."""
        return build_line_graph(self.model, [self.pronunciations[word] for word in spoken])


def load_lines(data: Path, corpora: Collection[str] = CORPORA) -> tuple[Ear, list[SpokenLine]]:
    """Read and align every line of some corpora.

    Raises
    ------
    FileNotFoundError
        A recording that a manifest names is not there.
    ModelAbsent
        pocketsphinx is not installed.
    """
    lines = list(_recordings(data, corpora))
    spoken = [word for line in lines for word in line.words]
    ear = Ear(open_acoustic_model(), asyncio.run(_pronounce(spoken)))
    return ear, [piece for line in align(ear, lines) for piece in _split(line)]


async def _pronounce(spoken: Sequence[str]) -> Pronunciations:
    engine = EspeakEngine()
    try:
        return await Pronouncer(Dictionary(), engine).pronounce(spoken)
    finally:
        await engine.aclose()


def _recordings(data: Path, corpora: Collection[str]) -> Iterator[SpokenLine]:
    for corpus in [name for name in CORPORA if name in corpora and name != "sonnets"]:
        with (data / corpus / "manifest.csv").open() as manifest:
            for row in csv.DictReader(manifest):
                speaker = f"{corpus}-{row['speaker']}" if "speaker" in row else corpus
                yield _read(data / corpus / row["file"], corpus, speaker, row["text"])
    for number in (1, 2) if "sonnets" in corpora else ():
        text = (data / "sonnets" / f"sonnet{number}.txt").read_text()
        yield _read(data / "sonnets" / f"sonnet{number}.flac", "sonnets", "sonnets", text)


def _read(path: Path, corpus: str, speaker: str, text: str) -> SpokenLine:
    samples = read_mono(path, ANALYSIS_RATE_HZ)
    return SpokenLine(path.stem, corpus, speaker, text, samples, np.zeros((0, 2), np.int64))


def align(ear: Ear, lines: Sequence[SpokenLine]) -> list[SpokenLine]:
    """Find the words of lines; those whose end is not found are left out."""
    rng = np.random.default_rng(0)
    takes = [
        (
            np.concatenate([line.samples, room_tone(line.samples, _TAIL_MS * 16, rng)]),
            ear.graph(line.words),
        )
        for line in lines
    ]
    heard = listen(ear, takes, _FORCED)
    aligned = []
    for line, hops in zip(lines, heard, strict=True):
        found = hops[-1].words
        if [word.word for word in found] == list(range(len(line.words))):
            times = np.array([(word.start_ms, word.end_ms) for word in found])
            aligned.append(
                SpokenLine(line.name, line.corpus, line.speaker, line.text, line.samples, times)
            )
    return aligned


def listen(
    ear: Ear,
    takes: Sequence[tuple[Samples, LineGraph]],
    settings: FollowingSettings,
    *,
    at_once: int = 64,
) -> list[list[Heard]]:
    """Follow each take from its first sample; what was heard at every hop."""
    heard: list[list[Heard]] = []
    for start in range(0, len(takes), at_once):
        heard += _listen_together(ear, takes[start : start + at_once], settings)
    return heard


def _listen_together(
    ear: Ear, takes: Sequence[tuple[Samples, LineGraph]], settings: FollowingSettings
) -> list[list[Heard]]:
    bank = FollowingBank(ear.model, settings, capacity=len(takes))
    slots = [bank.acquire() for _ in takes]
    for slot, (_, graph) in zip(slots, takes, strict=True):
        bank.arm(slot, graph, 0)
    hops = [
        samples[: len(samples) // HOP_SAMPLES * HOP_SAMPLES].reshape(-1, HOP_SAMPLES)
        for samples, _ in takes
    ]
    heard: list[list[Heard]] = [[] for _ in takes]
    for index in range(max(map(len, hops))):
        active = [take for take, audio in enumerate(hops) if index < len(audio)]
        found = bank.step(
            np.array([slots[take] for take in active]),
            np.stack([hops[take][index] for take in active]),
        )
        for take, result in zip(active, found, strict=True):
            heard[take].append(result[-1] if result else NOTHING_HEARD)
    return heard


def room_tone(samples: Samples, n_samples: int, rng: np.random.Generator) -> Samples:
    """Noise as loud as the quietest tenth of a second of a recording, or a little above silence."""
    frames = samples[: len(samples) // 1600 * 1600].reshape(-1, 1600)
    quietest = float(np.sqrt((frames**2).mean(axis=1)).min())
    noise: Samples = (max(quietest, 3e-5) * rng.standard_normal(n_samples)).astype(np.float32)
    return noise


def _split(line: SpokenLine) -> Iterator[SpokenLine]:
    """Cut a poem into its lines of verse; any other line stays whole."""
    verses = [verse for verse in line.text.splitlines() if words(verse)]
    first = 0
    for number, verse in enumerate(verses):
        count = len(words(verse))
        times = line.word_ms[first : first + count]
        before = line.word_ms[first - 1, 1] if first else 0
        after = line.word_ms[first + count, 0] if first + count < len(line.word_ms) else None
        start_ms = max(0, int((before + times[0, 0]) / 2), int(times[0, 0]) - 400)
        last_ms = int(times[-1, 1])
        end_ms = last_ms + 100 if after is None else min(last_ms + 150, int((last_ms + after) / 2))
        cut = line.samples[start_ms * 16 : end_ms * 16]
        name = f"{line.name}.{number}" if len(verses) > 1 else line.name
        yield SpokenLine(name, line.corpus, line.speaker, verse, cut, times - start_ms)
        first += count


def read_austen_times(path: Path) -> list[tuple[int, int]]:
    """Word times of CMU's own alignment, in ms."""
    aligned = json.loads(path.read_text())
    return [
        (round(1000 * word["b"]), round(1000 * (word["b"] + word["d"])))
        for word in aligned["w"]
        if not word["t"].startswith("<") and not word["t"].startswith("[")
    ]
