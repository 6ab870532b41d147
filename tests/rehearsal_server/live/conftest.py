from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from rehearsal_server.config import Settings
from tests.rehearsal_server.live.running_server import RunningServer, running_server


@pytest.fixture(scope="module")
def server_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    directory: Path = tmp_path_factory.mktemp("server")
    return Settings(data_dir=directory, allowed_origins=("https://stage.example",), max_sessions=4)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(server_settings: Settings) -> AsyncIterator[RunningServer]:
    async with running_server(server_settings) as server:
        yield server
