"""A whole line through the front end of the acoustic model, its level and microphone taken off."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dsp.clock import HOP_MS, HOP_SAMPLES
from dsp.framing import HopFramer
from models.acoustic.front_end import CEPSTRA, FRAME_MS, FRAMES_PER_HOP, LATENCY_MS, FrontEnd

Float32s = npt.NDArray[np.float32]

# The front end looks ahead; so much silence after the line brings its last frames out.
_TAIL_HOPS = 3
# Frame 0 begins here, relative to the first sample.
FIRST_FRAME_MS = HOP_MS - LATENCY_MS - FRAME_MS * FRAMES_PER_HOP + FRAME_MS // 2
# Loud parts are brought to this level, so that the floors of the front end lie where they do in
# a recording of usual loudness, whatever the microphone's gain was.
_TARGET_PEAK = 0.3
_PEAK_PERCENTILE = 99.5
# Speech is what lies above the middle between the quiet and the loud frames.
_QUIET, _LOUD = 5.0, 95.0


def line_features(samples: Float32s) -> Float32s:
    """Features of a line, the mean of its speech subtracted.

    Parameters
    ----------
    samples : float32, shape (n_samples,)
        At the analysis rate; any level but digital silence.

    Returns
    -------
    float32, shape (n_frames, n_features)
        Frame 0 begins `FIRST_FRAME_MS` after the first sample. The mean cepstrum of the speech is
        taken off: it is what gain, room and microphone add to all of it.
    """
    hops = HopFramer().push(np.append(_levelled(samples), _silence(_TAIL_HOPS + 1)))
    front_end, slot = FrontEnd(1), np.array([0])
    features = np.concatenate([front_end.step(slot, hop[None])[0] for hop in hops])
    energy = features[:, 0]
    quiet, loud = np.percentile(energy, (_QUIET, _LOUD))
    is_speech = energy >= (quiet + loud) / 2
    features[:, :CEPSTRA] -= features[is_speech, :CEPSTRA].mean(axis=0)
    return features


def _levelled(samples: Float32s) -> Float32s:
    peak = float(np.percentile(np.abs(samples), _PEAK_PERCENTILE)) if len(samples) else 0.0
    gain = _TARGET_PEAK / peak if peak > 0 else 1.0
    return (samples * np.float32(gain)).astype(np.float32)


def _silence(hops: int) -> Float32s:
    return np.zeros(hops * HOP_SAMPLES, np.float32)
