"""What tells an instrument from speech and background in one hop."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dsp.descriptors import Descriptors
from dsp.kernel import Rows, Slots
from dsp.mel import BANDS
from dsp.spectrum import BIN_HZ
from dsp.vad import evidence as speech

Float32s = npt.NDArray[np.float32]

# The spectrum's fine structure is compared with itself this long before: a note holds its partials
# for longer than a syllable holds its pitch, and noise has none that stay.
LAGS_HOPS = (3, 6, 12)
# Where the partials of most instruments are strong and a window of 48 ms tells them apart.
_FIRST_BIN, _LAST_BIN = round(60 / BIN_HZ), round(3200 / BIN_HZ)
_BINS = _LAST_BIN - _FIRST_BIN
# The envelope that is taken away is the mean of about 200 Hz.
_ENVELOPE_BINS = 13
# Differences below this fraction of the strongest bin are the window's, not the sound's.
_DEPTH = np.float32(1e-7)

# A flatter spectrum than this has no structure, only rounding.
_FAINTEST = np.float32(1e-3)

SOUND_EVIDENCE = 20
EVIDENCE = SOUND_EVIDENCE + len(LAGS_HOPS)
PERSISTENCE = slice(SOUND_EVIDENCE, EVIDENCE)


class PlayingEvidence:
    """Kernel: the evidence for any sound, and how long the spectrum's fine structure persists."""

    def __init__(self, capacity: int) -> None:
        self._sound = speech.SpeechEvidence(capacity)
        # Newest first; unit vectors, or zeros before the stream began.
        self._structures = np.zeros((capacity, max(LAGS_HOPS), _BINS), np.float32)

    def resize(self, capacity: int) -> None:
        """Make room for at least `capacity` slots, keeping the state of those in use."""
        self._sound.resize(capacity)
        missing = capacity - len(self._structures)
        self._structures = np.pad(self._structures, ((0, missing), (0, 0), (0, 0)))

    def reset(self, slots: Slots) -> None:
        """Bring `slots` to the state of a stream that has not begun."""
        self._sound.reset(slots)
        self._structures[slots] = 0

    def step(
        self,
        slots: Rows,
        position: npt.NDArray[np.int64],
        power: Float32s,
        descriptors: Descriptors,
    ) -> Float32s:
        """Advance `slots` by one hop.

        Parameters
        ----------
        slots : Rows of n_streams streams
        position : int64, shape (n_streams,)
            Samples at the end of the hop.
        power : float32, shape (n_streams, BINS)
            From `dsp.spectrum`.
        descriptors : Descriptors

        Returns
        -------
        float32, shape (n_streams, EVIDENCE)
            What `dsp.vad.evidence` gives, on wide bands, then the correlation (-1 to 1) of the
            fine structure with that of each of `LAGS_HOPS` before.
        """
        evidence = np.empty((len(position), EVIDENCE), np.float32)
        sound = self._sound.step(slots, position, descriptors)
        evidence[:, :SOUND_EVIDENCE] = np.vecmat(sound, _COARSE)
        structure = fine_structure(power)
        earlier = self._structures[slots]
        for column, lag in enumerate(LAGS_HOPS, start=SOUND_EVIDENCE):
            evidence[:, column] = np.vecdot(structure, earlier[:, lag - 1])
        self._structures[slots] = np.concatenate((structure[:, None], earlier[:, :-1]), axis=1)
        return evidence


def _coarse() -> Float32s:
    """The matrix that takes what speech is told by to the fewer numbers that music is told by."""
    bands, recent = speech.NOISE_BANDS, len(speech.RECENT_SMOOTHING)
    every = np.eye(speech.EVIDENCE)
    average = speech.AVERAGE_BANDS - 1 / BANDS
    above_floors = [
        every[:, floor] @ np.full((bands, 1), 1 / bands)
        for floor in (speech.ABOVE_SLOW_FLOOR, speech.ABOVE_FAST_FLOOR)
    ]
    # Against means that hold the present hop already.
    above_recent = every[:, speech.ABOVE_RECENT] * np.tile(1 - speech.RECENT_SMOOTHING, 2)
    flux = every[:, [speech.FLUX]]
    columns = [
        every[:, speech.SHAPE] @ average,
        *above_floors,
        every[:, speech.MAX_ABOVE_FLOORS],
        every[:, speech.LEVEL : speech.FLUX + 1],
        above_recent[:, :recent],
        flux - above_recent[:, recent:],
    ]
    return np.concatenate(columns, axis=1).astype(np.float32)


_COARSE = _coarse()


def fine_structure(power: Float32s) -> Float32s:
    """The partials of a spectrum without its envelope, as unit vectors.

    Parameters
    ----------
    power : float32, shape (n_streams, BINS)

    Returns
    -------
    float32, shape (n_streams, n_bins)
        Log power less its moving mean; zeros where there is no power.
    """
    band = power[:, _FIRST_BIN:_LAST_BIN]
    decibels = np.log10(band + _DEPTH * band.max(axis=1, keepdims=True) + np.float32(1e-12))
    sums = np.cumsum(
        np.pad(decibels, ((0, 0), (_ENVELOPE_BINS // 2 + 1, _ENVELOPE_BINS // 2)), mode="edge"),
        axis=1,
    )
    structure: Float32s = decibels - (
        sums[:, _ENVELOPE_BINS:] - sums[:, :-_ENVELOPE_BINS]
    ) / np.float32(_ENVELOPE_BINS)
    norm = np.sqrt(np.vecdot(structure, structure))[:, None]
    np.divide(structure, norm, out=structure, where=norm > _FAINTEST)
    structure *= norm > _FAINTEST
    return structure
