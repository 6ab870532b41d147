"""English texts read aloud: natives and learners, line by line."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dsp.clock import ANALYSIS_RATE_HZ
from rehearsal_server.audio_files import read_mono

Samples = npt.NDArray[np.float32]

NATIVE = ("austen", "ljspeech", "sonnets")
LEARNERS = ("speechocean762",)
_SUBTITLE = re.compile(r"(\d+):(\d+):(\d+),(\d+) --> (\d+):(\d+):(\d+),(\d+)\n(.+)")


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A text and somebody who reads it.

    Attributes
    ----------
    corpus, speaker, text : str
    samples : float32, shape (n_samples,)
        At the analysis rate.
    """

    corpus: str
    speaker: str
    text: str
    samples: Samples

    @property
    def seconds(self) -> float:
        """How long it takes."""
        return len(self.samples) / ANALYSIS_RATE_HZ


def read_lines(data: Path, *, learners_each: int) -> Iterator[ReadLine]:
    """Read the lines, at most `learners_each` of each learner.

    Raises
    ------
    FileNotFoundError
        A corpus is not there.
    """
    for corpus in ("austen", "ljspeech"):
        for row in _manifest(data / corpus):
            yield _line(data / corpus / row["file"], corpus, corpus, row["text"])
    yield from _sonnet(data / "sonnets")
    taken: dict[str, int] = {}
    for row in _manifest(data / "speechocean762"):
        speaker = row["speaker"]
        taken[speaker] = taken.get(speaker, 0) + 1
        if taken[speaker] <= learners_each:
            path = data / "speechocean762" / row["file"]
            yield _line(path, "speechocean762", f"speechocean762-{speaker}", row["text"])


def _line(path: Path, corpus: str, speaker: str, text: str) -> ReadLine:
    return ReadLine(corpus, speaker, text, read_mono(path, ANALYSIS_RATE_HZ))


def _sonnet(folder: Path) -> Iterator[ReadLine]:
    """Cut the first sonnet into its lines, by its subtitles; the first one is its number."""
    whole = read_mono(folder / "sonnet1.flac", ANALYSIS_RATE_HZ)
    for times in _SUBTITLE.findall((folder / "sonnet1.srt").read_text("utf-8")):
        start_s, end_s = _seconds(times[:4]), _seconds(times[4:8])
        text = times[8].strip()
        if not text.isdecimal():
            samples = whole[round(start_s * ANALYSIS_RATE_HZ) : round(end_s * ANALYSIS_RATE_HZ)]
            yield ReadLine("sonnets", "sonnets", text, samples)


def _seconds(parts: tuple[str, ...]) -> float:
    hours, minutes, seconds, milliseconds = map(int, parts)
    return 3600 * hours + 60 * minutes + seconds + milliseconds / 1000


def _manifest(corpus: Path) -> list[dict[str, str]]:
    with (corpus / "manifest.csv").open() as manifest:
        return list(csv.DictReader(manifest))
