"""`GET /v1/live`: who may open a socket, and the sessions that are going on in this process."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from rehearsal_server.live.connection import Connection
from rehearsal_server.live.faults import RESTART
from rehearsal_server.live.rehearsals import Rehearsals
from rehearsal_server.live.services import Identity, LiveServices, Refused
from rehearsal_server.protocol.codec import CODECS, JSON, Codec
from rehearsal_server.protocol.server_messages import GoAway

log = logging.getLogger("rehearsal_server.live")

_TICKET = "ticket."
# Acknowledgements are due every 200 ms; everything else that ticks is coarser.
_TICK_S = 0.2
# A logout closes the sockets of its login within a second; one look-up serves all connections.
_LOGIN_CHECK_S = 0.7
_RETRY_AFTER_S = 5
# On a restart the sockets are closed over this time, and have closed within the other.
_DRAIN_S = 1.0
_DRAINED_S = 7.0
# Scheme of the pages that a server serves beside its sockets.
_PAGE_SCHEMES = {"ws": "http", "wss": "https"}


class LiveEndpoint:
    """The ASGI application behind the socket's address."""

    def __init__(self, services: LiveServices, rehearsals: Rehearsals) -> None:
        self._services = services
        self._rehearsals = rehearsals
        self._is_draining = False
        self._connections: set[Connection] = set()
        self._all_gone = asyncio.Event()
        self._all_gone.set()
        self._watchers: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to look after connections."""
        self._watchers = [
            asyncio.create_task(self._tick(), name="connection ticker"),
            asyncio.create_task(self._watch_logins(), name="login watch"),
        ]

    async def stop(self) -> None:
        """Stop looking after them; the server has closed their sockets."""
        for watcher in self._watchers:
            watcher.cancel()
        await asyncio.gather(*self._watchers, return_exceptions=True)

    async def drain(self) -> None:
        """Send everybody away, to come back to the next server; returns once they have gone."""
        self._is_draining = True
        leaving = tuple(self._connections)
        for connection in leaving:
            connection.put(GoAway(reason="restart", time_left_ms=round(1000 * _DRAIN_S)))
        # Not all at once: they will all come back at once.
        pause_s = _DRAIN_S / max(1, len(leaving))
        for connection in random.sample(leaving, len(leaving)):
            connection.end(RESTART)
            await asyncio.sleep(random.uniform(0, 2 * pause_s))
        async with asyncio.timeout(_DRAINED_S):
            await self._all_gone.wait()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Open one socket, or refuse it in HTTP."""
        await receive()  # websocket.connect
        try:
            connection, subprotocol = await self._admit(scope, receive, send)
        except Refused as refused:
            self._services.observer.socket_refused(refused.status)
            await _refuse(send, refused)
            return
        began_s = time.perf_counter()
        # Counted before anything more is awaited: of many at once none slips past the limits.
        self._connections.add(connection)
        self._all_gone.clear()
        try:
            await send({"type": "websocket.accept", "subprotocol": subprotocol})
            await connection.run()
        finally:
            self._connections.discard(connection)
            if not self._connections:
                self._all_gone.set()
            seconds = time.perf_counter() - began_s
            self._services.observer.socket_closed(connection.close_code, seconds)

    @property
    def open_sockets(self) -> int:
        """How many sockets are open."""
        return len(self._connections)

    async def _admit(
        self, scope: Scope, receive: Receive, send: Send
    ) -> tuple[Connection, str | None]:
        """Check who asks and whether there is room; the socket, and its subprotocol."""
        headers = Headers(scope=scope)
        offered: list[str] = scope["subprotocols"]
        self._check_origin(headers, scope["scheme"])
        if self._is_draining:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "The server restarts", _RETRY_AFTER_S)
        codec = _choose_codec(offered)
        ticket = next((p[len(_TICKET) :] for p in offered if p.startswith(_TICKET)), None)
        identity = await self._services.doorkeeper.identify(headers, ticket)
        if len(self._connections) >= self._services.limits.max_sessions:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "The server is full", _RETRY_AFTER_S)
        self._check_quota(identity)
        subprotocol = codec.subprotocol if codec.subprotocol in offered else None
        connection = Connection(self._services, self._rehearsals, identity, codec, receive, send)
        return connection, subprotocol

    def _check_quota(self, identity: Identity) -> None:
        own = sum(one.identity.user_id == identity.user_id for one in self._connections)
        if own >= self._services.limits.max_sessions_per_account:
            title = "The account has too many live sessions"
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS, title, _RETRY_AFTER_S)

    def _check_origin(self, headers: Mapping[str, str], scheme: str) -> None:
        """A browser always says where its page is from; other clients send no Origin."""
        origin = headers.get("origin")
        own = f"{_PAGE_SCHEMES[scheme]}://{headers.get('host', '')}"
        if origin is None or origin == own or origin in self._services.allowed_origins:
            return
        raise Refused(HTTPStatus.FORBIDDEN, "This origin may not open a socket here")

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_S)
            now_s = time.perf_counter()
            for connection in tuple(self._connections):
                connection.tick(now_s)

    async def _watch_logins(self) -> None:
        """Close the sockets of whoever signed out or was erased."""
        while True:
            await asyncio.sleep(_LOGIN_CHECK_S)
            logins = {connection.identity.login_id for connection in self._connections}
            try:
                ended = logins - await self._services.doorkeeper.signed_in(logins)
            except Exception:
                # The database is away; nobody is thrown out for that.
                log.exception("logins cannot be checked")
                continue
            for connection in tuple(self._connections):
                if connection.identity.login_id in ended:
                    connection.fail("token_expired", "the login has ended; sign in again")


def _choose_codec(offered: list[str]) -> Codec:
    """The first subprotocol of ours that is offered; JSON if the client names none."""
    applications = [name for name in offered if not name.startswith(_TICKET)]
    if not applications:
        return JSON
    for name in applications:
        if name in CODECS:
            return CODECS[name]
    known = ", ".join(CODECS)
    raise Refused(HTTPStatus.BAD_REQUEST, f"Unknown subprotocol; this server speaks {known}")


async def _refuse(send: Send, refused: Refused) -> None:
    """Answer the upgrade with problem details (RFC 9457)."""
    headers = [(b"content-type", b"application/problem+json")]
    if refused.retry_after_s is not None:
        headers.append((b"retry-after", str(refused.retry_after_s).encode()))
    if refused.status == HTTPStatus.UNAUTHORIZED:
        headers.append((b"www-authenticate", b"Bearer"))
    body = msgspec.json.encode(
        {"type": "about:blank", "status": refused.status, "title": refused.title}
    )
    start = {"type": "websocket.http.response.start", "status": refused.status, "headers": headers}
    await send(start)
    await send({"type": "websocket.http.response.body", "body": body})
