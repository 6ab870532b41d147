from __future__ import annotations

import msgspec

from models.following.heard import WordHeard
from rehearsal_server.session.take_words import (
    LEAST_OTHER_MS,
    judge_words,
    kept_wording,
    told_extras,
    told_words,
    word_scores,
)
from rehearsal_server.session.word_position import SURE_FIT
from rehearsal_server.wording.trouble_spots import line_take

LINE = "The last train left at ten"
SURE, UNSURE = SURE_FIT + 2, SURE_FIT - 1
WORD_MS = 300


def heard(*words: int, other_before: dict[int, int] | None = None) -> tuple[WordHeard, ...]:
    """Words of the line by number, one after the other; `other_before` in ms, by place."""
    found, now_ms = [], 0
    for place, word in enumerate(words):
        other_ms = (other_before or {}).get(place, 0)
        now_ms += other_ms
        found.append(WordHeard(word, now_ms, now_ms + WORD_MS, SURE, other_ms))
        now_ms += WORD_MS
    return tuple(found)


def outcomes(trace: tuple[WordHeard, ...], prompted: set[int] | None = None) -> list[str]:
    return [word.outcome for word in told_words(judge_words(LINE, trace, prompted or set()))]


def test_a_line_that_was_not_followed_has_no_words() -> None:
    wording = judge_words(LINE, (), ())
    assert wording is None
    assert (told_words(wording), told_extras(wording)) == ((), ())
    assert (word_scores(wording), kept_wording(wording)) == ({}, {})


def test_the_line_as_written() -> None:
    wording = judge_words(LINE, heard(*range(6)), ())
    assert {word.outcome for word in told_words(wording)} == {"said"}
    assert told_words(wording)[2].start_ms == 2 * WORD_MS
    assert word_scores(wording) == {"verbatim": 100.0, "gist": 100.0}


def test_words_that_are_not_on_the_trace_are_left_out() -> None:
    assert outcomes(heard(0, 1, 4, 5)) == ["said", "said", "omitted", "omitted", "said", "said"]


def test_something_else_in_their_place_is_a_substitution() -> None:
    trace = heard(0, 1, 3, 4, 5, other_before={2: 400})
    wording = judge_words(LINE, trace, ())
    assert told_words(wording)[2].outcome == "substituted"
    assert told_words(wording)[2].heard is None
    assert told_extras(wording) == ()


def test_something_else_besides_is_an_insertion_and_a_breath_is_not() -> None:
    trace = heard(*range(6), other_before={3: LEAST_OTHER_MS})
    (extra,) = told_extras(judge_words(LINE, trace, ()))
    assert (extra.kind, extra.text, extra.before_word) == ("insertion", "", 3)
    assert extra.end_ms - extra.start_ms == LEAST_OTHER_MS
    breath = heard(*range(6), other_before={3: LEAST_OTHER_MS - 10})
    assert told_extras(judge_words(LINE, breath, ())) == ()


def test_going_back_is_a_repetition() -> None:
    (extra,) = told_extras(judge_words(LINE, heard(0, 1, 2, 1, 2, 3, 4, 5), ()))
    assert (extra.kind, extra.text) == ("repetition", "last train")


def test_a_word_that_hardly_fits_was_another() -> None:
    trace = list(heard(*range(6)))
    trace[2] = trace[2]._replace(fit=UNSURE)
    assert outcomes(tuple(trace))[2] == "substituted"


def test_prompted_words_are_not_known() -> None:
    assert outcomes(heard(*range(6)), {2, 3})[2:4] == ["prompted", "prompted"]


def test_what_is_kept_is_what_trouble_spots_read() -> None:
    kept = kept_wording(judge_words(LINE, heard(0, 1, 3, 4, 5), ()))
    take = line_take("L1", LINE, msgspec.json.decode(msgspec.json.encode(kept)))
    assert take is not None
    assert take.outcomes[2] == "omitted"
    assert 0 < kept["accuracy"] < 1
    assert kept["wording"]["engine"] == "script_following"
