"""The application on uvicorn."""

from __future__ import annotations

import logging
import socket
from collections.abc import Awaitable, Callable

import uvicorn

from rehearsal_server.app import create_app
from rehearsal_server.config import Settings
from rehearsal_server.front_door import Crowd, http_protocol, socket_protocol
from rehearsal_server.live.services import LiveLimits

log = logging.getLogger("rehearsal_server")

# The protocol's limit; uvicorn closes with 1009 above it.
MAX_MESSAGE_BYTES = 64 * 1024
# Sessions are saved and clients told within this time after SIGTERM.
_GRACE_S = 10


def make_server(settings: Settings, limits: LiveLimits | None = None) -> uvicorn.Server:
    """A uvicorn server for these settings, not yet running; see `create_app` for `limits`.

    permessage-deflate is off: PCM does not compress, and its buffers cost memory for every
    socket. WebSocket pings are off: liveness is what the application says and hears, and a busy
    event loop must not cut healthy sockets.
    """
    crowd = Crowd(settings.max_connections_per_address, settings.trusted_proxies)
    app = create_app(settings, limits)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=http_protocol(crowd),
        ws=socket_protocol(crowd),
        ws_max_size=MAX_MESSAGE_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        timeout_graceful_shutdown=_GRACE_S,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        server_header=False,
        access_log=False,
        log_config=None,
    )
    return _DrainingServer(config, app.state.drain)


class _DrainingServer(uvicorn.Server):
    """Lets the application say good-bye before uvicorn closes its sockets."""

    def __init__(self, config: uvicorn.Config, drain: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._drain = drain

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop serving."""
        try:
            await self._drain()
        except TimeoutError:
            log.warning("some sockets did not close in time")
        await super().shutdown(sockets)
