"""How good an estimate of F0 is, frame by frame, against a reference.

All functions take two float arrays of shape (n_frames,) in Hz on the same frames; NaN or 0 is
unvoiced. A measure whose denominator is empty is NaN. `metrics.md`'s rule: an accuracy is always
told together with the estimator's look-ahead.

References
----------
.. [1] W. Chu, A. Alwan (2009), "Reducing F0 frame error of F0 tracking algorithms under noisy
   conditions with an unvoiced/voiced classification frontend", ICASSP, 3969-3972. GPE, VDE, FFE.
.. [2] G. Poliner et al. (2007), "Melody transcription from music audio: approaches and
   evaluation", IEEE Trans. ASLP 15(4), 1247-1256. RPA, RCA.
.. [3] C. Raffel et al. (2014), "mir_eval: a transparent implementation of common MIR metrics",
   ISMIR.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

Contour = npt.NDArray[np.floating]
Flags = npt.NDArray[np.bool_]

GROSS_ERROR = 0.2
CLOSE_CENTS = 50.0
CENTS_PER_OCTAVE = 1200.0


@dataclass(frozen=True, slots=True)
class PitchScores:
    """The measures of one comparison, as fractions of 1.

    Attributes
    ----------
    gpe : gross pitch error
    octave_error : within 50 cents of a wrong octave
        Both of the frames that are voiced in reference and estimate.
    rpa, rca : raw pitch and raw chroma accuracy
        Of the frames that are voiced in the reference.
    vde : voicing decision error
    ffe : F0 frame error
        Both of all frames.
    """

    gpe: float
    octave_error: float
    rpa: float
    rca: float
    vde: float
    ffe: float

    def as_percentages(self) -> dict[str, float]:
        """Each measure by name, in per cent with two decimals."""
        return {f.name: round(100 * float(getattr(self, f.name)), 2) for f in fields(self)}


def score(reference_hz: Contour, estimate_hz: Contour) -> PitchScores:
    """All measures at once.

    Raises
    ------
    ValueError
        The contours differ in length or are not 1-D.
    """
    return PitchScores(
        gpe=gross_pitch_error(reference_hz, estimate_hz),
        octave_error=octave_error(reference_hz, estimate_hz),
        rpa=raw_pitch_accuracy(reference_hz, estimate_hz),
        rca=raw_chroma_accuracy(reference_hz, estimate_hz),
        vde=voicing_decision_error(reference_hz, estimate_hz),
        ffe=f0_frame_error(reference_hz, estimate_hz),
    )


def gross_pitch_error(reference_hz: Contour, estimate_hz: Contour) -> float:
    """Share of frames voiced in both whose estimate is more than 20 % off [1]_."""
    _, _, both = _compare(reference_hz, estimate_hz)
    return _share(_is_gross(reference_hz, estimate_hz) & both, both)


def octave_error(reference_hz: Contour, estimate_hz: Contour) -> float:
    """Share of frames voiced in both that are within 50 cents of a wrong octave."""
    _, _, both = _compare(reference_hz, estimate_hz)
    cents = _cents(reference_hz, estimate_hz)
    wrong_octave = np.round(cents / CENTS_PER_OCTAVE) != 0
    return _share(both & wrong_octave & (np.abs(_fold(cents)) < CLOSE_CENTS), both)


def raw_pitch_accuracy(
    reference_hz: Contour, estimate_hz: Contour, *, close_cents: float = CLOSE_CENTS
) -> float:
    """Share of frames voiced in the reference whose estimate is within `close_cents` [2]_.

    Deviates from mir_eval [3]_, which also credits a pitch guessed in frames called unvoiced: our
    estimates carry no guess there, so a missed frame is a wrong one. The value is never higher.
    """
    voiced, _, both = _compare(reference_hz, estimate_hz)
    return _share(both & (np.abs(_cents(reference_hz, estimate_hz)) < close_cents), voiced)


def raw_chroma_accuracy(
    reference_hz: Contour, estimate_hz: Contour, *, close_cents: float = CLOSE_CENTS
) -> float:
    """As `raw_pitch_accuracy`, any octave being right [2]_."""
    voiced, _, both = _compare(reference_hz, estimate_hz)
    return _share(both & (np.abs(_fold(_cents(reference_hz, estimate_hz))) < close_cents), voiced)


def voicing_decision_error(reference_hz: Contour, estimate_hz: Contour) -> float:
    """Share of all frames whose voicing is wrong [1]_."""
    reference_voiced, estimate_voiced, _ = _compare(reference_hz, estimate_hz)
    everything = np.ones_like(reference_voiced)
    return _share(reference_voiced != estimate_voiced, everything)


def f0_frame_error(reference_hz: Contour, estimate_hz: Contour) -> float:
    """Share of all frames that are wrong in voicing or grossly in pitch [1]_."""
    reference_voiced, estimate_voiced, both = _compare(reference_hz, estimate_hz)
    wrong = (reference_voiced != estimate_voiced) | (both & _is_gross(reference_hz, estimate_hz))
    return _share(wrong, np.ones_like(wrong))


def is_voiced(f0_hz: Contour) -> Flags:
    """Frames with an F0: neither NaN nor 0."""
    return np.nan_to_num(f0_hz) > 0


def contour_at(
    times_s: npt.NDArray[np.floating], f0_hz: Contour, wanted_s: npt.NDArray[np.floating]
) -> npt.NDArray[np.float64]:
    """Read a contour at other times, so that estimators with other frames can be compared.

    Voicing is that of the nearest frame; between two voiced frames log F0 is interpolated.

    Parameters
    ----------
    times_s : float, shape (n_frames,), rising
    f0_hz : float, shape (n_frames,)
    wanted_s : float, shape (n_wanted,)

    Returns
    -------
    float64, shape (n_wanted,)
        NaN where unvoiced.
    """
    right = np.clip(np.searchsorted(times_s, wanted_s), 1, len(times_s) - 1)
    left = right - 1
    weight = np.clip((wanted_s - times_s[left]) / (times_s[right] - times_s[left]), 0, 1)
    log_f0 = np.log(np.where(is_voiced(f0_hz), f0_hz, np.nan))
    between = (1 - weight) * log_f0[left] + weight * log_f0[right]
    nearest = np.where(weight < 0.5, log_f0[left], log_f0[right])
    whole = np.isfinite(log_f0[left]) & np.isfinite(log_f0[right])
    contour: npt.NDArray[np.float64] = np.exp(np.where(whole, between, nearest))
    return contour


def _compare(reference_hz: Contour, estimate_hz: Contour) -> tuple[Flags, Flags, Flags]:
    if reference_hz.ndim != 1 or reference_hz.shape != estimate_hz.shape:
        raise ValueError(
            f"contours of one length are compared, not {reference_hz.shape} with "
            f"{estimate_hz.shape}; read the estimate at the reference's times with contour_at"
        )
    reference_voiced, estimate_voiced = is_voiced(reference_hz), is_voiced(estimate_hz)
    return reference_voiced, estimate_voiced, reference_voiced & estimate_voiced


def _cents(reference_hz: Contour, estimate_hz: Contour) -> npt.NDArray[np.float64]:
    """Signed distance; 0 where either is unvoiced."""
    both = is_voiced(reference_hz) & is_voiced(estimate_hz)
    ratio = np.divide(estimate_hz, reference_hz, out=np.ones(len(both)), where=both)
    return CENTS_PER_OCTAVE * np.log2(ratio)


def _fold(cents: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The distance to the nearest octave of the reference."""
    return cents - CENTS_PER_OCTAVE * np.round(cents / CENTS_PER_OCTAVE)


def _is_gross(reference_hz: Contour, estimate_hz: Contour) -> Flags:
    cents = _cents(reference_hz, estimate_hz)
    return np.abs(2 ** (cents / CENTS_PER_OCTAVE) - 1) > GROSS_ERROR


def _share(part: Flags, whole: Flags) -> float:
    return float(part.sum() / whole.sum()) if whole.any() else float("nan")
