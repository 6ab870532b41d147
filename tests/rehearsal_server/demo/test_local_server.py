from __future__ import annotations

from pathlib import Path

import pytest

from rehearsal_server.config import Settings
from rehearsal_server.demo.local_server import ServerDidNotStart, local_server


async def test_a_server_that_cannot_start_is_told(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url="sqlite+aiosqlite:////nowhere/x.db")
    with pytest.raises(ServerDidNotStart, match="the server ended with status"):
        async with local_server(settings):
            pass
