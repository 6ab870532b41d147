"""The real API on a real SQLite file, called without a network."""

from __future__ import annotations

import asyncio
import dataclasses
import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from rehearsal_server.api.accounts.mail import Mail
from rehearsal_server.api.envelope import EXCEPTION_HANDLERS, middleware_for
from rehearsal_server.api.openapi import problems_of
from rehearsal_server.api.routes import OPERATIONS, api_routes
from rehearsal_server.api.services import Services, make_services
from rehearsal_server.config import Settings

ANN, BOB = "ann@example.org", "bob@example.org"
PASSWORD = "a handbag, in a cloak-room"


class MovableClock:
    """The time of day, but it can be put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class RecordingMailer:
    """Keeps what was sent."""

    def __init__(self) -> None:
        self.sent: list[Mail] = []

    async def send(self, mail: Mail) -> None:
        self.sent.append(mail)


@dataclass
class SignedIn:
    """Somebody with an account and a login, and a client that calls in their name."""

    client: httpx.AsyncClient
    email: str
    tokens: dict[str, Any]

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.tokens['access_token']}"}

    async def call(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        headers = {**self.headers, **arguments.pop("headers", {})}
        return await self.client.request(method, path, headers=headers, **arguments)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture(scope="session")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the data directory of a server that has started once and has two accounts."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("first_start"))
    asyncio.run(_start_once(settings))
    return settings.data_dir


async def _start_once(settings: Settings) -> None:
    services = make_services(settings)
    await services.open()
    password_hash = await services.passwords.hash(PASSWORD)
    for email in (ANN, BOB):
        await services.users.create(
            email=email, display_name="", password_hash=password_hash, now=services.clock()
        )
    await services.close()


@pytest.fixture
def settings(tmp_path: Path, first_start: Path) -> Settings:
    shutil.copytree(first_start, tmp_path / "data")
    return Settings(
        data_dir=tmp_path / "data", max_script_kib=64, allowed_origins=("https://stage.example",)
    )


@pytest.fixture
def mailer() -> RecordingMailer:
    return RecordingMailer()


@pytest.fixture
async def services(
    settings: Settings, clock: MovableClock, mailer: RecordingMailer
) -> AsyncIterator[Services]:
    services = dataclasses.replace(make_services(settings, clock), mailer=mailer)
    yield services
    await services.close()


@pytest.fixture
async def client(services: Services) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(
        routes=api_routes(services),
        middleware=middleware_for(services.settings),
        exception_handlers=EXCEPTION_HANDLERS,
    )
    app.router.redirect_slashes = False
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://rehearsal.test",
        event_hooks={"response": [check_declared]},
    ) as client:
        yield client


async def check_declared(response: httpx.Response) -> None:
    """Whatever an operation answers in any test, its declaration must say that it can."""
    for operation in OPERATIONS:
        pattern = re.sub(r"{\w+}", "[^/]+", operation.path)
        path = response.request.url.path
        if response.request.method == operation.method and re.fullmatch(pattern, path):
            declared = {operation.status, *(kind.status for kind in problems_of(operation))}
            assert response.status_code in declared, (
                f"{operation.summary}: {await response.aread()!r}"
            )


@pytest.fixture
async def ann(client: httpx.AsyncClient) -> SignedIn:
    return await sign_in(client, ANN)


@pytest.fixture
async def bob(client: httpx.AsyncClient) -> SignedIn:
    return await sign_in(client, BOB)


async def sign_in(client: httpx.AsyncClient, email: str) -> SignedIn:
    answer = await client.post("/v1/auth/login", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return SignedIn(client, email, answer.json())
