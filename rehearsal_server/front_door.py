"""What uvicorn leaves open: requests that never come, crowds, frames that are no messages.

Each costs a file or memory, and nothing else ends it.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame
from websockets.protocol import State

from rehearsal_server.api.rate_limits import address_key

HEADER_DEADLINE_S = 10.0
# Answers to pings that a client has not read.
MAX_UNREAD_BYTES = 256 * 1024
# A browser sends a message of 64 KiB in one.
MAX_FRAGMENTS = 64
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 10\r\nconnection: close\r\n"
    b"content-type: application/problem+json\r\ncontent-length: 73\r\n\r\n"
    b'{"type":"about:blank","status":503,"title":"Too many open connections."}\n'
)


@dataclass
class Crowd:
    """Who is at the door: open connections by address.

    Parameters
    ----------
    max_per_address : connections of one address, or of one IPv6 site
    trusted_proxies : networks whose members bring many people
    """

    max_per_address: int
    trusted_proxies: Sequence[str] = ()
    _open: Counter[str] = field(default_factory=Counter)

    def enter(self, host: str) -> bool:
        """Count a connection; False if its address has too many with it."""
        key = address_key(host)
        self._open[key] += 1
        return self._open[key] <= self.max_per_address or self._is_proxy(host)

    def leave(self, host: str) -> None:
        """Count a connection that has ended."""
        key = address_key(host)
        self._open[key] -= 1
        if not self._open[key]:
            del self._open[key]

    def _is_proxy(self, host: str) -> bool:
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return True  # a Unix socket is a proxy's
        return any(address in ipaddress.ip_network(one) for one in self.trusted_proxies)


def http_protocol(crowd: Crowd, header_deadline_s: float = HEADER_DEADLINE_S) -> type[H11Protocol]:
    """Make uvicorn's HTTP protocol with a deadline for headers and a place in the crowd."""

    class GuardedHttp(H11Protocol):
        """Ends a connection whose next request does not come in time once it has begun."""

        _host = ""
        _deadline: asyncio.TimerHandle | None = None
        _is_counted = False

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            assert isinstance(transport, asyncio.Transport)
            super().connection_made(transport)
            self._host = _host_of(transport)
            self._is_counted = True
            if crowd.enter(self._host):
                self._set_deadline()
            else:
                transport.write(_FULL)
                transport.close()

        def connection_lost(self, exc: Exception | None) -> None:
            self._leave()
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            if self._deadline is None and self.conn.their_state is h11.IDLE:
                self._set_deadline()
            super().data_received(data)

        def handle_events(self) -> None:
            super().handle_events()
            if self.conn.their_state is not h11.IDLE:
                self._clear_deadline()

        def handle_websocket_upgrade(self, event: h11.Request) -> None:
            super().handle_websocket_upgrade(event)
            self._leave()  # the socket's protocol has entered for itself

        def _set_deadline(self) -> None:
            self._deadline = self.loop.call_later(header_deadline_s, self.transport.abort)

        def _clear_deadline(self) -> None:
            if self._deadline is not None:
                self._deadline.cancel()
                self._deadline = None

        def _leave(self) -> None:
            self._clear_deadline()
            if self._is_counted:
                self._is_counted = False
                crowd.leave(self._host)

    return GuardedHttp


def socket_protocol(crowd: Crowd) -> type[WebSocketsSansIOProtocol]:
    """Make uvicorn's WebSocket protocol with a place in the crowd."""

    class GuardedSocket(WebSocketsSansIOProtocol):
        """Counts for as long as the socket is open; the request before it was let in.

        What never becomes a message passes the application by, so it is bounded here.
        """

        _host = ""

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(transport)
            self._host = _host_of(transport)
            crowd.enter(self._host)

        def connection_lost(self, exc: Exception | None) -> None:
            crowd.leave(self._host)
            super().connection_lost(exc)

        def handle_ping(self) -> None:
            """Answer, unless the client lets its answers pile up."""
            super().handle_ping()
            if self.transport.get_write_buffer_size() > MAX_UNREAD_BYTES:
                self.transport.abort()

        def handle_cont(self, event: Frame) -> None:
            """Go on with a message, which may have any number of empty fragments otherwise."""
            if len(self.frames) >= MAX_FRAGMENTS:
                self._fail(CloseCode.MESSAGE_TOO_BIG)
            else:
                super().handle_cont(event)

        def send_receive_event_to_app(self) -> None:
            """Pass a message on; uvicorn would log a traceback for each that is no UTF-8."""
            if self.curr_msg_data_type == "text" and not _is_utf8(self.frames):
                self._fail(CloseCode.INVALID_DATA)
            else:
                super().send_receive_event_to_app()

        def _fail(self, code: CloseCode) -> None:
            self.frames = []
            # Frames that came with a faulty one are still gone through after it.
            if self.conn.state is State.OPEN:
                self.conn.send_close(code)
                self.handle_parser_exception()

    return GuardedSocket


def _is_utf8(frames: Sequence[bytes]) -> bool:
    try:
        b"".join(frames).decode()
    except UnicodeDecodeError:
        return False
    return True


def _host_of(transport: asyncio.BaseTransport) -> str:
    peer: Any = transport.get_extra_info("peername")
    return str(peer[0]) if isinstance(peer, tuple) else ""
