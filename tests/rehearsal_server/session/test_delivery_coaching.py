"""From what was measured and heard of a line to its report and the one remark on it."""

from __future__ import annotations

import numpy as np
import pytest

from dsp.line_voice import LineVoice, describe_line
from models.emotion.baseline import READY_FROM_S, Baseline
from models.emotion.delivery import Delivery
from models.emotion.directions import DirectionLexicon
from models.emotion.estimate import Abstention, EmotionEstimate, Residuals
from rehearsal_server.protocol.server_messages import Feedback
from rehearsal_server.session.delivery_coaching import judge_delivery, remark
from rehearsal_server.session.directions import LineDirection
from rehearsal_server.session.line_timing import LineTiming
from rehearsal_server.session.speaker import LineHeard, Speaker
from tests.models.voices import voice

TIMING = LineTiming(1000, 4000, None, None, 4.0, 4.2, 0.95, ())
USUAL = Delivery(speech_s=60, pitch_st=27, pitch_range_st=12, speech_rate=4, voicing=0.6)
KNOWN = Speaker(Baseline("m", READY_FROM_S, np.zeros(2, np.float32)), USUAL)


@pytest.fixture(scope="module")
def flat() -> LineVoice:
    return describe_line(voice(3.0, melody_st=0.5))


def said(
    text: str,
    flat: LineVoice | None,
    arousal: float = -0.1,
    *,
    speaker: Speaker = KNOWN,
    by: str = "script",
) -> Feedback | None:
    asked = LineDirection(DirectionLexicon().understand(text), by)  # type: ignore[arg-type]
    heard = LineHeard(EmotionEstimate(arousal=arousal, valence=-0.1, confidence=0.8), model="m 1")
    came_across, _ = judge_delivery(speaker, asked, TIMING, flat, heard)
    return remark("L1", came_across, TIMING)


def test_line_that_clearly_went_elsewhere_is_remarked_upon_with_evidence(flat: LineVoice) -> None:
    found = said("furiously", flat)
    assert found is not None
    assert (found.code, found.line_id) == ("direction_missed", "L1")
    assert "narrower than your usual 12" in found.text
    assert "“furiously”" in found.text
    measures = {item.measure: item for item in found.evidence}
    assert measures["arousal"].engine == "m 1"
    assert measures["arousal"].reference == pytest.approx(0.59)
    assert measures["pitch_range_st"].engine == "voice"
    assert measures["pitch_range_st"].at[0].start_ms == 1000


def test_line_that_went_there_needs_no_remark(flat: LineVoice) -> None:
    assert said("furiously", flat, arousal=0.6) is None


@pytest.mark.parametrize(
    ("text", "arousal"), [("calmly", 0.05), ("wearily", 0.1), ("joyfully", 0.45)]
)
def test_even_voice_is_no_miss_of_a_calm_one_and_valence_alone_is_none(
    text: str, arousal: float, flat: LineVoice
) -> None:
    assert said(text, flat, arousal) is None


def test_too_much_is_remarked_upon_too(flat: LineVoice) -> None:
    found = said("calmly", flat, 0.6)
    assert found is not None
    assert "asks for less energy" in found.text


def test_stranger_is_seldom_remarked_upon(flat: LineVoice) -> None:
    assert said("furiously", flat, speaker=Speaker()) is not None
    heard = LineHeard(EmotionEstimate(arousal=-0.1, valence=-0.1, confidence=0.6))
    asked = LineDirection(DirectionLexicon().understand("furiously"), "script")
    came_across, _ = judge_delivery(Speaker(), asked, TIMING, flat, heard)
    assert remark("L1", came_across, TIMING) is None


def test_unknown_direction_is_told_only_of_the_actors_own(flat: LineVoice) -> None:
    assert said("to Anna", flat) is None
    found = said("like a teapot", flat, by="intention")
    assert found is not None
    assert found.code == "direction_unknown"


def test_nothing_is_compared_in_a_calibration(flat: LineVoice) -> None:
    assert said("furiously", flat, speaker=KNOWN.calibrating()) is None


def test_line_that_could_not_be_measured_says_so() -> None:
    asked = LineDirection(DirectionLexicon().understand("furiously"), "script")
    came_across, delivery = judge_delivery(KNOWN, asked, TIMING, None, None)
    assert delivery is None
    assert came_across.match is not None
    assert came_across.match.text == "Not compared: the line could not be measured."


def test_without_a_model_manners_are_still_judged(flat: LineVoice) -> None:
    asked = LineDirection(DirectionLexicon().understand("slowly"), "script")
    came_across, _ = judge_delivery(KNOWN, asked, TIMING, flat, None)
    assert came_across.match is not None
    assert came_across.match.match is not None
    assert came_across.match.arousal_gap is None


def test_abstention_is_kept_as_one(flat: LineVoice) -> None:
    heard = LineHeard(EmotionEstimate(abstained=Abstention.NOT_SPEECH))
    came_across, _ = judge_delivery(KNOWN, None, TIMING, flat, heard)
    assert came_across.estimate is not None
    assert came_across.estimate.abstained is Abstention.NOT_SPEECH


def test_speaker_learns_from_a_rehearsal_and_otherwise_in_a_calibration() -> None:
    residuals = Residuals(np.ones(2, np.float32), np.full(2, 3, np.float32), voiced_s=10.0)
    heard = LineHeard(EmotionEstimate(), (residuals,))
    stranger = Speaker(Baseline.unknown("m", 2))
    rehearsed = stranger.learn(heard, USUAL)
    calibrated = KNOWN.calibrating().learn(heard, None)
    assert rehearsed.baseline is not None
    assert calibrated.baseline is not None
    np.testing.assert_allclose(rehearsed.baseline.mean, 1)
    np.testing.assert_allclose(calibrated.baseline.mean, 3)
    assert (stranger.state, rehearsed.state, calibrated.state) == ("none", "warming", "warming")
    assert rehearsed.usual == USUAL
    assert calibrated.usual is None


def test_speaker_without_a_model_that_learns_has_no_baseline() -> None:
    learnt = Speaker().learn(LineHeard(EmotionEstimate()), USUAL)
    assert (learnt.baseline, learnt.state, learnt.offset) == (None, "none", None)
