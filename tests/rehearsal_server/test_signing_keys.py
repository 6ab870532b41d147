from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rehearsal_server.signing_keys import KEY_FILE_NAME, SigningKey, kept_keys, parse_keys

LONG = "0123456789abcdef0123456789abcdef"


def test_keys_are_read_in_order() -> None:
    assert parse_keys(f"new:{LONG}A,old:{LONG}B\n") == (
        SigningKey("new", f"{LONG}A"),
        SigningKey("old", f"{LONG}B"),
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no id"),
        (LONG, "shorter"),
        (f":{LONG}", "no id"),
        (f"a b:{LONG}", "shorter"),
        ("k:changeme", "shorter than 32"),
        (f"k:{LONG},k:{LONG}", "same id"),
    ],
)
def test_unusable_keys_are_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_keys(text)


def test_a_secret_is_not_in_a_repr() -> None:
    assert LONG not in repr(parse_keys(f"k:{LONG}"))


def test_a_key_is_made_once_and_is_only_its_owners(tmp_path: Path) -> None:
    (key,) = kept_keys(tmp_path)
    assert len(key.secret) >= 43  # 256 bits in base64
    assert stat.S_IMODE((tmp_path / KEY_FILE_NAME).stat().st_mode) == 0o600
    assert kept_keys(tmp_path) == (key,)
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE_NAME]


def test_every_server_makes_its_own_key(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    assert kept_keys(first) != kept_keys(second)


def test_servers_that_start_at_once_agree_on_the_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(kept_keys, [tmp_path] * 8))
    assert len(made) == 1


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    kept_keys(tmp_path)
    (tmp_path / KEY_FILE_NAME).chmod(0o644)
    with pytest.raises(ValueError, match="chmod 600"):
        kept_keys(tmp_path)


def test_a_damaged_key_file_is_refused(tmp_path: Path) -> None:
    kept_keys(tmp_path)
    (tmp_path / KEY_FILE_NAME).write_text("k:short")
    with pytest.raises(ValueError, match="damaged"):
        kept_keys(tmp_path)
