"""What the server says about itself."""

from __future__ import annotations

import logging
from typing import Literal

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from rehearsal_server import __version__
from rehearsal_server.api.operations import AnyOperation, Call, Operation
from rehearsal_server.api.problems import NOT_READY, FieldProblem, Problem

log = logging.getLogger(__name__)


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """Which server this is."""

    version: str
    name: str = "rehearsal-server"
    api: str = "v1"


class Alive(msgspec.Struct, frozen=True, kw_only=True):
    """The process answers."""

    status: Literal["alive"] = "alive"


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that requests need answers."""

    database: Literal["ok"] = "ok"


async def show_version(_call: Call[None, None]) -> Version:
    """Show the version."""
    return Version(version=__version__)


async def show_alive(_call: Call[None, None]) -> Alive:
    """Answer."""
    return Alive()


async def show_ready(call: Call[None, None]) -> Ready:
    """Ask what requests depend on."""
    try:
        await call.services.database.ping()
    except (SQLAlchemyError, OSError) as error:
        log.warning("the database does not answer: %s", error)
        failed = FieldProblem(field="database", message="The database does not answer.")
        raise Problem(NOT_READY, errors=(failed,)) from None
    return Ready()


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        method="GET",
        path="/v1/version",
        summary="Show the server's version",
        handle=show_version,
        result=Version,
        public=True,
    ),
    Operation(
        method="GET",
        path="/healthz",
        summary="Tell whether the process is alive",
        handle=show_alive,
        result=Alive,
        public=True,
    ),
    Operation(
        method="GET",
        path="/readyz",
        summary="Tell whether the server can work",
        handle=show_ready,
        result=Ready,
        public=True,
        errors=(NOT_READY,),
    ),
)
