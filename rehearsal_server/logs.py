"""Log lines for people or for machines.

No words of a script, no audio and no token is ever logged.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import msgspec

_TEXT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


class JsonFormatter(logging.Formatter):
    """One JSON object a line; control characters are escaped, so no message can forge a line.

    ``extra={"figures": {...}}`` puts numbers beside the message, for machines to read.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        entry: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if (figures := getattr(record, "figures", None)) is not None:
            entry["figures"] = figures
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return msgspec.json.encode(entry).decode()


class LineFormatter(logging.Formatter):
    """One line a record, with line breaks inside the message made visible."""

    def __init__(self) -> None:
        super().__init__(_TEXT)

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Write one record, without its exception."""
        record.message = record.message.replace("\r", "\\r").replace("\n", "\\n")
        return super().formatMessage(record)


def configure_logging(level: str, log_format: str) -> None:
    """Log everything from `level` on to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if log_format == "json" else LineFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("uvicorn.error").addFilter(_is_not_about_a_refused_upgrade)
    logging.getLogger("asyncio").addFilter(_is_not_about_a_lost_client)


def _is_not_about_a_refused_upgrade(record: logging.LogRecord) -> bool:
    """Drop a false alarm.

    uvicorn 0.54 takes the HTTP answer to a refused WebSocket upgrade for a missing one, although
    it has sent it.
    """
    return record.getMessage() != "ASGI callable returned without completing handshake."


def _is_not_about_a_lost_client(record: logging.LogRecord) -> bool:
    """Drop what asyncio says of each write between a client's loss and our hearing of it."""
    return record.getMessage() != "socket.send() raised exception."
