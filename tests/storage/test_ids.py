from __future__ import annotations

import pytest

from storage.ids import is_id, new_id


@pytest.mark.check(23)
def test_an_id_is_128_random_bits_in_hexadecimal() -> None:
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(len(id_) == 32 and int(id_, 16) < 2**128 for id_ in ids)
    assert all(is_id(id_) for id_ in ids)


@pytest.mark.parametrize("text", ["", "0" * 31, "0" * 33, "A" * 32, "g" * 32, "0" * 31 + "\n"])
@pytest.mark.check(23)
def test_nothing_else_is_an_id(text: str) -> None:
    assert not is_id(text)
