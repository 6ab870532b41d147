"""The Python client: REST by `RehearsalClient`, a live session by `RehearsalClient.live`."""

from rehearsal_server.client.live import LiveSession, Received

__all__ = ["LiveSession", "Received"]
