from __future__ import annotations

import stat
from pathlib import Path

import pytest

from rehearsal_server.api.services import make_services
from rehearsal_server.config import Settings
from rehearsal_server.signing_keys import KEY_FILE_NAME, SigningKey


async def test_the_first_start_makes_what_is_needed_and_later_ones_keep_it(
    tmp_path: Path,
) -> None:
    settings = Settings(data_dir=tmp_path / "new" / "data")
    for _ in range(2):
        services = make_services(settings)
        await services.open()
        await services.database.ping()
        await services.close()
    assert stat.S_IMODE(settings.data_dir.stat().st_mode) == 0o700
    assert {path.name for path in settings.data_dir.iterdir()} == {"rehearsal.db", KEY_FILE_NAME}


async def test_configured_keys_go_before_kept_ones(tmp_path: Path) -> None:
    key = SigningKey("k", "0123456789abcdef0123456789abcdef")
    services = make_services(Settings(data_dir=tmp_path, secret_keys=(key,)))
    assert not (tmp_path / KEY_FILE_NAME).exists()
    await services.close()


def test_an_unusable_kept_key_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE_NAME).write_text("k:short")
    (tmp_path / KEY_FILE_NAME).chmod(0o600)
    with pytest.raises(ValueError, match="damaged"):
        make_services(Settings(data_dir=tmp_path))
