"""Recordings of speech, labelled where somebody speaks, to train and judge voice activity with.

Few of the recordings come with times. The others were made in quiet rooms, so the energy of the
clean original says where the speech is; on the sentences that have phone times the two agree on
97 % of all 10 ms frames.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import signal

from dsp.clock import ANALYSIS_RATE_HZ
from rehearsal_server.audio_files import read_mono

Samples = npt.NDArray[np.float32]
Labels = npt.NDArray[np.bool_]

LABEL_SAMPLES = ANALYSIS_RATE_HZ // 100
# Stops and short hesitations are part of speech, as in labels that people make.
LONGEST_GAP_LABELS = 20
SHORTEST_SOUND_LABELS = 4
_ENERGY_WINDOW_SAMPLES = 400
_SHORTEST_CLIP_SAMPLES = 3200

# Never trained on. Both sexes, four corpora, learners and natives, reading and acting.
HELD_OUT_SPEAKERS = frozenset(
    {
        "austen",
        "sonnets",
        "emodb-12",
        "emodb-13",
        "speechocean762-0036",
        "speechocean762-1336",
        "speechocean762-2242",
        "speechocean762-9606",
    }
)


@dataclass(frozen=True, slots=True)
class Clip:
    """One recording.

    Attributes
    ----------
    name, speaker : str
    samples : float32, shape (n_samples,)
        At the analysis rate.
    is_speech : bool, shape (n_labels,)
        One label per `LABEL_SAMPLES`.
    """

    name: str
    speaker: str
    samples: Samples
    is_speech: Labels


def load_clips(data: Path) -> list[Clip]:
    """Read and label every recording of speech.

    Parameters
    ----------
    data : Path
        The folder of shared data.

    Raises
    ------
    FileNotFoundError
        A recording that a manifest names is not there.
    """
    clips = []
    for path, speaker in _recordings(data):
        samples = read_mono(path, ANALYSIS_RATE_HZ)
        if len(samples) < _SHORTEST_CLIP_SAMPLES:
            continue
        phones = path.with_suffix(".phone.json")
        labels = read_phone_labels(phones) if phones.exists() else label_by_energy(samples)
        clips.append(Clip(path.stem, speaker, samples, labels))
    return clips


def _recordings(data: Path) -> Iterator[tuple[Path, str]]:
    for corpus in ("emodb", "speechocean762"):
        with (data / corpus / "manifest.csv").open() as manifest:
            for row in csv.DictReader(manifest):
                yield data / corpus / row["file"], f"{corpus}-{row['speaker']}"
    # One speaker each, or nearly so.
    for corpus in ("ljspeech", "mfa_voices", "austen", "sonnets"):
        for path in sorted((data / corpus).glob("*.flac")):
            yield path, corpus


def label_by_energy(samples: Samples) -> Labels:
    """Label a quiet recording by its energy above 100 Hz.

    Parameters
    ----------
    samples : float32, shape (n_samples,)

    Returns
    -------
    bool, shape (n_samples // LABEL_SAMPLES,)
        True where the energy lies above 0.3 of the way from the recording's silence (5th
        percentile, in dB) to its speech (95th), but 15 to 40 dB below speech; gaps shorter than
        200 ms are filled, sounds shorter than 40 ms dropped.
    """
    level_db = energy_db(samples)
    silence_db, speech_db = np.percentile(level_db, [5, 95])
    threshold_db = np.clip(
        silence_db + 0.3 * (speech_db - silence_db), speech_db - 40, speech_db - 15
    )
    without_clicks = ~fill_gaps(~(level_db > threshold_db), SHORTEST_SOUND_LABELS)
    return fill_gaps(without_clicks, LONGEST_GAP_LABELS)


def energy_db(samples: Samples) -> npt.NDArray[np.float64]:
    """Energy above 100 Hz in 25 ms about the middle of each label, in dB re full scale."""
    high_pass = signal.butter(2, 100, "highpass", fs=ANALYSIS_RATE_HZ, output="sos")
    power = np.square(signal.sosfilt(high_pass, samples.astype(np.float64)))
    margin = _ENERGY_WINDOW_SAMPLES // 2
    sums = np.concatenate([[0.0], np.cumsum(np.pad(power, margin))])
    starts = np.arange(len(samples) // LABEL_SAMPLES) * LABEL_SAMPLES + LABEL_SAMPLES // 2
    energy = (sums[starts + _ENERGY_WINDOW_SAMPLES] - sums[starts]) / _ENERGY_WINDOW_SAMPLES
    return np.asarray(10 * np.log10(energy + 1e-10), np.float64)


def fill_gaps(active: Labels, shortest_gap: int) -> Labels:
    """Fill the gaps between activity that are shorter than `shortest_gap` labels."""
    filled = active.copy()
    turns = np.flatnonzero(np.diff(active))
    for before, after in pairwise(turns):
        if active[before] and after - before < shortest_gap:
            filled[before + 1 : after + 1] = True
    return filled


def read_phone_labels(path: Path) -> Labels:
    """Read PocketSphinx's alignment: speech is every phone that is not silence."""
    aligned = json.loads(path.read_text())
    labels = np.zeros(round(aligned["d"] * ANALYSIS_RATE_HZ) // LABEL_SAMPLES, np.bool_)
    for word in aligned["w"]:
        for phone in word["w"]:
            if phone["t"] != "SIL" and not phone["t"].startswith("+"):
                start_s, end_s = phone["b"], phone["b"] + phone["d"]
                labels[round(start_s * 100) : round(end_s * 100)] = True
    return labels


def read_sentence_labels(path: Path, n_labels: int) -> Labels:
    """Read a ``.lab`` file: lines of start, end and what begins there (speech or silence)."""
    labels = np.zeros(n_labels, np.bool_)
    for line in path.read_text().splitlines():
        start_s, _, what = line.split()
        labels[round(float(start_s) * 100) :] = what == "speech"
    return labels
