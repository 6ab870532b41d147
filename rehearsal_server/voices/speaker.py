"""What the live shell asks for voices: cast a script, speak a line, have the next one ready."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress

from rehearsal_server.voices.cache import VoiceCache, cache_key
from rehearsal_server.voices.casting import Cast, cast_voices, choose_voice
from rehearsal_server.voices.engine import (
    Chunk,
    EngineStatus,
    VoiceEngine,
    VoiceError,
    VoiceSpec,
    VoiceUnavailableError,
)
from rehearsal_server.voices.rendering import Rendering
from rehearsal_server.voices.spoken import spoken_text

logger = logging.getLogger(__name__)

# Ten minutes of speech, 27 MB of it; the longest speech of Shakespeare has 5,500 characters.
MAX_LINE_CHARS = 10_000
# Wishes beyond this push out the oldest: they only save time.
MAX_PREFETCHES = 256


class Speaker:
    """Speaks lines from the cache, or as an engine synthesises them.

    Parameters
    ----------
    engines : sequence of VoiceEngine
        Preferred first; the speaker closes them.
    cache : VoiceCache
    """

    def __init__(self, engines: Sequence[VoiceEngine], cache: VoiceCache) -> None:
        self._engines = {engine.name: engine for engine in engines}
        self._cache = cache
        self._statuses: dict[str, EngineStatus] = {}
        self._renderings: dict[str, Rendering] = {}
        self._wishes: deque[tuple[str, VoiceSpec, str | None]] = deque(maxlen=MAX_PREFETCHES)
        self._prefetching: asyncio.Task[None] | None = None

    async def engines(self) -> tuple[EngineStatus, ...]:
        """What each engine offers here, or why it is absent."""
        return tuple([await self._status(name) for name in self._engines])

    async def cast(
        self,
        characters: Sequence[str],
        partner_roles: Sequence[str],
        *,
        partner_voice: str | None = None,
        language: str = "en",
    ) -> Cast:
        """Choose the partners' voices; see `casting`.

        Raises
        ------
        VoiceUnavailableError
            There is no such voice, or none for the language.
        """
        engine, voice = choose_voice(
            await self.engines(), partner_voice=partner_voice, language=language
        )
        return cast_voices(characters, partner_roles, self._engines[engine].palette(voice))

    async def speak(
        self, text: str, spec: VoiceSpec, *, user_id: str | None = None
    ) -> AsyncGenerator[Chunk, None]:
        """Yield a line's audio and word times as they come, in chunks of up to 100 ms.

        Nothing is yielded where there is nothing to say ("..."). Close the generator
        (`contextlib.aclosing`) to stop: unless somebody else listens to the same line, its
        engine is stopped and free again when ``aclose`` returns. `user_id` says whose line it is.

        Raises
        ------
        VoiceError
            There is no voice for this text; the message says why.
        """
        version = await self._engine_version(text, spec)
        rendering = self._rendering(text, spec, version, user_id)
        async with aclosing(rendering.listen()) as chunks:
            async for chunk in chunks:
                yield chunk

    def prefetch(self, text: str, spec: VoiceSpec, *, user_id: str | None = None) -> None:
        """Have a line ready that will be spoken soon; a failure shows when it is."""
        self._wishes.append((text, spec, user_id))
        if self._prefetching is None or self._prefetching.done():
            self._prefetching = asyncio.create_task(self._fulfil_wishes())

    async def aclose(self) -> None:
        """Stop speaking and end the engines."""
        self._wishes.clear()
        if self._prefetching is not None:
            self._prefetching.cancel()
            with suppress(asyncio.CancelledError):
                await self._prefetching
        for rendering in list(self._renderings.values()):
            await rendering.stop()
        for engine in self._engines.values():
            await engine.aclose()

    def _rendering(
        self, text: str, spec: VoiceSpec, engine_version: str, user_id: str | None
    ) -> Rendering:
        # No await between looking and adding: one line is never rendered twice at once.
        key = cache_key(spec, engine_version=engine_version, text=text)
        if key not in self._renderings:
            self._renderings[key] = Rendering(
                key,
                lambda: self._engines[spec.engine].synthesize(spoken_text(text), spec),
                self._cache,
                on_over=lambda: self._forget(key),
                spec=spec,
                user_id=user_id,
            )
        return self._renderings[key]

    def _forget(self, key: str) -> None:
        self._renderings.pop(key, None)

    async def _engine_version(self, text: str, spec: VoiceSpec) -> str:
        if len(text) > MAX_LINE_CHARS:
            raise VoiceError(f"the line has {len(text)} characters; {MAX_LINE_CHARS} can be spoken")
        if spec.engine not in self._engines:
            raise VoiceUnavailableError(f"there is no voice engine {spec.engine!r}")
        status = await self._status(spec.engine)
        if status.absence:
            raise VoiceUnavailableError(f"{status.name} is absent: {status.absence}")
        return status.version

    async def _status(self, name: str) -> EngineStatus:
        if name in self._statuses:
            return self._statuses[name]
        status = await self._engines[name].status()
        # What is absent may come back: a worker that could not start, a file that was not there.
        if status.absence is None:
            self._statuses[name] = status
        return status

    async def _fulfil_wishes(self) -> None:
        # One at a time, so that a line that is needed now waits for one passage at most.
        while self._wishes:
            text, spec, user_id = self._wishes.popleft()
            try:
                async with aclosing(self.speak(text, spec, user_id=user_id)) as chunks:
                    async for _ in chunks:
                        pass
            except VoiceError:
                logger.info("a line could not be made ready", exc_info=True)
