"""From fundamental frequencies to notes, and how well they are in tune."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

CONCERT_A_HZ = 440.0
_MIDI_A = 69
_NAMES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")

# A single note holds its pitch within this for this long; a glide or a chord does not.
STEADY_CENTS = 35.0
SHORTEST_NOTE_S = 0.12


@dataclass(frozen=True, slots=True)
class Note:
    """A stretch of one pitch.

    Attributes
    ----------
    start_s, end_s : float
    f0_hz : float
        Median.
    name : str
        In scientific pitch notation, e.g. "A4".
    cents_off : float, -50 to 50
        From equal temperament at the concert pitch; positive is sharp.
    """

    start_s: float
    end_s: float
    f0_hz: float
    name: str
    cents_off: float


def nearest_note(f0_hz: float, concert_a_hz: float = CONCERT_A_HZ) -> tuple[str, float]:
    """Name of the nearest equally tempered note, and cents from it.

    Raises
    ------
    ValueError
        A frequency is not positive.
    """
    if not (f0_hz > 0 and concert_a_hz > 0):
        raise ValueError(f"frequencies are positive, not {f0_hz} and {concert_a_hz} Hz")
    exact = _MIDI_A + 12 * float(np.log2(f0_hz / concert_a_hz))
    key = round(exact)
    return f"{_NAMES[key % 12]}{key // 12 - 1}", 100 * (exact - key)


def find_notes(
    f0_hz: npt.NDArray[np.floating], *, frame_s: float, concert_a_hz: float = CONCERT_A_HZ
) -> list[Note]:
    """Cut a pitch track into single notes.

    Parameters
    ----------
    f0_hz : float, shape (n_frames,)
        NaN where there is none.
    frame_s : float > 0, seconds
    concert_a_hz : float > 0

    Returns
    -------
    list of Note
        Stretches of at least `SHORTEST_NOTE_S` in which the pitch stays within `STEADY_CENTS` of
        its median so far.
    """
    notes = []
    for start, end in _steady_stretches(np.asarray(f0_hz, np.float64)):
        if (end - start) * frame_s >= SHORTEST_NOTE_S:
            median_hz = float(np.median(f0_hz[start:end]))
            name, cents_off = nearest_note(median_hz, concert_a_hz)
            notes.append(Note(start * frame_s, end * frame_s, median_hz, name, cents_off))
    return notes


def _steady_stretches(f0_hz: npt.NDArray[np.float64]) -> list[tuple[int, int]]:
    stretches: list[tuple[int, int]] = []
    start: int | None = None
    for index, hz in enumerate(np.append(f0_hz, np.nan)):
        if start is not None and not _stays(f0_hz[start:index], float(hz)):
            stretches.append((start, index))
            start = None
        if start is None and np.isfinite(hz):
            start = index
    return stretches


def _stays(before_hz: npt.NDArray[np.float64], hz: float) -> bool:
    # The median of the last frames only: a singer's note may drift over seconds.
    return bool(abs(1200 * np.log2(hz / np.median(before_hz[-25:]))) <= STEADY_CENTS)
