"""A card is read strictly, and what is wrong with it is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.card import ModelAbsent, read_card, write_card
from tests.models.graphs import loudness_card


def test_card_is_read_as_it_was_written(tmp_path: Path) -> None:
    card = loudness_card(b"anything")
    write_card(card, tmp_path / "card.json")
    assert read_card(tmp_path / "card.json") == card


def test_missing_card_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelAbsent, match=r"absent\.json cannot be read: No such file"):
        read_card(tmp_path / "absent.json")


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("{", "not a valid card"),
        ('{"name": "x"}', "missing required field `version`"),
        ("CARD-WITH-EXTRA", "unknown field `colour`"),
        ("CARD-WITH-BAD-HASH", "sha256"),
    ],
)
def test_broken_card_says_what_is_wrong(tmp_path: Path, broken: str, said: str) -> None:
    path = tmp_path / "card.json"
    write_card(loudness_card(b""), path)
    whole = path.read_text()
    texts = {
        "CARD-WITH-EXTRA": whole.replace('"name"', '"colour": 1, "name"', 1),
        "CARD-WITH-BAD-HASH": whole.replace('"sha256": "e3b0', '"sha256": "XYZ0'),
    }
    path.write_text(texts.get(broken, broken))
    with pytest.raises(ModelAbsent, match=said):
        read_card(path)
