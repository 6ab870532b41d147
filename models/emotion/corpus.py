"""Labelled and unlabelled recordings from folders with a manifest."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from dsp.clock import ANALYSIS_RATE_HZ
from models.emotion.categories import category_named

Samples = npt.NDArray[np.float32]

MANIFEST = "manifest.csv"
AUDIO_SUFFIXES = (".flac", ".wav", ".ogg", ".mp3")


class CorpusError(ValueError):
    """A folder of recordings does not have the form it needs; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One recording of one speaker.

    Attributes
    ----------
    name : str
        Its file, as the manifest names it.
    speaker : str
    category : str or None
        One of the seven; None where it carries no label.
    samples : float32, shape (n,)
        At the analysis rate.
    """

    name: str
    speaker: str
    category: str | None
    samples: Samples


@dataclass(frozen=True, slots=True)
class Corpus:
    """A folder of labelled clips.

    Attributes
    ----------
    clips : tuple of Clip
    unknown_labels : dict of str to int
        Labels that are none of the seven categories, and how many clips were left out for each.
    fingerprint : str
        SHA-256 of the manifest.
    """

    clips: tuple[Clip, ...]
    unknown_labels: dict[str, int]
    fingerprint: str

    @property
    def speakers(self) -> tuple[str, ...]:
        """Its speakers, sorted."""
        return tuple(sorted({clip.speaker for clip in self.clips}))


def read_corpus(folder: Path) -> Corpus:
    """Read labelled clips: a `manifest.csv` with the columns file, speaker and emotion.

    Raises
    ------
    CorpusError
        The manifest is missing or lacks a column, a file is missing or unreadable, or no clip has
        one of the seven categories.
    """
    path = folder / MANIFEST
    rows = _manifest_rows(path, ("file", "speaker", "emotion"))
    labels = [(row, category_named(row["emotion"])) for row in rows]
    unknown: dict[str, int] = {}
    for row, category in labels:
        if category is None:
            unknown[row["emotion"]] = unknown.get(row["emotion"], 0) + 1
    clips = tuple(
        Clip(row["file"], row["speaker"], category, read_audio(folder / row["file"]))
        for row, category in labels
        if category is not None
    )
    if not clips:
        raise CorpusError(f"{path}: no emotion is one of the seven; seen: {sorted(unknown)}")
    return Corpus(clips, unknown, hashlib.sha256(path.read_bytes()).hexdigest())


def read_speech(folder: Path, *, min_age: int = 18) -> tuple[Clip, ...]:
    """Read unlabelled speech: every audio file of a folder.

    Speakers come from the manifest's column `speaker`, where there is one; else the whole folder
    is one speaker. Speakers whose `age` the manifest gives as less than `min_age` are left out.
    """
    path = folder / MANIFEST
    rows = _manifest_rows(path, ("file",)) if path.exists() else _rows_of_files(folder)
    return tuple(
        Clip(row["file"], row.get("speaker") or folder.name, None, read_audio(folder / row["file"]))
        for row in rows
        if int(row.get("age") or min_age) >= min_age
    )


def read_audio(path: Path) -> Samples:
    """Read a recording as mono float32 at the analysis rate.

    Raises
    ------
    CorpusError
        The file is missing or is no audio that libsndfile reads.
    """
    try:
        samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, soundfile.LibsndfileError) as error:
        raise CorpusError(f"{path}: cannot be read as audio ({error})") from error
    mono = samples.mean(axis=1)
    if rate_hz != ANALYSIS_RATE_HZ:
        mono = soxr.resample(mono, rate_hz, ANALYSIS_RATE_HZ)
    return np.ascontiguousarray(mono, np.float32)


def in_pieces(clips: tuple[Clip, ...], piece_s: float) -> Iterator[Clip]:
    """Cut clips into pieces of at most `piece_s` seconds; a rest shorter than half is dropped."""
    size = int(piece_s * ANALYSIS_RATE_HZ)
    for clip in clips:
        for start in range(0, max(len(clip.samples) - size // 2, 1), size):
            samples = clip.samples[start : start + size]
            yield Clip(f"{clip.name}@{start}", clip.speaker, clip.category, samples)


def _manifest_rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            reader = csv.DictReader(stream)
            rows = list(reader)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error})") from error
    if missing:
        raise CorpusError(f"{path}: lacks the column {', '.join(missing)}")
    return rows


def _rows_of_files(folder: Path) -> list[dict[str, str]]:
    files = sorted(p for p in folder.iterdir() if p.suffix in AUDIO_SUFFIXES)
    if not files:
        raise CorpusError(f"{folder}: holds no audio ({', '.join(AUDIO_SUFFIXES)})")
    return [{"file": path.name} for path in files]
