"""The voice of one finished line: pitch contour, loudness, projection, voice quality.

Unlike the live kernels this sees the whole line at once, so it may look both ways.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dsp.bank import HopFeatures, StreamBank
from dsp.clock import HOP_S, HOP_SAMPLES
from dsp.filled_pauses import filled_pause_candidates
from dsp.framing import HopFramer
from dsp.loudness import integrated_loudness_lufs, is_clipping
from dsp.pitch.contour import FRAME_S, refined_contour
from dsp.projection import effort_bands, projection_db
from dsp.rhythm import speech_intervals
from dsp.spectrum import HISTORY_SAMPLES, power_spectrum
from dsp.syllables import syllable_nuclei
from dsp.voice_quality import VoiceQuality, measure_voice_quality

# Semitones are counted from A0, as GeMAPS does (Eyben et al. 2016).
REFERENCE_F0_HZ = 27.5
# Fewer voiced frames than this (0.1 s) are no contour.
_MIN_VOICED_FRAMES = 10

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PitchFigures:
    """F0 of a line in semitones re 27.5 Hz.

    Attributes
    ----------
    mean_st, sd_st : float
    range_st : float
        From the 5th to the 95th percentile.
    """

    mean_st: float
    sd_st: float
    range_st: float


@dataclass(frozen=True, slots=True)
class LineVoice:
    """What a line's voice was found to be; None is what could not be measured.

    Attributes
    ----------
    f0_hz : tuple of float or None
        Contour; frame ``i`` is centred at ``i * f0_frame_s``, None where unvoiced.
    f0_frame_s : float
    level_dbfs : tuple of float
        Contour; of each whole hop of `hop_s`.
    hop_s : float
    speech_s : tuple of (float, float)
        Start and end of each stretch of speech.
    pitch : PitchFigures or None
    loudness_lufs : float or None
        Integrated (ITU-R BS.1770-5).
    projection_db : float or None
        Spectral balance; compare it with the same speaker on the same microphone only.
    is_clipping : bool
    quality : VoiceQuality
    syllables_s : tuple of float
        Syllable nuclei, in seconds after the first sample; see `dsp.syllables` for how true their
        count is.
    filled_pauses_s : tuple of (start, end)
        Where "um" or "uh" may have been said, as `dsp.filled_pauses` hears it: candidates.
    """

    f0_hz: tuple[float | None, ...]
    f0_frame_s: float
    level_dbfs: tuple[float, ...]
    hop_s: float
    speech_s: tuple[tuple[float, float], ...]
    pitch: PitchFigures | None
    loudness_lufs: float | None
    projection_db: float | None
    is_clipping: bool
    quality: VoiceQuality
    syllables_s: tuple[float, ...]
    filled_pauses_s: tuple[tuple[float, float], ...]


def describe_line(samples: Samples) -> LineVoice:
    """Measure a line.

    Parameters
    ----------
    samples : float32, shape (n_samples,)
        The line at the analysis rate, in [-1, 1].

    Raises
    ------
    ValueError
        `samples` is not 1-D.
    """
    hops = HopFramer().push(samples)
    features = _analyse(hops)
    is_speech = np.array([f.is_speech[0] for f in features], np.bool_)
    clipped = np.array([f.clipped[0] for f in features], np.bool_)
    momentary = np.array([f.momentary_lufs[0] for f in features], np.float32)
    contour = refined_contour(samples)
    return LineVoice(
        f0_hz=tuple(round(f0, 1) if f0 > 0 else None for f0 in contour.tolist()),
        f0_frame_s=FRAME_S,
        level_dbfs=tuple(round(float(f.level_dbfs[0]), 1) for f in features),
        hop_s=HOP_S,
        speech_s=_stretches(is_speech),
        pitch=pitch_figures(contour),
        loudness_lufs=integrated_loudness_lufs(momentary),
        projection_db=projection_db(_effort(samples, len(hops)), is_speech),
        is_clipping=is_clipping(clipped, is_speech),
        quality=measure_voice_quality(samples, contour, frame_s=FRAME_S),
        syllables_s=tuple(
            round(at, 2) for at in syllable_nuclei(samples, contour, frame_s=FRAME_S).tolist()
        ),
        filled_pauses_s=tuple(
            (round(start, 2), round(end, 2))
            for start, end in filled_pause_candidates(samples, contour, frame_s=FRAME_S).tolist()
        ),
    )


def pitch_figures(f0_hz: npt.NDArray[np.floating]) -> PitchFigures | None:
    """Mean, spread and range of a contour; None with less than 0.1 s of voice.

    Parameters
    ----------
    f0_hz : float, shape (n_frames,)
        NaN or 0 where unvoiced.
    """
    voiced = f0_hz[f0_hz > 0]
    if len(voiced) < _MIN_VOICED_FRAMES:
        return None
    semitones = 12 * np.log2(voiced / REFERENCE_F0_HZ)
    low, high = np.percentile(semitones, (5, 95))
    return PitchFigures(float(semitones.mean()), float(semitones.std()), float(high - low))


def _stretches(is_speech: npt.NDArray[np.bool_]) -> tuple[tuple[float, float], ...]:
    intervals = speech_intervals(is_speech, hop_s=HOP_S).round(2).tolist()
    return tuple((start_s, end_s) for start_s, end_s in intervals)


def _analyse(hops: Samples) -> list[HopFeatures]:
    bank = StreamBank(1)
    slot = np.array([bank.acquire()])
    return [bank.step(slot, hop[None]) for hop in hops]


def _effort(samples: Samples, n_hops: int) -> Samples:
    """Bands of each hop's window, which ends with the hop, as in the live analysis."""
    padded = np.concatenate((np.zeros(HISTORY_SAMPLES + HOP_SAMPLES, np.float32), samples))
    windows = np.lib.stride_tricks.sliding_window_view(padded, HISTORY_SAMPLES + HOP_SAMPLES)
    return effort_bands(power_spectrum(windows[HOP_SAMPLES::HOP_SAMPLES][:n_hops].copy()))
