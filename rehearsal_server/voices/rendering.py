"""An utterance on its way, from the cache or from an engine, to all who listen."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing

from rehearsal_server.voices.cache import CachedUtterance, VoiceCache, VoiceCacheError
from rehearsal_server.voices.engine import Chunk, SynthesisError, VoiceSpec

logger = logging.getLogger(__name__)

# Small enough to be sent as it is; an engine's own chunks may be whole sentences.
CHUNK_MS = 100

Synthesis = Callable[[], AsyncGenerator[Chunk, None]]


class Rendering:
    """One synthesis shared by any number of listeners.

    It goes as fast as the engine does, so that a listener who takes the audio at the speed of
    speech keeps no engine waiting. When the last listener leaves before the end, the engine is
    stopped and nothing is kept.

    Parameters
    ----------
    key : str
        Of the utterance in the cache.
    synthesize : callable
        Begins the synthesis, where the cache does not have the utterance.
    cache : VoiceCache
    on_over : callable
        Called when the rendering must not be joined any more; may be called twice.
    spec : VoiceSpec
    user_id : str, optional
        Voice and owner of the line, kept with it in the cache.
    """

    def __init__(
        self,
        key: str,
        synthesize: Synthesis,
        cache: VoiceCache,
        on_over: Callable[[], None],
        *,
        spec: VoiceSpec,
        user_id: str | None,
    ) -> None:
        self._key = key
        self._spec = spec
        self._user_id = user_id
        self._synthesize = synthesize
        self._cache = cache
        self._on_over = on_over
        self._chunks: list[Chunk] = []
        # All chunks are there, or an error is.
        self._is_complete = False
        self._error: Exception | None = None
        # Set and replaced whenever there is more to see.
        self._news = asyncio.Event()
        self._listeners = 0
        self._task = asyncio.create_task(self._run())

    async def listen(self) -> AsyncGenerator[Chunk, None]:
        """Yield all chunks from the first; raise what the engine raised."""
        self._listeners += 1
        try:
            position = 0
            while position < len(self._chunks) or not self._is_complete:
                if position == len(self._chunks):
                    await self._news.wait()
                    continue
                yield self._chunks[position]
                position += 1
            if self._error:
                raise self._error
        finally:
            self._listeners -= 1
            if not self._listeners and not self._is_complete:
                await self.stop()

    async def stop(self) -> None:
        """End it now; returns when the engine is free again."""
        self._on_over()
        self._task.cancel()
        await asyncio.wait([self._task])
        if not self._is_complete:
            self._complete(SynthesisError("the voice was stopped"))

    async def _run(self) -> None:
        try:
            cached = await self._look_up()
            if cached is not None:
                self._add(Chunk(sample_rate=cached.sample_rate, words=cached.words, pcm=cached.pcm))
            else:
                async with aclosing(self._synthesize()) as chunks:
                    async for chunk in chunks:
                        self._add(chunk)
            self._complete()
            if cached is None and self._chunks:
                await self._keep()
        except Exception as error:
            # It is the listeners' error: each of them raises it.
            self._complete(error)
        finally:
            self._on_over()

    def _add(self, chunk: Chunk) -> None:
        self._chunks += _cut(chunk)
        self._announce()

    def _complete(self, error: Exception | None = None) -> None:
        self._is_complete, self._error = True, error
        self._announce()

    def _announce(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def _look_up(self) -> CachedUtterance | None:
        try:
            return await self._cache.get(self._key)
        except VoiceCacheError:
            logger.warning("the voice cache cannot be read; synthesising", exc_info=True)
            return None

    async def _keep(self) -> None:
        utterance = CachedUtterance(
            spec=self._spec,
            user_id=self._user_id,
            sample_rate=self._chunks[0].sample_rate,
            pcm=b"".join(chunk.pcm for chunk in self._chunks),
            words=tuple(word for chunk in self._chunks for word in chunk.words),
        )
        try:
            await self._cache.put(self._key, utterance)
        except VoiceCacheError:
            logger.warning("the voice cache cannot be written", exc_info=True)


def _cut(chunk: Chunk) -> Iterator[Chunk]:
    """Cut into chunks of at most `CHUNK_MS`; the words are known with the first."""
    step_bytes = 2 * (chunk.sample_rate * CHUNK_MS // 1000)
    words = chunk.words
    for start in range(0, max(len(chunk.pcm), 1), step_bytes):
        pcm = chunk.pcm[start : start + step_bytes]
        yield Chunk(sample_rate=chunk.sample_rate, pcm=pcm, words=words)
        words = ()
