"""The server's end of one espeak-ng worker process."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from pathlib import Path

import rehearsal_server
from rehearsal_server.voices.engine import SynthesisError, VoiceUnavailableError
from rehearsal_server.voices.espeak.wire import (
    HEADER,
    PCM,
    Cancel,
    Done,
    Failed,
    Reply,
    Request,
    WireError,
    decode_reply,
    message_frame,
    payload_size,
)

_WORKER = "rehearsal_server.voices.espeak.worker"
# A passage is synthesised in tens of milliseconds; a worker silent for so long has hung.
REPLY_TIMEOUT_S = 10.0
# A cancel is seen at the next buffer, within a millisecond.
CANCEL_TIMEOUT_S = 1.0
EXIT_TIMEOUT_S = 2.0
# The worker loads a GPL library and reads user text: it gets none of the server's secrets.
_INHERITED_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LANG", "LC_ALL")


class EspeakProcess:
    """A worker that answers one request at a time."""

    def __init__(self, process: Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._stdin = process.stdin
        self._stdout = process.stdout
        # Length and kind of the frame whose payload is next; a cancelled reader leaves it here.
        self._announced: tuple[int, int] | None = None
        # The exit status comes later than a kill; who is asked in between must not say "alive".
        self._is_killed = False

    @classmethod
    async def start(cls) -> EspeakProcess:
        """Start a worker; whether it works shows with the first request."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", _WORKER, stdin=PIPE, stdout=PIPE, env=_environment()
        )
        return cls(process)

    @property
    def pid(self) -> int:
        """Of the worker."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked again, as far as is known."""
        return self._process.returncode is None and not self._is_killed

    async def exchange(self, request: Request) -> AsyncGenerator[Reply | bytes, None]:
        """Send a request; yield its replies, PCM as bytes, until it is done.

        Closing the generator early cancels the request and waits until the worker is free.

        Raises
        ------
        SynthesisError
            The worker ended or broke the protocol; it is not alive any more.
        VoiceUnavailableError
            It refused the request, and goes on.
        """
        is_answered = False
        try:
            await self._send(request)
            while True:
                reply = await self._receive(REPLY_TIMEOUT_S)
                is_answered = isinstance(reply, Done | Failed)
                if isinstance(reply, Failed):
                    raise VoiceUnavailableError(reply.reason)
                if is_answered:
                    return
                yield reply
        finally:
            if not is_answered:
                await self._cancel()

    async def close(self) -> None:
        """End the worker: it exits when its input ends."""
        self._stdin.close()
        await self._wait_for_exit()

    async def _send(self, request: Request) -> None:
        try:
            self._stdin.write(message_frame(request))
            await self._stdin.drain()
        except ConnectionError as error:
            raise await self._ended() from error

    async def _receive(self, timeout_s: float) -> Reply | bytes:
        try:
            async with asyncio.timeout(timeout_s):
                kind, payload = await self._read_frame()
            return payload if kind == PCM else decode_reply(payload)
        except (EOFError, ConnectionError) as error:
            raise await self._ended() from error
        except TimeoutError as error:
            await self._kill()
            raise SynthesisError(
                f"the espeak-ng worker said nothing for {timeout_s:g} s and was ended; try again"
            ) from error
        except WireError as error:
            await self._kill()
            raise SynthesisError("the espeak-ng worker talked nonsense and was ended") from error

    async def _read_frame(self) -> tuple[int, bytes]:
        if self._announced is None:
            self._announced = payload_size(await self._stdout.readexactly(HEADER.size))
        size_bytes, kind = self._announced
        payload = await self._stdout.readexactly(size_bytes)
        self._announced = None
        return kind, payload

    async def _cancel(self) -> None:
        """Free the worker; one that cannot be freed at once is ended."""
        try:
            if self.is_alive:
                await self._send(Cancel())
                while not isinstance(await self._receive(CANCEL_TIMEOUT_S), Done | Failed):
                    pass
        except SynthesisError:
            pass  # it ended, which frees it as well; `is_alive` says so
        except BaseException:
            self._send_kill()
            raise

    async def _ended(self) -> SynthesisError:
        # It closed its end of a pipe; make sure that it is gone, and know how.
        await self._wait_for_exit()
        return SynthesisError(
            f"the espeak-ng worker ended (exit status {self._process.returncode}); "
            "the next request starts a new one"
        )

    async def _wait_for_exit(self) -> None:
        try:
            async with asyncio.timeout(EXIT_TIMEOUT_S):
                await self._process.wait()
        except TimeoutError:
            await self._kill()

    async def _kill(self) -> None:
        self._send_kill()
        await self._process.wait()

    def _send_kill(self) -> None:
        if self.is_alive:
            self._process.kill()
        self._is_killed = True


def _environment() -> dict[str, str]:
    environment = {k: os.environ[k] for k in _INHERITED_ENVIRONMENT if k in os.environ}
    # The server runs from its checkout; the worker must find the same one wherever it starts.
    environment["PYTHONPATH"] = str(Path(rehearsal_server.__file__).parents[1])
    return environment
