"""Voice quality of a whole line: jitter, shimmer, harmonics-to-noise ratio and spectral tilt.

All of them need a voice that is close and a room that is quiet; report them as the speaker's own
over time, never as a diagnosis.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dsp.clock import ANALYSIS_RATE_HZ
from dsp.spectrum import WINDOW_SAMPLES, power_spectrum
from dsp.voice_quality.harmonicity import harmonics_to_noise_db
from dsp.voice_quality.perturbation import jitter_local, shimmer_local
from dsp.voice_quality.pulses import glottal_pulses
from dsp.voice_quality.tilt import spectral_tilt_db_per_octave

__all__ = [
    "VoiceQuality",
    "glottal_pulses",
    "harmonics_to_noise_db",
    "jitter_local",
    "measure_voice_quality",
    "shimmer_local",
    "spectral_tilt_db_per_octave",
]


@dataclass(frozen=True, slots=True)
class VoiceQuality:
    """What could be measured of a line's voice; None is what could not.

    Attributes
    ----------
    jitter_local, shimmer_local : float or None
        Ratios (0.01 is 1 %), as Praat's "local".
    hnr_db : float or None
        Mean harmonics-to-noise ratio, dB.
    spectral_tilt_db_per_octave : float or None
    voiced_s : float
        Seconds of voiced sound that they rest on.
    """

    jitter_local: float | None
    shimmer_local: float | None
    hnr_db: float | None
    spectral_tilt_db_per_octave: float | None
    voiced_s: float


def measure_voice_quality(
    samples: npt.NDArray[np.float32], f0_hz: npt.NDArray[np.floating], *, frame_s: float
) -> VoiceQuality:
    """Measure a line whose F0 is known; takes about 10 ms for each second of speech.

    Parameters
    ----------
    samples : float32, shape (n,)
        The line at the analysis rate.
    f0_hz : float, shape (n_frames,)
        Its refined contour; frame ``i`` is centred at ``i * frame_s``, NaN or 0 where unvoiced.
    frame_s : float > 0, seconds

    Raises
    ------
    ValueError
        `samples` or `f0_hz` is not 1-D, or `frame_s` is not positive.
    """
    if samples.ndim != 1 or f0_hz.ndim != 1:
        raise ValueError(f"need one line and one contour, not {samples.shape} and {f0_hz.shape}")
    if frame_s <= 0:
        raise ValueError(f"frame_s is {frame_s}; it is the seconds from one F0 frame to the next")
    contour = f0_hz.astype(np.float64)
    sound = samples.astype(np.float64)
    sound -= sound.mean() if len(sound) else 0.0
    pulses = glottal_pulses(sound, contour, frame_s=frame_s)
    return VoiceQuality(
        jitter_local=jitter_local(pulses),
        shimmer_local=shimmer_local(sound, pulses),
        hnr_db=harmonics_to_noise_db(sound, contour, frame_s=frame_s),
        spectral_tilt_db_per_octave=spectral_tilt_db_per_octave(
            _voiced_spectra(samples, contour, frame_s)
        ),
        voiced_s=float((contour > 0).sum() * frame_s),
    )


def _voiced_spectra(
    samples: npt.NDArray[np.float32], f0_hz: npt.NDArray[np.float64], frame_s: float
) -> npt.NDArray[np.float32]:
    centres = np.flatnonzero(f0_hz > 0) * frame_s * ANALYSIS_RATE_HZ
    # One spectrum for each half window: more would only see the same samples again.
    starts = np.unique(centres // (WINDOW_SAMPLES // 2)).astype(np.intp) * (WINDOW_SAMPLES // 2)
    starts = starts[starts + WINDOW_SAMPLES <= len(samples)]
    return power_spectrum(samples[starts[:, None] + np.arange(WINDOW_SAMPLES)])
