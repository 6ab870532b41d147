"""What the direction asks for against what was heard, with the evidence in plain words.

The text tells of the voice, never of the person: "reads as flat", not "you are bored".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.emotion.baseline import BaselineState
from models.emotion.categories import Affect
from models.emotion.delivery import Delivery
from models.emotion.directions import Change, Direction
from models.emotion.estimate import Abstention, EmotionEstimate
from models.emotion.evidence import DeliveryEvidence, deviation, tell_evidence

# With a gap of one of these the match is exp(-1/2) = 0.6. Valence is heard far less well than
# arousal, so that the same gap says less.
AROUSAL_SPREAD, VALENCE_SPREAD = 0.4, 0.8
# A gap in arousal that is worth a word.
NOTABLE_AROUSAL = 0.3
_TRUST: dict[BaselineState, float] = {"none": 0.5, "warming": 0.8, "ready": 1.0}
_FLAT_SEMITONES = 4.0
_WHY_NOT = {
    None: "the line could not be measured",
    Abstention.TOO_SHORT: "too little was heard",
    Abstention.TOO_LITTLE_VOICE: "too little voice was heard",
    Abstention.NOT_SPEECH: "what was heard does not sound like speech",
    Abstention.OVERLOAD: "the server had too much to do",
    Abstention.FAILED: "the model failed",
}
_WORDS = ((0.45, "intense"), (0.2, "lively"), (-0.2, "even"), (-1.0, "subdued"))


@dataclass(frozen=True, slots=True)
class IntentionMatch:
    """How far a delivery went where the direction points.

    Attributes
    ----------
    match : float or None
        0 to 1; None where nothing could be compared.
    arousal_gap, valence_gap : float or None
        Asked for minus heard.
    confidence : float
        0 to 1: how sure the model is, less while the speaker is not known yet.
    evidence : tuple of DeliveryEvidence
        The most telling first.
    text : str
        What was heard and what was asked for.
    """

    match: float | None
    arousal_gap: float | None
    valence_gap: float | None
    confidence: float
    evidence: tuple[DeliveryEvidence, ...]
    text: str


def match_intention(
    direction: Direction,
    heard: EmotionEstimate,
    delivery: Delivery | None,
    *,
    usual: Delivery | None,
    baseline: BaselineState,
) -> IntentionMatch:
    """Compare a line with its direction.

    Parameters
    ----------
    direction : Direction
        Of the parenthetical, or of the actor's own intention.
    heard : EmotionEstimate
        Of the whole line.
    delivery : Delivery or None
        What was measured of the line.
    usual : Delivery or None
        The speaker's mean over their lines so far.
    baseline : {"none", "warming", "ready"}
    """
    if not direction.is_known:
        return _not_compared(f"“{_bare(direction)}” is not in the lexicon of directions")
    whispered = direction.affect is None and heard.abstained is Abstention.TOO_LITTLE_VOICE
    if delivery is None or (heard.abstained is not None and not whispered):
        return _not_compared(_WHY_NOT[heard.abstained])
    affect = _affect(heard)
    gaps = _gaps(direction.affect, affect)
    scores = [*_affect_score(gaps), *_manner_scores(direction, delivery, usual)]
    evidence = tell_evidence(delivery, usual, first=tuple(direction.manners))
    return IntentionMatch(
        match=round(float(np.mean(scores)), 3) if scores else None,
        arousal_gap=gaps.arousal if gaps else None,
        valence_gap=gaps.valence if gaps else None,
        confidence=_TRUST[baseline] * (heard.confidence if gaps else 1.0),
        evidence=evidence,
        text=_text(direction, evidence, _reads_as(affect, delivery), gaps),
    )


def _not_compared(why: str) -> IntentionMatch:
    return IntentionMatch(None, None, None, 0.0, (), f"Not compared: {why}.")


def _affect(heard: EmotionEstimate) -> Affect | None:
    if heard.arousal is None or heard.valence is None:
        return None
    return Affect(heard.arousal, heard.valence)


def _gaps(asked: Affect | None, heard: Affect | None) -> Affect | None:
    if asked is None or heard is None:
        return None
    return Affect(asked.arousal - heard.arousal, asked.valence - heard.valence)


def _affect_score(gaps: Affect | None) -> list[float]:
    if gaps is None:
        return []
    distance = (gaps.arousal / AROUSAL_SPREAD) ** 2 + (gaps.valence / VALENCE_SPREAD) ** 2
    return [float(np.exp(-distance / 2))]


def _manner_scores(direction: Direction, delivery: Delivery, usual: Delivery | None) -> list[float]:
    """For each measure that the direction names: how far it went the right way, 0 to 1."""
    went = [
        (change, deviation(measure, delivery, usual))
        for measure, change in direction.manners.items()
    ]
    return [_went(change, by) for change, by in went if by is not None]


def _went(change: Change, by: float) -> float:
    """One half at half a notable difference the right way."""
    signed = by if change == "more" else -by
    return float(1 / (1 + np.exp(-2 * (signed - 0.5))))


def _reads_as(affect: Affect | None, delivery: Delivery) -> str | None:
    if affect is None:
        return None
    pitch_range = delivery.pitch_range_st
    is_narrow = pitch_range is not None and pitch_range < _FLAT_SEMITONES
    if is_narrow and affect.arousal < NOTABLE_AROUSAL:
        return "flat"
    return next(word for least, word in _WORDS if affect.arousal >= least)


def _text(
    direction: Direction,
    evidence: tuple[DeliveryEvidence, ...],
    reads_as: str | None,
    gaps: Affect | None,
) -> str:
    told = ", ".join(item.text for item in evidence) or "close to your usual in every measure"
    reads = f": reads as {reads_as}" if reads_as else ""
    asked = f"the direction is “{_bare(direction)}”{_advice(gaps)}"
    return f"{told[0].upper()}{told[1:]}{reads}; {asked}."


def _advice(gaps: Affect | None) -> str:
    if gaps is None or abs(gaps.arousal) < NOTABLE_AROUSAL:
        return ""
    return ", which asks for more energy" if gaps.arousal > 0 else ", which asks for less energy"


def _bare(direction: Direction) -> str:
    return direction.text.strip().strip("()").strip()
