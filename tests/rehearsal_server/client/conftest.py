from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from rehearsal_server.client import RehearsalClient
from rehearsal_server.config import Settings
from tests.rehearsal_server.live.running_server import ACCOUNT, running_server


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory: Path = tmp_path_factory.mktemp("server")
    return directory


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(data_dir: Path) -> AsyncIterator[RehearsalClient]:
    """Somebody signed in to a true server."""
    async with (
        running_server(Settings(data_dir=data_dir)) as server,
        RehearsalClient(f"http://{server.address}", trust_env=False) as client,
    ):
        await client.register("kit@example.org", ACCOUNT["password"], "Kit")
        await client.login("kit@example.org", ACCOUNT["password"])
        yield client
