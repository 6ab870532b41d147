"""Intention against delivery: gaps, evidence, and words that speak of the voice only."""

from __future__ import annotations

import re

import pytest

from models.emotion.delivery import Delivery
from models.emotion.directions import DirectionLexicon
from models.emotion.estimate import Abstention, EmotionEstimate
from models.emotion.intention import IntentionMatch, match_intention

LEXICON = DirectionLexicon()
USUAL = Delivery(
    speech_s=60,
    loudness_lufs=-24,
    projection_db=-6,
    pitch_st=27,
    pitch_range_st=8,
    speech_rate=4,
    voicing=0.7,
)
FLAT = Delivery(
    speech_s=3,
    loudness_lufs=-28,
    projection_db=-9,
    pitch_st=26,
    pitch_range_st=3,
    speech_rate=3.9,
    voicing=0.68,
)


def heard(arousal: float, valence: float, confidence: float = 0.7) -> EmotionEstimate:
    return EmotionEstimate(arousal=arousal, valence=valence, confidence=confidence)


def match(
    text: str,
    estimate: EmotionEstimate,
    delivery: Delivery | None = FLAT,
    usual: Delivery | None = USUAL,
) -> IntentionMatch:
    return match_intention(
        LEXICON.understand(text), estimate, delivery, usual=usual, baseline="ready"
    )


def test_flat_line_against_fury_says_what_was_heard_and_asked() -> None:
    found = match("(furiously)", heard(-0.1, -0.1))
    assert found.text == (
        "Pitch range 3 semitones, narrower than your usual 8, loudness 4 dB below your usual, "
        "projection 3 dB below your usual: reads as flat; the direction is “furiously”, which "
        "asks for more energy."
    )
    assert found.match is not None
    assert found.match < 0.3
    assert found.arousal_gap == pytest.approx(0.69)
    assert [item.measure for item in found.evidence] == [
        "pitch_range_st",
        "loudness_lufs",
        "projection_db",
    ]


def test_nearer_delivery_matches_better() -> None:
    found = [match("(angrily)", heard(arousal, -0.5)).match for arousal in (-0.5, 0, 0.3, 0.59)]
    matches = [value for value in found if value is not None]
    assert len(matches) == 4
    assert matches == sorted(matches)
    assert matches[-1] == pytest.approx(1, abs=0.01)


def test_too_much_is_told_as_well() -> None:
    assert "asks for less energy" in match("(calmly)", heard(0.6, -0.4)).text


def test_manner_is_judged_by_its_measure() -> None:
    whispered = Delivery(speech_s=3, voicing=0.1, speech_rate=4)
    nothing_said = EmotionEstimate(abstained=Abstention.TOO_LITTLE_VOICE)
    found = match("(whispering)", nothing_said, whispered)
    assert found.match is not None
    assert found.match > 0.9
    assert found.text.startswith("10% of it voiced, less than your usual 70%")
    spoken = match("(whispering)", heard(0.1, 0.0))
    assert spoken.match is not None
    assert spoken.match < 0.4


def test_unknown_direction_is_not_compared() -> None:
    found = match("(to Ellen)", heard(0.2, 0.1))
    assert found.match is None
    assert found.text == "Not compared: “to Ellen” is not in the lexicon of directions."


@pytest.mark.parametrize("abstained", list(Abstention))
def test_abstention_is_not_compared(abstained: Abstention) -> None:
    found = match("(angrily)", EmotionEstimate(abstained=abstained))
    assert found.match is None
    assert found.text.startswith("Not compared: ")


def test_stranger_is_told_only_what_means_something_by_itself() -> None:
    found = match("(angrily)", heard(0.5, -0.4), usual=None)
    assert [item.usual for item in found.evidence] == [None, None]
    assert found.text.startswith("Pitch range 3 semitones, 3.9 syllables a second: reads as")


def test_less_is_trusted_while_the_speaker_is_not_known() -> None:
    direction, estimate = LEXICON.understand("(angrily)"), heard(0.5, -0.4)
    confidences = [
        match_intention(direction, estimate, FLAT, usual=USUAL, baseline=state).confidence
        for state in ("none", "warming", "ready")
    ]
    assert confidences == sorted(confidences)
    assert confidences[0] < confidences[-1]


@pytest.mark.parametrize("direction", ["(angrily)", "(sadly)", "(bored)", "(whispering)", "(calm)"])
@pytest.mark.parametrize("arousal", [-0.6, 0.0, 0.3, 0.7])
def test_text_never_speaks_of_the_person(direction: str, arousal: float) -> None:
    text = match(direction, heard(arousal, -0.5)).text
    assert not re.search(r"\byou (are|sound|feel|seem)\b", text)
