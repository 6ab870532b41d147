"""What directions ask for: published places, manners, degrees, and what is not known."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.emotion.categories import CATEGORIES
from models.emotion.directions import DirectionLexicon

LEXICON = DirectionLexicon()


@pytest.mark.parametrize(
    ("text", "terms", "category"),
    [
        ("(angrily)", ("angry",), "anger"),
        ("furiously", ("angry",), "anger"),
        ("(sadly)", ("sad",), "sadness"),
        ("(With Great Relief)", ("relieved",), None),
        ("(wearily)", ("tired",), "boredom"),
        ("(terrified, backing away)", ("fearful",), "fear"),
        ("(enthusiastically)", ("excited",), "happiness"),
        ("(contemptuous)", ("disgusted",), "disgust"),
        ("(on edge)", ("tense",), None),
        ("(matter-of-fact)", ("neutral",), "neutral"),
        ("(angry and sad)", ("angry", "sad"), None),
    ],
)
def test_words_lead_to_terms(text: str, terms: tuple[str, ...], category: str | None) -> None:
    direction = LEXICON.understand(text)
    assert (direction.terms, direction.category) == (terms, category)
    assert direction.affect is not None
    assert direction.sources


def test_places_are_the_published_ones() -> None:
    angry = LEXICON.understand("(angrily)")
    assert angry.affect == pytest.approx((0.59, -0.51))
    assert angry.sources == ("RM77",)
    excited = LEXICON.understand("(excitedly)")
    assert excited.affect == pytest.approx((0.8 * 0.750, 0.8 * 0.661), abs=1e-3)
    assert excited.sources == ("R80",)


def test_degree_scales_the_place() -> None:
    plain, more, less = (
        LEXICON.understand(text).affect for text in ("(sad)", "(very sad)", "(slightly sad)")
    )
    assert plain is not None
    assert more is not None
    assert less is not None
    assert more.valence < plain.valence < less.valence < 0


def test_manner_names_measures_and_their_way() -> None:
    assert LEXICON.understand("(whispering)").manners == {"voicing": "less"}
    assert LEXICON.understand("(softly, in tears)").manners == {
        "level": "less",
        "projection": "less",
    }
    assert LEXICON.understand("(quickly)").manners == {"tempo": "more"}


@pytest.mark.parametrize(
    "text", ["(beat)", "(to Ellen)", "(not angry)", "()", "", "(without fear)", "(exits)"]
)
def test_what_is_not_known_says_so(text: str) -> None:
    direction = LEXICON.understand(text)
    assert not direction.is_known
    assert direction.affect is None
    assert direction.manners == {}


@given(st.text())
def test_any_text_is_understood_or_not_without_an_error(text: str) -> None:
    direction = LEXICON.understand(text)
    assert direction.text == text
    if direction.affect is not None:
        assert all(-1 <= place <= 1 for place in direction.affect)
    assert direction.category is None or direction.category in CATEGORIES


def test_lexicon_is_open_for_more(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        '[placed]\nsarcastic = { at = [0.2, -0.4], source = "our company" }\n'
        '[like]\nsarcastic = ["snide"]\nangry = ["hangry"]\n'
        '[manner]\nstaccato = { tempo = "more", words = ["clipped"] }\n'
    )
    lexicon = DirectionLexicon(path)
    assert lexicon.understand("(sarcastically)").sources == ("our company",)
    assert lexicon.understand("(snide)").terms == ("sarcastic",)
    assert lexicon.understand("(hangry)").category == "anger"
    assert lexicon.understand("(clipped)").manners == {"tempo": "more"}
    assert lexicon.understand("(angrily)").terms == ("angry",)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[placed", r"mine\.toml"),
        ("[placed]\nx = {}\n", "source"),
        ('[placed]\nx = { source = "s" }\n', "give either `at` or `angle`"),
        ('[placed]\nx = { at = [0, 0], source = "s", category = "rage" }\n', "rage is none of"),
        ('[like]\nunheard = ["of"]\n', "no such term"),
    ],
)
def test_broken_lexicon_says_what_is_wrong(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(content)
    with pytest.raises(ValueError, match=said):
        DirectionLexicon(path)
