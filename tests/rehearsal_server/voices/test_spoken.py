from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rehearsal_server.voices.spoken import passages, spoken_text

lines = st.text(alphabet=st.one_of(st.sampled_from("aA I'’“”.…-—&;, \n😀é"), st.characters()))


@pytest.mark.parametrize(
    ("line", "spoken"),
    [
        ("“Hello,” she said.", "Hello, she said."),
        ("‘Tis th’ dogs’ day", "Tis th dogs day"),
        ("I don’t know…", "I don't know;"),
        ("Well . . . perhaps", "Well; perhaps"),
        ("...and then?", "and then?"),
        ("What...?", "What?"),
        ("I was only going to--", "I was only going to,"),
        ("How — are—you", "How, are, you"),
        ("old-fashioned", "old-fashioned"),
        ("Mr. Worthing met Dr. Chasuble.", "Mr Worthing met Dr Chasuble."),
        ("Worthing & Co.", "Worthing and Co."),
        ("Yes 😀👍🏽 no ❤️", "Yes no"),
        ("a\x01b\x00c", "a b c"),
        ("<b>[[x]]</b>", "b x /b"),
        ("你好。我很好，谢谢！", "你好. 我很好, 谢谢!"),
        ("£5 at 3.14%", "£5 at 3.14%"),
        ("...", ""),
        ("—", ""),
        ("", ""),
    ],
)
def test_typography_becomes_plain_text(line: str, spoken: str) -> None:
    assert spoken_text(line).text == spoken


@pytest.mark.parametrize(
    ("line", "spoken", "emphasised"),
    [
        ("I will NOT go", "I will not go", ["not"]),
        ("You SCOUNDREL, I say NO", "You scoundrel, I say no", ["scoundrel", "no"]),
        ("on the BBC, not the FBI", "on the BBC, not the FBI", []),
        ("A. J. WORTHING", "A. J. WORTHING".lower(), []),
        ("STOP THIEF", "stop thief", []),
        ("NEVER", "never", ["never"]),
        ("I said I", "I said I", []),
    ],
)
def test_capitals_are_emphasis_not_letters(line: str, spoken: str, emphasised: list[str]) -> None:
    prepared = spoken_text(line)
    assert prepared.text == spoken
    assert [prepared.text[start:end] for start, end in prepared.emphasised] == emphasised


def test_each_word_knows_its_place_in_the_line() -> None:
    line = "“Don’t!” — Mr. Lane & I … KNOW"
    spoken = spoken_text(line)
    assert [
        (line[w.char_start : w.char_end], spoken.text[w.start : w.end]) for w in spoken.words
    ] == [
        ("Don’t", "Don't"),
        ("Mr", "Mr"),
        ("Lane", "Lane"),
        ("&", "and"),
        ("I", "I"),
        ("KNOW", "know"),
    ]


@given(lines)
def test_any_line_becomes_speakable(line: str) -> None:
    spoken = spoken_text(line)
    assert spoken.source == line
    assert not set(spoken.text) & set('\x00\x01\n"“”<>&[]*_…—')
    assert "  " not in spoken.text
    assert spoken.text == spoken.text.strip()
    edges = [edge for word in spoken.words for edge in (word.start, word.end)]
    assert edges == sorted(edges)
    assert all(0 <= word.start < word.end <= len(spoken.text) for word in spoken.words)
    assert bool(spoken.words) == bool(spoken.text)


@given(lines, st.integers(1, 40), st.integers(1, 40))
def test_passages_are_the_whole_text(line: str, first_limit: int, limit: int) -> None:
    spoken = spoken_text(line)
    pieces = [
        spoken.text[start:end]
        for start, end in passages(spoken, limit_chars=limit, first_limit_chars=first_limit)
    ]
    assert " ".join(pieces) == spoken.text
    for piece, longest in zip(pieces, [first_limit, *[limit] * len(pieces)], strict=False):
        assert len(piece) <= longest or " " not in piece


@given(lines, st.integers(1, 40))
@example("0&", 1)
def test_every_word_is_in_one_passage(line: str, limit: int) -> None:
    spoken = spoken_text(line)
    found = [word for p in passages(spoken, limit_chars=limit) for word in spoken.words_in(p)]
    assert found == list(spoken.words)


def test_passages_end_with_sentences_or_else_clauses() -> None:
    spoken = spoken_text("Yes. A. J. Worthing, I see! But then, of course, nobody else would know.")
    assert [spoken.text[a:b] for a, b in passages(spoken, limit_chars=30)] == [
        "Yes.",
        "A. J. Worthing, I see!",
        "But then, of course,",
        "nobody else would know.",
    ]
