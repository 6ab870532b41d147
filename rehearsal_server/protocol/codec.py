"""Control messages to and from the wire, in both subprotocols.

msgspec validates while it decodes: wrong types, values out of bounds and, in what a client sends,
unknown fields are refused with the path of the field. Nesting is bounded by the 4 KiB limit and by
the types, which are shallow. Of a field that is given twice, the last counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

import msgspec
from msgspec import Struct

from rehearsal_server.protocol.client_messages import (
    MAX_CONTROL_BYTES,
    AnyClientMessage,
    ClientMessage,
)
from rehearsal_server.protocol.explanation import explain
from rehearsal_server.protocol.reflection import message_types
from rehearsal_server.protocol.server_messages import AnyServerMessage, ServerMessage

CLIENT_MESSAGES = message_types(AnyClientMessage)
SERVER_MESSAGES = message_types(AnyServerMessage)

_Message = TypeVar("_Message", covariant=True)


class DecodeError(ValueError):
    """A control message could not be understood; `field` names the part at fault, if one is."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class TooLarge(DecodeError):
    """A control message is longer than `MAX_CONTROL_BYTES`."""


class _Encoder(Protocol):
    def encode(self, obj: object, /) -> bytes: ...


class _Decoder(Protocol[_Message]):
    def decode(self, data: bytes, /) -> _Message: ...


@dataclass(frozen=True)
class Codec:
    """One subprotocol's way to write control messages."""

    subprotocol: str
    # JSON travels in text frames, MessagePack in binary ones, beside the audio.
    is_text: bool
    _encoder: _Encoder
    _client: _Decoder[AnyClientMessage]
    _server: _Decoder[AnyServerMessage]

    def encode(self, message: ClientMessage | ServerMessage) -> bytes:
        """Bytes of one message."""
        return self._encoder.encode(message)

    def decode_client(self, data: bytes) -> AnyClientMessage:
        """Read what a client sent.

        Raises
        ------
        TooLarge
            It is longer than `MAX_CONTROL_BYTES`.
        DecodeError
            It is not one of the client's messages, to the last field and byte.
        """
        if len(data) > MAX_CONTROL_BYTES:
            raise TooLarge(
                f"a control message may have {MAX_CONTROL_BYTES} bytes; this one has {len(data)}"
            )
        return _decode(self._client, data, CLIENT_MESSAGES)

    def decode_server(self, data: bytes) -> AnyServerMessage:
        """Read what the server sent; raises `DecodeError`."""
        return _decode(self._server, data, SERVER_MESSAGES)


JSON = Codec(
    subprotocol="rehearsal.v1.json",
    is_text=True,
    _encoder=msgspec.json.Encoder(),
    _client=msgspec.json.Decoder(AnyClientMessage),
    _server=msgspec.json.Decoder(AnyServerMessage),
)
MSGPACK = Codec(
    subprotocol="rehearsal.v1.msgpack",
    is_text=False,
    _encoder=msgspec.msgpack.Encoder(),
    _client=msgspec.msgpack.Decoder(AnyClientMessage),
    _server=msgspec.msgpack.Decoder(AnyServerMessage),
)
CODECS = {codec.subprotocol: codec for codec in (JSON, MSGPACK)}


def _decode(
    decoder: _Decoder[_Message], data: bytes, messages: Mapping[str, type[Struct]]
) -> _Message:
    try:
        return decoder.decode(data)
    except msgspec.ValidationError as error:
        raise DecodeError(*explain(str(error), _tag(data), messages)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DecodeError(f"not a control message: {error}") from None


class _Tagged(Struct):
    type: str


def _tag(data: bytes) -> str | None:
    """Read the ``type`` of a message whose other fields may be wrong."""
    decode = msgspec.json.decode if data[:1] == b"{" else msgspec.msgpack.decode
    try:
        return decode(data, type=_Tagged).type
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
