"""What the API can do, as declarations: routing, checking and OpenAPI all follow from them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

from rehearsal_server.api.accounts.principal import Principal
from rehearsal_server.api.problems import ProblemType
from rehearsal_server.api.rate_limits import Rate
from rehearsal_server.api.services import Services

Body = TypeVar("Body")
Query = TypeVar("Query")
Result = TypeVar("Result")

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


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


@dataclass(frozen=True, kw_only=True)
class Operation(Generic[Body, Query, Result]):
    """Something that can be done at a path with a method."""

    method: Method
    path: str  # each parameter in it is an id
    summary: str
    handle: Callable[[Call[Body, Query]], Awaitable[Result]]
    body: type[Body] | None = None
    # Takes text/plain as well as JSON where it is given.
    body_from_text: Callable[[str], Body] | None = None
    # A body as it could be, for the description.
    example: Body | None = None
    query: type[Query] | None = None
    result: type[Result] | None = None
    status: int = 200
    public: bool = False
    # How often one address may; what needs a token is limited by user instead.
    rate: Rate | None = None
    # Heeds If-Match.
    conditional: bool = False
    # Heeds Idempotency-Key.
    repeatable: bool = False
    # Beyond those that every operation of its shape can have.
    errors: tuple[ProblemType, ...] = ()


AnyOperation = Operation[Any, Any, Any]
