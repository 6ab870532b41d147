"""The socket that a rehearsal is on, as far as the rehearsal knows it."""

from __future__ import annotations

from typing import Protocol

from rehearsal_server.live.faults import Ending
from rehearsal_server.live.outbox import Outbox
from rehearsal_server.protocol.server_messages import ServerMessage


class Link(Protocol):
    """The socket that a rehearsal is on."""

    @property
    def outbox(self) -> Outbox:
        """What waits to be sent."""

    def put(
        self, message: ServerMessage, received_s: float | None = None, after_frame: int = 0
    ) -> None:
        """Queue a message; see `Outbox.put`."""

    def end(self, ending: Ending) -> None:
        """Close the socket soon, in this way."""
