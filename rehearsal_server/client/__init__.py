"""The Python client: REST by `RehearsalClient`, a live session by `RehearsalClient.live`."""

from rehearsal_server.client.live import LiveSession, Received
from rehearsal_server.client.rest import RehearsalClient

__all__ = ["LiveSession", "Received", "RehearsalClient"]
