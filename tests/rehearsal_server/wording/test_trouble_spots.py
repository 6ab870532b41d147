from __future__ import annotations

from rehearsal_server.wording.trouble_spots import LineTake, find_trouble_spots, line_take

LINE = "The last train left at ten"
WORDS = {"s": "said", "o": "omitted", "x": "substituted", "p": "prompted"}


def takes(*letters: str, line_id: str = "L1") -> list[LineTake]:
    return [LineTake(line_id, LINE, tuple(WORDS[letter] for letter in one)) for one in letters]


def test_what_always_works_is_no_trouble() -> None:
    assert find_trouble_spots(takes("ssssss", "ssssss")) == ()
    assert find_trouble_spots([]) == ()


def test_a_stretch_that_goes_wrong_again_and_again_is_a_spot() -> None:
    (spot,) = find_trouble_spots(takes("soosss", "sxosss", "soosss"))
    assert (spot.text, spot.first_word, spot.last_word) == ("last train", 1, 2)
    assert (spot.takes, spot.failed_takes, spot.severity) == (3, 3, 1.0)
    assert spot.outcomes == {"omitted": 5, "substituted": 1}


def test_one_right_word_between_does_not_make_two_spots() -> None:
    (spot,) = find_trouble_spots(takes("sososs", "sososs"))
    assert spot.text == "last train left"


def test_what_was_learned_since_fades_out() -> None:
    assert find_trouble_spots(takes("osssss", *["ssssss"] * 4)) == ()


def test_the_worst_comes_first() -> None:
    spots = find_trouble_spots(
        [*takes("osssss", "ssssss"), *takes("ssssso", "ssssso", line_id="L2")]
    )
    assert [spot.line_id for spot in spots] == ["L2", "L1"]


def test_takes_of_an_older_text_do_not_count() -> None:
    old = LineTake("L1", "The first train left", ("omitted",) * 4)
    assert find_trouble_spots([old, *takes("ssssss")]) == ()


def test_a_take_whose_words_were_not_followed_is_left_out() -> None:
    assert line_take("L1", LINE, {}) is None
    assert line_take("L1", LINE, {"wording": None}) is None
    assert line_take("L1", LINE, {"wording": {"words": [{"outcome": "said"}]}}) is None
    words = [{"outcome": "said"}] * 6
    assert line_take("L1", LINE, {"wording": {"words": words}}) == takes("ssssss")[0]
