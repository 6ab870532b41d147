"""The socket as an AsyncAPI 3 document, drawn from the types that also decode and encode."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, cast

import msgspec
from msgspec import Struct

from rehearsal_server import __version__
from rehearsal_server.protocol.audio import HEADER_BYTES
from rehearsal_server.protocol.codec import CLIENT_MESSAGES, CODECS, SERVER_MESSAGES

Document = dict[str, Any]

ADDRESS = "/v1/live"
_SCHEMA_REF = "#/components/schemas/{name}"
_AUDIO = {
    "contentType": "application/octet-stream",
    "payload": {"type": "string", "format": "binary", "minLength": HEADER_BYTES},
}


def describe_socket() -> Document:
    """Draw the document."""
    kinds = (*CLIENT_MESSAGES.values(), *SERVER_MESSAGES.values())
    _, schemas = msgspec.json.schema_components(kinds, ref_template=_SCHEMA_REF)
    received = {**_messages(CLIENT_MESSAGES, "client"), "microphone": _audio("microphone, to here")}
    sent = {**_messages(SERVER_MESSAGES, "server"), "partner": _audio("partner's voice, from here")}
    document = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Rehearsal server, live",
            "version": __version__,
            "description": f"Subprotocols: {', '.join(CODECS)}.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "channels": {"live": _channel((*received, *sent))},
        "operations": {
            "hear": _operation("receive", received, "What a client sends."),
            "tell": _operation("send", sent, "What the server sends."),
        },
        "components": {
            "messages": {**received, **sent},
            "schemas": schemas,
            "securitySchemes": {
                "access_token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
    }
    # As readers of the JSON will have it: lists, not tuples.
    return cast(Document, msgspec.json.decode(msgspec.json.encode(document)))


def _channel(names: tuple[str, ...]) -> Document:
    return {
        "address": ADDRESS,
        "description": "One WebSocket, one session.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {"ws": {"method": "GET", "bindingVersion": "0.1.0"}},
    }


def _operation(action: str, messages: Mapping[str, Document], summary: str) -> Document:
    return {
        "action": action,
        "summary": summary,
        "channel": {"$ref": "#/channels/live"},
        "security": [{"$ref": "#/components/securitySchemes/access_token"}],
        "messages": [{"$ref": f"#/channels/live/messages/{name}"} for name in messages],
    }


def _messages(kinds: Mapping[str, type[Struct]], side: str) -> dict[str, Document]:
    """Describe messages by name; both sides have an `ack`, so the side is part of it."""
    return {
        f"{side}_{tag}": {
            "name": tag,
            "summary": inspect.cleandoc(kind.__doc__ or "").partition("\n\n")[0],
            "payload": {"$ref": _SCHEMA_REF.format(name=kind.__name__)},
        }
        for tag, kind in kinds.items()
    }


def _audio(whose: str) -> Document:
    what = f"Audio of the {whose}: a header of {HEADER_BYTES} bytes, then PCM (docs/protocol.md)."
    return {"name": "audio", "summary": what, **_AUDIO}
