"""What a session core is told, written down so that it can be told again.

The core depends on nothing but the calls of its methods, in their order. So the calls are its
history: the same calls on a new core give the same state and the same events. How arguments are
written follows from the methods' annotations; the journal knows no type by name.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, get_origin, get_type_hints

import msgspec
import numpy as np

from rehearsal_server.protocol.client_messages import AnyClientMessage, ClientMessage
from rehearsal_server.session.scene import Output
from rehearsal_server.session.session import Session


def _write_array(value: object) -> object:
    """What msgspec leaves to us: arrays of models that speak of a speaker."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    raise NotImplementedError(f"{type(value).__name__} can't be journalled")


def _read_array(kind: type, value: Any) -> object:
    if get_origin(kind) is not np.ndarray and kind is not np.ndarray:
        raise NotImplementedError(f"{kind} can't be journalled")
    dtype, shape, data = value
    return np.frombuffer(data, dtype).reshape(shape).copy()


def encoder() -> msgspec.msgpack.Encoder:
    """Make a writer of whatever a session is made of or told."""
    return msgspec.msgpack.Encoder(enc_hook=_write_array)


def decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    """Make a reader of a type that `encoder` writes."""
    return msgspec.msgpack.Decoder(kind, dec_hook=_read_array)


_ENCODER = encoder()
_CALL = msgspec.msgpack.Decoder(tuple[str, msgspec.Raw])
# A base class is read as the types that it stands for.
_READ_AS: dict[Any, Any] = {ClientMessage: AnyClientMessage}

Step = Callable[..., list[Output] | None]


def write_call(step: Step, arguments: Sequence[object]) -> bytes:
    """Write the call of a bound method of a session."""
    return _ENCODER.encode((step.__name__, arguments))


def read_call(call: bytes) -> tuple[str, tuple[Any, ...]]:
    """Name and arguments of a call that was written down.

    Raises
    ------
    ValueError
        It is not a call that this version of the core knows.
    """
    try:
        name, arguments = _CALL.decode(call)
        return name, _decoder(name).decode(arguments)
    except (msgspec.MsgspecError, AttributeError) as error:
        raise ValueError(f"no call of this version of the session: {error}") from None


@lru_cache(maxsize=64)
def _decoder(name: str) -> msgspec.msgpack.Decoder[Any]:
    """What reads the arguments of a method."""
    method = getattr(Session, name)
    hints = get_type_hints(method)
    names = list(inspect.signature(method).parameters)[1:]
    kinds = tuple(_READ_AS.get(hints[one], hints[one]) for one in names)
    return decoder(tuple[*kinds] if kinds else tuple[()])  # type: ignore[valid-type]
