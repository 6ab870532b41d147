"""Passwords: which are accepted, and how they are hashed without holding anything up."""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import argon2
from argon2.exceptions import VerifyMismatchError

from rehearsal_server.api.accounts.common_passwords import is_common
from rehearsal_server.api.problems import BUSY, Problem

MIN_CHARACTERS = 8
MAX_CHARACTERS = 1024

# OWASP's smallest recommendation for argon2id: 19 MiB, two passes, one lane.
MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1
# Each worker takes the memory above; who would wait behind this many others is turned away.
WORKERS = 2
MAX_WAITING = 64

Answer = TypeVar("Answer")


def normalised(password: str) -> str:
    """Give the one form of a password that keyboards may compose differently (NIST SP 800-63B)."""
    return unicodedata.normalize("NFKC", password)


def why_refused(password: str, email: str) -> str | None:
    """Tell what is wrong with a new password; None if nothing is.

    Length counts and commonness; there are no rules of composition.
    """
    characters = len(normalised(password))
    if not MIN_CHARACTERS <= characters <= MAX_CHARACTERS:
        return f"A password has {MIN_CHARACTERS} to {MAX_CHARACTERS} characters, best 15 or more."
    if is_common(password):
        return "This password is among the first that are tried; choose another."
    if password.casefold() in (email, email.partition("@")[0]):
        return "A password must not be the address."
    return None


class PasswordHasher:
    """argon2id in a small pool of threads of its own.

    The library lets other threads run while it computes, so the event loop goes on.
    """

    def __init__(self, *, max_waiting: int = MAX_WAITING) -> None:
        self._max_waiting = max_waiting
        self._argon2 = argon2.PasswordHasher(
            time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES
        )
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="argon2")
        self._waiting = 0
        # Checked where there is no account, so that the answer takes as long as where there is.
        self._nobodys_hash = self._argon2.hash(secrets.token_hex(16))

    async def hash(self, password: str) -> str:
        """Hash a new password."""
        return await self._run(lambda: self._argon2.hash(normalised(password)))

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Compare a password with a stored hash; with None it is wrong, after the same work."""
        matches = await self._run(
            lambda: self._matches(password_hash or self._nobodys_hash, normalised(password))
        )
        return matches and password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Tell whether a hash was made with less work than we do now."""
        return self._argon2.check_needs_rehash(password_hash)

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown()

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._argon2.verify(password_hash, password)
        except VerifyMismatchError:
            return False

    async def _run(self, work: Callable[[], Answer]) -> Answer:
        if self._waiting >= self._max_waiting:
            raise Problem(BUSY, "Too many people sign in right now.", headers={"retry-after": "1"})
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._waiting -= 1
