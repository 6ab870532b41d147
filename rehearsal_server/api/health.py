"""What the server says about itself."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from rehearsal_server import __version__
from rehearsal_server.api.operations import AnyOperation, Call, Operation
from rehearsal_server.api.problems import NOT_READY, FieldProblem, Problem
from rehearsal_server.readiness import ask_all


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """Which server this is."""

    version: str
    name: str = "rehearsal-server"
    api: str = "v1"


class Alive(msgspec.Struct, frozen=True, kw_only=True):
    """The process answers."""

    status: Literal["alive"] = "alive"


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the server needs answers."""

    dependencies: Annotated[dict[str, str], Meta(description="`ok` for each, by name.")]
    status: Literal["ready"] = "ready"


async def show_version(_call: Call[None, None]) -> Version:
    """Show the version."""
    return Version(version=__version__)


async def show_alive(_call: Call[None, None]) -> Alive:
    """Answer."""
    return Alive()


async def show_ready(call: Call[None, None]) -> Ready:
    """Ask what the server depends on."""
    probes = call.services.probes
    if wrong := await ask_all(probes):
        errors = tuple(FieldProblem(field=name, message=what) for name, what in wrong.items())
        raise Problem(NOT_READY, errors=errors)
    return Ready(dependencies=dict.fromkeys(probes, "ok"))


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
