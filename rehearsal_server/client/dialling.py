"""Opening a live socket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, InvalidMessage, InvalidStatus
from websockets.typing import Subprotocol

from rehearsal_server.client.errors import ConnectionRefused, Unreachable
from rehearsal_server.protocol.codec import Codec

# Frames that may wait in this process; beyond, TCP pushes back and the server drops its meters.
_MAX_WAITING_FRAMES = 64
# A last message and its close are waited for so long.
_CLOSE_S = 2.0

Dial = Callable[[], Awaitable[ClientConnection]]


def dialler(
    url: str, access_token: str | Callable[[], Awaitable[str]], codec: Codec, *, trust_env: bool
) -> Dial:
    """Make a function that opens a socket; it raises `ConnectionRefused` or `Unreachable`."""

    async def dial() -> ClientConnection:
        token = access_token if isinstance(access_token, str) else await access_token()
        try:
            return await connect(
                url,
                subprotocols=[Subprotocol(codec.subprotocol)],
                additional_headers={"Authorization": f"Bearer {token}"},
                # PCM does not compress.
                compression=None,
                max_queue=_MAX_WAITING_FRAMES,
                close_timeout=_CLOSE_S,
                proxy=True if trust_env else None,
            )
        except InvalidStatus as refusal:
            raise _refused(refusal) from None
        except (OSError, InvalidHandshake, InvalidMessage) as error:
            raise Unreachable(f"no live socket at {url}: {error}") from None

    return dial


def _refused(refusal: InvalidStatus) -> ConnectionRefused:
    response = refusal.response
    retry_after = response.headers.get("Retry-After")
    return ConnectionRefused(
        response.status_code,
        response.body.decode(errors="replace")[:200] if response.body else "",
        float(retry_after) if retry_after else None,
    )
