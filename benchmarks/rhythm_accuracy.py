"""Syllables and hesitations found by ear, against texts and labels."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import stats

from benchmarks.report import Row
from benchmarks.textgrid import Interval, read_textgrid
from dsp.clock import ANALYSIS_RATE_HZ
from dsp.filled_pauses import filled_pause_candidates
from dsp.line_voice import describe_line
from dsp.syllables import syllable_nuclei
from rehearsal_server.audio_files import read_mono
from rehearsal_server.scripts.syllables import syllables

Samples = npt.NDArray[np.float32]

FREE_SPEECH = ("acoustic_corpus", "cold_corpus", "cold_corpus3")
FILLERS = ("um", "uh")
SHORTEST_FILLER_S = 0.1  # one label of 10 ms is a slip
OVERLAP_S = 0.1
FEWEST_CORRELATED = 5
VOWEL_MARGIN_S = 0.05


@dataclass(frozen=True, slots=True)
class Spoken:
    """A recording and what is known of it.

    Attributes
    ----------
    corpus : str
    samples : float32, shape (n,)
        At the analysis rate.
    n_syllables : int
        By the text, or by the labelled vowels where there are any.
    vowels, fillers : list of Interval or None
        None where they are not labelled; read speech has no fillers.
    """

    corpus: str
    samples: Samples
    n_syllables: int
    vowels: list[Interval] | None = None
    fillers: list[Interval] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What our analysis finds in a recording, in seconds."""

    nuclei_s: npt.NDArray[np.float64]
    filled_pauses: npt.NDArray[np.float64]


def recordings(data: Path) -> Iterator[Spoken]:
    """Read English, and free speech with labelled hesitations, corpus by corpus."""
    for corpus in ("speechocean762", "ljspeech"):
        for row in _manifest(data / corpus):
            yield Spoken(
                corpus, _read(data / corpus / row["file"]), syllables(row["text"]), fillers=[]
            )
    for number in (1, 2):
        text = (data / "sonnets" / f"sonnet{number}.txt").read_text()
        samples = _read(data / "sonnets" / f"sonnet{number}.flac")
        yield Spoken("sonnets", samples, syllables(text), fillers=[])
    for row in _manifest(data / "austen"):
        vowels = _pocketsphinx_vowels(data / "austen" / row["file"])
        samples = _read(data / "austen" / row["file"])
        yield Spoken("austen", samples, len(vowels), vowels, fillers=[])
    for clip in FREE_SPEECH:
        tiers = read_textgrid(data / "mfa_voices" / f"{clip}.TextGrid")
        vowels = [phone for phone in tiers["phones"] if phone.text[:1] in _VOWEL_LETTERS]
        fillers = [word for word in tiers["words"] if _is_filler(word)]
        samples = _read(data / "mfa_voices" / f"{clip}.flac")
        yield Spoken("mfa_voices", samples, len(vowels), vowels, fillers)


def find(samples: Samples) -> Found:
    """Analyse a recording as a line of the product."""
    voice = describe_line(samples)
    f0_hz = np.array([np.nan if f0 is None else f0 for f0 in voice.f0_hz])
    return Found(
        syllable_nuclei(samples, f0_hz, frame_s=voice.f0_frame_s),
        filled_pause_candidates(samples, f0_hz, frame_s=voice.f0_frame_s),
    )


def syllable_count_table(spoken: list[Spoken], found: list[Found]) -> list[Row]:
    """How far counts are off, for each corpus."""
    rows: list[Row] = []
    for corpus in dict.fromkeys(one.corpus for one in spoken):
        pairs = np.array(
            [
                (len(heard.nuclei_s), one.n_syllables)
                for one, heard in zip(spoken, found, strict=True)
                if one.corpus == corpus
            ],
            np.float64,
        )
        error = (pairs[:, 0] - pairs[:, 1]) / pairs[:, 1]
        rows.append(
            {
                "corpus": corpus,
                "recordings": len(pairs),
                "syllables": int(pairs[:, 1].sum()),
                "mean_error_percent": 100 * float(error.mean()),
                "mean_absolute_error_percent": 100 * float(np.abs(error).mean()),
                "correlation": _correlation(pairs),
            }
        )
    return rows


def _correlation(pairs: npt.NDArray[np.float64]) -> float | None:
    if len(pairs) < FEWEST_CORRELATED:
        return None
    return float(stats.pearsonr(pairs[:, 0], pairs[:, 1]).statistic)


def detection_table(spoken: list[Spoken], found: list[Found]) -> list[Row]:
    """Precision and recall of syllables in labelled vowels, and of hesitations."""
    both = list(zip(spoken, found, strict=True))
    nuclei = [
        _match(
            [(v.start_s - VOWEL_MARGIN_S, v.end_s + VOWEL_MARGIN_S) for v in one.vowels],
            [(at_s, at_s) for at_s in heard.nuclei_s],
            overlap_s=0.0,
        )
        for one, heard in both
        if one.vowels is not None
    ]
    fillers = [
        _match(
            [(f.start_s, f.end_s) for f in one.fillers],
            [(start, end) for start, end in heard.filled_pauses],
            overlap_s=OVERLAP_S,
        )
        for one, heard in both
        if one.fillers
    ]
    read = [(one, heard) for one, heard in both if one.fillers == []]
    minutes = sum(len(one.samples) for one, _ in read) / ANALYSIS_RATE_HZ / 60
    false_a_minute = sum(len(heard.filled_pauses) for _, heard in read) / max(minutes, 1e-9)
    return [
        {"what": "syllable nuclei", **_rates(nuclei), "false_per_minute_read": None},
        {"what": "filled pauses", **_rates(fillers), "false_per_minute_read": false_a_minute},
    ]


def _match(
    labelled: list[tuple[float, float]], found: list[tuple[float, float]], *, overlap_s: float
) -> tuple[int, int, int]:
    """Hits, false alarms and misses; each label and each find counts once."""
    left = list(found)
    for start, end in labelled:
        for one in left:
            if min(end, one[1]) - max(start, one[0]) >= overlap_s:
                left.remove(one)
                break
    hits = len(found) - len(left)
    return hits, len(left), len(labelled) - hits


def _rates(matches: list[tuple[int, int, int]]) -> dict[str, float | int]:
    hits, false, missed = (sum(one[i] for one in matches) for i in range(3))
    return {
        "labelled": hits + missed,
        "precision": hits / max(hits + false, 1),
        "recall": hits / max(hits + missed, 1),
    }


_VOWEL_LETTERS = ("A", "E", "I", "O", "U")  # ARPAbet: every vowel begins with one, no consonant


def _is_filler(word: Interval) -> bool:
    return word.text in FILLERS and word.end_s - word.start_s > SHORTEST_FILLER_S


def _pocketsphinx_vowels(recording: Path) -> list[Interval]:
    aligned = json.loads(recording.with_suffix(".phone.json").read_text())
    phones = [phone for word in aligned["w"] for phone in word["w"]]
    return [
        Interval(phone["b"], phone["b"] + phone["d"], phone["t"])
        for phone in phones
        if phone["t"][:1] in _VOWEL_LETTERS
    ]


def _manifest(corpus: Path) -> list[dict[str, str]]:
    with (corpus / "manifest.csv").open() as manifest:
        return list(csv.DictReader(manifest))


def _read(path: Path) -> Samples:
    return read_mono(path, ANALYSIS_RATE_HZ)
