from __future__ import annotations

from pathlib import Path

import pytest

from models.acoustic.dictionary import Dictionary
from models.acoustic.ipa import phones_of_ipa
from models.card import ModelAbsent
from tests.models.acoustic.samples import acoustic_model, dictionary


def test_a_word_has_all_its_pronunciations() -> None:
    assert dictionary().pronunciations("Was")[:2] == (("W", "AA", "Z"), ("W", "AH", "Z"))


@pytest.mark.parametrize(
    ("written", "like"),
    [
        ("’tis", "'tis"),
        ("deserv'd", "deserved"),
        ("o'er", "over"),
        ("café", "cafe"),
        ("'em", "'em"),
    ],
)
def test_old_and_clipped_spellings_are_restored(written: str, like: str) -> None:
    assert dictionary().pronunciations(written) == dictionary().pronunciations(like) != ()


def test_an_old_ending_is_spoken_by_rule() -> None:
    assert dictionary().pronunciations("mak'st") == (("M", "EY", "K", "S", "T"),)
    assert dictionary().pronunciations("maketh") == (("M", "EY", "K", "IH", "TH"),)


def test_a_possessive_is_spoken_by_rule() -> None:
    assert dictionary().pronunciations("teapot's") == (("T", "IY", "P", "AA", "T", "S"),)


def test_an_unknown_word_has_none() -> None:
    assert dictionary().pronunciations("Bunburyist") == ()


def test_a_missing_dictionary_is_absent(tmp_path: Path) -> None:
    with pytest.raises(ModelAbsent, match="dictionary"):
        Dictionary(tmp_path / "none.dict")


@pytest.mark.parametrize(
    ("ipa", "phones"),
    [
        ("ɡwˈɛndəlɪn", "G W EH N D AH L IH N"),
        ("bˈʌnbɚɹi", "B AH N B ER R IY"),
        ("tʃˈɑːɹlz", "CH AA R L Z"),
        ("(fr)fˈe(en-us)", "F EH"),
        ("", ""),
    ],
)
def test_ipa_becomes_phones_of_the_model(ipa: str, phones: str) -> None:
    assert " ".join(phones_of_ipa(ipa)) == phones
    assert set(phones_of_ipa(ipa)) <= set(acoustic_model().speech_phones)
