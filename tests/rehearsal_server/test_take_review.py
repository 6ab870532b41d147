from __future__ import annotations

from xml.etree import ElementTree

import pytest

from rehearsal_server.take_plot import draw_review
from rehearsal_server.take_review import NotComparable, TakeReview, review_takes
from tests.rehearsal_server.saved_takes import performance, saved_voice


@pytest.fixture(scope="module")
def review() -> TakeReview:
    """The same line a fourth higher, 6 dB louder and a third slower."""
    return review_takes(
        performance(1, saved_voice(3.0)),
        performance(
            2,
            saved_voice(4.5, f0_hz=130 * 2 ** (5 / 12), level_dbfs=-14, syllables_per_s=2.67),
            emotion=None,
        ),
    )


def test_differences_are_second_minus_first(review: TakeReview) -> None:
    assert review.pitch_shift_st == pytest.approx(5, abs=0.7)
    assert review.level_shift_db == pytest.approx(6, abs=1)
    assert review.duration_ratio == pytest.approx(1.5, abs=0.1)
    assert review.first.emotion is not None
    assert review.first.emotion.arousal == 0.4
    assert review.second.emotion is None


def test_contours_stand_side_by_side(review: TakeReview) -> None:
    contours = review.contours
    lengths = {
        len(values)
        for values in (
            contours.first_st,
            contours.second_st,
            contours.first_dbfs,
            contours.second_dbfs,
            contours.tempo,
        )
    }
    assert len(lengths) == 1
    assert lengths.pop() * contours.step_s == pytest.approx(3.0, abs=0.5)


def test_take_beside_itself_differs_in_nothing() -> None:
    voice = saved_voice()
    same = review_takes(performance(1, voice), performance(2, voice))
    assert (same.pitch_shift_st, same.level_shift_db, same.duration_ratio) == (0, 0, 1)
    assert same.pitch_correlation == 1
    assert same.contours.first_st == same.contours.second_st


def test_long_takes_are_compared_in_coarser_steps() -> None:
    long = review_takes(performance(1, saved_voice(25.0)), performance(2, saved_voice(24.0)))
    assert long.contours.step_s == pytest.approx(0.04)
    assert len(long.contours.first_st) <= 750


def test_what_cannot_be_compared_says_why() -> None:
    voice = saved_voice(1.0)
    with pytest.raises(NotComparable, match="different lines"):
        review_takes(performance(1, voice), performance(2, voice, line_text="No."))
    with pytest.raises(NotComparable, match=r"of performance 0*2 no voice is kept"):
        review_takes(performance(1, voice), performance(2, None))
    older = {name: value for name, value in voice.items() if name != "level_dbfs"}
    with pytest.raises(NotComparable, match="no voice is kept"):
        review_takes(performance(1, older), performance(2, voice))
    silent = {**voice, "speech_s": []}
    with pytest.raises(NotComparable, match="no speech was found"):
        review_takes(performance(1, voice), performance(2, silent))


def test_drawing_is_well_formed_and_says_what_it_shows(review: TakeReview) -> None:
    root = ElementTree.fromstring(draw_review(review))
    namespace = "{http://www.w3.org/2000/svg}"
    assert root.tag == f"{namespace}svg"
    words = " ".join(element.text or "" for element in root.iter())
    for said in ("I have been waiting for you.", "Pitch", "Level", "Tempo", "arousal +0.40"):
        assert said in words
    assert len(list(root.iter(f"{namespace}polyline"))) >= 4


def test_a_line_cannot_break_out_of_the_drawing() -> None:
    text = "</title><script>alert('&')</script>"
    takes = [performance(number, saved_voice(1.0), line_text=text) for number in (1, 2)]
    root = ElementTree.fromstring(draw_review(review_takes(*takes)))
    assert not [element for element in root.iter() if element.tag.endswith("script")]
