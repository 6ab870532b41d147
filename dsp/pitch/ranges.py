"""Which pitches a stream may have, and the analysis that finds them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PitchRange:
    """A property of a stream: what kind of sound it carries.

    Attributes
    ----------
    floor_hz, ceiling_hz : float
    frame_samples : int
        About two periods of the lowest pitch. Longer, fast glides blur; shorter, low pitches lose
        their octave.
    fft_samples : int
        Longer than the frame by so much that what wraps round is only the window's tails.
    lag_samples : int
        Resolution of the autocorrelation. Frequencies above half the rate that this leaves are
        not used: at 2 samples, above 4 kHz.
    full_band_hz, band_hz : float
        Harmonics count fully up to the first, and less and less up to the second. High ones are
        often noise, and without them the autocorrelation is smooth enough to be read between its
        lags.
    """

    floor_hz: float
    ceiling_hz: float
    frame_samples: int
    fft_samples: int
    lag_samples: int
    full_band_hz: float
    band_hz: float


VOICE = PitchRange(
    floor_hz=60.0,
    ceiling_hz=1000.0,
    frame_samples=576,
    fft_samples=768,
    lag_samples=2,
    full_band_hz=1000.0,
    band_hz=3500.0,
)
# Strings and winds: notes hold still, so a long frame costs little and makes low ones sure.
INSTRUMENT = PitchRange(
    floor_hz=40.0,
    ceiling_hz=2000.0,
    frame_samples=1024,
    fft_samples=1536,
    lag_samples=1,
    full_band_hz=4000.0,
    band_hz=6000.0,
)
