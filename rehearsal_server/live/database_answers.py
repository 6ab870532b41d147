"""Tell apart a database that is away from one that refuses what we ask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from rehearsal_server.live.services import ArchiveUnavailable


@contextmanager
def database_answers() -> Iterator[None]:
    """Turn what a database that is away raises into `ArchiveUnavailable`."""
    try:
        yield
    except (OSError, OperationalError, InterfaceError) as error:
        raise ArchiveUnavailable(f"the database does not answer: {error}") from error
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        raise ArchiveUnavailable(f"the database went away: {error}") from error
