"""How long the phones of read native English last, for the rhythm of a line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from models.pronunciation.goodness import PhoneFit

# Geometric means in ms over 13 recordings of `austen` and `ljspeech` (public domain), by this very
# alignment; drawn towards the mean of all phones as if each had five more of that.
# fmt: off
USUAL_MS = {
    "AA": 115, "AE": 101, "AH": 44, "AO": 93, "AW": 103, "AY": 123, "B": 62, "CH": 96, "D": 57,
    "DH": 46, "EH": 70, "ER": 99, "EY": 102, "F": 82, "G": 80, "HH": 74, "IH": 56, "IY": 96,
    "JH": 85, "K": 88, "L": 90, "M": 79, "N": 62, "NG": 86, "OW": 117, "OY": 100, "P": 71, "R": 60,
    "S": 114, "SH": 101, "T": 72, "TH": 75, "UH": 82, "UW": 82, "V": 61, "W": 81, "Y": 71, "Z": 98,
    "ZH": 81,
}
# fmt: on


def duration_residuals(phones: Sequence[PhoneFit]) -> npt.NDArray[np.float64]:
    """Logarithms of phones' durations over those usual for each phone, shape (n_phones,).

    Their mean is tempo; their spread is rhythm: how evenly the tempo is kept from phone to phone.
    """
    ratios = [(phone.end_ms - phone.start_ms) / USUAL_MS[phone.phone] for phone in phones]
    logs: npt.NDArray[np.float64] = np.log(np.array(ratios, np.float64))
    return logs
