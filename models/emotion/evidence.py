"""What of a line's delivery is worth telling, beside the speaker's usual."""

from __future__ import annotations

from dataclasses import dataclass

from models.emotion.delivery import Delivery
from models.emotion.directions import Measure

MOST_EVIDENCE = 3


@dataclass(frozen=True, slots=True)
class DeliveryEvidence:
    """One measure of the line.

    Attributes
    ----------
    measure : str
        A field of `Delivery`.
    value : float
    usual : float or None
        The speaker's own; None while nothing is known of them.
    text : str
    """

    measure: str
    value: float
    usual: float | None
    text: str


@dataclass(frozen=True, slots=True)
class _Told:
    """How a measure is told.

    Attributes
    ----------
    field : str
        Of `Delivery`.
    notable : float
        What counts as a difference from the usual: about what two neutral lines of one speaker
        differ by.
    alone : str
        Told without a comparison; empty where the number alone says nothing.
    beside : str
        Told beside the usual.
    more, less : str
        Words for `side`.
    """

    field: str
    notable: float
    alone: str
    beside: str
    more: str = "above"
    less: str = "below"


_TOLD: dict[str, _Told] = {
    "pitch_range": _Told(
        field="pitch_range_st",
        notable=2.5,
        alone="pitch range {value:.0f} semitones",
        beside="pitch range {value:.0f} semitones, {side} than your usual {usual:.0f}",
        more="wider",
        less="narrower",
    ),
    "pitch": _Told("pitch_st", 1.5, "", "pitch {gap:.0f} semitones {side} your usual"),
    "projection": _Told("projection_db", 3.0, "", "projection {gap:.0f} dB {side} your usual"),
    "level": _Told("loudness_lufs", 3.0, "", "loudness {gap:.0f} dB {side} your usual"),
    "tempo": _Told(
        field="speech_rate",
        notable=0.7,
        alone="{value:.1f} syllables a second",
        beside="{value:.1f} syllables a second, {side} than your usual {usual:.1f}",
        more="faster",
        less="slower",
    ),
    "voicing": _Told(
        field="voicing",
        notable=0.12,
        alone="{value:.0%} of it voiced",
        beside="{value:.0%} of it voiced, {side} than your usual {usual:.0%}",
        more="more",
        less="less",
    ),
}
# Of a stranger, or beyond what a direction asks about, only these mean something by themselves.
_TOLD_OF_STRANGERS = ("pitch_range", "tempo")


def deviation(measure: str, delivery: Delivery, usual: Delivery | None) -> float | None:
    """How far a measure lies from the usual, in notable differences; None if that is not known."""
    told = _TOLD[measure]
    value = getattr(delivery, told.field)
    reference = getattr(usual, told.field, None)
    if value is None or reference is None:
        return None
    return float((value - reference) / told.notable)


def tell_evidence(
    delivery: Delivery, usual: Delivery | None, *, first: tuple[Measure, ...] = ()
) -> tuple[DeliveryEvidence, ...]:
    """Tell a line's measures, those asked for first, then those furthest from the usual.

    Parameters
    ----------
    delivery : Delivery
    usual : Delivery or None
    first : tuple of str
        Measures that the direction asks about: told however small the difference.

    Returns
    -------
    tuple of DeliveryEvidence
        At most `MOST_EVIDENCE`.
    """
    deviations = {measure: deviation(measure, delivery, usual) for measure in _TOLD}
    if usual is None:
        told = [*first, *(m for m in _TOLD_OF_STRANGERS if m not in first)]
    else:
        far = [m for m, by in deviations.items() if by is not None and abs(by) >= 1]
        far.sort(key=lambda measure: -abs(deviations[measure] or 0.0))
        told = [*first, *(measure for measure in far if measure not in first)]
    evidence = [_tell(measure, delivery, usual) for measure in told]
    return tuple(item for item in evidence if item is not None)[:MOST_EVIDENCE]


def _tell(measure: str, delivery: Delivery, usual: Delivery | None) -> DeliveryEvidence | None:
    told = _TOLD[measure]
    value = getattr(delivery, told.field)
    reference = getattr(usual, told.field, None)
    if value is None or (reference is None and not told.alone):
        return None
    if reference is None:
        return DeliveryEvidence(told.field, value, None, told.alone.format(value=value))
    gap = value - reference
    if abs(gap) < 0.3 * told.notable:
        name = measure.replace("_", " ")
        return DeliveryEvidence(told.field, value, reference, f"{name} as usual")
    side = told.more if gap > 0 else told.less
    text = told.beside.format(value=value, usual=reference, gap=abs(gap), side=side)
    return DeliveryEvidence(told.field, value, reference, text)
