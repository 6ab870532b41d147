"""All streams of a process, analysed together one hop at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dsp.clock import HOP_SAMPLES
from dsp.descriptors import SpectralDescriptors
from dsp.kernel import Hops, Rows, Slots, StreamKernel
from dsp.level import measure_levels
from dsp.loudness import KWeightedLoudness
from dsp.pitch import VOICE, PitchRange, PitchTracker
from dsp.spectrum import ShortTimeSpectrum
from dsp.stream_state import StreamState, put_state, slot_array_names, take_state
from dsp.vad.decision import DecisionSettings
from dsp.vad.detector import VoiceActivityDetector

Float32s = npt.NDArray[np.float32]
Positions = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class HopFeatures:
    """What one hop of each stream was found to be; the first axis follows the slots stepped.

    Attributes
    ----------
    position : int64, shape (n,)
        Samples since the stream began, at the end of the hop.
    level_dbfs, peak_dbfs : float32, shape (n,)
    clipped : bool, shape (n,)
        See `dsp.level.Levels`.
    momentary_lufs : float32, shape (n,)
        Loudness of the last 400 ms, see `dsp.loudness`.
    speech_probability : float32, shape (n,)
    is_speech : bool, shape (n,)
        After hysteresis, the hangover included.
    onset_position, offset_position : int64, shape (n,)
        Where speech began or ended if this hop decided so, else -1.
    power : float32, shape (n, BINS)
        See `dsp.spectrum.Spectrum`; of the same 48 ms as the next lines.
    mel_dbfs : float32, shape (n, BANDS)
    spectral_flux_db, spectral_flatness_db, spectral_centroid_hz, alpha_ratio_db : float32, (n,)
        Of the 48 ms that end with the hop, see `dsp.descriptors.Descriptors`.
    f0_hz : float32, shape (n, FRAMES_PER_HOP)
        NaN where unvoiced. Frames oldest first.
    f0_confidence : float32, shape (n, FRAMES_PER_HOP), 0 to 1
    f0_periodicity : float32, shape (n, FRAMES_PER_HOP), 0 to 1
        Normalised autocorrelation at the period, voiced or not.
    f0_position : int64, shape (n, FRAMES_PER_HOP)
        Sample that the F0 speaks of.
    """

    position: Positions
    level_dbfs: Float32s
    peak_dbfs: Float32s
    clipped: Flags
    momentary_lufs: Float32s
    speech_probability: Float32s
    is_speech: Flags
    onset_position: Positions
    offset_position: Positions
    power: Float32s
    mel_dbfs: Float32s
    spectral_flux_db: Float32s
    spectral_flatness_db: Float32s
    spectral_centroid_hz: Float32s
    alpha_ratio_db: Float32s
    f0_hz: Float32s
    f0_confidence: Float32s
    f0_periodicity: Float32s
    f0_position: Positions


class StreamBank:
    """The analysis state of many streams, as arrays whose first axis is the slot.

    Parameters
    ----------
    capacity : int > 0
        Streams to make room for at first; the bank doubles when it is full.
    voice_activity : DecisionSettings
        When speech is called begun and ended, for all streams alike.
    """

    def __init__(
        self, capacity: int = 16, *, voice_activity: DecisionSettings | None = None
    ) -> None:
        if capacity < 1:
            raise ValueError(f"a bank needs room for at least one stream, not {capacity}")
        self._free = list(range(capacity - 1, -1, -1))
        self._used = np.zeros(capacity, np.bool_)
        self._position = np.zeros(capacity, np.int64)
        self._spectrum = ShortTimeSpectrum(capacity)
        self._descriptors = SpectralDescriptors(capacity)
        self._loudness = KWeightedLoudness(capacity)
        self._pitch = PitchTracker(capacity)
        self._voice = VoiceActivityDetector(capacity, voice_activity or DecisionSettings())
        self._kernels: tuple[StreamKernel, ...] = (
            self._spectrum,
            self._descriptors,
            self._loudness,
            self._pitch,
            self._voice,
        )

    @property
    def capacity(self) -> int:
        """Streams there is room for before the bank grows."""
        return len(self._used)

    def acquire(self, pitch_range: PitchRange = VOICE) -> int:
        """Take a slot for a stream that has not begun; grows the bank if none is free.

        Parameters
        ----------
        pitch_range : PitchRange
            What the stream carries: `VOICE`, or `INSTRUMENT` for notes up to 2 kHz.
        """
        if not self._free:
            self._grow()
        slot = self._free.pop()
        self._used[slot] = True
        self._pitch.set_range(np.array([slot]), pitch_range)
        return slot

    def release(self, slot: int) -> None:
        """Give a slot back and forget its stream.

        Raises
        ------
        ValueError
            The slot is not in use.
        """
        if not (0 <= slot < self.capacity and self._used[slot]):
            raise ValueError(f"slot {slot} is not in use")
        slots = np.array([slot])
        self._used[slot] = False
        self._position[slot] = 0
        for kernel in self._kernels:
            kernel.reset(slots)
        self._free.append(slot)

    def state_of(self, slot: int) -> StreamState:
        """Everything that the analysis remembers of one stream, about 10 kB."""
        return take_state(self, slot_array_names(StreamBank), slot)

    def restore(self, slot: int, state: StreamState) -> None:
        """Let the stream in `slot` go on from a state, as if it had never been elsewhere.

        Raises
        ------
        ValueError
            The state is of another version of the kernels.
        """
        put_state(self, slot_array_names(StreamBank), slot, state)
        self._used[slot] = True

    def step(self, slots: Slots, hops: Hops) -> HopFeatures:
        """Advance some of the streams by one hop each.

        Parameters
        ----------
        slots : intp, shape (n,)
            Slots in use, none twice; any subset, in any order.
        hops : float32, shape (n, HOP_SAMPLES)
            Their next samples at the analysis rate, in [-1, 1].

        Returns
        -------
        HopFeatures
            Bit-equal to what each stream would give alone.

        Raises
        ------
        ValueError
            `hops` does not have the stated shape, or a slot is not in use.
        """
        if hops.shape != (len(slots), HOP_SAMPLES):
            raise ValueError(f"{len(slots)} slots need hops of {HOP_SAMPLES}, not {hops.shape}")
        rows = _as_rows(slots)
        if not self._used[rows].all():
            raise ValueError("some slot was not acquired, or was released")
        pitch = self._pitch.step(slots, hops)
        position = self._position[rows] + HOP_SAMPLES
        self._position[rows] = position
        spectrum = self._spectrum.step(rows, hops)
        colour = self._descriptors.step(rows, spectrum.power)
        levels = measure_levels(hops)
        voice = self._voice.step(rows, position, colour)
        return HopFeatures(
            position=position,
            level_dbfs=levels.level_dbfs,
            peak_dbfs=levels.peak_dbfs,
            clipped=levels.clipped,
            momentary_lufs=self._loudness.step(rows, hops),
            speech_probability=voice.speech_probability,
            is_speech=voice.decisions.is_speech,
            onset_position=voice.decisions.onset_position,
            offset_position=voice.decisions.offset_position,
            power=spectrum.power,
            mel_dbfs=colour.mel_dbfs,
            spectral_flux_db=colour.spectral_flux_db,
            spectral_flatness_db=colour.spectral_flatness_db,
            spectral_centroid_hz=colour.spectral_centroid_hz,
            alpha_ratio_db=colour.alpha_ratio_db,
            f0_hz=pitch.f0_hz,
            f0_confidence=pitch.confidence,
            f0_periodicity=pitch.periodicity,
            f0_position=pitch.position,
        )

    def _grow(self) -> None:
        old, new = self.capacity, 2 * self.capacity
        self._free = list(range(new - 1, old - 1, -1))
        self._used = np.pad(self._used, (0, new - old))
        self._position = np.pad(self._position, (0, new - old))
        for kernel in self._kernels:
            kernel.resize(new)


def _as_rows(slots: Slots) -> Rows:
    """Give slots that follow each other as a slice."""
    if not len(slots):
        return slots
    first, last = int(slots[0]), int(slots[-1])
    if last - first == len(slots) - 1 and (slots[1:] > slots[:-1]).all():
        return slice(first, last + 1)
    return slots
