"""Whole recordings through the live kernels: what training and evaluation look at.

The same kernels hop by hop as on the socket, so that a model is trained on what it will see.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dsp.clock import HOP_SAMPLES
from dsp.descriptors import SpectralDescriptors
from dsp.level import measure_levels
from dsp.pitch import PitchTracker
from dsp.spectrum import ShortTimeSpectrum
from models.emotion.descriptors import DESCRIPTORS, describe_hops
from models.emotion.functionals import WindowFeatures, summarise_windows
from models.emotion.stacking import stack_windows

Float32s = npt.NDArray[np.float32]

_STREAMS_AT_ONCE = 64
_WINDOWS_AT_ONCE = 256


def describe_recordings(recordings: Sequence[Float32s]) -> list[Float32s]:
    """Run recordings through spectrum, pitch and level, many at a time.

    Parameters
    ----------
    recordings : sequence of float32, each of shape (n_samples,)
        At the analysis rate.

    Returns
    -------
    list of float32, each of shape (n_hops, DESCRIPTORS)
        Whole hops only.
    """
    by_length = np.argsort([len(samples) for samples in recordings], kind="stable")
    described: list[Float32s] = [np.zeros((0, DESCRIPTORS), np.float32)] * len(recordings)
    for start in range(0, len(by_length), _STREAMS_AT_ONCE):
        chosen = by_length[start : start + _STREAMS_AT_ONCE]
        together = _describe_together([recordings[index] for index in chosen])
        for index, rows in zip(chosen, together, strict=True):
            described[index] = rows[: len(recordings[index]) // HOP_SAMPLES]
    return described


def _describe_together(recordings: list[Float32s]) -> Float32s:
    n_hops = max(len(samples) for samples in recordings) // HOP_SAMPLES
    streams = np.arange(len(recordings))
    padded = np.zeros((len(recordings), n_hops * HOP_SAMPLES), np.float32)
    for row, samples in zip(padded, recordings, strict=True):
        row[: len(samples)] = samples[: len(row)]
    spectrum, pitch = ShortTimeSpectrum(len(streams)), PitchTracker(len(streams))
    colour = SpectralDescriptors(len(streams))
    described = np.empty((len(streams), n_hops, DESCRIPTORS), np.float32)
    for hop in range(n_hops):
        samples = padded[:, hop * HOP_SAMPLES : (hop + 1) * HOP_SAMPLES]
        power = spectrum.step(streams, samples).power
        mel_dbfs = colour.step(streams, power).mel_dbfs
        f0 = pitch.step(streams, samples)
        level_dbfs = measure_levels(samples).level_dbfs
        described[:, hop] = describe_hops(power, mel_dbfs, f0.f0_hz, f0.periodicity, level_dbfs)
    return described


def features_of(windows: Sequence[Float32s]) -> WindowFeatures:
    """Summarise windows of any lengths up to `MAX_HOPS`, each of shape (n_hops, DESCRIPTORS)."""
    parts = [
        summarise_windows(*stack_windows(windows[start : start + _WINDOWS_AT_ONCE]))
        for start in range(0, len(windows), _WINDOWS_AT_ONCE)
    ]
    return WindowFeatures(
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.voiced_s for part in parts]),
    )
