"""Jitter, shimmer and harmonicity beside Praat's, on vowels that are held."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks.report import Row
from dsp.clock import ANALYSIS_RATE_HZ
from dsp.voice_quality import measure_voice_quality
from rehearsal_server.audio_files import read_mono

Samples = npt.NDArray[np.float32]

FRAME_S = 0.005
LOWEST_F0_HZ, HIGHEST_F0_HZ = 75, 600


class HeldVowel(NamedTuple):
    """A steady vowel in a clip of mfa_voices."""

    clip: str
    start_s: float
    end_s: float


HELD_VOWELS = (
    HeldVowel("mfa_long", 1.95, 4.15),
    HeldVowel("mfa_long", 6.60, 7.38),
    HeldVowel("mfa_affectation", 3.86, 4.38),
    HeldVowel("mfa_crossword", 4.31, 4.65),
    HeldVowel("mfa_crossword", 5.96, 6.41),
    HeldVowel("mfa_internalsil", 0.94, 1.39),
    HeldVowel("mfa_internalsil", 7.34, 7.82),
    HeldVowel("mfa_uh", 2.54, 3.12),
    HeldVowel("mfa_uhum", 3.16, 3.63),
)


class PraatMeasures(NamedTuple):
    """Figures of Praat's voice report, with its defaults."""

    jitter_local: float
    shimmer_local: float
    hnr_db: float
    f0_hz: npt.NDArray[np.float64]  # a value every FRAME_S from 0 s, NaN where unvoiced


def praat_measures(samples: Samples) -> PraatMeasures:
    """Ask Praat.

    Raises
    ------
    ImportError
        praat-parselmouth is not installed.
    """
    import parselmouth
    from parselmouth.praat import call

    sound = parselmouth.Sound(samples.astype(np.float64), ANALYSIS_RATE_HZ)
    pitch = sound.to_pitch_cc(pitch_floor=LOWEST_F0_HZ, pitch_ceiling=HIGHEST_F0_HZ)
    pulses = call([sound, pitch], "To PointProcess (cc)")
    harmonicity = sound.to_harmonicity_cc(
        time_step=0.01,
        minimum_pitch=LOWEST_F0_HZ,
        silence_threshold=0.1,
        periods_per_window=1.0,
    ).values
    times_s = np.arange(0, len(samples) / ANALYSIS_RATE_HZ, FRAME_S)
    return PraatMeasures(
        jitter_local=call(pulses, "Get jitter (local)", 0, 0, 0.0001, 0.02, 1.3),
        shimmer_local=call([sound, pulses], "Get shimmer (local)", 0, 0, 0.0001, 0.02, 1.3, 1.6),
        hnr_db=float(harmonicity[harmonicity > -200].mean()),  # -200 dB stands for silence
        f0_hz=np.array([pitch.get_value_at_time(time_s) for time_s in times_s]),
    )


def read_vowel(data: Path, vowel: HeldVowel) -> Samples:
    """Cut the vowel out of its clip."""
    samples = read_mono(data / "mfa_voices" / f"{vowel.clip}.flac", ANALYSIS_RATE_HZ)
    start, end = (round(at_s * ANALYSIS_RATE_HZ) for at_s in (vowel.start_s, vowel.end_s))
    return samples[start:end]


def voice_quality_table(data: Path) -> list[Row]:
    """Ours and Praat's, from the same F0; ratios of one are agreement.

    Raises
    ------
    ImportError
        praat-parselmouth is not installed.
    """
    rows: list[Row] = []
    for vowel in HELD_VOWELS:
        samples = read_vowel(data, vowel)
        praat = praat_measures(samples)
        ours = measure_voice_quality(samples, praat.f0_hz, frame_s=FRAME_S)
        rows.append(
            {
                "vowel": f"{vowel.clip} at {vowel.start_s:g} s",
                "praat_jitter_percent": 100 * praat.jitter_local,
                "jitter_ratio": _ratio(ours.jitter_local, praat.jitter_local),
                "praat_shimmer_percent": 100 * praat.shimmer_local,
                "shimmer_ratio": _ratio(ours.shimmer_local, praat.shimmer_local),
                "praat_hnr_db": praat.hnr_db,
                "hnr_ratio": _ratio(ours.hnr_db, praat.hnr_db),
            }
        )
    return rows


def _ratio(ours: float | None, theirs: float) -> float | None:
    return None if ours is None else ours / theirs
