"""Keeping the process small: how glibc's allocator shares memory among threads."""

from __future__ import annotations

import ctypes

# glibc, malloc.h
_M_ARENA_MAX = -8
_ARENAS = 2


def share_arenas() -> bool:
    """Let all threads of this process take memory from two arenas; whether that worked.

    glibc makes up to eight arenas for each core, and memory that is free in one is not given to
    another: with a thread for each database connection, a server under changing load grows although
    it holds no more objects. To be called before threads start; other C libraries have no arenas.
    """
    try:
        libc = ctypes.CDLL(None)
        return bool(libc.mallopt(_M_ARENA_MAX, _ARENAS))
    except (OSError, AttributeError):
        return False
