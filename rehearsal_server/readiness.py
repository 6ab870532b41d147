"""What the server needs in order to work, each asked for itself."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from storage.database import Database

log = logging.getLogger(__name__)

# Returns what is wrong, for people; nothing if all is well.
Probe = Callable[[], Awaitable[str]]

_ANSWER_WITHIN_S = 3.0
# Below this a database cannot be trusted to write.
MIN_FREE_BYTES = 64 * 2**20


async def ask_all(probes: dict[str, Probe]) -> dict[str, str]:
    """Ask every probe at once; what is wrong, by name."""
    answers = await asyncio.gather(*(_ask(name, probe) for name, probe in probes.items()))
    return {name: wrong for name, wrong in zip(probes, answers, strict=True) if wrong}


def database_probe(database: Database) -> Probe:
    """Make the probe of a database."""

    async def probe() -> str:
        try:
            await database.ping()
        except (SQLAlchemyError, OSError) as error:
            log.warning("the database does not answer: %s", error)
            return "The database does not answer."
        return ""

    return probe


def disk_probe(folder: Path, min_free_bytes: int = MIN_FREE_BYTES) -> Probe:
    """Make the probe of a folder that is written to."""

    async def probe() -> str:
        free_bytes = (await asyncio.to_thread(shutil.disk_usage, folder)).free
        return "" if free_bytes >= min_free_bytes else "The disk of the data directory is full."

    return probe


async def _ask(name: str, probe: Probe) -> str:
    try:
        return await asyncio.wait_for(probe(), _ANSWER_WITHIN_S)
    except TimeoutError:
        return "It does not answer in time."
    except Exception:
        log.exception("the probe of %s failed", name)
        return "It cannot be asked."
