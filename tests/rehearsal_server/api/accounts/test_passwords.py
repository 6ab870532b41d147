from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from rehearsal_server.api.accounts.passwords import PasswordHasher, why_refused
from rehearsal_server.api.problems import Problem

EMAIL = "ann.fairfax@example.org"


@pytest.mark.parametrize(
    "password",
    [
        "zq7!kdsw",  # eight characters
        "correct horse battery staple",
        "x" * 60 + "yz" * 34,  # 128 characters
        "ünïcödé wörds",
        "       8 spaces",
    ],
)
@pytest.mark.check(25)
def test_length_is_all_that_a_password_needs(password: str) -> None:
    assert why_refused(password, EMAIL) is None


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("zq7!kds", "8 to 1024"),
        ("x" * 1025, "8 to 1024"),
        ("password1", "first that are tried"),
        ("PassWord1", "first that are tried"),
        ("1234567890", "first that are tried"),
        ("qwertyuiop", "first that are tried"),
        (EMAIL, "not be the address"),
        ("Ann.Fairfax", "not be the address"),
    ],
)
@pytest.mark.check(26)
def test_what_is_guessed_at_once_is_refused(password: str, why: str) -> None:
    assert why in (why_refused(password, EMAIL) or "")


@pytest.fixture
def hasher() -> Iterator[PasswordHasher]:
    hasher = PasswordHasher()
    yield hasher
    hasher.close()


async def test_only_the_password_matches_its_hash(hasher: PasswordHasher) -> None:
    stored = await hasher.hash("a handbag")
    assert await hasher.verify(stored, "a handbag")
    assert not await hasher.verify(stored, "A handbag")
    assert await hasher.hash("a handbag") != stored  # salted


@pytest.mark.check(24)
async def test_the_hash_is_argon2id_with_the_asked_work(hasher: PasswordHasher) -> None:
    assert (await hasher.hash("a handbag")).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_a_password_is_one_however_the_keyboard_composes_it(
    hasher: PasswordHasher,
) -> None:
    stored = await hasher.hash("caf\u00e9 society")
    assert await hasher.verify(stored, "cafe\u0301 society")


@pytest.mark.check(28)
async def test_nobodys_password_is_always_wrong(hasher: PasswordHasher) -> None:
    assert not await hasher.verify(None, "a handbag")


@pytest.mark.check(24)
async def test_too_many_at_once_are_turned_away() -> None:
    hasher = PasswordHasher(max_waiting=3)
    outcomes = await asyncio.gather(
        *(hasher.hash("a handbag") for _ in range(5)), return_exceptions=True
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, Problem)]
    assert len(refused) == 2
    assert refused[0].kind.status == 503
    assert "retry-after" in refused[0].headers
    assert (await hasher.hash("a handbag")).startswith("$argon2id$")
    hasher.close()
