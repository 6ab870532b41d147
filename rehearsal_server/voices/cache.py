"""Utterances that were synthesised before, found by their content."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import Protocol

import msgspec

from rehearsal_server.voices.engine import VoiceSpec, Word

# Raise this when the same request would sound different because of our own code: text
# preparation, levels, trimming, word times.
SYNTHESIS_VERSION = 1


class CachedUtterance(msgspec.Struct, frozen=True, kw_only=True):
    """A whole utterance."""

    sample_rate: int
    pcm: bytes  # mono s16le
    words: tuple[Word, ...]
    spec: VoiceSpec
    # Whose line it is; what was made for a user goes when the user goes.
    user_id: str | None = None


class VoiceCacheError(Exception):
    """The cache cannot be read or written; the voice itself still can be made."""


class VoiceCache(Protocol):
    """Keeps whole utterances; may forget any of them at any time."""

    async def get(self, key: str) -> CachedUtterance | None:
        """Find an utterance; raises `VoiceCacheError`."""

    async def put(self, key: str, utterance: CachedUtterance) -> None:
        """Keep an utterance; the key says it all, so one that is there may stay.

        Raises
        ------
        VoiceCacheError
        """


def cache_key(spec: VoiceSpec, *, engine_version: str, text: str) -> str:
    """Hash all that decides how an utterance sounds (SHA-256, 64 hexadecimal digits)."""
    content = msgspec.msgpack.encode((SYNTHESIS_VERSION, engine_version, spec, text))
    return hashlib.sha256(content).hexdigest()


class MemoryVoiceCache:
    """The most recently used utterances, in memory.

    Parameters
    ----------
    capacity_bytes : int
        Of PCM; ten minutes of 22,050 Hz are 26 MB. An utterance larger than all of it is not
        kept.
    """

    def __init__(self, *, capacity_bytes: int) -> None:
        self._capacity_bytes = capacity_bytes
        self._size_bytes = 0
        self._utterances: OrderedDict[str, CachedUtterance] = OrderedDict()

    @property
    def size_bytes(self) -> int:
        """PCM held."""
        return self._size_bytes

    async def get(self, key: str) -> CachedUtterance | None:
        """Find an utterance, which makes it the most recently used."""
        utterance = self._utterances.get(key)
        if utterance is not None:
            self._utterances.move_to_end(key)
        return utterance

    async def put(self, key: str, utterance: CachedUtterance) -> None:
        """Keep an utterance in place of the least recently used."""
        if len(utterance.pcm) > self._capacity_bytes:
            return
        replaced = self._utterances.pop(key, None)
        self._size_bytes += len(utterance.pcm) - (len(replaced.pcm) if replaced else 0)
        self._utterances[key] = utterance
        while self._size_bytes > self._capacity_bytes:
            _, dropped = self._utterances.popitem(last=False)
            self._size_bytes -= len(dropped.pcm)


class LayeredVoiceCache:
    """A quick cache in front of a lasting one."""

    def __init__(self, near: VoiceCache, far: VoiceCache) -> None:
        self._near = near
        self._far = far

    async def get(self, key: str) -> CachedUtterance | None:
        """Find an utterance; one from afar is near from then on."""
        utterance = await self._near.get(key)
        if utterance is None:
            utterance = await self._far.get(key)
            if utterance is not None:
                await self._near.put(key, utterance)
        return utterance

    async def put(self, key: str, utterance: CachedUtterance) -> None:
        """Keep an utterance in both."""
        await self._near.put(key, utterance)
        await self._far.put(key, utterance)
