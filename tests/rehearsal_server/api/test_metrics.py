from __future__ import annotations

import dataclasses
from pathlib import Path

import httpx
import pytest

from rehearsal_server.config import Settings
from rehearsal_server.metrics import Metrics
from tests.rehearsal_server.api.conftest import SignedIn

TOKEN = "a-token-of-the-operator"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return dataclasses.replace(settings, metrics_token=TOKEN)


async def read(client: httpx.AsyncClient, authorization: str) -> httpx.Response:
    return await client.get("/metrics", headers={"authorization": authorization})


async def test_requests_are_counted_by_operation(client: httpx.AsyncClient, ann: SignedIn) -> None:
    await ann.call("GET", f"/v1/scripts/{'0' * 32}")
    answer = await read(client, f"Bearer {TOKEN}")
    assert answer.status_code == 200
    counted = 'count{method="GET",path="/v1/scripts/{script_id}",status="404"} 1.0'
    assert counted in answer.text
    assert "0" * 32 not in answer.text
    assert "process_resident_memory_bytes" in answer.text


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer x", f"Basic {TOKEN}"])
@pytest.mark.check(42)
async def test_only_the_operator_may_read_them(
    client: httpx.AsyncClient, ann: SignedIn, authorization: str
) -> None:
    assert (await read(client, authorization)).status_code == 401
    assert (await ann.call("GET", "/metrics")).status_code == 401


def test_sockets_are_counted() -> None:
    metrics = Metrics()
    metrics.watch_sockets(lambda: 3)
    metrics.watch_windows(lambda: 5)
    metrics.socket_refused(503)
    metrics.socket_closed(4429, 61.0)
    text = metrics.render().decode()
    assert "rehearsal_live_sockets 3.0" in text
    assert "rehearsal_emotion_windows_waiting 5.0" in text
    assert 'rehearsal_live_refusals_total{status="503"} 1.0' in text
    assert 'rehearsal_live_closes_total{code="4429"} 1.0' in text


def test_the_token_is_not_shown(tmp_path: Path) -> None:
    assert TOKEN not in repr(Settings(data_dir=tmp_path, metrics_token=TOKEN))
