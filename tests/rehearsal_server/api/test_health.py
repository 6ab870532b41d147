from __future__ import annotations

from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware

from rehearsal_server.api.envelope import Envelope
from rehearsal_server.api.routes import api_routes
from rehearsal_server.api.services import make_services
from rehearsal_server.config import Settings


async def test_without_a_database_the_server_lives_but_is_not_ready(tmp_path: Path) -> None:
    absent = "postgresql+asyncpg://nobody@127.0.0.1:1/none"
    services = make_services(Settings(data_dir=tmp_path, database_url=absent))
    app = Starlette(routes=api_routes(services), middleware=[Middleware(Envelope)])
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/healthz")).status_code == 200
        answer = await client.get("/readyz")
    await services.close()
    assert answer.status_code == 503
    assert answer.json()["errors"] == [
        {"field": "database", "message": "The database does not answer."}
    ]


async def test_there_are_no_metrics_unless_the_operator_wants_them(
    client: httpx.AsyncClient,
) -> None:
    assert (await client.get("/metrics")).status_code == 404
    empty = await client.get("/metrics", headers={"authorization": "Bearer "})
    assert empty.status_code == 404
