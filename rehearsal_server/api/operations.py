"""What the API can do, as declarations: routing, checking and OpenAPI all follow from them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

import msgspec

from rehearsal_server.api.accounts.principal import Principal
from rehearsal_server.api.problems import ProblemType
from rehearsal_server.api.rate_limits import Rate
from rehearsal_server.api.services import Services
from rehearsal_server.config import Settings
from storage.ids import ID_PATTERN

# What a JSON body of a few fields needs at most.
MAX_SMALL_BODY_BYTES = 16 * 1024

Body = TypeVar("Body")
Query = TypeVar("Query")
Result = TypeVar("Result")

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it came."""

    data: bytes
    media_type: str


@dataclass(frozen=True, kw_only=True)
class FileBody:
    """Files that an operation takes as they are, beside or instead of JSON."""

    media_types: tuple[str, ...]
    max_bytes: Callable[[Settings], int]


@dataclass(frozen=True, kw_only=True)
class File:
    """An answer that is a file."""

    data: bytes
    media_type: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Call(Generic[Body, Query]):
    """One request to an operation, checked."""

    services: Services
    principal: Principal | None  # None for operations that anybody may call
    path: Mapping[str, str]  # ids in the path, by name
    body: Body
    query: Query
    request_headers: Mapping[str, str]
    address: str  # of the client, as far as it counts for rate limits
    arrived_at: datetime
    # Headers of the answer, for the few operations that set some.
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def user_id(self) -> str:
        """Whose request it is."""
        assert self.principal is not None, "a public operation has no user"
        return self.principal.user_id


# What may stand in a path for a parameter that is no id of ours.
PATH_PATTERNS = {"scene": "S[0-9]{1,6}"}


def pattern_of(parameter: str) -> str:
    """Give the regular expression of a parameter in a path."""
    return PATH_PATTERNS.get(parameter, ID_PATTERN.pattern)


@dataclass(frozen=True, kw_only=True)
class Operation(Generic[Body, Query, Result]):
    """Something that can be done at a path with a method."""

    method: Method
    path: str  # each parameter in it is an id, or has a pattern of its own below
    summary: str
    handle: Callable[[Call[Body, Query]], Awaitable[Result]]
    body: type[Body] | None = None
    max_json_bytes: int = MAX_SMALL_BODY_BYTES
    # Takes files of these kinds as well; the call's body is then an `Upload`.
    file: FileBody | None = None
    # A body as it could be, for the description.
    example: Body | None = None
    query: type[Query] | None = None
    result: type[Result] | None = None
    # Media types of the answer where it is a `File`.
    produces: tuple[str, ...] = ()
    status: int = 200
    public: bool = False
    # How often one address may; of what needs a token, one user.
    rate: Rate | None = None
    # Heeds If-Match.
    conditional: bool = False
    # Heeds Idempotency-Key.
    repeatable: bool = False
    # Beyond those that every operation of its shape can have.
    errors: tuple[ProblemType, ...] = ()


AnyOperation = Operation[Any, Any, Any]
