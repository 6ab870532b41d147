from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_server.scripts.model import Parenthetical
from rehearsal_server.scripts.speech import bracketed_spans, is_direction, parse_speech


def directions(written: str) -> list[tuple[str, int]]:
    return [(p.text, p.offset) for p in parse_speech(written).parentheticals]


def test_directions_leave_the_text_and_keep_their_place() -> None:
    speech = parse_speech("(Airily) Oh, neighbours. [Sits.] And who (rising) are you?")
    assert speech.text == "Oh, neighbours. And who are you?"
    assert speech.parentheticals == (
        Parenthetical(text="Airily", offset=0),
        Parenthetical(text="Sits.", offset=16),
        Parenthetical(text="rising", offset=24),
    )
    assert [speech.text[p.offset :].split()[0] for p in speech.parentheticals] == [
        "Oh,",
        "And",
        "are",
    ]


def test_a_direction_at_the_end_stands_after_the_last_word() -> None:
    assert directions("Yes, sir. (Goes out)") == [("Goes out", len("Yes, sir."))]


def test_no_space_is_left_before_a_comma_that_a_direction_cut_off() -> None:
    assert parse_speech("You (laughing), sir, are late").text == "You, sir, are late"


def test_nested_brackets_are_one_direction() -> None:
    assert directions("(he (really) sits) Well [so [so]]") == [
        ("he (really) sits", 0),
        ("so [so]", 4),
    ]


@pytest.mark.parametrize("written", ["He said (and left", "a) b) c", "] [", "smile :)"])
def test_a_bracket_without_its_partner_is_text(written: str) -> None:
    assert parse_speech(written).text == written
    assert directions(written) == []


@pytest.mark.parametrize(
    ("written", "text", "interrupted"),
    [
        ("I was going to--", "I was going to--", True),
        ("I was going to —", "I was going to —", True),
        ("“But I—”", "“But I—”", True),
        ("I was going to //", "I was going to", True),
        ("I was— (He is pushed.)", "I was—", True),
        ("anyone can play—accurately", "anyone can play—accurately", False),
        ("and so on...", "and so on...", False),
        ("twenty-", "twenty-", False),
    ],
)
def test_interruptions(written: str, text: str, interrupted: bool) -> None:
    speech = parse_speech(written)
    assert (speech.text, speech.interrupted) == (text, interrupted)


def test_emphasis_around_and_inside_directions() -> None:
    speech = parse_speech("*Did* you (_really_) know?")
    assert (speech.text, speech.parentheticals[0].text) == ("Did you know?", "really")


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("[Enter Lane.]", True),
        ("_(beat)_", True),
        ("(a) and (b)", False),
        ("Enter", False),
        ("", False),
    ],
)
def test_is_direction(text: str, whole: bool) -> None:
    assert is_direction(text) is whole


@given(st.text(alphabet="ab ()[]-/*_."))
def test_offsets_lie_in_the_text_and_no_letter_is_lost(written: str) -> None:
    speech = parse_speech(written)
    assert all(0 <= p.offset <= len(speech.text) for p in speech.parentheticals)
    kept = speech.text + "".join(p.text for p in speech.parentheticals)
    assert sorted(filter(str.isalpha, kept)) == sorted(filter(str.isalpha, written))


@given(st.text(alphabet="a()[]"))
def test_spans_are_ordered_and_apart(text: str) -> None:
    spans = bracketed_spans(text)
    assert all(start < end for start, end in spans)
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(spans))


def test_many_open_brackets_cost_no_quadratic_time() -> None:
    assert parse_speech("(" * 300_000).parentheticals == ()
